"""Gradients kept within bounds: by their joint norm, or number by number."""

from __future__ import annotations

import math

import numpy as np

from .parameters import Arrays, Joined, are_joined, is_float, join
from .validation import InvalidInput, mapping, number, numeric


def clip_norm(gradients: Arrays, limit: float) -> tuple[Arrays, float]:
    """Scale all gradients together so that their joint Euclidean norm is at most `limit` (Pascanu et al. 2013).

    Returns the gradients and the norm before clipping.

    Examples
    --------
    >>> gradients, norm = clip_norm({"w": np.array([3.0, 4.0])}, 1)
    >>> gradients["w"], norm
    (array([0.6, 0.8]), 5.0)
    """
    limit = number("clip_norm", limit, 0)
    if not are_joined(gradients):
        gradients = {name: g if is_float(g) else numeric(name, g, None) for name, g in mapping("gradients", gradients).items()}
    joined = join(gradients)
    with np.errstate(over="ignore", invalid="ignore"):
        norm = math.sqrt(sum([float(np.add.reduce(g * g)) for g in joined.vectors.values()]))
    if not math.isfinite(norm):
        for name, g in gradients.items():               # one that is not finite is refused by its name
            numeric(name, g, None)
        raise InvalidInput("gradients", "diverged", f"The gradient norm is {norm}; lower the learning rate.", got=str(norm))
    if norm <= limit or norm == 0:
        return joined, norm
    return Joined(joined.layout, {dtype: g * (limit / norm) for dtype, g in joined.vectors.items()}), norm


def clip_value(gradients: Arrays, limit: float) -> Arrays:
    """Each number of each gradient, moved into -limit to limit. Unlike `clip_norm` this turns the direction.

    Examples
    --------
    >>> clip_value({"w": np.array([3.0, -0.5])}, 1)["w"]
    array([ 1. , -0.5])
    """
    limit = number("clip_value", limit, 0)
    with np.errstate(over="ignore"):                    # a limit that float32 cannot hold is none
        return {name: np.clip(numeric(name, g, None), -limit, limit) for name, g in mapping("gradients", gradients).items()}
