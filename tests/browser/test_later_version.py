"""Links of today in a later version whose defaults are others, in Python and in the page: nothing they say changes."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import LIVE_WITHIN
from lab import Lab, fragment_of, inline, wait_until

from py_lstm import TASKS, Experiment, InvalidInput, link
from py_lstm.tasks import OWN_SETTINGS
from web.build import serve, template
from web.build.paths import DIST, ROOT, WEB

OLD = json.loads((ROOT / "tests" / "links.json").read_text(encoding="utf-8"))
RECORDED = json.loads((ROOT / "tests" / "defaults.json").read_text(encoding="utf-8"))
# What that version does otherwise: (file, how often, before, after).
CHANGES = [
    ("py_lstm/experiment.py", 2, 'task: str = "latch"', 'task: str = "recall"'),
    ("py_lstm/experiment.py", 1, "updates: int = 200", "updates: int = 30"),
    ("py_lstm/tasks/grammars.py", 1, "dict(length=1, hidden_size=16,", "dict(length=1, hidden_size=20,"),
    ("python/bridge.py", 1, '"quantity": "f", "t": 13,', '"quantity": "c", "t": 5,'),
]
# And what it says of this one, as tests/unit/test_versions.py asks for.
SIMPLE = ["latch", "recall", "parity", "adding", "wave", "own"]
FORMER = [{"": {"task": "latch", "quantity": "f", "t": 13}, **{task: {"updates": 200} for task in SIMPLE}, "reber": {"hidden_size": 16}}]
CHANGES.append(("py_lstm/versions.py", 1, "]] = []", "]] = %r" % FORMER))


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    """The folder with that version's py_lstm and the page's Python."""
    folder = tmp_path_factory.mktemp("later")
    shutil.copytree(ROOT / "py_lstm", folder / "py_lstm", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(WEB / "python", folder / "python", ignore=shutil.ignore_patterns("__pycache__"))
    for name, times, before, after in CHANGES:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(before) == times, name
        (folder / name).write_text(text.replace(before, after), encoding="utf-8")
    return folder


def asked(later, program, given=None):
    """What a program prints as JSON there; `given` is what it reads as JSON."""
    done = subprocess.run([sys.executable, "-c", program], input=json.dumps(given), text=True, capture_output=True, timeout=120, cwd=later,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join([str(later), str(later / "python")])})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


READ = """
import json, sys
from py_lstm import Experiment, link
def read(text):
    found = link.whole(link.decode(text))
    return [Experiment.from_json(found.experiment).to_json(), found.view]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
"""
LINKS = ["https://example.org/lstm/" + old["link"] for old in OLD] + ["#room=backward", "#seed=5", "#t=3", "#version=1&unit=1", "#task=own_text&text=" + "abc " * 30] + [
    "#task=%s&seed=2" % task for task in TASKS]


def test_python_of_a_later_version_reads_in_every_link_what_it_meant(later):
    for text, (experiment, view) in zip(LINKS, asked(later, READ, LINKS), strict=True):
        found = link.whole(link.decode(text))
        assert experiment == Experiment.from_json(found.experiment).to_json() | {"version": 2}, text
        assert view == {"quantity": "f", "t": 13} | found.view, text


def test_files_of_this_version_mean_there_what_they_meant(later):
    kept = [Experiment(task, updates=1, **{"own": {"values": [1, 2, 3]}, "own_text": {"text": "abcabcabc" * 9}}.get(task, {})).to_json()
            for task in [*TASKS, *OWN_SETTINGS]] + [{"version": 1}, {"version": 1, "task": "reber", "updates": 1}]
    read = "import json, sys; from py_lstm import Experiment; print(json.dumps([Experiment.from_json(one).to_json() for one in json.load(sys.stdin)]))"
    assert asked(later, read, kept) == [Experiment.from_json(one).to_json() | {"version": 2} for one in kept]


def test_a_link_of_that_version_says_so_and_this_one_says_what_is_missing(later):
    write = "import json; from py_lstm import Experiment, link; print(json.dumps([link.encode(Experiment()), link.encode(Experiment(seed=5), {'t': 5})]))"
    bare, text = asked(later, write)
    assert (bare, text) == ("", "version=2&seed=5&t=5")
    (experiment, view), = asked(later, READ, ["#" + text])
    assert (experiment["task"], experiment["updates"], experiment["seed"], view) == ("recall", 30, 5, {"t": 5})
    with pytest.raises(InvalidInput, match="version is 2; this py_lstm reads version 1, a newer one may"):
        Experiment.from_json(link.decode("#" + text).experiment)


@pytest.fixture(scope="module")
def later_site(later, tmp_path_factory):
    """That version's page: the wheel, its place in the lock file and what index.html says of Python are its own."""
    folder = shutil.copytree(DIST, tmp_path_factory.mktemp("later") / "dist")
    base = next(folder.glob("pyodide-*"))
    wheel, lock = next(base.glob("py_lstm-*.whl")), base / "pyodide-lock.json"
    with zipfile.ZipFile(wheel) as packed:
        others = {name: packed.read(name) for name in packed.namelist() if not name.startswith("py_lstm/")}
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted((later / "py_lstm").rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(later).as_posix())
        for name, content in others.items():
            packed.writestr(name, content)
    content = json.loads(lock.read_text(encoding="utf-8"))
    content["packages"]["py-lstm"]["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(json.dumps(content), encoding="utf-8")
    recording = asked(later, "import json, bridge; print(json.dumps(bridge.recording()['trace']))")
    text = (folder / "index.html").read_text(encoding="utf-8")

    def put(text, name, value):
        return re.sub(r'(id="%s">).*?(</script>)' % name, lambda found: found[1] + template.inline_json(value) + found[2], text, flags=re.DOTALL)
    runtime = json.loads(re.search(r'id="runtime">(.*?)</script>', text, re.DOTALL)[1])
    for file in runtime["files"]:
        content = (base / file["name"]).read_bytes()
        file |= {"bytes": len(content), "begins": content[:len(file["begins"]) // 2].hex()}
    (folder / "index.html").write_text(put(put(text, "recording", recording), "runtime", runtime), encoding="utf-8")
    with serve.serving(folder) as address:
        yield address + "?boot=plain"                   # the snapshot holds the package of today


@pytest.fixture(scope="module")
def later_page(browser, later_site):
    tab = browser.new_context(reduced_motion="reduce").new_page()
    tab.goto(later_site + "#room=backward&seed=5")
    wait_until(tab, "document.documentElement.dataset.engine === 'live'", timeout=2 * LIVE_WITHIN)
    tab.evaluate("lab.ready")
    yield Lab(tab)
    tab.context.close()


def meant(text):
    return Experiment.from_json(link.whole(link.decode(text)).experiment).to_json() | {"version": 2}


def test_the_page_of_a_later_version_opens_a_link_as_it_was_meant(later_page):
    assert later_page.experiment == meant("#seed=5")
    wait_until(later_page.tab, "document.querySelector('.inspector data')?.dataset.place === 'f,13,2'")
    wait_until(later_page.tab, "location.hash.includes('version=2')")
    written = fragment_of(later_page.tab)
    assert {**written, "room": "backward"} == {"version": "2", "task": "latch", "updates": "200", "seed": "5", "room": "backward", "quantity": "f", "t": "13", "unit": "2"}


@pytest.mark.parametrize("text", ["#updates=3", "#task=reber&updates=1", "#room=train&updates=15&beside=seed%3D2%7Cseed%3D3", "#version=1&task=wave&seed=8", "#version=2&seed=6",
                                  next(old["link"] for old in OLD if "~text" in old["link"])])
def test_links_are_followed_within_that_page(later_page, text):
    wanted = meant(text) if "version=2" not in text else Experiment("recall", seed=6, updates=30).to_json() | {"version": 2}
    later_page.tab.evaluate("text => { location.hash = text; }", text)
    wait_until(later_page.tab, "wanted => JSON.stringify(lab.experiment) === JSON.stringify(wanted) && !document.querySelector('.engine.busy')", arg=wanted)
    assert [one for one in later_page.tab.locator(".refusal").all_text_contents() if one] == []


def test_the_bare_address_is_that_versions_own_default(later_page):
    later_page.tab.evaluate("location.hash = ''")
    wait_until(later_page.tab, "lab.experiment.task === 'recall' && lab.experiment.updates === 30 && lab.experiment.seed === 1")


def test_what_the_page_points_at_first_is_recorded(visit, site):
    tab = visit()
    tab.goto(site)
    schema = inline(tab, "recording")["schema"]
    assert {"task": schema["defaults"]["task"]} | schema["selection"] == RECORDED[str(schema["link"]["version"])][""], \
        "The first selection is another one: put the former one into FORMER of py_lstm/versions.py and the new one into tests/defaults.json"
