"""What the browser tests share: one page that is live already, what is read from it, and what py_lstm in CPython says.

`from lab import lab, ...` gives a test the page as a `Lab`, put back to the default experiment.
"""
import json

import numpy as np
import pytest
from conftest import LIVE_WITHIN, Watch

from py_lstm import Experiment, run

DEFAULTS = Experiment().to_json()
SELECTION = {"quantity": "f", "t": 13, "unit": 2}  # FIRST_SELECTION of web/python/bridge.py
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
        self.tab.locator("header nav button").nth(["forward", "backward"].index(room)).click()

    def field(self, name):
        return self.tab.locator("[data-field=%s]" % name)

    def refusal(self, name):
        """The sentence at a field."""
        return self.field(name).locator(".refusal").text_content()

    def reset(self):
        self.tab.evaluate("document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())")
        self.tab.evaluate("defaults => lab.set(defaults)", DEFAULTS)
        self.enter("forward")
        self.select(**SELECTION)


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
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options})
        tab = context.new_page()
        tab.watch = Watch(context, site)
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
