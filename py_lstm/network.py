"""A network: one LSTM cell and a linear readout of its hidden state at every step, y_t = V h_t + a."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from . import cell
from .contraction import are_tokens, outer_sum, project
from .fast_cell import FastCell
from .initializers import initialize
from .losses import Loss
from .parameters import FLOATS, Arrays, all_finite, arrays_of, join
from .pieces import Pieces, at_once, whole
from .remembered import TURN
from .validation import MOST_UNITS, InvalidInput, generator, inputs, integer, numeric

PARAMETERS = ("weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias")
STATES = ("h_0", "c_0")


class Pass(NamedTuple):
    """A forward pass: the cell's steps and the outputs y (T, N, O)."""

    steps: cell.Steps
    y: np.ndarray


class Lesson(NamedTuple):
    """What one batch teaches: the outputs y (T, N, O), their loss, and its gradient for each of the `parameters`."""

    y: np.ndarray
    loss: float
    gradients: Arrays


class Network:
    """An LSTM cell with a linear readout.

    Parameters
    ----------
    input_size, hidden_size, output_size : int >= 1
    rng : a seed or a `numpy.random.Generator`
    **how : `initializer`, `scale`, `forget_bias`, `input_bias`, `dtype`; see `initializers.initialize`

    Attributes
    ----------
    parameters : dict of arrays
        weight_ih (4H, I), weight_hh (4H, H), bias (4H,), row blocks i, f, g, o; readout_weight V (O, H) and
        readout_bias a (O,). Everything an optimizer moves. Arrays may be replaced or changed in place.
    states : dict of arrays, h_0 and c_0 (H,), the states before the first step: zero until set.

    Copies: copy.deepcopy and pickle give a network that shares nothing with this one; copy.copy gives one that shares the
    arrays. Threads: any method may be called from several threads at a time, since none leaves anything behind; the arrays
    of `parameters` must not be changed in place meanwhile.

    Examples
    --------
    >>> network = Network(2, 3, output_size=1, rng=0)
    >>> done = network.forward(np.ones((5, 1, 2)))
    >>> loss, dy = squared_error(done.y, np.zeros((5, 1, 1)))
    >>> deltas, gradients = network.backward(done, dy)
    >>> sorted(gradients)
    ['bias', 'c_0', 'h_0', 'readout_bias', 'readout_weight', 'weight_hh', 'weight_ih']
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int = 1, *, rng=0, **how):
        rng = generator("rng", rng)
        weights = initialize(input_size, hidden_size, rng=rng, **how)
        O = integer("output_size", output_size, 1, MOST_UNITS)
        H, dtype = weights.weight_hh.shape[1], weights.bias.dtype
        bound = how.get("scale", 1.0) / np.sqrt(H)
        self.parameters: Arrays = {
            **weights._asdict(),
            "readout_weight": rng.uniform(-bound, bound, (O, H)).astype(dtype),
            "readout_bias": np.zeros(O, dtype),
        }
        self.states: Arrays = {name: np.zeros(H, dtype) for name in STATES}
        self._cells: dict[tuple, FastCell] = {}

    @classmethod
    def of(cls, parameters: Arrays, states: Arrays | None = None) -> "Network":
        """A network around these arrays, which it does not copy. States are zero if not given."""
        network = cls.__new__(cls)
        network._cells = {}
        network.parameters = dict(parameters)
        H, dtype = parameters["weight_hh"].shape[1], parameters["weight_hh"].dtype
        network.states = dict(states) if states else {name: np.zeros(H, dtype) for name in STATES}
        return network

    def forward(self, x: np.ndarray) -> Pass:
        """Run sequences x (T, N, I) from the network's initial states.

        x may be tokens instead: integers (T, N) from 0 to I - 1 that stand for one-hot rows.
        """
        p, states = arrays_of(self.parameters), arrays_of(self.states)
        x = inputs("x", x, p["weight_ih"].shape[1])
        N = x.shape[1]
        h_0, c_0 = (np.broadcast_to(states[name], (N,) + states[name].shape) for name in STATES)
        steps = self.cell_forward(x, h_0, c_0)
        H, O = steps.h.shape[2], p["readout_weight"].shape[:1]
        for name, shape in (("readout_weight", (*O, H)), ("readout_bias", O)):
            if p[name].shape != shape:
                raise InvalidInput(name, "shape", f"{name} has shape {p[name].shape}; give shape {shape}.", got=str(p[name].shape),
                                   wanted=str(shape))
        with np.errstate(over="ignore", invalid="ignore"):
            y = project(steps.h, p["readout_weight"]) + p["readout_bias"]
        if not np.isfinite(y).all():
            raise InvalidInput("y", "diverged", "The output y is not finite: the readout's weights are too large; scale "
                               "them down.")
        return Pass(steps, y)

    def backward(self, run: Pass, dy: np.ndarray) -> tuple[cell.Deltas, Arrays]:
        """From dy = ∂L/∂y (T, N, O) to every delta, and to the gradients of `parameters` and `states` by name."""
        V = numeric("readout_weight", self.parameters["readout_weight"], None)
        dy = numeric("dy", dy, run.y.shape)
        with np.errstate(over="ignore", invalid="ignore"):
            dh_via_y = project(dy, V.T)
            dV, da = outer_sum(dy, run.steps.h), dy.sum(axis=(0, 1))
        deltas, gradients = self.cell_backward(run.steps, dh_via_y)
        gradients |= {
            "readout_weight": dV,
            "readout_bias": da,
            "h_0": deltas.dh_0.sum(axis=0),
            "c_0": deltas.dc_0.sum(axis=0),
        }
        return deltas, gradients

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The outputs y (T, N, O) alone, for x as in `forward`: what stands between is not kept, and not looked at."""
        cell_, y, _ = whole(self._fast_forward(self._plain(x), learning=False))
        self._keep(cell_)
        return y if np.isfinite(y).all() else self.forward(x).y         # which says what is wrong

    def lesson(self, x: np.ndarray, loss: Loss) -> Lesson:
        """Forward and back for training, by `FastCell`: the outputs, their loss, and the gradients of `parameters`.

        Parameters
        ----------
        x : as in `forward`
        loss : from y (T, N, O) to the loss and ∂loss/∂y, such as `losses.unchecked` gives

        Raises
        ------
        InvalidInput
            If the loss or a gradient is not finite, in the words of `forward` and `backward`.

        Examples
        --------
        >>> from py_lstm.losses import unchecked
        >>> network = Network(2, 3, rng=0)
        >>> lesson = network.lesson(np.ones((5, 1, 2)), unchecked("squared_error", np.zeros((5, 1, 1))))
        >>> lesson.y.shape, lesson.gradients["weight_hh"].shape
        ((5, 1, 1), (12, 3))
        """
        return whole(self.lesson_in_pieces(x, loss))

    def lesson_in_pieces(self, x: np.ndarray, loss: Loss) -> Pieces[Lesson]:
        """As `lesson`. The parameters must stay as they are until the last piece."""
        x, V = self._plain(x), arrays_of(self.parameters)["readout_weight"]
        cell_, y, h = yield from self._fast_forward(x, learning=True)
        value, dy = loss(y)
        with np.errstate(over="ignore", invalid="ignore"):
            dV, da = outer_sum(dy, h), dy.sum(axis=(0, 1))
            dh_via_y = project(dy, V.T)
        of_cell = yield from cell_.backward_in_pieces(dh_via_y)
        self._keep(cell_)
        gradients = join({**of_cell._asdict(), "readout_weight": dV, "readout_bias": da})
        if not (math.isfinite(value) and all(map(all_finite, gradients.vectors.values()))):
            return (yield from self.recorded_lesson(x, loss))           # which says what is wrong
        return Lesson(y, value, gradients)

    def recorded_lesson(self, x: np.ndarray, loss: Loss) -> Pieces[Lesson]:
        """The same by the equations of cell.py, which look at every number and say which one is not finite.

        Its pieces are some sequences of the batch each, whose gradients are added up.
        """
        x = self._plain(x)
        T, N = x.shape[:2]
        parameters = arrays_of(self.parameters)
        some = at_once(T * sum(parameters[name].size for name in cell.Weights._fields))
        parts = [slice(begin, begin + some) for begin in range(0, N, some)]
        runs = []
        for part in parts:
            if runs:
                yield
            runs.append(self.forward(x[:, part]))
        y = np.concatenate([run.y for run in runs], axis=1) if len(runs) > 1 else runs[0].y
        value, dy = loss(y)
        gradients: Arrays = {}
        for part, run in zip(parts, runs):
            if len(runs) > 1:
                yield
            _, more = self.backward(run, dy[:, part])
            gradients = {name: gradients[name] + more[name] if gradients else more[name] for name in self.parameters if name in more}
        return Lesson(y, value, gradients)

    def _fast_forward(self, x: np.ndarray, learning: bool) -> Pieces[tuple[FastCell, np.ndarray, np.ndarray]]:
        """The cell that ran, y (T, N, O), and h (T, N, H), a view of what the cell holds.

        The cell is not kept meanwhile, so that another lesson between two pieces has another one.
        """
        p, states = arrays_of(self.parameters), arrays_of(self.states)      # to the end, also if another thread trains meanwhile
        H, dtype = p["weight_hh"].shape[1], p["weight_hh"].dtype
        kind = x.shape[1], p["weight_ih"].shape[1], H, dtype, are_tokens(x)
        with TURN:
            cell_ = self._cells.pop((*kind, learning), None)
        cell_ = cell_ or FastCell(*kind[:4], tokens=kind[4], learning=learning)
        weights = cell.Weights(*(p[name] for name in cell.Weights._fields))
        if not (p["weight_hh"].shape == (4 * H, H) and weights.weight_ih.shape == (4 * H, kind[1]) and weights.bias.shape == (4 * H,)
                and p["readout_weight"].shape == (*p["readout_bias"].shape, H) and states["h_0"].shape == states["c_0"].shape == (H,)):
            self.forward(x)                             # which says what does not fit
        h = yield from cell_.forward_in_pieces(x, states["h_0"], states["c_0"], weights)
        with np.errstate(over="ignore", invalid="ignore"):
            y = project(h, p["readout_weight"]) + p["readout_bias"]
        return cell_, y, h

    def forget_work(self) -> None:
        """Give back the memory that training works in; the next lesson makes it anew."""
        self._cells = {}

    def _keep(self, cell_: FastCell) -> None:
        """One cell is kept for each kind of call, not one for every width of batch."""
        with TURN:
            kept = {kind: known for kind, known in self._cells.items() if kind[-1] != cell_.learning}
            self._cells = kept | {(cell_.N, cell_.I, cell_.H, cell_.dtype, cell_.tokens, cell_.learning): cell_}

    def __getstate__(self) -> dict[str, Any]:
        """Without the memory that training works in: a copy makes its own."""
        return vars(self) | {"_cells": {}, "parameters": dict(self.parameters), "states": dict(self.states)}

    def _plain(self, x: np.ndarray) -> np.ndarray:
        """x if it has a shape and a dtype to compute with; only where it has not are its numbers looked at."""
        W = self.parameters["weight_ih"]
        I = (W if type(W) is np.ndarray else numeric("weight_ih", W, ("4 hidden", "inputs"))).shape[1]
        if type(x) is np.ndarray and x.dtype in FLOATS and x.ndim == 3 and x.shape[2] == I and x.size:
            return x
        return inputs("x", x, I)

    def cell_forward(self, x: np.ndarray, h_0: np.ndarray, c_0: np.ndarray) -> cell.Steps:
        """The cell's forward pass, from states (N, H)."""
        return cell.forward(x, h_0, c_0, self.cell_weights())

    def cell_backward(self, steps: cell.Steps, dh_via_y: np.ndarray) -> tuple[cell.Deltas, Arrays]:
        """The cell's backward pass: every delta, and the gradients of the cell's parameters by name."""
        deltas = cell.backward(steps, self.cell_weights(), dh_via_y)
        return deltas, {name: getattr(deltas, name) for name in cell.Weights._fields}

    def cell_weights(self) -> cell.Weights:
        """The cell's part of `parameters`."""
        return cell.Weights(*(self.parameters[name] for name in cell.Weights._fields))
