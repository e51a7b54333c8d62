"""The memory of an interpreter that has imported everything: snapshot.mjs makes it, web/python/restore.js restores it."""
import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import zstandard

from web.build.console import run, step
from web.build.paths import SCRATCH, WEB

NAME = "snapshot.zst"
# Python files that become part of the interpreter beside the two packages.
MODULES = sorted((WEB / "python").glob("*.py"))
MAKERS = [WEB / "build" / "snapshot.mjs", WEB / "build" / "snapshot_contents.py", WEB / "python" / "restore.js"]


def make(node, core, wheels):
    """Return the snapshot's path. `core` is what Pyodide itself is made of, its lock file included."""
    folder = SCRATCH / "snapshot"
    target, stamp = folder / NAME, folder / "made-from"
    wanted = recipe(node, [*core, *wheels, *MODULES, *MAKERS, Path(__file__)])
    if target.exists() and stamp.exists() and stamp.read_text() == wanted:
        return target
    with step("Making the snapshot of a started Python"):
        shutil.rmtree(folder, ignore_errors=True)
        content = photograph(node, core, wheels, folder)
    with step("Packing it"):
        target.write_bytes(pack(content))
        stamp.write_text(wanted)
    return target


def photograph(node, core, wheels, folder):
    """The snapshot's bytes, made in an empty `folder`."""
    (folder / "runtime").mkdir(parents=True)
    for path in core:
        shutil.copyfile(path, folder / "runtime" / path.name)
    unpack(wheels, folder / "packages")
    target = folder / "snapshot"
    run([node, WEB / "build" / "snapshot.mjs", folder / "runtime", folder / "packages", target],
        "Making the snapshot", "Mend web/build/snapshot.mjs or what it imports",
        env={**os.environ, "TZ": "UTC"})                # Python's time module notes the time zone when it is imported
    return target.read_bytes()


def pack(content):
    """zstd, which no host does by itself: gzip looks back 32 kB, and the memory repeats what the compiled modules hold."""
    settings = zstandard.ZstdCompressionParameters.from_level(19, source_size=len(content), window_log=25, write_checksum=True)
    return zstandard.ZstdCompressor(compression_params=settings).compress(content)


def recipe(node, files):
    """What the snapshot depends on: its ingredients and the version of Node.js, which lays out memory in its own way."""
    digest = hashlib.sha256(run([node, "--version"], "Asking Node.js for its version", "").encode())
    for path in files:
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def unpack(wheels, folder):
    """What an import looks for, all of py_lstm, and its description; tests and headers stay outside."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                inside = name.split("/")
                wanted = name.endswith((".py", ".so")) or inside[0] == "py_lstm" or inside[-1] == "METADATA"
                if "tests" not in inside and wanted:
                    archive.extract(name, folder)
    for path in MODULES:
        shutil.copyfile(path, folder / path.name)
