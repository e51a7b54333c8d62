"""dist/ is all that a static host needs: under any path, with nothing from elsewhere, and never out of date."""
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request

import pytest
from conftest import LIVE_WITHIN

from web.build import serve
from web.build.paths import DIST

PREFIX = "/some/school/lstm/"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}


@pytest.fixture
def copy(tmp_path):
    """A copy of dist/ that a test may change."""
    return shutil.copytree(DIST, tmp_path / "dist")


def headers(address):
    with urllib.request.urlopen(urllib.request.Request(address, method="HEAD")) as response:
        return response.headers


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_page_goes_live_under_a_sub_path_and_asks_for_nothing_outside_it(visit, until_live):
    with serve.serving(DIST, PREFIX) as address:
        tab = visit(address)
        tab.goto(address)
        until_live(tab)
        runtime = json.loads(tab.locator("#runtime").text_content())
        asked = {url.split("#")[0] for url in tab.watch.requests if not url.startswith(("data:", "blob:"))}
        assert {url for url in asked if not url.startswith(address)} == set()
        # Those of the worker are among them, so the watch would have seen its requests to other hosts as well.
        assert address + runtime["base"] + "pyodide.asm.wasm" in asked
        tab.context.close()


def test_nothing_in_the_page_names_an_absolute_path(site):
    html = (DIST / "index.html").read_text(encoding="utf-8")
    paths = re.findall(r"""(?:src|href)=["']?([^"'\s>]+)""", html)
    assert len(paths) > 3 and [path for path in paths if path.startswith("/")] == []


def test_the_runtime_names_files_that_are_there_with_their_size():
    html = (DIST / "index.html").read_text(encoding="utf-8")
    runtime = json.loads(re.search(r'id="runtime"[^>]*>(.*?)</script>', html, re.DOTALL).group(1))
    folder = DIST / runtime["base"]
    assert {file["name"]: file["bytes"] for file in runtime["files"]} == {
        path.name: path.stat().st_size for path in folder.iterdir()}
    assert (DIST / runtime["worker"]).exists() and (DIST / runtime["explanations"].format(quantity="f")).exists()


def test_the_runtime_loads_numpy_and_the_package_and_knows_no_others():
    lock = json.loads(next(DIST.glob("pyodide-*/pyodide-lock.json")).read_text())
    assert set(lock["packages"]) == {"numpy", "py-lstm"}
    assert lock["packages"]["py-lstm"]["depends"] == ["numpy"]
    for package in lock["packages"].values():
        assert next(DIST.glob("pyodide-*/" + package["file_name"])).is_file()


def test_every_file_has_a_type_and_a_fitting_cache_rule(copy):
    with serve.serving(copy) as address:
        for name in files(copy):
            received = headers(address + name)
            suffix = os.path.splitext(name)[1]
            assert received["Content-Type"] == TYPES.get(suffix, received["Content-Type"]), name
            assert received["Cache-Control"] == (
                "public, max-age=31536000, immutable" if name.startswith(("assets/", "pyodide-")) else "no-cache"), name


def test_a_second_visit_sees_a_new_version(visit, copy):
    with serve.serving(copy) as address:
        tab = visit(address)
        tab.goto(address)
        index = copy / "index.html"
        html = index.read_text(encoding="utf-8")
        index.write_text(html.replace("</head>", '<meta name="version" content="newer"></head>'), encoding="utf-8")
        tab.goto("about:blank")
        tab.goto(address)
        assert tab.locator("meta[name=version]").get_attribute("content") == "newer"
        tab.context.close()


def test_the_server_listens_on_this_machine_only():
    with serve.listen(DIST) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_one_sentence():
    with serve.listen(DIST) as server:
        taken = server.server_address[1]
        with pytest.raises(serve.Failure, match="Port %d is taken: choose another" % taken):
            serve.listen_near(DIST, taken, 8000)
        with serve.listen_near(DIST, None, taken) as other:
            assert other.server_address[1] > taken


def test_the_server_gives_nothing_outside_its_folder(site):
    for path in ("../pyproject.toml", "%2e%2e/pyproject.toml", "assets/../../pyproject.toml"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            headers(site + path)


def test_what_a_page_should_not_do_is_noticed(visit, site):
    """The other tests lean on this: an error or a request to another host, of the page or of a worker, fails them."""
    with serve.serving(DIST) as elsewhere:
        tab = visit()
        tab.goto(site + "assets/")  # no such page: just the origin, with nothing on it that runs
        tab.watch.problems.clear()
        tab.evaluate("""async (elsewhere) => {
            const script = `console.error("from the worker"); fetch("${elsewhere}worker").catch(() => {});`;
            new Worker(URL.createObjectURL(new Blob([script])));
            console.error("from the page");
            setTimeout(() => { throw new Error("thrown later"); });
            await fetch(elsewhere + "page").catch(() => {});
        }""", elsewhere)
        for sign in ("console: from the page", "console: from the worker", "thrown later",
                     "another host: %spage" % elsewhere, "another host: %sworker" % elsewhere):
            wait_for(tab, lambda: any(sign in problem for problem in tab.watch.problems), sign)
        with pytest.raises(AssertionError, match="did what it should not"):
            tab.watch.check()
        tab.context.close()  # first, so that no straggler is noticed after the clearing
        tab.watch.problems.clear()


def wait_for(tab, condition, what):
    until = time.monotonic() + LIVE_WITHIN / 1000
    while time.monotonic() < until:
        if condition():
            return
        tab.wait_for_timeout(100)
    pytest.fail("not noticed: %s" % what)


def test_the_teachers_page_names_only_what_is_there_and_works_without_a_script(page, site):
    page.goto(site + "handing-out.html")
    assert page.locator("a").count() > 3
    for link in page.locator("a").all():
        address = link.get_attribute("href")
        assert address == "#zh" or (DIST / address).is_file(), address
    assert page.locator("script").count() == 0
    assert page.locator("#zh tr").count() == page.locator("body > table tr").count() > 10
