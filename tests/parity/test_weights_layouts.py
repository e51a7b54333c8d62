"""Weights of PyTorch, Keras and ONNX compute here what they compute there, in float64, to the last digits.

The libraries' numbers stand in golden_weights.json (see make_golden_weights.py). Where one is installed, they are also
computed anew.
"""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from py_lstm import from_keras, from_onnx, from_pytorch, to_keras, to_lstm, to_onnx, to_pytorch
from py_lstm.interchange import weight_files
from py_lstm.interchange.weights import sizes_of

LIMIT = 1e-14


def golden(library):
    return json.loads(Path(__file__).with_name("golden_weights.json").read_text(encoding="utf-8"))[library]


def live(library):
    pytest.importorskip(library)
    import make_golden_weights
    return make_golden_weights.plain(make_golden_weights.LIBRARIES[library]())


@pytest.fixture(scope="module", params=[golden, live])
def says(request):
    made = {}

    def examples(library):
        if library not in made:
            made[library] = request.param(library)["examples"]
        return made[library]

    return examples


def arrays(table):
    return {name: np.array(value) for name, value in table.items()}


def outputs(weights, x):
    """y (T, N, ·), h_n and c_n of an LSTM and a readout with these weights."""
    h, (h_n, c_n) = to_lstm(weights)(np.array(x))
    if "readout_weight" in weights:
        h = h @ weights["readout_weight"].T + weights["readout_bias"]
    return h, h_n, c_n


def apart(mine, right) -> float:
    mine, right = np.asarray(mine), np.asarray(right)
    assert mine.shape == right.shape
    return float(np.abs(mine - right).max())


def test_the_golden_numbers_say_which_versions_they_are_from():
    for library in ("torch", "keras", "onnx", "safetensors"):
        assert golden(library)["version"].split("+")[0].count(".") == 2


def test_pytorch(says):
    for example in says("torch"):
        state_dict = arrays(example["weights"])
        weights = from_pytorch(state_dict)
        for mine, name in zip(outputs(weights, example["x"]), ("y", "h_n", "c_n")):
            assert apart(mine, example[name]) <= LIMIT, (sizes_of(weights), name)
        back = to_pytorch(weights, lstm="rnn", readout="fc")
        assert list(back) == list(state_dict) and all(np.array_equal(back[name], state_dict[name]) for name in back)


def test_keras(says):
    for example in says("keras"):
        given = [np.array(value) for value in example["weights"]]
        weights = from_keras(given, bidirectional=example["bidirectional"])
        # Keras' matmul, which Dense uses, gives float32 on its torch backend even for float64.
        limit = 2e-7 if "readout_weight" in weights else LIMIT
        assert apart(outputs(weights, example["x"])[0], example["y"]) <= limit, sizes_of(weights)
        assert all(np.array_equal(mine, right) for mine, right in zip(to_keras(weights), given, strict=True))
        if sizes_of(weights).layers == 1:                       # Keras' own names, in an order that a file may have
            named = sorted(zip(example["paths"], given))
            assert all(np.array_equal(mine, right) for mine, right in zip(to_keras(from_keras(dict(named))), given))


def test_onnx(says):
    for example in says("onnx"):
        given = arrays(example["weights"])
        weights = from_onnx(given)
        y, h_n, c_n = outputs(weights, example["x"])
        for mine, name in ((y[:, np.newaxis], "Y"), (h_n, "Y_h"), (c_n, "Y_c")):
            assert apart(mine, example[name]) <= LIMIT, (list(given), name)
        back, = to_onnx(weights)
        assert set(back) == set(given) and all(np.array_equal(back[name], given[name]) for name in given)


def test_safetensors(says):
    for example in says("safetensors"):
        data = base64.b64decode(example["file"])
        read = weight_files.decode_arrays(data)
        right = arrays(example["arrays"])
        assert set(read) == set(right) and all(np.array_equal(read[name], right[name]) for name in right)
        if example["metadata"] is None:
            stored = {name: value.astype(example["dtype"]) for name, value in right.items()}
            assert weight_files.encode_arrays(stored, "safetensors") == data
