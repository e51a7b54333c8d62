"""What lets a browser keep the page, on the visitor's terms: the service worker with its list of files, the manifest of the app, its icons."""
import base64
import hashlib
import json
import shutil

from web.build import template
from web.build.paths import WEB

SOURCE = WEB / "offline"
WORKER, MANIFEST, ICONS = "service-worker.js", "manifest.webmanifest", "icons"
LINKS = '<link rel="manifest" href="%s">\n<link rel="apple-touch-icon" href="%s/icon-192.png">' % (MANIFEST, ICONS)


def place(folder, base):
    """Write them into `folder`, where the page is complete but for these; `base` is the runtime's folder in it."""
    shutil.copyfile(SOURCE / MANIFEST, folder / MANIFEST)
    shutil.copytree(SOURCE / ICONS, folder / ICONS, copy_function=shutil.copyfile)
    names = [path.relative_to(folder).as_posix() for part in (base, folder / "assets", folder / ICONS) for path in part.rglob("*")
             if path.is_file() and not path.name.endswith(".LEGAL.txt")]
    # The page first: where the list belongs to another build, that shows at once.
    kept = [("", digest(folder / "index.html"))] + [(name, digest(folder / name)) for name in [MANIFEST, *sorted(names)]]
    listed = json.dumps(kept, separators=(",", ":"))
    version = hashlib.sha256(listed.encode()).hexdigest()[:12]
    text = template.fill((SOURCE / WORKER).read_text(encoding="utf-8"), {"version": version, "files": listed}, "web/offline/" + WORKER)
    (folder / WORKER).write_text(text, encoding="utf-8", newline="\n")


def digest(path):
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
