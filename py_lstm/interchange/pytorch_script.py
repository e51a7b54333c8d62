"""A network as a PyTorch script: one readable file with the model, its weights and nothing of py_lstm."""

from __future__ import annotations

import keyword
from typing import Any, Mapping

import numpy as np

from .layouts import to_pytorch
from ..validation import InvalidInput
from .weights import Sizes, check_weights, described, sizes_of

MOST_NUMBERS = 200_000          # beyond that Python itself takes long to read the file

_SCRIPT = '''"""{title}.

Written by py_lstm with its weights. It needs PyTorch and nothing else.

    from {module} import network
    y, (h_n, c_n) = network(x)      # x (time, batch, {inputs}), y (time, batch, {width})
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM({arguments})
{parts}
    def forward(self, x):
{forward}

# Rows of weight_ih, weight_hh and the biases stand in four blocks, for the gates i, f, g, o.
WEIGHTS = {{
{weights}
}}

network = Network().to(torch.{dtype})
network.load_state_dict({{name: torch.tensor(values, dtype=torch.{dtype}) for name, values in WEIGHTS.items()}})

if __name__ == "__main__":
    x = torch.zeros(4, 1, {inputs}, dtype=torch.{dtype})
    y, _ = network(x)
    print("y for four steps of zeros:", y[:, 0].tolist())
'''


def pytorch_script(weights: Mapping[str, Any], *, module: str = "network") -> str:
    """The text of a Python file whose `network` is a torch.nn.Module with exactly these weights (see `weights`).

    It holds the LSTM as `lstm`, the readout as `readout`, the first states as buffers `h_0` and `c_0`, each if there is
    one, and computes in the weights' own dtype. Peepholes are refused: PyTorch's LSTM has none. Numbers are written
    with all their digits. More than 200,000 are refused; a .safetensors file with PyTorch's names serves better there.

    Examples
    --------
    >>> text = pytorch_script(from_network(Network(2, 3)))
    >>> [line.strip() for line in text.splitlines() if "nn.LSTM(" in line]
    ['self.lstm = nn.LSTM(2, 3)']
    """
    weights = check_weights(weights)
    sizes = sizes_of(weights)
    count = sum(value.size for value in weights.values())
    if sizes.peepholes:
        raise InvalidInput("layout", "choice", "PyTorch's LSTM has no peepholes; write an .onnx file instead.",
                           got="peepholes")
    if count > MOST_NUMBERS:
        raise InvalidInput("weights", "range", f"{count} weights are too many for a script; write a .safetensors file "
                           "and load it in PyTorch with load_state_dict.", got=count, high=MOST_NUMBERS)
    width = sizes.outputs or sizes.directions * sizes.recurrent
    states = "h_0" in weights or "c_0" in weights
    tensors = to_pytorch(weights, lstm="lstm")
    if states:                      # PyTorch takes both or none
        shapes = sizes.shapes()
        tensors |= {name: np.zeros(shapes[name]) for name in ("h_0", "c_0") if name not in tensors}
    return _SCRIPT.format(
        title="An LSTM of " + described(sizes), module=module if _importable(module) else "network",
        inputs=sizes.inputs, width=width, arguments=_arguments(sizes), parts=_parts(sizes, states),
        forward=_forward(sizes, states),
        weights="\n".join(_tensor(name, value) for name, value in tensors.items()),
        dtype=weights["weight_ih_l0"].dtype.name)


def _importable(module: str) -> bool:
    return isinstance(module, str) and module.isidentifier() and not keyword.iskeyword(module)


def _arguments(sizes: Sizes) -> str:
    return ", ".join([
        f"{sizes.inputs}, {sizes.hidden}", *[f"num_layers={sizes.layers}"] * (sizes.layers > 1),
        *["bidirectional=True"] * (sizes.directions > 1), *["bias=False"] * (not sizes.bias),
        *[f"proj_size={sizes.recurrent}"] * sizes.projection])


def _parts(sizes: Sizes, states: bool) -> str:
    lines = []
    if sizes.outputs:
        lines.append(f"self.readout = nn.Linear({sizes.directions * sizes.recurrent}, {sizes.outputs})")
    if states:
        rows = sizes.layers * sizes.directions
        lines += [f'self.register_buffer("h_0", torch.zeros({rows}, {sizes.recurrent}))',
                  f'self.register_buffer("c_0", torch.zeros({rows}, {sizes.hidden}))']
    return "".join(f"        {line}\n" for line in lines)


def _forward(sizes: Sizes, states: bool) -> str:
    lines = []
    if states:
        lines += ["first = tuple(s.unsqueeze(1).expand(-1, x.shape[1], -1).contiguous() for s in (self.h_0, self.c_0))",
                  "h, last = self.lstm(x, first)"]
    else:
        lines.append("h, last = self.lstm(x)")
    lines.append("return self.readout(h), last" if sizes.outputs else "return h, last")
    return "".join(f"        {line}\n" for line in lines)


def _tensor(name: str, value: np.ndarray) -> str:
    """One entry of the table, a row of the tensor per line."""
    if value.ndim == 1:
        return f'    "{name}": {value.tolist()!r},'
    rows = "\n".join(f"        {row!r}," for row in value.tolist())
    return f'    "{name}": [\n{rows}\n    ],'
