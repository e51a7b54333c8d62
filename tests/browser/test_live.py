"""From the first sight to live: a recording before Python is there, what is said meanwhile, and a failed download."""
import contextlib

import numpy as np
import pytest
from lab import (DEFAULTS, SAME, Lab, difference, in_cpython, inline, lab, live_tabs, shared_tab,  # noqa: F401
                 wait_until)

RUNTIME = "**/pyodide-*/**"


def picture_is_drawn(tab):
    """Whether there is ink on the canvas."""
    return tab.evaluate("""() => {
        const canvas = document.querySelector("#picture canvas");
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0);
    }""")


@contextlib.contextmanager
def runtime_held(tab):
    """Python's files do not arrive before the block ends."""
    held, holding = [], True
    tab.context.route(RUNTIME, lambda route: held.append(route) if holding else route.continue_())
    yield
    holding = False
    for route in held:
        route.continue_()


def engine(tab):
    return tab.evaluate("document.documentElement.dataset.engine")


def test_the_page_goes_live_and_its_numbers_stay_those_of_the_recording(visit, site, until_live):
    tab = visit()
    with runtime_held(tab):
        tab.goto(site)
        tab.wait_for_selector("#picture canvas")
        assert engine(tab) in ("recording", "loading")
        recorded = Lab(tab).trace()
    until_live(tab)
    tab.evaluate("lab.ready")
    assert difference(Lab(tab).trace(), recorded) <= SAME
    assert difference(recorded, in_cpython({})) == 0
    assert tab.locator(".engine").text_content() == "live"


def test_before_python_the_recording_is_drawn_labelled_and_explained(visit, site):
    tab = visit(reduced_motion="reduce")
    with runtime_held(tab):
        tab.goto(site)
        tab.wait_for_selector("#picture canvas")
        assert picture_is_drawn(tab)
        assert "recording" in tab.locator(".engine").text_content().lower()
        assert "Recorded when this page was built" in tab.locator(".caption").text_content()
        theirs = in_cpython({})
        for quantity, t, unit in [("c", 5, 3), ("dz_o", 24, 1), ("x", 1, 2), ("dh_via_z", 11, 2)]:
            tab.evaluate("place => lab.select(place)", {"quantity": quantity, "t": t, "unit": unit})
            wait_until(tab, "right => Number(document.querySelector('.inspector data')?.getAttribute('value')) === right",
                       arg=float(theirs[quantity][t - 1, unit - 1]))
        box = tab.locator("#picture canvas").bounding_box()
        tab.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
        assert "step 24" in tab.locator(".inspector h2").text_content()
        # The picture can be asked for something else; it comes with Python.
        tab.get_by_label("Hidden units").first.fill("4")
        assert engine(tab) != "live"
    wait_until(tab, "lab.experiment.hidden_size === 4")
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")


def test_while_python_loads_the_page_says_how_much_has_come(visit, site):
    tab = visit()
    with runtime_held(tab):
        tab.goto(site)
        bar = tab.locator(".engine progress")
        bar.wait_for()
        sizes = [file["bytes"] for file in inline(tab, "runtime")["files"] if "restored" in file["recipes"]]
        assert float(bar.get_attribute("max")) == sum(sizes)
        assert "%.1f MB" % (sum(sizes) / 1e6) in tab.locator(".engine").text_content()
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")


def test_a_failed_download_is_said_and_can_be_repeated(visit, site, until_live):
    tab = visit()
    tab.watch.expect("ERR_FAILED")
    tab.watch.expect("ERR_CONNECTION")
    file = "**/pyodide-*/pyodide.asm.wasm"
    tab.context.route(file, lambda route: route.abort("connectionfailed"))
    tab.goto(site + "#hidden_size=2&updates=3")
    wait_until(tab, "document.documentElement.dataset.engine === 'failed'")
    assert "Python did not start" in tab.locator(".engine").text_content()
    assert picture_is_drawn(tab)
    Lab(tab).select("c", 3, 1)  # the recording goes on answering
    wait_until(tab, "document.querySelector('.inspector data') !== null")
    again = tab.get_by_role("button", name="Try again")
    tab.evaluate("""() => { window.states = []; new MutationObserver(() => window.states.push(document.documentElement.dataset.engine))
        .observe(document.documentElement, { attributeFilter: ["data-engine"] }); }""")
    again.click()
    wait_until(tab, "window.states.join() === 'loading,failed'")
    tab.context.unroute(file)
    again.click()
    until_live(tab)
    wait_until(tab, "lab.experiment.hidden_size === 2")
    assert difference(Lab(tab).trace(), in_cpython({"hidden_size": 2, "updates": 3})) <= SAME


def test_a_missing_runtime_file_is_said(visit, site):
    tab = visit()
    tab.watch.expect("404")
    tab.context.route("**/pyodide-*/pyodide.asm.wasm", lambda route: route.fulfill(status=404, body="no such file"))
    tab.watch.expect("wasm")
    tab.watch.expect("Failed to")
    tab.goto(site)
    wait_until(tab, "document.documentElement.dataset.engine === 'failed'")
    assert tab.get_by_role("button", name="Try again").is_enabled()


def test_a_download_that_breaks_off_is_said(visit, site):
    tab = visit()
    tab.watch.expect("ERR_")
    tab.watch.expect("wasm")
    tab.context.route("**/pyodide-*/pyodide.asm.wasm", lambda route: route.abort("connectionreset"))
    tab.goto(site)
    wait_until(tab, "document.documentElement.dataset.engine === 'failed'")


def test_the_same_link_gives_the_same_numbers_after_a_reload(lab):
    tab, fragment = lab.tab, "task=adding&hidden_size=4&updates=60&seed=5"
    traces = []
    for _ in range(2):
        tab.goto(tab.url.split("#")[0] + "#" + fragment)
        tab.reload()
        wait_until(tab, "document.documentElement.dataset.engine === 'live'")
        tab.evaluate("lab.ready")
        assert lab.experiment == {**DEFAULTS, "task": "adding", "hidden_size": 4, "updates": 60, "seed": 5}
        traces.append(lab.trace())
    assert len(traces[0]) > 10 and set(traces[0]) == set(traces[1])
    assert all(np.array_equal(traces[0][name], traces[1][name]) for name in traces[0])


def test_the_pass_plays_once_by_itself_and_rests_at_the_mark(visit, site):
    tab = opening(visit, site)
    with runtime_held(tab):
        tab.goto(site)
        for step in range(1, 13):
            assert tab.locator("output.now").text_content() == "t = %d of 24" % step
            assert tab.get_by_role("button", name="Pause").count() == 1
            tab.clock.run_for(320)
        for _ in range(3):
            assert tab.locator("output.now").text_content() == "t = 13 of 24"
            assert tab.get_by_role("button", name="Play").count() == 1
            tab.clock.run_for(320)


def opening(visit, site):
    """A tab in which time passes only as a test lets it, so that the opening waits for a slow machine."""
    tab = visit()
    tab.clock.install(time=0)
    tab.clock.pause_at(1)
    return tab


@pytest.mark.parametrize("touch", ["a key in the picture", "a click on a number", "a box of the diagram"])
def test_a_visitor_stops_what_plays_by_itself(visit, site, touch):
    tab = opening(visit, site)
    with runtime_held(tab):
        tab.goto(site)
        tab.get_by_role("button", name="Pause").wait_for()
        tab.clock.run_for(700)
        assert tab.locator("output.now").text_content() == "t = 3 of 24"
        if touch == "a key in the picture":
            tab.locator("#picture").focus()
            tab.keyboard.press("End")
        elif touch == "a click on a number":
            box = tab.locator("#picture canvas").bounding_box()
            tab.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + 100)
        else:
            tab.locator(".diagram .box:not(.fixed)").nth(3).click()
        now = tab.locator("output.now").text_content()
        tab.clock.run_for(800)
        assert tab.locator("output.now").text_content() == now
        assert tab.get_by_role("button", name="Play").count() == 1


@pytest.mark.parametrize("room", ["forward", "backward", "train", "break"])
def test_until_python_is_there_a_link_is_not_told_with_the_numbers_of_the_recording(visit, site, room):
    """The recording is of the default experiment: what a link asks for stands in the controls, and beside it whose numbers are seen."""
    tab = visit()
    for text in ("Failed to", "ERR_", "request", "wasm"):
        tab.watch.expect(text)
    held, refuses = [], []
    tab.context.route("**/pyodide.asm.wasm", lambda route: route.abort() if refuses else held.append(route))
    tab.goto(site + "#hidden_size=1&updates=0&room=%s" % room + ("&damage=clamp_f:0.5" if room == "break" else ""))
    caption = tab.locator("main .caption").first
    caption.get_by_text("This is a recording of the default experiment. Yours is computed as soon as Python is there.").wait_for()
    assert tab.locator(".pair .pane-title, .pair figcaption").all_text_contents() == (["recorded, without damage"] if room == "break" else [])
    refuses.append(True)
    for route in held:
        route.abort()
    caption.get_by_text("This is a recording of the default experiment. Yours needs Python, which did not start.").wait_for()
    assert "Asking Python" not in tab.locator("body").inner_text() and "as soon as" not in tab.locator("main").inner_text()
    if room == "break":
        assert "Python did not start, so this is not known." in tab.locator(".right").inner_text()
    tab.watch.check()
    tab.context.close()
