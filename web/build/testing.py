"""Runs every test: tests/unit in CPython and in Pyodide, then the other folders of tests/."""
import os
import subprocess
import sys
import sysconfig
import time

from web.build import browsers, page, toolchain
from web.build.console import Failure, say, step
from web.build.paths import DIST, ROOT

TESTS = ROOT / "tests"
# The first two are run by name, the others hold tools and timings.
PROCESSES = min(4, os.cpu_count() or 1)
NOT_IN_REST = {"unit", "browser", "pyodide", "benchmarks", "__pycache__"}


def run(part):
    page.build()
    failed = []
    if part != "browser":
        failed += attempt("tests/unit in CPython", pytest("unit"))
        failed += attempt("tests/unit in Pyodide", pyodide("plain"))
        failed += attempt("tests/unit in Pyodide, restored from its snapshot", pyodide("restored"))
    if part != "unit":
        rest = [path.name for path in sorted(TESTS.iterdir())
                if part is None and path.is_dir() and path.name not in NOT_IN_REST and any(path.rglob("test_*.py"))]
        with step("Looking for Chromium and Firefox"):
            chromium, firefox = (browsers.path_of(engine) for engine in ("chromium", "firefox"))
        # A file's tests share one live page, so a file stays in one process.
        failed += attempt(" and ".join("tests/" + name for name in [*rest, "browser"]),
                          [*pytest(*rest, "browser"), "--numprocesses", str(PROCESSES), "--dist", "loadfile"],
                          PY_LSTM_CHROMIUM=chromium, PY_LSTM_FIREFOX=firefox)
    if failed:
        raise Failure("Tests failed in %s: the lines above say which." % ", then in ".join(failed))
    return 0


def pytest(*folders):
    return [sys.executable, "-m", "pytest", *("tests/" + folder for folder in folders)]


def pyodide(recipe):
    """The same tests against the very files the page ships; pytest is .venv's own."""
    node, _ = toolchain.find_node()
    return [node, str(TESTS / "pyodide" / "run.mjs"), str(next(DIST.glob("pyodide-*"))), sysconfig.get_path("purelib"),
            recipe]


def attempt(what, command, **variables):
    """Run one set of tests in sight; return its name in a list if it failed, so that the others still run."""
    say("\n%s" % what)
    start = time.time()
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env={**os.environ, **variables}).returncode
    if code:
        say("%s: failed after %.1f s" % (what, time.time() - start))
    return [what] if code else []
