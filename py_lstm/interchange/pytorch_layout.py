"""PyTorch's layout: py_lstm's names, rows in blocks i, f, g, o, two biases; in a model, behind the names of parts."""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping

import numpy as np

from ..validation import InvalidInput, as_array, instance, shown
from .weights import Arrays, Loaded, Sizes, check_weights, could_feed, listed, sizes_of

TENSOR = re.compile(r"(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh|bias|weight_c[ifo])(_l\d{1,4}(?:_reverse)?)?")
_LAYER = re.compile(r"_l\d{1,4}(_reverse)?\Z")
_BESIDE = ("readout_weight", "readout_bias")
# What weight_norm, spectral_norm, pruning and other parametrizations of PyTorch keep instead of a weight.
_PARTS = re.compile(r"((?:.*\.)?)(?:parametrizations\.(weight_[ih]h(?:_l\d{1,4})?(?:_reverse)?)\.original\d?|"
                    r"(weight_[ih]h(?:_l\d{1,4})?(?:_reverse)?)_(?:g|v|orig|raw))")


def from_pytorch(state_dict: Mapping[str, Any], *, lstm: str | None = None, readout: str | None = None) -> Loaded:
    """Weights from the `state_dict()` of an nn.LSTM, an nn.LSTMCell, or a model that has one, tensors or arrays.

    Parameters
    ----------
    lstm : the attribute that holds the LSTM ("encoder.lstm"; "" for the LSTM itself). Found by itself if there is one
    readout : the attribute of the nn.Linear that reads it ("fc"); "" for none. Found by itself if nothing else is in the
        model and its shape says that it stands behind the LSTM, not before it

    Where one of the two is given, the rest of the model is left out, unread, and `notes` of what is returned says what;
    otherwise anything that is neither is refused. A state dict does not say in which order the parts of a model stand: a
    layer without bias, or one of the LSTM's own width and a part of the model before it, may feed the LSTM as well and is
    a readout only if it is named. The two biases stay apart,
    so that PyTorch gets back what it gave. Names of one layer may lack `_l0`, and one `bias` (of equinox, or of a
    `Network`) counts as bias_ih.

    Examples
    --------
    >>> state_dict = {"encoder.weight_ih_l0": np.ones((4, 2)), "encoder.weight_hh_l0": np.ones((4, 1)),
    ...               "fc.weight": np.ones((1, 1)), "fc.bias": np.zeros(1)}
    >>> sorted(from_pytorch(state_dict))
    ['readout_bias', 'readout_weight', 'weight_hh_l0', 'weight_ih_l0']
    >>> from_pytorch(state_dict | {"embedding.weight": np.ones((9, 2))}, lstm="encoder").notes
    ['Left out: fc, embedding.']
    """
    if not isinstance(state_dict, Mapping):
        raise InvalidInput("state_dict", "type", f"state_dict is {shown(state_dict)}; give model.state_dict().",
                           got=shown(state_dict))
    for field, value in (("lstm", lstm), ("readout", readout)):
        if value is not None:
            instance(field, value, str)
    prefix = _lstm_prefix(state_dict, lstm)
    weights, others = {}, {}
    for name, value in state_dict.items():
        own = name[len(prefix):] if isinstance(name, str) and name.startswith(prefix) else "."
        match = TENSOR.fullmatch(own)
        if not match and ("." in own or not (prefix or own in _BESIDE or _LAYER.search(own))) and name not in ("h_0", "c_0"):
            others[name] = value
            continue
        key = match[1] + (match[2] or "_l0") if match else own if "." not in own else name
        if key in weights:
            raise InvalidInput(key, "unknown", f"{key} stands there twice, once without _l0; leave one out.")
        weights[key] = value
    for name in [name for name in weights if name.startswith("bias_l")]:
        bias = as_array(name, weights.pop(name))
        suffix = name[len("bias"):]
        if "bias_ih" + suffix in weights or "bias_hh" + suffix in weights:
            raise InvalidInput(name, "unknown", f"{name} stands beside bias_ih{suffix} or bias_hh{suffix}; give two "
                               "biases or one.")
        weights |= {"bias_ih" + suffix: bias, "bias_hh" + suffix: np.zeros_like(bias)}
    if readout == "":
        weights = {name: value for name, value in weights.items() if not name.startswith("readout_")}
    weights = check_weights(weights)
    sizes = sizes_of(weights)
    sure = _readout(state_dict, others, sizes, prefix)
    found = _linear(others, sizes, prefix, lstm, readout if readout is not None or lstm is not None else sure)
    left = [name for name in others if name not in found.values()] if readout != "" or sure is None else []
    notes = [f"Left out: {listed(_modules(left))}."] if left else []
    if found and readout is None and (prefix, sure) != ("lstm.", "readout") and len(others[found["readout_weight"]]) == sizes.inputs:
        notes.append(f"{sure} is taken for the readout; name it as readout (--readout) if it is, or lstm alone if it stands before the "
                     "LSTM, which its shape would allow too.")
    return Loaded(check_weights(weights | {key: others[name] for key, name in found.items()}) if found else weights, notes)


def to_pytorch(weights: Mapping[str, Any], *, lstm: str | None = None, readout: str = "readout") -> Arrays:
    """The state dict, as arrays, of a model with the LSTM and an nn.Linear as its attributes `lstm` and `readout`.

    Without a name for the LSTM it is the state dict of the nn.LSTM itself, or, with a readout or a first state, of the
    model that `pytorch_script` writes: that one has `lstm`, `readout` and the buffers `h_0` and `c_0`.

    Examples
    --------
    >>> sorted(to_pytorch(from_network(Network(2, 3)), lstm="rnn", readout="fc"))
    ['fc.bias', 'fc.weight', 'rnn.bias_hh_l0', 'rnn.bias_ih_l0', 'rnn.weight_hh_l0', 'rnn.weight_ih_l0']
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
    split = {match[1]: name for name in state_dict if isinstance(name, str) and (match := _PARTS.fullmatch(name))}
    names = [p.rstrip(".") for p in found]
    if lstm is not None:
        prefix = lstm + "." if lstm and not lstm.endswith(".") else lstm
        if prefix not in found and prefix not in split:
            raise InvalidInput("lstm", "choice", f"lstm is {shown(lstm)}, where no LSTM is; there is one at "
                               f"{listed(map(shown, names))}.", got=shown(lstm), choices=names)
    else:
        cells = [prefix for prefix in found if _blocks(state_dict, prefix) in (4, None)] or found[:1] or sorted(split)
        if not cells:
            raise InvalidInput("weight_ih_l0", "missing", "weight_ih_l0 is missing; give the state dict of an LSTM or of a "
                               "model that has one.")
        if len(cells) > 1:
            names = [p.rstrip(".") for p in cells]
            raise InvalidInput("lstm", "missing", f"There are several LSTMs, {listed(names)}; name one of them as lstm, such as "
                               f"lstm={shown(names[0])} (--lstm {names[0]}).", choices=names)
        prefix = cells[0]
    if prefix in split:
        tensor = _PARTS.fullmatch(split[prefix])
        what = tensor[2] or tensor[3]
        raise InvalidInput(what, "missing", f"{what} of the LSTM {shown(prefix.rstrip('.'))} is kept in parts from which PyTorch "
                           f"computes it, {listed([split[prefix]])} and others (weight_norm, spectral_norm or pruning); in PyTorch, "
                           "undo that first, torch.nn.utils.parametrize.remove_parametrizations(model.NAME, 'weight_hh_l0'), "
                           "torch.nn.utils.remove_weight_norm or torch.nn.utils.prune.remove, and save it again.", got=split[prefix])
    return prefix


def _blocks(state_dict: Mapping[str, Any], prefix: str) -> int | None:
    """How many blocks of rows the recurrent weights there have: 4 in an LSTM, 3 in a GRU, 1 in a plain RNN; None if unclear."""
    if any(name.startswith(prefix + "weight_hr") for name in map(str, state_dict)):
        return 4
    for name in (prefix + "weight_hh_l0", prefix + "weight_hh"):
        shape = getattr(state_dict.get(name), "shape", ())
        if len(shape) == 2 and shape[1] and shape[0] in (shape[1], 3 * shape[1], 4 * shape[1]):
            return int(shape[0]) // int(shape[1])
    return None


def _modules(names: Iterable[Any]) -> list[str]:
    """The parts of a model that have these tensors, in their order."""
    return list(dict.fromkeys(str(name).rpartition(".")[0] or str(name) for name in names))


def _readout(state_dict: Mapping[str, Any], others: Mapping[str, Any], sizes: Sizes, prefix: str) -> str | None:
    """The one part beside the LSTM, if it is a linear layer that reads it."""
    fitting = [name for name in _modules(others) if _fits(others, name, sizes)]
    if len(fitting) != 1 or len(_modules(others)) != 1:
        return None
    if (prefix, fitting[0]) == ("lstm.", "readout") or _surely(others, fitting[0], sizes):      # the first as py_lstm itself names them
        return fitting[0]
    # PyTorch lists parts as they were added to the model, unless the file that they come from has sorted them.
    names = list(map(str, state_dict))
    added = names != sorted(names) and not any(name in others for name in names[:len(names) - len(others)])
    return fitting[0] if added and fitting[0] + ".bias" in others and "emb" not in fitting[0].lower() else None


def _linear(others: Mapping[str, Any], sizes: Sizes, prefix: str, lstm: str | None, readout: str | None) -> dict[str, str]:
    """The names of the readout's tensors among what is not the LSTM's, by what they are called here."""
    if readout == "" or (readout is None and (lstm is not None or not others)):
        return {}
    if readout is None:
        fitting = [name for name in _modules(others) if _fits(others, name, sizes)]
        own, one = prefix.rstrip("."), fitting[0] if len(fitting) == 1 else None
        how = f"lstm={shown(own)} (--lstm {own or shown('')})"
        if one and _surely(others, one, sizes):
            how = f"lstm={shown(own)}, readout={shown(one)} (--lstm {own or shown('')} --readout {one})"
        elif one:
            how += f", and readout={shown(one)} (--readout {one}) only if it reads the LSTM's outputs, which its shape does not say"
        raise InvalidInput("weights", "unknown", f"Beside the LSTM there is {listed(others)}; name the parts to be read, lstm and "
                           f"readout, and the rest is left out: {how}.", got=listed(others))
    if readout + ".weight" not in others:
        raise InvalidInput("readout", "choice", f"readout is {shown(readout)}, which has no weight; beside the LSTM "
                           f"there is {listed(others)}.", got=shown(readout), choices=[str(name) for name in others])
    return {"readout_" + part: f"{readout}.{part}" for part in ("weight", "bias") if f"{readout}.{part}" in others}


def _fits(others: Mapping[str, Any], name: str, sizes: Sizes) -> bool:
    """Whether a part of the model is a matrix, with a bias or without, that could read the LSTM."""
    shape = getattr(others.get(name + ".weight"), "shape", ())
    tensors = {str(each) for each in others if str(each).rpartition(".")[0] == name}
    return len(shape) == 2 and shape[1] == sizes.directions * sizes.recurrent and tensors <= {name + ".weight", name + ".bias"}


def _surely(others: Mapping[str, Any], name: str, sizes: Sizes) -> bool:
    outputs, inputs = others[name + ".weight"].shape
    return not could_feed(outputs, inputs, name + ".bias" in others, sizes) and "emb" not in name.lower()
