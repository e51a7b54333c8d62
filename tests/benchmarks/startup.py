"""How long a visitor waits for Python: the page's own recipe beside the plain one, in turn, each with an empty cache.

    python3 build.py bench startup [rounds]

Prints the medians of the time from the navigation to the first numbers of a live Python on the screen, and the median of
the rounds' ratios, which a busy machine changes least. The line is made slow in the server: its answers, gzipped where
hosts do that, share so many bits per second.
"""
import gzip
import statistics
import sys
import threading
import time
from functools import cache, partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.build import browsers, serve
from web.build.paths import DIST

RECIPES = ("restored", "plain")
LINES = {"fast line": None, "25 Mbit/s": 25, "10 Mbit/s": 10}
LATENCY = 0.02
PIECE = 16_384
GZIPPED = (".html", ".js", ".mjs", ".css", ".json", ".wasm")
LIVE = "document.documentElement.dataset.engine === 'live'"


@cache
def gzipped(path):
    return gzip.compress(Path(path).read_bytes(), 6)


class Line:
    """Hands out the moments at which pieces may be sent."""

    def __init__(self, megabits):
        self.per_byte = 8 / (megabits * 1e6)
        self.free, self.lock = 0.0, threading.Lock()

    def wait(self, count):
        with self.lock:
            self.free = max(self.free, time.monotonic()) + count * self.per_byte
            until = self.free
        time.sleep(max(0.0, until - time.monotonic()))


class SlowHandler(serve.Handler):
    line = None

    def do_GET(self):
        path = Path(self.translate_path(self.path.partition("?")[0]))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        pack = path.suffix in GZIPPED
        body = gzipped(str(path)) if pack else path.read_bytes()
        time.sleep(LATENCY)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if pack:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        for start in range(0, len(body), PIECE):
            if self.line:
                self.line.wait(len(body[start:start + PIECE]))
            self.wfile.write(body[start:start + PIECE])


def wait_for_live(context, address, recipe):
    page = context.new_page()
    started = time.monotonic()
    page.goto(address + "?boot=" + recipe, wait_until="commit")
    page.wait_for_function(LIVE, timeout=180_000)
    waited = time.monotonic() - started
    page.close()
    return waited


def measure(browser, options, address, rounds):
    """{visit: {recipe: [seconds]}} of first and second visits, the recipes taking turns at going first."""
    times = {visit: {recipe: [] for recipe in RECIPES} for visit in ("first visit", "second visit")}
    for number in range(rounds):
        for recipe in RECIPES[::1 if number % 2 else -1]:
            context = browser.new_context(**options)
            for visit in times:
                times[visit][recipe].append(wait_for_live(context, address, recipe))
            context.close()
    return times


def run(rounds=5):
    path = browsers.path_of("chromium")
    for file in DIST.rglob("*"):  # so that no visitor waits for the compressor
        if file.suffix in GZIPPED:
            gzipped(str(file))
    print("%-14s %-14s %10s %10s %8s" % ("Chromium", "", "restored", "plain", "ratio"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browsers.flags())
        for name, megabits in LINES.items():
            handler = type("Handler", (SlowHandler,), {"line": Line(megabits) if megabits else None})
            server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(DIST)))
            server.daemon_threads = True
            server.handle_error = lambda *_: None
            threading.Thread(target=server.serve_forever, daemon=True).start()
            for visit, of in measure(browser, {}, serve.address(server), rounds).items():
                ratio = statistics.median(a / b for a, b in zip(of["restored"], of["plain"], strict=True))
                print("%-14s %-14s %8.2f s %8.2f s %8.2f" % (name, visit, statistics.median(of["restored"]),
                                                             statistics.median(of["plain"]), ratio), flush=True)
            server.shutdown()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(run(*map(int, sys.argv[1:])))
