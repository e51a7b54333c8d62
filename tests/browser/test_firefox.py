"""The page in Firefox: live, the same numbers, both passes walked, gradients right."""
import numpy as np
import pytest
from conftest import LIVE_WITHIN, Watch
from downloads import assert_right, handed_all, trace_of
from lab import SAME, difference, in_cpython, inline, wait_until
from lines import Fault, serving


@pytest.fixture(scope="module")
def firefox(browser, site):
    """A live page in Firefox."""
    program, options = browser.start_firefox()
    context = program.new_context(viewport={"width": 1440, "height": 900}, **options)
    tab = context.new_page()
    tab.watch = Watch(context, site)
    tab.another = lambda: program.new_context(**options).new_page()
    tab.goto(site)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'", timeout=2 * LIVE_WITHIN)
    yield tab
    tab.watch.check()
    program.close()


def trace(tab):
    return {name: np.reshape(entry["data"], entry["shape"]) for name, entry in tab.evaluate("lab.trace()").items()}


def test_the_numbers_are_those_of_cpython(firefox):
    firefox.evaluate("lab.set({updates: 0, hidden_size: 5, length: 12})")
    assert difference(trace(firefox), in_cpython({"updates": 0, "hidden_size": 5, "length": 12})) <= SAME


def test_every_file_is_handed_to_the_browser(firefox):
    assert_right(handed_all(firefox), trace_of(firefox), firefox.evaluate("lab.experiment"))


def test_every_gradient_is_right(firefox):
    rows = firefox.evaluate("lab.gradientCheck()")
    assert len(rows) == 8 and all(row["right"] for row in rows)


def test_both_passes_can_be_walked_and_a_bad_value_is_refused(firefox):
    firefox.evaluate("lab.set({updates: 40, hidden_size: 3, length: 24})")
    firefox.locator("nav .tab").nth(1).click()
    for t in (24, 12, 1):
        firefox.evaluate("t => lab.select({quantity: 'dc', t, unit: 2})", t)
        wait_until(firefox, "t => document.querySelector('.inspector data')?.dataset.place === `dc,${t},2`", arg=t)
    shown = float(firefox.locator("[data-growth=so_far]").get_attribute("data-value"))
    whole = float(firefox.locator("[data-growth=whole]").get_attribute("data-value"))
    assert shown == pytest.approx(whole, rel=1e-12)
    firefox.locator("[data-field=hidden_size] input.number").fill("99")
    firefox.keyboard.press("Enter")
    wait_until(firefox, "document.querySelector('[data-field=hidden_size] .refusal')?.textContent.includes('99')")
    assert firefox.evaluate("lab.experiment.hidden_size") == 3


def test_a_room_that_did_not_come_is_there_after_a_retry_although_firefox_never_asks_for_a_module_again(firefox):
    parts = inline(firefox, "runtime")["parts"]["views/train/room.js"]
    with serving(fault=Fault("cut", 0.5, [parts[0].rsplit("/", 1)[1]])) as (address, _):
        tab = firefox.another()
        tab.goto(address + "#seed=5&room=train")
        tab.locator(".part-failed button").click()
        tab.locator(".curves svg").wait_for()
        assert tab.evaluate("lab.wanted.seed") == 5
        tab.context.close()
