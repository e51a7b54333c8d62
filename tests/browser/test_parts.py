"""What the first picture needs, and the parts of the page that come after it: formulas, rooms, dialogs."""
import gzip
import json
import re

import pytest
from lab import wait_until

from web.build.paths import DIST

BEFORE_THE_PICTURE = 145_000            # bytes of HTML, style and scripts, gzipped as hosts do it
# What stands in the script of a part and must not stand in what the page begins with.
SIGNS = {"views/katex.js": "katex-mathml", "views/train/room.js": "curves-frame", "views/break/room.js": "break-caption",
         "views/share/Share.jsx": "data-part-of-share", "views/about/About.jsx": "data-about"}
PAINTED = """() => {
    const canvas = document.querySelector("#picture canvas");
    if (!(canvas?.width > 300)) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 20;
}"""
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]);
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def index():
    return (DIST / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def first(index):
    """The files that index.html itself asks for."""
    return re.findall(r'<(?:link rel="(?:stylesheet|modulepreload)" href|script [^>]*src)="(assets/[^"]+)"', index)


@pytest.fixture(scope="module")
def parts(index):
    return json.loads(re.search(r'id="runtime">(.*?)</script>', index)[1])["parts"]


def hold(tab, *patterns, but=()):
    """Keep answers back until what this gives is called, but for some addresses."""
    kept, released = [], []

    def on_route(route):
        if released or route.request.url in but:
            route.continue_()
        else:
            kept.append(route)
    for pattern in patterns:
        tab.context.route(pattern, on_route)

    def release():
        released.append(True)
        for route in kept:
            route.continue_()
    return release


def room(tab, name):
    return tab.locator("header nav").get_by_role("button", name=name)


def test_what_the_first_picture_needs_is_small_and_holds_nothing_of_the_other_parts(first, parts):
    assert sum(len(gzip.compress((DIST / name).read_bytes(), 6)) for name in ["index.html", *first]) <= BEFORE_THE_PICTURE
    # Browsers open six connections to a host that speaks HTTP/1.1: none of these waits for another.
    assert len(first) <= 5
    assert set(parts) == set(SIGNS)
    begun = "".join((DIST / name).read_text(encoding="utf-8") for name in first if name.endswith(".js"))
    for part, sign in SIGNS.items():
        assert not set(parts[part]) & set(first)
        assert sign not in begun, "%s is in the page's first script" % part
        assert any(sign in (DIST / name).read_text(encoding="utf-8") for name in parts[part]), "the sign of %s is out of date" % part


def test_the_picture_is_painted_and_can_be_walked_while_everything_else_is_still_to_come(visit, site, first):
    tab = visit(reduced_motion="reduce")
    release = hold(tab, "**/*", but=[site, *(site + name for name in first)])
    tab.goto(site, wait_until="commit")
    wait_until(tab, PAINTED)
    assert tab.locator(".letters .letter").all_text_contents()[:7] == ["x", "f", "i", "g", "o", "c", "h"]
    tab.locator("#picture").focus()
    tab.keyboard.press("ArrowRight")
    wait_until(tab, "document.querySelector('.playbar .now').textContent.includes('14')")
    tab.locator(".controls").wait_for()
    assert tab.locator(".katex").count() == 0
    release()
    tab.locator(".letters .katex").first.wait_for()


def test_nothing_jumps_when_the_formulas_or_a_room_come_late(visit, site):
    for fragment, late in (("", ".inspector .katex"), ("#room=backward", ".letters .katex"), ("#room=train", ".curves")):
        tab = visit(reduced_motion="reduce")
        tab.add_init_script(SHIFTS)
        hold(tab, "**/pyodide-*/**")                    # a live Python changes words of its own
        release = hold(tab, "**/katex-*.js", "**/room-*.js")
        tab.goto(site + fragment)
        wait_until(tab, "document.querySelector('.part-failed, main .note, .caption') !== null")
        release()
        tab.locator(late).first.wait_for()
        tab.locator(".legend").wait_for()
        tab.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")
        shifts = tab.evaluate("shifts")
        assert sum(value for value, *_ in shifts) < 0.01, "%s: %s" % (fragment, shifts)
        tab.context.close()


def test_once_python_is_live_every_part_is_there_also_without_a_network(visit, site):
    tab = visit()
    tab.goto(site)
    wait_until(tab, "document.documentElement.hasAttribute('data-complete')")
    tab.watch.expect("ERR_INTERNET_DISCONNECTED")       # what Python loads when it has rested for a while
    tab.context.set_offline(True)
    room(tab, "Train").click()
    tab.locator(".curves svg").wait_for()
    room(tab, "Break").click()
    tab.locator(".break-caption").wait_for()
    tab.get_by_role("button", name="Share", exact=True).click()
    tab.locator("dialog .share").wait_for()


def test_a_room_that_does_not_come_says_so_and_is_asked_for_again(visit, site):
    tab = visit()
    tab.watch.expect("ERR_FAILED")
    hold(tab, "**/pyodide-*/**")
    tab.context.route("**/room-*.js", lambda route: route.abort())
    tab.goto(site + "#updates=200&seed=5")
    sentence = tab.get_by_role("alert").filter(has_text="could not be loaded")
    again = sentence.get_by_role("button", name="Try again")
    room(tab, "Train").click()
    again.click()                                                     # the line is still cut
    again.wait_for()
    room(tab, "Forward").click()                                      # the rest goes on
    tab.locator("#picture canvas").wait_for()
    room(tab, "Break").click()
    again.wait_for()
    tab.context.unroute("**/room-*.js")
    again.click()
    tab.locator(".break-caption").wait_for()
    room(tab, "Train").click()
    again.click()
    tab.locator(".curves svg").wait_for()
    assert tab.evaluate("lab.wanted.seed") == 5


def test_without_their_typesetter_formulas_are_text_until_it_comes(visit, site):
    tab = visit(reduced_motion="reduce")
    tab.watch.expect("ERR_FAILED")
    hold(tab, "**/pyodide-*/**")
    tab.context.route("**/katex-*.js", lambda route: route.abort())
    tab.goto(site)
    note = tab.get_by_role("alert").filter(has_text="Formulas are written as plain text")
    note.wait_for()
    assert tab.locator(".equation .as-text").first.text_content() == "z^f_t = W^f x_t + U^f h_(t-1) + b^f"
    tab.context.unroute("**/katex-*.js")
    note.get_by_role("button", name="Try again").click()
    tab.locator(".equation .katex").first.wait_for()
    wait_until(tab, "!document.querySelector('.as-text, .part-failed')")
