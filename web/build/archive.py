"""lstm-lab.zip: dist/ with a start script for each system, for those who may not open single files. The same bytes every time."""
import re
import zipfile

from web.build import checksums
from web.build.paths import ROOT, WEB

NAME = "lstm-lab.zip"
TOP = "lstm-lab/"
DATE = (2020, 2, 2, 0, 0, 0)
# Packed already; to pack them again takes time and saves nothing.
STORED = (".whl", ".zip", ".gz", ".woff2", ".png")
SCRIPTS = ("start-linux.sh", "start-macos.command", "start-windows.bat", "serve.ps1", "READ-ME-FIRST.txt")
EXECUTABLE = (".sh", ".command", ".py")


def without_links(page, names):
    """A page (bytes) in which these files are named but not linked to, since they do not lie beside it."""
    return re.sub(r'<a href="(?:%s)"[^>]*>(.*?)</a>' % "|".join(map(re.escape, names)), r"\1", page.decode()).encode()


def write(folder, target, without=()):
    """Pack `folder` and the scripts into `target`, which may stand in it; names in `without` stay out."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes()
             for path in folder.rglob("*") if path.is_file() and path != target}
    files = {name: content for name, content in files.items() if name not in without}
    for name in SCRIPTS:
        files[name] = (WEB / "handout" / name).read_bytes()
        if name.endswith((".bat", ".ps1", ".txt")):                     # as Windows writes lines
            files[name] = files[name].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    files |= {name: without_links(files[name], [target.name, *without]) for name in files if name.endswith("handing-out.html")}
    files["serve.py"] = (ROOT / "py_lstm" / "serving.py").read_bytes()
    files[checksums.NAME] = checksums.text(files).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(TOP + name, DATE)
            entry.create_system = 3                                     # Unix, whose modes follow
            entry.external_attr = (0o100755 if name.endswith(EXECUTABLE) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(STORED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], compresslevel=9)
