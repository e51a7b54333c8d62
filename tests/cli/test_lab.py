"""`py_lstm lab`: the page served from a folder, the archive or the one file, and what is no page refused in one sentence."""
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from py_lstm import command_line, serving
from py_lstm.commands import lab

ROOT = Path(__file__).parents[2]
FILES = {"index.html": b"<!doctype html><title>page</title>", "assets/app-ABCD1234.js": b"1",
         "pyodide-0123456789ab/pyodide.asm.wasm": b"\0asm", "manifest.webmanifest": b"{}"}
KINDS = {"index.html": "text/html; charset=utf-8", "assets/app-ABCD1234.js": "text/javascript",
         "pyodide-0123456789ab/pyodide.asm.wasm": "application/wasm", "manifest.webmanifest": "application/manifest+json"}


def put_page(folder):
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def pack(path, files, top="lstm-lab/"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(top + name), content)
    return path


@contextmanager
def running(*arguments, folder, ending=signal.SIGINT):
    """The command as somebody starts it: its address; after that it has ended by Ctrl+C, with nothing but its own words.

    It is started deaf to Ctrl+C, as a shell starts what runs in its background.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    command = [sys.executable, "-W", "error", "-m", "py_lstm", "lab", *map(str, arguments), "--no-browser"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) as process:
        try:
            yield re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline()).group()
        finally:
            process.send_signal(ending)
            try:
                out, err = process.communicate(timeout=60)
            finally:
                process.kill()
    assert (process.returncode, out, err) == (0, "\nStopped.\n", "")


def got(address, name):
    with urllib.request.urlopen(address + name) as response:
        return response.headers["Content-Type"], response.read()


@pytest.fixture
def refused(capsys):
    """What the command says instead of serving: one sentence, or two with the remedy."""
    def refused(*arguments):
        assert command_line.main(["lab", *map(str, arguments), "--no-browser"]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("py_lstm: ") and err.count("\n") == 1
        return err
    return refused


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
@pytest.mark.parametrize("where", ["dist", "archive", "packed flat"])
def test_the_page_is_served_with_the_right_types_until_it_is_stopped(tmp_path, where):
    if where == "dist":
        put_page(tmp_path / "dist")
    else:
        pack(tmp_path / "lstm-lab.zip", FILES, "lstm-lab/" if where == "archive" else "")
    with running(folder=tmp_path, ending=signal.SIGINT if where == "dist" else signal.SIGTERM) as address:
        assert got(address, "") == (KINDS["index.html"], FILES["index.html"])
        for name, content in FILES.items():
            assert got(address, name) == (KINDS[name], content)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            got(address, "..%2f..%2fsecret")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist" if where == "dist" else "lstm-lab.zip"], "something is left behind"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_the_one_file_is_served_without_its_neighbours(tmp_path):
    page = b"<!doctype html>\n" + b"x" * 6000 + b"</html>\n"
    (tmp_path / "lstm-lab.html").write_bytes(page)
    (tmp_path / "secret.html").write_bytes(b"secret")
    with running("lstm-lab.html", folder=tmp_path) as address:
        assert got(address, "") == ("text/html; charset=utf-8", page)
        for name in ("secret.html", "lstm-lab.html"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                got(address, name)


def test_the_browser_is_opened_unless_that_is_not_wanted(tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(serving.webbrowser, "open", opened.append)

    def interrupted(server):
        raise KeyboardInterrupt

    monkeypatch.setattr(serving.Server, "serve_forever", interrupted)
    put_page(tmp_path)
    for again in range(2):
        assert command_line.main(["lab", str(tmp_path)]) == 0
        assert opened == [re.search(r"http://\S+", capsys.readouterr().out).group()] * 1
        opened.clear()
    assert command_line.main(["lab", str(tmp_path), "--no-browser"]) == 0 and not opened


@pytest.mark.parametrize("name", ["dist", "lstm-lab"])
def test_the_page_is_found_in_a_folder_that_holds_it(tmp_path, name):
    page = put_page(tmp_path / name)
    assert lab.found(str(tmp_path)) == lab.found(str(page)) == page
    pack(tmp_path / "lstm-lab.zip", FILES)
    assert lab.found(str(tmp_path)) == page
    assert lab.found(str(tmp_path / "lstm-lab.zip")) == tmp_path / "lstm-lab.zip"


def test_where_there_is_no_page_the_remedy_is_named(tmp_path, monkeypatch, refused):
    monkeypatch.chdir(tmp_path)
    assert "The folder you are in is not the page" in refused() and "python3 build.py build" in refused()
    assert "There is no 'elsewhere'" in refused("elsewhere")
    (tmp_path / "index.html").write_text("<p>another page</p>")
    assert "is not the page" in refused(tmp_path)


def test_a_port_that_cannot_be_had_is_one_sentence(tmp_path, refused):
    put_page(tmp_path)
    with serving.listen(tmp_path) as server:
        port = server.server_address[1]
        assert "Port %d is taken: choose another with --port, or leave --port out." % port in refused(tmp_path, "--port", port)
    assert "port is 0; give" in refused(tmp_path, "--port", 0)


def cut(path):
    path.write_bytes(path.read_bytes()[:-60])


def flipped(path):
    data = bytearray(path.read_bytes())
    data[data.index(FILES["index.html"][:9]) + 20] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("spoil", [cut, flipped])
def test_a_damaged_archive_is_refused(tmp_path, refused, spoil):
    archive = tmp_path / "lstm-lab.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name, content in FILES.items():
            packed.writestr(zipfile.ZipInfo("lstm-lab/" + name), content)
    spoil(archive)
    assert ("is damaged" if spoil is flipped else "neither lstm-lab.zip nor a whole lstm-lab.html") in refused(archive)


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside", "..\\outside", "C:/outside"])
def test_an_archive_cannot_write_outside_of_its_folder(tmp_path, monkeypatch, refused, name):
    within = tmp_path / "within"
    within.mkdir()
    monkeypatch.setattr(lab.tempfile, "tempdir", str(within))
    archive = pack(tmp_path / "page.zip", {**FILES, name: b"evil"}, top="")
    assert "names a place outside of itself" in refused(archive)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["page.zip", "within"]


def test_an_archive_of_something_else_or_beyond_measure_is_refused(tmp_path, monkeypatch, refused):
    assert "does not hold the page" in refused(pack(tmp_path / "other.zip", {"index.html": b"<p>"}))
    monkeypatch.setattr(lab, "MOST_BYTES", 40)
    assert "holds more than the page does" in refused(pack(tmp_path / "large.zip", FILES))


@pytest.mark.parametrize("content", [b"", b"<p>", b"<!doctype html>" + b"x" * 6000])
def test_a_file_that_is_no_page_or_was_cut_off_is_refused(tmp_path, refused, content):
    (tmp_path / "lstm-lab.html").write_bytes(content)
    assert "nor a whole lstm-lab.html" in refused(tmp_path)
