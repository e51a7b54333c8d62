"""lstm-lab.html: the page, Python and NumPy in one file that is opened by a double click, from a disk and without a network.

It starts Python by the plain recipe: a snapshot would make the file half as large again.
"""
import base64
import hashlib
import io
import json
import zipfile
import zlib

from web.build import bundle, policy, template
from web.build.console import Failure
from web.build.paths import SCRATCH

NAME = "lstm-lab.html"
WAY = "lstm-lab.js"                                     # what leads a locked frame there; see web/from-disk.js
# These two are part of the worker's script.
SCRIPTS = {"pyodide.mjs", "pyodide.asm.mjs"}
# What no import reads: type stubs, headers and libraries for compilers.
NEVER_IMPORTED = (".pyi", ".h", ".a", ".lib")


def write(node, target, runtime_files, recorded, version):
    """Write the file; return the npm packages whose code is in it."""
    folder = SCRATCH / "one-file"
    folder.mkdir(parents=True, exist_ok=True)
    packages = bundle.build_one_file(node, folder)
    script, style, worker = (folder / name for name in ("app.js", "app.css", "worker.js"))
    files = [path for path in runtime_files if path.name not in SCRIPTS]
    contents = {path.name: loose(path) for path in files}
    explanations = json.dumps(recorded["explanations"], allow_nan=False, separators=(",", ":")).encode()
    everything = {**contents, "worker.js": worker.read_bytes(), "explanations.json": explanations}
    packed = {name: pack(content, folder) for name, content in everything.items()}
    description = {
        "files": [{"name": name, "bytes": len(content), "recipes": ["plain"]} for name, content in contents.items()],
        "sealed": {name: hashlib.sha256(content).hexdigest() for name, content in everything.items()},
        "version": version,
    }
    script, style = inline(script), inline(style)
    target.write_text(template.page({
        "policy": policy.one_file(script, style),
        "opened": "",
        "preview": "",                                  # nobody sends an address of it
        "head": "<style>%s</style>" % style,
        "recording": template.inline_json(recorded["trace"]),
        "runtime": template.inline_json(description),
        # The script comes before the files, so that the recording is drawn while they are read.
        "body": "<script>%s</script>\n%s" % (script, "\n".join(
            '<script type="text/plain" data-file="%s">%s</script>' % entry for entry in packed.items())),
    }), encoding="utf-8")
    return packages


def inline(path):
    """The text of a script or style that can stand in an element."""
    text = path.read_text(encoding="utf-8").strip()
    for end in ("</script", "</style", "<!--"):
        if end in text.lower():
            raise Failure("%s holds %s, which would end its element in %s: write it in another way." % (path.name, end, NAME))
    return text


def loose(path):
    """A file's content; an archive without its own compression, since all of it is packed better than each member alone."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    stored = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(stored, "w") as target:
        for name in sorted(archive.namelist(), key=lambda name: (name.rpartition(".")[2], name)):
            if not name.endswith(NEVER_IMPORTED):
                target.writestr(zipfile.ZipInfo(name), archive.read(name))
    return stored.getvalue()


def pack(content, folder):
    """Gzipped and in base64. Packing WebAssembly takes seconds, so what was packed before is kept."""
    kept = folder / ("packed-" + hashlib.sha256(content).hexdigest()[:16])
    if not kept.exists():
        compressor = zlib.compressobj(9, zlib.DEFLATED, 31)          # a gzip header without a date
        kept.write_bytes(base64.b64encode(compressor.compress(content) + compressor.flush()))
    return kept.read_text()
