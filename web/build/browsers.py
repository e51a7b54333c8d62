"""Browsers for the tests: ones that are here, else ones that can be installed, else a sentence."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.build.console import Failure, run, say, step

# The programs' names, where they stand when they are not on PATH, and Debian's package.
ENGINES = {
    "chromium": (["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
                 ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                  "/Applications/Chromium.app/Contents/MacOS/Chromium",
                  r"C:\Program Files\Google\Chrome\Application\chrome.exe"], "chromium"),
    "firefox": (["firefox-esr", "firefox"], ["/Applications/Firefox.app/Contents/MacOS/firefox",
                                             r"C:\Program Files\Mozilla Firefox\firefox.exe"], "firefox-esr"),
}
# The page needs no network, and the browser should not look for one either: its own errands fill the log behind a
# firewall and slow the start.
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
REMEDY = ("The browser tests need %(name)s and none could be found or installed: install it with your system's packages, "
          "or run `%(python)s -m playwright install %(engine)s`, and run this again.")
# Playwright drives a stock Firefox, but cannot override these in it.
STOCK_FIREFOX = {"color_scheme": "null", "reduced_motion": "null", "forced_colors": "null", "contrast": "null"}


def path_of(engine):
    """Return the path of a browser of this engine that starts, installing one if need be."""
    found = find(engine)
    for install in (playwright_install, debian_install):
        if not found and install(engine):
            found = find(engine)
    if not found:
        raise Failure(REMEDY % {"name": "Chromium or Chrome" if engine == "chromium" else "Firefox", "engine": engine,
                                "python": sys.executable})
    return found


def launch(playwright, engine, path):
    """Start the browser at `path`; returns it and what a context must be made with."""
    if engine == "chromium":
        return playwright.chromium.launch(executable_path=path, args=flags()), {}
    if path == playwright.firefox.executable_path:
        return playwright.firefox.launch(), {}
    return playwright.firefox.launch(channel="moz-firefox", executable_path=path), STOCK_FIREFOX


def flags():
    """Chromium refuses its sandbox to root, who has to ask for none."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return FLAGS + (["--no-sandbox"] if is_root else [])


def find(engine):
    with sync_playwright() as playwright:
        own = getattr(playwright, engine).executable_path
    names, places, _ = ENGINES[engine]
    for path in [own, *map(shutil.which, names), *places]:
        if path and Path(path).exists() and starts(path):
            return path
    return None


def starts(path):
    """Some distributions put a notice in the browser's place. (On Windows, asking for the version opens a window.)"""
    if os.name == "nt":
        return True
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def playwright_install(engine):
    return attempt("Installing Playwright's %s" % engine, [[sys.executable, "-m", "playwright", "install", engine]])


def debian_install(engine):
    return apt_install(engine, [ENGINES[engine][2]])


def apt_install(name, packages):
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    apt = ["apt-get", "--quiet", "--yes"]
    return attempt("Installing the system's %s with apt-get" % name,
                   [apt + ["update"], apt + ["install", "--no-install-recommends", *packages]])


def attempt(doing, commands):
    try:
        with step(doing):
            for command in commands:
                run(command, doing, "", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        return True
    except Failure as failure:
        say("  " + str(failure))
        return False
