"""ONNX' layout: W (D, 4H, I), R (D, 4H, H), B (D, 8H), P (D, 3H), with rows in blocks i, o, f, c and, in P, i, o, f.

D is the number of directions, c is PyTorch's g, B holds PyTorch's two biases one behind the other.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, Sequence

import numpy as np

from ..validation import InvalidInput, as_array, shown
from .weights import Arrays, Loaded, check_weights, listed, refuse_other_cell, refuse_parts, sizes_of

# Blocks of rows of one layout by their place in the other.
_TO_ONNX, _FROM_ONNX = (0, 3, 1, 2), (0, 2, 3, 1)       # i f g o -> i o f c, and back
_PEEPHOLES = ("weight_ci", "weight_co", "weight_cf")    # in P's order

_NODE = re.compile(r"(W|R|B|P|initial_h|initial_c)(?:_l(\d{1,4}))?")


def from_onnx(layers: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Arrays:
    """Weights from the inputs of one ONNX LSTM node, or of one for each layer.

    Parameters
    ----------
    layers : dict with W (D, 4H, I), R (D, 4H, H) and perhaps B (D, 8H), P (D, 3H), initial_h and initial_c (D, 1, H);
        or a list of such dicts

    Two rows of D are forward and backward. What the node says in attributes must be the default: activations, clip,
    input_forget; a node of direction "reverse" alone has no place here. `onnx_files.read_onnx` looks at that.

    Examples
    --------
    >>> weights = from_lstm(LSTM(2, 3))
    >>> back = from_onnx(to_onnx(weights))
    >>> all(np.array_equal(back[name], array) for name, array in weights.items())
    True
    """
    layers = [layers] if isinstance(layers, Mapping) else layers
    if not isinstance(layers, Sequence) or not layers or not all(isinstance(node, Mapping) for node in layers):
        raise InvalidInput("weights", "type", f"weights is {shown(layers)}; give a dict with W and R for each layer.",
                           got=shown(layers))
    weights: Arrays = {}
    states: dict[str, list[np.ndarray]] = {"h_0": [], "c_0": []}
    D, _, _ = _onnx_input("W", layers[0], (None, None, None)).shape
    _, blocks, rows = _onnx_input("R", layers[0], (D, None, None)).shape
    if blocks == _onnx_input("W", layers[0], (D, None, None)).shape[1]:
        refuse_other_cell(blocks, rows, layers[0]["W"].shape[2], len(layers), D == 2, "onnx")
    if D not in (1, 2):
        raise InvalidInput("W", "shape", f"W has {D} directions; give 1 or 2.", got=str(D), wanted="1 or 2")
    for k, node in enumerate(layers):
        for name in node:
            if name not in ("W", "R", "B", "P", "initial_h", "initial_c"):
                raise InvalidInput("weights", "unknown", f"{shown(name)} is no weight of an ONNX LSTM; give W, R, B, "
                                   "P, initial_h, initial_c.", got=shown(name))
        H = rows
        W = _onnx_input("W", node, (D, 4 * H, None))
        R = _onnx_input("R", node, (D, 4 * H, H))
        # A layer without biases, or without peepholes, beside one that has them: they are zero.
        B, P = (_onnx_input(key, node, (D, blocks * H)) if key in node else
                np.zeros((D, blocks * H), W.dtype) if any(key in other for other in layers) else None
                for key, blocks in (("B", 8), ("P", 3)))
        for d in range(D):
            suffix = f"_l{k}" + ("_reverse" if d else "")
            weights |= {"weight_ih" + suffix: _blocks(W[d], _FROM_ONNX),
                        "weight_hh" + suffix: _blocks(R[d], _FROM_ONNX)}
            if B is not None:
                weights |= {"bias_ih" + suffix: _blocks(B[d, :4 * H], _FROM_ONNX),
                            "bias_hh" + suffix: _blocks(B[d, 4 * H:], _FROM_ONNX)}
            if P is not None:
                weights |= {name + suffix: block for name, block in zip(_PEEPHOLES, np.split(P[d], 3))}
        for name in states:
            given = "initial_" + name[0]
            states[name].append(_onnx_input(given, node, (D, 1, H))[:, 0] if given in node
                                else np.zeros((D, H), np.float32))
    return check_weights(weights | {name: np.concatenate(value) for name, value in states.items()})


def to_onnx(weights: Mapping[str, Any]) -> list[Arrays]:
    """For each layer the inputs W, R, B, P, initial_h, initial_c of its ONNX LSTM node, those that there are.

    Examples
    --------
    >>> weights = from_lstm(LSTM(2, 1))
    >>> weights["weight_ih_l0"][:, 0] = [1, 2, 3, 4]                          # i, f, g, o
    >>> to_onnx(weights)[0]["W"][0, :, 0].tolist()                            # i, o, f, g: ONNX' own order
    [1.0, 4.0, 2.0, 3.0]
    """
    weights = check_weights(weights)
    sizes = sizes_of(weights)
    refuse_parts("ONNX' LSTM", sizes, "projection")
    nodes = []
    D = sizes.directions
    for k in range(sizes.layers):
        suffixes = sizes.suffixes()[k * D:(k + 1) * D]
        stacked = {kind: [weights[kind + suffix] for suffix in suffixes] for kind in sizes.kinds()}
        node = {"W": np.stack([_blocks(value, _TO_ONNX) for value in stacked["weight_ih"]]),
                "R": np.stack([_blocks(value, _TO_ONNX) for value in stacked["weight_hh"]])}
        if sizes.bias:
            both = zip(stacked["bias_ih"], stacked["bias_hh"])
            node["B"] = np.stack([np.concatenate([_blocks(value, _TO_ONNX) for value in pair]) for pair in both])
        if sizes.peepholes:
            node["P"] = np.concatenate([np.stack(stacked[name]) for name in _PEEPHOLES], axis=1)
        for name in ("h_0", "c_0"):
            if name in weights:
                node["initial_" + name[0]] = weights[name][k * D:(k + 1) * D, np.newaxis]
        nodes.append(node)
    return nodes


def from_named_onnx(arrays: Mapping[str, Any], *, readout: str | None = None) -> Loaded:
    """Weights from names W, R, ... or W_l0, R_l0, W_l1, ..., with readout_weight and readout_bias beside them.

    With readout="" these two, and anything else beside them, are left out.
    """
    layers: dict[int, dict[str, Any]] = {}
    beside, left = {}, []
    for name, value in arrays.items():
        match = _NODE.fullmatch(str(name))
        if match:
            node = layers.setdefault(int(match[2] or 0), {})
            if match[1] in node:
                raise InvalidInput(match[1], "unknown", f"{match[1]} stands there twice, once without _l0; leave one "
                                   "out.")
            node[match[1]] = value
        elif name in ("readout_weight", "readout_bias"):
            beside |= {name: value} if readout != "" else {}
        elif readout == "":
            left.append(name)
        else:
            raise InvalidInput("weights", "unknown", f"{shown(name)} is no weight of an ONNX LSTM; leave it out.",
                               got=shown(name))
    if sorted(layers) != list(range(len(layers))):
        raise InvalidInput("weights", "missing", f"Layers {shown(sorted(layers))} are there; number them from 0 "
                           "without gaps.", got=shown(sorted(layers)))
    return Loaded(check_weights(from_onnx([layers[k] for k in sorted(layers)]) | beside), [f"Left out: {listed(left)}."] if left else [])


def _onnx_input(name: str, node: Mapping[str, Any], shape: tuple[int | None, ...]) -> np.ndarray:
    if name not in node:
        raise InvalidInput(name, "missing", f"{name} is missing; give W and R of every LSTM node.")
    value = as_array(name, node[name])
    if value.ndim != len(shape) or any(have == 0 if want is None else have != want
                                       for want, have in zip(shape, value.shape)):
        wanted = "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
        raise InvalidInput(name, "shape", f"{name} has shape {value.shape}; give shape {wanted}.", got=str(value.shape),
                           wanted=wanted)
    return value


def _blocks(rows: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """Equal blocks of rows in another order."""
    blocks = np.split(rows, len(order))
    return np.concatenate([blocks[k] for k in order])
