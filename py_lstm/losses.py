"""Losses: from predictions and targets to one number, and its derivative for every prediction.

All average over the steps that count: every step or the last one, and of those only the ones where a mask (T, N) is
true. With a mask, "last" is each sequence's own last step that counts. What the mask leaves out is not read: predictions
and targets there may be NaN, hidden by a mask of numpy.ma, or of no class (-100).
"""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from .validation import InvalidInput, array, as_array, choice, leave_out, numeric

LOSS_AT = ("every", "last")


def squared_error(y: np.ndarray, target: np.ndarray, at: str = "every", mask: np.ndarray | None = None
                  ) -> tuple[np.ndarray, np.ndarray]:
    """Mean of (y - target)², PyTorch's `MSELoss`, over every step or over the last one.

    Parameters
    ----------
    y, target : (T, N, O)
    at : "every" or "last", which time steps count
    mask : (T, N) of True and False, or None for all True; where it is False, y and target are not read

    Returns
    -------
    loss : scalar
    dy : (T, N, O), ∂loss/∂y; 0 at steps that do not count

    Examples
    --------
    >>> y, target = np.array([[[1.0]], [[3.0]]]), np.zeros((2, 1, 1))
    >>> loss, dy = squared_error(y, target)
    >>> float(loss), dy.ravel().tolist()
    (5.0, [1.0, 3.0])
    >>> float(squared_error(y, target, at="last")[0])
    9.0
    """
    y, target, counted = _read(y, target, at, mask)
    return _squared_error(y, _real_beside(y, numeric("target", target, y.shape)), counted)


def _squared_error(y, target, counted):
    with np.errstate(over="ignore", invalid="ignore"):
        error = y[counted] - target[counted]
        dy = np.zeros(y.shape, y.dtype)
        dy[counted] = 2 * error / error.size
        # (y - d)² and not |y - d|²: the complex step needs the analytic form.
        return np.add.reduce(error * error, axis=None) / error.size, dy


def cross_entropy(y: np.ndarray, target: np.ndarray, at: str = "every", mask: np.ndarray | None = None
                  ) -> tuple[np.ndarray, np.ndarray]:
    """Mean of -Σ target log softmax(y), in nats: PyTorch's `CrossEntropyLoss`. y are logits, any real numbers.

    Parameters
    ----------
    y : (T, N, O)
    target : (T, N, O), one-hot or any probabilities, or (T, N), the number of the right class from 0
    at, mask : see `squared_error`

    Returns
    -------
    loss : scalar
    dy : (T, N, O), ∂loss/∂y = (softmax(y) Σ target - target) / steps that count; 0 at the others

    Examples
    --------
    >>> loss, dy = cross_entropy(np.zeros((1, 1, 4)), np.array([[2]]))        # four logits, the third class is right
    >>> bool(np.isclose(loss, np.log(4))), dy.ravel().tolist()
    (True, [0.25, 0.25, -0.75, 0.25])
    """
    y, target, counted = _read(y, target, at, mask)
    return _cross_entropy(y, _probabilities(target, y), counted)


def _cross_entropy(y, target, counted):
    if target.ndim == 2:
        return _cross_entropy_of_classes(y, target, counted)
    with np.errstate(under="ignore", invalid="ignore"):
        given = target[counted]
        log_p = log_softmax(y[counted])
        steps = given[..., 0].size
        dy = np.zeros_like(y)
        dy[counted] = (np.exp(log_p) * given.sum(axis=-1, keepdims=True) - given) / steps
        return -(given * log_p).sum() / steps, dy


def _cross_entropy_of_classes(y, target, counted):
    """The same where one class is right at each step; it is picked, and not multiplied by 1 among zeros."""
    with np.errstate(under="ignore", invalid="ignore"):
        logits = y[counted].reshape(-1, y.shape[2])
        right = np.arange(len(logits)), target[counted].ravel()
        logits = logits - logits.real.max(axis=1, keepdims=True)
        p = np.exp(logits)
        total = p.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - logits[right]).mean()
        p /= total * len(p)
        p[right] -= 1 / len(p)
        dy = np.zeros_like(y)
        dy[counted] = p.reshape(y[counted].shape)
        return loss, dy


def binary_cross_entropy(y: np.ndarray, target: np.ndarray, at: str = "every", mask: np.ndarray | None = None
                         ) -> tuple[np.ndarray, np.ndarray]:
    """Mean of -d log σ(y) - (1 - d) log(1 - σ(y)) over all outputs, in nats: PyTorch's `BCEWithLogitsLoss`.

    Parameters
    ----------
    y : (T, N, O), logits
    target : (T, N, O), numbers from 0 to 1, each output for itself
    at, mask : see `squared_error`

    Returns
    -------
    loss : scalar
    dy : (T, N, O), ∂loss/∂y = (σ(y) - target) / numbers that count; 0 at the others

    Examples
    --------
    >>> loss, dy = binary_cross_entropy(np.zeros((1, 1, 1)), np.ones((1, 1, 1)))
    >>> bool(np.isclose(loss, np.log(2))), dy.ravel().tolist()
    (True, [-0.5])
    """
    y, target, counted = _read(y, target, at, mask)
    return _binary_cross_entropy(y, _within_0_1(_real_beside(y, numeric("target", target, y.shape))), counted)


def _binary_cross_entropy(y, target, counted):
    with np.errstate(under="ignore", over="ignore", invalid="ignore"):
        z, given = y[counted], target[counted]
        # log(1 + e^-|z|) is what both branches of the logistic have in common; written so, nothing overflows.
        small = np.exp(np.where(z.real > 0, -z, z))
        sigma = np.where(z.real > 0, 1, small) / (1 + small)
        dy = np.zeros_like(y)
        dy[counted] = (sigma - given) / z.size
        return (np.where(z.real > 0, z, 0) + np.log1p(small) - z * given).mean(), dy


LOSSES = {"squared_error": squared_error, "cross_entropy": cross_entropy, "binary_cross_entropy": binary_cross_entropy}
UNCHECKED = {"squared_error": _squared_error, "cross_entropy": _cross_entropy, "binary_cross_entropy": _binary_cross_entropy}

Loss = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def unchecked(name: str, target: np.ndarray, at: str = "every", mask: np.ndarray | None = None) -> Loss:
    """A loss as a function of y alone, for training: it looks at the shapes of what it is given, and at no number.

    Parameters
    ----------
    name : "squared_error", "cross_entropy" or "binary_cross_entropy"
    target, at, mask : see that function; classes are of an integer dtype

    Examples
    --------
    >>> loss = unchecked("cross_entropy", np.array([[0], [2]]))
    >>> value, dy = loss(np.zeros((2, 1, 3)))
    >>> bool(np.isclose(value, np.log(3))), dy[0, 0].round(3).tolist()
    (True, [-0.333, 0.167, 0.167])
    """
    of_counted, target = UNCHECKED[choice("loss", name, LOSSES)], as_array("target", target)
    counted = _counted(at, mask, target.shape)

    def loss(y):
        if target.shape != (y.shape if target.ndim == 3 else y.shape[:2]):
            raise InvalidInput("target", "shape", f"target has shape {target.shape}; give shape {y.shape}, or {y.shape[:2]} for classes.",
                               got=str(target.shape), wanted=str(y.shape))
        return of_counted(y, target, counted)
    return loss


def log_softmax(y: np.ndarray) -> np.ndarray:
    """log softmax over the last axis, real or complex: (..., O) gives (..., O)."""
    y = y - y.real.max(axis=-1, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=-1, keepdims=True))


def _read(y, target, at: str, mask) -> tuple[np.ndarray, np.ndarray, Any]:
    """y as numbers, the target as an array, and what picks the steps that count; what the mask leaves out is 0, and not read."""
    left_out = None
    if mask is not None:
        mask = as_array("mask", mask)
        left_out = ~mask if mask.dtype == bool else None            # else `_counted` refuses it
    axes = ("time", "batch", "outputs")
    y = numeric("y", leave_out("y", y, left_out, axes), axes)
    counted = _counted(at, mask, y.shape)
    return y, leave_out("target", target, left_out, y.shape), counted


def _counted(at: str, mask, shape: tuple[int, ...]):
    """What picks the steps that count out of an array (T, N, ...)."""
    last = choice("at", at, LOSS_AT) == "last"
    if mask is None:
        return slice(-1, None) if last else slice(None)
    given = as_array("mask", mask)
    if given.dtype != bool or given.shape != shape[:2]:
        raise InvalidInput("mask", "shape", f"mask has dtype {given.dtype} and shape {given.shape}; give True or False for "
                           f"each step and sequence, shape {shape[:2]}.", got=str(given.shape), wanted=str(shape[:2]))
    if last:
        after = np.cumsum(given[::-1], axis=0)[::-1]    # how many steps that count there are from here on
        given = given & (after == 1)
    if not given.any():
        raise InvalidInput("mask", "missing", "mask is False everywhere; let at least one step count.")
    return slice(None) if given.all() else given        # a slice copies nothing


def _probabilities(target, y: np.ndarray) -> np.ndarray:
    """Targets as (T, N, O), from the same or from class numbers (T, N)."""
    if target.ndim == 3:
        return _within_0_1(_real_beside(y, numeric("target", target, y.shape)))
    classes = array("target", target, y.shape[:2])
    O = y.shape[2]
    if not np.array_equal(classes, np.floor(classes)) or classes.min() < 0 or classes.max() >= O:
        raise InvalidInput("target", "range", f"target holds classes from {classes.min():g} to {classes.max():g}; give whole "
                           f"numbers from 0 to {O - 1}, one for each output, and leave padding out by mask.", low=0, high=O - 1)
    return (classes[..., np.newaxis] == np.arange(O)).astype(y.real.dtype)


def _real_beside(y: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The target, which may be complex only where predictions are."""
    return target if np.iscomplexobj(y) or not np.iscomplexobj(target) else array("target", target, target.shape)


def _within_0_1(target: np.ndarray) -> np.ndarray:
    if target.real.min() < 0 or target.real.max() > 1:
        raise InvalidInput("target", "range", f"target goes from {target.real.min():g} to {target.real.max():g}; give "
                           "numbers from 0 to 1.", low=0, high=1)
    return target
