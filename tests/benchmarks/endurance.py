"""How the page bears a training: how soon it answers meanwhile, how soon the latch is learnt on a slow machine, what stays in memory.

    python3 build.py bench endurance [ROUNDS]

Chromium slows down a page's own thread on request, but not its worker's. So the slow machine is made by load: beside the
page as many processes count as make its worker four times as slow, measured by the updates per second before and with them.
"""
import multiprocessing
import os
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from web.build import browsers, serve
from web.build.paths import DIST

SLOW = 4
MOVES = 10_000
MINUTES = 30
ANSWERS = """async (count) => {
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (let k = 0; k < count; k += 1) {
    await new Promise((resolve) => setTimeout(resolve, 23));
    const start = performance.now();
    await lab.select({ t: 1 + k % 24, unit: 1 + k % 3, quantity: 'c' });
    await frame();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return [times[count >> 1], times[Math.floor(count * 0.95)], times[count - 1]];
}"""


def bias_after(moves):
    return (moves - 1) % 60 / 10 - 1


def slider_moves(tab, moves):
    """Drag the forget bias; the page's heap in bytes after a tenth of the moves and after all."""
    session = tab.context.new_cdp_session(tab)

    def heap():
        session.send("HeapProfiler.enable")
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"]
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
        found.append(heap())
    session.detach()
    return found


def learn_the_latch(tab):
    """Train the default latch until the mean score of ten updates is 0.99: wall seconds, update and that mean."""
    return tab.evaluate("""async () => {
        await lab.set({ updates: 0 });
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
def load(processes):
    """So many processes that do nothing but count."""
    busy = [multiprocessing.Process(target=_count, daemon=True) for _ in range(processes)]
    for one in busy:
        one.start()
    try:
        yield
    finally:
        for one in busy:
            one.kill()


def _count():
    while True:
        pass


def half_an_hour(browser, address, minutes=MINUTES):
    """The memory of all renderers in MB after each fifth of so many simulated minutes of training: timers run as fast as they can."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.clock.install()
    page.goto(address + "#room=train&updates=0&length=5&batch_size=2")
    while page.evaluate("document.documentElement.dataset.engine") != "live":
        page.wait_for_timeout(100)
    page.evaluate("lab.ready")
    page.evaluate("void lab.train()")
    session = browser.new_browser_cdp_session()
    found = []
    for _ in range(5):
        for _ in range(minutes * 60 // 5):
            page.clock.run_for(1000)
        pids = [one["id"] for one in session.send("SystemInfo.getProcessInfo")["processInfo"] if one["type"] == "renderer"]
        found.append((page.evaluate("lab.run().count"), sum(_resident(pid) for pid in pids)))
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
            page = opened("#room=train&updates=0")
            free = rate(page)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
            learnt = learn_the_latch(page)
            print("latch: learnt at update %(update)d after %(seconds).1f s, page's thread slowed down %(slow)d times" % {**learnt, "slow": SLOW})
            with load((SLOW - 1) * (os.cpu_count() or 1)):
                slow, learnt = rate(page), learn_the_latch(page)
            print("latch: learnt after %.1f s where the worker is %.1f times as slow as well (%.0f instead of %.0f updates a second)"
                  % (learnt["seconds"], free / max(slow, 1e-9), slow, free))
            page.close()
            for link in ("#room=train&updates=0", "#room=train&updates=0&task=text_en"):
                page = opened(link)
                page.evaluate("void lab.train()")
                print("answers while it trains (%s): median %.0f ms, 95 %% %.0f ms, longest %.0f ms" % (link, *page.evaluate(ANSWERS, 150)))
                page.close()
            page = opened("#room=train&updates=0")
            print("%d moves of a slider: heap %.1f MB after a tenth, %.1f MB after all" % (MOVES, *(size / 1e6 for size in slider_moves(page, MOVES))))
            page.close()
            for count, size in half_an_hour(browser, address):
                print("%d simulated minutes, %d updates so far: %.0f MB" % (MINUTES, count, size))
        browser.close()
