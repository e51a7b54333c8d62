"""tests/parity with the libraries themselves instead of their recorded numbers, in an environment of its own."""
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib

from web.build import environment
from web.build.console import Failure, run, say, step
from web.build.paths import ROOT, SCRATCH

FOLDER = SCRATCH / "parity"
VERSION = "3.11"                                        # for which all these libraries have had wheels the longest


def test():
    python = prepare()
    say("\ntests/parity and the examples, with PyTorch, Keras, ONNX and safetensors")
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "tests/parity", "tests/unit/test_docstrings.py"]
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env={**os.environ, "KERAS_BACKEND": "torch"}).returncode
    if code:
        raise Failure("tests/parity failed: the lines above say where.")
    return 0


def prepare():
    """The Python of the environment, made from the group `parity` in pyproject.toml."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["parity"]
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp, recipe = FOLDER / "made-from", hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == recipe and environment.probe(str(python)):
        return python
    shutil.rmtree(FOLDER, ignore_errors=True)
    with step("Making an environment with Python %s" % VERSION):
        run([find_python(), "-m", "venv", FOLDER], "Making the environment", "Install Python's venv module and run this again")
    with step("Installing PyTorch, Keras, ONNX and safetensors, which may take minutes and gigabytes"):
        run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *wanted],
            "Installing the libraries to compare with", environment.REMEDY_NETWORK)
    stamp.write_text(recipe)
    return python


def find_python():
    for candidate in environment.candidates(VERSION):
        found = environment.probe(candidate)
        if found and found[0] == VERSION and found[1]:
            return found[2]
    raise Failure("The libraries to compare with are installed for Python %s, and none was found beside Python %d.%d: install it from "
                  "your system's packages, pyenv or python.org and run this again." % ((VERSION,) + sys.version_info[:2]))
