"""One layer read in one direction, over a batch of sequences that need not be equally long.

A cell (plain, variant, GRU, RNN) knows only full batches. Sequences of uneven length are cut into pieces at every
distinct length, and each piece holds just the sequences that still run: the padding is never read, each sequence's
last state is its own, and no cell needs a mask. Reading backwards turns every sequence round within its own length.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..cells import Cell
from ..parameters import Arrays


class Piece(NamedTuple):
    """Steps start ... stop of the sequences `rows`, all of which run that long."""

    start: int
    stop: int
    rows: Any
    steps: Any


class Pass(NamedTuple):
    """A forward pass: the output (T, N, ·), 0 past each end, the states before and after, and what it took."""

    output: np.ndarray
    before: tuple
    after: tuple
    pieces: list[Piece]
    parameters: Arrays
    lengths: np.ndarray | None
    reverse: bool
    mask: np.ndarray | None


class Recording(dict):
    """Arrays by name, also as attributes: everything one layer computed in one direction.

    Arrays over time are (time, batch, ·), indexed by the place in the sequence also where it was read backwards, and 0
    past each sequence's end. The states before the first step are (batch, ·).
    """

    def __getattr__(self, name: str) -> np.ndarray:
        if name in self:
            return self[name]
        when = "" if "dh" in self else "; derivatives are here after backward()"
        raise AttributeError(f"this recording has no {name}; it has {', '.join(self)}{when}.")


def forward(cell: Cell, parameters: Arrays, x: np.ndarray, states: tuple, lengths: np.ndarray | None, reverse: bool,
            mask: np.ndarray | None) -> Pass:
    """Read x (T, N, I) from the given states (N, ·); lengths is (N,) or None for all T."""
    T, N = x.shape[:2]
    x = _turned(x, lengths) if reverse else x
    after = list(states)
    pieces = []
    start = 0
    for stop in [T] if lengths is None else np.unique(lengths[lengths > 0]).tolist():
        rows = slice(None) if lengths is None or (lengths >= stop).all() else np.flatnonzero(lengths >= stop)
        steps = cell.forward(x[start:stop, rows], tuple(np.array(state[rows]) for state in after), parameters,
                             None if mask is None else mask[rows])
        after = [_with_rows(state, rows, getattr(steps, name)[-1]) for name, state in zip(cell.states, after)]
        pieces.append(Piece(start, stop, rows, steps))
        start = stop
    output = _joined("h", [piece.steps for piece in pieces], pieces, (T, N, states[0].shape[1]), states[0].dtype)
    return Pass(_turned(output, lengths) if reverse else output, states, tuple(after), pieces, parameters, lengths, reverse, mask)


def backward(cell: Cell, done: Pass, d_output: np.ndarray, d_states: tuple, rule: str) -> tuple:
    """dx (T, N, I), the derivatives of the states before, the gradients by name, and each piece's deltas."""
    T, N, _ = d_output.shape
    d_output = _turned(d_output, done.lengths) if done.reverse else d_output
    deltas: list[Any] = []
    gradients: Arrays = {}
    for start, stop, rows, steps in reversed(done.pieces):
        back = cell.backward(steps, done.parameters, d_output[start:stop, rows],
                             tuple(np.array(state[rows]) for state in d_states), rule)
        d_states = tuple(_with_rows(state, rows, getattr(back, f"d{name}_0")) for name, state in zip(cell.states, d_states))
        for name, gradient in cell.gradients(back, done.parameters).items():
            # An array of its own for each name: both biases of PyTorch have the same gradient.
            gradients[name] = gradients[name] + gradient if name in gradients else gradient.copy()
        deltas.insert(0, back)
    if not deltas:                                      # every sequence is of length 0
        gradients = {name: np.zeros_like(value) for name, value in done.parameters.items()}
    width = next(iter(done.parameters.values())).shape[1]               # weight_ih comes first
    dx = _joined("dx", deltas, done.pieces, (T, N, width), d_output.dtype)
    return _turned(dx, done.lengths) if done.reverse else dx, d_states, gradients, deltas


def recording(cell: Cell, done: Pass, shape: tuple[int, int], deltas: list | None, d_before: tuple | None) -> Recording:
    """Everything the passes computed, over (T, N) = shape, in the order of the sequence."""
    arrays = {f"{name}_0": state for name, state in zip(cell.states, done.before)}
    if done.mask is not None:
        arrays["mask_h"] = done.mask
    if d_before is not None:
        arrays |= {f"d{name}_0": state for name, state in zip(cell.states, d_before)}
    for parts in ([piece.steps for piece in done.pieces], deltas or []):
        for name, first in parts[0]._asdict().items() if parts else ():
            if isinstance(first, np.ndarray) and first.ndim == 3:       # the others do not run over time
                joined = _joined(name, parts, done.pieces, (*shape, first.shape[2]), first.dtype)
                arrays[name] = _turned(joined, done.lengths) if done.reverse else joined
    return Recording(arrays)


def _with_rows(state: np.ndarray, rows: Any, values: np.ndarray) -> np.ndarray:
    """A state (N, ·) with the values of some sequences, in a dtype that holds both."""
    if isinstance(rows, slice):
        return values.copy()
    state = state.astype(np.result_type(state, values))
    state[rows] = values
    return state


def _joined(name: str, parts: list, pieces: list[Piece], shape: tuple[int, ...], dtype) -> np.ndarray:
    """The field `name` of all pieces as one array, 0 past each end."""
    if len(pieces) == 1 and pieces[0].stop == shape[0] and isinstance(pieces[0].rows, slice):
        return getattr(parts[0], name)
    whole = np.zeros(shape, dtype)
    for piece, part in zip(pieces, parts):
        whole[piece.start:piece.stop, piece.rows] = getattr(part, name)
    return whole


def _turned(values: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """Every sequence of (T, N, ·) back to front within its length; what lies past its end stays. Its own inverse."""
    if lengths is None:
        return values[::-1]
    t = np.arange(len(values))[:, np.newaxis]
    return values[np.where(t < lengths, lengths - 1 - t, t), np.arange(len(lengths))]
