"""The gated recurrent unit (Cho et al. 2014), in the form of `torch.nn.GRU`.

    r_t = σ(W_r x_t + b_r + U_r h_{t-1} + b'_r)              reset gate
    z_t = σ(W_z x_t + b_z + U_z h_{t-1} + b'_z)              update gate
    u_t = U_n h_{t-1} + b'_n
    n_t = tanh(W_n x_t + b_n + r_t ⊙ u_t)                    candidate
    h_t = (1 - z_t) ⊙ n_t + z_t ⊙ h_{t-1}

Row blocks r, z, n. Cho et al. reset h before the product with U_n; PyTorch resets the product, which needs the second
bias of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..cell import SIGMOID, TANH
from ..contraction import outer_sum, project
from ..overflow import finite_gradient, finite_state
from ..parameters import Arrays
from .base import Cell, Shapes, dtype_of


class Steps(NamedTuple):
    """What a forward pass computed. x (T, N, I), h_0 (N, H), mask (N, H) or None, all others (T, N, H)."""

    x: np.ndarray
    h_0: np.ndarray
    z_r: np.ndarray
    z_z: np.ndarray
    z_n: np.ndarray
    r: np.ndarray
    z: np.ndarray
    u: np.ndarray
    n: np.ndarray
    h: np.ndarray
    mask: np.ndarray | None


class Deltas(NamedTuple):
    """What a backward pass computed. dh = dh_via_y + dh_via_z + dh_via_h, the last straight along z ⊙ h.

    dz_r, dz_z, dz_n (T, N, H) at the pre-activations; du at U_n h + b'_n; dx (T, N, I); dh_0 (N, H).
    """

    dh_via_y: np.ndarray
    dh_via_z: np.ndarray
    dh_via_h: np.ndarray
    dh: np.ndarray
    dz_r: np.ndarray
    dz_z: np.ndarray
    dz_n: np.ndarray
    du: np.ndarray
    dx: np.ndarray
    dh_0: np.ndarray
    gradients: Arrays


class GRUCell(Cell):
    """The gated recurrent unit."""

    name = "gru"
    rank = 2
    blocks = {"r": SIGMOID, "z": SIGMOID, "n": TANH}
    forward_quantities = ("x", "z_r", "r", "z_z", "z", "u", "z_n", "n", "h")
    backward_quantities = ("dh_via_y", "dh_via_z", "dh_via_h", "dh", "dz_n", "dz_z", "dz_r", "du", "dx")
    aside = ("u",)
    reads_tokens = True

    def __init__(self, hidden_size: int, bias: bool = True):
        self.states = {"h": hidden_size}
        self.bias = bias

    def shapes(self, inputs: int) -> Shapes:
        H = self.states["h"]
        biases = {"bias_ih": (3 * H,), "bias_hh": (3 * H,)} if self.bias else {}
        return {"weight_ih": (3 * H, inputs), "weight_hh": (3 * H, H), **biases}

    def forward(self, x, states, parameters, mask) -> Steps:
        W, U = parameters["weight_ih"], parameters["weight_hh"]
        (h_0,), (T, N), H = states, x.shape[:2], self.states["h"]
        dtype = dtype_of(x, states, parameters)
        zs, a = np.empty((T, N, 3 * H), dtype), np.empty((T, N, 2 * H), dtype)
        z_r, z_z, z_n = (zs[..., k * H:(k + 1) * H] for k in range(3))
        r, z = a[..., :H], a[..., H:]
        u, n, h = (np.empty((T, N, H), dtype) for _ in range(3))
        with np.errstate(over="ignore", invalid="ignore"):
            a_x = project(x, W) + parameters.get("bias_ih", 0)
            h_prev = h_0
            for t in range(T):
                a_h = project(h_prev if mask is None else h_prev * mask, U) + parameters.get("bias_hh", 0)
                zs[t, :, :2 * H] = a_x[t, :, :2 * H] + a_h[:, :2 * H]
                a[t] = SIGMOID.forward(zs[t, :, :2 * H])
                u[t] = a_h[:, 2 * H:]
                z_n[t] = a_x[t, :, 2 * H:] + r[t] * u[t]
                n[t] = TANH.forward(z_n[t])
                h[t] = (1 - z[t]) * n[t] + z[t] * h_prev
                h_prev = h[t]
        finite_state(h)
        return Steps(x, h_0, z_r, z_z, z_n, r, z, u, n, h, mask)

    def backward(self, steps, parameters, dh_via_y, d_states, rule) -> Deltas:
        x, h_0, _, _, _, r, z, u, n, h, mask = steps
        W, U = parameters["weight_ih"], parameters["weight_hh"]
        T, N, H = h.shape
        dtype = np.result_type(h, U, dh_via_y)
        d_x, d_h = (np.empty((T, N, 3 * H), dtype) for _ in range(2))    # at the products with x and with h
        dz_r, dz_z, dz_n = (d_x[..., k * H:(k + 1) * H] for k in range(3))
        du = d_h[..., 2 * H:]
        dh, dh_via_z, dh_via_h = (np.empty((T, N, H), dtype) for _ in range(3))
        h_before = np.concatenate([h_0[np.newaxis], h[:-1]])
        from_z, from_h = d_states[0], np.zeros((N, H), dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for t in reversed(range(T)):
                dh_via_z[t], dh_via_h[t] = from_z, from_h
                dh[t] = dh_via_y[t] + dh_via_z[t] + dh_via_h[t]
                dz_n[t] = dh[t] * (1 - z[t]) * TANH.backward(n[t])
                dz_z[t] = dh[t] * (h_before[t] - n[t]) * SIGMOID.backward(z[t])
                dz_r[t] = dz_n[t] * u[t] * SIGMOID.backward(r[t])
                du[t] = dz_n[t] * r[t]
                d_h[t, :, :2 * H] = d_x[t, :, :2 * H]
                from_z = project(d_h[t], U.T) * (1 if mask is None else mask)
                from_h = dh[t] * z[t]
            gradients = {"weight_ih": outer_sum(d_x, x, W.shape[1]),
                         "weight_hh": outer_sum(d_h, h_before if mask is None else h_before * mask)}
            if self.bias:
                gradients |= {"bias_ih": d_x.sum(axis=(0, 1)), "bias_hh": d_h.sum(axis=(0, 1))}
            dx = project(d_x, W.T)
        deltas = Deltas(dh_via_y, dh_via_z, dh_via_h, dh, dz_r, dz_z, dz_n, du, dx, from_z + from_h, gradients)
        finite_gradient(*deltas[:-1], *gradients.values())
        return deltas
