"""A network: layers of a cell, each in one direction or in both, and a linear readout at every step, y_t = V h_t + a."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from . import cell
from .architecture import READOUT, Architecture, Row
from .cells import cell_named
from .cells.lstm import LSTMCell
from .contraction import are_tokens, outer_sum, project
from .fast_cell import FastCell
from .initializers import settings
from .layers import direction
from .losses import Loss
from .parameters import FLOATS, Arrays, all_finite, arrays_of, join
from .pieces import Pieces, at_once, whole
from .remembered import TURN
from .validation import MOST_UNITS, InvalidInput, flag, generator, inputs, integer, numeric


class Pass(NamedTuple):
    """A forward pass.

    rows : what every layer and direction computed, in the order of `Architecture.rows`
    y : the outputs (T, N, O)
    output : h of the last layer (T, N, H), which the readout reads; of two directions both, side by side
    """

    rows: tuple[direction.Pass, ...]
    y: np.ndarray
    output: np.ndarray

    @property
    def steps(self) -> Any:
        """What the cell's forward pass returned, such as `cell.Steps`; of several layers or directions, the first one's."""
        return self.rows[0].pieces[0].steps


class Back(NamedTuple):
    """A backward pass: for every layer and direction the deltas and the derivatives of the states before; the gradients; dx."""

    rows: tuple[list[Any], ...]
    before: tuple[tuple[np.ndarray, ...], ...]
    gradients: Arrays
    dx: np.ndarray

    @property
    def deltas(self) -> Any:
        """What the cell's backward pass returned, such as `cell.Deltas`; of several layers or directions, the first one's."""
        return self.rows[0][0]


class Lesson(NamedTuple):
    """What one batch teaches: the outputs y (T, N, O), their loss, and its gradient for each of the `parameters`."""

    y: np.ndarray
    loss: float
    gradients: Arrays


class Network:
    """Layers of a cell with a linear readout; one layer of the LSTM by default.

    Parameters
    ----------
    input_size, hidden_size, output_size, num_layers : int >= 1
    cell : a name in `cells.CELLS`: "lstm", "gru", "rnn", ...
    bidirectional : bool, whether a second set of weights reads each sequence from its end
    rng : a seed or a `numpy.random.Generator`
    **how : `initializer`, `scale`, `forget_bias`, `input_bias`, `dtype`; see `initializers.initialize`

    Attributes
    ----------
    architecture : Architecture, which says the names and shapes of all that follows
    parameters : dict of arrays
        Of one layer of the LSTM: weight_ih (4H, I), weight_hh (4H, H), bias (4H,), row blocks i, f, g, o; readout_weight V
        (O, H) and readout_bias a (O,). Everything an optimizer moves. Arrays may be replaced or changed in place.
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
    >>> two = Network(2, 3, cell="gru", num_layers=2, bidirectional=True)
    >>> two.parameters["weight_ih_l1_reverse"].shape, two.forward(np.ones((5, 1, 2))).output.shape
    ((9, 6), (5, 1, 6))
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int = 1, *, cell: str = "lstm", num_layers: int = 1,
                 bidirectional: bool = False, rng=0, **how):
        rng = generator("rng", rng)
        sizes = [integer(name, value, 1, MOST_UNITS) for name, value in (
            ("input_size", input_size), ("hidden_size", hidden_size), ("output_size", output_size), ("num_layers", num_layers))]
        how = settings(**how)
        self.architecture = Architecture(cell_named(cell, sizes[1]), sizes[0], *sizes[2:], flag("bidirectional", bidirectional))
        self.parameters: Arrays = self.architecture.drawn(rng, **how)
        self.states: Arrays = self._zeros(how["dtype"])
        self._cells: dict[tuple, FastCell] = {}

    @classmethod
    def of(cls, parameters: Arrays, states: Arrays | None = None, architecture: Architecture | None = None) -> "Network":
        """A network around these arrays, which it does not copy. States are zero if not given.

        Without an architecture it is one layer of the LSTM, whose sizes are those of the arrays.
        """
        network = cls.__new__(cls)
        network._cells = {}
        network.parameters = dict(parameters)
        network.architecture = architecture or _plain(network.parameters)
        network.states = dict(states) if states else network._zeros(parameters["weight_ih"].dtype)
        return network

    def _zeros(self, dtype) -> Arrays:
        return {name: np.zeros(shape, dtype) for name, shape in self.architecture.state_shapes().items()}

    @property
    def is_plain(self) -> bool:
        """Whether it is one layer of the LSTM, which trains by `FastCell`."""
        a = self.architecture
        return type(a.cell) is LSTMCell and len(a.rows) == 1

    def forward(self, x: np.ndarray) -> Pass:
        """Run sequences x (T, N, I) from the network's initial states.

        x may be tokens instead: integers (T, N) from 0 to I - 1 that stand for one-hot rows.
        """
        return self.forward_from(x, self.states)

    def forward_from(self, x: np.ndarray, states: Arrays) -> Pass:
        """As `forward`, from other states before the first step, each (width,) or (N, width)."""
        p, states = arrays_of(self.parameters), arrays_of(states)
        a = self.architecture
        x = inputs("x", x, p["weight_ih"].shape[1])
        if are_tokens(x) and not a.cell.reads_tokens:   # the cell multiplies, and has no rows to pick
            x = np.eye(p["weight_ih"].shape[1], dtype=p["weight_ih"].dtype)[x]
        self._require_fitting(p)
        layer_input, rows = x, []
        for layer in range(a.num_layers):
            for row in a.rows[layer * a.directions:][:a.directions]:
                before = tuple(_of_batch(states[f"{name}_0{row.ending}"], x.shape[1]) for name in a.cell.states)
                rows.append(direction.forward(a.cell, self._of_row(row, p), layer_input, before, None, row.reverse, None))
            outputs = [done.output for done in rows[-a.directions:]]
            h = layer_input = np.concatenate(outputs, axis=2) if a.bidirectional else outputs[0]
        for name, shape in (("readout_weight", (*p["readout_weight"].shape[:1], h.shape[2])),
                            ("readout_bias", p["readout_weight"].shape[:1])):
            if p[name].shape != shape:
                raise InvalidInput(name, "shape", f"{name} has shape {p[name].shape}; give shape {shape}.", got=str(p[name].shape),
                                   wanted=str(shape))
        with np.errstate(over="ignore", invalid="ignore"):
            y = project(h, p["readout_weight"]) + p["readout_bias"]
        if not np.isfinite(y).all():
            raise InvalidInput("y", "diverged", "The output y is not finite: the readout's weights are too large; scale "
                               "them down.")
        return Pass(tuple(rows), y, h)

    def states_after(self, run: Pass) -> Arrays:
        """The states behind the last step, under the names of `states`, each (N, width): where a sequence goes on from."""
        return {f"{name}_0{row.ending}": state for row, done in zip(self.architecture.rows, run.rows)
                for name, state in zip(self.architecture.cell.states, done.after)}

    def backward(self, run: Pass, dy: np.ndarray) -> tuple[Any, Arrays]:
        """From dy = ∂L/∂y (T, N, O) to every delta, and to the gradients of `parameters` and `states` by name.

        The deltas are those of the cell's backward pass, such as `cell.Deltas`; of several layers or directions a tuple of
        them, in the order of `architecture.rows`.
        """
        back = self.back(run, dy)
        return (back.deltas if len(back.rows) == 1 else tuple(row[0] for row in back.rows)), back.gradients

    def back(self, run: Pass, dy: np.ndarray, d_after: tuple[tuple[np.ndarray, ...], ...] = ()) -> Back:
        """As `backward`, with what every layer and direction computed, in one form for all networks.

        d_after : for every layer and direction the derivatives of its last states (N, ·), where L depends on them beyond the
            sequence
        """
        a = self.architecture
        V = numeric("readout_weight", self.parameters["readout_weight"], None)
        dy = numeric("dy", dy, run.y.shape)
        with np.errstate(over="ignore", invalid="ignore"):
            dh_via_y = project(dy, V.T)
            dV, da = outer_sum(dy, run.output), dy.sum(axis=(0, 1))
        d_output = dh_via_y                             # of the last layer; below it, what the layer above hands down
        rows: list[Any] = [None] * len(run.rows)
        before: list[Any] = [None] * len(run.rows)
        gradients: Arrays = {}
        for layer in reversed(range(a.num_layers)):
            dx = 0
            for k, part in enumerate(np.split(d_output, a.directions, axis=2)):
                r = layer * a.directions + k
                done, ending = run.rows[r], a.rows[r].ending
                beyond = d_after[r] if d_after else tuple(np.zeros_like(state, d_output.dtype) for state in done.after)
                d_input, before[r], of_row, rows[r] = direction.backward(a.cell, done, part, beyond, "full")
                dx = dx + d_input
                gradients |= {name + ending: value for name, value in of_row.items()}
                gradients |= {f"{name}_0{ending}": state.sum(axis=0) for name, state in zip(a.cell.states, before[r])}
            d_output = dx
        gradients |= {"readout_weight": dV, "readout_bias": da}
        return Back(tuple(rows), tuple(before), gradients, d_output)

    def _require_fitting(self, p: Arrays) -> None:
        """Refuse parameters that do not fit the architecture. The LSTM's own pass looks at its weights, and follows their sizes."""
        if self.is_plain:
            return
        for name, shape in self.architecture.parameter_shapes().items():
            if name not in p:
                raise InvalidInput(name, "missing", f"parameters has no {name}; give one of shape {shape}.", wanted=str(shape))
            numeric(name, p[name], shape)

    def _of_row(self, row: Row, p: Arrays) -> Arrays:
        """One layer's parameters in one direction, without their ending."""
        return {name: p[name + row.ending] for name in self.architecture.cell.shapes(1)}

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The outputs y (T, N, O) alone, for x as in `forward`: what stands between is not kept, and not looked at."""
        if not self.is_plain:
            return self.forward(x).y
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
        if not self.is_plain:
            return (yield from self.recorded_lesson(x, loss))
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

        Its pieces are some steps each, which go on where the ones before have come to; or some sequences of the batch, where a
        layer reads from the end, or carries something that is no state. Their gradients are added up.
        """
        x = self._plain(x)
        a, (T, N) = self.architecture, x.shape[:2]
        by_steps = a.cell.goes_on and not a.bidirectional
        size = sum(value.size for name, value in arrays_of(self.parameters).items() if name not in READOUT)
        some = at_once((N if by_steps else T) * size)
        parts = [slice(begin, begin + some) for begin in range(0, T if by_steps else N, some)]
        runs: list[Pass] = []
        states = self.states
        for part in parts:
            if runs:
                yield
            try:
                runs.append(self.forward_from(x[part] if by_steps else x[:, part], states))
            except InvalidInput:
                self.forward(x)                         # which names the step of the whole sequence
                raise
            states = self.states_after(runs[-1]) if by_steps else states
        y = np.concatenate([run.y for run in runs], axis=0 if by_steps else 1) if len(runs) > 1 else runs[0].y
        value, dy = loss(y)
        gradients: Arrays = {}
        back = None
        for part, run in reversed(list(zip(parts, runs))):
            if back is not None:
                yield
            back = self.back(run, dy[part] if by_steps else dy[:, part], back.before if back and by_steps else ())
            more = back.gradients
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


def recordings(architecture: Architecture, run: Pass, back: Back) -> tuple[direction.Recording, ...]:
    """Everything that every layer and direction computed, in the order of `architecture.rows`; arrays (T, N, ·) by name."""
    shape = run.y.shape[:2]
    return tuple(direction.recording(architecture.cell, done, shape, deltas, before)
                 for done, deltas, before in zip(run.rows, back.rows, back.before))


def _plain(p: Arrays) -> Architecture:
    """One layer of the LSTM in the sizes of these parameters."""
    return Architecture(LSTMCell(p["weight_hh"].shape[1]), p["weight_ih"].shape[1], len(p["readout_bias"]))


def _of_batch(state: np.ndarray, batch: int) -> np.ndarray:
    """A state (width,), or one for each sequence, as (N, width)."""
    return np.broadcast_to(state, (batch, state.shape[-1]))
