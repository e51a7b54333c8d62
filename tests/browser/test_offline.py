"""The page kept in the browser: there without a network, replaced on the visitor's word, never for ever, gone at one click."""
import json
import re
import shutil
import threading

import pytest
from lab import Lab, assert_same_numbers, wait_until

from py_lstm.serving import Handler
from web.build import offline, serve
from web.build.paths import DIST

KEPT = "navigator.serviceWorker.getRegistration().then((one) => Boolean(one?.active))"
STORES = "caches.keys()"


@pytest.fixture
def copy(tmp_path):
    """A copy of the page without the large files beside it, which a test may change."""
    return shutil.copytree(DIST, tmp_path / "dist", ignore=shutil.ignore_patterns("docs", "lstm-lab.*"))


@pytest.fixture
def address(copy):
    with serve.serving(copy, "/lstm/") as address:
        yield address


def publish(copy):
    """Another version, as a build with one more sign in index.html would make it."""
    index = copy / "index.html"
    index.write_text(index.read_text(encoding="utf-8").replace("</head>", '<meta name="version" content="newer"></head>'), encoding="utf-8")
    for name in (offline.MANIFEST, offline.WORKER):
        (copy / name).unlink()
    shutil.rmtree(copy / offline.ICONS)
    offline.place(copy, next(copy.glob("pyodide-*")))


def live(tab, address):
    tab.goto(address)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")
    return Lab(tab)


def keep(tab, address):
    """Open the page and wait until the browser has all of it."""
    live(tab, address + "?keep#updates=2")
    wait_until(tab, "navigator.serviceWorker.controller !== null")
    wait_until(tab, KEPT)
    return tab


def is_new(tab):
    return tab.locator("meta[name=version]").count() == 1


def about(tab):
    tab.locator(".foot button").click()
    tab.locator(".about").wait_for()


def test_nothing_is_kept_where_it_was_not_asked_for(visit, site):
    tab = visit()
    live(tab, site)
    about(tab)
    assert tab.locator("[data-about=kept]").count() == 0
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert tab.evaluate(STORES) == []


def test_the_second_visit_needs_no_network_and_removing_it_is_one_click(visit, address):
    tab = keep(visit(address), address)
    about(tab)
    tab.get_by_text("This browser keeps the page: it opens without a network.").wait_for()
    assert [name for name in tab.evaluate(STORES) if address in name]
    tab.context.set_offline(True)
    page_lab = live(tab, address + "?keep&second#updates=3")
    assert tab.evaluate("document.documentElement.dataset.recipe") == "restored"
    assert_same_numbers(page_lab, {"updates": 3})
    assert [row["right"] for row in tab.evaluate("lab.gradientCheck()")] == [True] * 8
    tab.context.set_offline(False)
    about(tab)
    tab.get_by_role("button", name="Remove it from this browser").click()
    tab.get_by_text("This browser does not keep the page").wait_for()
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert [name for name in tab.evaluate(STORES) if address in name] == []
    # And it stays removed: the next visit does not bring it back by itself.
    live(tab, address + "?keep")
    about(tab)
    tab.get_by_role("button", name="Keep it here").wait_for()
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    tab.watch.expect("ERR_INTERNET_DISCONNECTED")
    tab.context.close()


def test_a_new_version_is_announced_and_taken_on_the_visitors_word_in_every_tab(visit, copy, address):
    tab = keep(visit(address), address)
    publish(copy)
    tab.goto("about:blank")
    live(tab, address + "?keep#updates=2")
    said = tab.get_by_text("A new version of this page is there.")
    said.wait_for()
    assert not is_new(tab)
    other = tab.context.new_page()
    live(other, address + "?keep#updates=1")
    tab.get_by_role("button", name="Take it").click()
    wait_until(tab, "document.querySelector('meta[name=version]') !== null")
    wait_until(tab, "window.lab && document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")
    assert Lab(tab).experiment["updates"] == 2
    # The other tab goes on as it was, is told, and finds what of the old version it has not loaded yet.
    other.get_by_text("Another tab has taken a new version").wait_for()
    assert not is_new(other)
    Lab(other).set(updates=4)
    assert_same_numbers(Lab(other), {"updates": 4})
    other.get_by_role("button", name="Take it").click()
    wait_until(other, "document.querySelector('meta[name=version]') !== null")
    tab.context.close()


@pytest.fixture
def held_up(monkeypatch):
    """An event: until it is set, the server does not answer whoever asks for assets/held-up.js."""
    answered, send_head = threading.Event(), Handler.send_head

    def late(self):
        if self.path.endswith("assets/held-up.js"):
            answered.wait()
        return send_head(self)

    monkeypatch.setattr(Handler, "send_head", late)
    yield answered
    answered.set()


def test_a_new_version_is_taken_while_the_old_worker_is_still_being_asked_for_a_file(visit, copy, address, held_up):
    """A browser lets the old worker go on then, Chromium for minutes."""
    tab = keep(visit(address), address)
    publish(copy)
    live(tab, address + "?keep&newer#updates=2")
    tab.get_by_text("A new version of this page is there.").wait_for()
    other = tab.context.new_page()
    live(other, address + "?keep")
    other.evaluate("fetch('assets/held-up.js'); null")
    other.get_by_text("A new version of this page is there.").wait_for()
    tab.get_by_role("button", name="Take it").click()
    wait_until(tab, "document.querySelector('meta[name=version]') !== null && document.documentElement.dataset.engine === 'live'")
    # The new page comes from the old worker, and does not offer itself.
    assert tab.evaluate("navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting.state)") == "installed"
    assert Lab(tab).experiment["updates"] == 2
    other.get_by_text("Another tab has taken a new version").wait_for()
    assert not is_new(other)
    third = tab.context.new_page()
    live(third, address + "?keep")
    assert is_new(third)
    # Nor when the new worker takes over at last.
    held_up.set()
    other.get_by_role("button", name="Take it").click()
    wait_until(other, "document.querySelector('meta[name=version]') !== null && document.documentElement.dataset.engine === 'live'")
    for page in (tab, other, third):
        page.wait_for_timeout(300)
        assert page.locator(".new-version").count() == 0
    tab.watch.expect("404")
    tab.context.close()


def test_a_new_version_that_does_not_come_says_what_to_do(visit, copy, address):
    tab = keep(visit(address), address)
    publish(copy)
    tab.add_init_script("ServiceWorker.prototype.postMessage = () => {};")      # a worker that never hears of it
    live(tab, address + "?keep&newer")
    tab.get_by_role("button", name="Take it").click()
    tab.get_by_text("The new version is being opened.").wait_for()
    tab.get_by_text("Close every tab of this page, then open the page again.").wait_for()
    tab.get_by_role("button", name="Take it").wait_for()
    tab.context.close()


def test_a_version_that_nobody_takes_is_there_when_the_page_is_opened_anew(visit, copy, address):
    tab = keep(visit(address), address)
    publish(copy)
    live(tab, address + "?keep&again")
    tab.get_by_text("A new version of this page is there.").wait_for()
    tab.get_by_role("button", name="Later").click()
    wait_until(tab, "document.querySelector('.new-version') === null")
    empty = tab.context.new_page()
    tab.close()
    for _ in range(100):                                # the browser needs a moment to notice that the last tab is gone
        empty.goto(address + "?keep")
        if is_new(empty):
            break
        empty.goto("about:blank")
        empty.wait_for_timeout(100)
    assert is_new(empty)
    empty.context.close()


def test_half_a_new_version_is_not_taken_and_a_host_without_the_worker_ends_it(visit, copy, address):
    tab = keep(visit(address), address)
    before = tab.evaluate(STORES)
    publish(copy)
    index = copy / "index.html"
    index.write_text(index.read_text(encoding="utf-8") + " ", encoding="utf-8")      # not the one in the worker's list
    tab.watch.expect("integrity")
    tab.watch.expect("Failed to find a valid digest")
    live(tab, address + "?keep&half")
    tab.get_by_text("this browser cannot store it").wait_for()
    assert tab.evaluate(STORES) == before
    (copy / offline.WORKER).unlink()
    tab.watch.expect("404")
    tab.watch.expect("bad HTTP response")
    live(tab, address + "?keep&gone")
    wait_until(tab, "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")
    tab.goto(address + "?other")
    assert is_new(tab)
    tab.context.close()


def test_a_browser_without_room_says_so_and_the_page_goes_on(visit, address):
    tab = visit(address)
    tab.add_init_script("navigator.serviceWorker.register = async () => { throw new DOMException('no', 'QuotaExceededError'); }")
    page_lab = live(tab, address + "?keep")
    about(tab)
    tab.get_by_text("The page could not be stored").wait_for()
    page_lab.set(updates=1)
    assert_same_numbers(page_lab, {"updates": 1})
    tab.context.close()


def test_it_can_be_installed_as_an_app(page, site):
    manifest = json.loads((DIST / offline.MANIFEST).read_text(encoding="utf-8"))
    assert manifest["start_url"] == manifest["scope"] == "./" and manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        content = (DIST / icon["src"]).read_bytes()
        if icon["type"] == "image/png":
            size = int.from_bytes(content[16:20], "big")
            assert content.startswith(b"\x89PNG") and icon["sizes"] == "%dx%d" % (size, size)
    page.goto(site)
    told = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert told["errors"] == [] and told["url"] == site + offline.MANIFEST
    wrong = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in wrong} <= {"in-incognito"}


def test_the_worker_lists_every_file_that_the_page_may_ask_for():
    worker = (DIST / offline.WORKER).read_text(encoding="utf-8")
    listed = {name for name, _ in json.loads(re.search(r"new Map\((\[\[.*?\]\])\)", worker).group(1))}
    there = {path.relative_to(DIST).as_posix() for folder in ("assets", next(DIST.glob("pyodide-*")).name)
             for path in (DIST / folder).rglob("*") if path.is_file() and not path.name.endswith(".LEGAL.txt")}
    assert there <= listed and "" in listed
