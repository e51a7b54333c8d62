"""The page driven at random: what a hand, a bad line and a dying worker could do to it, and whether all still holds after each burst.

    python3 build.py bench random [--seed N ...] [--minutes M]

Each burst draws from a generator of its own, seeded with the seed and its number. What the page does meanwhile takes its own time,
so a seed says what is done, not at which moment. A burst that ends badly is told with its last actions, and a fresh page is opened.
random_checks.py says what must hold.
"""
import json
import math
import os
import random
import re
import signal
import threading
import time
from collections import Counter, deque

from endurance import renderers
from playwright.sync_api import Error, sync_playwright
from random_checks import Checks

from web.build import browsers, serve
from web.build.paths import DIST, ROOT

# Of tests/browser, which random_checks has put on the path.
from conftest import Watch  # noqa: E402, isort:skip
from lab import VIEWPORT, wait_until  # noqa: E402, isort:skip
from test_faults import hang_worker, kill_worker  # noqa: E402, isort:skip
from test_share import hostile  # noqa: E402, isort:skip

ACTIONS_TOLD = 14
AT_ONCE = 8                                             # seconds that a training may go on after a burst before it is halted
SETTLED_WITHIN = 90                                     # seconds, with a dead worker's silence, a new Python, and what it trains again
STUCK = 300                                             # seconds; then the page's process is ended, so that the run goes on
SIZES = ((1440, 900), (1440, 900), (1024, 768), (768, 1024), (390, 844), (360, 640), (844, 390), (200, 700))
NONSENSE = ("", " ", "x", "0", "-1", "1", "2.5", "3", "17", "64", "65", "100", "1e-9", "1e9", "1e999", "-1e308", "NaN", "Infinity",
            "0,05", "1,000", "１２", "٣", "0x10", "1_000", "null", "__proto__", "<b>x</b>", "½", "-0", "9" * 80,
            "a" * 80, "🦋", "\u202e1", "1 2", "=1+1", "%", "0.1")
TEXTS = ("the cat sat on the mat. " * 5, "ab" * 300, "שלום עולם " * 20, "🦋🌼" * 40, "a\r\nb\r\n" * 30, "e\u0301" * 50, "x",
         "猫坐在垫子上。" * 20, "\u0000ab" * 9, "".join(map(chr, range(33, 540))))
TABLES = ("0.1\t0.2\n0.3\t0.4\n0.5\t0.6", "0,1;0,2\n0,3;0,4", "a,b\n1,2\n3,4\n5,6", "1,2,,4", "1 2 3\n4 5", "1,234.5\n2,345.6",
          "0.1, 0.5, 0.9, 0.5, 0.1", "\n\n1\n\n2\n", "１，２，３", "1;2;3", "x;y\n1", ",".join(map(str, range(1200))), "1e308,-1e308", "nan,1,2")
KEYS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageDown", "Escape", "Enter", "Space", "Tab", "Shift+Tab",
        "Control+z", "Control+Shift+z", "Control+y", "?", "f", "b", "t", "1", "5", "Delete")
LINKS = [one["link"] for name in ("links.json", "changed_links.json")
         for one in json.loads((ROOT / "tests" / name).read_text(encoding="utf-8"))]
# What a hand could reach: where a dialog is open, only what is in it.
REACHED = """(kinds) => { const dialogs = document.querySelectorAll('dialog[open]'), root = dialogs[dialogs.length - 1] ?? document;
    return [...root.querySelectorAll(kinds)].filter((at) => at.checkVisibility({ visibilityProperty: true }) && !at.disabled
        && at.getBoundingClientRect().width > 1); }"""
CLICKED = "button, summary, a[href], [role=button], [role=tab], input[type=checkbox], input[type=radio], label"
TYPED = "input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=file]), textarea"
NAME = "at => (at.ariaLabel || at.textContent || at.closest('[data-field]')?.dataset.field || at.outerHTML).trim().slice(0, 60)"
ON_BODY = "document.activeElement === document.body || !document.activeElement"
STATE = """() => [document.documentElement.dataset.engine ?? '', window.lab?.busy ?? true, document.querySelector('.engine')?.textContent ?? '']"""


class Visit:
    """One page, and all that may be done to it. Each public method is an action; it returns what was done, in words."""

    def __init__(self, browser, address, rng):
        self.browser, self.address, self.rng = browser, address, rng
        self.context = browser.new_context(viewport=VIEWPORT, reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(1500)
        self.tab.on("filechooser", lambda chooser: chooser.set_files(
            {"name": "experiment.json", "mimeType": "application/json",
             "buffer": self.rng.choice([b"{", b"[]", b'{"hidden_size": 2}', b"\xff"])}))
        self.watch = Watch(self.context, address)
        self.lost_focus, self.cut = [], False
        self.dead = False                               # whether the worker was ended and no other one has begun
        self.tab.on("worker", lambda _: setattr(self, "dead", False))
        self.tab.goto(address, timeout=60_000)
        wait_until(self.tab, "window.lab && document.documentElement.dataset.engine === 'live'")

    def _one(self, kinds):
        """One of the elements that a hand could reach, in sight, and its name; None where there is none."""
        found = self.tab.evaluate_handle(REACHED, kinds)
        count = found.evaluate("all => all.length")
        if not count:
            return None, "nothing of that kind"
        one = found.evaluate_handle("(all, k) => all[k]", self.rng.randrange(count)).as_element()
        return one, " ".join(one.evaluate(NAME).split())

    def click(self):
        at, name = self._one(CLICKED)
        if at is None:
            return "click: " + name
        is_control = at.evaluate("at => !at.matches('label, a')")
        before = self.tab.url.split("#")[0]
        at.click()
        self.tab.wait_for_timeout(100)
        if is_control and self.tab.evaluate(ON_BODY):   # a part that opens takes it a frame later, and here frames may be late
            self.tab.wait_for_timeout(900)
        if self.tab.url.split("#")[0] != before:        # a link to elsewhere
            self.tab.go_back(timeout=60_000)
        elif is_control and self.tab.evaluate(ON_BODY):
            self.lost_focus.append(name)
        return "click on “%s”" % name

    def move(self):
        at, name = self._one("input[type=range]")
        if at is None:
            return "range: " + name
        to = at.evaluate("""(at, share) => { at.value = Number(at.min) + share * (at.max - at.min);
            for (const kind of ['input', 'change']) at.dispatchEvent(new Event(kind, { bubbles: true }));
            return at.value; }""", self.rng.choice([0, 1, self.rng.random(), self.rng.random()]))
        return "range “%s” to %s" % (name, to)

    def choose(self):
        at, name = self._one("select")
        if at is None:
            return "select: " + name
        values = at.evaluate("at => [...at.options].filter((option) => !option.disabled).map((option) => option.value)")
        value = self.rng.choice(values)
        at.select_option(value)
        return "select “%s” to %s" % (name[:20], value)

    def task(self):
        at = self.tab.locator("[data-field=task] select")
        values = at.first.evaluate("at => [...at.options].map((option) => option.value)")
        value = self.rng.choice(values)
        at.first.select_option(value)
        return "task %s" % value

    def type(self):
        at, name = self._one(TYPED)
        if at is None:
            return "field: " + name
        text = self.rng.choice(NONSENSE)
        at.fill(text)
        self.tab.keyboard.press(self.rng.choice(["Enter", "Tab", "Tab"]))
        return "type %r into “%s”" % (text[:30], name)

    def paste(self):
        at, name = self._one(self.rng.choice(["textarea", TYPED]))
        if at is None:
            return "paste: " + name
        text = self.rng.choice(TEXTS + TABLES)
        self.tab.evaluate("text => navigator.clipboard.writeText(text)", text)
        at.focus()
        for key in ("Control+a", "Control+v", "Tab"):
            self.tab.keyboard.press(key)
        return "paste %r into “%s”" % (text[:24], name)

    def own(self):
        """Choose own numbers or an own text, and paste one."""
        self.tab.locator("[data-field=task] select").first.select_option(self.rng.choice(["own", "own_text"]))
        self.tab.wait_for_timeout(300)
        return "own task, then " + self.paste()

    def press(self):
        keys = self.rng.choices(KEYS, k=self.rng.randint(1, 4))
        for key in keys:
            self.tab.keyboard.press(key)
        return "keys " + " ".join(keys)

    def point(self):
        x, y = self.rng.randrange(self.tab.viewport_size["width"]), self.rng.randrange(self.tab.viewport_size["height"])
        self.tab.mouse.click(x, y)
        return "point at %d, %d" % (x, y)

    def room(self):
        tabs = self.tab.locator("header nav button")
        k = self.rng.randrange(4)
        tabs.nth(k).click()
        return "room %s" % ("forward", "backward", "train", "break")[k]

    def look(self):
        what = self.rng.choice(["header button[lang]", "header button.theme", "header [aria-pressed]:not(.tab)"])
        self.tab.locator(what).first.click()
        return "click " + what

    def size(self):
        width, height = self.rng.choice(SIZES)
        self.tab.set_viewport_size({"width": width, "height": height})
        return "window %d × %d" % (width, height)

    def history(self):
        way = self.rng.choice(["back", "back", "forward"])
        self.tab.evaluate("way => { history[way](); }", way)
        self.tab.wait_for_timeout(300)
        if not self.tab.url.startswith(self.address):
            self.tab.goto(self.address, timeout=60_000)
        return way

    def reload(self):
        if self.rng.random() < 0.6:
            self.tab.evaluate("void lab.train()")
            self.tab.wait_for_timeout(self.rng.randrange(4000))
        self.tab.reload(timeout=60_000)
        return "reload"

    def train(self):
        self.tab.evaluate("void lab.train()")
        self.tab.wait_for_timeout(self.rng.randrange(2000))
        return "train"

    def kill(self):
        if not self.tab.workers:
            return "kill: no worker"
        self.dead = True
        kill_worker(self.tab)
        return "kill the worker"

    def hang(self):
        if not self.tab.workers:
            return "hang: no worker"
        self.dead = True
        hang_worker(self.tab)
        return "hang the worker"

    def line(self):
        self.cut = not self.cut
        self.context.set_offline(self.cut)
        for text in ("ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
            self.watch.expect(text)
        return "line cut" if self.cut else "line back"

    def link(self):
        text = self.rng.choice(LINKS).partition("#")[2] if self.rng.random() < 0.6 else hostile(self.rng)
        if text and self.rng.random() < 0.5:
            k = self.rng.randrange(len(text))
            text = text[:k] + self.rng.choice(["", "x", "9", "-", "&", "=", "%", ","]) + text[k + self.rng.randint(0, 2):]
        if self.rng.random() < 0.7 or self.cut:
            self.tab.evaluate("hash => { location.hash = hash; }", "#" + text)
            return "link within the page #%s" % text[:160]
        self.tab.goto("about:blank")
        self.tab.goto(self.address + "#" + text, timeout=60_000)
        return "open #%s" % text[:160]

    def burst(self, told):
        """Some actions; what was done is appended to `told`."""
        names, weights = zip(*WEIGHTS.items())
        for _ in range(self.rng.randint(3, 9)):
            name = self.rng.choices(names, weights)[0]
            try:
                told.append(getattr(self, name)())
            except Error as error:
                if "crashed" in error.message:
                    raise
                told.append("%s: not possible (%s)" % (name, error.message.splitlines()[0][:80]))
            for other in self.context.pages:
                if other is not self.tab:
                    other.close()
            self.tab.wait_for_timeout(self.rng.choice([0, 0, 50, 300, 1000]))

    def settle(self):
        """Let the page come to rest; what kept it from that, or None."""
        was_cut = self.cut
        if self.cut:
            self.line()
            if not self.tab.url.startswith(self.address):  # reloaded while offline: the browser shows its own error page
                self.tab.goto(self.address, timeout=60_000)
        start, halted = time.monotonic(), 0
        while True:
            try:
                engine, busy, said = self.tab.evaluate(STATE)
                if engine == "live" and not busy and not self.dead:
                    return None
                if engine == "live" and time.monotonic() - start > AT_ONCE * (1 + halted):
                    halted += 1
                    self.tab.evaluate("void lab.halt()")
                    if halted > 1:                      # it was not the training that goes on by itself
                        self.tab.evaluate("void lab.set({ updates: lab.experiment.updates }).catch(() => {})")
                if engine == "failed" and was_cut:
                    self.tab.locator(".engine.failed button").click()
            except Error as error:
                if "crashed" in error.message:
                    raise
                engine, said = "none", error.message[:200]
            if time.monotonic() - start > SETTLED_WITHIN:
                return "after %d s: engine %s: %s%s" % (SETTLED_WITHIN, engine, said, "; no new worker" if self.dead else "")
            self.tab.wait_for_timeout(200)

    def close(self):
        self.context.close()


# How often each action is drawn.
WEIGHTS = {"click": 30, "move": 10, "choose": 8, "task": 6, "type": 12, "paste": 4, "own": 3, "press": 6, "point": 4, "room": 10, "look": 4,
           "size": 3, "history": 4, "reload": 2, "train": 2, "kill": 1.5, "hang": 1, "line": 2, "link": 5}


def drive(browser, address, seed, seconds, checks, report=print, most=math.inf):
    """Bursts for so many seconds, at most so many: (how many, [(kind, burst, details, last actions)])."""
    told, failures, number, visit = deque(maxlen=ACTIONS_TOLD), [], 0, None
    until = time.monotonic() + seconds
    while time.monotonic() < until and number < most:
        number += 1
        rng = random.Random("%d %d" % (seed, number))
        found = []
        session = browser.new_browser_cdp_session()
        alarm = threading.Timer(STUCK, lambda pids: [os.kill(pid, signal.SIGKILL) for pid in pids], [renderers(session)])
        try:
            if visit is None:
                visit = Visit(browser, address, rng)
                told.clear()
                alarm.args[0].extend(set(renderers(session)) - set(alarm.args[0]))
            alarm.start()
            visit.rng = rng
            told.append("— burst %d" % number)
            visit.burst(told)
            unsettled = visit.settle()
            found = [("the page does not come to rest", unsettled)] if unsettled else list(checks.all(visit.tab))
            found += [("focus on the body after a click on %s" % name, name) for name in visit.lost_focus]
            found += [("an error in the console", problem) for problem in visit.watch.problems
                      if not any(text in problem for text in visit.watch.expected)]
        except Error as error:
            found.append(("the page is gone" if "crashed" in error.message else "the driver could not go on", error.message[:300]))
        finally:
            alarm.cancel()
        session.detach()
        if visit is not None:
            visit.lost_focus.clear()
            visit.watch.problems.clear()
            visit.watch.expected.clear()
        for kind, details in dict.fromkeys(found):
            failures.append((kind, number, details, list(told)))
            report("seed %d, burst %d: %s: %s\n    %s" % (seed, number, kind, details, "\n    ".join(told)))
        if found and visit is not None:
            visit.close()
            visit = None
        if number % 20 == 0:
            report("seed %d: %d bursts, %d failures" % (seed, number, len(failures)))
    if visit is not None:
        visit.close()
    return number, failures


def run(seeds=(1,), minutes=20):
    """Drive the page, print what fell and a table; the exit status."""
    executable = browsers.path_of("chromium")
    kinds, rows, checks = Counter(), [], Checks()
    with serve.serving(DIST) as address, sync_playwright() as playwright:
        browser, _ = browsers.launch(playwright, "chromium", executable)
        for seed in seeds:
            bursts, failures = drive(browser, address, seed, minutes * 60, checks, lambda text: print(text, flush=True))
            rows.append((seed, bursts, len(failures)))
            kinds.update(re.sub(r"\d+", "#", kind) for kind, *_ in failures)
        browser.close()
    checks.cpython.close()
    print("\n%6s %8s %9s" % ("seed", "bursts", "failures"))
    for row in rows:
        print("%6d %8d %9d" % row)
    print("; ".join("%s: %s" % item for item in checks.counts.items()))
    for kind, count in kinds.most_common():
        print("%4d × %s" % (count, kind))
    return 1 if kinds else 0
