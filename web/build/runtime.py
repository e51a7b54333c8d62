"""Pyodide and NumPy for the browser, each file from the first source that has it."""
import json
import os
import sys
from pathlib import Path

from web.build import carrier, download, standard_library
from web.build.console import Failure, say, step
from web.build.paths import MODULES

CDN = "https://cdn.jsdelivr.net/pyodide/v%s/full/%s"
# What a module worker in a browser asks for; the rest of the npm package is for other loaders and for editors.
CORE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]


def prepare():
    """Return (the files of the runtime, the lock file's content reduced to them)."""
    package = MODULES / "pyodide"
    version = json.loads((package / "package.json").read_text())["version"]
    lock = json.loads((package / "pyodide-lock.json").read_text())
    numpy = lock["packages"]["numpy"]
    if numpy["depends"]:
        raise Failure("Pyodide %s says that its NumPy needs %s, which web/build/runtime.py does not ship: "
                      "go back to the version that package-lock.json pins." % (version, ", ".join(numpy["depends"])))
    files = [*(package / name for name in CORE), standard_library.prepare(package / "python_stdlib.zip"),
             numpy_wheel(version, numpy["file_name"], numpy["sha256"])]
    return files, {**lock, "packages": {"numpy": numpy}}


def numpy_wheel(version, name, sha256):
    target = cache_folder() / sha256[:16] / name
    if target.exists() and download.digest(target) == sha256:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with step("Fetching NumPy for the browser (%s)" % name):
        sources = [("Pyodide's CDN", lambda: download.fetch(CDN % (version, name), target, sha256)),
                   ("the package index, inside %s" % carrier.PACKAGE, lambda: carrier.fetch(name, target, sha256))]
        for label, fetch in sources:
            try:
                say("  from " + label)
                fetch()
                return target
            except download.Unreachable as reason:
                say("  not from there: %s" % reason)
        raise Failure("Neither Pyodide's CDN nor the package index gave %s: check the network connection and run this "
                      "again, or put the file from Pyodide %s into %s yourself." % (name, version, target.parent))


def cache_folder():
    """Per user, so that a second checkout downloads nothing."""
    if os.environ.get("PY_LSTM_CACHE"):
        return Path(os.environ["PY_LSTM_CACHE"])
    home = Path.home()
    default = {"win32": Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"),
               "darwin": home / "Library" / "Caches"}.get(sys.platform, home / ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or default) / "py_lstm"
