"""The py_lstm wheel for the page, and the lock file through which Pyodide loads it by name."""
import json
import os
import shutil
import sys
from pathlib import Path

from web.build.console import run, step
from web.build.paths import ROOT, SCRATCH

# Wheels hold dates; a fixed one makes the same sources give the same bytes.
EPOCH = "1580601600"


def build():
    """Return the wheel's path."""
    folder = SCRATCH / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with step("Building the py_lstm wheel"):
        run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], "Building the py_lstm wheel",
            "Mend pyproject.toml or the package", cwd=ROOT,
            env={"SOURCE_DATE_EPOCH": EPOCH, **os.environ})
        return next(folder.glob("*.whl"))


def lock(wheel, runtime_lock):
    """Return the path of a pyodide-lock.json that names NumPy and the wheel, with file names relative to itself."""
    before, after = SCRATCH / "runtime-lock.json", SCRATCH / "pyodide-lock.json"
    before.write_text(json.dumps(runtime_lock))
    with step("Adding it to Pyodide's lock file"):
        run([Path(sys.executable).with_name("pyodide"), "lockfile", "add-wheels", "--input", before, "--output", after,
             "--base-path", wheel.parent, wheel], "Adding py_lstm to Pyodide's lock file",
            "Check that py_lstm's dependencies in pyproject.toml are in the runtime")
    return after
