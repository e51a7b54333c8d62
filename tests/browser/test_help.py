"""What helps whoever is lost is found again: by one thumb, by a key, in both languages."""
import pytest
from lab import Lab, lab, live_tabs, shared_tab, wait_until  # noqa: F401  (fixtures)

from web.build.paths import MODULES

# A thumb reaches the lower half.
THUMB_FROM = 844 / 2
WORDS = {"en": ("Tour", "Glossary"), "zh-CN": ("导览", "术语")}


@pytest.fixture(scope="module")
def phone(live_tabs):
    tab = live_tabs(viewport={"width": 390, "height": 844}, has_touch=True)
    yield Lab(tab)
    tab.watch.check()


def speak(tab, language):
    if tab.locator("html").get_attribute("lang") != language:
        tab.locator("header button[lang]").click()
    wait_until(tab, "wanted => document.documentElement.lang === wanted", arg=language)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("room", ["forward", "backward"])
def test_a_thumb_finds_tour_and_glossary(phone, language, room):
    tab, (tour, glossary) = phone.tab, WORDS[language]
    phone.reset()
    speak(tab, language)
    phone.enter(room)
    button = tab.locator(".under .help")
    box = button.bounding_box()
    assert box["y"] > THUMB_FROM and min(box["width"], box["height"]) >= 32
    button.tap()
    tab.locator("dialog").get_by_role("button", name=glossary, exact=True).tap()
    tab.locator("dialog .glossary").wait_for()
    tab.keyboard.press("Escape")
    wait_until(tab, "!document.querySelector('dialog')")
    button.tap()
    tab.locator("dialog").get_by_role("button", name=tour, exact=True).tap()
    tab.locator(".tour").wait_for()
    assert tab.locator("dialog").count() == 0
    tab.locator(".tour .plain").last.tap()
    wait_until(tab, "!document.querySelector('.tour')")


def test_the_question_mark_opens_the_keys_and_stays_out_of_text(lab):
    tab = lab.tab
    tab.locator("#picture").focus()
    tab.keyboard.press("?")
    tab.locator("dialog .keys-help").first.wait_for()
    shown = tab.locator("dialog").inner_text()
    assert all(key in shown for key in ("Ctrl+Z", "Ctrl+Y", "Home", "Space"))
    tab.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";undefined")
    found = tab.evaluate("""async () => (await axe.run("dialog", { resultTypes: ["violations"] })).violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, help }) => [id, help])""")
    assert found == []
    tab.keyboard.press("Escape")
    wait_until(tab, "!document.querySelector('dialog')")
    lab.field("seed").locator("input").first.focus()
    tab.keyboard.press("?")
    tab.wait_for_timeout(200)
    assert tab.locator("dialog").count() == 0
    tab.keyboard.press("Escape")


def test_at_every_width_and_size_of_type_the_header_is_whole(live_tabs):
    tab = live_tabs()
    for projector in (False, True):
        if projector:
            tab.set_viewport_size({"width": 1920, "height": 800})  # a narrower header has it in its menu
            tab.locator("header .extras [aria-pressed]").click()
        for width in (1920, 1440, 1280, 1024):
            tab.set_viewport_size({"width": width, "height": 800})
            wait_until(tab, "width => innerWidth === width", arg=width)
            cut = tab.evaluate("""() => [...document.querySelectorAll("header button, header a, header h1")].filter((at) => {
                const { left, right, height } = at.getBoundingClientRect();
                return left < 0 || right > innerWidth || (at.matches(".plain, h1") && height > 2.4 * parseFloat(getComputedStyle(at).fontSize));
            }).map((at) => at.textContent)""")
            assert cut == [], (projector, width)
    tab.watch.check()
    tab.context.close()
