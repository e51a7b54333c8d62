"""Schedules: how the learning rate goes from update to update."""

from __future__ import annotations

import math
from typing import NamedTuple

from .validation import MOST_UPDATES, choice, integer, number

SCHEDULES = ("constant", "step", "exponential", "cosine", "inverse")


class _Schedule(NamedTuple):
    kind: str = "constant"
    span: int = 1000
    factor: float = 0.5
    warmup: int = 0


class Schedule(_Schedule):
    """What the learning rate is multiplied with at each update, numbered from 1.

    Parameters
    ----------
    kind : str, with k the updates done since the warm-up
        "constant": 1. "step": `factor` once more after every `span` updates, factor^⌊k / span⌋ (PyTorch's `StepLR`).
        "exponential": the same without stairs, factor^(k / span). "cosine": half a cosine from 1 down to `factor` over
        `span` updates, then `factor` (`CosineAnnealingLR`). "inverse": 1 / (1 + k / span).
    span : int >= 1, in updates
    factor : float from 0 to 1
    warmup : int >= 0
        The first so many updates rise evenly, 1/warmup, 2/warmup ... 1 (`LinearLR`), before the schedule begins.

    Gers et al. (2000) let the rate decay by 0.99 every 1000 sequences: Schedule("step", span=1000, factor=0.99).

    Examples
    --------
    >>> schedule = Schedule("step", span=10, factor=0.5, warmup=4)
    >>> [schedule.at(update) for update in (1, 4, 5, 15)]
    [0.25, 1.0, 1.0, 0.5]
    """

    def __new__(cls, kind: str = "constant", span: int = 1000, factor: float = 0.5, warmup: int = 0):
        return super().__new__(cls, choice("schedule", kind, SCHEDULES), integer("span", span, 1, MOST_UPDATES),
                               number("factor", factor, 0, 1), integer("warmup", warmup, 0, MOST_UPDATES))

    def at(self, update: int) -> float:
        """The factor at update number `update`, from 1."""
        update = integer("update", update, 1, 10**12)
        if update <= self.warmup:
            return update / self.warmup
        k = update - 1 - self.warmup
        if self.kind == "step":
            return self.factor ** (k // self.span)
        if self.kind == "exponential":
            return self.factor ** (k / self.span)
        if self.kind == "cosine":
            return self.factor + (1 - self.factor) * (1 + math.cos(math.pi * min(k / self.span, 1))) / 2
        if self.kind == "inverse":
            return 1 / (1 + k / self.span)
        return 1.0
