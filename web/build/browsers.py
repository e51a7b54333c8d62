"""A Chromium for the browser tests: one that is here, else one that can be installed, else a sentence."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.build.console import Failure, run, say, step

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
]
# The page needs no network, and the browser should not look for one either: its own errands fill the log behind a
# firewall and slow the start.
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
REMEDY = ("The browser tests need Chromium and none could be found or installed: install Chromium or Chrome with your "
          "system's packages, or run `%s -m playwright install chromium`, and run this again.")


def chromium():
    """Return the path of a Chromium that starts, installing one if need be."""
    found = find()
    for install in (playwright_install, debian_install):
        if not found and install():
            found = find()
    if not found:
        raise Failure(REMEDY % sys.executable)
    return found


def flags():
    """Chromium refuses its sandbox to root, who has to ask for none."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return FLAGS + (["--no-sandbox"] if is_root else [])


def find():
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    for path in [own, *map(shutil.which, NAMES), *PLACES]:
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


def playwright_install():
    return attempt("Installing Playwright's Chromium", [[sys.executable, "-m", "playwright", "install", "chromium"]])


def debian_install():
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    apt = ["apt-get", "--quiet", "--yes"]
    return attempt("Installing the system's Chromium with apt-get",
                   [apt + ["update"], apt + ["install", "--no-install-recommends", "chromium"]])


def attempt(doing, commands):
    try:
        with step(doing):
            for command in commands:
                run(command, doing, "", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        return True
    except Failure as failure:
        say("  " + str(failure))
        return False
