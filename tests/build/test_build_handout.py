"""What is handed out: checksums that notice any change, an archive with the same bytes every time, every licence."""
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import urllib.request
import zipfile

import pytest

from web.build import again, archive, checksums, licences, one_file
from web.build.console import Failure
from web.build.paths import DIST, MODULES, ROOT, WEB


@pytest.fixture
def folder(tmp_path):
    """A small folder with its checksums."""
    made = tmp_path / "page"
    (made / "assets").mkdir(parents=True)
    (made / "index.html").write_text("<p>页</p>", encoding="utf-8")
    (made / "assets" / "app.js").write_text("1")
    checksums.write(made)
    return made


def test_dist_is_what_was_built():
    said = checksums.verify(DIST)
    assert said == hashlib.sha256((DIST / checksums.NAME).read_bytes()).hexdigest()
    listed = {line.split("  ", 1)[1] for line in (DIST / checksums.NAME).read_text(encoding="utf-8").splitlines()}
    assert {"index.html", one_file.NAME, archive.NAME, licences.NAME} <= listed


def test_the_command_says_so_and_names_what_differs(folder):
    def verify():
        return subprocess.run([sys.executable, ROOT / "build.py", "verify", folder], capture_output=True, text=True)
    assert verify().returncode == 0
    (folder / "index.html").write_text("<p>other</p>")
    refused = verify()
    assert refused.returncode == 1 and "index.html (changed)" in refused.stderr


@pytest.mark.parametrize("spoil, told", [
    (lambda folder: (folder / "assets" / "app.js").write_text("2"), r"assets/app\.js \(changed\)"),
    (lambda folder: (folder / "assets" / "app.js").unlink(), r"assets/app\.js \(missing\)"),
    (lambda folder: (folder / "more.js").write_text("3"), r"more\.js \(not in the list\)"),
    (lambda folder: (folder / checksums.NAME).unlink(), "There is no SHA256SUMS"),
])
def test_any_change_is_noticed(folder, spoil, told):
    checksums.verify(folder)
    spoil(folder)
    with pytest.raises(Failure, match=told):
        checksums.verify(folder)


def test_two_builds_that_differ_are_told_apart_by_what_differs(folder, tmp_path):
    other = tmp_path / "other"
    runtime = folder / "pyodide-0123456789ab"
    runtime.mkdir()
    for name in ("python.wasm", "snapshot.zst"):
        (runtime / name).write_text(name)
    checksums.write(folder)
    shutil.copytree(folder, other)
    assert again.same(folder, other) == checksums.verify(folder)
    (other / runtime.name / "snapshot.zst").write_text("of another moment")
    (other / runtime.name).rename(other / "pyodide-ba9876543210")       # its name follows what is in it
    checksums.write(other)
    with pytest.raises(Failure, match="differ in pyodide/snapshot.zst: find"):
        again.same(folder, other)


def test_the_sources_of_a_second_build_are_all_there_and_nothing_that_was_made(tmp_path):
    again.copy_sources(tmp_path / "copy")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    assert "build.py" in tracked
    assert all((tmp_path / "copy" / name).is_file() for name in tracked if name and (ROOT / name).is_file())
    assert not any((tmp_path / "copy" / name).exists() for name in (".venv", ".build", "dist", ".git"))


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
def test_the_systems_own_tool_reads_it(folder):
    assert subprocess.run(["sha256sum", "-c", "--quiet", checksums.NAME], cwd=folder).returncode == 0


def test_the_archive_has_the_same_bytes_whenever_and_wherever_it_is_packed(folder, tmp_path):
    archive.write(folder, tmp_path / "first.zip")
    again = tmp_path / "elsewhere"
    shutil.copytree(folder, again, copy_function=shutil.copyfile)
    os.utime(again / "index.html", (10 ** 9, 10 ** 9))
    (again / "index.html").chmod(0o600)
    archive.write(again, again / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (again / "second.zip").read_bytes()


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The shipped archive, unpacked as a system's own tool does it, with modes."""
    target = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(DIST / archive.NAME) as packed:
        for entry in packed.infolist():
            path = packed.extract(entry, target)
            os.chmod(path, stat.S_IMODE(entry.external_attr >> 16))
    return target / archive.TOP


@pytest.mark.parametrize("place", ["dist", "unpacked"])
def test_what_teachers_read_links_to_nothing_that_is_not_there(unpacked, place):
    folder = DIST if place == "dist" else unpacked
    text = (folder / "handing-out.html").read_text(encoding="utf-8")
    links = [link for link in re.findall(r'href="([^"#:]+)"', text)]
    assert {"index.html", "licences.txt"} <= set(links) and (one_file.NAME in links) == (place == "dist")
    assert [link for link in links if not (folder / link).exists()] == []
    assert text.count(one_file.NAME) >= 4 and text.count(archive.NAME) >= 2                      # named all the same


def test_the_archive_holds_the_page_its_scripts_and_right_checksums(unpacked):
    checksums.verify(unpacked)
    for path in DIST.rglob("*"):
        name = path.relative_to(DIST)
        if path.is_file() and path.name not in (one_file.NAME, one_file.WAY, archive.NAME, checksums.NAME):
            expected = path.read_bytes()
            if path.name == "handing-out.html":
                expected = archive.without_links(expected, [one_file.NAME, archive.NAME])
            assert (unpacked / name).read_bytes() == expected, name
    assert os.access(unpacked / "start-linux.sh", os.X_OK) and os.access(unpacked / "start-macos.command", os.X_OK)
    assert b"\r\n" in (unpacked / "start-windows.bat").read_bytes() and b"\r" not in (unpacked / "start-linux.sh").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
@pytest.mark.parametrize("script", ["start-linux.sh", "start-macos.command"])
def test_its_start_script_serves_the_page_with_the_right_types(unpacked, script):
    with subprocess.Popen([unpacked / script, "--no-browser"], stdout=subprocess.PIPE, text=True, cwd="/") as started:
        try:
            address = re.search(r"http://\S+/", started.stdout.readline()).group()
            wasm = next(unpacked.glob("pyodide-*/*.wasm")).relative_to(unpacked).as_posix()
            for name, kind in (("", "text/html; charset=utf-8"), (wasm, "application/wasm")):
                with urllib.request.urlopen(address + name) as response:
                    assert response.headers["Content-Type"] == kind
                    assert response.read() == (unpacked / (name or "index.html")).read_bytes()
        finally:
            started.terminate()


IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*["']((?:@[^/"']+/)?[a-z][^/"']*)""")


def imported_packages():
    """The npm packages that the page's sources import, and those that these import in turn: found by reading, not by the bundler."""
    sources = [path for folder in (".", "core", "views", "python", "one-file") for path in (WEB / folder).glob("*.js*" if folder == "." else "**/*.js*")]
    declared = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["dependencies"]
    left = {name for path in sources for name in IMPORTED.findall(path.read_text(encoding="utf-8")) if name in declared}
    found = {"zstddec"}                                 # whose decoder web/build/zstd.mjs takes out of it
    while left:
        name = left.pop()
        found.add(name)
        modules = [path for path in (MODULES / name).glob("dist/*.*js") if not path.name.endswith(".min.js")]
        needs = json.loads((MODULES / name / "package.json").read_text(encoding="utf-8")).get("dependencies", {})
        used = {other for path in modules for other in IMPORTED.findall(path.read_text(encoding="utf-8")) if other in needs}
        left |= used - found
    return found


def test_every_licence_is_there():
    text = (DIST / licences.NAME).read_text(encoding="utf-8")
    titles = re.findall(r"={100}\n(.+)\n={100}\n\n(\S)", text)
    of_packages = {title.split(" ")[0].lower() for title, _ in titles}
    imported = imported_packages()
    assert {"preact", "@preact/signals-core", "idb-keyval", "katex", "pyodide"} <= imported
    assert imported <= of_packages, "without a licence: %s" % sorted(imported - of_packages)
    for sign in ("py_lstm", "Pyodide", "Mozilla Public License Version 2.0", "PYTHON SOFTWARE FOUNDATION LICENSE", "NumPy: LICENSE.txt",
                 "lapack_lite"):
        assert sign in text, sign
