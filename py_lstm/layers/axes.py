"""Which axis is what: from the caller's arrays to (time, batch, ·) and (layers * directions, batch, ·), and back."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..validation import InvalidInput, array, converted, integer, leave_out, shown


class Axes(NamedTuple):
    """How a caller's arrays lie: a batch or one sequence, the batch in front or not; T, N, and the layer's dtype."""

    batched: bool
    batch_first: bool
    T: int
    N: int
    dtype: np.dtype

    def sequence_in(self, name: str, values: Any, width: int) -> np.ndarray:
        """The caller's sequences as (T, N, width)."""
        return self._inward(name, values, self.T, width)

    def state_in(self, name: str, values: Any, rows: int, width: int) -> np.ndarray:
        """The caller's states as (rows, N, width); zeros for None."""
        return np.zeros((rows, self.N, width), self.dtype) if values is None else self._inward(name, values, rows, width)

    def out(self, values: np.ndarray) -> np.ndarray:
        """Sequences or states as the caller has them."""
        if not self.batched:
            return values[:, 0].copy()
        return (values.swapaxes(0, 1) if self.batch_first else values).copy()

    def _inward(self, name: str, values: Any, length: int, width: int) -> np.ndarray:
        if not self.batched:
            return array(name, values, (length, width), self.dtype)[:, np.newaxis]
        if self.batch_first:
            return array(name, values, (self.N, length, width), self.dtype).swapaxes(0, 1)
        return array(name, values, (length, self.N, width), self.dtype)


def read_input(x: Any, lengths: Any, width: int, batch_first: bool, dtype: np.dtype
               ) -> tuple[np.ndarray, np.ndarray | None, Axes]:
    """x as (T, N, width) with zeros past the ends, lengths as an array or None, and how x lay."""
    axes = ("batch", "time", width) if batch_first else ("time", "batch", width)
    given = converted("x", x, axes)
    numbers = given.dtype.kind in "buifc"
    if given.ndim == 2:
        if lengths is not None:
            raise InvalidInput("lengths", "choice", "lengths is for a batch, and x is one sequence (T, I); cut x instead.")
        values = array("x", given, ("time", width), dtype)[:, np.newaxis]
        return values, None, Axes(False, batch_first, len(values), 1, dtype)
    if lengths is not None and given.ndim == 3 and numbers:
        T, N = given.shape[:2][::-1] if batch_first else given.shape[:2]
        lengths = read_lengths(lengths, T, N)
        past = np.arange(T)[:, np.newaxis] >= lengths
        given = leave_out("x", given, past.T if batch_first else past)
    values = array("x", given if numbers else x, axes, dtype)
    values = values.swapaxes(0, 1) if batch_first else values
    return values, lengths, Axes(True, batch_first, *values.shape[:2], dtype)


def read_lengths(lengths: Any, T: int, N: int) -> np.ndarray:
    """Lengths as (N,) whole numbers from 0 to T."""
    flat = isinstance(lengths, (list, tuple)) or isinstance(lengths, np.ndarray) and lengths.ndim == 1
    if not flat or len(lengths) != N:
        raise InvalidInput("lengths", "shape", f"lengths is {shown(lengths)}; give a list of {N} whole numbers from 0 to "
                           f"{T}, one for each sequence.", got=shown(lengths), wanted=f"({N},)")
    return np.array([integer(f"lengths[{n}]", value, 0, T) for n, value in enumerate(lengths)], np.intp)
