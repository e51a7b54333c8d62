"""The page in WebKit, over HTTP and from the disk: live, one change, one check, the policy kept."""
import numpy as np
import pytest
from downloads import assert_right, handed_all, trace_of
from lab import SAME, difference, in_cpython

from web.build import one_file, webkit
from web.build.paths import DIST

LIVE_WITHIN = 120  # seconds; WebKitGTK compiles WebAssembly slowly
CHANGE = {"updates": 0, "hidden_size": 5, "length": 12}


@pytest.fixture(scope="module", params=["served", "one file"])
def tab(request, site):
    if not webkit.available():
        pytest.skip(webkit.ABSENT)
    with webkit.tab() as opened:
        opened.goto((site if request.param == "served" else (DIST / one_file.NAME).as_uri()) + "#updates=0")
        opened.wait_until("document.querySelector('canvas') !== null", 30)
        opened.evaluate("window.refused = [], addEventListener('securitypolicyviolation', "
                        "(event) => refused.push(event.effectiveDirective + ' ' + event.blockedURI))")
        opened.wait_until("document.documentElement.dataset.engine === 'live'", LIVE_WITHIN)
        opened.recipe = "restored" if request.param == "served" else "plain"
        yield opened


def test_a_change_gives_the_numbers_of_cpython(tab):
    tab.evaluate("lab.set({updates: 0, hidden_size: 5, length: 12})")
    shown = {name: np.reshape(entry["data"], entry["shape"]) for name, entry in tab.evaluate("lab.trace()").items()}
    assert difference(shown, in_cpython(CHANGE)) <= SAME


def test_python_starts_from_what_was_downloaded_for_it(tab):
    assert tab.evaluate("document.documentElement.dataset.recipe") == tab.recipe


def test_every_file_is_handed_to_the_browser(tab):
    assert_right(handed_all(tab, saving=False), trace_of(tab), tab.evaluate("lab.experiment"))


def test_every_gradient_is_right(tab):
    rows = tab.evaluate("lab.gradientCheck()")
    assert len(rows) == 8 and all(row["right"] for row in rows)


def test_formulas_are_set_and_the_policy_refused_nothing(tab):
    assert tab.evaluate("getComputedStyle(document.querySelector('.katex .katex-strut, .katex .strut')).height !== '0px'")
    assert tab.evaluate("refused") == []
    assert tab.evaluate("document.cookie") == ""


def test_nothing_was_asked_of_another_host(tab):
    """What the browser itself has noted of every request of this page; those of its worker the policy keeps at home."""
    asked = tab.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    home = tab.evaluate("location.protocol === 'file:' ? 'file://' : location.origin")
    assert asked or home == "file://"                  # of a page from the disk a browser need not note anything
    assert [name for name in asked if not name.startswith((home, "data:", "blob:"))] == []
    assert tab.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
