"""lstm-lab.html: one file, opened from the disk with the network off, in Chromium and in Firefox."""
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import LIVE_WITHIN, Watch
from downloads import assert_right, handed_all, take_all
from lab import Lab, assert_same_numbers, in_cpython, wait_until

from py_lstm import Experiment
from web.build import one_file
from web.build.paths import DIST

MEGABYTES = 13
LINKED = {"hidden_size": 4, "length": 12, "updates": 0}


@pytest.fixture(scope="module")
def lone(tmp_path_factory):
    """The file by itself, in a folder whose name needs escapes, as a stick's may."""
    folder = tmp_path_factory.mktemp("one") / "U盘 & co"
    folder.mkdir()
    return Path(shutil.copy(DIST / one_file.NAME, folder / "lstm lab.html"))


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def opened(request, browser, lone):
    """A tab on that file with an experiment in the link; `asked` are its requests for anything but what is in the file."""
    program, options = (browser, {"offline": True}) if request.param == "chromium" else browser.start_firefox()
    context = program.new_context(viewport={"width": 1440, "height": 900}, **options)
    tab = context.new_page()
    tab.watch = Watch(context, lone.as_uri())
    tab.engine = request.param
    tab.goto(lone.as_uri() + "#hidden_size=4&length=12&updates=0&room=backward", wait_until="commit")
    tab.wait_for_selector("canvas")
    tab.began_as = tab.evaluate("document.documentElement.dataset.engine")
    wait_until(tab, "document.documentElement.dataset.engine === 'live'", timeout=2 * LIVE_WITHIN)
    tab.evaluate("lab.ready")
    yield Lab(tab)
    tab.watch.check()
    context.close()
    if request.param == "firefox":
        program.close()


def test_it_is_small_enough_to_be_sent():
    assert (DIST / one_file.NAME).stat().st_size < MEGABYTES * 1e6


def test_the_recording_is_there_before_python_and_the_link_is_followed(opened):
    assert opened.tab.began_as in ("recording", "loading")
    assert_same_numbers(opened, LINKED)
    assert opened.tab.locator("nav .tab").nth(1).get_attribute("aria-pressed") == "true"


def test_it_asks_for_nothing_but_itself(opened, lone):
    asked = {urlsplit(url)._replace(fragment="").geturl() for url in opened.tab.watch.requests if not url.startswith("data:")}
    assert asked == ({lone.as_uri()} if opened.tab.engine == "chromium" else set())     # Firefox does not even report that


def test_every_room_works_and_the_numbers_are_those_of_cpython(opened):
    for room in opened.tab.locator("nav .tab").all():
        room.click()
        assert room.get_attribute("aria-pressed") == "true"
        opened.tab.wait_for_function("document.querySelector('main canvas, main svg, main table') !== null")
    opened.tab.locator("nav .tab").first.click()
    opened.set(hidden_size=3, updates=20)
    assert_same_numbers(opened, {**LINKED, "hidden_size": 3, "updates": 20})
    opened.select("c", t=5, unit=1)
    wait_until(opened.tab, "document.querySelector('.inspector data')?.dataset.place === 'c,5,1'")
    shown = float(opened.tab.locator(".inspector data").get_attribute("value"))
    assert shown == pytest.approx(in_cpython(opened.experiment)["c"][4, 0], abs=1e-12)


def test_gradients_are_checked_and_python_can_be_read(opened):
    rows = opened.tab.evaluate("lab.gradientCheck()")
    assert len(rows) == 8 and all(row["right"] for row in rows)
    assert opened.tab.locator(".katex").count() > 0
    wait_until(opened.tab, "document.fonts.check('16px KaTeX_Math')")


def test_every_file_is_saved(opened):
    taken = take_all(opened.tab) if opened.tab.engine == "chromium" else handed_all(opened.tab)
    assert_right(taken, opened.trace(), opened.experiment)


def test_its_link_is_followed_and_leads_back(opened):
    home = opened.tab.url.split("#")[0]
    opened.set(**{**Experiment().to_json(), "seed": 5, "updates": 3})
    wait_until(opened.tab, "location.hash.includes('seed=5')")
    opened.tab.goto(home + "#seed=6&updates=2")
    wait_until(opened.tab, "lab.experiment.seed === 6 && lab.experiment.updates === 2")
    opened.tab.go_back()
    wait_until(opened.tab, "lab.experiment.seed === 5 && lab.experiment.updates === 3")


def test_a_file_that_was_cut_off_says_so(visit, lone, tmp_path):
    whole = lone.read_bytes()
    half = tmp_path / "half.html"
    half.write_bytes(whole[:len(whole) // 2])
    tab = visit(half.as_uri())
    tab.goto(half.as_uri())
    tab.locator(".engine.failed").wait_for()
    assert "cut off" in tab.locator(".trouble").text_content()
    assert tab.locator("canvas").count() > 0
