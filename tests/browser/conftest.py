"""Chromium on the built page. A test fails if the page logged an error or asked another host for anything."""
import os
import time
from urllib.parse import urlsplit

import playwright.sync_api
import pytest
import slow
from playwright.sync_api import sync_playwright

from web.build import browsers, serve
from web.build.paths import DIST

LIVE_WITHIN = 150_000  # ms; Python starts in about three seconds, but not on a machine that does much else


def wait_for_function(page, expression, *, arg=None, timeout=LIVE_WITHIN, polling=None):
    """Playwright's own leaves its expression in the page to be evaluated there later, which the page's policy refuses.

    page: a page, or a frame in one."""
    until = time.monotonic() + timeout / 1000
    while True:
        try:
            if value := page.evaluate(expression, arg):
                return value
        except playwright.sync_api.Error as error:
            if not ("context was destroyed" in error.message or "navigation" in error.message or _is_empty(page)):
                raise
        if time.monotonic() > until:
            raise playwright.sync_api.TimeoutError("after %d ms still not so: %s" % (timeout, expression))
        page.wait_for_timeout(30)


def _is_empty(page):
    """Whether the document has just been begun and holds nothing yet, on the way from one page to another."""
    try:
        return page.evaluate("!document.documentElement || !document.body")
    except playwright.sync_api.Error:
        return True


playwright.sync_api.Page.wait_for_function = playwright.sync_api.Frame.wait_for_function = wait_for_function
slow.every_context(lambda context: context.set_default_timeout(LIVE_WITHIN))
slow.slow_down()


def pytest_collection_modifyitems(items):
    slow.reorder(items)


@pytest.fixture(scope="session")
def site():
    """The address of dist/, which build.py has just made."""
    if not (DIST / "index.html").exists():
        pytest.fail("There is no dist/ to test: run python3 build.py test, which builds it first.")
    with serve.serving(DIST) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    # Both are looked for before Playwright starts: a process can have only one of it at a time.
    executable, firefox = (os.environ.get("PY_LSTM_" + engine.upper()) or browsers.path_of(engine)
                           for engine in ("chromium", "firefox"))
    with sync_playwright() as playwright:
        chromium, _ = browsers.launch(playwright, "chromium", executable)
        chromium.start_firefox = lambda: browsers.launch(playwright, "firefox", firefox)
        yield chromium
        chromium.close()


class Watch:
    """Notes what a visitor's page does that it should not. `expect("text")` allows what a test provokes."""

    def __init__(self, context, address):
        self.home = "%s://%s" % urlsplit(address)[:2]
        self.problems, self.expected, self.requests = [], [], []
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.problems.append("uncaught: %s" % error.error))
        context.on("request", self.on_request)
        context.on("requestfailed", self.on_request_failed)

    def on_console(self, message):
        if message.type == "error":
            self.problems.append("console: %s" % message.text)

    def on_request(self, request):
        self.requests.append(request.url)
        scheme, host = urlsplit(request.url)[:2]
        if scheme not in ("data", "blob") and "%s://%s" % (scheme, host) != self.home:
            self.problems.append("request to another host: %s" % request.url)

    def on_request_failed(self, request):
        if "ERR_ABORTED" not in (request.failure or ""):  # the visitor left, which is no fault of the page
            self.problems.append("request failed: %s (%s)" % (request.url, request.failure))

    def expect(self, text):
        self.expected.append(text)

    def check(self):
        unexpected = [problem for problem in self.problems if not any(text in problem for text in self.expected)]
        assert not unexpected, "the page did what it should not:\n" + "\n".join(unexpected)


@pytest.fixture
def visit(browser, site):
    """visit() gives the empty tab of a new visitor; `tab.watch` is its Watch. Options are Playwright's for a context,
    such as color_scheme="dark" or viewport={"width": 390, "height": 844}."""
    visitors = []

    def new_tab(address=site, **options):
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        tab = context.new_page()
        tab.watch = Watch(context, address)
        visitors.append((context, tab.watch))
        return tab

    yield new_tab
    for context, _ in visitors:
        context.close()
    for _, watch in visitors:
        watch.check()


@pytest.fixture
def page(visit):
    return visit()


@pytest.fixture
def watch(page):
    return page.watch


@pytest.fixture(scope="session")
def until_live():
    """until_live(tab) waits until Python answers on that page."""
    def wait(tab):
        tab.wait_for_function("document.documentElement.dataset.engine === 'live'", timeout=LIVE_WITHIN)
        return tab
    return wait


@pytest.fixture
def open_at(page, site, until_live):
    """open_at("#...") opens the page there and waits until Python answers."""
    def opened(fragment=""):
        page.goto(site + fragment)
        return until_live(page)
    return opened


@pytest.fixture
def live_page(open_at):
    return open_at()
