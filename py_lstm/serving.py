"""Serves the page on this machine alone, with the types that browsers insist on, whatever the machine's own table says.

It needs no other file and any Python from 3.7 on: the archive that is handed out carries it as serve.py, which serves the folder
it lies in.
"""

from __future__ import annotations

import errno
import functools
import os
import re
import signal
import sys
import webbrowser
from http.server import SimpleHTTPRequestHandler
from socketserver import ThreadingMixIn, TCPServer

TYPES = {
    "": "application/octet-stream",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
# Names that change with their content: assets/app-ABCD1234.js and pyodide-0123456789ab/.
HASHED = re.compile(r"/assets/[^/]+-[0-9A-Za-z]{8}\.\w+(\.LEGAL\.txt)?$|/pyodide-[0-9a-f]{12}/")
FIRST_PORT = 8000


class Handler(SimpleHTTPRequestHandler):
    extensions_map = TYPES  # this alone: the system's own table is wrong on many machines
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, prefix="/", **options):
        self.prefix = prefix
        super().__init__(*arguments, **options)

    def send_head(self):
        if not self.path.startswith(self.prefix):
            self.send_error(404)
            return None
        return super().send_head()

    def translate_path(self, path):
        return super().translate_path("/" + path[len(self.prefix):])

    def list_directory(self, path):
        self.send_error(404)  # hosts for pages do not list folders either

    def end_headers(self):
        fixed = HASHED.search(self.path.partition("?")[0])
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if fixed else "no-cache")
        super().end_headers()

    def log_message(self, *message):
        pass


class Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # on Windows that would let two programs have one port

    def handle_error(self, request, client_address):
        pass  # a browser that goes away in the middle of a download is no news


class NoPort(Exception):
    """No server can be had at that port; the text is one sentence with the remedy."""


def listen(folder, port: int = 0, prefix: str = "/") -> Server:
    """A server bound to 127.0.0.1; port 0 takes any free one."""
    return Server(("127.0.0.1", port), functools.partial(Handler, directory=str(folder), prefix=prefix))


def listen_near(folder, wanted: int | None = None, first: int = FIRST_PORT) -> Server:
    """At the port that was asked for and no other, or else at the first free one from `first` on. Raises NoPort."""
    for port in [wanted] if wanted is not None else range(first, first + 100):
        try:
            return listen(folder, port)
        except (OSError, OverflowError) as error:
            if wanted is not None:
                taken = getattr(error, "errno", None) == errno.EADDRINUSE
                raise NoPort("Port %d %s: choose another with --port, or leave --port out."
                             % (port, "is taken" if taken else "cannot be used (%s)" % error)) from error
    raise NoPort("Every port from %d to %d is taken: name a free one with --port." % (first, first + 99))


def address(server: Server, prefix: str = "/") -> str:
    return "http://127.0.0.1:%d%s" % (server.server_address[1], prefix)


def keep_serving(server: Server, open_browser: bool) -> None:
    """Serve until Ctrl+C or a request to end, and say where."""
    with server:
        try:
            for ending in (signal.SIGINT, signal.SIGTERM):      # a shell starts what runs in its background deaf to Ctrl+C
                signal.signal(ending, signal.default_int_handler)
            print("The page is at %s until you press Ctrl+C or close this window." % address(server), flush=True)
            if open_browser:
                webbrowser.open(address(server))
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")


def main(arguments: list[str]) -> int:
    port = int(arguments[arguments.index("--port") + 1]) if "--port" in arguments else None
    try:
        server = listen_near(os.path.dirname(os.path.abspath(__file__)), port)
    except NoPort as refused:
        print(refused, file=sys.stderr)
        return 1
    keep_serving(server, "--no-browser" not in arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
