"""An RNN and a GRU are trained as the experiment says: every field that decides about a training, one by one."""

import numpy as np
import pytest

from py_lstm import GRU, RNN, Experiment, Schedule, Trainer, squared_error
from py_lstm.training import TRAINING_FIELDS

UPDATES = 6
# What is the LSTM's own: biases of gates that the others lack, its damage, and which network the baseline stands beside.
NOT_APPLYING = ("cell", "num_layers", "bidirectional", "forget_bias", "input_bias", "training_damage")
PLAIN = {"length": 6, "batch_size": 4, "hidden_size": 2, "updates": UPDATES}
CHANGES = {2: {"learning_rate": 0.5}}
TEXTS = ["so it goes (and goes), and so it ends.\n" * 3, "and so it goes (it ends), and so it ends.\n" * 3]
# For every training field, two experiments that differ in it alone.
DIFFERING = {
    "task": ({}, {"task": "recall"}),
    "values": tuple({"task": "own", "values": values} for values in ([1, 2, 3], [1, 2, 4])),
    "targets": tuple({"task": "own", "values": [1, 2, 3], "targets": targets} for targets in ([1, 0, 1], [1, 0, -1])),
    "text": tuple({"task": "own_text", "text": text, "length": 5} for text in TEXTS),
    "length": ({}, {"length": 7}),
    "input_size": ({}, {"input_size": 3}),
    "cell": ({}, {"cell": "gru"}),
    "num_layers": ({}, {"num_layers": 2}),
    "bidirectional": ({}, {"bidirectional": True}),
    "hidden_size": ({}, {"hidden_size": 3}),
    "seed": ({}, {"seed": 2}),
    "initializer": ({}, {"initializer": "glorot_orthogonal"}),
    "scale": ({}, {"scale": 0.5}),
    "forget_bias": ({}, {"forget_bias": 5.0}),
    "input_bias": ({}, {"input_bias": -2.0}),
    "batch_size": ({}, {"batch_size": 5}),
    "optimizer": ({}, {"optimizer": "rmsprop"}),
    "learning_rate": ({}, {"learning_rate": 0.03}),
    "momentum": ({"optimizer": "sgd"}, {"optimizer": "sgd", "momentum": 0.9}),
    "weight_decay": ({}, {"weight_decay": 0.1}),
    "clip_norm": ({"optimizer": "sgd"}, {"optimizer": "sgd", "clip_norm": 0.01}),
    "clip_value": ({"optimizer": "sgd"}, {"optimizer": "sgd", "clip_value": 0.01}),
    "schedule": ({"span": 2}, {"span": 2, "schedule": "step"}),
    "span": ({"schedule": "inverse"}, {"schedule": "inverse", "span": 2}),
    "factor": ({"schedule": "exponential", "span": 3}, {"schedule": "exponential", "span": 3, "factor": 0.1}),
    "warmup": ({}, {"warmup": 3}),
    "loss_at": ({}, {"loss_at": "last"}),
    "changes": ({}, {"changes": CHANGES}),
    "training_damage": ({}, {"damage": {"noise": 1.0, "clamp_f": 0.5, "peepholes": 1}, "damage_from": 0}),
}


def trained(baseline, **fields):
    rival = Trainer(Experiment(**PLAIN | fields).baseline(baseline))
    for _ in range(UPDATES):
        rival.update()
    return rival


def test_every_training_field_is_tried():
    assert set(DIFFERING) == set(TRAINING_FIELDS)
    for name, (one, other) in DIFFERING.items():
        differing = [field for field in TRAINING_FIELDS if getattr(Experiment(**PLAIN | one), field) != getattr(Experiment(**PLAIN | other), field)]
        assert differing == [name], name


@pytest.mark.parametrize("cell", ["rnn", "gru"])
@pytest.mark.parametrize("name", DIFFERING)
def test_a_field_changes_the_baseline_exactly_if_it_applies(cell, name):
    one, other = (trained(cell, **fields) for fields in DIFFERING[name])
    same = one.losses == other.losses and one.gradient_norms == other.gradient_norms and all(
        np.array_equal(value, other.parameters[key]) for key, value in one.parameters.items())
    assert same == (name in NOT_APPLYING)


@pytest.mark.parametrize("name", [name for name in DIFFERING if name not in ("values", "targets", "text")])
def test_what_applies_to_the_baseline_changes_the_lstm_too(name):
    """So that the comparison above is one of fields that do something here."""
    one, other = (Trainer(Experiment(**PLAIN | fields)) for fields in DIFFERING[name])
    for trainer in (one, other):
        trainer.parameters_after(UPDATES)
    assert one.losses != other.losses


@pytest.mark.parametrize("cell, layer", [("rnn", RNN), ("gru", GRU)])
def test_a_baseline_makes_the_steps_that_its_settings_say(cell, layer):
    """SGD with momentum, decay, both limits, a schedule and a change on the way, written out by hand around the layer."""
    e = Experiment(**PLAIN | {"optimizer": "sgd", "momentum": 0.8, "weight_decay": 0.01, "clip_norm": 0.1, "clip_value": 0.02, "factor": 0.5,
                              "learning_rate": 0.7, "schedule": "step", "span": 2, "warmup": 2, "changes": {4: {"clip_norm": 0.05, "learning_rate": 0.4}}})
    rival = Trainer(e.baseline(cell))
    p = {name: value.copy() for name, value in rival.network.parameters.items()}
    velocity = {name: np.zeros_like(value) for name, value in p.items()}
    schedule = Schedule("step", span=2, factor=0.5, warmup=2)
    for k in range(1, UPDATES + 1):
        x, target = e.batch(k)[:2]
        net = layer(e.input_size, e.hidden_size)
        net.load_state_dict({f"{name}_l0": value for name, value in p.items() if not name.startswith("readout")})
        h, _ = net(x)
        loss, dy = squared_error(h @ p["readout_weight"].T + p["readout_bias"], target)
        net.backward(dy @ p["readout_weight"])
        g = {**{name.removesuffix("_l0"): value for name, value in net.grads.items()}, "readout_weight": np.einsum("tno,tnh->oh", dy, h), "readout_bias": dy.sum(axis=(0, 1))}
        norm = np.sqrt(sum((value ** 2).sum() for value in g.values()))
        limit, rate = (0.05, 0.4) if k > 4 else (0.1, 0.7)
        assert norm > limit, "the limit matters here"
        rate *= schedule.at(k)
        for name in p:
            clipped = np.clip(g[name] * (limit / norm), -0.02, 0.02)
            velocity[name] = 0.8 * velocity[name] + clipped + 0.01 * p[name]
            p[name] = p[name] - rate * velocity[name]
        rival.update()
        assert rival.losses[-1] == pytest.approx(loss, rel=1e-12) and rival.gradient_norms[-1] == pytest.approx(norm, rel=1e-12)
        for name in p:
            np.testing.assert_allclose(rival.network.parameters[name], p[name], rtol=0, atol=1e-12)


def test_the_schedule_that_a_task_ships_is_the_baseline_s_too():
    """The reporter's case: `continual_reber` lets its learning rate decay."""
    e = Experiment("continual_reber", hidden_size=2, length=20, batch_size=2, span=2)
    assert e.schedule != "constant"
    with_it, without = Trainer(e.baseline("gru")), Trainer(e.replace(schedule="constant").baseline("gru"))
    for rival in (with_it, without):
        for _ in range(4):
            rival.update()
    assert with_it.losses[:2] == without.losses[:2] and with_it.losses[3] != without.losses[3]
    assert with_it.optimizer.learning_rate == e.learning_rate * Schedule(e.schedule, 2, e.factor).at(4)
