"""Keras' layout: kernel (I, 4H), recurrent kernel (H, 4H), bias (4H,), with columns in blocks i, f, c, o, where c is g.

They are PyTorch's matrices transposed, in the same order of gates, with one bias: the sum of PyTorch's two.
TensorFlow.js lays out its weights alike.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, NamedTuple, NoReturn, Sequence

import numpy as np

from ..validation import InvalidInput, as_array, instance, shown
from .weights import (Arrays, Loaded, check_weights, could_feed, listed, refuse_other_cell, refuse_parts, sizes_of,
                      summed_bias)

_SAVE = "save them in order with numpy.savez('weights.npz', *model.get_weights())"
_ALONE = "save the LSTM's own, numpy.savez('weights.npz', *model.get_layer('lstm').get_weights()), with its name in model.summary()"
UNSAID = ("Taken as sigmoid and tanh, forwards: a Keras weight file does not say which recurrent_activation and activation the "
          "layer has, nor whether it has go_backwards.")


class _Direction(NamedTuple):
    """One layer in one direction: kernel (I, 4H), recurrent (H, 4H), bias (4H,) or None."""

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray | None


def from_keras(arrays: Sequence[Any] | Mapping[str, Any], *, bidirectional: bool | None = None, readout: str | None = None,
               activation: str = "tanh", recurrent_activation: str = "sigmoid", go_backwards: bool = False) -> Loaded:
    """Weights from Keras' `get_weights()`: of LSTM or Bidirectional(LSTM) layers on one another, and one Dense.

    Parameters
    ----------
    arrays : the list, or a dict of the same arrays: numbered names, or Keras' paths (.../lstm_cell/kernel)
    bidirectional : whether the layers are wrapped in Bidirectional; told from the shapes where only one can be
    readout : "" leaves the Dense out, and with it all that stands before and behind the LSTM layers; None reads it
    activation, recurrent_activation, go_backwards : the layer's. Only "tanh", "sigmoid" and False mean the same here.
        hard_sigmoid, the default of Keras before 2.3 and of TensorFlow.js, is refused: with it these weights would give
        other numbers.

    Keras' weights do not say which of these three a layer has. They are taken as the defaults here, and the first of the
    `notes` of what is returned says so. All layers must have the same number of units. TensorFlow.js lays out its weights
    alike. A Dense known by its name only, which could as well feed the LSTM, is refused: numbered arrays have an order.

    Examples
    --------
    >>> I, H = 2, 3
    >>> kernel, recurrent_kernel, bias = np.zeros((I, 4 * H)), np.zeros((H, 4 * H)), np.arange(4.0 * H)
    >>> weights = from_keras([kernel, recurrent_kernel, bias])
    >>> weights["weight_ih_l0"].shape, (weights["bias_ih_l0"] + weights["bias_hh_l0"]).tolist() == bias.tolist()
    ((12, 2), True)
    >>> weights.notes
    ['Taken as sigmoid and tanh, forwards: a Keras weight file does not say which recurrent_activation and activation the layer \
has, nor whether it has go_backwards.']
    """
    for field, value, only in (("activation", activation, "tanh"),
                               ("recurrent_activation", recurrent_activation, "sigmoid")):
        if not isinstance(value, str) or value != only:
            raise InvalidInput(field, "choice", f"{field} is {shown(value)}, with which these weights mean other "
                               f"numbers; train the layer with {only}.", got=shown(value), choices=[only])
    if instance("go_backwards", go_backwards, bool):
        raise InvalidInput("go_backwards", "choice", "go_backwards is True, and an LSTM here reads forwards; leave it out and give "
                           "the LSTM the sequence from its end, x[::-1].", got="True", choices=[False])
    if bidirectional is not None:
        instance("bidirectional", bidirectional, bool)
    if readout not in (None, ""):
        raise InvalidInput("readout", "choice", f"readout is {shown(readout)}; give \"\" to leave the Dense layer out, or nothing.",
                           got=shown(readout), choices=[""])
    left: list[str] = []
    named = isinstance(arrays, Mapping) and not _numbered(arrays)
    if isinstance(arrays, Mapping):
        arrays, by_name, left = _keras_list(arrays, readout == "")
        bidirectional = by_name if bidirectional is None else bidirectional
    if isinstance(arrays, (str, bytes)) or not isinstance(arrays, Sequence):
        raise InvalidInput("weights", "type", f"weights is {shown(arrays)}; give the list from get_weights().",
                           got=shown(arrays))
    groups, dense, before, behind = _keras_groups(arrays, readout == "")
    beside = [*before, *behind]
    fitting = [d for d in (1, 2) if bidirectional in (None, d == 2) and _fits(groups, dense, d)]
    if not fitting:
        shapes = [group.kernel.shape for group in groups]
        raise InvalidInput("weights", "shape", f"The kernels of shapes {shown(shapes)} do not feed one another; give "
                           "LSTM layers of one size in their order, then at most one Dense layer; layers of other sizes are read "
                           "each from a file of its own, *layer.get_weights().", got=shown(shapes))
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
    checked = check_weights(weights)
    sizes = sizes_of(checked)
    if dense and named and could_feed(sizes.outputs, dense[0].shape[0], len(dense) > 1, sizes):
        raise InvalidInput("weights", "order", "The names do not say whether the Dense layer stands before the LSTM or behind it, nor "
                           f"does its shape, {dense[0].shape}; {_SAVE}, or {_ALONE}.", got=str(dense[0].shape))
    if [len(shape) for shape in beside] in ([2], [2, 1]) and beside[0][0] == sizes.directions * sizes.recurrent and not before:
        beside = []                                 # the readout, which was to be left out
    left += [f"an array of shape {shape}" for shape in beside]
    notes = [UNSAID]
    if bidirectional is None and fitting[0] == 2:
        notes.append("Taken as Bidirectional: two LSTMs side by side that read the same inputs would have weights of the same shapes.")
    if dense and named and sizes.outputs == sizes.inputs:
        notes.append("The Dense layer is taken for the readout; by its shape it could stand before the LSTM too.")
    if sizes.layers > 1:
        notes.append("Taken as layers on one another, each reading the outputs of every step of the one below (return_sequences=True, and "
                     "nothing such as RepeatVector between).")
    return Loaded(checked, notes + [f"Left out: {listed(left)}."] * bool(left))


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


def _numbered(named: Mapping[str, Any]) -> list[int] | None:
    """The numbers with which all the names begin, as numpy.savez and py_lstm write them."""
    numbers = [re.fullmatch(r"arr_(\d{1,6})|(\d{1,6})[._].*", str(name)) for name in named]
    return [int(match[1] or match[2]) for match in numbers] if all(numbers) else None


def _keras_list(named: Mapping[str, Any], alone: bool) -> tuple[list[Any], bool | None, list[str]]:
    """Named arrays in the order of get_weights(), whether their names say that they go in both directions, and, of the
    LSTM alone, what was left out."""
    numbers = _numbered(named)
    if numbers is not None:
        own = any(re.match(r"\d{4}_lstm_l0", str(name)) for name in named)         # a file that py_lstm wrote
        in_order = [named[name] for _, name in sorted(zip(numbers, named), key=lambda pair: pair[0])]
        return in_order, any("_reverse" in str(name) for name in named) if own else None, []
    parents: dict[str, dict[str, Any]] = {}
    for name, value in named.items():
        parent, part = re.fullmatch(r"(?s:(.*?))([^/.]*)", str(name).removesuffix(":0")).groups()
        parents.setdefault(parent, {})[part] = value
    cells = [parent for parent, parts in parents.items() if "recurrent_kernel" in parts]
    cells.sort(key=lambda parent: "backward" in parent)
    both = len(cells) == 2 and "forward" in cells[0] and "backward" in cells[1]
    others = [parent for parent in parents if parent not in cells]
    arrays: list[Any] = []
    for parent in [*cells, *([] if alone else others)]:
        parts = parents[parent]
        known = [part for part in ("kernel", "recurrent_kernel", "bias") if part in parts]
        if len(known) < len(parts) or "kernel" not in parts:
            raise InvalidInput("weights", "unknown", f"Beside the LSTM there is {listed(parent + part for part in parts)}, of neither an "
                               f"LSTM nor a Dense layer; {_ALONE}.", got=listed(parts))
        arrays += [parts[part] for part in known]
    if len(cells) > 1 and not both:
        raise InvalidInput("weights", "order", f"The names {listed(cells)} do not say in which order the layers stand; "
                           f"{_SAVE}.", got=listed(cells))
    return arrays, both, [parent.rstrip("/.") or listed(parents[parent]) for parent in others] if alone else []


def _keras_groups(arrays: Sequence[Any], alone: bool) -> tuple[list[_Direction], list[np.ndarray], list[tuple], list[tuple]]:
    """The list cut into LSTMs and the Dense layer behind them; of the LSTMs alone, the shapes of what is before and behind."""
    shapes = [getattr(value, "shape", np.shape(value)) for value in arrays] if alone else []
    first = next((k for k in range(len(shapes)) if _is_lstm(*shapes[k:k + 2])), 0)
    arrays = [as_array(f"array {k}", value) for k, value in enumerate(arrays) if not alone or k >= first]
    groups: list[_Direction] = []
    at = 0
    while _is_lstm(*(value.shape for value in arrays[at:at + 2])):
        bias = arrays[at + 2] if at + 2 < len(arrays) and arrays[at + 2].ndim == 1 else None
        if bias is not None and bias.size == 2 * arrays[at].shape[1]:
            raise InvalidInput("weights", "shape", f"The bias of shape {bias.shape} holds two for each gate: these are weights of "
                               "CuDNNLSTM of Keras 2, whose kernels are laid out otherwise too; in Keras 2, load them into the same model "
                               "with LSTM(recurrent_activation='sigmoid') in its place, which converts them, and save that.",
                               got=str(bias.shape))
        groups.append(_Direction(*arrays[at:at + 2], bias))
        at += 2 if bias is None else 3
    dense = arrays[at:]
    if alone and not any(_is_lstm(*shapes[k:k + 2]) for k in range(first + at, len(shapes))):
        return groups or _refuse_groups(arrays), [], shapes[:first], shapes[first + at:]
    if not groups or len(dense) > 2 or [value.ndim for value in dense] not in ([], [2], [2, 1]):
        _refuse_groups(arrays)
    return groups, dense, [], []


def _is_lstm(kernel: tuple[int, ...] = (), recurrent: tuple[int, ...] = ()) -> bool:
    """Whether two arrays of these shapes are the kernel and recurrent kernel of an LSTM."""
    return (len(kernel) == len(recurrent) == 2 and recurrent[1] == 4 * recurrent[0] and kernel[1] == recurrent[1]
            and 0 not in kernel)


def _refuse_groups(arrays: list[np.ndarray]) -> NoReturn:
    shapes = [value.shape for value in arrays]
    for kernel, recurrent in zip(shapes, shapes[1:]):
        if len(kernel) == len(recurrent) == 2 and kernel[1] == recurrent[1] == 3 * recurrent[0]:
            refuse_other_cell(recurrent[1], recurrent[0], kernel[0], layout="keras")
    raise InvalidInput("weights", "shape", f"The shapes {shown(shapes)} are not those of LSTM layers and a Dense "
                       "layer; give kernel (inputs, 4 units), recurrent kernel (units, 4 units) and bias (4 units,) of each layer, and "
                       f"leave out what stands before or between them: {_ALONE}.", got=shown(shapes))


def _fits(groups: list[_Direction], dense: list[np.ndarray], directions: int) -> bool:
    """Whether every layer takes what the one below gives, if `directions` groups are one layer."""
    H = len(groups[0].recurrent)
    return (len(groups) % directions == 0 and all(len(group.recurrent) == H for group in groups)
            and all(len(group.kernel) == len(groups[0].kernel) for group in groups[:directions])
            and all(len(group.kernel) == directions * H for group in groups[directions:])
            and all(len(kernel) == directions * H for kernel in dense[:1]))
