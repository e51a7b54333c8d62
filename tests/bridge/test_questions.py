"""What is asked while a training may run: the same answers as in one go, and never long away."""
import math
import sys
from collections import Counter

import numpy as np
import pytest

from py_lstm import Experiment, check, probe, reach, run
from py_lstm.damage.checking import check_blocks
from py_lstm.experiment import defaults
from py_lstm.layers.recurrent import Recurrent
from py_lstm.network import Network
from web.build.paths import WEB

sys.path.insert(0, str(WEB / "python"))                 # where the modules beside bridge.py find one another

import bridge  # noqa: E402

SMALL = Experiment(length=9, hidden_size=2, updates=5, batch_size=4)
DAMAGED = SMALL.replace(damage={"no_carry": 1})
BACKWARD = {**bridge.FIRST_SELECTION, "room": "backward"}


@pytest.fixture(params=[SMALL, DAMAGED], ids=["whole", "damaged"])
def lab(request):
    """A lab with a picture on the screen."""
    lab = bridge.Lab()
    lab.begin(request.param.to_json())
    while not lab.advance(1000, bridge.FIRST_SELECTION)[0]["finished"]:
        pass
    return lab


@pytest.fixture
def passes(monkeypatch):
    """How often sequences went forward or back."""
    counted = Counter()
    for owner, names in ((Network, ("forward_from", "back")), (Recurrent, ("__call__", "_backward"))):
        for name in names:
            def counting(*arguments, original=getattr(owner, name), **more):
                counted["passes"] += 1
                return original(*arguments, **more)
            monkeypatch.setattr(owner, name, counting)
    return counted


def answer(lab, what, *arguments):
    """The parts of the answer to a question."""
    lab.ask(1, what, *arguments)
    parts = []
    while not (told := lab.go_on(1, 0)[0])["done"]:
        parts += [told["part"]] if "part" in told else []
    return parts


def test_the_check_of_each_tensor_is_that_of_the_picture(lab):
    names = bridge.recording()["trace"]["schema"]["tensors"]
    parts = answer(lab, "check", names)
    expected = check(lab.trace.experiment, tensors=names, max_elements=bridge.CHECKED_ELEMENTS)
    assert [part["tensor"] for part in parts] == [row._asdict() for row in expected.tensors]
    assert {(part["method"], part["eps"]) for part in parts} == {(expected.method, expected.eps)}


def test_a_nudged_number_is_answered_as_in_one_go(lab):
    (found,) = answer(lab, "probe", "weight_hh", [3, 1], 1e-3)
    for name, value in probe(lab.trace.experiment, "weight_hh", (3, 1), 1e-3)._asdict().items():
        assert np.array_equal(found[name], value), name


def test_how_weights_and_gradients_are_spread_is_told_of_the_last_picture(lab):
    """The same that a picture of the Train room brings along."""
    lab.ask(1, "spread")
    while (told := lab.go_on(1, 0))[0].get("part") is None:
        assert not told[0]["done"]
    part, numbers = told[0]["part"], told[1]
    shown, _ = lab.advance(0, {**BACKWARD, "room": "train"})
    while not shown["finished"]:
        shown, drawn = lab.advance(0, {**BACKWARD, "room": "train"})
    assert part["updates"] == lab.trace.experiment.updates and part["spread"] == shown["spread"]
    for name, place in part["arrays"].items():
        there = shown["more"][name]
        assert np.array_equal(numbers[place["start"]:][:math.prod(place["shape"])], drawn[there["start"]:][:math.prod(there["shape"])]), name
    fresh = bridge.Lab()
    fresh.ask(1, "spread")
    assert fresh.go_on(1, 0)[0] == {"done": True}, "before the first picture there is none"


def test_the_blocks_are_those_of_one_go(lab):
    e = lab.trace.experiment
    parts = answer(lab, "blocks", e.to_json(), False)
    rows = [part["row"] for part in parts if part["kind"] == "block"]
    assert rows == [row._asdict() for row in check_blocks(e, zero_states=False, max_elements=6).tensors]
    for part in parts[len(rows):]:
        expected = check_blocks(e, steps=part["steps"], zero_states=False, max_elements=3)
        assert part["right"] == {row.name: row.right for row in expected.tensors}
    assert [part["steps"] for part in parts[len(rows):]] == list(range(1, 9))


@pytest.mark.parametrize("what", ["check", "probe", "blocks", "picture"])
def test_whoever_waits_for_something_else_waits_for_one_pass(lab, passes, what):
    e, waited = lab.trace.experiment, []
    if what == "picture":
        lab.begin(e.replace(sequence_seed=3).to_json())
    else:
        lab.ask(1, what, *{"check": [["bias", "x"]], "probe": ["bias", [1], 1e-3], "blocks": [e.to_json(), True]}[what])
    done = False
    while not done:
        passes.clear()
        done = lab.advance(0, BACKWARD)[0]["finished"] if what == "picture" else lab.go_on(1, 0)[0]["done"]
        waited.append(passes["passes"])
    # An RNN's way there and back is one piece: it is a quarter of an LSTM's.
    assert max(waited) <= (2 if what == "picture" else 1) and sum(waited) > 5


def test_moving_about_in_the_backward_room_measures_nothing_anew(lab, passes):
    lab.advance(0, BACKWARD)
    first = lab.explain(BACKWARD)[0]["reach"]
    passes.clear()
    for unit in (1, 2):
        found = lab.explain({**BACKWARD, "unit": unit})[0]["reach"]
        for name, value in reach(run(lab.trace.experiment), unit)._asdict().items():
            assert np.array_equal(found[name], value), name
        passes.clear()
        lab.explain({**BACKWARD, "unit": unit, "t": 4})
        assert not passes["passes"]
    assert first["unit"] == bridge.FIRST_SELECTION["unit"]


@pytest.mark.parametrize("task", ["latch", "copy"])
def test_what_goes_on_inside_the_other_cells_is_told_of_the_lstms_sequence(task):
    e = Experiment.from_json({**defaults(task), "hidden_size": 3, "batch_size": 4, "updates": 2})
    lab, inside = bridge.Lab(), {}
    lab.ask(1, "rivals", e.replace(damage={"clamp_f": 0}).to_json())
    while not (told := lab.go_on(1, 0))[0]["done"]:
        part, numbers = told[0].get("part"), told[1]
        if part and part["kind"] == "inside":
            inside[part["cell"]] = {name: numbers[place["start"]:place["start"] + math.prod(place["shape"])].reshape(place["shape"])
                                    for name, place in part["arrays"].items()}
            symbols = part["symbols"]
    lstm = run(e).arrays
    for cell, found in inside.items():
        other = run(e.baseline(cell))
        for name in ("x", "target", "mask", "judged"):
            assert np.array_equal(found[name], lstm[name]), name
        for name in (*other.experiment.architecture.quantities()[0], "y"):
            assert np.array_equal(found[name], other.arrays[name]), name
        if task == "copy":
            assert found["p"].sum(axis=1) == pytest.approx(1) and np.array_equal(found["p"].argmax(axis=1), found["y"].argmax(axis=1))
            assert symbols["answer"] == (lstm["target"].argmax(axis=1) + 1).tolist()
    assert set(inside) == {"rnn", "gru"} and set(inside["gru"]) - set(inside["rnn"]) == {"z_r", "r", "z_z", "z", "u", "z_n", "n"}
