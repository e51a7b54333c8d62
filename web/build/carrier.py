"""One file out of a large wheel on the Python package index.

NumPy's WebAssembly wheel is on Pyodide's CDN and on no package registry. Where that CDN is blocked, a package that
carries the same file still helps: the index usually serves parts of files, so that only the bytes needed travel.
"""
import http.client
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from web.build import download
from web.build.console import Progress, run, say

PACKAGE, VERSION, FOLDER, SIZE = "open-webui", "0.12.4", "open_webui/frontend/pyodide/", 106_366_595
# Any Python may download it, since it is opened and never installed.
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
OPTIONS = ["--no-deps", "--ignore-requires-python", "--only-binary=:all:", "%s==%s" % (PACKAGE, VERSION)]


def fetch(name, target, sha256):
    try:
        fetch_part(name, target, sha256)
    except (download.Unreachable, zipfile.BadZipFile, http.client.HTTPException, OSError) as error:
        say("  only the whole package can be had (%s)" % error)
        fetch_whole(name, target, sha256)


def fetch_part(name, target, sha256):
    """Read the one member through HTTP range requests."""
    try:
        report = run(PIP + ["install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-"] + OPTIONS,
                     "Asking the package index", "")
        url = json.loads(report[report.index("{"):])["install"][0]["download_info"]["url"]
    except Exception as error:  # whatever pip has against it, the plain download may still work
        raise download.Unreachable("the index does not say where it is") from error
    with RemoteFile(url) as remote, zipfile.ZipFile(io.BufferedReader(remote, 1 << 20)) as archive:
        extract(archive, name, target, sha256)


def fetch_whole(name, target, sha256):
    """Download the package with pip, take the file out, throw the rest away."""
    say("  %d MB to download for %s, once" % (SIZE // 1_000_000, name))
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        download.free_space(folder, 2 * SIZE)
        pip_download(folder)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as archive:
            extract(archive, name, target, sha256)


def pip_download(folder):
    command = PIP + ["download", "--progress-bar=raw", "--dest", folder] + OPTIONS
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True)
    progress, said = Progress(PACKAGE, SIZE), ""
    for line in process.stdout:
        step = re.match(r"Progress (\d+) of \d+", line)
        if step:
            progress.update(int(step.group(1)))
        elif "error" in line.lower():
            said = line.strip()
    if process.wait() != 0:
        raise download.Unreachable(said or "pip download failed")


def extract(archive, name, target, sha256):
    try:
        member = archive.getinfo(FOLDER + name)
    except KeyError:
        raise download.Unreachable("it does not contain %s" % name) from None
    part = target.with_name(target.name + ".part")
    with archive.open(member) as stream:
        download.save(stream, part, member.file_size)
    download.accept(part, target, sha256)


class RemoteFile(io.RawIOBase):
    """A file on a web server, read in the pieces that are asked for."""

    def __init__(self, url):
        self.url, self.position = url, 0
        with self.request("bytes=0-0") as response:
            self.size = int(response.headers["Content-Range"].rpartition("/")[2])

    def request(self, byte_range):
        response = download.open_url(self.url, {"Range": byte_range}, patience=30)
        if response.status != 206:
            response.close()
            raise download.Unreachable("the index serves whole files only")
        return response

    def read_range(self, first, last):
        for again in (True, True, False):
            try:
                with self.request("bytes=%d-%d" % (first, last)) as response:
                    return response.read()
            except (OSError, http.client.HTTPException, download.Unreachable):
                if not again:
                    raise

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.position

    def seek(self, offset, whence=io.SEEK_SET):
        self.position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        return self.position

    def readinto(self, buffer):
        last = min(self.position + len(buffer), self.size) - 1
        if last < self.position:
            return 0
        data = self.read_range(self.position, last)
        buffer[:len(data)] = data
        self.position += len(data)
        return len(data)
