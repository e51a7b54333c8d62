"""On a projector: what carries the lesson can be read from the back of the room, and stands in the window."""
import pytest
from lab import Lab, follow, live_tabs, wait_until  # noqa: F401

# Of a window of 1080 lines, which is what 8 metres from a screen of usual size ask for.
SMALLEST = 18 / 1080
LESSON = {
    "forward": ".letters .name, .letters .unit, .ranges > span, .legend span, .caption, .playbar .now, .inspector .value",
    "backward": ".letters .name, .letters .unit, .ranges > span, .caption",
    "train": ".curves text, .letters .name, .ranges > span, .train-story, .goal-note, .reading, .setup label, .trainbar .now",
    "break": ".chart-svg text, .onset-table th, .onset-table td, .numbers td, .numbers th, .break-caption, .ranges > span, .onset .note",
}


@pytest.fixture(scope="module")
def tab(live_tabs):
    tab = live_tabs("#projector=1&updates=30")
    yield tab
    tab.context.close()


@pytest.mark.parametrize("width, height", [(1920, 1080), (1280, 720)])
@pytest.mark.parametrize("room", LESSON)
def test_what_carries_the_lesson_is_large_enough(tab, room, width, height):
    tab.set_viewport_size({"width": width, "height": height})
    follow(tab, "projector=1&updates=30&room=%s&seed=%d%s" % (room, height, "&damage=no_carry" if room == "break" else ""))
    wait_until(tab, "([room, width, seed]) => lab.experiment.seed === seed && innerWidth === width && document.querySelector('.tab[aria-pressed=true]').textContent.toLowerCase() === room",
               arg=[room, width, height])
    wait_until(tab, "first => document.querySelector(first)", arg=LESSON[room].split(",")[0])
    if room == "break":
        wait_until(tab, "document.querySelector('.onset-table:not(.faded)') && document.querySelector('.memory .curve-line.after')")
    sizes = tab.evaluate("""which => [...document.querySelectorAll(which)].filter((at) => at.textContent.trim() && at.getClientRects().length)
        .map((at) => [`${at.getAttribute("class")}: ${at.textContent.slice(0, 20)}`, parseFloat(getComputedStyle(at).fontSize)])""", LESSON[room])
    assert len(sizes) > 10
    assert [(name, size) for name, size in sizes if size < SMALLEST * height - 0.05] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width, height", [(1920, 1080), (1280, 720)])
def test_a_run_and_the_answers_of_the_network_are_seen_together(tab, width, height):
    tab.set_viewport_size({"width": width, "height": height})
    follow(tab, "projector=1&room=train&updates=40&seed=%d" % height)
    wait_until(tab, "([width, seed]) => lab.experiment.seed === seed && lab.experiment.updates === 40 && innerWidth === width && document.querySelector('.curves .moment')",
               arg=[width, height])
    header, play, curves, heading = (tab.locator(at).first.bounding_box() for at in (".top", ".trainbar .primary", ".curves", ".held-out"))
    assert header["height"] < 0.08 * height                 # one line
    assert play["y"] < 0.35 * height and curves["y"] + curves["height"] < 0.85 * height and heading["y"] < 0.9 * height


@pytest.mark.parametrize("width, height", [(1024, 768), (1280, 720), (1920, 1080)])
def test_the_window_is_used_and_rows_are_as_high_as_their_letters(tab, width, height):
    tab.set_viewport_size({"width": width, "height": height})
    follow(tab, "projector=1&room=train&updates=20&seed=%d" % width)
    wait_until(tab, "([width, seed]) => lab.experiment.seed === seed && lab.experiment.updates === 20 && innerWidth === width && document.querySelector('.letters .letter')",
               arg=[width, width])
    main = tab.locator("main").bounding_box()
    beside = tab.locator("aside.right").bounding_box()
    assert main["width"] > 0.95 * width or main["x"] + main["width"] + beside["width"] > 0.95 * width
    assert tab.locator(".letters .name").count() > 0
    over = tab.evaluate("""(() => { const box = (one) => one.getBoundingClientRect(), names = [...document.querySelectorAll('.letters .name')];
        return [...document.querySelectorAll('.letters .letter')].flatMap((letter) => names.filter((name) => box(name).top < box(letter).bottom - 3 && box(name).bottom - 3 > box(letter).top)
            .map((name) => letter.textContent.slice(0, 3) + " " + name.textContent)); })()""")
    assert over == []


def test_the_way_to_the_damages_stands_above_what_they_do(tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    for link, words, below in (("damage=no_carry", "Damage", ".numbers"), ("puzzle=33", "What is it?", ".tally")):
        follow(tab, "projector=1&room=break&updates=20&" + link)
        wait_until(tab, "([words, below]) => document.querySelector('.open-controls').textContent === words && document.querySelector(below)", arg=[words, below])
        assert tab.locator(".open-controls").bounding_box()["y"] < tab.locator(below).first.bounding_box()["y"]
