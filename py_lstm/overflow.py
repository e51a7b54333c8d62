"""Refusing inputs, states and gradients that are no longer numbers."""

from __future__ import annotations

import numpy as np

from .validation import InvalidInput


def finite_input(x: np.ndarray) -> None:
    """Refuse what dropout made too large by dividing by the share that it keeps."""
    if not np.isfinite(x).all():
        raise InvalidInput("x", "diverged", "Dropout scales what it keeps up, and here beyond the largest number; scale the "
                           "inputs down.")


def finite_state(*states: np.ndarray) -> None:
    """Refuse states (T, N, ·) that overflowed, naming the first step at which one did."""
    steps = [int(np.argwhere(~np.isfinite(values))[0][0]) for values in states if not np.isfinite(values).all()]
    if steps:
        raise InvalidInput("state", "diverged", f"The state at step {min(steps) + 1} is not finite: weights, inputs or "
                           "states are so large that their products overflow; scale them down.", where=[min(steps)])


def finite_gradient(*derivatives: np.ndarray) -> None:
    """Refuse derivatives that overflowed."""
    if not all(np.isfinite(values).all() for values in derivatives):
        raise InvalidInput("gradient", "diverged", "The gradient overflows: weights, inputs or the derivatives that came "
                           "in are so large that products of them exceed the largest number; scale them down.")
