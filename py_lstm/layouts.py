"""How PyTorch, Keras and ONNX lay out an LSTM's weights, and how they become py_lstm's (see `weights`) and back.

    PyTorch  names as here; rows in blocks i, f, g, o; two biases           from_pytorch, to_pytorch   a state dict
    Keras    transposed: kernel (I, 4H), recurrent (H, 4H), bias (4H,);     from_keras, to_keras       get_weights()
             columns in blocks i, f, c, o, where c is g; one bias
    ONNX     W (D, 4H, I), R (D, 4H, H), B (D, 8H), P (D, 3H);              from_onnx, to_onnx         a dict per layer
             rows in blocks i, o, f, c and i, o, f; two biases in B

Where a layout has one bias, PyTorch's two are added: z_t takes only their sum, so outputs are the same. On the way back
the sum becomes bias_ih, and bias_hh is zero. What a layout cannot say (peepholes in Keras, say) is refused, not dropped.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, NamedTuple, Sequence

import numpy as np

from .validation import InvalidInput, choice, shown
from .weights import Arrays, Sizes, check_weights, described, sizes_of, summed_bias

LAYOUTS = ("pytorch", "keras", "onnx")

# Blocks of rows of one layout by their place in the other.
_TO_ONNX, _FROM_ONNX = (0, 3, 1, 2), (0, 2, 3, 1)                   # i f g o -> i o f c, and back
_PEEPHOLES = (0, 2, 1)                                              # i f o <-> i o f

_TENSOR = re.compile(r"(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh|bias|peephole)(_l\d{1,4}(?:_reverse)?)?")
_NODE = re.compile(r"(W|R|B|P|initial_h|initial_c)(?:_l(\d{1,4}))?")
_SAVE_KERAS = "save them in order with numpy.savez('weights.npz', *model.get_weights())"


def from_layout(arrays: Mapping[str, Any], layout: str | None = None, *, lstm: str | None = None,
                readout: str | None = None, bidirectional: bool | None = None, activation: str = "tanh",
                recurrent_activation: str = "sigmoid") -> Arrays:
    """Named arrays of any layout as py_lstm's weights; see the three readers for the arguments."""
    layout = choice("layout", layout, LAYOUTS) if layout is not None else layout_of(arrays)
    if layout == "keras":
        return from_keras(arrays, bidirectional=bidirectional, activation=activation,
                          recurrent_activation=recurrent_activation)
    return _from_named_onnx(arrays) if layout == "onnx" else from_pytorch(arrays, lstm=lstm, readout=readout)


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
    named = {key + (f"_l{k}" if len(nodes) > 1 else ""): value for k, node in enumerate(nodes) for key, value in node.items()}
    return named | {name: value for name, value in check_weights(weights).items() if name.startswith("readout_")}


def layout_of(names: Iterable[str]) -> str:
    """The layout that names of arrays speak of."""
    names = [str(name) for name in names]
    if any(_TENSOR.fullmatch(name.rpartition(".")[2]) and "weight_ih" in name for name in names):
        return "pytorch"
    if any("recurrent_kernel" in name for name in names) or all(re.fullmatch(r"arr_\d+", name) for name in names) and names:
        return "keras"
    if any(re.fullmatch(r"W(_l\d+)?", name) for name in names):
        return "onnx"
    raise InvalidInput("weights", "missing", f"No LSTM among the names {shown(names)}; give weight_ih_l0, weight_hh_l0, ... "
                       "(PyTorch), kernel and recurrent_kernel or arr_0, arr_1, ... (Keras), or W and R (ONNX).",
                       got=shown(names))


# --- PyTorch ----------------------------------------------------------------------------------------------------------

def from_pytorch(state_dict: Mapping[str, Any], *, lstm: str | None = None, readout: str | None = None) -> Arrays:
    """Weights from the `state_dict()` of an nn.LSTM, an nn.LSTMCell, or a model that has one, tensors or arrays.

    Parameters
    ----------
    lstm : the attribute that holds the LSTM ("encoder.lstm"; "" for the LSTM itself). Found by itself if there is one
    readout : the attribute of the nn.Linear that reads it ("fc"). Found by itself if nothing else is in the model

    Where one of the two is given, the rest of the model is left out; otherwise anything that is neither is refused. The
    two biases stay apart, so that PyTorch gets back what it gave. Names of one layer may lack `_l0`, and one `bias` (of
    equinox, or of a `Network`) counts as bias_ih.
    """
    if not isinstance(state_dict, Mapping):
        raise InvalidInput("state_dict", "type", f"state_dict is {shown(state_dict)}; give model.state_dict().",
                           got=shown(state_dict))
    prefix = _lstm_prefix(state_dict, lstm)
    weights, others = {}, {}
    for name, value in state_dict.items():
        own = name[len(prefix):] if isinstance(name, str) and name.startswith(prefix) else "."
        if "." not in own or name in ("h_0", "c_0"):
            match = _TENSOR.fullmatch(own)
            key = match[1] + (match[2] or "_l0") if match else own if "." not in own else name
            if key in weights:
                raise InvalidInput(key, "unknown", f"{key} stands there twice, once without _l0; leave one out.")
            weights[key] = value
        else:
            others[name] = value
    for name in [name for name in weights if name.startswith("bias_l")]:
        bias = np.asarray(weights.pop(name))
        suffix = name[len("bias"):]
        if "bias_ih" + suffix in weights or "bias_hh" + suffix in weights:
            raise InvalidInput(name, "unknown", f"{name} stands beside bias_ih{suffix} or bias_hh{suffix}; give two biases "
                               "or one.")
        weights |= {"bias_ih" + suffix: bias, "bias_hh" + suffix: np.zeros_like(bias)}
    weights |= _linear(others, lstm, readout)
    return check_weights(weights)


def to_pytorch(weights: Mapping[str, Any], *, lstm: str | None = None, readout: str = "readout") -> Arrays:
    """The state dict, as arrays, of a model that holds the LSTM and the nn.Linear as the attributes `lstm` and `readout`.

    Without a name for the LSTM it is the state dict of the nn.LSTM itself, or of the model that `pytorch_script` writes if
    there are a readout or first states: that one has `lstm`, `readout` and the buffers `h_0` and `c_0`.
    """
    weights = check_weights(weights)
    beside = {"readout_weight": readout + ".weight", "readout_bias": readout + ".bias", "h_0": "h_0", "c_0": "c_0"}
    if lstm is None:
        lstm = "lstm" if any(name in weights for name in beside) else ""
    prefix = lstm + "." if lstm else ""
    return {beside.get(name, prefix + name): value for name, value in weights.items()}


def _lstm_prefix(state_dict: Mapping[str, Any], lstm: str | None) -> str:
    """What stands before `weight_ih_l0` in the names, with its dot."""
    found = sorted({name[:match.start()] for name in state_dict if isinstance(name, str)
                    and (match := re.search(r"(?<![^.])weight_ih(_l0)?\Z", name))})
    if lstm is not None:
        prefix = lstm + "." if lstm and not lstm.endswith(".") else lstm
        if prefix not in found:
            raise InvalidInput("lstm", "choice", f"lstm is {shown(lstm)}; there is {_listed(p.rstrip('.') for p in found)}.",
                               got=shown(lstm), choices=[p.rstrip(".") for p in found])
        return prefix
    if not found:
        raise InvalidInput("weight_ih_l0", "missing", "weight_ih_l0 is missing; give the state dict of an LSTM or of a model "
                           "that has one.")
    if len(found) > 1:
        names = [p.rstrip(".") for p in found]
        raise InvalidInput("lstm", "missing", f"There are several LSTMs, {_listed(names)}; name one of them as lstm.",
                           choices=names)
    return found[0]


def _linear(others: Mapping[str, Any], lstm: str | None, readout: str | None) -> dict[str, Any]:
    """The readout among what is not the LSTM's."""
    if readout is None:
        if lstm is not None or not others:
            return {}
        readout = min(map(str, others)).rpartition(".")[0]
        if not readout or not {readout + ".weight"} <= set(others) <= {readout + ".weight", readout + ".bias"}:
            raise InvalidInput("weights", "unknown", f"Beside the LSTM there is {_listed(others)}; name the parts to be read, "
                               "lstm and readout, and the rest is left out.", got=_listed(others))
    if readout + ".weight" not in others:
        raise InvalidInput("readout", "choice", f"readout is {shown(readout)}, but there is no {shown(readout + '.weight')}; "
                           f"there is {_listed(others)}.", got=shown(readout), choices=[str(name) for name in others])
    found = {"readout_weight": others[readout + ".weight"]}
    return found | ({"readout_bias": others[readout + ".bias"]} if readout + ".bias" in others else {})


# --- Keras ------------------------------------------------------------------------------------------------------------

class _Direction(NamedTuple):
    """One layer in one direction: kernel (I, 4H), recurrent (H, 4H), bias (4H,) or None."""

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray | None


def from_keras(arrays: Sequence[Any] | Mapping[str, Any], *, bidirectional: bool | None = None, activation: str = "tanh",
               recurrent_activation: str = "sigmoid") -> Arrays:
    """Weights from Keras' `get_weights()`: of one LSTM, of Bidirectional(LSTM), or of a model of such layers and one Dense.

    Parameters
    ----------
    arrays : the list, or a dict of the same arrays: numbered names, or Keras' paths (.../lstm_cell/kernel)
    bidirectional : whether the layers are wrapped in Bidirectional; told from the shapes where only one can be
    activation, recurrent_activation : the layer's. Only "tanh" and "sigmoid" mean the same here. hard_sigmoid, the
        default of Keras before 2.3 and of TensorFlow.js, is refused: with it these weights would give other numbers.

    All layers must have the same number of units. TensorFlow.js lays out its weights alike.
    """
    for field, value, only in (("activation", activation, "tanh"), ("recurrent_activation", recurrent_activation, "sigmoid")):
        if value != only:
            raise InvalidInput(field, "choice", f"{field} is {shown(value)}, with which these weights mean other numbers; "
                               f"train the layer with {only}.", got=shown(value), choices=[only])
    if isinstance(arrays, Mapping):
        arrays, by_name = _keras_list(arrays)
        bidirectional = by_name if bidirectional is None else bidirectional
    if isinstance(arrays, (str, bytes)) or not isinstance(arrays, Sequence):
        raise InvalidInput("weights", "type", f"weights is {shown(arrays)}; give the list from get_weights().",
                           got=shown(arrays))
    groups, dense = _keras_groups([_plain(k, value) for k, value in enumerate(arrays)])
    fitting = [d for d in (1, 2) if bidirectional in (None, d == 2) and _fits(groups, dense, d)]
    if not fitting:
        shapes = [group.kernel.shape for group in groups]
        raise InvalidInput("weights", "shape", f"The kernels of shapes {shown(shapes)} do not feed one another; give LSTM "
                           "layers of one size in their order, then at most one Dense layer.", got=shown(shapes))
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
    """What `set_weights` of the same model takes: kernel, recurrent kernel and bias of each layer and direction, then Dense.

    The two biases are added. A model built with use_bias=False takes weights without biases.
    """
    weights = check_weights(weights)
    sizes = sizes_of(weights)
    _refuse_parts("Keras' LSTM", sizes, projection=True, peepholes=True)
    if "h_0" in weights or "c_0" in weights:
        raise InvalidInput("h_0", "choice", "h_0 or c_0 is not zero, and Keras keeps no first states among its weights; leave "
                           "them out and pass them as initial_state.")
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
        return [named[name] for _, name in order], None
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
            raise InvalidInput("weights", "unknown", f"Keras' LSTM and Dense have no {_listed(parts)} together; {_SAVE_KERAS}.",
                               got=_listed(parts))
        arrays += [parts[part] for part in known]
    if len(cells) > 1 and not both:
        raise InvalidInput("weights", "order", f"The names {_listed(cells)} do not say in which order the layers stand; "
                           f"{_SAVE_KERAS}.", got=_listed(cells))
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
        raise InvalidInput("weights", "shape", f"The shapes {shown(shapes)} are not those of LSTM layers and a Dense layer; give "
                           "kernel (inputs, 4 units), recurrent kernel (units, 4 units) and bias (4 units,) of each layer.",
                           got=shown(shapes))
    return groups, dense


def _fits(groups: list[_Direction], dense: list[np.ndarray], directions: int) -> bool:
    """Whether every layer takes what the one below gives, if `directions` groups are one layer."""
    H = len(groups[0].recurrent)
    return (len(groups) % directions == 0 and all(len(group.recurrent) == H for group in groups)
            and all(len(group.kernel) == len(groups[0].kernel) for group in groups[:directions])
            and all(len(group.kernel) == directions * H for group in groups[directions:])
            and all(len(kernel) == directions * H for kernel in dense[:1]))


def _plain(k: int, value: Any) -> np.ndarray:
    try:
        return np.asarray(value)
    except Exception as error:
        raise InvalidInput("weights", "type", f"Array {k} cannot be made a NumPy array ({error}); give get_weights().") from None


# --- ONNX -------------------------------------------------------------------------------------------------------------

def from_onnx(layers: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Arrays:
    """Weights from the inputs of one ONNX LSTM node, or of one for each layer.

    Parameters
    ----------
    layers : dict with W (D, 4H, I), R (D, 4H, H) and perhaps B (D, 8H), P (D, 3H), initial_h and initial_c (D, 1, H); or a
        list of such dicts

    Two rows of D are forward and backward. What the node says in attributes must be the default: activations, clip,
    input_forget; a node of direction "reverse" alone has no place here. `onnx_files.read_onnx` looks at all that in a file.
    """
    layers = [layers] if isinstance(layers, Mapping) else layers
    if not isinstance(layers, Sequence) or not layers or not all(isinstance(node, Mapping) for node in layers):
        raise InvalidInput("weights", "type", f"weights is {shown(layers)}; give a dict with W and R for each layer.",
                           got=shown(layers))
    weights: Arrays = {}
    states: dict[str, list[np.ndarray]] = {"h_0": [], "c_0": []}
    D, _, _ = _onnx_input("W", layers[0], (None, None, None)).shape
    rows = _onnx_input("R", layers[0], (D, None, None)).shape[2]
    if D not in (1, 2):
        raise InvalidInput("W", "shape", f"W has {D} directions; give 1 or 2.", got=str(D), wanted="1 or 2")
    for k, node in enumerate(layers):
        for name in node:
            if name not in ("W", "R", "B", "P", "initial_h", "initial_c"):
                raise InvalidInput("weights", "unknown", f"{shown(name)} is no weight of an ONNX LSTM; give W, R, B, P, "
                                   "initial_h, initial_c.", got=shown(name))
        H = rows
        W = _onnx_input("W", node, (D, 4 * H, None))
        R = _onnx_input("R", node, (D, 4 * H, H))
        B = _onnx_input("B", node, (D, 8 * H)) if "B" in node else None
        P = _onnx_input("P", node, (D, 3 * H)) if "P" in node else None
        for d in range(D):
            suffix = f"_l{k}" + ("_reverse" if d else "")
            weights |= {"weight_ih" + suffix: _blocks(W[d], _FROM_ONNX), "weight_hh" + suffix: _blocks(R[d], _FROM_ONNX)}
            if B is not None:
                weights |= {"bias_ih" + suffix: _blocks(B[d, :4 * H], _FROM_ONNX),
                            "bias_hh" + suffix: _blocks(B[d, 4 * H:], _FROM_ONNX)}
            if P is not None:
                weights["peephole" + suffix] = _blocks(P[d], _PEEPHOLES)
        for name in states:
            given = "initial_" + name[0]
            states[name].append(_onnx_input(given, node, (D, 1, H))[:, 0] if given in node else np.zeros((D, H), np.float32))
    return check_weights(weights | {name: np.concatenate(value) for name, value in states.items()})


def to_onnx(weights: Mapping[str, Any]) -> list[Arrays]:
    """For each layer the inputs W, R, B, P, initial_h, initial_c of its ONNX LSTM node, those that there are."""
    weights = check_weights(weights)
    sizes = sizes_of(weights)
    _refuse_parts("ONNX' LSTM", sizes, projection=True)
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
            node["P"] = np.stack([_blocks(value, _PEEPHOLES) for value in stacked["peephole"]])
        for name in ("h_0", "c_0"):
            if name in weights:
                node["initial_" + name[0]] = weights[name][k * D:(k + 1) * D, np.newaxis]
        nodes.append(node)
    return nodes


def _from_named_onnx(arrays: Mapping[str, Any]) -> Arrays:
    """Weights from names W, R, ... or W_l0, R_l0, W_l1, ..., with readout_weight and readout_bias beside them."""
    layers: dict[int, dict[str, Any]] = {}
    beside = {}
    for name, value in arrays.items():
        match = _NODE.fullmatch(str(name))
        if match:
            node = layers.setdefault(int(match[2] or 0), {})
            if match[1] in node:
                raise InvalidInput(match[1], "unknown", f"{match[1]} stands there twice, once without _l0; leave one out.")
            node[match[1]] = value
        elif name in ("readout_weight", "readout_bias"):
            beside[name] = value
        else:
            raise InvalidInput("weights", "unknown", f"{shown(name)} is no weight of an ONNX LSTM; leave it out.",
                               got=shown(name))
    if sorted(layers) != list(range(len(layers))):
        raise InvalidInput("weights", "missing", f"Layers {shown(sorted(layers))} are there; number them from 0 without gaps.",
                           got=shown(sorted(layers)))
    return check_weights(from_onnx([layers[k] for k in sorted(layers)]) | beside)


def _onnx_input(name: str, node: Mapping[str, Any], shape: tuple[int | None, ...]) -> np.ndarray:
    if name not in node:
        raise InvalidInput(name, "missing", f"{name} is missing; give W and R of every LSTM node.")
    value = _plain(0, node[name])
    if value.ndim != len(shape) or any(have == 0 if want is None else have != want for want, have in zip(shape, value.shape)):
        wanted = "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
        raise InvalidInput(name, "shape", f"{name} has shape {value.shape}; give shape {wanted}.", got=str(value.shape),
                           wanted=wanted)
    return value


def _blocks(rows: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """Equal blocks of rows in another order."""
    blocks = np.split(rows, len(order))
    return np.concatenate([blocks[k] for k in order])


# --- all --------------------------------------------------------------------------------------------------------------

def _refuse_parts(whose: str, sizes: Sizes, **without: bool) -> None:
    for part in without:
        if getattr(sizes, part):
            raise InvalidInput("layout", "choice", f"{whose} has no {part}, and these weights are of {described(sizes)}; choose "
                               "another layout.", got=part)


def _listed(names: Iterable[Any]) -> str:
    """Up to eight names in a sentence."""
    names = [str(name)[:60] for name in names]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "nothing"
