"""The CSV of the training, whatever stands beside the run: a row for every update of every curve on the screen, with its numbers."""
import csv
import io
import sys

import pytest
from test_runs import SMALL, Page, trained

from py_lstm import Experiment, Trainer
from web.build.paths import WEB

sys.path.insert(0, str(WEB / "python"))

WILD = dict(learning_rate=1000, weight_decay=1000, optimizer="sgd", clip_norm=1e9)
# What the page puts beside a run, by its choices and by a link; and what each is called in the table.
BESIDE = {
    "nothing": ([], []),
    "a plain RNN": ([{"cell": "rnn"}], ["cell=rnn"]),
    "RNN and GRU": ([{"cell": "rnn"}, {"cell": "gru"}], ["cell=rnn", "cell=gru"]),
    "another forget bias": ([{"forget_bias": 0.0}], ["forget_bias=0.0"]),
    "not clipped": ([{"clip_norm": 1e9}], ["clip_norm=1000000000.0"]),
    "another seed": ([{"seed": 2}], ["seed=2"]),
    "five seeds": ([{"seed": seed} for seed in range(2, 7)], [f"seed={seed}" for seed in range(2, 7)]),
    "a kept run": ([{"updates": 40}], ["the same again"]),
    "a kept run twice": ([{"updates": 40}, {"updates": 40}], ["the same again", "the same again (2)"]),
    "a kept run that went further": ([{"updates": 55, "seed": 3}], ["seed=3"]),
    "several fields, and a cell": ([{"hidden_size": 3, "momentum": 0.5, "optimizer": "sgd", "cell": "gru"}],
                                   ["cell=gru hidden_size=3 optimizer=sgd momentum=0.5"]),
    "changed on the way": ([{"changes": {"5": {"learning_rate": 0.1}}}], ["changes={5: {'learning_rate': 0.1}}"]),
    "a damage": ([{"damage": {"noise": 1}, "damage_from": 2}], ["training_damage=[{'noise': 1.0}, 2]"]),
    "another task": ([{"task": "recall"}], ["task=recall"]),
    "six other cells": ([{"cell": cell, "seed": seed} for seed in (2, 3, 4) for cell in ("rnn", "gru")],
                        [f"cell={cell} seed={seed}" for seed in (2, 3, 4) for cell in ("rnn", "gru")]),
    "one that runs away": ([WILD, WILD | {"cell": "rnn"}], [f"{cell}optimizer=sgd learning_rate=1000.0 weight_decay=1000.0 clip_norm=1000000000.0"
                                                            for cell in ("", "cell=rnn ")]),
}


def expected(first, beside):
    """The curves of a run beside the first, as far as it comes."""
    e = Experiment.from_json(first.to_json() | {"updates": 0} | {name: value for name, value in beside.items() if name != "cell"})
    updates = max(first.updates, e.updates)
    one = Trainer(e.baseline(beside["cell"])) if "cell" in beside else trained(e, 0)
    try:
        while len(one.losses) < updates:
            one.update()
    except ValueError:
        assert e.learning_rate == 1000
    return one


@pytest.mark.parametrize("name", BESIDE)
def test_every_curve_is_in_the_table_update_by_update(name):
    beside, names = BESIDE[name]
    page, first = Page(), SMALL.replace(updates=400 if WILD in beside else 40)
    page.run(first, beside=[first.to_json() | {"updates": 0} | one for one in beside])
    file = page.lab.take("curves", {"experiment": first.to_json()})[0]
    assert file["name"].endswith("-training.csv")
    rows = list(csv.DictReader(io.StringIO(file["text"])))
    wanted = {"this run": trained(first)} | {called: expected(first, one) for called, one in zip(names, beside, strict=True)}
    assert list(dict.fromkeys(row["run"] for row in rows)) == list(wanted)
    for called, one in wanted.items():
        found = [(int(row["update"]), float(row["loss"]), float(row["score"]), float(row["gradient_norm"])) for row in rows if row["run"] == called]
        assert found == list(zip(range(1, len(one.losses) + 1), one.losses, one.scores, one.gradient_norms)), called
        assert len(found) < 400 if called.endswith("=1000000000.0") and WILD in beside else len(found) >= 40


def test_a_table_of_a_run_that_was_gone_back_in_and_one_that_diverged():
    page = Page()
    page.run(SMALL, beside=[SMALL.to_json() | {"cell": "gru", "updates": 0}])
    page.run(SMALL.replace(updates=12), beside=[SMALL.to_json() | {"cell": "gru", "updates": 0}])
    rows = list(csv.DictReader(io.StringIO(page.lab.take("curves", {"experiment": SMALL.replace(updates=12).to_json()})[0]["text"])))
    assert [sum(row["run"] == name for row in rows) for name in ("this run", "cell=gru")] == [40, 40], "the curves on the screen are whole"
    page = Page()
    first = SMALL.replace(updates=400, **WILD)
    with pytest.raises(ValueError, match="left the numbers at update"):
        page.run(first, beside=[SMALL.to_json() | {"cell": "rnn", "updates": 0}])
    done = page.lab.runs.of(first).done
    page.run(first.replace(updates=done - 1), beside=[SMALL.to_json() | {"cell": "rnn", "updates": 0}])
    rows = list(csv.DictReader(io.StringIO(page.lab.take("curves", {"experiment": first.replace(updates=done - 1).to_json()})[0]["text"])))
    assert sum(row["run"] == "this run" for row in rows) == done < 400 and any(row["run"].startswith("cell=rnn") for row in rows)


def test_a_long_text_is_no_part_of_a_name():
    text = {"task": "own_text", "text": "so it goes (and goes), and so it ends.\n" * 3, "length": 5, "hidden_size": 2, "updates": 2}
    first = Experiment.from_json(text)
    page = Page()
    page.run(first, beside=[text | {"text": text["text"].upper()}])
    rows = list(csv.DictReader(io.StringIO(page.lab.take("curves", {"experiment": first.to_json()})[0]["text"])))
    assert list(dict.fromkeys(row["run"] for row in rows)) == ["this run", "text"]
