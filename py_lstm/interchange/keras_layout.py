"""Keras' layout: kernel (I, 4H), recurrent kernel (H, 4H), bias (4H,), with columns in blocks i, f, c, o, where c is g.

They are PyTorch's matrices transposed, in the same order of gates, with one bias: the sum of PyTorch's two.
TensorFlow.js lays out its weights alike.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, NamedTuple, Sequence

import numpy as np

from ..validation import InvalidInput, as_array, instance, shown
from .weights import Arrays, check_weights, listed, refuse_parts, sizes_of, summed_bias

_SAVE = "save them in order with numpy.savez('weights.npz', *model.get_weights())"


class _Direction(NamedTuple):
    """One layer in one direction: kernel (I, 4H), recurrent (H, 4H), bias (4H,) or None."""

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray | None


def from_keras(arrays: Sequence[Any] | Mapping[str, Any], *, bidirectional: bool | None = None,
               activation: str = "tanh", recurrent_activation: str = "sigmoid") -> Arrays:
    """Weights from Keras' `get_weights()`: of LSTM or Bidirectional(LSTM) layers on one another, and one Dense.

    Parameters
    ----------
    arrays : the list, or a dict of the same arrays: numbered names, or Keras' paths (.../lstm_cell/kernel)
    bidirectional : whether the layers are wrapped in Bidirectional; told from the shapes where only one can be
    activation, recurrent_activation : the layer's. Only "tanh" and "sigmoid" mean the same here. hard_sigmoid, the
        default of Keras before 2.3 and of TensorFlow.js, is refused: with it these weights would give other numbers.

    All layers must have the same number of units. TensorFlow.js lays out its weights alike.

    Examples
    --------
    >>> I, H = 2, 3
    >>> kernel, recurrent_kernel, bias = np.zeros((I, 4 * H)), np.zeros((H, 4 * H)), np.arange(4.0 * H)
    >>> weights = from_keras([kernel, recurrent_kernel, bias])
    >>> weights["weight_ih_l0"].shape, (weights["bias_ih_l0"] + weights["bias_hh_l0"]).tolist() == bias.tolist()
    ((12, 2), True)
    """
    for field, value, only in (("activation", activation, "tanh"),
                               ("recurrent_activation", recurrent_activation, "sigmoid")):
        if not isinstance(value, str) or value != only:
            raise InvalidInput(field, "choice", f"{field} is {shown(value)}, with which these weights mean other "
                               f"numbers; train the layer with {only}.", got=shown(value), choices=[only])
    if bidirectional is not None:
        instance("bidirectional", bidirectional, bool)
    if isinstance(arrays, Mapping):
        arrays, by_name = _keras_list(arrays)
        bidirectional = by_name if bidirectional is None else bidirectional
    if isinstance(arrays, (str, bytes)) or not isinstance(arrays, Sequence):
        raise InvalidInput("weights", "type", f"weights is {shown(arrays)}; give the list from get_weights().",
                           got=shown(arrays))
    groups, dense = _keras_groups([as_array(f"array {k}", value) for k, value in enumerate(arrays)])
    fitting = [d for d in (1, 2) if bidirectional in (None, d == 2) and _fits(groups, dense, d)]
    if not fitting:
        shapes = [group.kernel.shape for group in groups]
        raise InvalidInput("weights", "shape", f"The kernels of shapes {shown(shapes)} do not feed one another; give "
                           "LSTM layers of one size in their order, then at most one Dense layer.", got=shown(shapes))
    if len(fitting) > 1:
        raise InvalidInput("bidirectional", "missing", f"{len(groups)} sets of weights fit {len(groups)} layers and "
                           f"{len(groups) // 2} in both directions; say bidirectional=True or False.")
    weights: Arrays = {}
    for k, group in enumerate(groups):
        suffix = f"_l{k // fitting[0]}" + ("_reverse" if k % fitting[0] else "")
        weights |= {"weight_ih" + suffix: group.kernel.T, "weight_hh" + suffix: group.recurrent.T}
        if group.bias is not None:
            weights |= {"bias_ih" + suffix: group.bias, "bias_hh" + suffix: np.zeros_like(group.bias)}
    if dense:
        weights |= {"readout_weight": dense[0].T} | ({"readout_bias": dense[1]} if len(dense) > 1 else {})
    return check_weights(weights)


def to_keras(weights: Mapping[str, Any]) -> list[np.ndarray]:
    """What `set_weights` of the same model takes: kernel, recurrent kernel and bias of each direction, then Dense's.

    The two biases are added. A model built with use_bias=False takes weights without biases.

    Examples
    --------
    >>> [array.shape for array in to_keras(from_lstm(LSTM(2, 3)))]            # kernel, recurrent kernel, one bias
    [(2, 12), (3, 12), (12,)]
    """
    weights = check_weights(weights)
    sizes = sizes_of(weights)
    refuse_parts("Keras' LSTM", sizes, "projection", "peepholes")
    if "h_0" in weights or "c_0" in weights:
        raise InvalidInput("h_0", "choice", "h_0 or c_0 is not zero, and Keras keeps no first states among its "
                           "weights; leave them out and pass them as initial_state.")
    arrays = []
    for suffix in sizes.suffixes():
        arrays += [weights["weight_ih" + suffix].T, weights["weight_hh" + suffix].T]
        arrays += [summed_bias(weights, suffix, sizes)] * sizes.bias
    if sizes.outputs:
        arrays += [weights["readout_weight"].T, weights["readout_bias"]]
    return [np.ascontiguousarray(value) for value in arrays]


def _keras_list(named: Mapping[str, Any]) -> tuple[list[Any], bool | None]:
    """Named arrays in the order of get_weights(), and whether their names say that they go in both directions."""
    numbers = [re.fullmatch(r"arr_(\d{1,6})|(\d{1,6})[._].*", str(name)) for name in named]
    if all(numbers):
        order = sorted(zip((int(match[1] or match[2]) for match in numbers), named), key=lambda pair: pair[0])
        own = any(re.match(r"\d{4}_lstm_l0", str(name)) for name in named)         # a file that py_lstm wrote
        return [named[name] for _, name in order], any("_reverse" in str(name) for name in named) if own else None
    parents: dict[str, dict[str, Any]] = {}
    for name, value in named.items():
        parent, part = re.fullmatch(r"(?s:(.*?))([^/.]*)", str(name).removesuffix(":0")).groups()
        parents.setdefault(parent, {})[part] = value
    cells = [parent for parent, parts in parents.items() if "recurrent_kernel" in parts]
    cells.sort(key=lambda parent: "backward" in parent)
    both = len(cells) == 2 and "forward" in cells[0] and "backward" in cells[1]
    arrays: list[Any] = []
    for parent in [*cells, *(parent for parent in parents if parent not in cells)]:
        parts = parents[parent]
        known = [part for part in ("kernel", "recurrent_kernel", "bias") if part in parts]
        if len(known) < len(parts) or "kernel" not in parts:
            raise InvalidInput("weights", "unknown", f"Keras' LSTM and Dense have no {listed(parts)} together; "
                               f"{_SAVE}.", got=listed(parts))
        arrays += [parts[part] for part in known]
    if len(cells) > 1 and not both:
        raise InvalidInput("weights", "order", f"The names {listed(cells)} do not say in which order the layers stand; "
                           f"{_SAVE}.", got=listed(cells))
    return arrays, both


def _keras_groups(arrays: list[np.ndarray]) -> tuple[list[_Direction], list[np.ndarray]]:
    """The list cut into LSTMs and the Dense layer behind them."""
    groups: list[_Direction] = []
    at = 0
    while at + 1 < len(arrays):
        kernel, recurrent = arrays[at:at + 2]
        if kernel.ndim != 2 or recurrent.ndim != 2 or recurrent.shape[1] != 4 * recurrent.shape[0] \
                or kernel.shape[1] != recurrent.shape[1] or 0 in kernel.shape:
            break
        bias = arrays[at + 2] if at + 2 < len(arrays) and arrays[at + 2].ndim == 1 else None
        groups.append(_Direction(kernel, recurrent, bias))
        at += 2 if bias is None else 3
    dense = arrays[at:]
    if not groups or len(dense) > 2 or [value.ndim for value in dense] not in ([], [2], [2, 1]):
        shapes = [value.shape for value in arrays]
        raise InvalidInput("weights", "shape", f"The shapes {shown(shapes)} are not those of LSTM layers and a Dense "
                           "layer; give kernel (inputs, 4 units), recurrent kernel (units, 4 units) and bias (4 "
                           "units,) of each layer.", got=shown(shapes))
    return groups, dense


def _fits(groups: list[_Direction], dense: list[np.ndarray], directions: int) -> bool:
    """Whether every layer takes what the one below gives, if `directions` groups are one layer."""
    H = len(groups[0].recurrent)
    return (len(groups) % directions == 0 and all(len(group.recurrent) == H for group in groups)
            and all(len(group.kernel) == len(groups[0].kernel) for group in groups[:directions])
            and all(len(group.kernel) == directions * H for group in groups[directions:])
            and all(len(kernel) == directions * H for kernel in dense[:1]))
