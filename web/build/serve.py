"""A static server for dist/, on this machine only."""
import contextlib
import errno
import functools
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from web.build.console import Failure

TYPES = {
    "": "application/octet-stream",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
# Names that change with their content: assets/app-ABCD1234.js and pyodide-0123456789ab/.
HASHED = re.compile(r"/assets/[^/]+-[0-9A-Za-z]{8}\.\w+(\.LEGAL\.txt)?$|/pyodide-[0-9a-f]{12}/")


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


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a browser that goes away in the middle of a download is no news


def listen(folder, port=0, prefix="/"):
    """A server bound to 127.0.0.1; port 0 takes any free one."""
    return Server(("127.0.0.1", port), functools.partial(Handler, directory=str(folder), prefix=prefix))


def address(server, prefix="/"):
    return "http://127.0.0.1:%d%s" % (server.server_address[1], prefix)


def listen_near(folder, wanted, default):
    """The port that was asked for and no other, or else the default one or the next that is free."""
    for port in [wanted] if wanted is not None else range(default, default + 100):
        try:
            return listen(folder, port)
        except (OSError, OverflowError) as error:
            if wanted is not None:
                taken = getattr(error, "errno", None) == errno.EADDRINUSE
                raise Failure("Port %d %s: choose another with --port, or leave --port out."
                              % (port, "is taken" if taken else "cannot be used (%s)" % error)) from error
    raise Failure("Every port from %d to %d is taken: name a free one with --port." % (default, default + 99))


@contextlib.contextmanager
def serving(folder, prefix="/"):
    """Serve in the background; the value is the address."""
    server = listen(folder, prefix=prefix)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address(server, prefix)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
