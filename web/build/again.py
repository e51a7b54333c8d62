"""Whether two builds give the same bytes: one here, and one from nothing in another folder and under other circumstances.

.venv and the downloads are shared, which hashes hold, and web/node_modules is copied; everything that is made is made anew.
"""
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from web.build import checksums, environment, page, runtime
from web.build.console import Failure, run, step
from web.build.paths import DIST, MODULES, ROOT

# What differs between two people's machines and should not show.
OTHERWISE = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Chatham", "LC_ALL": "C.UTF-8", "COLUMNS": "71", "PYTHONDONTWRITEBYTECODE": "1"}


def verify():
    """Return the SHA-256 of SHA256SUMS, which both builds have; raise Failure naming what differs."""
    page.build()
    with tempfile.TemporaryDirectory(prefix="built-again-") as name:
        folder = Path(name) / "in another place"
        with step("Copying the sources"):
            copy_sources(folder)
        with step("Building once more, from nothing and elsewhere"):
            build_in(folder)
        return same(DIST, folder / "dist")


def copy_sources(folder):
    made = {".git", *environment.MADE_HERE}

    def left_out(where, names):
        inside = Path(where).relative_to(ROOT)
        return [one for one in names if one == "__pycache__" or (inside / one).as_posix() in made]

    shutil.copytree(ROOT, folder, ignore=left_out, copy_function=shutil.copyfile)
    shutil.copytree(MODULES, folder / MODULES.relative_to(ROOT), symlinks=True)


def build_in(folder):
    # The folder itself on the path would give every tool its build.py for the package of that name.
    paths = folder / "on-the-path"
    paths.mkdir()
    for name in ("py_lstm", "web"):
        (paths / name).symlink_to(folder / name, target_is_directory=True)
    run([sys.executable, "-c", "import os; os.umask(0o077); from web.build import page; page.build()"], "The second build",
        "Run python3 build.py build in a copy of this folder to see what is wrong", cwd=folder,
        env={**os.environ, **OTHERWISE, "PYTHONPATH": str(paths), "PY_LSTM_CACHE": str(runtime.cache_folder())})


def same(one, other):
    """The SHA-256 of their SHA256SUMS; raise Failure naming the files in which two folders differ."""
    digests = [checksums.verify(folder) for folder in (one, other)]
    if digests[0] != digests[1]:
        ours, theirs = contents(one), contents(other)
        names = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name) and name != checksums.NAME)
        raise Failure("Two builds of the same sources differ in %s: find what of the machine, the folder or the moment got into it."
                      % ", ".join(names))
    return digests[0]


def contents(folder):
    """{name: content}; names without the digest that tells one runtime's folder from another's."""
    return {re.sub(r"^pyodide-[0-9a-f]{12}/", "pyodide/", name): content for name, content in checksums.contents(folder).items()}
