"""The text room behind the page: reading and writing at any moment of a run, cut into slices."""
import json
import math
import sys

import numpy as np
import pytest

from py_lstm import Experiment, Network, Trainer, sample
from py_lstm.reading.passage import joined, read
from web.build.paths import WEB

sys.path.insert(0, str(WEB / "python"))

import bridge  # noqa: E402

TEXT = "one (two) three four.\nFive six (seven).\n" * 5
SMALL = Experiment("own_text", text=TEXT, hidden_size=4, length=8, batch_size=2, updates=12)


@pytest.fixture
def lab():
    lab = bridge.Lab()
    reach(lab, SMALL)
    return lab


def reach(lab, experiment):
    lab.begin(experiment.to_json())
    while not lab.advance(1000, bridge.FIRST_SELECTION)[0]["finished"]:
        pass


def parts(lab, number, *question):
    lab.ask(number, *question)
    found = []
    while True:
        header, numbers = lab.go_on(number, 0)
        json.dumps(header, allow_nan=False)
        if header["done"]:
            return found
        if "part" in header:
            arrays = {name: numbers[entry["start"]:entry["start"] + math.prod(entry["shape"])].reshape(entry["shape"])
                      for name, entry in header["part"].get("arrays", {}).items()}
            found.append((header["part"], arrays))


@pytest.mark.parametrize("updates", [12, 5, 0, 12])
def test_the_passage_is_read_by_the_network_of_that_moment(lab, updates):
    e = SMALL.replace(updates=updates)
    reach(lab, e)
    (told, arrays), (units, _) = parts(lab, 1, "read", e.to_json(), False)
    trainer = Trainer(e)
    right = joined(list(read(Network.of(trainer.parameters_after(updates)), e.about.text.numbers)))
    assert told["text"] == TEXT and told["updates"] == updates and told["heldFrom"] == len(e.about.text.learnt)
    assert np.array_equal(arrays["c"], right.c) and np.array_equal(arrays["h"], right.h)
    assert units["kind"] == "followers" and units["count"] == len(TEXT) and {one["trait"] for one in units["found"]} >= {"word", "brackets"}


def test_what_is_written_is_what_the_command_line_writes(lab):
    trainer = Trainer(SMALL)
    trainer.parameters_after(12)
    for seed in (1, 2):
        told = parts(lab, seed, "write", SMALL.to_json(), False, "one", 30, 0.9, seed)
        assert "".join(part["text"] for part, _ in told) == "one" + "".join(sample(trainer, "one", 30, temperature=0.9, rng=seed))
        assert sum(len(arrays["h"]) for _, arrays in told) == 33


def test_a_run_that_moves_on_is_read_where_it_is_by_now(lab):
    later = SMALL.replace(updates=400)
    lab.begin(later.to_json())
    lab.advance(1, bridge.FIRST_SELECTION)
    lab.ask(7, "read", later.to_json(), True)
    lab.advance(5, bridge.FIRST_SELECTION)              # the run goes on between two slices of the answer
    (told, _), _ = parts(lab, 8, "read", later.to_json(), True)
    assert 12 < told["updates"] == lab.runs.of(later).done < 400


def test_what_cannot_be_written_is_refused_and_forgotten(lab):
    def answer(*arguments):
        return json.loads(bridge.call(*arguments)[0])
    bridge.call("ask", json.dumps([9, "write", SMALL.to_json(), False, "Q", 5, 1.0, 0]))
    refused = answer("go_on", "[9, 10]")
    assert refused["error"]["field"] == "prompt" and answer("go_on", "[9, 10]")["done"]
    bridge.call("ask", json.dumps([10, "read", Experiment().to_json(), False]))
    assert answer("go_on", "[10, 10]")["error"]["field"] == "task"
