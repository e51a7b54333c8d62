"""What a host or a filter makes of the runtime's files: another type is no reason to stop, another content is one that is said at once."""
import contextlib
import threading
import time
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from lab import SAME, Lab, difference, in_cpython, wait_until

from web.build import serve
from web.build.paths import DIST

ENDED = "['live', 'failed'].includes(document.documentElement.dataset.engine)"
STANDS = "[document.documentElement.dataset.engine, document.documentElement.dataset.recipe]"
LINK = "#hidden_size=2&updates=3"
# Which files each recipe cannot do without.
NEEDED = {"restored": ["pyodide.asm.wasm", "pyodide.mjs", "pyodide.asm.mjs"],
          "plain": ["pyodide-lock.json", "python_stdlib.zip", "numpy-", "py_lstm-"]}
LOGIN = {"type": "text/html", "body": b"<!doctype html><html><body>Log in first</body></html>"}


class Handler(serve.Handler):
    """Answers for the runtime's files that begin with `file` in a way of its own: `status`, `type`, `body`, `location`."""

    file, own = "", {}

    def do_GET(self):
        name = self.path.partition("?")[0].split("/")[-1]
        if "/pyodide-" not in self.path or not name.startswith(self.file) or not self.own:
            return super().do_GET()
        content = next(DIST.glob("pyodide-*/" + name)).read_bytes()
        body = self.own.get("body", content)
        body = body(content) if callable(body) else body
        self.send_response(self.own.get("status", 200))
        for header, value in (("Content-Type", self.own.get("type")), ("Location", self.own.get("location")),
                              ("Content-Length", str(len(body)))):
            if value is not None:
                self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)
        return None


@contextlib.contextmanager
def opened(visit, own, file="", recipe=None):
    """The page whose host answers in its own way, once it is live or has failed; after how many seconds; and its Handler."""
    handler = type("Own", (Handler,), {"file": file, "own": own})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(DIST)))
    server.daemon_threads, server.handle_error = True, lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = serve.address(server)
    try:
        tab = visit(address, reduced_motion="reduce")
        for text in ("Failed to", "ERR_", "403", "wasm", "MIME", "request", "while loading numpy"):
            tab.watch.expect(text)
        if file == "python_stdlib.zip":
            tab.watch.expect("console: ")  # all that a Python without its library prints, unless it is stopped before
        began = time.monotonic()
        tab.goto(address + ("?boot=" + recipe if recipe else "") + LINK)
        wait_until(tab, ENDED)
        yield tab, time.monotonic() - began, handler
        tab.context.close()
    finally:
        server.shutdown()
        server.server_close()


def said(tab):
    return tab.locator(".trouble").text_content()


@pytest.mark.parametrize("recipe", ["restored", "plain"])
@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain", None])
def test_the_right_files_are_taken_whatever_the_host_calls_them(visit, kind, recipe):
    with opened(visit, {"type": kind, "status": 200}, recipe=recipe) as (tab, _, _):
        assert tab.evaluate(STANDS) == ["live", recipe]
        tab.evaluate("lab.ready")
        assert difference(Lab(tab).trace(), in_cpython({"hidden_size": 2, "updates": 3})) <= SAME


@pytest.mark.parametrize("recipe, file", [(recipe, file) for recipe, files in NEEDED.items() for file in files])
def test_another_file_in_its_place_is_said_with_what_helps(visit, recipe, file):
    with opened(visit, LOGIN, file, recipe if recipe == "plain" else None) as (tab, seconds, handler):
        assert seconds < 30
        assert "something else came" in said(tab) and file in said(tab) and "text/html" in said(tab)
        wait_until(tab, "document.querySelector('.trouble a')")
        assert tab.locator(".trouble a").get_attribute("href") == "lstm-lab.html" + LINK
        handler.own = {}
        tab.get_by_role("button", name="Try again").click()
        wait_until(tab, "document.documentElement.dataset.engine === 'live'")
        assert tab.locator(".trouble").count() == 0
        wait_until(tab, "lab.experiment.hidden_size === 2")


def test_another_file_in_place_of_the_snapshot_only_takes_longer(visit):
    with opened(visit, LOGIN, "snapshot.zst") as (tab, _, _):
        assert tab.evaluate(STANDS) == ["live", "plain"]


@pytest.mark.parametrize("own, sentence", [
    ({"status": 403, "body": b"forbidden"}, "refuses the file pyodide.asm.wasm (403"),
    ({"type": "application/wasm", "body": lambda whole: whole[:1000]}, "pyodide.asm.wasm ends after 1000 of"),
    ({"type": "application/wasm", "body": lambda whole: whole + b"\0"}, "something else came"),
    ({"status": 302, "location": "http://127.0.0.1:9/login", "body": b""}, "pyodide.asm.wasm is redirected")])
def test_why_a_file_cannot_be_had_is_said(visit, own, sentence):
    with opened(visit, own, "pyodide.asm.wasm", "plain") as (tab, seconds, _):
        assert seconds < 40
        assert sentence in said(tab)
