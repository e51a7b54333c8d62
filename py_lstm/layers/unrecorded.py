"""The plain cell on `fast_cell`, for layers that are to train and not to be looked at: the same numbers, nothing kept."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..fast_cell import FastCell
from ..remembered import TURN
from ..cells.lstm import LSTMCell
from .direction import Pass


class Steps(NamedTuple):
    """A forward pass: h (T, N, H) and of the cell states the last, c (1, N, H), with what it began from and what ran."""

    x: np.ndarray
    h_0: np.ndarray
    c_0: np.ndarray
    h: np.ndarray
    c: np.ndarray
    ran: FastCell


class Deltas(NamedTuple):
    """A backward pass, in the names and shapes of `cell.Deltas`."""

    dx: np.ndarray
    dh_0: np.ndarray
    dc_0: np.ndarray
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias: np.ndarray


class UnrecordedCell(LSTMCell):
    """`LSTMCell` without its recording.

    A `FastCell` keeps its arrays from call to call, and a layer's call needs one for every layer, direction and piece.
    Those of the last call belong to its `backward`, so they are used again only after the next call has come to its end
    (`release`): a call that is refused on the way harms nothing, and one in another thread has others.
    """

    def __init__(self, hidden_size: int, biases: int):
        super().__init__(hidden_size, biases)
        self._free: list[FastCell] = []

    def forward(self, x, states, parameters, mask):
        ran = self._cell_for(*x.shape[1:], parameters["weight_hh"].dtype)
        h = ran.forward(x, *states, self.weights(parameters))
        c = ran.last_c()[np.newaxis]
        if not (np.isfinite(h).all() and np.isfinite(c).all()):
            super().forward(x, states, parameters, mask)                # which says at which step
        return Steps(x, *states, h, c, ran)

    def backward(self, steps, parameters, dh_via_y, d_states, rule):
        weights = steps.ran.backward(dh_via_y, *d_states)
        deltas = Deltas(*steps.ran.backward_to_inputs(), *weights)
        if not all(np.isfinite(values).all() for values in deltas):
            recorded = super().forward(steps.x, (steps.h_0, steps.c_0), parameters, None)
            super().backward(recorded, parameters, dh_via_y, d_states, rule)    # which refuses with a sentence
        return deltas

    def release(self, passes: list[Pass]) -> None:
        """Nothing will go back through these passes any more: what they used is free. To be called in one's `TURN`."""
        self._free = [piece.steps.ran for done in passes for piece in done.pieces]

    def _cell_for(self, batch: int, inputs: int, dtype) -> FastCell:
        with TURN:
            for k, kept in enumerate(self._free):
                if (kept.N, kept.I, kept.dtype) == (batch, inputs, dtype):
                    return self._free.pop(k)
        return FastCell(batch, inputs, self.states["c"], dtype)

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_free": []}               # a copy makes its own
