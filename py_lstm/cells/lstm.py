"""The LSTM as a cell of a network: by the equations of cell.py, or of variants.py where something is changed about it."""

from __future__ import annotations

import numpy as np

from . import variants
from .. import cell
from ..cell import SIGMOID, TANH
from ..parameters import Arrays
from .base import Cell, Shapes

# PyTorch has two biases, which the cell adds up.
BIASES = {0: (), 1: ("bias",), 2: ("bias_ih", "bias_hh")}


class GeneralCell(Cell):
    """The cell of variants.py; `biases` is how many there are: none, one, or PyTorch's two, of which the sum counts."""

    blocks = {"i": SIGMOID, "f": SIGMOID, "g": TANH, "o": SIGMOID}
    forward_quantities = ("x", "z_f", "z_i", "z_g", "z_o", "f", "i", "g", "o", "c", "tanh_c", "h")
    backward_quantities = ("dh_via_y", "dh_via_z", "dh", "dc_via_h", "dc_via_c", "dc", "dz_f", "dz_i", "dz_g", "dz_o", "dx")
    aside = ("tanh_c",)
    first_biases = {"forget_bias": "f", "input_bias": "i"}

    def __init__(self, hidden_size: int, biases: int = 1, proj_size: int = 0, variant: variants.Variant = variants.PLAIN,
                 layer_norm: bool = False):
        self.states = {"h": proj_size or hidden_size, "c": hidden_size}
        if variant.full_recurrence:
            self.states["r"] = 3 * hidden_size
        self.biases, self.proj_size, self.variant, self.layer_norm = biases, proj_size, variant, layer_norm

    def shapes(self, inputs: int) -> Shapes:
        H = self.states["c"]
        shapes: Shapes = {"weight_ih": (4 * H, inputs), "weight_hh": (4 * H, self.states["h"])}
        shapes |= {name: (4 * H,) for name in BIASES[self.biases]}
        if self.proj_size:
            shapes["weight_hr"] = (self.proj_size, H)
        if self.variant.peepholes:
            shapes |= {name: (H,) for name in ("weight_ci", "weight_cf", "weight_co")}
        if self.variant.full_recurrence:
            shapes["weight_gg"] = (3 * H, 3 * H)
        if self.layer_norm:
            shapes |= {"gain_ih": (4 * H,), "gain_hh": (4 * H,), "gain_c": (H,)} | ({"bias_c": (H,)} if self.biases else {})
        return shapes

    def forward(self, x, states, parameters, mask=None):
        h_0, c_0, *r_0 = states
        return variants.forward(x, h_0, c_0, _one_bias(parameters), self.variant, r_0=r_0[0] if r_0 else None, mask=mask)

    def backward(self, steps, parameters, dh_via_y, d_states, rule="full"):
        return variants.backward(steps, _one_bias(parameters), self.variant, dh_via_y, *d_states, rule=rule)

    def gradients(self, deltas, parameters: Arrays) -> Arrays:
        return {name: deltas.gradients["bias" if name in BIASES[2] else name] for name in parameters}


class LSTMCell(GeneralCell):
    """The LSTM as it is: `cell` computes it, but for masks and for rules that are not the derivative."""

    name = "lstm"
    rank = 1
    reads_tokens = True

    def forward(self, x, states, parameters, mask=None):
        if mask is not None:
            return super().forward(x, states, parameters, mask)
        return cell.forward(x, *states, self.weights(parameters))

    def backward(self, steps, parameters, dh_via_y, d_states, rule="full"):
        if rule == "full" and isinstance(steps, cell.Steps):
            return cell.backward(steps, self.weights(parameters), dh_via_y, *d_states)
        return super().backward(variants.Steps(**steps._asdict()), parameters, dh_via_y, d_states, rule)

    def gradients(self, deltas, parameters: Arrays) -> Arrays:
        if isinstance(deltas, variants.Deltas):
            return super().gradients(deltas, parameters)
        return {"weight_ih": deltas.weight_ih, "weight_hh": deltas.weight_hh, **dict.fromkeys(BIASES[self.biases], deltas.bias)}

    def weights(self, p: Arrays) -> cell.Weights:
        """The parameters as `cell` takes them."""
        bias = p["bias"] if "bias" in p else p["bias_ih"] + p["bias_hh"] if self.biases else np.zeros(
            4 * self.states["c"], p["weight_hh"].dtype)
        return cell.Weights(p["weight_ih"], p["weight_hh"], bias)


def _one_bias(parameters: Arrays) -> Arrays:
    """The parameters of `variants`: one bias, the sum of PyTorch's two."""
    if "bias_ih" not in parameters:
        return parameters
    return {name: value for name, value in parameters.items() if name not in BIASES[2]} | {
        "bias": parameters["bias_ih"] + parameters["bias_hh"]}
