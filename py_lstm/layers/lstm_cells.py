"""What `LSTM` computes at every layer and direction: the cell of `variants`, or `cell`'s where nothing else is asked for."""

from __future__ import annotations

import numpy as np

from . import variants
from .. import cell
from ..parameters import Arrays


class GeneralCell:
    """The cell of `variants`, as `direction` asks for it: two biases, PyTorch's names."""

    def __init__(self, hidden_size: int, bias: bool, proj_size: int = 0, variant: variants.Variant = variants.PLAIN,
                 layer_norm: bool = False):
        self.states = {"h": proj_size or hidden_size, "c": hidden_size}
        if variant.full_recurrence:
            self.states["r"] = 3 * hidden_size
        self.bias, self.proj_size, self.variant, self.layer_norm = bias, proj_size, variant, layer_norm

    def shapes(self, inputs: int) -> dict[str, tuple[int, ...]]:
        H = self.states["c"]
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (4 * H, inputs), "weight_hh": (4 * H, self.states["h"])}
        if self.bias:
            shapes |= {"bias_ih": (4 * H,), "bias_hh": (4 * H,)}
        if self.proj_size:
            shapes["weight_hr"] = (self.proj_size, H)
        if self.variant.peepholes:
            shapes |= {name: (H,) for name in ("weight_ci", "weight_cf", "weight_co")}
        if self.variant.full_recurrence:
            shapes["weight_gg"] = (3 * H, 3 * H)
        if self.layer_norm:
            shapes |= {"gain_ih": (4 * H,), "gain_hh": (4 * H,), "gain_c": (H,)} | ({"bias_c": (H,)} if self.bias else {})
        return shapes

    def forward(self, x, states, parameters, mask):
        h_0, c_0, *r_0 = states
        return variants.forward(x, h_0, c_0, _one_bias(parameters), self.variant, r_0=r_0[0] if r_0 else None, mask=mask)

    def backward(self, steps, parameters, dh_via_y, d_states, rule):
        return variants.backward(steps, _one_bias(parameters), self.variant, dh_via_y, *d_states, rule=rule)

    def gradients(self, deltas, parameters: Arrays) -> Arrays:
        both = {"bias_ih": "bias", "bias_hh": "bias"}   # z takes their sum
        return {name: deltas.gradients[both.get(name, name)] for name in parameters}


class PlainCell(GeneralCell):
    """The same without options: `cell` computes it, but for masks and for rules that are not the derivative."""

    def forward(self, x, states, parameters, mask):
        if mask is not None:
            return super().forward(x, states, parameters, mask)
        return cell.forward(x, *states, self._weights(parameters))

    def backward(self, steps, parameters, dh_via_y, d_states, rule):
        if rule == "full" and isinstance(steps, cell.Steps):
            return cell.backward(steps, self._weights(parameters), dh_via_y, *d_states)
        return super().backward(variants.Steps(**steps._asdict()), parameters, dh_via_y, d_states, rule)

    def gradients(self, deltas, parameters: Arrays) -> Arrays:
        if isinstance(deltas, variants.Deltas):
            return super().gradients(deltas, parameters)
        biases = {"bias_ih": deltas.bias, "bias_hh": deltas.bias} if self.bias else {}
        return {"weight_ih": deltas.weight_ih, "weight_hh": deltas.weight_hh, **biases}

    def _weights(self, p: Arrays) -> cell.Weights:
        bias = p["bias_ih"] + p["bias_hh"] if self.bias else np.zeros(4 * self.states["c"], p["weight_hh"].dtype)
        return cell.Weights(p["weight_ih"], p["weight_hh"], bias)


def _one_bias(parameters: Arrays) -> Arrays:
    """The parameters of `variants`: one bias, the sum of PyTorch's two."""
    if "bias_ih" not in parameters:
        return parameters
    return {name: value for name, value in parameters.items() if name not in ("bias_ih", "bias_hh")} | {
        "bias": parameters["bias_ih"] + parameters["bias_hh"]}
