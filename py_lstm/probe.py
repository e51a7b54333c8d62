"""One number nudged: the slope of L along it, three ways, and how far each can be trusted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .experiment import Experiment
from .objective import Objective
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
    *_, gradients = objective.passes()
    value = float(objective.values[tensor][place])

    def at(number_):
        values = dict(objective.values)
        values[tensor] = values[tensor].astype(type(number_) if isinstance(number_, complex) else float)
        values[tensor][place] = number_
        return objective(values)

    def central(step: float) -> float:
        return float((at(value + step) - at(value - step)) / (2 * step))

    exact = float(np.imag(at(complex(value, 1e-30))) / 1e-30)
    span = max(1.0, 3 * eps)
    around = value + np.linspace(-span, span, CURVE_POINTS)
    size = abs(exact) if exact != 0 else 1.0
    return Probe(value, float(gradients[tensor][place]), eps, float(at(value - eps)), float(at(value + eps)), central(eps),
                 exact, around, np.array([float(at(v)) for v in around]), np.array(STEPS),
                 np.array([abs(central(step) - exact) / size for step in STEPS]))
