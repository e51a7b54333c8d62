"""Every output and every gradient agrees with PyTorch in float64, to the last digits.

The numbers of PyTorch stand in golden.json (see make_golden.py). Where torch can be imported, they are also computed
anew.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from errors import noted

from py_lstm import SGD, Adam, Weights, cell, clip_norm, squared_error

LIMIT = 1e-12
OPTIMIZERS = {"adam": Adam, "sgd": SGD}


def golden():
    return json.loads(Path(__file__).with_name("golden.json").read_text())


def live():
    pytest.importorskip("torch")
    import make_golden
    return json.loads(json.dumps(make_golden.everything(), default=lambda array: array.tolist()))


@pytest.fixture(scope="module", params=[golden, live])
def torch_says(request):
    return request.param()


def distance(mine, right) -> float:
    mine, right = np.asarray(mine), np.asarray(right)
    assert mine.shape == right.shape and mine.dtype == np.float64
    return noted("the cell, losses and optimizers beside PyTorch's", float(np.linalg.norm(mine - right) / np.linalg.norm(right)))


def test_the_golden_numbers_say_which_torch_they_are_from():
    assert golden()["torch"].split("+")[0].count(".") == 2


def test_cell(torch_says):
    for example in torch_says["lstm"]:
        given = {name: np.array(value) for name, value in example["given"].items()}
        weights = Weights(given["weight_ih"], given["weight_hh"], given["bias_ih"] + given["bias_hh"])
        steps = cell.forward(given["x"], given["h_0"], given["c_0"], weights)
        deltas = cell.backward(steps, weights, given["dh"], given["dh_n"], given["dc_n"])
        mine = deltas._asdict() | {"h": steps.h, "c_n": steps.c[-1]}
        for name, right in example["right"].items():
            assert distance(mine[name], right) <= LIMIT, (name, given["x"].shape)


def test_squared_error(torch_says):
    for example in torch_says["squared_error"]:
        loss, dy = squared_error(np.array(example["y"]), np.array(example["target"]), example["at"])
        assert loss == pytest.approx(example["loss"], rel=1e-15)
        assert distance(dy, example["dy"]) <= LIMIT


def test_optimizers(torch_says):
    for example in torch_says["optimizers"]:
        settings = example["settings"]
        optimizer = OPTIMIZERS[example["name"]](settings["lr"], settings["weight_decay"])
        parameters = {name: np.array(value) for name, value in example["start"].items()}
        for k, (gradients, right) in enumerate(zip(example["gradients"], example["path"], strict=True)):
            parameters = optimizer.step(parameters, {name: np.array(value) for name, value in gradients.items()})
            for name, value in right.items():
                assert distance(parameters[name], value) <= LIMIT, (example["name"], settings, k, name)


def test_clip_norm(torch_says):
    for example in torch_says["clipping"]:
        clipped, norm = clip_norm({name: np.array(value) for name, value in example["gradients"].items()}, example["limit"])
        assert norm == pytest.approx(example["norm"], rel=1e-14)
        for name, right in example["clipped"].items():
            # PyTorch divides by the norm plus 1e-6.
            assert np.linalg.norm(clipped[name] - right) <= 2e-6 / norm * np.linalg.norm(right)
