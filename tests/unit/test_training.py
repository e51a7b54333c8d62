"""Training: losses, optimizers, networks, first weights, and updates that do not depend on who asks for them."""

import numpy as np
import pytest

from cases import distance
from py_lstm import (SGD, Adam, Experiment, InvalidInput, Network, Progress, Sequences, Trainer, clip_norm, gradient_check,
                     initialize, moments, squared_error, train)
from py_lstm.training import score_of, shared_updates

SMALL = Experiment(length=5, hidden_size=2, updates=6, batch_size=4)


def bits(parameters):
    return {name: value.tobytes() for name, value in parameters.items()}


def test_an_update_does_not_depend_on_interruptions():
    at_once = Trainer(SMALL).parameters_after(6)
    halting = Trainer(SMALL)
    for k in (1, 3, 2, 6, 0, 6):
        halting.parameters_after(k)
    assert bits(halting.parameters_after(6)) == bits(at_once)
    assert bits(halting.parameters_after(3)) == bits(Trainer(SMALL).parameters_after(3))
    walked = list(train(SMALL))
    assert [p.loss for p in walked] == halting.losses and [p.update for p in walked] == [1, 2, 3, 4, 5, 6]
    assert isinstance(walked[0], Progress) and [p.gradient_norm for p in walked] == halting.gradient_norms


def test_networks_that_are_no_longer_kept_are_made_again(monkeypatch):
    right = Trainer(SMALL).parameters_after(2)
    monkeypatch.setattr(moments, "KEPT_BYTES", 1000)
    trainer = Trainer(SMALL)
    trainer.parameters_after(6)
    assert len(trainer.moments.updates()) <= 4
    assert bits(trainer.parameters_after(2)) == bits(right)


def test_moments_are_bounded_dense_lately_and_spread_over_the_whole_run():
    kept = moments.Moments()
    for update in range(20_001):
        kept.keep(update, {"w": np.full(3, update)}, {})
    updates = kept.updates()
    assert len(updates) <= moments.LATELY + moments.LONG_AGO
    assert updates[-moments.LATELY:] == list(range(20_001 - moments.LATELY, 20_001))
    assert updates[0] == 0 and max(np.diff(updates)) == kept.stride == 128
    assert kept.latest(20_000).parameters["w"][0] == 20_000 and kept.latest(5000).update == 4992 and kept.latest(-1) is None
    assert kept.up_to(4992).updates() == [update for update in updates if update <= 4992]


def test_a_run_far_behind_its_kept_moments_comes_to_the_same_bits(monkeypatch):
    monkeypatch.setattr(moments, "LATELY", 4)
    monkeypatch.setattr(moments, "LONG_AGO", 5)
    at_once = Trainer(SMALL)
    at_once.parameters_after(60)
    assert len(at_once.moments.updates()) <= 9
    for updates in (59, 33, 0, 17):
        fresh = Trainer(SMALL)
        assert bits(at_once.parameters_after(updates)) == bits(fresh.parameters_after(updates))
        back = at_once.branch(updates=updates)
        assert len(back.losses) <= updates and back.losses == at_once.losses[:len(back.losses)]
        back.parameters_after(60)
        assert back.losses == at_once.losses and back.scores == at_once.scores
        assert bits(back.network.parameters) == bits(at_once.network.parameters)


CHANGED = {3: {"learning_rate": 0.002, "batch_size": 2}, 5: {"clip_norm": 0.1, "weight_decay": 0.01}}


def test_a_change_in_the_middle_of_a_run_leaves_what_was_before_and_is_what_the_optimizer_goes_by_after():
    plain, changed = Trainer(SMALL), Trainer(SMALL.replace(changes=CHANGED))
    plain.parameters_after(8), changed.parameters_after(8)
    assert changed.losses[:4] != plain.losses[:4] and changed.losses[:3] == plain.losses[:3]     # update 4 has a batch of 2
    assert (changed.optimizer.learning_rate, changed.optimizer.weight_decay) == (0.002, 0.01)
    by_hand = Trainer(SMALL)
    for k in range(1, 9):
        now = changed.experiment.settings(k)
        assert now["learning_rate"] == (0.02 if k <= 3 else 0.002) and now["clip_norm"] == (1 if k <= 5 else 0.1)
        by_hand.experiment = SMALL.replace(**now)
        by_hand.optimizer.learning_rate, by_hand.optimizer.weight_decay = now["learning_rate"], now["weight_decay"]
        by_hand.update()
    assert by_hand.losses == changed.losses and bits(by_hand.network.parameters) == bits(changed.network.parameters)


def test_a_changed_run_branches_off_the_one_before():
    plain = Trainer(SMALL)
    plain.parameters_after(6)
    later = SMALL.replace(changes=CHANGED)
    branched = plain.branch(later)
    assert len(branched.losses) == 3 and shared_updates(SMALL, later) == 3
    fresh = Trainer(later)
    branched.parameters_after(8), fresh.parameters_after(8)
    assert branched.losses == fresh.losses and bits(branched.parameters_after(8)) == bits(fresh.parameters_after(8))
    assert bits(branched.parameters_after(2)) == bits(plain.parameters_after(2))
    assert len(plain.branch(SMALL.replace(seed=9)).losses) == 0 == shared_updates(SMALL, SMALL.replace(seed=9))


def test_a_changed_run_is_saved_and_resumed(tmp_path):
    at_once = Trainer(SMALL.replace(changes=CHANGED))
    at_once.parameters_after(8)
    for stop in (2, 3, 4, 6):
        first = Trainer(at_once.experiment)
        first.parameters_after(stop)
        resumed = Trainer(first.experiment)
        resumed.load_state_dict(first.state_dict())
        resumed.parameters_after(8)
        assert (resumed.losses, resumed.scores) == (at_once.losses, at_once.scores)
        assert bits(resumed.network.parameters) == bits(at_once.network.parameters)


@pytest.mark.parametrize("changes", [5, {"x": {}}, {-1: {"learning_rate": 1}}, {3: 5}, {3: {"seed": 2}}, {3: {"learning_rate": -1}},
                                     {3: {"batch_size": 0}}, {1.5: {}}, {True: {"learning_rate": 1}}, {"": {"": ""}}])
def test_changes_that_make_no_sense_are_refused(changes):
    with pytest.raises(InvalidInput) as refused:
        SMALL.replace(changes=changes)
    assert refused.value.field in ("changes", "learning_rate", "batch_size")


def test_changes_travel_as_json():
    experiment = SMALL.replace(changes=CHANGED)
    assert experiment.to_json()["changes"] == {str(k): fields for k, fields in CHANGED.items()}
    assert Experiment.from_json(experiment.to_json()) == experiment and experiment.changes == CHANGED


@pytest.mark.parametrize("task, y, target, score", [("latch", [0.5, -0.1, 3], [1, 1, 0], 0.5), ("wave", [1, 2, 3], [1, 0, 3], 4 / 3),
                                                    ("own", [1, 2, 3], [1, 2, 3], 0), ("latch", [1, 1, 1], [0, 0, 0], 1)])
def test_the_score_of_a_batch(task, y, target, score):
    as_batch = lambda values: np.array(values, float)[:, np.newaxis, np.newaxis]
    asked = as_batch(target)[..., 0] != 0 if task == "latch" else np.ones((len(y), 1), bool)
    experiment = Experiment(task, values=[1, 2]) if task == "own" else Experiment(task)
    sequences = Sequences(as_batch(y), as_batch(target), np.ones((len(y), 1), bool), asked)
    assert score_of(experiment, as_batch(y), sequences) == pytest.approx(score, rel=1e-15)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_divergence_is_refused_with_a_remedy_and_leaves_everything(optimizer):
    trainer = Trainer(SMALL.replace(optimizer=optimizer))
    trainer.update()
    state = lambda: (bits(trainer.network.parameters), list(trainer.losses), trainer.moments.updates(), repr(vars(trainer.optimizer)))
    trainer.optimizer.learning_rate = 1e308
    trainer.network.parameters["readout_weight"] = np.full((1, 2), 1.7e308)
    before = state()
    for _ in range(2):
        with pytest.raises(InvalidInput, match="try 0.002") as refused:
            trainer.update()
        assert refused.value.code == "diverged" and refused.value.details["update"] == 2
        assert state() == before


def test_the_latch_is_learnt():
    trainer = Trainer(Experiment())
    trainer.parameters_after(150)
    assert np.mean(trainer.losses[-5:]) < 0.2 * trainer.losses[0]


@pytest.mark.parametrize("experiment", [5, None, {"task": "latch"}])
def test_a_trainer_wants_an_experiment(experiment):
    with pytest.raises(InvalidInput, match="experiment"):
        Trainer(experiment)
    with pytest.raises(InvalidInput, match="updates"):
        Trainer(SMALL).parameters_after(-1)


def network_case(**how):
    rng = np.random.default_rng(3)
    network = Network(2, 3, 2, rng=rng, **how)
    network.parameters["readout_bias"] = rng.normal(size=2)
    network.parameters["bias"] = rng.normal(size=12)
    network.states = {"h_0": rng.normal(size=3), "c_0": rng.normal(size=3)}
    return network, rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2))


def test_every_gradient_of_a_network_with_two_outputs_is_right():
    network, x, target = network_case()
    run = network.forward(x)
    _, dy = squared_error(run.y, target)
    for _ in range(2):
        deltas, gradients = network.backward(run, dy)

    def loss(values):
        states = {name: values[name] for name in ("h_0", "c_0")}
        return squared_error(Network.of({name: values[name] for name in network.parameters}, states).forward(values["x"]).y, target)[0]

    report = gradient_check(loss, network.parameters | network.states | {"x": x}, gradients | {"x": deltas.dx})
    assert len(report.tensors) == 8 and max(t.relative_error for t in report.tensors) < 1e-13, str(report)


def test_a_float32_network_stays_float32():
    network = Network(2, 3, dtype=np.float32)
    run = network.forward(np.ones((4, 2, 2), np.float32))
    loss, dy = squared_error(run.y, np.zeros((4, 2, 1), np.float32))
    deltas, gradients = network.backward(run, dy)
    for optimizer in (SGD(0.1, 0.1), Adam(0.1, 0.1)):
        moved = optimizer.step(optimizer.step(network.parameters, gradients), gradients)
        arrays = [*run.steps, run.y, loss, dy, *deltas, *gradients.values(), *moved.values()]
        assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("field, call", [
    ("input_size", lambda n: Network(0, 3)), ("hidden_size", lambda n: Network(2, "3")), ("output_size", lambda n: Network(2, 3, 0)),
    ("dtype", lambda n: Network(2, 3, dtype=int)), ("rng", lambda n: Network(2, 3, rng=0.5)), ("scale", lambda n: Network(2, 3, scale="1")),
    ("x", lambda n: n.forward(np.ones((4, 2)))), ("x", lambda n: n.forward(np.ones((4, 2, 3)))), ("x", lambda n: n.forward([])),
    ("x", lambda n: n.forward(np.ones((0, 2, 2)))), ("x", lambda n: n.forward(np.full((4, 1, 2), np.inf))),
    ("dy", lambda n: n.backward(n.forward(np.ones((4, 2, 2))), np.ones((4, 1, 1)))),
    ("dy", lambda n: n.backward(n.forward(np.ones((4, 2, 2))), np.ones(4))),
])
def test_what_a_network_cannot_use_is_refused(field, call):
    with pytest.raises(InvalidInput) as refused:
        call(Network(2, 3))
    assert refused.value.field == field


@pytest.mark.parametrize("at", ["every", "last"])
def test_the_loss_and_its_derivative(at):
    rng = np.random.default_rng(0)
    y, target = rng.normal(size=(4, 2, 1)), rng.normal(size=(4, 2, 1))
    loss, dy = squared_error(y, target, at)
    error = (y - target)[-1:] if at == "last" else y - target
    assert loss == pytest.approx(np.mean(error ** 2), rel=1e-15)
    report = gradient_check(lambda v: squared_error(v["y"], target, at)[0], {"y": y}, {"y": dy})
    assert report.right and dy.shape == y.shape


@pytest.mark.parametrize("field, arguments", [
    ("target", (np.ones((3, 1, 1)), np.ones(3))), ("target", (np.ones((3, 2, 1)), np.ones((3, 1, 1)))), ("y", (np.ones(3), np.ones(3))),
    ("y", ("abc", 1)), ("target", (np.ones((3, 1, 1)), np.full((3, 1, 1), np.nan))), ("at", (np.ones((3, 1, 1)), np.ones((3, 1, 1)), "first")),
    ("at", (np.ones((3, 1, 1)), np.ones((3, 1, 1)), None)),
])
def test_a_loss_of_what_does_not_fit_is_refused(field, arguments):
    with pytest.raises(InvalidInput) as refused:
        squared_error(*arguments)
    assert refused.value.field == field


def test_losses_and_gradients_of_any_size_give_no_warning():
    y = np.full((2, 1, 1), 1e300)
    assert squared_error(y, -y)[0] == np.inf
    assert squared_error(np.full((2, 1, 1), 1.7e308), np.full((2, 1, 1), -1.7e308))[0] == np.inf
    with pytest.raises(InvalidInput, match="lower the learning rate"):
        clip_norm({"a": y}, 1)


def test_clip_norm_keeps_the_direction_and_leaves_short_gradients_alone():
    gradients = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    for _ in range(2):
        clipped, norm = clip_norm(gradients, 1)
        assert norm == 5 and np.allclose(clipped["a"], [0.6, 0]) and np.allclose(clipped["b"], 0.8)
    assert clip_norm(gradients, 5)[0]["a"].tolist() == [3, 0]
    assert clip_norm({"a": np.zeros(2)}, 0)[1] == 0
    assert clip_norm(gradients, 0)[0]["b"].tolist() == [[0]]


@pytest.mark.parametrize("make", [lambda: SGD(0.1, 0.5), lambda: Adam(0.1, 0.5)])
def test_an_optimizer_steps_twice_and_changes_nothing_it_is_given(make):
    optimizer = make()
    p, g = {"a": np.array([1.0, -2.0])}, {"a": np.array([0.5, 0.25])}
    first = optimizer.step(p, g)
    second = optimizer.step(first, g)
    assert p["a"].tolist() == [1, -2] and g["a"].tolist() == [0.5, 0.25]
    assert distance(first["a"], p["a"]) > 0 and distance(second["a"], first["a"]) > 0
    if isinstance(optimizer, SGD):
        assert first["a"] == pytest.approx([1 - 0.1 * (0.5 + 0.5), -2 - 0.1 * (0.25 - 1)])
    else:
        assert first["a"] == pytest.approx([0.9, -1.9], rel=1e-6), "Adam's first step is the learning rate"


@pytest.mark.parametrize("field, call", [
    ("learning_rate", lambda: SGD(float("nan"))), ("learning_rate", lambda: Adam(-1)), ("weight_decay", lambda: Adam(1, "x")),
    ("betas", lambda: Adam(1, betas=(0.9, 1))), ("betas", lambda: Adam(1, betas=0.9)), ("betas", lambda: Adam(1, betas=(0.9,))),
    ("eps", lambda: Adam(1, eps=0)), ("clip_norm", lambda: clip_norm({}, -1)),
    ("a", lambda: SGD(1).step({"a": np.ones(2)}, {})), ("a", lambda: Adam(1).step({"a": np.ones(2)}, {"a": np.ones((2, 2))})),
    ("a", lambda: SGD(1e308).step({"a": np.ones(2)}, {"a": np.full(2, 1e308)})), ("a", lambda: Adam(1).step({"a": np.ones(2)}, {"a": np.full(2, np.nan)})),
])
def test_what_an_optimizer_cannot_use_is_refused(field, call):
    with pytest.raises(InvalidInput) as refused:
        call()
    assert refused.value.field == field


@pytest.mark.parametrize("initializer, bound", [("uniform", 1 / 2), ("glorot_orthogonal", (6 / (3 + 16)) ** 0.5), ("tutorial", 1e-4)])
def test_first_weights(initializer, bound):
    weights = initialize(3, 4, rng=5, initializer=initializer, forget_bias=2.5)
    again = initialize(3, 4, rng=5, initializer=initializer, forget_bias=2.5)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(weights, again))
    assert weights.weight_ih.shape == (16, 3) and 0.5 * bound < np.abs(weights.weight_ih).max() <= bound
    if initializer == "glorot_orthogonal":
        assert np.allclose(weights.weight_hh.T @ weights.weight_hh, np.eye(4), atol=1e-14)
    else:
        assert weights.weight_hh.shape == (16, 4) and 0.5 * bound < np.abs(weights.weight_hh).max() <= bound
    assert weights.bias.tolist() == [0] * 4 + [2.5] * 4 + [0] * 8
    doubled = initialize(3, 4, rng=5, initializer=initializer, scale=2)
    assert np.array_equal(doubled.weight_ih, 2 * weights.weight_ih)
