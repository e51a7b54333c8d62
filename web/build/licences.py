"""licences.txt in dist/: the licence of everything that the page ships, from the packages themselves.

The bundler says which npm packages those are. Pyodide's package and its Python carry no text of theirs; web/licences/ has the two.
"""
import json
import zipfile

from web.build.console import Failure
from web.build.paths import MODULES, ROOT, WEB

NAME = "licences.txt"
RUNTIME = "pyodide"                                     # bundled in the one file, and beside the page in files of its own
RULE = "=" * 100


def text(packages, numpy):
    """The licences of these npm packages, and of Pyodide, Python and NumPy's wheel `numpy`, as one text."""
    parts = [("py_lstm and its page", (ROOT / "LICENSE").read_text(encoding="utf-8"))]
    for name in sorted(set(packages) - {RUNTIME}):
        parts.append(("%s %s%s" % (name, version(name), " with its fonts" if name == "katex" else ""), of_package(name)))
    parts.append(("Pyodide %s, Mozilla Public License 2.0; its source is at github.com/pyodide/pyodide" % version(RUNTIME),
                  (WEB / "licences" / "MPL-2.0.txt").read_text(encoding="utf-8")))
    parts.append(("CPython and its standard library, compiled to WebAssembly in Pyodide",
                  (WEB / "licences" / "CPython.txt").read_text(encoding="utf-8")))
    parts += of_wheel(numpy)
    return "\n".join("%s\n%s\n%s\n\n%s\n" % (RULE, title, RULE, licence.strip()) for title, licence in parts)


def version(name):
    return json.loads((MODULES / name / "package.json").read_text(encoding="utf-8"))["version"]


def of_package(name):
    found = sorted((MODULES / name).glob("LICEN[CS]E*"))
    if not found:
        raise Failure("The package %s carries no licence text: add it to web/licences/ and to web/build/licences.py." % name)
    return found[0].read_text(encoding="utf-8")


def of_wheel(wheel):
    """Every licence in a wheel's description; NumPy has those of the libraries inside it there, too."""
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(name for name in archive.namelist() if ".dist-info/licenses/" in name)
        return [("NumPy: " + name.partition(".dist-info/licenses/")[2], archive.read(name).decode("utf-8", "replace"))
                for name in names]
