"""Weights (see `weights`) to and from what computes with them: a `Network` and an `LSTM`."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np

from ..cells.lstm import LSTMCell
from ..layers.lstm import LSTM
from ..network import Network
from ..validation import InvalidInput, instance
from .weights import Arrays, check_weights, described, sizes_of, summed_bias


def from_network(network: Network) -> Arrays:
    """The weights of a `Network` of LSTM layers: the one bias of each becomes bias_ih_l0, and bias_hh_l0 is zero.

    Raises
    ------
    InvalidInput
        If the network is of another cell, or has parameters that no layout here can say.

    Examples
    --------
    >>> weights = from_network(Network(2, 3))
    >>> sorted(weights)
    ['bias_hh_l0', 'bias_ih_l0', 'readout_bias', 'readout_weight', 'weight_hh_l0', 'weight_ih_l0']
    """
    built, p = instance("network", network, Network).architecture, network.parameters
    others = sorted(set(p) - set(built.parameter_shapes()))
    if not isinstance(built.cell, LSTMCell) or others:
        what = f"has {', '.join(others)}" if others else f"is of the cell {built.cell.name or type(built.cell).__name__}"
        raise InvalidInput("network", "choice", f"network {what}, which PyTorch's, Keras' and ONNX' layouts of an LSTM do not have; give one "
                           "of plain LSTM layers.")
    weights: Arrays = {"readout_weight": p["readout_weight"], "readout_bias": p["readout_bias"]}
    for row in built.rows:
        here, there = row.ending, f"_l{row.layer}{'_reverse' if row.reverse else ''}"
        weights |= {f"weight_ih{there}": p[f"weight_ih{here}"], f"weight_hh{there}": p[f"weight_hh{here}"],
                    f"bias_ih{there}": p[f"bias{here}"], f"bias_hh{there}": np.zeros_like(p[f"bias{here}"])}
    for name in ("h_0", "c_0"):
        weights[name] = np.stack([network.states[name + row.ending] for row in built.rows])
    return check_weights(weights)


def to_network(weights: Mapping[str, Any]) -> Network:
    """A `Network` with these weights of one layer in one direction; PyTorch's two biases are added into its one.

    Outputs are the same; training is not quite: PyTorch moves both biases, so their sum moves twice as far in each step
    of SGD. Without a readout, y_t = h_t.

    Examples
    --------
    >>> network = Network(2, 3)
    >>> same = to_network(from_network(network))
    >>> np.array_equal(same.parameters["bias"], network.parameters["bias"])
    True
    """
    weights = check_weights(weights)
    sizes = sizes_of(weights)
    if sizes.layers > 1 or sizes.directions > 1 or sizes.projection or sizes.peepholes:
        raise InvalidInput("weights", "choice", f"These weights are of {described(sizes)}; a Network has one layer, "
                           "one direction, no projection and no peepholes.")
    W, U = weights["weight_ih_l0"], weights["weight_hh_l0"]
    H, dtype = sizes.hidden, W.dtype
    return Network.of({
        "weight_ih": W, "weight_hh": U, "bias": summed_bias(weights, "_l0", sizes),
        "readout_weight": weights.get("readout_weight", np.eye(H, dtype=dtype)),
        "readout_bias": weights.get("readout_bias", np.zeros(H, dtype)),
    }, {name: weights[name][0] if name in weights else np.zeros(H, dtype) for name in ("h_0", "c_0")})


def from_lstm(lstm: LSTM) -> Arrays:
    """The weights of an `LSTM`, plain or with peepholes ("P"); what other variants compute, no layout here can say.

    Examples
    --------
    >>> lstm = LSTM(2, 3)
    >>> weights = from_lstm(lstm)
    >>> {name: array.shape for name, array in weights.items()}
    {'weight_ih_l0': (12, 2), 'weight_hh_l0': (12, 3), 'bias_ih_l0': (12,), 'bias_hh_l0': (12,)}
    >>> np.array_equal(to_lstm(weights)(np.ones((4, 2)))[0], lstm(np.ones((4, 2)))[0])
    True
    """
    if instance("lstm", lstm, LSTM).variant not in ("vanilla", "NP", "P"):
        raise InvalidInput("lstm", "choice", f"lstm is the variant {lstm.variant}, which PyTorch, Keras and ONNX do "
                           "not have; give a plain LSTM or one of variant P.", got=lstm.variant,
                           choices=["vanilla", "NP", "P"])
    return check_weights(lstm.state_dict())


def to_lstm(weights: Mapping[str, Any]) -> LSTM:
    """An `LSTM` with these weights, in their dtype; a readout is left out, since an `LSTM` has none.

    First states that are not zero become parameters (learn_initial_state).

    Examples
    --------
    >>> lstm = to_lstm({"weight_ih_l0": np.ones((4, 1)), "weight_hh_l0": np.zeros((4, 1))})
    >>> lstm.bias, lstm(np.ones((2, 1)))[0].round(4).ravel()
    (False, array([0.3696, 0.5453]))
    """
    weights = {name: value for name, value in check_weights(weights).items() if not name.startswith("readout_")}
    sizes = sizes_of(weights)
    lstm = LSTM(sizes.inputs, sizes.hidden, sizes.layers, sizes.bias, bidirectional=sizes.directions == 2,
                proj_size=sizes.recurrent * sizes.projection, variant="P" if sizes.peepholes else "vanilla",
                learn_initial_state="h_0" in weights or "c_0" in weights, dtype=weights["weight_ih_l0"].dtype)
    zeros = {name: np.zeros_like(lstm.parameters[name]) for name in ("h_0", "c_0") if name in lstm.parameters}
    lstm.load_state_dict(zeros | weights)
    return lstm
