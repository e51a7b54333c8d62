"""minLSTM (Feng et al. 2024, "Were RNNs all we needed?", arXiv 2410.01201): an LSTM whose gates see the input only.

    f_t = σ(W_f x_t + b_f)                          forget gate
    i_t = σ(W_i x_t + b_i)                          input gate
    n_t = W_n x_t + b_n                             candidate
    s_t = f_t + i_t
    keep_t = f_t / s_t        take_t = i_t / s_t    the two shares, which add up to 1
    h_t = keep_t ⊙ h_{t-1} + take_t ⊙ n_t

Row blocks f, i, n. It has no weight_hh, no output gate, and no cell state besides h.
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
    z_f: np.ndarray
    z_i: np.ndarray
    f: np.ndarray
    i: np.ndarray
    n: np.ndarray
    s: np.ndarray
    keep: np.ndarray
    take: np.ndarray
    h: np.ndarray


class Deltas(NamedTuple):
    """What a backward pass computed. dh = dh_via_y + dh_via_h, all (T, N, H); dx (T, N, I); dh_0 (N, H)."""

    dh_via_y: np.ndarray
    dh_via_h: np.ndarray
    dh: np.ndarray
    dkeep: np.ndarray
    dtake: np.ndarray
    dz_f: np.ndarray
    dz_i: np.ndarray
    dn: np.ndarray
    dx: np.ndarray
    dh_0: np.ndarray
    gradients: Arrays


class MinLSTMCell(Cell):
    """The minimal LSTM."""

    name = "minlstm"
    rank = 5
    blocks = {"f": SIGMOID, "i": SIGMOID, "n": IdentityActivator()}
    forward_quantities = ("x", "z_f", "f", "z_i", "i", "n", "s", "keep", "take", "h")
    backward_quantities = ("dh_via_y", "dh_via_h", "dh", "dkeep", "dtake", "dz_f", "dz_i", "dn", "dx")
    aside = ("s",)
    openings = ("f", "i", "keep", "take")
    first_biases = {"forget_bias": "f", "input_bias": "i"}
    reads_tokens = True

    def __init__(self, hidden_size: int):
        self.states = {"h": hidden_size}

    def shapes(self, inputs: int) -> Shapes:
        H = self.width
        return {"weight_ih": (3 * H, inputs), "bias": (3 * H,)}

    def forward(self, x, states, parameters, mask=None) -> Steps:
        W, b = parameters["weight_ih"], parameters["bias"]
        (h_0,), (T, N), H = states, x.shape[:2], self.width
        f, i, s, keep, take, h = (np.empty((T, N, H), dtype_of(x, states, parameters)) for _ in range(6))
        with np.errstate(over="ignore", invalid="ignore"):
            a = project(x, W) + b
            z_f, z_i, n = (a[..., k * H:(k + 1) * H] for k in range(3))
            h_prev = h_0
            for t in range(T):
                f[t] = SIGMOID.forward(z_f[t])
                i[t] = SIGMOID.forward(z_i[t])
                s[t] = f[t] + i[t]
                keep[t] = f[t] / s[t]
                take[t] = i[t] / s[t]
                h[t] = keep[t] * h_prev + take[t] * n[t]
                h_prev = h[t]
        finite_state(h)
        return Steps(x, h_0, z_f, z_i, f, i, n, s, keep, take, h)

    def backward(self, steps, parameters, dh_via_y, d_states, rule="full") -> Deltas:
        x, h_0, _, _, f, i, n, s, keep, take, h = steps
        W, (T, N, H) = parameters["weight_ih"], h.shape
        dtype = np.result_type(h, W, dh_via_y)
        d = np.empty((T, N, 3 * H), dtype)
        dz_f, dz_i, dn = (d[..., k * H:(k + 1) * H] for k in range(3))
        dh, dh_via_h, dkeep, dtake = (np.empty((T, N, H), dtype) for _ in range(4))
        h_before = np.concatenate([h_0[np.newaxis], h[:-1]])
        (from_h,) = d_states
        with np.errstate(over="ignore", invalid="ignore"):
            for t in reversed(range(T)):
                dh_via_h[t] = from_h
                dh[t] = dh_via_y[t] + dh_via_h[t]
                dkeep[t] = dh[t] * h_before[t]
                dtake[t] = dh[t] * n[t]
                dz_f[t] = (dkeep[t] - dtake[t]) * take[t] / s[t] * SIGMOID.backward(f[t])
                dz_i[t] = (dtake[t] - dkeep[t]) * keep[t] / s[t] * SIGMOID.backward(i[t])
                dn[t] = dh[t] * take[t]
                from_h = dh[t] * keep[t]
            gradients = {"weight_ih": outer_sum(d, x, W.shape[1]), "bias": d.sum(axis=(0, 1))}
            dx = project(d, W.T)
        deltas = Deltas(dh_via_y, dh_via_h, dh, dkeep, dtake, dz_f, dz_i, dn, dx, from_h, gradients)
        finite_gradient(*deltas[:-1], *gradients.values())
        return deltas
