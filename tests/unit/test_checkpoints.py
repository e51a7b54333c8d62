"""A training that is stopped, saved and resumed goes on to the same bits; a damaged file is refused."""

import os

import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Trainer, load_training, run, save_training, trouble
from py_lstm.interchange.weight_files import read_arrays, write_arrays

SMALL = Experiment(length=5, hidden_size=2, updates=6, batch_size=4)


def bits(training):
    return {name: value.tobytes() for name, value in training.state_dict().items()}


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "adamw", "rmsprop", "adagrad"])
@pytest.mark.parametrize("stop", [0, 1, 4, 6])
def test_a_resumed_training_goes_on_to_the_same_bits(tmp_path, optimizer, stop):
    experiment = SMALL.replace(optimizer=optimizer, weight_decay=0.01)
    at_once, stopped = Trainer(experiment), Trainer(experiment)
    at_once.parameters_after(6)
    stopped.parameters_after(stop)
    save_training(tmp_path / "kept.npz", stopped)
    resumed = load_training(tmp_path / "kept.npz")
    assert isinstance(resumed, Trainer) and resumed.experiment == experiment and len(resumed.losses) == stop
    assert bits(resumed) == bits(stopped)
    resumed.parameters_after(6)
    assert bits(resumed) == bits(at_once)
    again, right = run(experiment, resumed), run(experiment)
    assert again.losses == right.losses and all(np.array_equal(again.arrays[k], right.arrays[k]) for k in right.arrays)
    for name, value in Trainer(experiment).parameters_after(1).items():       # before what was saved: done again
        assert np.array_equal(resumed.parameters_after(1)[name], value)


def test_a_state_is_a_copy():
    trainer = Trainer(SMALL)
    trainer.update()
    before = bits(trainer)
    for value in trainer.state_dict().values():
        value[...] = 7
    assert bits(trainer) == before


def saved(path):
    trainer = Trainer(SMALL)
    trainer.parameters_after(3)
    save_training(path, trainer)
    return read_arrays(path)


def changed(arrays, **changes):
    arrays = dict(arrays)
    for name, value in changes.items():
        name = name.replace("__", ".")
        if value is None:
            del arrays[name]
        else:
            arrays[name] = np.asarray(value)
    return arrays


@pytest.mark.parametrize("changes", [
    dict(about=None), dict(about=np.frombuffer(b"{}", np.uint8)), dict(about=np.frombuffer(b"\xff", np.uint8)), dict(about=np.ones(3)),
    dict(about=np.frombuffer(b'{"format": "py_lstm training", "version": 2}', np.uint8)),
    dict(about=np.frombuffer(b'{"format": "py_lstm training", "version": 1, "experiment": {"length": 0}}', np.uint8)),
    dict(losses=None), dict(losses=np.ones(4)), dict(losses=np.ones((3, 1))), dict(gradient_norms=np.ones(2)), dict(gradient_norms=None),
    dict(parameters__bias=None), dict(parameters__bias=np.ones(3)), dict(parameters__bias=np.full(8, np.nan)), dict(parameters__more=np.ones(2)),
    dict(optimizer__steps=2), dict(optimizer__steps=None), dict(optimizer__first__bias=None), dict(optimizer__first__bias=np.ones(2)),
    dict(optimizer__third__bias=np.ones(2)), dict(nonsense=np.ones(2)), dict(losses=np.full(3, np.inf)),
])
def test_a_damaged_training_is_refused(tmp_path, changes):
    write_arrays(tmp_path / "bad.npz", changed(saved(tmp_path / "good.npz"), **{k.replace("first__", "first.").replace("third__", "third."): v for k, v in changes.items()}))
    with pytest.raises(InvalidInput, match="bad.npz"):
        load_training(tmp_path / "bad.npz")


def test_a_state_that_does_not_fit_changes_nothing():
    trainer, other = Trainer(SMALL), Trainer(SMALL.replace(hidden_size=3))
    trainer.update(), other.update()
    before = bits(trainer)
    for state in (other.state_dict(), {}, None, 5, trainer.state_dict() | {"losses": np.ones(7)}):
        with pytest.raises(InvalidInput):
            trainer.load_state_dict(state)
        assert bits(trainer) == before


def test_where_a_training_is_saved_is_judged(tmp_path):
    for wrong in ("kept.json", "kept.safetensors", os.path.join("none", "kept.npz")):
        with pytest.raises(InvalidInput):
            save_training(tmp_path / wrong, Trainer(SMALL))
    with pytest.raises(InvalidInput, match="training"):
        save_training(tmp_path / "kept.npz", SMALL)
    with pytest.raises(InvalidInput, match="is not there"):
        load_training(tmp_path / "kept.npz")
    for wrong in (None, 3, b"kept.npz", []):
        with pytest.raises(InvalidInput, match="give the path"):
            save_training(wrong, Trainer(SMALL))
        with pytest.raises(InvalidInput, match="give the path"):
            load_training(wrong)
    assert os.listdir(tmp_path) == []


def test_a_divergence_names_the_update_the_tensor_and_its_norm():
    trainer = Trainer(SMALL)
    trainer.update()
    trainer.network.parameters = trainer.network.parameters | {"readout_weight": np.full((1, 2), 1.7e308)}
    with pytest.raises(InvalidInput, match=r"update 2 .*tensor was the (gradient of )?readout_weight with norm .*try 0\.002") as refused:
        trainer.update()
    assert refused.value.details["tensor"] == "readout_weight" and refused.value.details["update"] == 2


def test_a_training_that_goes_nowhere_is_told_in_words():
    wild = Trainer(SMALL.replace(learning_rate=30))
    wild.parameters_after(40)
    assert "times what it began with" in str(trouble(wild)) and "norm" in str(trouble(wild))
    calm = Trainer(SMALL)
    calm.parameters_after(40)
    assert trouble(calm) is None and trouble(Trainer(SMALL)) is None
    with pytest.raises(InvalidInput, match="training"):
        trouble(None)
