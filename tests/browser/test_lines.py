"""Slow and faulty lines: the fitting recipe, what is left in bytes and time, and what is missing asked for again."""
import re

import pytest
from lab import Lab, wait_until
from lines import Fault, serving

WASM, SNAPSHOT = "pyodide.asm.wasm", "snapshot.zst"
RECIPE = "document.documentElement.dataset.recipe"


def live(tab, address):
    tab.goto(address)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")


def test_on_a_slow_line_the_smaller_recipe_is_taken_what_is_left_is_told_and_the_recording_can_be_used(visit):
    with serving(megabits=0.9) as (address, asked):
        tab = visit(address)
        tab.goto(address)
        wait_until(tab, RECIPE + " !== undefined")
        assert tab.evaluate(RECIPE) == "plain"
        said = tab.get_by_text(re.compile(r"^Loading Python: \d+\.\d of \d+\.\d MB, about \d+ (s|min) left\."))
        said.wait_for()
        bar = tab.locator(".engine progress")
        assert 0 < float(bar.get_attribute("value")) < float(bar.get_attribute("max"))
        # The recording is all there: another number is explained by equation, operands and line of code.
        tab.evaluate("lab.select({quantity: 'c', t: 13, unit: 2})")
        tab.get_by_text("c[t] = f[t] * c_prev + i[t] * g[t]").wait_for()
        assert tab.evaluate("document.documentElement.dataset.engine") == "loading"
        assert SNAPSHOT not in {name for name, _ in asked}
        tab.context.close()


@pytest.mark.parametrize("megabits", [6, None])
def test_on_a_line_on_which_it_pays_the_snapshot_is_taken(visit, megabits):
    with serving(megabits=megabits) as (address, _):
        tab = visit(address)
        tab.goto(address)
        wait_until(tab, RECIPE + " !== undefined")
        assert tab.evaluate(RECIPE) == "restored"
        tab.context.close()


@pytest.mark.parametrize("ranges", [True, False], ids=["a host that sends parts", "one that sends all again"])
def test_a_download_that_breaks_off_is_mended(visit, ranges):
    fault = Fault("cut", 0.6, [WASM, SNAPSHOT], times=2)
    with serving(fault=fault, ranges=ranges) as (address, asked):
        tab = visit(address)
        tab.watch.expect("ERR_")
        live(tab, address)
        assert tab.evaluate(RECIPE) == "restored"
        assert fault.left == {WASM: 0, SNAPSHOT: 0}
        again = [first for name, first in asked if name == SNAPSHOT][1:]
        assert len(again) == 2 and all((first > 0) == ranges for first in again)
        assert Lab(tab).experiment["hidden_size"] == 3
        tab.context.close()


def test_downloads_cut_at_every_tenth_are_mended_each_time(visit):
    fault = Fault("cut", [tenth / 10 for tenth in range(1, 10)], [WASM, SNAPSHOT])
    with serving(fault=fault, ranges=True) as (address, asked):
        tab = visit(address)
        tab.watch.expect("ERR_")
        live(tab, address)
        assert tab.evaluate(RECIPE) == "restored"
        assert fault.left == {WASM: 0, SNAPSHOT: 0}
        assert sum(name == SNAPSHOT for name, _ in asked) == 10
        assert Lab(tab).experiment["hidden_size"] == 3
        tab.context.close()


def test_a_line_that_falls_silent_is_told_and_tried_again(visit):
    fault = Fault("silent", 0.5, [SNAPSHOT])
    with serving(fault=fault, ranges=True) as (address, _):
        tab = visit(address)
        tab.goto(address)
        tab.get_by_text("The line has fallen silent").wait_for()
        wait_until(tab, "document.documentElement.dataset.engine === 'live'")
        assert tab.evaluate(RECIPE) == "restored"
        tab.context.close()


def test_a_line_that_is_lost_when_all_is_there_costs_nothing_but_the_package(visit, site):
    tab = visit(service_workers="block")
    tab.goto(site)
    wait_until(tab, "document.documentElement.hasAttribute('data-complete')")
    tab.watch.expect("ERR_FAILED")
    tab.context.route("**/*", lambda route: route.abort())
    tab.get_by_role("button", name="Share", exact=True).click()
    tab.locator("[data-part-of-share=qr] > summary").click()
    tab.locator("svg.qr path, [data-part-of-share=qr]:has-text('that of this machine')").first.wait_for()
    tab.locator("[data-take=wheel]").click()
    tab.get_by_text("The package could not be loaded").wait_for()
    tab.locator("[data-take=json]").click()
    tab.get_by_text("The package could not be loaded").wait_for(state="hidden")
    tab.keyboard.press("Escape")
    tab.locator("header [lang=zh-CN]").click()
    tab.get_by_role("button", name="反向", exact=True).wait_for()
    tab.watch.check()
    tab.context.close()
