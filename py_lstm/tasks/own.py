"""What a person gives to be learnt: a sequence of numbers, or a text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from .task import Sequences, Task, mean_squared
from .texts import SETTINGS, learning, read

OWN, OWN_TEXT = "own", "own_text"
OWN_SETTINGS: dict[str, dict[str, Any]] = {OWN: {}, OWN_TEXT: SETTINGS}

Rows = tuple[tuple[float, ...], ...]


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
