"""docs/ in a browser: reached from the page in its language, quiet, readable on a phone, nothing serious for axe."""
import pytest
from lab import wait_until

from web.build.paths import DIST, MODULES

PAGES = sorted(path.name for path in (DIST / "docs").glob("*.html"))


def axe(tab):
    tab.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    return tab.evaluate("""async () => (await axe.run({ resultTypes: ["violations"] })).violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`)])""")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone_or_serious_for_axe(visit, site, scheme):
    tab = visit(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    for name in PAGES:
        tab.goto(site + "docs/" + name)
        assert tab.evaluate("document.documentElement.scrollWidth") == 390, name
        if scheme == "light" or name.startswith(("index", "coming-from.html", "cell")):
            assert axe(tab) == [], name
    dark = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert dark == {"light": "rgb(251, 250, 247)", "dark": "rgb(23, 25, 29)"}[scheme]
    assert len(tab.watch.requests) >= len(PAGES) > 0
    assert {request for request in tab.watch.requests if not request.startswith((site + "docs/", "data:"))} == set()


def arrived(tab, title):
    wait_until(tab, "title => document.querySelector('h1')?.textContent === title", arg=title)


def test_the_way_from_the_page_and_back(visit, site):
    tab = visit()
    for language, title in (("en", "Documentation"), ("zh-CN", "文档")):
        tab.goto(site + "#lang=" + language)
        wait_until(tab, "language => document.documentElement.lang === language", arg=language)
        tab.locator("header a.plain[href*=docs]").click()
        arrived(tab, title)
        assert tab.locator("html").get_attribute("lang") == language
        tab.locator("header a.home").click()
        tab.wait_for_selector("header.top")
    tab.goto(site + "#lang=en")
    tab.get_by_role("button", name="Glossary").click()
    tab.get_by_role("link", name="Coming from PyTorch").click()
    arrived(tab, "Coming from PyTorch, Keras or the tutorial")
    tab.locator("header a.other").click()
    wait_until(tab, "document.documentElement.lang === 'zh-CN'")


def test_an_entry_is_reached_and_its_source_opens_without_a_script(visit, site):
    tab = visit(java_script_enabled=False)
    tab.goto(site + "docs/index.html")
    tab.locator("dl a", has_text="LSTM").first.click()
    tab.wait_for_url("**/layers.html#LSTM")
    section = tab.locator("section#LSTM")
    assert "weight_hh_l1" in section.text_content()
    section.locator("summary").last.click()
    assert section.locator("details .code").is_visible()
