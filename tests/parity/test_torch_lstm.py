"""LSTM, GRU and RNN agree with PyTorch in float64, output, states and every gradient, over the grid of all options.

The numbers of PyTorch stand in golden_layers.npz (see make_golden_layers.py). Where torch can be imported, they are
also computed anew.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from errors import noted

from py_lstm import GRU, LSTM, RNN

LIMIT = 1e-12
LENGTHS = [2, 4, 1]
KINDS = {"LSTM": LSTM, "GRU": GRU, "RNN": RNN}
GOLDEN = Path(__file__).with_name("golden_layers.npz")


def unpacked(stored):
    """The examples back from one array of numbers: (kind, module, call, given, right)."""
    numbers, at, examples = stored["numbers"], 0, []
    for *setting, given, right in json.loads(str(stored["index"])):
        parts = []
        for shapes in (given, right):
            parts.append({})
            for name, shape in shapes.items():
                size = int(np.prod(shape))
                parts[-1][name] = numbers[at:at + size].reshape(shape)
                at += size
        examples.append((*setting, *parts))
    return examples


def golden():
    with np.load(GOLDEN) as stored:
        return unpacked(stored)


def live():
    pytest.importorskip("torch")
    import make_golden_layers
    return make_golden_layers.everything()


@pytest.fixture(scope="module", params=[golden, live])
def torch_says(request):
    return request.param()


def computed(kind, module, call, given):
    """The same forward and backward with py_lstm, under the names of the example."""
    layer = KINDS[kind](given["x"].shape[-1], 3, **module)
    layer.load_state_dict({name: given[name] for name in layer.parameters})
    assert list(layer.state_dict()) == [name for name in given if name.startswith(("weight", "bias"))]
    names = ("h", "c") if kind == "LSTM" else ("h",)
    # With batch_first=True this package has the states batch-first too; PyTorch leaves them.
    moved = (lambda state: state.swapaxes(0, 1)) if module.get("batch_first") else (lambda state: state)
    packed = tuple if kind == "LSTM" else (lambda states: states[0])
    states = packed([moved(given[f"{name}_0"]) for name in names]) if call.get("states") else None
    y, after = layer(given["x"], states, lengths=LENGTHS if call.get("lengths") else None)
    dx, before = layer.backward(given["dy"], packed([moved(given[f"d{name}_n"]) for name in names]))
    if kind != "LSTM":
        after, before = (after,), (before,)
    mine = {"y": y, "dx": dx} | {f"grad {name}": value for name, value in layer.grads.items()}
    for name, last, derivative in zip(names, after, before):
        mine |= {f"{name}_n": moved(last), f"d{name}_0": moved(derivative)}
    return mine


def test_every_output_and_every_gradient(torch_says):
    assert len(torch_says) == 380
    for kind, module, call, given, right in torch_says:
        mine = computed(kind, module, call, given)
        assert set(right) | {"dh_0", "dc_0"} >= set(mine) >= set(right)
        for name, value in right.items():
            assert mine[name].shape == value.shape and mine[name].dtype == np.float64
            error = noted(f"{kind} beside PyTorch's", np.linalg.norm(mine[name] - value) / max(np.linalg.norm(value), 1e-300))
            assert error <= LIMIT, (kind, module, call, name, error)


def test_the_golden_numbers_say_which_torch_they_are_from():
    with np.load(GOLDEN) as stored:
        assert str(stored["torch"]).split("+")[0].count(".") == 2
