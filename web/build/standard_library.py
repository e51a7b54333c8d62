"""Pyodide's standard library without what no page can use, packed as tightly as zip allows.

It is half a megabyte smaller for that, on the way to everyone who starts Python the plain way. What is left is as it was.
"""
import fnmatch
import zipfile

from web.build.paths import SCRATCH

DATE = (2020, 1, 1, 0, 0, 0)
# Processes, terminals, mail and servers; and the tables of character sets from before Unicode, but for those that zip files
# and the texts of today still use.
UNUSABLE = ["multiprocessing/*", "pty.py", "tty.py", "ftplib.py", "imaplib.py", "mailbox.py", "poplib.py", "smtplib.py",
            "socketserver.py", "wsgiref/*", "xmlrpc/*", "http/server.py", "dbm/*", "sqlite3/*", "antigravity.py", "__phello__/*",
            "encodings/cp*.py", "encodings/iso8859_*.py", "encodings/mac_*.py", "encodings/koi8_*.py", "encodings/hp_roman8.py",
            "encodings/kz1048.py", "encodings/palmos.py", "encodings/ptcp154.py", "encodings/tis_620.py"]
USABLE = ["encodings/cp437.py", "encodings/cp1252.py", "encodings/iso8859_1.py", "encodings/iso8859_15.py"]


def prepare(archive):
    """Return the path of the smaller archive, of the same name."""
    target = SCRATCH / "standard-library" / archive.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as given, zipfile.ZipFile(target, "w") as smaller:
        for name in given.namelist():
            if not name.endswith("/") and is_usable(name):
                entry = zipfile.ZipInfo(name, DATE)
                smaller.writestr(entry, given.read(name), zipfile.ZIP_DEFLATED, 9)
    return target


def is_usable(name):
    def is_among(patterns):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    return is_among(USABLE) or not is_among(UNUSABLE)
