"""Losses: from predictions and targets to one number, and its derivative for every prediction."""

from __future__ import annotations

import numpy as np

from .validation import choice, numeric

LOSS_AT = ("every", "last")


def squared_error(y: np.ndarray, target: np.ndarray, at: str = "every") -> tuple[np.ndarray, np.ndarray]:
    """Mean of (y - target)², PyTorch's `MSELoss`, over every step or over the last one.

    Parameters
    ----------
    y, target : (T, N, O)
    at : "every" or "last", which time steps count

    Returns
    -------
    loss : scalar
    dy : (T, N, O), ∂loss/∂y; 0 at steps that do not count
    """
    y = numeric("y", y, ("time", "batch", "outputs"))
    target = numeric("target", target, y.shape)
    counted = slice(-1, None) if choice("at", at, LOSS_AT) == "last" else slice(None)
    with np.errstate(over="ignore"):
        error = y[counted] - target[counted]
        dy = np.zeros_like(y)
        dy[counted] = 2 * error / error.size
        # (y - d)² and not |y - d|²: the complex step needs the analytic form.
        return (error * error).mean(), dy
