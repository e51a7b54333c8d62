"""dist/: the page with everything it needs, in one folder that any host can serve under any path."""
import hashlib
import html
import json
import shutil

from web.build import archive, bundle, checksums, licences, offline, one_file, policy, preview, recording, reference, runtime
from web.build import snapshot, template, toolchain, wheel
from web.build.alone import alone
from web.build.console import Failure, step
from web.build.paths import DIST, ROOT, SCRATCH, WEB


HEAD = """<link rel="stylesheet" href="assets/%(app_css)s">
<script defer src="assets/%(from_disk)s"></script>
<script type="module" src="assets/%(app_js)s"></script>
"""
BEGINNING = 16                                          # bytes of each of the runtime's files, by which another one is told from it


def build(address=None):
    check_sources()
    with alone():
        make(address)
    size = sum(path.stat().st_size for path in DIST.rglob("*") if path.is_file())
    print("dist/ is complete: %.1f MB" % (size / 1e6))


def make(address=None):
    node = toolchain.prepare()
    runtime_files, runtime_lock = runtime.prepare()
    package = wheel.build()
    lock = wheel.lock(package, runtime_lock)
    *core, numpy = runtime_files
    memory = snapshot.make(node, [*core, lock], [numpy, package])
    recorded = recording.record()
    # Made beside dist/ and moved there when complete: an interrupted build leaves the old page as it was.
    folder = SCRATCH / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "assets").mkdir(parents=True)
    names = bundle.build(node, folder / "assets")
    documentation = reference.build()
    with step("Putting dist/ together"):
        base = place_runtime(folder, [*runtime_files, package, lock, memory])
        version = {"number": package.name.split("-")[1]}
        place_index(folder, names, base, recorded, version, address)
        shutil.copyfile(preview.PICTURE, folder / preview.PICTURE.name)
        offline.place(folder, base)
        shutil.copytree(documentation, folder / "docs")
        for name in ("handing-out.html", "handing-out.css"):
            shutil.copyfile(WEB / "handout" / name, folder / name)
    with step("Writing the page that is one file"):
        packages = one_file.write(node, folder / one_file.NAME, [*runtime_files, package, lock], recorded, version)
        shutil.copyfile(WEB / "one-file" / "lead-here.js", folder / one_file.WAY)
        (folder / licences.NAME).write_text(licences.text({*names["packages"], *packages}, numpy), encoding="utf-8", newline="\n")
    with step("Packing the folder with its start scripts"):
        archive.write(folder, folder / archive.NAME, without=[one_file.NAME, one_file.WAY])
        checksums.write(folder)
    replace(DIST, folder)


def check_sources():
    for path in (WEB / "index.html", WEB / "app.jsx", WEB / "python" / "worker.js", WEB / "python" / "bridge.py",
                 ROOT / "py_lstm" / "__init__.py"):
        if not path.exists():
            raise Failure("%s is missing: check out the whole repository." % path.relative_to(ROOT))


def place_runtime(folder, files):
    """Copy the runtime's files. Their names are fixed, so the folder's name says which set it is."""
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    base = folder / ("pyodide-" + digest.hexdigest()[:12])
    base.mkdir()
    for path in files:
        shutil.copyfile(path, base / path.name)
    return base


def place_index(folder, names, base, recorded, version, address):
    """Write the recording's explanations and index.html. Every address in it is relative to index.html."""
    explanations = {quantity: json.dumps(of, allow_nan=False, separators=(",", ":")) for quantity, of in recorded["explanations"].items()}
    name = "assets/recording-{quantity}-%s.json" % hashlib.sha256(json.dumps(explanations).encode()).hexdigest()[:8].upper()
    for quantity, text in explanations.items():
        (folder / name.format(quantity=quantity)).write_text(text, encoding="utf-8", newline="\n")
    description = {
        "worker": "assets/" + names["worker"],
        "base": base.name + "/",
        "files": [{"name": path.name, "bytes": path.stat().st_size, "begins": path.read_bytes()[:BEGINNING].hex(),
                   "recipes": recipes(path.name)} for path in sorted(base.iterdir())],
        "explanations": name,
        "parts": {module: ["assets/" + script for script in scripts] for module, scripts in names["parts"].items()},
    }
    values = {
        "policy": policy.SERVED,
        "preview": preview.tags(address),
        "head": HEAD % names + preloads(names["app_needs"]) + offline.LINKS,
        "recording": template.inline_json(recorded["trace"]),
        "runtime": "",
        "opened": from_disk(),
        "body": "",
    }
    # Every other file has its content in its name, so that this stands for all of them.
    version["build"] = hashlib.sha256((template.page(values) + json.dumps(description)).encode()).hexdigest()[:12]
    values["runtime"] = template.inline_json({**description, "version": version})
    (folder / "index.html").write_text(template.page(values), encoding="utf-8")


def from_disk():
    """What web/from-disk.js shows in every language where the page itself cannot run; the page replaces it."""
    told = {path.stem: json.loads(path.read_text(encoding="utf-8"))["fromDisk"] for path in sorted((WEB / "locales").glob("*.json"))}
    return '<div id="from-disk" class="from-disk" hidden>%s</div>' % "".join(
        '<p lang="%s">%s</p>' % (language, html.escape(sentence)) for language, sentence in told.items())


def preloads(names):
    """What the page's script imports, to be asked for together with it."""
    return "".join('<link rel="modulepreload" href="assets/%s">\n' % name for name in names)


def recipes(name):
    """Which of web/python/boot.js's two ways to start Python loads a file."""
    if name == snapshot.NAME:
        return ["restored"]
    return ["restored", "plain"] if name.startswith("pyodide.") else ["plain"]


def replace(target, new):
    old = SCRATCH / "old-dist"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
