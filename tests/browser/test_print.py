"""The page on paper: the whole picture with its legend, the number with its whole explanation, nothing that can only be pressed."""
import pytest
from lab import Lab, live_tabs, wait_until  # noqa: F401

# What a sheet leaves within its margins, in CSS pixels.
PAPER = {"A4 upright": (703, 1031), "A4 across": (1031, 703), "Letter upright": (725, 965), "Letter across": (965, 725)}
PRESSED = ".playbar, .open-controls, .grips, .left, .top nav, .extras, .more, .copies, dialog"
SHOWN = """([which, width]) => [...document.querySelectorAll(which)].filter((at) => at.getClientRects().length)
    .map((at) => { const { left, right, height } = at.getBoundingClientRect(); return { inside: left >= -1 && right <= width + 1, height }; })"""
INK = """() => { const canvas = document.querySelector("#picture canvas"), { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0; for (let at = 0; at < data.length; at += 4) if (data[at + 3]) sum += data[at] + data[at + 1] + data[at + 2]; return sum; }"""


@pytest.fixture(scope="module")
def tab(live_tabs):
    tab = live_tabs("#theme=dark&length=30&updates=40")
    yield tab
    tab.watch.check()
    tab.context.close()


def printed(tab, paper):
    width, height = PAPER[paper]
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(media="print")
    wait_until(tab, "document.querySelector('.printed')")


def on_screen(tab):
    tab.emulate_media(media="screen")
    tab.set_viewport_size(tab.usual_size)
    wait_until(tab, "!document.querySelector('.printed')")


@pytest.mark.parametrize("paper", PAPER)
@pytest.mark.parametrize("room, parts", [
    ("forward", ("#picture", ".ranges", ".legend", ".diagram", ".inspector", ".equation .result")),
    ("backward", ("#picture", ".ranges", ".legend", ".diagram", ".inspector", ".equation .result", ".reach .chart", ".growth")),
    ("train", ("#picture", ".legend", ".curves .chart-svg", ".inspector", ".equation .result")),
    ("break", (".pair .one", ".pair .legend", ".onset-table", ".inspector"))])
def test_every_room_is_whole_within_the_paper(tab, room, parts, paper):
    Lab(tab).enter(room)
    if room == "backward":
        Lab(tab).select("dc", 18, 2)
    wait_until(tab, timeout=20_000, expression="part => document.querySelector(part) && !document.querySelector('.inspector[aria-busy=true]')", arg=parts[-1])
    printed(tab, paper)
    for part in parts:
        seen = tab.evaluate(SHOWN, [part, PAPER[paper][0]])
        assert seen and all(one["inside"] and one["height"] > 0 for one in seen), part
    assert tab.evaluate(SHOWN, [PRESSED, 0]) == []
    assert tab.evaluate("getComputedStyle(document.querySelector('.legend .ramp, .pair .legend .ramp')).printColorAdjust") == "exact"
    assert tab.evaluate("[document.documentElement.dataset.theme, getComputedStyle(document.documentElement).backgroundColor]") == ["light", "rgb(255, 255, 255)"]
    assert "30 steps" in tab.locator(".printed").text_content()
    on_screen(tab)
    assert tab.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize("across", [False, True])
def test_the_browser_prints_it_on_one_sheet_in_the_colours_of_paper(live_tabs, across):
    """What asks for the paper is the browser's own event; the canvas has been drawn for it by then, and stands there in pixels."""
    tab = live_tabs("#theme=dark")
    dark = tab.evaluate(INK)
    tab.evaluate("addEventListener('beforeprint', () => { window.ink = (%s)(); window.told = document.querySelector('.printed').textContent; window.pixels = document.querySelectorAll('#picture .on-paper, .map .on-paper').length; }, { once: true })" % INK)
    sheet = tab.pdf(format="A4", landscape=across)
    assert sheet.count(b"/Type /Page\n") == 1
    assert tab.evaluate("window.ink") != dark and "24 steps" in tab.evaluate("window.told") and tab.evaluate("window.pixels") == 2
    wait_until(tab, "!document.querySelector('.printed')")
    assert tab.evaluate(INK) == dark and tab.locator(".on-paper").count() == 0
    tab.context.close()


def test_what_is_still_to_be_played_is_printed_as_well(tab):
    Lab(tab).enter("forward")
    tab.locator(".playbar .primary").click()
    tab.locator(".veil").wait_for(state="attached")
    tab.emulate_media(media="print")
    assert tab.evaluate("[...document.querySelectorAll('.veil')].every((veil) => veil.getClientRects().length === 0)")
    tab.emulate_media(media="screen")
    tab.locator(".playbar .primary").click()


def test_a_phone_prints_no_sheet_over_the_page(live_tabs):
    tab = live_tabs(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    tab.emulate_media(media="print")
    wait_until(tab, "document.querySelector('.printed')")
    assert tab.evaluate("getComputedStyle(document.querySelector('aside.right')).position") == "static"
    assert tab.locator(".equation .result").is_visible() and tab.locator(".inspector .digits").is_visible()
    tab.context.close()
