"""`RNN`: the plain recurrent network (Elman 1990), with the interface of `torch.nn.RNN`.

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
from ..validation import choice
from .one_state import OneState

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


class RNNCell:
    """One layer in one direction, as `direction` asks for it."""

    def __init__(self, hidden_size: int, bias: bool, nonlinearity: str):
        self.states = {"h": hidden_size}
        self.bias = bias
        self.squash = ACTIVATIONS[nonlinearity]

    def shapes(self, inputs: int) -> dict[str, tuple[int, ...]]:
        H = self.states["h"]
        biases = {"bias_ih": (H,), "bias_hh": (H,)} if self.bias else {}
        return {"weight_ih": (H, inputs), "weight_hh": (H, H), **biases}

    def forward(self, x, states, parameters, mask) -> Steps:
        U = parameters["weight_hh"]
        (h_0,), (T, N, _) = states, x.shape
        z_h, h = (np.empty((T, N, len(U)), U.dtype) for _ in range(2))
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
        dh, dh_via_z, dz_h = (np.empty_like(h) for _ in range(3))
        (from_z,) = d_states
        with np.errstate(over="ignore", invalid="ignore"):
            for t in reversed(range(len(h))):
                dh_via_z[t] = from_z
                dh[t] = dh_via_y[t] + dh_via_z[t]
                dz_h[t] = dh[t] * self.squash.backward(h[t])
                from_z = project(dz_h[t], U.T) * (1 if mask is None else mask)
            h_before = np.concatenate([h_0[np.newaxis], h[:-1]]) * (1 if mask is None else mask)
            gradients = {"weight_ih": outer_sum(dz_h, x), "weight_hh": outer_sum(dz_h, h_before)}
            if self.bias:
                gradients |= {"bias_ih": dz_h.sum(axis=(0, 1)), "bias_hh": dz_h.sum(axis=(0, 1))}
            dx = project(dz_h, W.T)
        deltas = Deltas(dh_via_y, dh_via_z, dh, dz_h, dx, from_z, gradients)
        finite_gradient(*deltas[:-1], *gradients.values())
        return deltas

    def gradients(self, deltas, parameters: Arrays) -> Arrays:
        return deltas.gradients


class RNN(OneState):
    """A plain recurrent network with the interface of `torch.nn.RNN`: `output, h_n = rnn(x, h_0, lengths)`.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int >= 1
    nonlinearity : "tanh" or "relu"
    bias : bool, whether there are bias_ih and bias_hh
    initializer : "uniform", "pytorch", "glorot_orthogonal" or "tutorial"; see `LSTM`. Biases not drawn are 0
    batch_first, dropout, bidirectional, variational, learn_initial_state, stateful, dtype, rng : see `Recurrent`

    Threads may call one layer at the same time; to train in each, give each a copy of its own. See `Recurrent`.

    Parameters and shapes, with the suffix _l0, _l0_reverse, _l1 ...
    -----------------------------------------------------------------
    weight_ih (H, I), weight_hh (H, H), bias_ih, bias_hh (H,).

    Examples
    --------
    >>> rnn = RNN(3, 4, nonlinearity="relu", rng=0)
    >>> output, h_n = rnn(np.ones((5, 3)))                                    # one sequence, no batch axis
    >>> np.array_equal(output[-1], h_n[0])
    True
    >>> dx, dh_0 = rnn.backward(None, np.ones((1, 4)))                        # L = sum of h_n
    >>> sorted(rnn.grads)
    ['bias_hh_l0', 'bias_ih_l0', 'weight_hh_l0', 'weight_ih_l0']
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
                 initializer: str = "uniform", variational: bool = False, learn_initial_state: bool = False,
                 stateful: bool = False, dtype=np.float64, rng=0):
        self.nonlinearity = choice("nonlinearity", nonlinearity, ACTIVATIONS)
        super().__init__(lambda H, bias: RNNCell(H, bias, self.nonlinearity), input_size, hidden_size, num_layers, bias,
                         initializer, batch_first=batch_first, dropout=dropout, bidirectional=bidirectional,
                         variational=variational, learn_initial_state=learn_initial_state, stateful=stateful,
                         dtype=dtype, rng=rng)
