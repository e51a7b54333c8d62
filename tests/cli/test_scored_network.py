"""What a command scores, writes and samples is the network that it ran: with its edits, its damage and its number of updates."""

import json

import numpy as np
import pytest

from py_lstm import Experiment, Objective, Trainer, command_line, load_weights, sample
from py_lstm.damage.inputs import damaged_inputs

# The marked sign held by one unit, all of its numbers set by hand; trials.md calls it homework C.
LATCH_BY_HAND = {"bias[1]": 6, "weight_ih[1,1]": -12, "bias[0]": -6, "weight_ih[0,1]": 12, "weight_ih[2,0]": 3, "bias[3]": 6, "readout_weight[0,0]": 1.32}
HOMEWORK = ["hidden_size=1", "scale=0", "forget_bias=6", "updates=0"]
CASES = {
    "an edit of the readout": (dict(updates=200, edits={"readout_weight[0,1]": 5}), 0.2312),
    "set by hand, and right": (dict(hidden_size=1, scale=0, forget_bias=6, updates=0, edits=LATCH_BY_HAND), 1.0),
    "a held gate": (dict(updates=200, damage={"clamp_f": 1}), 0.7360),
    "noise": (dict(updates=200, damage={"noise": 1}), None),
    "longer sequences": (dict(updates=200, damage={"longer": 3}), None),
    "an edited first state": (dict(updates=20, edits={"c_0[0]": 4}), None),
    "trained with its damage": (dict(updates=20, damage={"peepholes": 1}, damage_from=5), None),
}


@pytest.fixture
def call(capsys):
    def call(*arguments):
        status = command_line.main([str(argument) for argument in arguments])
        return (status, *capsys.readouterr())
    return call


def given_as_file(tmp_path, e):
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps(e.to_json()))
    return file


def by_hand(e, seed=0, count=256):
    """The share of signs right of the experiment's own network, on sequences that no update has seen."""
    steps = e.length * int(e.damage.get("longer", 1))
    x, target = e.about.draw(np.random.default_rng([seed, 2**32]), steps, count)[:2]
    objective = Objective(e)
    y = objective.network(objective.values).forward(damaged_inputs(e.damage, x, [seed, 2**32])).y
    return float(np.mean((np.sign(y) == np.sign(target))[target != 0]))


@pytest.mark.parametrize("name", CASES)
def test_run_scores_the_network_that_it_ran(call, tmp_path, name):
    fields, known = CASES[name]
    e = Experiment(**fields)
    status, out, err = call("run", given_as_file(tmp_path, e), "--json")
    answer = json.loads(out)
    assert (status, err) == (0, "") and answer["score"] == by_hand(e)
    assert known is None or answer["score"] == pytest.approx(known, abs=5e-5)
    assert answer["reached"] == (answer["score"] >= 0.99)
    damaged = json.loads(call("damage", given_as_file(tmp_path, e), "--json")[1])
    assert damaged["after"]["score"] == answer["score"], "two commands, one network, one score"


def test_homework_set_by_hand_is_marked_right(call, tmp_path):
    out = call("run", *HOMEWORK, "edits=" + ";".join(f"{place}:{value}" for place, value in LATCH_BY_HAND.items()))[1]
    assert "7 numbers set by hand" in out and "signs right 22 of 22" in out and "share of signs right 1 (" in out and "0.99, reached" in out


def test_a_saved_training_is_scored_at_the_update_that_is_asked_for(call, tmp_path):
    kept = tmp_path / "kept.npz"
    assert call("train", "updates=200", "--save", kept, "--quiet")[0] == 0
    early = json.loads(call("run", kept, "updates=3", "--json")[1])
    assert early["score"] == by_hand(Experiment(updates=3)) < 0.9 < json.loads(call("run", kept, "--json")[1])["score"]


def test_the_weights_that_train_writes_have_the_edits_and_it_says_that_the_training_had_not(call, tmp_path):
    edited, plain = tmp_path / "edited.npz", tmp_path / "plain.npz"
    status, out, err = call("train", "updates=3", "edits=weight_hh[0,1]:5;bias[3]:-2", "--weights", edited)
    assert status == 0 and "2 numbers set by hand (edits): the training began without them" in err
    assert call("train", "updates=3", "--weights", plain)[2].count("by hand") == 0
    with_them, without = load_weights(edited), load_weights(plain)
    assert with_them["weight_hh_l0"][0, 1] == 5 and without["weight_hh_l0"][0, 1] != 5
    with_them["weight_hh_l0"][0, 1] = without["weight_hh_l0"][0, 1]
    assert np.array_equal(with_them["weight_hh_l0"], without["weight_hh_l0"])
    losses = [json.loads(call("run", "updates=3", *more, "--json")[1])["losses"] for more in ([], ["edits=weight_hh[0,1]:5"])]
    assert losses[0] == losses[1], "training begins without edits"


TEXT = ["task=text_en", "hidden_size=3", "batch_size=2", "length=16", "updates=3"]


def test_a_sample_is_of_the_network_with_its_edits_and_damage(call):
    e = Experiment("text_en", hidden_size=3, batch_size=2, length=16, updates=3)
    plain = call("sample", *TEXT, "--length", 40)[1]
    first = sorted(set(e.about.text.characters)).index("q")
    only_q = call("sample", *TEXT, f"edits=readout_bias[{first}]:50", "--length", 40)[1]
    assert only_q == "q" * 40 + "\n" and plain != only_q
    damaged = e.replace(damage={"clamp_o": 0})
    trainer = Trainer(damaged)
    trainer.parameters_after(3)
    objective = Objective(damaged, trainer)
    wanted = "".join(sample(trainer, "", 40, temperature=0.8, network=objective.network(objective.values)))
    assert call("sample", *TEXT, "damage=clamp_o:0", "--length", 40)[1] == wanted + "\n" != plain


def test_a_text_is_scored_on_what_is_held_out_and_on_nothing_that_was_learnt(call):
    """Pieces of the part that is learnt were called held out; a network that has learnt by heart scores otherwise on them."""
    text = "abcdefghijklmnopqrstuvwxyz" * 9 + "zyxwvutsrqponmlkjihgfedcba"        # the last tenth goes another way
    fields = dict(text=text, length=8, hidden_size=12, updates=150, learning_rate=0.03)
    e = Experiment("own_text", **fields)
    given = ["task=own_text", f"text={text}", "length=8", "hidden_size=12", "updates=150", "learning_rate=0.03", "--json"]
    trainer = Trainer(e)
    trainer.parameters_after(150)
    whole = trainer.evaluate()
    held_out = json.loads(call("damage", *given)[1])["after"]["score"]
    assert held_out > 4 and trainer.losses[-1] < 0.5 and json.loads(call("run", *given)[1])["score"] == pytest.approx(whole, rel=1e-12)
    memory = json.loads(call("damage", *given)[1])["after"]["memory"]
    assert np.mean(memory) > 4
