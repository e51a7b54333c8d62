"""A server at the end of a slow or faulty line, for tests and for tests/benchmarks/startup.py."""
import contextlib
import gzip
import re
import threading
import time
from functools import cache, partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from web.build import serve
from web.build.paths import DIST

PIECE = 16_384
GZIPPED = (".html", ".js", ".mjs", ".css", ".json", ".wasm")  # what hosts compress
LATENCY = 0.02


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


class Fault:
    """At `share` of each of the files it stops, a number of times: the line is "cut", or it falls "silent". Several shares are
    taken one after the other."""

    def __init__(self, kind, share, names, times=1):
        shares = share if isinstance(share, list) else [share] * times
        self.kind, self.shares, self.left = kind, shares, {name: len(shares) for name in names}
        self.over = threading.Event()

    def strikes(self, name):
        """The share at which this answer stops, or None."""
        if self.left.get(name, 0) < 1:
            return None
        self.left[name] -= 1
        return self.shares[len(self.shares) - 1 - self.left[name]]


class Handler(serve.Handler):
    """Answers, gzipped where hosts do that, over a `line` that all share; None is as fast as this machine."""

    line, fault, ranges, asked = None, None, False, []

    def do_GET(self):
        path = Path(self.translate_path(self.path.partition("?")[0]))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if self.ranges else None
        pack = path.suffix in GZIPPED and not wanted
        body = gzipped(str(path)) if pack else path.read_bytes()
        first = int(wanted[1]) if wanted else 0
        self.asked.append((path.name, first))
        time.sleep(LATENCY)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body) - first))
        if wanted:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (first, len(body) - 1, len(body)))
        if pack:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        share = self.fault.strikes(path.name) if self.fault else None
        end = None if share is None else int(len(body) * share)
        for start in range(first, len(body), PIECE):
            piece = body[start:min(start + PIECE, len(body) if end is None else end)]
            if self.line:
                self.line.wait(len(piece))
            self.wfile.write(piece)
            if end is not None and start + PIECE >= end:
                if self.fault.kind == "silent":
                    self.fault.over.wait(60)
                self.close_connection = True
                return None
        return None


@contextlib.contextmanager
def serving(megabits=None, fault=None, ranges=False):
    """Serve dist/; the value is (address, list that grows by (file, first byte) of every request)."""
    for path in DIST.rglob("*"):                        # so that no visitor waits for the compressor
        if path.suffix in GZIPPED and "docs" not in path.parts and path.stat().st_size < 11e6:
            gzipped(str(path))
    asked = []
    handler = type("Handler", (Handler,), {"line": Line(megabits) if megabits else None, "fault": fault, "ranges": ranges,
                                           "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(DIST)))
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield serve.address(server), asked
    finally:
        if fault:
            fault.over.set()
        server.shutdown()
        server.server_close()
