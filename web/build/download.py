"""Downloads that can be interrupted: bytes go to a .part file, which becomes the file once its SHA-256 is right."""
import functools
import hashlib
import http.client
import os
import shutil
import ssl
import threading
import urllib.error
import urllib.request

import certifi

from web.build.console import Failure, Progress, say

CHUNK = 1 << 16


class Unreachable(Exception):
    """A source that gave no answer or not the file; the next source may."""


class Broken(Unreachable):
    """A download that stopped half-way or gave wrong bytes; the same source may do better at once."""


class Unfit(Broken):
    """The .part file is no beginning of what the source has."""


def open_url(url, headers=None, patience=10):
    """Open a URL, waiting `patience` seconds for the answer; in a thread, because a name look-up has no timeout."""
    request = urllib.request.Request(url, headers=headers or {})
    answer = {}

    def ask():
        try:
            answer["response"] = urllib.request.urlopen(request, timeout=patience, context=certificates())
        except (OSError, ValueError) as error:
            answer["error"] = error

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(patience)
    refusal = answer.get("error")
    if isinstance(refusal, urllib.error.HTTPError):
        refusal.close()
    if getattr(refusal, "code", None) == 416:  # what is here is as long as the whole file, or longer
        raise Unfit("what was left of an earlier attempt does not fit")
    if "response" not in answer:
        raise Unreachable(getattr(refusal, "reason", refusal) or "no answer in %d seconds" % patience)
    return answer["response"]


@functools.cache
def certificates():
    """The system's authorities, those that pip is told to trust, and a set for Pythons that come with none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if os.path.isfile(os.environ.get("PIP_CERT", "")):
        context.load_verify_locations(os.environ["PIP_CERT"])
    return context


def fetch(url, target, sha256):
    """Download `url` to `target`, going on where an earlier attempt stopped."""
    part = target.with_name(target.name + ".part")
    for last in (False, False, True):
        try:
            start = part.stat().st_size if part.exists() else 0
            with open_url(url, {"Range": "bytes=%d-" % start} if start else None) as response:
                start = start if response.status == 206 else 0
                save(response, part, start + int(response.headers.get("Content-Length") or 0), start)
            return accept(part, target, sha256)
        except Broken as reason:
            if isinstance(reason, Unfit):
                part.unlink()
            if last:
                raise
            say("  again: %s" % reason)


def save(stream, part, total, start=0):
    """Append a stream to the .part file, or begin it anew."""
    progress, done = Progress(part.name[:-len(".part")], total), start
    try:
        with open(part, "ab" if start else "wb") as file:
            while chunk := stream.read(CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress.update(done)
    except (OSError, http.client.HTTPException) as error:
        raise Broken(error) from error
    if total and done < total:
        raise Broken("the connection ended after %d of %d bytes" % (done, total))


def accept(part, target, sha256):
    """Make the finished .part file the file, or throw it away if its bytes are not the expected ones."""
    if digest(part) != sha256:
        part.unlink()
        raise Broken("the bytes are not those that Pyodide's lock file names")
    os.replace(part, target)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def free_space(folder, needed):
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Failure("There are only %d MB free in %s and the download needs %d MB: make room and run this again."
                      % (free // 1_000_000, folder, needed // 1_000_000))
