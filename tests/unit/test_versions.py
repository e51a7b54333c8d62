"""Defaults of every version: a link that leaves a field out means for ever what it meant.

`python tests/unit/test_versions.py` writes what is new, a field, a task or a version, into tests/defaults.json.
"""

import json
from pathlib import Path

import pytest

from py_lstm import TASKS, Experiment, InvalidInput, Trace, link, run, versions
from py_lstm.experiment import defaults
from py_lstm.tasks import OWN_SETTINGS

PATH = Path(__file__).parents[1] / "defaults.json"
RECORDED = json.loads(PATH.read_text(encoding="utf-8"))
PRESENT = str(versions.VERSION)


def plain(task, version=None):
    """The defaults of a task, without the version, as JSON has them."""
    return {name: value for name, value in json.loads(json.dumps(defaults(task, version))).items() if name != "version"}


def differing(recorded):
    """What FORMER would have to say of a version that was recorded so."""
    found = {task: {name: value for name, value in recorded[task].items() if value != plain(task)[name]} for task in recorded if task}
    if recorded[""]["task"] != Experiment().task:
        found[""] = {"task": recorded[""]["task"]}
    return {task: fields for task, fields in found.items() if fields}


def test_what_a_link_leaves_out_is_what_was_recorded_of_this_version():
    assert PRESENT in RECORDED, f"Version {PRESENT} is not recorded: run python tests/unit/test_versions.py"
    wanted = differing(RECORDED[PRESENT])
    assert not wanted, ("A default is another one now, and links that were made before leave it out. Append to FORMER in "
                        f"py_lstm/versions.py\n    {wanted}\nand run python tests/unit/test_versions.py")
    assert set(RECORDED[PRESENT]) == {"", *TASKS, *OWN_SETTINGS} and all(set(RECORDED[PRESENT][task]) == set(plain(task)) for task in TASKS), (
        "There is a new field or a new task: run python tests/unit/test_versions.py")


@pytest.mark.parametrize("version", RECORDED)
def test_the_defaults_of_a_version_are_what_they_were(version):
    for task, fields in RECORDED[version].items():
        if task:
            then = plain(task, int(version))
            assert {name: then[name] for name in fields} == fields, (version, task)
    assert (versions.former(int(version), "") | {"task": Experiment().task} if version == PRESENT else versions.former(int(version), "")
            ).get("task", Experiment().task) == RECORDED[version][""]["task"]


@pytest.fixture
def third(monkeypatch):
    """This package as if it were of version 3, whose latch had another seed in version 1 and yet another in version 2."""
    monkeypatch.setattr(versions, "FORMER", [{"latch": {"updates": 7, "seed": 8}, "reber": {"hidden_size": 5}, "": {"task": "reber", "t": 4}}, {"latch": {"seed": 9}}])
    monkeypatch.setattr(versions, "VERSION", 3)


def test_what_changed_several_times_is_followed_back(third):
    assert versions.former(1, "latch") == {"updates": 7, "seed": 8} and versions.former(2, "latch") == {"seed": 9}
    assert versions.former(3, "latch") == versions.former(4, "latch") == versions.former("1", "latch") == versions.former(True, "latch") == {}
    for _ in range(2):
        old = Experiment(version=1, hidden_size=2)
        assert (old.updates, old.seed, old.hidden_size) == (7, 8, 2)
        assert (Experiment(version=2).updates, Experiment(version=2).seed) == (200, 9)
        assert Experiment(version=3) == Experiment() and Experiment("reber", version=1).hidden_size == 5
    assert Experiment.from_json({"version": 1, "updates": 1}).task == "reber" and Experiment.from_json({"version": 1, "task": "latch"}).updates == 7


def test_a_link_is_completed_by_what_its_version_left_out(third):
    assert link.decode("#task=latch&hidden_size=2") == ({"task": "latch", "hidden_size": 2, "updates": 7, "seed": 8}, {"t": 4})
    assert link.decode("#room=backward&t=6") == ({"task": "reber", "hidden_size": 5}, {"room": "backward", "t": 6})
    assert link.decode("#version=2&updates=3") == ({"updates": 3, "seed": 9}, {})
    assert link.decode("#version=3&updates=3").experiment == {"version": 3, "updates": 3}
    assert link.decode("updates=3") == ({"updates": 3}, {}), "what somebody types now is of now"
    assert link.decode("#") == link.decode("") == ({}, {}), "the page by itself is the page of now"


def test_a_link_of_a_later_version_names_it(third):
    e = Experiment("latch", hidden_size=5, updates=200)
    assert link.encode(e, {"t": 3}) == "version=3&hidden_size=5&t=3" and link.encode(Experiment()) == ""
    assert Experiment.from_json(link.decode("#" + link.encode(e)).experiment) == e
    for version in (0, 4, 1.5, "one"):
        with pytest.raises(InvalidInput, match="version is .*reads the versions 1 to 3"):
            Experiment.from_json(link.decode(f"#version={version}&updates=3").experiment)


def test_a_trace_of_an_earlier_version_is_read(monkeypatch):
    trace = run(Experiment(length=3, hidden_size=2, updates=0))
    kept = trace.to_json()
    monkeypatch.setattr(versions, "FORMER", [{"latch": {"updates": 7}}])
    monkeypatch.setattr(versions, "VERSION", 2)
    assert Trace.from_json(kept).loss == trace.loss
    with pytest.raises(InvalidInput, match="version"):
        Trace.from_json(kept | {"version": 3})


def record():
    """Add what is new of this version; what it has already stays."""
    told = RECORDED.setdefault(PRESENT, {"": next(reversed(RECORDED.values()))[""] | {"task": Experiment().task} if RECORDED else {"task": Experiment().task}})
    for task in [*TASKS, *OWN_SETTINGS]:
        told[task] = plain(task) | told.get(task, {})
    lines = [f" {json.dumps(version)}: {{\n" + ",\n".join(f"  {json.dumps(task)}: {json.dumps(fields)}" for task, fields in tasks.items()) + "\n }"
             for version, tasks in RECORDED.items()]
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    record()
