"""WebKitGTK for the tests, through its own WebDriver and on a screen that nobody sees.

Playwright drives a WebKit of its own only; this is the one that a Linux desktop has, the nearest to Safari that can be had there.
"""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from web.build import browsers

PACKAGES = ["webkit2gtk-driver", "xvfb"]
ABSENT = ("WebKitGTK's driver is not here: install the packages webkit2gtk-driver and xvfb (Debian, Ubuntu) to run the page in "
          "WebKit too.")


def available():
    """Whether it is here, after trying to install it where that is possible (as root on Debian)."""
    return found() or (browsers.apt_install("WebKitGTK", PACKAGES) and found())


def found():
    return bool(shutil.which("WebKitWebDriver") and shutil.which("Xvfb") and mini_browser())


def mini_browser():
    return next((str(path) for path in sorted(Path("/usr/lib").glob("*/webkit*/MiniBrowser"), reverse=True)), None)


class Tab:
    """One session of the driver, spoken to as the WebDriver standard says."""

    def __init__(self, port, deadline):
        self.root = "http://127.0.0.1:%d/session" % port
        options = {"binary": mini_browser(), "args": ["--automation"]}
        body = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        while True:
            try:
                session = self.send("POST", "", body)
                break
            except urllib.error.URLError:                              # the driver is not listening yet
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self.root += "/" + session["sessionId"]
        self.send("POST", "/timeouts", {"script": 60_000})

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=90) as response:
            return json.load(response)["value"]

    def goto(self, address):
        self.send("POST", "/url", {"url": address})

    def evaluate(self, expression):
        """The value of an expression in the page; a promise is waited for."""
        script = ("const done = arguments[0]; Promise.resolve().then(() => (%s))"
                  ".then((value) => done({ value }), (error) => done({ error: String(error) }))" % expression)
        answer = self.send("POST", "/execute/async", {"script": script, "args": []})
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("value")

    def wait_until(self, expression, seconds):
        until = time.monotonic() + seconds
        while not self.evaluate(expression):
            assert time.monotonic() < until, "after %d s still not so: %s" % (seconds, expression)
            time.sleep(0.1)


@contextlib.contextmanager
def tab():
    """A new tab in a new browser."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reading, writing = os.pipe()
    screen = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
                              pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    driver = opened = None
    try:
        with os.fdopen(reading) as told:
            display = ":" + told.readline().strip()
        # Its sandbox asks for rights that containers and root do not have.
        environment = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                       "LIBGL_ALWAYS_SOFTWARE": "1"}
        driver = subprocess.Popen(["WebKitWebDriver", "--port=%d" % port], env=environment, stderr=subprocess.DEVNULL)
        opened = Tab(port, time.monotonic() + 20)
        yield opened
    finally:
        if opened:
            with contextlib.suppress(OSError):
                opened.send("DELETE", "")
        for process in (driver, screen):
            if process:
                process.terminate()
                process.wait()
