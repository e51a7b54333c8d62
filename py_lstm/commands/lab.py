"""`py_lstm lab`: the page in the browser, from where it lies on this machine."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Iterator

from ..validation import InvalidInput, integer, shown
from .given import whole
from .output import OK

ARCHIVE, ONE_FILE = "lstm-lab.zip", "lstm-lab.html"
WITHIN = ("dist", "lstm-lab", ARCHIVE, ONE_FILE)        # as build.py leaves it, and as it is handed out
MOST_FILES, MOST_BYTES = 10_000, 1_000_000_000          # unpacked; the page has a few hundred files of 60 MB in all
GET_IT = (f"{ARCHIVE} and {ONE_FILE} are handed out with the page; with the project's sources, `python3 build.py build` makes it "
          "and leaves it in dist/")

ABOUT = f"""PLACE is the page's folder, {ARCHIVE}, {ONE_FILE}, or a folder in which one of these lies; without it, the folder you
are in. Nothing leaves this machine, and no network is needed."""


def add(commands) -> None:
    one = commands.add_parser("lab", help="the page, in your browser", description=f"The page, in your browser, until Ctrl+C. {ABOUT}")
    one.add_argument("place", nargs="?", default=".", metavar="PLACE", help="where the page is (the folder you are in)")
    one.add_argument("--port", type=whole, metavar="N", help="at this port and no other (else the first free one from 8000 on)")
    one.add_argument("--no-browser", action="store_true", help="only say the address")
    one.set_defaults(run=_lab)


def _lab(given: argparse.Namespace) -> int:
    from .. import serving                              # here and not above: no other command needs a server
    port = None if given.port is None else integer("port", given.port, 1, 65535)
    with folder_of(found(given.place)) as folder:
        try:
            server = serving.listen_near(folder, port)
        except serving.NoPort as refused:
            raise InvalidInput("port", "range", str(refused), got=str(port)) from None
        serving.keep_serving(server, not given.no_browser)
    return OK


def found(place: str) -> Path:
    """The page's folder or file at a place, which may be the folder that it lies in. Raises InvalidInput."""
    path = Path(place)
    if path.is_file():
        return path
    if not path.is_dir():
        raise InvalidInput("place", "file", f"There is no {shown(place)}; give the page's folder, {ARCHIVE} or {ONE_FILE}. {GET_IT}.",
                           got=place)
    for candidate in (path, *(path / name for name in WITHIN)):
        if candidate.is_file() or _is_page(candidate):
            return candidate
    where = "The folder you are in" if place == "." else shown(place)
    raise InvalidInput("place", "file", f"{where} is not the page and holds neither {', '.join(WITHIN[:-1])} nor {WITHIN[-1]}. {GET_IT}.",
                       got=place)


def _is_page(folder: Path) -> bool:
    return (folder / "index.html").is_file() and any(folder.glob("pyodide-*/pyodide.asm.wasm"))


@contextlib.contextmanager
def folder_of(page: Path) -> Iterator[Path]:
    """The folder to serve: the page's own, or a temporary one with what a file holds."""
    if page.is_dir():
        yield page
        return
    with tempfile.TemporaryDirectory(prefix="lstm-lab-") as name:
        folder = Path(name)
        try:
            if zipfile.is_zipfile(page):
                folder = _unpack(page, folder)
            else:
                _copy(page, folder / "index.html")      # alone: what else lies in its folder is nobody's business
        except OSError as error:
            raise InvalidInput("place", "file", f"{shown(str(page))} cannot be read or copied ({error.strerror or error}); "
                               "give another, or make room.", got=str(page)) from None
        yield folder


def _copy(page: Path, target: Path) -> None:
    """The page that is one file."""
    with open(page, "rb") as file:
        whole = file.read(5000).startswith(b"<!doctype html>") and file.seek(max(0, page.stat().st_size - 200)) >= 0 \
            and file.read().rstrip().endswith(b"</html>")
    if not whole:
        raise InvalidInput("place", "file", f"{shown(str(page))} is neither {ARCHIVE} nor a whole {ONE_FILE}; copy it again, or give "
                           "another.", got=str(page))
    shutil.copyfile(page, target)


def _unpack(archive: Path, folder: Path) -> Path:
    """Unpack the archive into `folder`, and nothing outside of it. Returns the page's folder in there."""
    def refused(why: str) -> InvalidInput:
        return InvalidInput("place", "file", f"{shown(str(archive))} {why}; copy {ARCHIVE} again, or give another.", got=str(archive))

    try:
        with zipfile.ZipFile(archive) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise refused("holds more than the page does")
            for entry in entries:
                if not _stays_inside(entry.filename):
                    raise refused(f"names a place outside of itself ({shown(entry.filename)})")
            packed.extractall(folder)
    except InvalidInput:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise refused("is damaged") from None
    for inside in (folder, *sorted(folder.iterdir())):
        if _is_page(inside):
            return inside
    raise refused("does not hold the page")


def _stays_inside(name: str) -> bool:
    return not (name.startswith("/") or ":" in name or "\\" in name or "\0" in name or ".." in PurePosixPath(name).parts)
