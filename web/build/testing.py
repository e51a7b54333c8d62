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
SOME_FAILED = 1  # pytest's exit code; the others say that it did not come to an end


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
        # What failed while browsers shared the processors is run once more alone, in sight: a slow machine is told
        # from a defect, which fails both times.
        tests = pytest(*rest, "browser")
        failed += attempt(" and ".join("tests/" + name for name in [*rest, "browser"]),
                          [*tests, "--numprocesses", str(PROCESSES), "--dist", "loadfile"],
                          alone=[*tests, "--last-failed", "--last-failed-no-failures", "none"],
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


def attempt(what, command, alone=None, **variables):
    """Run one set of tests in sight; return its name in a list if it failed, so that the others still run.

    alone: the command that runs again, one by one, those that failed. If they pass then, that is said and is enough.
    """
    def code_of(arguments):
        return subprocess.run(arguments, cwd=ROOT, stdin=subprocess.DEVNULL, env={**os.environ, **variables}).returncode

    say("\n%s" % what)
    start = time.time()
    code = code_of(command)
    if code == SOME_FAILED and alone:
        say("\nThose that failed, once more and alone")
        code = code_of(alone)
        if not code:
            say("They pass alone: the first failures, above, are of tests or of a page that cannot bear a busy machine.")
    if code:
        say("%s: failed after %.1f s" % (what, time.time() - start))
    return [what] if code else []
