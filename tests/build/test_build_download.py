"""A download that breaks off is gone on with, one with wrong bytes is repeated, and neither is ever used."""
import hashlib
import http.server
import io
import socket
import threading
import zipfile

import pytest

from web.build import carrier, download

DATA = bytes(range(256)) * 1200
SHA256 = hashlib.sha256(DATA).hexdigest()


class Source(http.server.BaseHTTPRequestHandler):
    """Serves DATA, but no more than `server.stamina` bytes of it for each request, and notes what was asked for."""

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        data = self.server.data
        if not asked or not self.server.ranges:
            self.answer(200, data, {})
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        if int(first) >= len(data):
            self.send_error(416)
            return
        piece = data[int(first):int(last) + 1 if last else None]
        self.answer(206, piece, {"Content-Range": "bytes %s-%s/%d" % (first, last, len(data))})

    def answer(self, status, data, headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[:self.server.stamina])

    def log_message(self, *message):
        pass


@pytest.fixture
def source():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Source) as server:
        server.asked, server.stamina, server.ranges, server.data = [], len(DATA), True, DATA
        server.url = "http://127.0.0.1:%d/file" % server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def part_of(target):
    return target.with_name(target.name + ".part")


def test_a_whole_file_arrives(source, tmp_path):
    download.fetch(source.url, tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_interrupted_one_is_gone_on_with(source, tmp_path):
    source.stamina = len(DATA) // 2 + 1
    download.fetch(source.url, tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == DATA
    assert source.asked == [None, "bytes=%d-" % source.stamina]


def test_what_an_earlier_run_left_is_used(source, tmp_path):
    part_of(tmp_path / "file").write_bytes(DATA[:1000])
    download.fetch(source.url, tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == DATA
    assert source.asked == ["bytes=1000-"]


@pytest.mark.parametrize("rest", [b"x" * 1000, b"x" * len(DATA), DATA + b"x"], ids=["short", "as long", "too long"])
def test_a_wrong_rest_of_an_earlier_run_is_thrown_away(source, tmp_path, rest):
    part_of(tmp_path / "file").write_bytes(rest)
    download.fetch(source.url, tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == DATA
    assert source.asked[-1] is None


def test_a_server_without_ranges_sends_it_all_again(source, tmp_path):
    source.ranges = False
    part_of(tmp_path / "file").write_bytes(DATA[:1000])
    download.fetch(source.url, tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == DATA


def test_wrong_bytes_are_never_used(source, tmp_path):
    with pytest.raises(download.Unreachable, match="not those that Pyodide's lock file names"):
        download.fetch(source.url, tmp_path / "file", "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_silent_server_is_given_up(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(download.Unreachable):
            download.open_url("http://127.0.0.1:%d/" % silent.getsockname()[1], patience=0.3)


def test_one_member_of_a_remote_archive_costs_only_its_bytes(source, tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("padding", bytes(3_000_000))
        file.writestr(carrier.FOLDER + "wanted", DATA)
    source.data, source.stamina = archive.getvalue(), 10_000_000
    with carrier.RemoteFile(source.url) as remote, zipfile.ZipFile(io.BufferedReader(remote, 1 << 16)) as file:
        carrier.extract(file, "wanted", tmp_path / "wanted", SHA256)
    assert (tmp_path / "wanted").read_bytes() == DATA
    # The padding's middle was never asked for.
    assert not any(int(first) <= 1_500_000 <= int(last)
                   for first, last in (asked.removeprefix("bytes=").split("-") for asked in source.asked))
