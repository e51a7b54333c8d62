"""sLSTM (Beck et al. 2024, "xLSTM: Extended Long Short-Term Memory", arXiv 2405.04517): an LSTM with exponential gates.

    z^i_t = W_i x_t + U_i h_{t-1} + b_i             likewise z^f_t, z^g_t and z^o_t
    l_t = log σ(z^f_t)                              the logarithm of the forget gate
    m_t = max(l_t + m_{t-1}, z^i_t)                 stabiliser: no power below is larger than e^0
    i_t = exp(z^i_t - m_t)                          input gate
    f_t = exp(l_t + m_{t-1} - m_t)                  forget gate
    g_t = tanh(z^g_t)                               candidate
    o_t = σ(z^o_t)                                  output gate
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t                 cell state
    n_t = f_t ⊙ n_{t-1} + i_t                       normaliser, the sum of all that was let in
    h_t = o_t ⊙ c_t / n_t                           hidden state

The paper's forget gate is exp or σ; here it is σ. Row blocks i, f, g, o. The recurrent weights are full, those of one head.
The stabiliser cancels in c_t / n_t, and with it its derivative, except where somebody takes c, n or m of the last step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..activations import IdentityActivator
from ..cell import SIGMOID, TANH, blocks
from ..contraction import outer_sum, project
from ..overflow import finite_gradient, finite_state
from ..parameters import Arrays
from .base import Cell, Shapes, dtype_of


class Steps(NamedTuple):
    """What a forward pass computed. x (T, N, I); h_0, c_0, n_0, m_0 (N, H); all others (T, N, H)."""

    x: np.ndarray
    h_0: np.ndarray
    c_0: np.ndarray
    n_0: np.ndarray
    m_0: np.ndarray
    z_i: np.ndarray
    z_f: np.ndarray
    z_g: np.ndarray
    z_o: np.ndarray
    l: np.ndarray
    m: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    n: np.ndarray
    h: np.ndarray


class Deltas(NamedTuple):
    """What a backward pass computed. dh = dh_via_y + dh_via_z; dc = dc_via_h + dc_via_c, and so for n.

    di, df and dl are at the gates and at log σ, dm at the stabiliser, dz_k at the pre-activations, all (T, N, H);
    dx (T, N, I); dh_0, dc_0, dn_0, dm_0 (N, H).
    """

    dh_via_y: np.ndarray
    dh_via_z: np.ndarray
    dh: np.ndarray
    dc_via_h: np.ndarray
    dc_via_c: np.ndarray
    dc: np.ndarray
    dn_via_h: np.ndarray
    dn_via_n: np.ndarray
    dn: np.ndarray
    di: np.ndarray
    df: np.ndarray
    dm: np.ndarray
    dl: np.ndarray
    dz_i: np.ndarray
    dz_f: np.ndarray
    dz_g: np.ndarray
    dz_o: np.ndarray
    dx: np.ndarray
    dh_0: np.ndarray
    dc_0: np.ndarray
    dn_0: np.ndarray
    dm_0: np.ndarray
    gradients: Arrays


class SLSTMCell(Cell):
    """The LSTM with exponential gates, a normaliser and a stabiliser."""

    name = "slstm"
    rank = 4
    blocks = {"i": IdentityActivator(), "f": SIGMOID, "g": TANH, "o": SIGMOID}
    forward_quantities = ("x", "z_f", "l", "z_i", "m", "f", "i", "z_g", "g", "z_o", "o", "c", "n", "h")
    backward_quantities = ("dh_via_y", "dh_via_z", "dh", "dc_via_h", "dc_via_c", "dc", "dn_via_h", "dn_via_n", "dn", "di", "df",
                           "dm", "dl", "dz_f", "dz_i", "dz_g", "dz_o", "dx")
    aside = ("l", "m")
    openings = ("i", "f", "o")
    first_biases = {"forget_bias": "f", "input_bias": "i"}
    reads_tokens = True

    def __init__(self, hidden_size: int):
        self.states = dict.fromkeys(("h", "c", "n", "m"), hidden_size)

    def shapes(self, inputs: int) -> Shapes:
        H = self.width
        return {"weight_ih": (4 * H, inputs), "weight_hh": (4 * H, H), "bias": (4 * H,)}

    def forward(self, x, states, parameters, mask=None) -> Steps:
        W, U, b = parameters["weight_ih"], parameters["weight_hh"], parameters["bias"]
        (h_0, c_0, n_0, m_0), (T, N), H = states, x.shape[:2], self.width
        dtype = dtype_of(x, states, parameters)
        a = np.empty((T, N, 4 * H), dtype)
        z_i, z_f, z_g, z_o = blocks(a)
        l, m, i, f, g, o, c, n, h = (np.empty((T, N, H), dtype) for _ in range(9))
        with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
            a_x = project(x, W) + b
            h_prev, c_prev, n_prev, m_prev = h_0, c_0, n_0, m_0
            for t in range(T):
                a[t] = a_x[t] + project(h_prev if mask is None else h_prev * mask, U)
                l[t] = np.minimum(z_f[t], 0) - np.log1p(np.exp(-_size(z_f[t])))
                m[t] = np.maximum(l[t] + m_prev, z_i[t])
                i[t] = np.exp(z_i[t] - m[t])
                f[t] = np.exp(l[t] + m_prev - m[t])
                g[t] = TANH.forward(z_g[t])
                o[t] = SIGMOID.forward(z_o[t])
                c[t] = f[t] * c_prev + i[t] * g[t]
                n[t] = f[t] * n_prev + i[t]
                h[t] = o[t] * c[t] / n[t]
                h_prev, c_prev, n_prev, m_prev = h[t], c[t], n[t], m[t]
        finite_state(h, c, n, m)
        return Steps(x, h_0, c_0, n_0, m_0, z_i, z_f, z_g, z_o, l, m, i, f, g, o, c, n, h)

    def backward(self, steps, parameters, dh_via_y, d_states, rule="full") -> Deltas:
        x, h_0, c_0, n_0, m_0, z_i, z_f, _, _, l, m, i, f, g, o, c, n, h = steps
        W, U, (T, N, H) = parameters["weight_ih"], parameters["weight_hh"], h.shape
        dtype = np.result_type(h, W, U, dh_via_y)
        dz = np.empty((T, N, 4 * H), dtype)
        dz_i, dz_f, dz_g, dz_o = blocks(dz)
        dh, dh_via_z, dc, dc_via_h, dc_via_c, dn, dn_via_h, dn_via_n, di, df, dm, dl = (np.empty((T, N, H), dtype) for _ in range(12))
        h_before, c_before, n_before, m_before = (np.concatenate([first[np.newaxis], after[:-1]])
                                                  for first, after in ((h_0, h), (c_0, c), (n_0, n), (m_0, m)))
        from_h, from_c, from_n, from_m = d_states
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            for t in reversed(range(T)):
                dh_via_z[t] = from_h
                dh[t] = dh_via_y[t] + dh_via_z[t]
                dc_via_h[t] = dh[t] * o[t] / n[t]
                dc_via_c[t] = from_c
                dc[t] = dc_via_h[t] + dc_via_c[t]
                dn_via_h[t] = -dh[t] * h[t] / n[t]
                dn_via_n[t] = from_n
                dn[t] = dn_via_h[t] + dn_via_n[t]
                di[t] = dc[t] * g[t] + dn[t]
                df[t] = dc[t] * c_before[t] + dn[t] * n_before[t]
                dm[t] = from_m - di[t] * i[t] - df[t] * f[t]
                old = l[t] + m_before[t] >= z_i[t]              # whether the larger one is what was there before
                dl[t] = df[t] * f[t] + dm[t] * old
                dz_i[t] = di[t] * i[t] + dm[t] * ~old
                dz_f[t] = dl[t] * SIGMOID.forward(-z_f[t])
                dz_g[t] = dc[t] * i[t] * TANH.backward(g[t])
                dz_o[t] = dh[t] * c[t] / n[t] * SIGMOID.backward(o[t])
                from_h = project(dz[t], U.T)
                from_c = dc[t] * f[t]
                from_n = dn[t] * f[t]
                from_m = dl[t]
            dx = project(dz, W.T)
            gradients = {"weight_ih": outer_sum(dz, x, W.shape[1]), "weight_hh": outer_sum(dz, h_before), "bias": dz.sum(axis=(0, 1))}
        deltas = Deltas(dh_via_y, dh_via_z, dh, dc_via_h, dc_via_c, dc, dn_via_h, dn_via_n, dn, di, df, dm, dl, dz_i, dz_f, dz_g, dz_o,
                        dx, from_h, from_c, from_n, from_m, gradients)
        finite_gradient(*deltas[:-1], *gradients.values())
        return deltas


def _size(z: np.ndarray) -> np.ndarray:
    """|z|, with the derivative that the complex step needs."""
    return np.where(z >= 0, z, -z)
