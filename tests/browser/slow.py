"""A slow machine on a fast one, so that what happens now and then there happens each time here.

    PY_LSTM_SLOW=4 .venv/bin/python -m pytest tests/browser

runs the tests on a browser whose pages compute that many times more slowly, paint late, and hear late from their timers and from
their workers. Whoever reads before the page has answered, reads the wrong thing then; whoever waits for it, waits longer.

    PY_LSTM_ORDER=backwards     runs the tests of each file in reversed order; any other word shuffles them, the same way each time
"""
import functools
import os
import random

from playwright.sync_api import Browser, BrowserContext, Error

TIMES = float(os.environ.get("PY_LSTM_SLOW", "1"))
ORDER = os.environ.get("PY_LSTM_ORDER", "")
LATE = 100  # ms, for each time slower

# A frame, a timer and a message are never early, and may be late by any amount: none of this is anything a page may complain of.
LATE_PAGE = """{
    const late = %d;
    const timer = window.setTimeout, frame = window.requestAnimationFrame;
    const listen = EventTarget.prototype.addEventListener, leave = EventTarget.prototype.removeEventListener;
    window.setTimeout = (callback, delay = 0, ...given) => timer(callback, Number(delay) + late, ...given);
    const due = new Set();
    let last = 0;
    window.requestAnimationFrame = (callback) => {
        const id = ++last;
        due.add(id);
        timer(() => frame((now) => { if (due.delete(id)) callback(now); }), late);
        return id;
    };
    window.cancelAnimationFrame = (id) => { due.delete(id); };
    const heard = new WeakMap();                        // listener -> the one that is late
    const isLate = (target, type, listener) => type === "message" && typeof listener === "function"
        && (target instanceof Worker || target instanceof MessagePort);
    EventTarget.prototype.addEventListener = function (type, listener, ...options) {
        if (!isLate(this, type, listener)) return listen.call(this, type, listener, ...options);
        if (!heard.has(listener)) heard.set(listener, (event) => timer(() => listener.call(this, event), late));
        return listen.call(this, type, heard.get(listener), ...options);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, ...options) {
        return leave.call(this, type, isLate(this, type, listener) ? heard.get(listener) ?? listener : listener, ...options);
    };
}"""


def slow_down():
    """Make every page that a test opens from now on a slow one."""
    if TIMES <= 1:
        return
    every_context(lambda context: context.add_init_script(LATE_PAGE % (LATE * TIMES)))
    BrowserContext.new_page = after(BrowserContext.new_page, throttle)


def every_context(prepare):
    """Call prepare(context) with every context that a test opens from now on."""
    Browser.new_context = after(Browser.new_context, prepare)


def throttle(page):
    try:
        page.throttled = page.context.new_cdp_session(page)
    except Error:                                       # Firefox can only be late
        return
    page.throttled.send("Emulation.setCPUThrottlingRate", {"rate": TIMES})


def after(made_by, prepare):
    @functools.wraps(made_by)
    def make(*given, **options):
        made = made_by(*given, **options)
        prepare(made)
        return made
    return make


def reorder(items):
    """The tests of each file in another order; a file's stay together, since they share a page."""
    if not ORDER:
        return
    files = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    for path, those in files.items():
        those.reverse() if ORDER == "backwards" else random.Random(ORDER + path.name).shuffle(those)
    items[:] = [item for those in files.values() for item in those]
