"""PyTorch's layout: py_lstm's names, rows in blocks i, f, g, o, two biases; in a model, behind the names of parts."""

from __future__ import annotations

import re
from typing import Any, Mapping

import numpy as np

from ..validation import InvalidInput, as_array, instance, shown
from .weights import Arrays, check_weights, listed

TENSOR = re.compile(r"(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh|bias|weight_c[ifo])(_l\d{1,4}(?:_reverse)?)?")


def from_pytorch(state_dict: Mapping[str, Any], *, lstm: str | None = None, readout: str | None = None) -> Arrays:
    """Weights from the `state_dict()` of an nn.LSTM, an nn.LSTMCell, or a model that has one, tensors or arrays.

    Parameters
    ----------
    lstm : the attribute that holds the LSTM ("encoder.lstm"; "" for the LSTM itself). Found by itself if there is one
    readout : the attribute of the nn.Linear that reads it ("fc"). Found by itself if nothing else is in the model

    Where one of the two is given, the rest of the model is left out; otherwise anything that is neither is refused. The
    two biases stay apart, so that PyTorch gets back what it gave. Names of one layer may lack `_l0`, and one `bias` (of
    equinox, or of a `Network`) counts as bias_ih.

    Examples
    --------
    >>> state_dict = {"encoder.weight_ih_l0": np.ones((4, 2)), "encoder.weight_hh_l0": np.ones((4, 1)),
    ...               "fc.weight": np.ones((1, 1)), "fc.bias": np.zeros(1)}
    >>> sorted(from_pytorch(state_dict))
    ['readout_bias', 'readout_weight', 'weight_hh_l0', 'weight_ih_l0']
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
        if "." not in own or name in ("h_0", "c_0"):
            match = TENSOR.fullmatch(own)
            key = match[1] + (match[2] or "_l0") if match else own if "." not in own else name
            if key in weights:
                raise InvalidInput(key, "unknown", f"{key} stands there twice, once without _l0; leave one out.")
            weights[key] = value
        else:
            others[name] = value
    for name in [name for name in weights if name.startswith("bias_l")]:
        bias = as_array(name, weights.pop(name))
        suffix = name[len("bias"):]
        if "bias_ih" + suffix in weights or "bias_hh" + suffix in weights:
            raise InvalidInput(name, "unknown", f"{name} stands beside bias_ih{suffix} or bias_hh{suffix}; give two "
                               "biases or one.")
        weights |= {"bias_ih" + suffix: bias, "bias_hh" + suffix: np.zeros_like(bias)}
    weights |= _linear(others, lstm, readout)
    return check_weights(weights)


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
    if lstm is not None:
        prefix = lstm + "." if lstm and not lstm.endswith(".") else lstm
        if prefix not in found:
            names = [p.rstrip(".") for p in found]
            raise InvalidInput("lstm", "choice", f"lstm is {shown(lstm)}, where no LSTM is; there is one at "
                               f"{listed(map(shown, names))}.", got=shown(lstm), choices=names)
        return prefix
    if not found:
        raise InvalidInput("weight_ih_l0", "missing", "weight_ih_l0 is missing; give the state dict of an LSTM or of a "
                           "model that has one.")
    if len(found) > 1:
        names = [p.rstrip(".") for p in found]
        raise InvalidInput("lstm", "missing", f"There are several LSTMs, {listed(names)}; name one of them as lstm.",
                           choices=names)
    return found[0]


def _linear(others: Mapping[str, Any], lstm: str | None, readout: str | None) -> dict[str, Any]:
    """The readout among what is not the LSTM's."""
    if readout is None:
        if lstm is not None or not others:
            return {}
        readout = min(map(str, others)).rpartition(".")[0]
        if not readout or not {readout + ".weight"} <= set(others) <= {readout + ".weight", readout + ".bias"}:
            raise InvalidInput("weights", "unknown", f"Beside the LSTM there is {listed(others)}; name the parts to be "
                               "read, lstm and readout, and the rest is left out.", got=listed(others))
    if readout + ".weight" not in others:
        raise InvalidInput("readout", "choice", f"readout is {shown(readout)}, which has no weight; beside the LSTM "
                           f"there is {listed(others)}.", got=shown(readout), choices=[str(name) for name in others])
    found = {"readout_weight": others[readout + ".weight"]}
    return found | ({"readout_bias": others[readout + ".bias"]} if readout + ".bias" in others else {})
