"""The weights of an LSTM as named arrays: what must be there, and in which shapes.

py_lstm names weights as PyTorch does, so that a state dict is already in its layout. With L layers, D directions, I
inputs, H hidden units, R = H recurrent units (fewer with a projection) and O outputs, each layer k has

    weight_ih_l{k}   (4H, I), from the second layer on (4H, D·R)      row blocks i, f, g, o
    weight_hh_l{k}   (4H, R)
    bias_ih_l{k}, bias_hh_l{k}   (4H,)    both or neither; only their sum matters to the outputs
    weight_hr_l{k}   (R, H)               with a projection only
    weight_ci_l{k}, weight_cf_l{k}, weight_co_l{k}   (H,)   with peepholes only: i and f from c_{t-1}, o from c_t

and the same again with `_reverse` for the second direction. Beside them may stand what surrounds the LSTM:

    readout_weight (O, D·R), readout_bias (O,)     y_t = V h_t + a
    h_0 (L·D, R), c_0 (L·D, H)                     the states before the first step; absent if they are zero
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, NamedTuple

import numpy as np

from ..validation import InvalidInput, array, as_array, cut, shown

Arrays = dict[str, np.ndarray]

_NAME = re.compile(r"(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr|weight_c[ifo])_l(\d{1,4})(_reverse)?")
PEEPHOLES = ("weight_ci", "weight_cf", "weight_co")
_BESIDE = ("readout_weight", "readout_bias", "h_0", "c_0")
_MOST_LAYERS = 1000


class Loaded(dict[str, np.ndarray]):
    """Named arrays as a reader gives them, with `notes`: a sentence for each thing that the file does not say or that
    was left out.

    They are an attribute and not a warning, since some are true of every file of a kind; a program decides whether it
    shows them, as the command line does.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], notes: Iterable[str] = ()):
        super().__init__(arrays)
        self.notes = list(notes)


class Sizes(NamedTuple):
    """What the shapes of a set of weights say: L, D, I, H, R, O (0 without a readout), and which parts there are."""

    layers: int
    directions: int
    inputs: int
    hidden: int
    recurrent: int
    outputs: int
    bias: bool
    projection: bool
    peepholes: bool

    def suffixes(self) -> list[str]:
        """The ends of the names, "_l0", "_l0_reverse", "_l1", ..., in the order of PyTorch's states h_n and c_n."""
        return [f"_l{k}{end}" for k in range(self.layers) for end in ("", "_reverse")[:self.directions]]

    def kinds(self) -> list[str]:
        """The beginnings of the names of one layer's tensors, in PyTorch's order."""
        return ["weight_ih", "weight_hh", *["bias_ih", "bias_hh"] * self.bias, *["weight_hr"] * self.projection,
                *PEEPHOLES * self.peepholes]

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor, the states included."""
        H, R, D = self.hidden, self.recurrent, self.directions
        shape = {"weight_hh": (4 * H, R), "bias_ih": (4 * H,), "bias_hh": (4 * H,), "weight_hr": (R, H),
                 **dict.fromkeys(PEEPHOLES, (H,))}
        wanted: dict[str, tuple[int, ...]] = {}
        for suffix in self.suffixes():
            first = suffix.startswith("_l0")
            wanted |= {kind + suffix: (4 * H, self.inputs if first else D * R) if kind == "weight_ih" else shape[kind]
                       for kind in self.kinds()}
        if self.outputs:
            wanted |= {"readout_weight": (self.outputs, D * R), "readout_bias": (self.outputs,)}
        return wanted | {"h_0": (self.layers * D, R), "c_0": (self.layers * D, H)}


def check_weights(weights: Mapping[str, Any]) -> Arrays:
    """A copy of `weights` in which everything is there, nothing else, in the right shape, finite and of one dtype.

    float16 becomes float32, which holds it exactly; with a float64 among them, all become float64. Whole numbers are
    refused: they would be quantized weights without their scale. A readout without bias gets zeros; states of zeros are
    left out. The names come in PyTorch's order.
    """
    if not isinstance(weights, Mapping):
        raise InvalidInput("weights", "type", f"weights is {shown(weights)}; give a dict of arrays by name.",
                           got=shown(weights))
    given = {key: _floats(key, value) for key, value in weights.items()}
    dtype = np.dtype(np.float64 if any(value.dtype == np.float64 for value in given.values()) else np.float32)
    sizes = sizes_of(given)
    checked = {}
    for name, shape in sizes.shapes().items():
        if name == "readout_bias" and name not in given:
            checked[name] = np.zeros(shape, dtype)
        elif name in given:
            checked[name] = np.ascontiguousarray(array(name, given[name], shape, dtype))
        elif name not in ("h_0", "c_0"):
            raise InvalidInput(name, "missing", f"{name} is missing; give it in shape {shape}.", wanted=str(shape))
    for name in ("h_0", "c_0"):
        if name in checked and not checked[name].any():
            del checked[name]
    return checked


def sizes_of(weights: Mapping[str, np.ndarray]) -> Sizes:
    """Layers, directions and sizes, from names and the shapes of the first layer; refuses names it does not know."""
    found = {}
    for name in weights:
        match = _NAME.fullmatch(name) if isinstance(name, str) else None
        if match and str(int(match[2])) == match[2]:
            found[name] = match
        elif name not in _BESIDE:
            raise InvalidInput("weights", "unknown", f"{shown(name)} is no weight of an LSTM; leave it out or give it "
                               "one of the names weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, ...",
                               got=shown(name))
    kinds = {match[1] for match in found.values()}
    layers = 1 + max((int(match[2]) for match in found.values()), default=0)
    if layers > _MOST_LAYERS:
        raise InvalidInput("weights", "range", f"The names count {layers} layers; at most {_MOST_LAYERS} are read.",
                           got=layers, high=_MOST_LAYERS)
    for name in ("weight_ih_l0", "weight_hh_l0"):
        if name not in weights:
            raise InvalidInput(name, "missing", f"{name} is missing; give the LSTM's weights under PyTorch's names.")
    W = _matrix("weight_ih_l0", weights, "(4 hidden, inputs)")
    U = _matrix("weight_hh_l0", weights, "(4 hidden, hidden)")
    if "weight_hr" not in kinds and len(W) == len(U):
        refuse_other_cell(*U.shape, W.shape[1], layers, any(match[3] for match in found.values()))
    if len(W) % 4:
        raise InvalidInput("weight_ih_l0", "shape", f"weight_ih_l0 has {len(W)} rows; give four equal blocks of rows, "
                           "for the gates i, f, g, o.", got=str(W.shape), wanted="(4 hidden, inputs)")
    V = _matrix("readout_weight", weights, "(outputs, hidden)") if "readout_weight" in weights else None
    if V is None and "readout_bias" in weights:
        raise InvalidInput("readout_weight", "missing", "readout_weight is missing; give it with readout_bias.")
    directions = 2 if any(match[3] for match in found.values()) else 1
    projection = "weight_hr" in kinds
    hidden = len(W) // 4
    return Sizes(layers, directions, W.shape[1], hidden, U.shape[1] if projection else hidden,
                 0 if V is None else len(V), bool(kinds & {"bias_ih", "bias_hh"}), projection,
                 bool(kinds & set(PEEPHOLES)))


def refuse_other_cell(rows: int, units: int, inputs: int, layers: int = 1, both: bool = False, layout: str = "pytorch") -> None:
    """Refuse recurrent weights of a GRU or a plain RNN: three blocks of rows or one, where an LSTM has four."""
    for kind, name, blocks in (("GRU", "GRU", 3), ("RNN", "plain RNN", 1)):
        if rows == blocks * units:
            arguments = ", ".join([str(inputs), str(units), *[str(layers)] * (layers > 1), *["bidirectional=True"] * both])
            how = "takes them" if layout == "pytorch" else "takes them as PyTorch lays them out, with its blocks in PyTorch's order"
            raise InvalidInput("weights", "choice", f"These are the weights of a {name} ({'three blocks' if blocks == 3 else 'one block'} "
                               f"of {units} rows, where an LSTM has four); only an LSTM's are read here. "
                               f"{kind}({arguments}).load_state_dict(...) {how}.", got=kind)


def could_feed(outputs: int, inputs: int, bias: bool, sizes: Sizes) -> bool:
    """Whether a linear layer that fits behind the LSTM may as well be what feeds it, so that only its name or its place
    in a list can tell.

    An Embedding has no bias and is as wide as what reads it; a Linear layer before the LSTM gives what the LSTM reads, and
    that it takes just as many numbers as the LSTM gives would be a coincidence, unless all sizes are the same.
    """
    return not bias or outputs == sizes.inputs == inputs


def summed_bias(weights: Mapping[str, np.ndarray], suffix: str, sizes: Sizes) -> np.ndarray:
    """bias_ih + bias_hh of one layer and direction, (4H,); zeros if it has none."""
    if not sizes.bias:
        return np.zeros(4 * sizes.hidden, weights["weight_ih_l0"].dtype)
    with np.errstate(over="ignore"):
        total = weights["bias_ih" + suffix] + weights["bias_hh" + suffix]
    return array("bias" + suffix, total, (4 * sizes.hidden,), total.dtype)


def described(sizes: Sizes) -> str:
    """The sizes in words."""
    parts = [f"{sizes.layers} layer{'s' * (sizes.layers > 1)}", "in both directions" if sizes.directions > 1 else "",
             f"with {sizes.inputs} inputs and {sizes.hidden} units",
             f"projected to {sizes.recurrent}" if sizes.projection else "", "with peepholes" if sizes.peepholes else "",
             f"and a readout of {sizes.outputs}" if sizes.outputs else ""]
    return " ".join(part for part in parts if part)


def refuse_parts(whose: str, sizes: Sizes, *without: str) -> None:
    """Refuse weights with a part, "projection" or "peepholes", that a layout has no place for."""
    for part in without:
        if getattr(sizes, part):
            raise InvalidInput("layout", "choice", f"{whose} has no {part}, and these weights are of "
                               f"{described(sizes)}; choose another layout.", got=part)


def listed(names: Iterable[Any]) -> str:
    """Up to eight names in a sentence."""
    names = [cut(str(name), 60) for name in names]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "nothing"


def _floats(name: Any, value: Any) -> np.ndarray:
    """`value` as an array of float32 or float64."""
    given = as_array(str(name), value)
    if given.dtype.kind != "f":
        raise InvalidInput(str(name), "number", f"{name} holds {given.dtype}; give floating-point numbers, float32 or "
                           "float64.", got=str(given.dtype))
    return given.astype(np.float64 if given.dtype.itemsize >= 8 else np.float32, copy=False)


def _matrix(name: str, weights: Mapping[str, np.ndarray], wanted: str) -> np.ndarray:
    value = weights[name]
    if value.ndim != 2 or 0 in value.shape:
        raise InvalidInput(name, "shape", f"{name} has shape {value.shape}; give shape {wanted}.", got=str(value.shape),
                           wanted=wanted)
    return value
