"""How PyTorch, Keras and ONNX lay out an LSTM's weights, and how they become py_lstm's (see `weights`) and back.

    PyTorch  names as here; rows in blocks i, f, g, o; two biases           from_pytorch, to_pytorch   a state dict
    Keras    transposed: kernel (I, 4H), recurrent (H, 4H), bias (4H,);     from_keras, to_keras       get_weights()
             columns in blocks i, f, c, o, where c is g; one bias
    ONNX     W (D, 4H, I), R (D, 4H, H), B (D, 8H), P (D, 3H);              from_onnx, to_onnx         a dict per layer
             rows in blocks i, o, f, c and i, o, f; two biases in B

Where a layout has one bias, PyTorch's two are added: z_t takes only their sum, so outputs are the same. On the way back
the sum becomes bias_ih, and bias_hh is zero. What a layout has no place for (in Keras peepholes) is refused, not lost.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping

from .keras_layout import from_keras, to_keras
from .onnx_layout import from_named_onnx, from_onnx, to_onnx
from .pytorch_layout import from_pytorch, to_pytorch
from ..validation import InvalidInput, choice, shown
from .weights import Arrays, Loaded, check_weights, sizes_of

LAYOUTS = ("pytorch", "keras", "onnx")

__all__ = ["LAYOUTS", "from_keras", "from_layout", "from_onnx", "from_pytorch", "layout_of", "to_keras", "to_layout",
           "to_onnx", "to_pytorch"]


def from_layout(arrays: Mapping[str, Any], layout: str | None = None, *, lstm: str | None = None,
                readout: str | None = None, bidirectional: bool | None = None, activation: str = "tanh",
                recurrent_activation: str = "sigmoid") -> Loaded:
    """Named arrays of any layout as py_lstm's weights; see the three readers for the arguments."""
    layout = choice("layout", layout, LAYOUTS) if layout is not None else layout_of(arrays)
    refuse_idle(layout, lstm, readout, bidirectional)
    if layout == "keras":
        return from_keras(arrays, bidirectional=bidirectional, readout=readout, activation=activation,
                          recurrent_activation=recurrent_activation)
    return from_named_onnx(arrays, readout=readout) if layout == "onnx" else from_pytorch(arrays, lstm=lstm, readout=readout)


def refuse_idle(layout: str, lstm: str | None, readout: str | None, bidirectional: bool | None) -> None:
    """Refuse an argument that says nothing about weights of this layout, rather than leave it unread."""
    for field, value, whose in (("lstm", lstm, "pytorch"), ("readout", readout or None, "pytorch"),
                                ("bidirectional", bidirectional, "keras")):
        if value is not None and layout != whose:
            raise InvalidInput(field, "choice", f"{field} is {shown(value)}, which is for weights of {whose}, and "
                               f"these are of {layout}; leave it out.", got=shown(value))


def to_layout(weights: Mapping[str, Any], layout: str) -> Arrays:
    """py_lstm's weights as named arrays of a layout, for a file.

    Keras' list gets names that sort in its order, so that `model.set_weights([file[name] for name in sorted(file)])`
    takes them; ONNX' names carry _l{k} where there are several layers.
    """
    layout = choice("layout", layout, LAYOUTS)
    if layout == "pytorch":
        return to_pytorch(weights)
    if layout == "keras":
        sizes = sizes_of(check_weights(weights))
        parts = ["kernel", "recurrent_kernel", "bias"][:3 if sizes.bias else 2]
        names = [f"lstm{suffix}_{part}" for suffix in sizes.suffixes() for part in parts]
        names += ["dense_kernel", "dense_bias"] * bool(sizes.outputs)
        return {f"{k:04d}_{name}": value for k, (name, value) in enumerate(zip(names, to_keras(weights), strict=True))}
    nodes = to_onnx(weights)
    named = {key + f"_l{k}" * (len(nodes) > 1): value for k, node in enumerate(nodes) for key, value in node.items()}
    return named | {name: value for name, value in check_weights(weights).items() if name.startswith("readout_")}


def layout_of(names: Iterable[str]) -> str:
    """The layout that names of arrays speak of."""
    names = [str(name) for name in names]
    if any(re.search(r"(?<![^.])weight_[ih]h(?![a-z])", name) for name in names):
        return "pytorch"
    if any("recurrent_kernel" in name for name in names) or "arr_0" in names:
        return "keras"
    if any(re.fullmatch(r"W(_l\d+)?", name) for name in names):
        return "onnx"
    raise InvalidInput("weights", "missing", f"No LSTM among the names {shown(names)}; give weight_ih_l0, "
                       "weight_hh_l0, ... (PyTorch), kernel and recurrent_kernel or arr_0, arr_1, ... (Keras), or W "
                       "and R (ONNX).", got=shown(names))
