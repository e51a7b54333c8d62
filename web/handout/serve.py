"""Serves the page's folder on this machine: `python serve.py`, with any Python 3 and nothing installed.

It sends every file with the type that browsers insist on, whatever this machine's own table says.
"""
import functools
import os
import re
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


def listen(folder, port=0, prefix="/"):
    """A server bound to 127.0.0.1; port 0 takes any free one."""
    return Server(("127.0.0.1", port), functools.partial(Handler, directory=str(folder), prefix=prefix))


def address(server, prefix="/"):
    return "http://127.0.0.1:%d%s" % (server.server_address[1], prefix)


def keep_serving(folder, port=None, open_browser=True):
    """Serve until Ctrl+C, on that port, or on the first free one from 8000 on. Returns the exit code."""
    for candidate in [port] if port is not None else range(FIRST_PORT, FIRST_PORT + 100):
        try:
            server = listen(folder, candidate)
            break
        except (OSError, OverflowError):
            continue
    else:
        print("No port is free for the page: name one with --port." if port is None else
              "Port %d cannot be used: name another with --port." % port, file=sys.stderr)
        return 1
    with server:
        print("The page is at %s until you press Ctrl+C or close this window." % address(server), flush=True)
        if open_browser:
            webbrowser.open(address(server))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")
    return 0


def main(arguments):
    port = int(arguments[arguments.index("--port") + 1]) if "--port" in arguments else None
    return keep_serving(os.path.dirname(os.path.abspath(__file__)), port, "--no-browser" not in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
