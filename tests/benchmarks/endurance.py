"""How the page bears a training: how soon it answers meanwhile, how soon the latch is learnt on a slow machine, what stays in memory.

    python3 build.py bench endurance [ROUNDS]

Chromium slows down a page's own thread on request, but not its worker's. So the slow machine is made by stopping: the process that
holds both runs one millisecond out of every four, and how much slower that makes the worker is measured by its updates per second.

Half an hour is simulated: the page's clock is put forward second by second, 1,800 in all, with every timer that falls due in
them (the run is kept every three, the worker is watched every one) and every picture; the worker trains meanwhile, on a
small experiment, as many updates as a slow machine does of the default one in half an hour.
"""
import multiprocessing
import os
import signal
from contextlib import contextmanager
from time import sleep

from playwright.sync_api import sync_playwright

from web.build import browsers, serve
from web.build.paths import DIST

SLOW = 4
MOVES = 10_000
MINUTES = 30
UPDATES_A_SECOND = 50                                   # of the simulated half hour: 90,000, of the 100,000 that a run can have
# Two answers to a change of the selection: the page's next picture, and what Python says of the number.
ANSWERS = """async (count) => {
  const frame = () => new Promise(requestAnimationFrame);
  const said = () => document.querySelector('.inspector')?.ariaBusy !== 'true';
  const answers = { page: [], python: [] };
  for (let k = 0; k < count; k += 1) {
    await new Promise((resolve) => setTimeout(resolve, 23));
    const start = performance.now();
    lab.select({ t: 1 + k % 5, unit: 1 + k % 3, quantity: 'c' });
    await frame();
    answers.page.push(performance.now() - start);
    while (!said()) await new Promise((resolve) => setTimeout(resolve, 1));
    answers.python.push(performance.now() - start);
  }
  return Object.fromEntries(Object.entries(answers).map(([who, times]) => {
    times.sort((a, b) => a - b);
    return [who, [times[count >> 1], times[Math.floor(count * 0.95)], times[count - 1]]];
  })); }"""
HEAVY = "task=adding&input_size=2&hidden_size=64&length=200"
# What goes on while answers are timed: a name, the link, and what is done there.
SITUATIONS = (
    ("training the latch", "#room=train&updates=0", "void lab.train()"),
    ("training a text", "#room=train&updates=0&task=text_en", "void lab.train()"),
    ("training beside five other seeds", "#room=train&updates=0&beside=" + "%7C".join("seed%%3D%d" % k for k in range(2, 7)), "void lab.train()"),
    ("training 64 units, 200 steps, batch 32", "#room=train&updates=0&" + HEAVY, "void lab.train()"),
    ("a damage is looked into", "#room=break", "void lab.set({ damage: { no_carry: 1 }, damage_from: 0 })"),
    ("the same with 64 units, 200 steps", "#room=break&updates=5&" + HEAVY, "void lab.set({ damage: { no_carry: 1 }, damage_from: 0 })"),
    ("an RNN is trained for the reach panel", "#room=backward&quantity=dc&t=17", "document.querySelector('.reach button').click()"),
)


def bias_after(moves):
    return (moves - 1) % 60 / 10 - 1


def heap(session):
    """Bytes in use in the page's own heap, garbage collected."""
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"]


def slider_moves(tab, moves):
    """Drag the forget bias; the page's heap in bytes after a tenth of the moves and after all."""
    session = tab.context.new_cdp_session(tab)
    found = []
    for begin, end in ((0, moves // 10), (moves // 10, moves)):
        tab.evaluate("""async ([begin, end]) => {
            const slider = document.querySelector('[data-field=forget_bias] input[type=range]');
            for (let k = begin; k < end; k += 1) {
              slider.value = (k % 60) / 10 - 1;
              slider.dispatchEvent(new Event('input', { bubbles: true }));
              if (k % 10 === 0) await new Promise(requestAnimationFrame);
            }
            await lab.set({}); }""", [begin, end])
        found.append(heap(session))
    session.detach()
    return found


def learn_the_latch(tab):
    """Train the default latch, on a page that has not trained yet, until the mean score of ten updates is 0.99: wall seconds, update and that mean."""
    return tab.evaluate("""async () => {
        if (lab.run().count > 0) throw new Error('This page has trained already.');
        const start = performance.now();
        void lab.train();
        for (;;) {
          const { score, count } = lab.run();
          for (let k = 10; k <= count; k += 1) {
            const mean = score.slice(k - 10, k).reduce((sum, value) => sum + value, 0) / 10;
            if (mean >= 0.99) {
              const seconds = (performance.now() - start) / 1000;
              await lab.halt();
              return { seconds, update: k, score: mean };
            }
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        } }""")


def rate(tab, seconds=2):
    """Updates per second at full speed."""
    return tab.evaluate("""async (seconds) => {
        await lab.set({ updates: 0 });
        void lab.train();
        await new Promise((resolve) => setTimeout(resolve, 500));
        const [first, start] = [lab.run().count, performance.now()];
        await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
        const found = (lab.run().count - first) / (performance.now() - start) * 1000;
        await lab.halt();
        return found; }""", seconds)


@contextmanager
def slowed(pids, times):
    """These processes run so many times as slowly: all but one millisecond out of so many they are stopped."""
    over = multiprocessing.Event()
    stopper = multiprocessing.Process(target=_stop_and_go, args=(pids, times, over), daemon=True)
    stopper.start()
    try:
        yield
    finally:
        over.set()
        stopper.join()


def _stop_and_go(pids, times, over):
    while not over.is_set():
        for what, seconds in ((signal.SIGSTOP, (times - 1) / 1000), (signal.SIGCONT, 1 / 1000)):
            for pid in pids:
                os.kill(pid, what)
            sleep(seconds)


def renderers(session):
    """The processes that hold the pages and their workers."""
    return [one["id"] for one in session.send("SystemInfo.getProcessInfo")["processInfo"] if one["type"] == "renderer"]


def half_an_hour(browser, address, minutes=MINUTES):
    """(updates, pictures, MB of the page's heap, MB of all renderers) after each fifth of so many simulated minutes of training."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.clock.install()
    page.goto(address + "#room=train&updates=0&length=5&batch_size=2")
    while page.evaluate("document.documentElement.dataset.engine") != "live":
        page.wait_for_timeout(100)
    page.evaluate("lab.ready")
    page.evaluate("""() => {
        window.pictures = 0;
        new MutationObserver(() => { pictures += 1; }).observe(document.querySelector('output.now'), { characterData: true, subtree: true, childList: true });
        void lab.train(); }""")
    sessions = context.new_cdp_session(page), browser.new_browser_cdp_session()
    seconds, found = minutes * 60, []
    for second in range(1, seconds + 1):
        page.clock.run_for(1000)
        while page.evaluate("lab.run().count") < second * UPDATES_A_SECOND:
            page.clock.run_for(20)                      # the page paints by its own clock, and the worker waits for that
        if second % (seconds // 5) == 0:
            used = heap(sessions[0])
            found.append((*page.evaluate("[lab.run().count, pictures]"), used / 1e6, sum(map(_resident, renderers(sessions[1])))))
    engine = page.evaluate("document.documentElement.dataset.engine")
    if engine != "live":
        raise RuntimeError("After half an hour the page is %s." % engine)
    context.close()
    return found


def _resident(pid):
    """Megabytes that a process holds in memory."""
    with open("/proc/%d/statm" % pid) as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def run(rounds=1):
    executable = browsers.path_of("chromium")
    with serve.serving(DIST) as address, sync_playwright() as playwright:
        browser, _ = browsers.launch(playwright, "chromium", executable)

        def opened(link):
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            page.goto(address + link)
            page.evaluate("lab.ready")
            return page

        for _ in range(rounds):
            start = "#room=train&updates=0"
            page = opened(start)
            free = rate(page)
            page.close()
            page = opened(start)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
            learnt = learn_the_latch(page)
            print("latch: learnt at update %(update)d after %(seconds).1f s, page's thread slowed down %(slow)d times" % {**learnt, "slow": SLOW})
            page.close()
            page, other = opened(start), opened(start)
            with slowed(renderers(browser.new_browser_cdp_session()), SLOW):
                learnt, slow = learn_the_latch(page), rate(other)
            page.close()
            other.close()
            print("latch: learnt after %.1f s where page and worker are %.1f times as slow (%.0f instead of %.0f updates a second)"
                  % (learnt["seconds"], free / slow, slow, free), flush=True)
            for name, link, action in SITUATIONS:
                page = opened(link)
                page.evaluate(action)
                found = page.evaluate(ANSWERS, 100)
                print("answers, %s: %s" % (name, "; ".join("%s median %.0f ms, 95 %% %.0f ms, longest %.0f ms" % (who, *times)
                                                           for who, times in found.items())), flush=True)
                page.close()
            page = opened("#room=train&updates=0")
            print("%d moves of a slider: heap %.1f MB after a tenth, %.1f MB after all" % (MOVES, *(size / 1e6 for size in slider_moves(page, MOVES))),
                  flush=True)
            page.close()
            for k, (count, pictures, used, size) in enumerate(half_an_hour(browser, address), 1):
                print("after %d simulated minutes, %d updates and %d pictures: heap %.1f MB, renderers %.0f MB"
                      % (k * MINUTES / 5, count, pictures, used, size), flush=True)
        browser.close()
