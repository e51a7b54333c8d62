"""Losses, optimizers, schedules and clipping by value agree with PyTorch in float64, to the last digits."""

import json
from pathlib import Path

import numpy as np
import pytest
from errors import noted

from py_lstm import (SGD, Adagrad, AdamW, RMSProp, Schedule, binary_cross_entropy, clip_value, cross_entropy,
                     squared_error)

LIMIT = 1e-12
OPTIMIZERS = {"SGD": SGD, "RMSprop": RMSProp, "Adagrad": Adagrad, "AdamW": AdamW}
LOSSES = {"classes": cross_entropy, "probabilities": cross_entropy, "binary": binary_cross_entropy, "squared": squared_error}


def golden():
    return json.loads(Path(__file__).with_name("golden_training.json").read_text())


def live():
    pytest.importorskip("torch")
    import make_golden_training
    return json.loads(json.dumps(make_golden_training.everything(), default=lambda array: array.tolist()))


@pytest.fixture(scope="module", params=[golden, live])
def torch_says(request):
    return request.param()


def distance(mine, right) -> float:
    mine, right = np.asarray(mine), np.asarray(right)
    assert mine.shape == right.shape and mine.dtype == np.float64
    return noted("losses, optimizers and schedules beside PyTorch's", float(np.linalg.norm(mine - right) / np.linalg.norm(right)))


def test_losses(torch_says):
    for example in torch_says["losses"]:
        mask = None if example["mask"] is None else np.array(example["mask"])
        loss, dy = LOSSES[example["kind"]](np.array(example["y"]), np.array(example["target"]), example["at"], mask)
        assert loss == pytest.approx(example["loss"], rel=1e-13), example["kind"]
        assert distance(dy, example["dy"]) <= LIMIT, (example["kind"], example["at"])


def test_optimizers(torch_says):
    for example in torch_says["optimizers"]:
        settings = dict(example["settings"])
        rate = settings.pop("lr")
        optimizer = OPTIMIZERS[example["name"]](rate, **settings)
        parameters = {name: np.array(value) for name, value in example["start"].items()}
        for k, (gradients, right) in enumerate(zip(example["gradients"], example["path"], strict=True)):
            optimizer.learning_rate = rate * Schedule("step", span=10, factor=0.5).at(k + 1)
            parameters = optimizer.step(parameters, {name: np.array(value) for name, value in gradients.items()})
            for name, value in right.items():
                assert distance(parameters[name], value) <= LIMIT, (example["name"], settings, k, name)


def test_schedules(torch_says):
    for example in torch_says["schedules"]:
        schedule = Schedule(**example["settings"])
        assert distance([schedule.at(k) for k in range(1, 41)], example["rates"]) <= LIMIT, example["settings"]


def test_clip_value(torch_says):
    for example in torch_says["clipping"]:
        clipped = clip_value({name: np.array(value) for name, value in example["gradients"].items()}, example["limit"])
        assert all(np.array_equal(clipped[name], right) for name, right in example["clipped"].items())
