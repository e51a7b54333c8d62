"""Key states compared by their structure, not by pixels: every row has its label, boxes lie inside what holds them, the canvas
is as large as the layout says, and no text is cut off or written over another. Both languages, wide and on a phone."""
import pytest
from lab import live_tabs, wait_until  # noqa: F401

SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
STATES = {
    "forward": ("forward", "f", 13), "pre-activation": ("forward", "z_f", 13), "cell": ("forward", "c", 13), "hidden": ("forward", "h", 1),
    "streams": ("backward", "dc", 20), "error term": ("backward", "dz_o", 18), "backward end": ("backward", "dh_via_z", 23),
    "vanished": ("backward", "dc", 2),
}

LOOK = """() => {
    const shown = (at) => at.getClientRects().length > 0 && getComputedStyle(at).visibility !== "hidden";
    const box = (at) => { const { left, top, right, bottom } = at.getBoundingClientRect(); return { left, top, right, bottom }; };
    const name = (at) => `${at.getAttribute("class") ?? at.tagName} "${at.textContent.trim().slice(0, 24)}"`;
    const inside = (a, b, slack = 1.5) => a.left >= b.left - slack && a.right <= b.right + slack && a.top >= b.top - slack && a.bottom <= b.bottom + slack;
    // Text boxes are a little higher than their ink.
    const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    const faults = [];
    const apart = (texts, what) => texts.forEach((one, k) => texts.slice(k + 1).forEach((other) => {
      if (overlap(box(one), box(other))) faults.push(`${what}: ${name(one)} over ${name(other)}`); }));
    const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);

    const map = document.querySelector(".diagram svg");
    if (shown(map)) {
      const texts = all(".diagram svg text");
      texts.forEach((text) => { if (!inside(box(text), box(map), 3)) faults.push(`outside the diagram: ${name(text)}`); });
      apart(texts, "diagram");
      const canvas = box(document.querySelector(".diagram canvas"));
      for (const frame of all(".diagram .frame")) if (!inside(box(frame), canvas, 3)) faults.push("a box outside the diagram's canvas");
    }
    apart(all(".letters .letter"), "letters");
    apart(all(".letters .name, .letters .unit, .ranges span"), "names of rows");
    apart(all(".ranges span"), "ranges");
    apart(all(".equation .row .amount, .equation .row .symbol, .row .sign"), "equation");
    const inspector = box(document.querySelector(".inspector"));
    for (const text of all(".equation .row .amount, .equation .row .symbol")) {
      const at = box(text);
      if (at.right > inspector.right + 1.5 || at.left < inspector.left - 1.5) faults.push(`beside the inspector: ${name(text)}`);
    }
    const canvas = box(document.querySelector("#picture canvas"));
    const sheet = box(document.querySelector("#picture"));
    for (const edge of ["left", "top", "right", "bottom"]) {
      if (Math.abs(canvas[edge] - sheet[edge]) > 1) faults.push(`the canvas is not as large as the layout: ${edge}`);
    }
    for (const at of all(".score .selected, .score .operand, .score .playhead")) if (!inside(box(at), sheet, 3)) faults.push(`outside the picture: ${name(at)}`);
    for (const at of all("button, label, legend, h1, h2, summary, output, .caption, .note, figcaption")) {
      if (at.closest(".visually-hidden, .skip, .scroll, .tex, dialog")) continue;
      if (at.matches(".visually-hidden, .skip")) continue;
      if (at.scrollWidth > at.clientWidth + 2 && at.clientWidth > 0 && getComputedStyle(at).overflowX !== "visible") faults.push(`cut off: ${name(at)}`);
      const place = box(at);
      if (place.right > innerWidth + 1 || place.left < -1) faults.push(`out of the window: ${name(at)}`);
    }
    return { faults, letters: all(".letters .letter").length, boxes: all(".diagram .box").length, rows: all(".equation .row").length };
}"""


@pytest.fixture(scope="module")
def tabs(live_tabs):
    opened = {size: live_tabs(viewport=viewport) for size, viewport in SIZES.items()}
    yield opened
    for tab in opened.values():
        tab.watch.check()


def show(tab, language, state):
    room, quantity, t = STATES[state]
    if tab.locator("html").get_attribute("lang") != language:
        tab.locator("header button[lang]").click()
    tab.locator("header nav button").nth(["forward", "backward"].index(room)).click()
    tab.evaluate("([quantity, t]) => lab.select({ quantity, t, unit: 2 })", [quantity, t])
    wait_until(tab, "place => document.querySelector('.inspector data')?.dataset.place === place", arg=f"{quantity},{t},2")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_off_covered_or_unnamed(tabs, size, language, state):
    tab = tabs[size]
    show(tab, language, state)
    found = tab.evaluate(LOOK)
    assert found["faults"] == []
    assert found["letters"] == 9, "input, six rows of units, output, and the other room's strip"
    assert found["boxes"] == (9 if STATES[state][0] == "forward" else 11)
    assert found["rows"] >= 1


def test_the_look_can_find_something(tabs):
    tab = tabs["wide"]
    show(tab, "en", "streams")
    tab.evaluate("""() => { for (const rule of [".diagram .label { font-size: 40px !important }", ".letters .letter { top: 10px !important }"])
        document.styleSheets[0].insertRule(rule, document.styleSheets[0].cssRules.length); }""")
    faults = tab.evaluate(LOOK)["faults"]
    tab.evaluate("() => { const sheet = document.styleSheets[0]; for (const _ of [1, 2]) sheet.deleteRule(sheet.cssRules.length - 1); }")
    assert any(fault.startswith("diagram") for fault in faults) and any(fault.startswith("letters") for fault in faults)
