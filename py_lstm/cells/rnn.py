"""The plain recurrent network (Elman 1990), in the form of `torch.nn.RNN`.

    h_t = φ(W x_t + b + U h_{t-1} + b')         φ = tanh or max(0, ·)

An error on its way back through k steps is multiplied k times by Uᵀ and by φ', with no path round them: what the LSTM's
cell is there to avoid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..activations import ReluActivator
from ..cell import TANH
from ..contraction import outer_sum, project
from ..overflow import finite_gradient, finite_state
from ..parameters import Arrays
from .base import Cell, Shapes, dtype_of

ACTIVATIONS = {"tanh": TANH, "relu": ReluActivator()}


class Steps(NamedTuple):
    """What a forward pass computed. x (T, N, I), h_0 (N, H), mask (N, H) or None, z_h and h (T, N, H)."""

    x: np.ndarray
    h_0: np.ndarray
    z_h: np.ndarray
    h: np.ndarray
    mask: np.ndarray | None


class Deltas(NamedTuple):
    """What a backward pass computed: dh = dh_via_y + dh_via_z, dz_h (T, N, H), dx (T, N, I), dh_0 (N, H)."""

    dh_via_y: np.ndarray
    dh_via_z: np.ndarray
    dh: np.ndarray
    dz_h: np.ndarray
    dx: np.ndarray
    dh_0: np.ndarray
    gradients: Arrays


class RNNCell(Cell):
    """The plain recurrent network; `nonlinearity` is "tanh" or "relu"."""

    name = "rnn"
    rank = 3
    forward_quantities = ("x", "z_h", "h")
    backward_quantities = ("dh_via_y", "dh_via_z", "dh", "dz_h", "dx")
    redundant = ("bias_hh",)
    reads_tokens = True

    def __init__(self, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh"):
        self.states = {"h": hidden_size}
        self.bias = bias
        self.squash = ACTIVATIONS[nonlinearity]
        self.blocks = {"h": self.squash}

    def shapes(self, inputs: int) -> Shapes:
        H = self.states["h"]
        biases = {"bias_ih": (H,), "bias_hh": (H,)} if self.bias else {}
        return {"weight_ih": (H, inputs), "weight_hh": (H, H), **biases}

    def forward(self, x, states, parameters, mask) -> Steps:
        U = parameters["weight_hh"]
        (h_0,), (T, N) = states, x.shape[:2]
        z_h, h = (np.empty((T, N, len(U)), dtype_of(x, states, parameters)) for _ in range(2))
        with np.errstate(over="ignore", invalid="ignore"):
            z_x = project(x, parameters["weight_ih"]) + parameters.get("bias_ih", 0) + parameters.get("bias_hh", 0)
            h_prev = h_0
            for t in range(T):
                z_h[t] = z_x[t] + project(h_prev if mask is None else h_prev * mask, U)
                h[t] = self.squash.forward(z_h[t])
                h_prev = h[t]
        finite_state(h)
        return Steps(x, h_0, z_h, h, mask)

    def backward(self, steps, parameters, dh_via_y, d_states, rule) -> Deltas:
        x, h_0, _, h, mask = steps
        W, U = parameters["weight_ih"], parameters["weight_hh"]
        dh, dh_via_z, dz_h = (np.empty(h.shape, np.result_type(h, U, dh_via_y)) for _ in range(3))
        (from_z,) = d_states
        with np.errstate(over="ignore", invalid="ignore"):
            for t in reversed(range(len(h))):
                dh_via_z[t] = from_z
                dh[t] = dh_via_y[t] + dh_via_z[t]
                dz_h[t] = dh[t] * self.squash.backward(h[t])
                from_z = project(dz_h[t], U.T) * (1 if mask is None else mask)
            h_before = np.concatenate([h_0[np.newaxis], h[:-1]]) * (1 if mask is None else mask)
            gradients = {"weight_ih": outer_sum(dz_h, x, W.shape[1]), "weight_hh": outer_sum(dz_h, h_before)}
            if self.bias:
                gradients |= {"bias_ih": dz_h.sum(axis=(0, 1)), "bias_hh": dz_h.sum(axis=(0, 1))}
            dx = project(dz_h, W.T)
        deltas = Deltas(dh_via_y, dh_via_z, dh, dz_h, dx, from_z, gradients)
        finite_gradient(*deltas[:-1], *gradients.values())
        return deltas
