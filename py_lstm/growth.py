"""How a weight's gradient grows: the contribution of each time step, and their sum from the end back to any step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .cell import GATES
from .damage.gradient import weight_gradients
from .parameters import Arrays
from .trace import Trace
from .validation import InvalidInput, instance, integer

TENSORS = ("weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias")


class Growth(NamedTuple):
    """Gradients at one step of the backward pass, dicts of arrays shaped as the parameters.

    Attributes
    ----------
    step : what this time step adds, ∂L/∂z_t x_tᵀ for weight_ih, ∂L/∂z_t h_{t-1}ᵀ for weight_hh, ∂L/∂z_t for bias
    so_far : the sum of the steps t ... T, what the backward pass has gathered when it has done step t

    Examples
    --------
    >>> trace = run(Experiment(updates=0))
    >>> one, next_one = growth(trace, 5), growth(trace, 6)
    >>> np.allclose(one.so_far["bias"], one.step["bias"] + next_one.so_far["bias"])
    True
    """

    step: Arrays
    so_far: Arrays


def growth(trace: Trace, t: int) -> Growth:
    """The gradients of a trace as they stand when the backward pass has done step t (from 1). At t = 1 they are whole.

    Examples
    --------
    >>> trace = run(Experiment(updates=0))
    >>> grown = growth(trace, 1)                                              # all steps are walked back
    >>> np.allclose(grown.so_far["weight_hh"], trace.arrays["weight_hh_grad"])
    True
    """
    if not instance("trace", trace, Trace).experiment.is_plain:
        raise InvalidInput("trace", "choice", "growth() is for one layer of the LSTM, and this trace is of another network.")
    a = trace.arrays
    T = a["h"].shape[0]
    t = integer("t", t, 1, T)
    dz = np.concatenate([a[f"dz_{gate}"] for gate in GATES], axis=1)            # (T, 4H)
    h_before = np.concatenate([a["h_0"][np.newaxis], a["h"][:-1]])              # (T, H), h_{t-1}

    def added(first: int, last: int) -> Arrays:
        """The contributions of steps first ... last."""
        s = slice(first - 1, last)
        return weight_gradients(trace.experiment.damage, *(values[:, np.newaxis] for values in (dz, a["x"], h_before)), s) | {
                "readout_weight": a["dy"][s].T @ a["h"][s], "readout_bias": a["dy"][s].sum(axis=0)}

    return Growth(added(t, t), added(t, T))
