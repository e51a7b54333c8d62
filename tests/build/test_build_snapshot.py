"""The snapshot of a started Python: the same sources give the same bytes, and nothing of the machine is in them."""
import getpass
import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest
import zstandard

from web.build import again, snapshot, toolchain
from web.build.paths import DIST, ROOT

CHANCE = """
import { start } from %s;
for (let visit = 0; visit < 2; visit += 1) {
  const python = await start(%s, "restored");
  console.log(python.runPython(`
import json, random, secrets, numpy
json.dumps([random.random(), secrets.randbits(50), numpy.random.random(), numpy.random.default_rng().random()])`));
}
"""


@pytest.fixture(scope="module")
def shipped():
    folder = next(DIST.glob("pyodide-*"), None)
    if folder is None:
        pytest.fail("There is no dist/ to test: run python3 build.py test, which builds it first.")
    return folder


@pytest.fixture(scope="module")
def node():
    return toolchain.find_node()[0]


@pytest.fixture(scope="module")
def content(shipped):
    return zstandard.decompress((shipped / snapshot.NAME).read_bytes())


def test_the_same_sources_give_the_same_bytes_on_any_machine(shipped, content, node, tmp_path, monkeypatch):
    """`build.py verify --again` does so with all of dist/; this is what takes the most from the machine."""
    for name, value in again.OTHERWISE.items():
        monkeypatch.setenv(name, value)
    core = [path for path in shipped.iterdir() if path.suffix not in (".whl", ".zst")]
    assert snapshot.photograph(node, core, sorted(shipped.glob("*.whl")), tmp_path) == content


def test_packing_gives_the_same_bytes_and_all_of_them_back(content):
    some = content[:2_000_000]
    assert zstandard.decompress(snapshot.pack(some)) == some
    assert snapshot.pack(some) == snapshot.pack(some)


def test_nothing_of_the_building_machine_is_in_it(content):
    for secret in (ROOT, ROOT.resolve(), Path.home(), "/home/" + getpass.getuser(), "/.venv", "node_modules", "/Users/"):
        assert str(secret).encode() not in content, secret


def loaded(shipped, recipe):
    """Bytes that are transferred until Python is live, where the host compresses as hosts commonly do."""
    html = (DIST / "index.html").read_text(encoding="utf-8")
    runtime = json.loads(re.search(r'id="runtime"[^>]*>(.*?)</script>', html, re.DOTALL).group(1))
    needed = [shipped / file["name"] for file in runtime["files"] if recipe in file["recipes"]]
    page = [DIST / "index.html", *DIST.glob("assets/*.js"), *DIST.glob("assets/*.css"), *DIST.glob("assets/KaTeX_M*-*.woff2")]
    packed = [".html", ".js", ".mjs", ".css", ".json", ".wasm"]
    return sum(len(gzip.compress(path.read_bytes(), 6)) if path.suffix in packed else path.stat().st_size
               for path in needed + page)


@pytest.mark.parametrize("recipe, megabytes", [("restored", 10.7), ("plain", 9.6)])
def test_no_more_is_loaded_before_python_is_live_than_readme_says(shipped, recipe, megabytes):
    assert loaded(shipped, recipe) / 1e6 < megabytes
    assert "%.1f MB" % megabytes in (ROOT / "README.md").read_text(encoding="utf-8")


def test_chance_is_new_for_every_visitor(shipped, node):
    """Its generators were seeded when the page was built."""
    script = CHANCE % (json.dumps((ROOT / "tests" / "pyodide" / "start.mjs").as_uri()), json.dumps(str(shipped)))
    said = subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, text=True)
    first, second = map(json.loads, said.stdout.splitlines())
    assert len({*first, *second}) == 8
