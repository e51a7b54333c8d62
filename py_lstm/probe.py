"""One number nudged: the slope of L along it, three ways, and how far each can be trusted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .experiment import Experiment
from .objective import Objective
from .pieces import Pieces, whole
from .training import Trainer
from .validation import InvalidInput, choice, number, shown

# Step sizes at which the central difference is tried: truncation spoils the large ones, round-off the small ones.
STEPS = tuple(10.0 ** -k for k in range(13))
CURVE_POINTS = 61


class Probe(NamedTuple):
    """L along one number.

    Attributes
    ----------
    value : where the number stands
    analytic : ∂L/∂number of the backward pass
    below, above : L at value - eps and value + eps; central : (above - below) / 2 eps
    complex_step : Im L(value + i 1e-30) / 1e-30, which subtracts nothing
    at, curve : (61,) the values around and L there
    steps, errors : step sizes and the relative error of the central difference with each, against the complex step

    Examples
    --------
    >>> found = probe(Experiment(updates=20), "c_0", (1,), eps=1e-3)
    >>> bool(np.isclose(found.central, (found.above - found.below) / 2e-3)), found.curve.shape
    (True, (61,))
    """

    value: float
    analytic: float
    eps: float
    below: float
    above: float
    central: float
    complex_step: float
    at: np.ndarray
    curve: np.ndarray
    steps: np.ndarray
    errors: np.ndarray


def probe(experiment: Experiment, tensor: str, index: tuple[int, ...], eps: float = 1e-3,
          trainer: Trainer | None = None) -> Probe:
    """Nudge one number of an experiment by ±eps.

    Parameters
    ----------
    tensor, index : which number: a parameter, "h_0", "c_0" or "x" (time, input), indices from 0
    eps : the nudge, 1e-15 to 10; the curve spans three of it to either side, and at least 1
    trainer : see `Objective`

    Examples
    --------
    >>> found = probe(Experiment(updates=20), "weight_hh", (0, 2))
    >>> bool(abs(found.complex_step - found.analytic) < 1e-12)
    True
    """
    return whole(probe_in_pieces(experiment, tensor, index, eps, trainer))


def probe_in_pieces(experiment: Experiment, tensor: str, index: tuple[int, ...], eps: float = 1e-3,
                    trainer: Trainer | None = None) -> Pieces[Probe]:
    """As `probe`."""
    objective = Objective(experiment, trainer)
    choice("tensor", tensor, objective.values)
    eps = number("eps", eps, 1e-15, 10)
    shape = objective.values[tensor].shape
    place = tuple(index) if isinstance(index, (tuple, list)) else ()
    if tensor == "x" and len(place) == 2:
        place = (place[0], 0, place[1])             # the one sequence of the batch
    if len(place) != len(shape) or not all(type(k) is int and 0 <= k < n for k, n in zip(place, shape)):
        raise InvalidInput("index", "shape", f"index is {shown(index)}; {tensor} has shape {shape}, give an index from 0 "
                           "for each axis.", got=shown(index), wanted=str(shape))
    *_, gradients = yield from objective.passes_in_pieces()
    value = float(objective.values[tensor][place])

    def at(number_: complex) -> Pieces[complex]:
        yield
        values = dict(objective.values)
        values[tensor] = values[tensor].astype(type(number_) if isinstance(number_, complex) else float)
        values[tensor][place] = number_
        return objective(values)

    def real(number_: float) -> Pieces[float]:
        return float((yield from at(number_)))

    def central(step: float) -> Pieces[float]:
        above, below = (yield from at(value + step)), (yield from at(value - step))
        return float((above - below) / (2 * step))

    below, above = (yield from real(value - eps)), (yield from real(value + eps))
    slope = yield from central(eps)
    exact = float(np.imag((yield from at(complex(value, 1e-30)))) / 1e-30)
    span = max(1.0, 3 * eps)
    around = value + np.linspace(-span, span, CURVE_POINTS)
    curve, slopes = [], []
    for v in around:
        curve.append((yield from real(v)))
    for step in STEPS:
        slopes.append((yield from central(step)))
    size = abs(exact) if exact != 0 else 1.0
    return Probe(value, float(gradients[tensor][place]), eps, below, above, slope, exact, around, np.array(curve), np.array(STEPS),
                 np.abs(np.array(slopes) - exact) / size)
