"""What a person gives to be learnt: a sequence of numbers, or a text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ..validation import InvalidInput, as_array, number, shown
from .task import Sequences, Task, mean_squared
from .texts import SETTINGS, learning, read

OWN, OWN_TEXT = "own", "own_text"
OWN_SETTINGS: dict[str, dict[str, Any]] = {OWN: {}, OWN_TEXT: SETTINGS}

Rows = tuple[tuple[float, ...], ...]


def own_fields(values: Any, targets: Any) -> dict[str, Any]:
    """The fields of an experiment with an own sequence: rows of equal width, its targets, and the sizes that follow from them.

    Numbers may come in lists or in arrays, of NumPy or of another library.

    Examples
    --------
    >>> own_fields(np.array([0.5, 0.25, 1]), None)
    {'values': ((0.5,), (0.25,), (1.0,)), 'targets': None, 'length': 2, 'input_size': 1}
    """
    plain = _plain("values", values, 2)
    if not plain:
        raise InvalidInput("values", "missing", f"values is {shown(values)}; give at least one number per time step.", got=shown(values))
    rows = tuple(tuple(_own_number("values", value, t) for value in (row if isinstance(row, list) else [row]))
                 for t, row in enumerate(plain, start=1))
    width = len(rows[0])
    for t, row in enumerate(rows):
        if len(row) != width or width == 0:
            raise InvalidInput("values", "shape", f"values has {len(row)} numbers in row {t + 1} and {width} in row 1; "
                               "give every step the same number of inputs, at least one.", got=str(len(row)),
                               wanted=str(width), row=t + 1)
    steps = len(rows)
    if targets is None:
        steps -= 1
        if steps < 1:
            raise InvalidInput("values", "missing", "values has one step; without targets the next value is "
                               "predicted, so give at least two.", got="1")
    else:
        given = _plain("targets", targets, 1)
        if given is None or len(given) != steps:
            raise InvalidInput("targets", "shape", f"targets is {shown(targets)}; give one number for each of the "
                               f"{steps} steps.", got=shown(targets), wanted=str(steps))
        targets = tuple(_own_number("targets", value, t) for t, value in enumerate(given, start=1))
    own_size(len(rows), width, targets is not None, 1000, 64)
    return {"values": rows, "targets": targets, "length": steps, "input_size": width}


def own_size(rows: int, width: int, targets: bool, most_steps: int, most_numbers: int) -> None:
    """Refuse numbers of one's own that are too many: `rows` of `width`, the last of which is no step if there are no targets."""
    steps = rows if targets else rows - 1
    fit = f"at most {most_steps} steps of 1 to {most_numbers} numbers fit"
    if steps > most_steps:
        raise InvalidInput("values", "steps", f"values has {rows} rows, which make {steps} steps; {fit}. Take some rows out.", got=steps,
                           rows=rows, high=most_steps, numbers=most_numbers)
    if width > most_numbers:
        raise InvalidInput("values", "width", f"values has {width} numbers in each row; {fit}. Take some columns out.", got=width,
                           high=most_numbers, steps=most_steps)


def _own_number(field: str, value: Any, row: int) -> float:
    try:
        return number(field, value, -1e6, 1e6)
    except InvalidInput as refused:
        if refused.code != "range":
            raise
        raise InvalidInput(field, "range", f"{field} has {shown(value)} in row {row}; give numbers from -1000000 to 1000000.",
                           **refused.details, row=row) from None


def _plain(field: str, value: Any, axes: int) -> list | None:
    """Numbers in lists or arrays as lists, of at most so many axes; None if it is neither."""
    if hasattr(type(value), "__array__"):
        given = as_array(field, value)
        if given.ndim == axes + 1 and given.shape[-1] == 1:             # one column
            given = given[..., 0]
        if not 1 <= given.ndim <= axes:
            shapes = ["(steps,)", "(steps, inputs)"][:axes]
            raise InvalidInput(field, "shape", f"{field} has shape {given.shape}; give shape {' or '.join(shapes)}.",
                               got=str(given.shape), wanted=" or ".join(shapes))
        return given.tolist()
    if not isinstance(value, (list, tuple, range)):
        return None
    return [_item(field, one, axes) for one in value]


def _item(field: str, value: Any, axes: int) -> Any:
    """A number, or the row of one step as a list."""
    if isinstance(value, (int, float, np.generic)):
        return value
    if hasattr(type(value), "__array__") and not np.ndim(as_array(field, value)):
        return as_array(field, value).item()
    row = _plain(field, value, axes - 1) if axes > 1 else None
    return value if row is None else row


@lru_cache(maxsize=8)
def own_numbers(values: Rows, targets: tuple[float, ...] | None) -> Task:
    """The task of giving the targets, or the next step's first input, at every step of this one sequence."""
    rows = np.array(values)
    target = rows[1:, 0] if targets is None else np.array(targets)
    x, everywhere = rows[:len(target), np.newaxis, :], np.ones((len(target), 1), bool)

    def draw(rng: np.random.Generator, length: int, batch: int) -> Sequences:
        return Sequences(x, target[:, np.newaxis, np.newaxis], everywhere, everywhere)

    with np.errstate(over="ignore"):
        clueless = float(np.mean((target - target.mean()) ** 2))
    return Task(OWN, "Numbers of your own: give the targets, or else the next number.", "own", ("value",) * rows.shape[1], ("y",),
                "squared_error", draw, mean_squared, "mean squared error", None, True, "none", lambda length: clueless, {})


@lru_cache(maxsize=8)
def own_text(content: str) -> Task:
    """The task of foretelling the next character of this text."""
    return learning(OWN_TEXT, read(content), "A text of your own: foretell the next character.", None, {}, "own")
