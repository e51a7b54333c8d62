"""What the browser tests share: one page that is live already, what is read from it, and what py_lstm in CPython says.

`from lab import lab, ...` gives a test the page as a `Lab`, put back to the default experiment.
"""
import json

import numpy as np
import pytest
from conftest import LIVE_WITHIN, Watch

from py_lstm import Experiment, run

DEFAULTS = Experiment().to_json()
VIEWPORT = {"width": 1440, "height": 900}
SELECTION = {"quantity": "f", "t": 13, "unit": 2}  # FIRST_SELECTION of web/python/bridge.py
# Back to what a visitor finds, whatever was left behind: what a test had replaced, what is open, what plays or trains, what
# the address says (room, language, theme, projector, what is hidden, asked or trained beside), and at last the experiment. An
# address that no page writes is always news to it, and & says nothing, so that the page sets all of its view anew.
RESET = """async ([link, experiment]) => {
    delete navigator.clipboard?.writeText;
    delete document.execCommand;
    for (const name of ["injected", "copied", "asked", "trained", "first", "flights"]) delete window[name];
    document.activeElement?.blur();
    scrollTo(0, 0);
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    for (const left of [".tour .plain:last-of-type", ".changes button:last-child", ".arrival button"]) document.querySelector(left)?.click();
    const walk = document.querySelector(".playbar .by select");
    if (walk?.value === "equation") { walk.value = "step"; walk.dispatchEvent(new Event("change", { bubbles: true })); }
    for (const folded of document.querySelectorAll("details[open]")) folded.open = false;
    document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));     // the opening sentence leaves
    for (const { name } of await indexedDB.databases()) {
        await new Promise((opened) => { const asked = indexedDB.open(name); asked.onsuccess = () => {
            for (const store of asked.result.objectStoreNames) asked.result.transaction(store, "readwrite").objectStore(store).clear();
            asked.result.close();
            opened();
        }; });
    }
    await lab.halt();
    const address = [`#${link}&`, `#${link}&&`].find((text) => text !== location.hash);
    await new Promise((followed) => {
        addEventListener("hashchange", () => setTimeout(followed), { once: true });
        location.hash = address;
    });
    await lab.set(experiment);
}"""
ROOMS = ["forward", "backward", "train", "break"]
TOLD = {"forward": "!document.querySelector('.inspector[aria-busy=true]')",
        "backward": "!document.querySelector('.inspector[aria-busy=true]') && document.querySelector('.reach .chart') && document.querySelector('.gates-grown')"}
AT_REST = """place => document.documentElement.dataset.engine === 'live' && !document.querySelector('.engine.busy, dialog')
    && (place === null || document.querySelector('.inspector data')?.dataset.place === place)"""
# A promise of how many updates the kept run has, or false. Only a database that is there is opened: opening it first would make
# it, without the page's store in it.
KEPT_UPDATES = """indexedDB.databases().then((all) => all.some(({ name }) => name === 'keyval-store') && new Promise((told) => {
    const asked = indexedDB.open('keyval-store');
    asked.onsuccess = () => {
        const base = asked.result, say = (what) => { base.close(); told(what); };
        if (!base.objectStoreNames.length) return say(false);
        const kept = base.transaction('keyval').objectStore('keyval').get('py_lstm run');
        kept.onsuccess = () => say(kept.result?.experiment.updates ?? false);
    }; }))"""
# Equal but for the last bits: Pyodide's and CPython's NumPy are built by different compilers with different exp().
SAME = 1e-12


class Lab:
    """`window.lab` of a page, and what else the tests do with that page."""

    def __init__(self, tab):
        self.tab = tab

    def set(self, **patch):
        """Change the experiment and wait for its picture. A refusal is a playwright Error with the sentence."""
        self.tab.evaluate("patch => lab.set(patch)", patch)

    def select(self, quantity=None, t=None, unit=None):
        place = {name: value for name, value in (("quantity", quantity), ("t", t), ("unit", unit)) if value is not None}
        self.tab.evaluate("place => lab.select(place)", place)

    @property
    def experiment(self):
        return self.tab.evaluate("lab.experiment")

    @property
    def wanted(self):
        return self.tab.evaluate("lab.wanted")

    def trace(self):
        """Name -> array, as the page has them."""
        return {name: np.reshape(entry["data"], entry["shape"])
                for name, entry in self.tab.evaluate("lab.trace()").items()}

    def settle(self):
        """Wait until all that was asked for is answered and painted."""
        self.tab.wait_for_function(
            "document.documentElement.dataset.engine === 'live' && !document.querySelector('.engine.busy')")
        self.tab.evaluate("lab.set({})")

    def enter(self, room):
        """Go to a room, and wait until all is told of it."""
        self.tab.locator("header nav button").nth(ROOMS.index(room)).click()
        if room in ("forward", "backward"):
            wait_until(self.tab, TOLD[room])

    def field(self, name):
        return self.tab.locator("[data-field=%s]" % name)

    def refusal(self, name):
        """The sentence at a field."""
        return self.field(name).locator(".refusal").text_content()

    def reset(self, link="", **experiment):
        """Back to the view of a link that names no experiment, such as "room=break", and to the default experiment but for these fields."""
        for other in self.tab.context.pages:
            if other is not self.tab:
                other.close()
        if self.tab.viewport_size != self.tab.usual_size:
            self.tab.set_viewport_size(self.tab.usual_size)
        self.tab.context.clear_permissions()
        self.tab.mouse.move(0, 0)
        wait_until(self.tab, "window.lab && document.documentElement.dataset.engine === 'live'")
        self.tab.evaluate(RESET, [link, {**DEFAULTS, **experiment}])
        if not link:
            self.select(**SELECTION)
        wait_until(self.tab, AT_REST, arg=None if link else "%(quantity)s,%(t)d,%(unit)d" % SELECTION)


def in_cpython(experiment):
    """The arrays of py_lstm's own trace of an experiment, given by its fields that differ from the defaults."""
    return run(Experiment.from_json({**DEFAULTS, **experiment})).arrays


def difference(ours, theirs):
    """The largest difference of any number of two traces, measured in units of max(1, the tensor's largest number)."""
    assert set(ours) == set(theirs)
    return max(float(np.max(np.abs(ours[name] - theirs[name]))) / max(1.0, float(np.max(np.abs(theirs[name]))))
               for name in theirs)


def assert_same_numbers(page_lab, experiment, bound=SAME):
    assert page_lab.experiment == Experiment.from_json({**DEFAULTS, **experiment}).to_json()
    assert difference(page_lab.trace(), in_cpython(experiment)) <= bound


def wait_until(tab, expression, timeout=LIVE_WITHIN, **options):
    return tab.wait_for_function(expression, timeout=timeout, **options)


def follow(tab, fragment):
    """Follow a link within the page, one to elsewhere than where it stands, and wait until the page has heard of it."""
    tab.evaluate("""fragment => new Promise((heard) => {
        addEventListener("hashchange", () => setTimeout(heard), { once: true });
        location.hash = fragment;
    })""", "#" + fragment)


def fragment_of(tab):
    """The hash the page has written, without '#', as its fields."""
    text = tab.evaluate("location.hash.slice(1)")
    return dict(pair.split("=", 1) for pair in text.split("&") if pair)


def inline(tab, name):
    return json.loads(tab.locator("#" + name).text_content())


@pytest.fixture(scope="session")
def live_tabs(browser, site):
    """Opens a page that stays for several tests; each is live when it is given."""
    opened = []

    def open_tab(fragment="", **options):
        context = browser.new_context(**{"viewport": VIEWPORT, "reduced_motion": "reduce", **options})
        tab = context.new_page()
        tab.watch, tab.usual_size = Watch(context, site), tab.viewport_size
        opened.append(context)
        tab.goto(site + fragment)
        wait_until(tab, "document.documentElement.dataset.engine === 'live'")
        tab.evaluate("lab.ready")
        return tab

    yield open_tab
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def shared_tab(live_tabs):
    return live_tabs()


@pytest.fixture
def lab(shared_tab):
    """The shared page, at the default experiment. What it should not do is told of the test that made it do it."""
    shared_tab.watch.problems.clear()
    shared_tab.watch.expected.clear()
    page_lab = Lab(shared_tab)
    page_lab.reset()
    yield page_lab
    shared_tab.watch.check()
