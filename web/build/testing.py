"""Runs every test: tests/unit in CPython and in Pyodide, then the other folders of tests/. A test that fails, fails the run."""
import os
import re
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from web.build import browsers, page, toolchain
from web.build.console import Failure, say, step
from web.build.paths import DIST, ROOT

TESTS = ROOT / "tests"
# One more than there are processors: a browser test waits for the network, a timer or a frame a third of its time.
PROCESSES = min(4, (os.cpu_count() or 1) + 1)
# The first two are run by name, the others hold tools and timings.
NOT_IN_REST = {"unit", "browser", "pyodide", "benchmarks", "__pycache__"}


class Run:
    """One command that runs tests, and what became of it."""

    def __init__(self, what, command, **variables):
        self.what, self.command, self.variables = what, command, variables
        self.code, self.output, self.seconds = None, "", 0.0

    def go(self, in_sight=False):
        """Run it; in sight, its output is shown as it comes, and a row of dots grows dot by dot."""
        start, parts = time.time(), []
        with subprocess.Popen(self.command, cwd=ROOT, env={**os.environ, **self.variables}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace") as process:
            try:
                while part := process.stdout.read(1) if in_sight else process.stdout.readline():
                    parts.append(part)
                    if in_sight:
                        write(part)
            except BaseException:
                process.terminate()
                raise
        self.code, self.output, self.seconds = process.returncode, "".join(parts), time.time() - start
        return self

    @property
    def closing(self):
        """pytest's own closing line, or that it did not come to one."""
        lines = re.findall(r"^=* ?(\d+ (?:passed|failed|error|skipped|deselected|warning).*? in [\d.]+s.*?) ?=*$", self.output, re.MULTILINE)
        return lines[-1] if lines else "ended with exit code %s before its tests did" % self.code

    @property
    def failures(self):
        """The lines by which pytest names what failed."""
        return re.findall(r"^(?:FAILED|ERROR) .*$", self.output, re.MULTILINE)


def run(part):
    page.build()
    runs = []
    if part != "browser":
        runs += together([Run("tests/unit in CPython", pytest("unit")),
                          Run("tests/unit in Pyodide", pyodide("plain")),
                          Run("tests/unit in Pyodide, restored from its snapshot", pyodide("restored"))])
    if part != "unit":
        rest = [path.name for path in sorted(TESTS.iterdir())
                if part is None and path.is_dir() and path.name not in NOT_IN_REST and any(path.rglob("test_*.py"))]
        # A file's tests share one live page, so a file stays in one process.
        others = Run(" and ".join("tests/" + name for name in [*rest, "browser"]),
                     [*pytest(*rest, "browser"), "--numprocesses", str(PROCESSES), "--dist", "loadfile"], **found_browsers())
        say("\n%s" % others.what)
        runs.append(others.go(in_sight=True))
    return conclude(runs)


def together(runs):
    """Run them at the same time, since none of them can use a second processor; the output of each is shown whole, when it ends."""
    say("\n%s: at the same time, each is shown when it ends" % ", ".join(one.what for one in runs))
    with ThreadPoolExecutor(len(runs)) as pool:
        for ended in as_completed([pool.submit(one.go) for one in runs]):
            one = ended.result()
            say("\n%s" % one.what)
            write(one.output)
    return runs


def conclude(runs):
    """Say what became of each, with every failure by its name, and end with one sentence that is true of all."""
    say("\nSummary")
    for one in runs:
        say("  %s: %s" % (one.what, one.closing))
        for line in one.failures:
            say("    %s" % line)
    failed = [one.what for one in runs if one.code]
    if failed:
        raise Failure("Tests failed in %s: the lines above say which." % ", then in ".join(failed))
    say("Every test passed.")
    return 0


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def found_browsers():
    with step("Looking for Chromium and Firefox"):
        return {"PY_LSTM_" + engine.upper(): browsers.path_of(engine) for engine in ("chromium", "firefox")}


def pytest(*names):
    return [sys.executable, "-m", "pytest", *("tests/" + name for name in names)]


def pyodide(recipe):
    """The same tests against the very files the page ships; pytest is .venv's own."""
    node, _ = toolchain.find_node()
    return [node, str(TESTS / "pyodide" / "run.mjs"), str(next(DIST.glob("pyodide-*"))), sysconfig.get_path("purelib"),
            recipe]
