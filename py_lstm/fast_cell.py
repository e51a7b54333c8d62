"""The equations of cell.py once more, for training, where only the gradients are wanted.

cell.py is there to be read and keeps every number apart. Here the same numbers come from as few NumPy calls as there
can be, since a small network spends its time on calls and not on arithmetic; tests/unit/test_fast_cell.py holds that
both agree. Four things make the difference:

1. One column holds [h_{t-1}, x_t, 1], so that one product with the matrix [U W b] gives a step's four pre-activations,
   and one product over the whole sequence gives the gradients of U, W and b.
2. σ(z) = 1 / (1 + e^-z). The gates stand in the order o, i, f, g and the matrix has the rows of o, i, f negated: one
   exp for three gates, and no change of sign. The reciprocals d = 1 + e^-z are kept, since forward can divide by them:

       c_t = g_t / d_i + c_{t-1} / d_f        h_t = tanh(c_t) / d_o

3. Backward, all but two numbers of a step are known before it begins. Its factors are computed for all steps at once;
   what is left of a step is dh and dc times these, and one product with Uᵀ:

       dc_t = dh_t (1 - tanh² c_t) o_t + dc_{t+1} f_{t+1}         dz_o = dh_t tanh(c_t) o_t (1 - o_t)
       dz_i = dc_t g_t i_t (1 - i_t)     dz_f = dc_t c_{t-1} f_t (1 - f_t)     dz_g = dc_t i_t (1 - g_t²)

4. Arrays are kept from one batch to the next, with all their views, and are (features, batch): a gate is one block.

A large batch can be run in pieces, see pieces.py: then the arrays are at work until the last one.

A view that is copied or pickled becomes an array of its own. A copy of a `FastCell` therefore makes its own arrays and
views, and takes over the numbers of the last forward pass: it can go back from there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .cell import Weights
from .contraction import by_rows, columns_for, multiplier, project, row_products, sum_by_token
from .pieces import Pieces, at_once, whole


class FastCell:
    """Runs batches of one width through a cell of one size, forward and, where `learning`, back.

    Parameters
    ----------
    batch, inputs, hidden : int, the sizes N, I and H
    dtype : float32 or float64
    tokens : whether inputs are integers (T, N) from 0 to I - 1 that stand for one-hot rows, else (T, N, I)
    learning : whether `backward` will be called; if not, one step's memory serves for all
    """

    # What `_make_room` makes.
    _MADE = ("columns", "z", "states", "kept", "ones", "kept_g", "kept_c", "c_0", "steps", "deltas", "dh_via_y", "from_h", "zeros",
             "from_h_2", "dz_by_row", "columns_by_row", "steps_back")

    def __init__(self, batch: int, inputs: int, hidden: int, dtype, *, tokens: bool = False, learning: bool = True):
        self.N, self.I, self.H = batch, inputs, hidden
        self.dtype, self.tokens, self.learning = np.dtype(dtype), tokens, learning
        # The column is [h, x, 1], or h alone where rows of the weight are picked by token.
        self.K = hidden if tokens else hidden + inputs + 1
        self.shape, self.shape_back = (4 * hidden, self.K), (hidden, 4 * hidden)
        self.multiply, self.multiply_back = multiplier(self.shape, batch), multiplier(self.shape_back, batch)
        self.order = np.roll(np.arange(4 * hidden), hidden)             # o, i, f, g out of i, f, g, o
        self.sign = np.repeat([-1.0, 1.0], [3 * hidden, hidden]).astype(dtype)[:, np.newaxis]
        self.at_once = at_once(4 * hidden * self.K * batch)             # steps
        self.room = self.T = 0
        self.has_gates = False                                          # whether z holds o, i, f, and not yet d

    def forward(self, x: np.ndarray, h_0: np.ndarray, c_0: np.ndarray, weights: Weights) -> np.ndarray:
        """h (T, N, H) from x (T, N, I) or tokens (T, N), and states (H,) or (N, H): a view, valid until the next call."""
        return whole(self.forward_in_pieces(x, h_0, c_0, weights))

    def forward_in_pieces(self, x: np.ndarray, h_0: np.ndarray, c_0: np.ndarray, weights: Weights) -> Pieces[np.ndarray]:
        """As `forward`."""
        T, N, H = len(x), self.N, self.H
        self.T, self.has_gates = T, False
        if T > self.room:
            self._make_room(T)
        W, U, b = weights
        if self.tokens:
            self.x = x
            matrix = U[self.order] * self.sign
            of_tokens = np.ascontiguousarray(((W + b[:, np.newaxis])[self.order] * self.sign).T)       # (I, 4H)
        else:
            matrix = np.concatenate([U, W, b[:, np.newaxis]], axis=1)[self.order] * self.sign
            self.columns[:T, H:-1] = x.swapaxes(1, 2)
        self.matrix = matrix
        self.columns[0, :H] = np.atleast_2d(h_0).T
        self.c_0[:] = np.atleast_2d(c_0).T

        multiply, add, divide, exp, tanh = self.multiply, np.add, np.divide, np.exp, np.tanh
        ones, kept, kept_g, kept_c = self.ones, self.kept, self.kept_g, self.kept_c
        for begin in range(0, T, self.at_once):
            if begin:
                yield
            with np.errstate(over="ignore", invalid="ignore", under="ignore"):
                for t, step in enumerate(self.steps[begin:min(begin + self.at_once, T)], begin):
                    column, z, gates, z_g, d_if, d_o, g, g_and_c, c, tanh_c, tanh_c_2, h = step
                    multiply(matrix, column, z)
                    if self.tokens:
                        add(z, of_tokens[x[t]].T, z)
                    exp(gates, gates)
                    add(gates, ones, gates)                             # d = 1 + e^-z of o, i, f
                    tanh(z_g, g)
                    divide(g_and_c, d_if, kept)                         # i g and f c_{t-1}
                    add(kept_g, kept_c, c)
                    tanh(c, tanh_c)
                    divide(tanh_c_2, d_o, h)
        return self.columns[1:T + 1, :H].swapaxes(1, 2)

    def last_c(self) -> np.ndarray:
        """c_T (N, H): a view, valid until the next call of `forward`."""
        return self.states[self.T if self.learning else 0, 2].reshape(self.H, self.N).T

    def backward(self, dh_via_y: np.ndarray, dh_n: np.ndarray | None = None, dc_n: np.ndarray | None = None) -> Weights:
        """The gradients of the weights from dh_via_y (T, N, H), for the batch that `forward` ran last.

        dh_n and dc_n (N, H), or None for 0, are what the loss takes from the last states through anything else.
        """
        return whole(self.backward_in_pieces(dh_via_y, dh_n, dc_n))

    def backward_in_pieces(self, dh_via_y: np.ndarray, dh_n: np.ndarray | None = None, dc_n: np.ndarray | None = None
                           ) -> Pieces[Weights]:
        """As `backward`."""
        T, N, H = self.T, self.N, self.H
        self.dh_via_y[:T] = dh_via_y.swapaxes(1, 2).reshape(T, H * N)
        has_part = dh_via_y.any(axis=(1, 2)).tolist()
        back = np.ascontiguousarray(self.matrix[:, :H].T)
        multiply, add, times = self.multiply_back, np.add, np.multiply
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            self._factors(T)
        from_h, from_h_2, from_c = self.from_h, self.from_h_2, self.zeros if dc_n is None else dc_n.T.reshape(H * N)
        self.from_h_2[:] = 0 if dh_n is None else dh_n.T
        for end in range(T, 0, -self.at_once):
            if T > self.at_once:
                yield
            with np.errstate(over="ignore", invalid="ignore", under="ignore"):
                for t in range(end - 1, max(end - self.at_once, 0) - 1, -1):
                    dc, dz_o, of_dc, dz, from_c_next, dh_via_y_t = self.steps_back[t]
                    if has_part[t]:
                        add(from_h, dh_via_y_t, from_h)
                    times(dz_o, from_h, dz_o)                           # two calls; one that broadcasts costs three
                    times(dc, from_h, dc)                               # dc_via_h
                    add(dc, from_c, dc)
                    times(of_dc, dc, of_dc)                             # dz_i, dz_f, dz_g and dc_via_c of step t - 1
                    from_c = from_c_next
                    if t:
                        multiply(back, dz, from_h_2)
        dz, columns = (_by_row(steps, room) for steps, room in (
            (self.deltas[:T, 1:5].reshape(T, 4 * H, N), self.dz_by_row), (self.columns[:T], self.columns_by_row)))
        products = yield from _products(dz, columns)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            gradient = np.empty((4 * H, self.K), self.dtype)
            gradient[self.order] = self.sign * products
            if not self.tokens:
                return Weights(gradient[:, H:-1], gradient[:, :H], gradient[:, -1])
            dW = np.empty((4 * H, self.I), self.dtype)
            dW[self.order] = self.sign * sum_by_token(dz.T, self.x, self.I)
            return Weights(dW, gradient, dW.sum(axis=1))

    def backward_to_inputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """dx (T, N, I), dh_0 and dc_0 (N, H), after `backward`; x being numbers."""
        T, N, H = self.T, self.N, self.H
        of_h, of_x = self.matrix[:, :H], self.matrix[:, H:-1]
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            dz = np.ascontiguousarray(self.deltas[:T, 1:5].reshape(T, 4 * H, N).swapaxes(1, 2))
            return project(dz, np.ascontiguousarray(of_x.T)), dz[0] @ of_h, self.deltas[0, 5].reshape(H, N).T.copy()

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the views and the memory of the backward pass."""
        state = {name: value for name, value in vars(self).items() if name not in self._MADE}
        if self.T:
            rows = self.T if self.learning else 1
            state |= {"ran": {"columns": self.columns[:self.T + 1], "z": self.z[:rows], "states": self.states[:rows + 1]}}
        return state | {"room": 0}

    def __setstate__(self, state: dict[str, Any]) -> None:
        ran = state.pop("ran", {})
        vars(self).update(state)
        if ran:
            self._make_room(self.T)
        for name, values in ran.items():
            getattr(self, name)[:] = values

    def _factors(self, T: int) -> None:
        """What dh and dc are multiplied by at every step. The signs of o, i, f are those of their negated rows."""
        d, states, factors = self.z[:T, :3], self.states[:T], self.deltas[:T]
        if not self.has_gates:                                          # else this is not the first backward pass
            np.reciprocal(d, d)                                         # the gates o, i, f themselves
            self.has_gates = True
        of_gates, of_squashed, squashed = factors[:, 1:4], factors[:, 0:5:4], states[:, :2]
        np.multiply(d, d, of_gates)                                     # -a (1 - a) = a² - a of o, i, f, times
        np.subtract(of_gates, d, of_gates)
        np.multiply(of_gates, states, of_gates)                         # tanh c_t, g_t, c_{t-1}
        np.multiply(squashed, squashed, of_squashed)                    # 1 - a² of tanh c_t and g_t, times o and i
        np.subtract(1, of_squashed, of_squashed)
        np.multiply(of_squashed, d[:, :2], of_squashed)
        factors[:, 5] = d[:, 2]

    def _make_room(self, T: int) -> None:
        """Arrays for T steps, and the views of them that each step works on."""
        N, H, n, dtype = self.N, self.H, self.N * self.H, self.dtype
        room = T if self.learning else 1
        self.columns = columns_for(self.shape, T + 1, N, dtype)
        self.columns[:, -1] = 1
        self.z = np.empty((room, 4, n), dtype)
        self.states = np.empty((room + 1, 3, n), dtype)                 # tanh c_t, g_t, c_{t-1}
        self.kept, self.ones = np.empty(2 * n, dtype), np.ones(3 * n, dtype)
        self.kept_g, self.kept_c = self.kept[:n], self.kept[n:]
        self.c_0 = self.states[0, 2].reshape(H, N)
        self.steps = []
        for t in range(T):
            s = t if self.learning else 0
            z, (tanh_c, g, _), c = self.z[s].reshape(4 * n), self.states[s], self.states[s + self.learning, 2]
            self.steps.append((
                self.columns[t], z.reshape(4 * H, N), z[:3 * n], z[3 * n:], z[n:3 * n], z[:n].reshape(H, N), g,
                self.states[s, 1:].reshape(2 * n), c, tanh_c, tanh_c.reshape(H, N), self.columns[t + 1, :H]))
        if self.learning:
            # Factors, which a backward pass turns into: dc, dz_o, dz_i, dz_f, dz_g, dc_via_c of the step before.
            self.deltas = np.empty((T, 6, n), dtype)
            self.dh_via_y, self.from_h, self.zeros = np.empty((T, n), dtype), np.empty(n, dtype), np.zeros(n, dtype)
            self.from_h_2 = self.from_h.reshape(H, N)
            self.dz_by_row, self.columns_by_row = np.empty(4 * H * T * N, dtype), np.empty(self.K * T * N, dtype)
            self.steps_back = [(d[0], d[1], d[2:], d[1:5].reshape(4 * H, N), d[5], dh)
                               for d, dh in zip(self.deltas, self.dh_via_y)]
        self.room = T


def _products(a: np.ndarray, b: np.ndarray) -> Pieces[np.ndarray]:
    """`row_products`, some rows of a after the other where they are computed row by row anyway."""
    (M, R), K = a.shape, len(b)
    some = at_once(R * K) if by_rows(R, a.size * K) else M
    products = np.empty((M, K), a.dtype)
    for begin in range(0, M, some):
        if M > some:
            yield
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            products[begin:begin + some] = row_products(a[begin:begin + some], b)
    return products


def _by_row(steps: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Columns of every step (T, M, N) as rows over all steps (M, T N), in kept memory: new memory costs as much as the copy."""
    T, M, N = steps.shape
    rows = room[:steps.size].reshape(M, T, N)
    rows[:] = steps.swapaxes(0, 1)
    return rows.reshape(M, T * N)
