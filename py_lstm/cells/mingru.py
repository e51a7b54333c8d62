"""minGRU (Feng et al. 2024, "Were RNNs all we needed?", arXiv 2410.01201): a GRU whose gate and candidate see the input only.

    z_t = σ(W_z x_t + b_z)                          update gate
    n_t = W_n x_t + b_n                             candidate
    h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ n_t

Row blocks z, n. It has no weight_hh: h_{t-1} is carried on, but neither the gate nor the candidate depends on it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..activations import IdentityActivator
from ..cell import SIGMOID
from ..contraction import outer_sum, project
from ..overflow import finite_gradient, finite_state
from ..parameters import Arrays
from .base import Cell, Shapes, dtype_of


class Steps(NamedTuple):
    """What a forward pass computed. x (T, N, I), h_0 (N, H), all others (T, N, H)."""

    x: np.ndarray
    h_0: np.ndarray
    z_z: np.ndarray
    z: np.ndarray
    n: np.ndarray
    h: np.ndarray


class Deltas(NamedTuple):
    """What a backward pass computed. dh = dh_via_y + dh_via_h, all (T, N, H); dx (T, N, I); dh_0 (N, H)."""

    dh_via_y: np.ndarray
    dh_via_h: np.ndarray
    dh: np.ndarray
    dz_z: np.ndarray
    dn: np.ndarray
    dx: np.ndarray
    dh_0: np.ndarray
    gradients: Arrays


class MinGRUCell(Cell):
    """The minimal GRU."""

    name = "mingru"
    rank = 5
    blocks = {"z": SIGMOID, "n": IdentityActivator()}
    forward_quantities = ("x", "z_z", "z", "n", "h")
    backward_quantities = ("dh_via_y", "dh_via_h", "dh", "dz_z", "dn", "dx")
    reads_tokens = True

    def __init__(self, hidden_size: int):
        self.states = {"h": hidden_size}

    def shapes(self, inputs: int) -> Shapes:
        H = self.width
        return {"weight_ih": (2 * H, inputs), "bias": (2 * H,)}

    def forward(self, x, states, parameters, mask=None) -> Steps:
        W, b = parameters["weight_ih"], parameters["bias"]
        (h_0,), (T, N), H = states, x.shape[:2], self.width
        z, h = (np.empty((T, N, H), dtype_of(x, states, parameters)) for _ in range(2))
        with np.errstate(over="ignore", invalid="ignore"):
            a = project(x, W) + b
            z_z, n = a[..., :H], a[..., H:]
            h_prev = h_0
            for t in range(T):
                z[t] = SIGMOID.forward(z_z[t])
                h[t] = (1 - z[t]) * h_prev + z[t] * n[t]
                h_prev = h[t]
        finite_state(h)
        return Steps(x, h_0, z_z, z, n, h)

    def backward(self, steps, parameters, dh_via_y, d_states, rule="full") -> Deltas:
        x, h_0, _, z, n, h = steps
        W, (T, N, H) = parameters["weight_ih"], h.shape
        dtype = np.result_type(h, W, dh_via_y)
        d = np.empty((T, N, 2 * H), dtype)
        dz_z, dn = d[..., :H], d[..., H:]
        dh, dh_via_h = (np.empty((T, N, H), dtype) for _ in range(2))
        h_before = np.concatenate([h_0[np.newaxis], h[:-1]])
        (from_h,) = d_states
        with np.errstate(over="ignore", invalid="ignore"):
            for t in reversed(range(T)):
                dh_via_h[t] = from_h
                dh[t] = dh_via_y[t] + dh_via_h[t]
                dz_z[t] = dh[t] * (n[t] - h_before[t]) * SIGMOID.backward(z[t])
                dn[t] = dh[t] * z[t]
                from_h = dh[t] * (1 - z[t])
            gradients = {"weight_ih": outer_sum(d, x, W.shape[1]), "bias": d.sum(axis=(0, 1))}
            dx = project(d, W.T)
        deltas = Deltas(dh_via_y, dh_via_h, dh, dz_z, dn, dx, from_h, gradients)
        finite_gradient(*deltas[:-1], *gradients.values())
        return deltas
