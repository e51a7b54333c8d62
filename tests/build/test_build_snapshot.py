"""The snapshot of a started Python: the same sources give the same bytes, and nothing of the machine is in them."""
import getpass
import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest

from web.build import snapshot, toolchain
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


def test_the_same_sources_give_the_same_bytes(shipped, node, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "SCRATCH", tmp_path)
    core = [path for path in shipped.iterdir() if path.suffix not in (".whl", ".gz")]
    again = snapshot.make(node, core, sorted(shipped.glob("*.whl")))
    assert again.read_bytes() == (shipped / snapshot.NAME).read_bytes()


def test_nothing_of_the_building_machine_is_in_it(shipped):
    content = gzip.decompress((shipped / snapshot.NAME).read_bytes())
    for secret in (ROOT, ROOT.resolve(), Path.home(), "/home/" + getpass.getuser(), ".venv", "node_modules", "/Users/"):
        assert str(secret).encode() not in content, secret


@pytest.mark.parametrize("recipe, megabytes", [("restored", 13.5), ("plain", 9.8)])
def test_no_more_is_loaded_before_python_is_live_than_readme_says(shipped, recipe, megabytes):
    html = (DIST / "index.html").read_text(encoding="utf-8")
    runtime = json.loads(re.search(r'id="runtime"[^>]*>(.*?)</script>', html, re.DOTALL).group(1))
    needed = [shipped / file["name"] for file in runtime["files"] if recipe in file["recipes"]]
    page = [DIST / "index.html", *DIST.glob("assets/*.js"), *DIST.glob("assets/*.css")]
    packed = [".html", ".js", ".mjs", ".css", ".json", ".wasm"]  # what hosts compress
    total = sum(len(gzip.compress(path.read_bytes(), 6)) if path.suffix in packed else path.stat().st_size
                for path in needed + page)
    assert total / 1e6 < megabytes
    assert "%.1f MB" % megabytes in (ROOT / "README.md").read_text(encoding="utf-8")


def test_chance_is_new_for_every_visitor(shipped, node):
    """Its generators were seeded when the page was built."""
    script = CHANCE % (json.dumps((ROOT / "tests" / "pyodide" / "start.mjs").as_uri()), json.dumps(str(shipped)))
    said = subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, text=True)
    first, second = map(json.loads, said.stdout.splitlines())
    assert len({*first, *second}) == 8
