"""The equations: one sequence forward, one sequence backward.

Forward (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), for t = 1 ... T:

    f_t = σ(W_f x_t + U_f h_{t-1} + b_f)        forget gate
    i_t = σ(W_i x_t + U_i h_{t-1} + b_i)        input gate
    g_t = tanh(W_g x_t + U_g h_{t-1} + b_g)     candidate
    o_t = σ(W_o x_t + U_o h_{t-1} + b_o)        output gate
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t             cell state
    h_t = o_t ⊙ tanh(c_t)                       hidden state

Backward, for t = T ... 1, writing d· for the derivative of a scalar L with respect to ·. Two streams meet in h_t (what
L takes from h_t itself, and what comes back from step t+1 through the four gates) and two in c_t (through h_t, and
through c_{t+1} along the cell); both are recorded apart, because that is what there is to understand.

Arrays are (time, batch, features). Weights follow PyTorch: weight_ih (4H, I) holds W, weight_hh (4H, H) holds U, and
the four gates are blocks of H rows in the order i, f, g, o. There is one bias (4H,), the sum of PyTorch's two.
The code runs in the dtype of its arguments: float32, float64, or complex for the complex-step check.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .activations import Activator, SigmoidActivator, TanhActivator
from .contraction import are_tokens, outer_sum, project
from .validation import InvalidInput, inputs, instance, numeric, shown

GATES = ("i", "f", "g", "o")

SIGMOID = SigmoidActivator()
TANH = TanhActivator()


class Weights(NamedTuple):
    """What a cell learns: weight_ih (4H, I), weight_hh (4H, H), bias (4H,), row blocks i, f, g, o.

    Examples
    --------
    >>> weights = initialize(2, 3, rng=0)
    >>> [array.shape for array in weights]
    [(12, 2), (12, 3), (12,)]
    >>> weights.bias[3:6]                                                     # block f: the forget gate begins open
    array([1., 1., 1.])
    """

    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias: np.ndarray


class Steps(NamedTuple):
    """Everything a forward pass computed. x is (T, N, I), or tokens (T, N); h_0 and c_0 are (N, H), all others (T, N, H).

    Examples
    --------
    >>> from py_lstm import cell
    >>> steps = cell.forward(np.ones((5, 1, 2)), np.zeros((1, 3)), np.zeros((1, 3)), initialize(2, 3))
    >>> steps.f.shape                                                         # (time, batch, unit)
    (5, 1, 3)
    >>> np.array_equal(steps.c[1], steps.f[1] * steps.c[0] + steps.i[1] * steps.g[1])
    True
    """

    x: np.ndarray
    h_0: np.ndarray
    c_0: np.ndarray
    z_i: np.ndarray
    z_f: np.ndarray
    z_g: np.ndarray
    z_o: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    tanh_c: np.ndarray
    h: np.ndarray


class Deltas(NamedTuple):
    """Everything a backward pass computed.

    Attributes
    ----------
    dz_i, dz_f, dz_g, dz_o : (T, N, H), at the pre-activations; the tutorial's delta_i, delta_f, delta_ct, delta_o.
    dh, dh_via_y, dh_via_z : (T, N, H), dh = dh_via_y + dh_via_z, the total and its two streams
    dc, dc_via_h, dc_via_c : (T, N, H), dc = dc_via_h + dc_via_c, likewise
    dx : (T, N, I), also for tokens, whose one-hot rows it belongs to
    dh_0, dc_0 : (N, H)
    weight_ih, weight_hh, bias : gradients, shaped as in `Weights`

    Examples
    --------
    >>> from py_lstm import cell
    >>> weights = initialize(2, 3)
    >>> steps = cell.forward(np.ones((5, 1, 2)), np.zeros((1, 3)), np.zeros((1, 3)), weights)
    >>> deltas = cell.backward(steps, weights, np.ones((5, 1, 3)))
    >>> np.array_equal(deltas.dc, deltas.dc_via_h + deltas.dc_via_c)          # the two streams into every cell state
    True
    >>> np.allclose(deltas.dc_via_c[0], deltas.dc[1] * steps.f[1])
    True
    """

    dh_via_y: np.ndarray
    dh_via_z: np.ndarray
    dh: np.ndarray
    dc_via_h: np.ndarray
    dc_via_c: np.ndarray
    dc: np.ndarray
    dz_i: np.ndarray
    dz_f: np.ndarray
    dz_g: np.ndarray
    dz_o: np.ndarray
    dx: np.ndarray
    dh_0: np.ndarray
    dc_0: np.ndarray
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias: np.ndarray


def blocks(z: np.ndarray) -> tuple[np.ndarray, ...]:
    """Views of the four gate blocks i, f, g, o along the last axis: (..., 4H) gives four (..., H)."""
    H = z.shape[-1] // 4
    return tuple(z[..., k * H:(k + 1) * H] for k in range(4))


def forward(x: np.ndarray, h_0: np.ndarray, c_0: np.ndarray, weights: Weights, *,
            gate: Activator = SIGMOID, squash: Activator = TANH) -> Steps:
    """Run one batch of sequences through the cell.

    Parameters
    ----------
    x : (T, N, I), or tokens (T, N): integers from 0 to I - 1 that stand for one-hot rows
    h_0, c_0 : (N, H), the states before the first step
    weights : shapes as in `Weights`
    gate, squash : activations of the gates i, f, o, and of the candidate and the cell state

    Raises
    ------
    InvalidInput
        If shapes do not fit, if a number is not finite, or if weights and inputs are so large that their products
        overflow to ∞ - ∞.
    """
    x, h_0, c_0, weights = _checked(x, h_0, c_0, weights)
    W, U, b = weights
    T, N = x.shape[:2]
    H = U.shape[1]
    dtype = np.result_type(W, U, b, h_0, c_0, *([] if are_tokens(x) else [x]))
    z = np.empty((T, N, 4 * H), dtype)
    z_i, z_f, z_g, z_o = blocks(z)
    i, f, g, o, c, tanh_c, h = (np.empty((T, N, H), dtype) for _ in range(7))

    # Overflow to ±∞ only saturates a gate, which is right; ∞ - ∞ is refused below with a sentence.
    with np.errstate(over="ignore", invalid="ignore"):
        z_x = project(x, W) + b                     # the input's part, all steps at once: (T, N, 4H)
        h_prev, c_prev = h_0, c_0
        for t in range(T):
            z[t] = z_x[t] + project(h_prev, U)
            i[t] = gate.forward(z_i[t])
            f[t] = gate.forward(z_f[t])
            g[t] = squash.forward(z_g[t])
            o[t] = gate.forward(z_o[t])
            c[t] = f[t] * c_prev + i[t] * g[t]
            tanh_c[t] = squash.forward(c[t])
            h[t] = o[t] * tanh_c[t]
            h_prev, c_prev = h[t], c[t]
    finite = np.isfinite(c) & np.isfinite(h)
    if not finite.all():
        t = int(np.argwhere(~finite)[0][0])
        raise InvalidInput("state", "diverged", f"The state at step {t + 1} is not finite: weights, inputs or states are "
                           "so large that their products overflow; scale them down.", where=[t])
    return Steps(x, h_0, c_0, z_i, z_f, z_g, z_o, i, f, g, o, c, tanh_c, h)


def backward(steps: Steps, weights: Weights, dh_via_y: np.ndarray, dh_n: np.ndarray | None = None,
             dc_n: np.ndarray | None = None, *, gate: Activator = SIGMOID, squash: Activator = TANH) -> Deltas:
    """Take the derivative of a scalar L back through the whole sequence.

    Parameters
    ----------
    steps : what `forward` returned for the same weights
    dh_via_y : (T, N, H), what L takes directly from each h_t (through a readout, say)
    dh_n, dc_n : (N, H) or None, what L takes from the last states h_T and c_T through anything beyond the sequence
    """
    x, h_0, c_0, _, _, _, _, i, f, g, o, c, tanh_c, h = instance("steps", steps, Steps)
    T, N, H = h.shape
    W, U, _ = _three(weights)
    W, U = numeric("weight_ih", W, (4 * H, "inputs" if are_tokens(x) else x.shape[2])), numeric("weight_hh", U, (4 * H, H))
    dh_via_y = numeric("dh_via_y", dh_via_y, h.shape)
    dtype = np.result_type(h, W, U)
    dz = np.empty((T, N, 4 * H), dtype)
    dz_i, dz_f, dz_g, dz_o = blocks(dz)
    dh, dh_via_z, dc, dc_via_h, dc_via_c = (np.empty((T, N, H), dtype) for _ in range(5))

    # What reaches step t from step t + 1; behind the last step stands only what the caller passes in.
    from_h = np.zeros((N, H), dtype) if dh_n is None else numeric("dh_n", dh_n, (N, H))
    from_c = np.zeros((N, H), dtype) if dc_n is None else numeric("dc_n", dc_n, (N, H))
    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(T)):
            c_prev = c[t - 1] if t > 0 else c_0
            dh_via_z[t] = from_h
            dh[t] = dh_via_y[t] + dh_via_z[t]
            dc_via_h[t] = dh[t] * o[t] * squash.backward(tanh_c[t])
            dc_via_c[t] = from_c
            dc[t] = dc_via_h[t] + dc_via_c[t]
            dz_o[t] = dh[t] * tanh_c[t] * gate.backward(o[t])
            dz_f[t] = dc[t] * c_prev * gate.backward(f[t])
            dz_i[t] = dc[t] * g[t] * gate.backward(i[t])
            dz_g[t] = dc[t] * i[t] * squash.backward(g[t])
            from_h = project(dz[t], U.T)
            from_c = dc[t] * f[t]
        dx = project(dz, W.T)
        h_before = np.concatenate([h_0[np.newaxis], h[:-1]])        # h_{t-1} for every t
        dW, dU, db = outer_sum(dz, x, W.shape[1]), outer_sum(dz, h_before), dz.sum(axis=(0, 1))
    deltas = Deltas(dh_via_y.astype(dtype, copy=False), dh_via_z, dh, dc_via_h, dc_via_c, dc, dz_i, dz_f, dz_g, dz_o,
                    dx, from_h, from_c, dW, dU, db)
    if not all(np.isfinite(values).all() for values in deltas):
        raise InvalidInput("gradient", "diverged", "The gradient overflows: weights, inputs or the derivatives that came "
                           "in are so large that products of them exceed the largest number; scale them down.")
    return deltas


def _checked(x, h_0, c_0, weights) -> tuple[np.ndarray, np.ndarray, np.ndarray, Weights]:
    """The arguments of `forward` as arrays of finite numbers in shapes that fit each other."""
    W, U, b = _three(weights)
    U = numeric("weight_hh", U, ("4 hidden", "hidden"))
    H = U.shape[1]
    U = numeric("weight_hh", U, (4 * H, H))
    W = numeric("weight_ih", W, (4 * H, "inputs"))
    x = inputs("x", x, W.shape[1])
    return (x, numeric("h_0", h_0, (x.shape[1], H)), numeric("c_0", c_0, (x.shape[1], H)),
            Weights(W, U, numeric("bias", b, (4 * H,))))


def _three(weights) -> Weights:
    if not isinstance(weights, (tuple, list)) or len(weights) != 3:
        raise InvalidInput("weights", "type", f"weights is {shown(weights)}; give weight_ih, weight_hh and bias, as "
                           "Weights.", got=shown(weights))
    return Weights(*weights)
