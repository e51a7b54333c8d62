"""axe finds nothing serious; motion is optional."""
import itertools

import pytest
from lab import DEFAULTS, Lab, lab, live_tabs, shared_tab, wait_until  # noqa: F401

from web.build.paths import MODULES

SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def tabs(live_tabs):
    """One live page for each size, with axe in it."""
    opened = {}
    for name, viewport in SIZES.items():
        opened[name] = live_tabs("#updates=3", viewport=viewport)
        # Not as an element of the page, which its policy would refuse.
        opened[name].evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";undefined")
    yield opened
    for tab in opened.values():
        tab.watch.check()
        tab.context.close()


def violations(tab):
    """Serious and critical violations as (rule, help, elements), looked for once the page is at rest."""
    wait_until(tab, "!lab.busy && !document.querySelector('[aria-busy=true]')")
    passed, violated = tab.evaluate("""async () => { const { passes, violations } = await axe.run({ resultTypes: ["violations"] }); return [passes.length, violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        // A formula has no words to be called by; its button is called by the quantity's name.
        .map((found) => ({ ...found, nodes: found.nodes.filter(({ target }) =>
          found.id !== "label-content-name-mismatch" || document.querySelector(target.at(-1))?.querySelector(".katex") === null) }))
        .filter(({ nodes }) => nodes.length > 0)
        .map(({ id, help, nodes }) => [id, help, nodes.slice(0, 5).map((node) => `${node.target} ${node.failureSummary}`)])]; }""")
    assert passed > 5, "axe found nothing to look at"
    return violated


def show(tab, language, theme, room):
    root = tab.locator("html")
    if root.get_attribute("lang") != language:
        tab.locator("header button[lang]").click()
    if root.get_attribute("data-theme") != theme:
        tab.locator("header button.theme").click()
    tab.locator("header nav button").nth(["forward", "backward", "train", "break"].index(room)).click()
    assert (root.get_attribute("lang"), root.get_attribute("data-theme")) == (language, theme)
    # What Python tells of the room has come: a part that is replaced under the check would be no fault of the page.
    tab.wait_for_function("!document.querySelector('[aria-busy=true]') && (%s || document.querySelector('.reach .chart'))"
                          % ("false" if room == "backward" else "true"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language, theme, room", [*itertools.product(["en", "zh-CN"], ["light", "dark"], ["forward", "backward", "train"])])
def test_axe_finds_nothing_serious(tabs, size, language, theme, room):
    show(tabs[size], language, theme, room)
    assert violations(tabs[size]) == []


def test_axe_finds_nothing_serious_where_more_is_open(tabs):
    """A refusal, the table, unfolded sums, the gradient check; on a phone the experiment and the full sheet."""
    tab = tabs["desktop"]
    show(tab, "en", "light", "forward")
    tab.evaluate("lab.select({quantity: 'z_f', t: 4, unit: 1})")
    tab.locator(".inspector .fold").first.click()
    tab.evaluate("lab.gradientCheck()")
    tab.locator("details.numbers-table").evaluate("details => { details.open = true; }")
    tab.evaluate("lab.set({task: 'own', values: [[1], ['x']]}).catch(() => {})")
    assert violations(tab) == []
    phone = tabs["phone"]
    show(phone, "en", "light", "forward")
    phone.locator(".grips button").last.click()
    phone.locator(".grips button").last.click()
    assert violations(phone) == []
    phone.locator(".open-controls").click()
    open_controls = violations(phone)
    phone.locator(".controls .close").click()
    assert open_controls == []


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious_in_a_run_that_stopped_and_one_that_ran_away(tabs, size):
    tab = tabs[size]
    show(tab, "en", "light", "train")
    try:
        tab.evaluate("lab.set({updates: 40, changes: {20: {clip_norm: 0.5}}})")
        tab.get_by_label("Compare with").select_option("seed")
        wait_until(tab, "lab.experiment.updates === 0")
        tab.evaluate("lab.set({optimizer: 'sgd', learning_rate: 1000, weight_decay: 1000, clip_norm: 1e9})")
        tab.evaluate("void lab.train()")
        tab.locator(".event.diverged").wait_for(timeout=60_000)
        assert violations(tab) == []
        box, axis = (tab.locator(place).bounding_box() for place in (".event.diverged", ".loss-axis select"))
        assert box["y"] + box["height"] <= axis["y"]      # what is told stands clear of the menu below it
        tab.get_by_label("Compare with").select_option("none")
    finally:
        tab.evaluate("fields => lab.set(fields)", {**DEFAULTS, "updates": 3})


def test_axe_can_find_something(tabs):
    """So that the tests above can fail."""
    tab = tabs["desktop"]
    tab.evaluate("""() => { const button = document.createElement("button"); button.id = "nameless"; document.body.append(button); }""")
    assert "button-name" in [rule for rule, _, _ in violations(tab)]
    tab.evaluate("document.getElementById('nameless').remove()")


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_window(tabs, size):
    for language, theme, room in itertools.product(["en", "zh-CN"], ["light"], ["forward", "backward", "train", "break"]):
        show(tabs[size], language, theme, room)
        assert tabs[size].evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]


def test_with_reduced_motion_nothing_moves_by_itself(visit, site):
    tab = visit(reduced_motion="reduce")
    tab.goto(site)
    tab.wait_for_selector("#picture canvas")
    assert tab.locator("output.now").text_content() == "t = 13 of 24"
    tab.wait_for_timeout(500)
    assert tab.locator("output.now").text_content() == "t = 13 of 24"
    assert tab.locator(".playbar .primary").get_attribute("aria-label") == "Play"
    moving = """() => [...document.querySelectorAll("*")].filter((at) => [at, "::before", "::after"].some((part) => {
        const style = typeof part === "string" ? getComputedStyle(at, part) : getComputedStyle(at);
        const lasts = (times) => times.split(",").some((time) => parseFloat(time) > 0);
        return (style.transitionProperty !== "none" && lasts(style.transitionDuration))
          || (style.animationName !== "none" && lasts(style.animationDuration));
    })).map((at) => at.className)"""
    assert tab.evaluate(moving) == []
    tab.emulate_media(reduced_motion="no-preference")
    assert tab.evaluate(moving) != [], "so that this can fail"


def test_the_language_and_theme_of_the_system_are_followed(visit, site):
    tab = visit(locale="zh-CN", color_scheme="dark")
    tab.goto(site)
    root = tab.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("data-theme")) == ("zh-CN", "dark")
    tab.emulate_media(color_scheme="light")
    wait_until(tab, "document.documentElement.dataset.theme === 'light'")
