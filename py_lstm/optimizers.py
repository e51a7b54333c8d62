"""Optimizers: from a dict of gradients to a step of the parameters, in place of nothing but the dict given."""

from __future__ import annotations

import math
from typing import Iterator

import numpy as np

from .validation import InvalidInput, array, mapping, number, numeric, shown

Arrays = dict[str, np.ndarray]


class SGD:
    """Gradient descent, p ← p - η g, with optional L2 decay (g ← g + λ p) as in PyTorch's `SGD`."""

    def __init__(self, learning_rate: float, weight_decay: float = 0.0):
        self.learning_rate = number("learning_rate", learning_rate, 0)
        self.weight_decay = number("weight_decay", weight_decay, 0)

    def step(self, parameters: Arrays, gradients: Arrays) -> Arrays:
        """The moved parameters, as new arrays under the same names. Refused if one would no longer be finite."""
        with np.errstate(over="ignore", invalid="ignore"):
            return _finite({name: p - self.learning_rate * (g + self.weight_decay * p)
                            for name, p, g in _pairs(parameters, gradients)})


class Adam:
    """Adam (Kingma & Ba 2015) with L2 decay added to the gradient, PyTorch's `Adam` with its default betas and eps.

    m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  p ← p - η m̂ / (√v̂ + ε)  with m̂, v̂ corrected for their start at 0.
    """

    def __init__(self, learning_rate: float, weight_decay: float = 0.0, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8):
        self.learning_rate = number("learning_rate", learning_rate, 0)
        self.weight_decay = number("weight_decay", weight_decay, 0)
        # β = 1 would never forget its start at 0, and ε = 0 would divide by it.
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise InvalidInput("betas", "shape", f"betas is {shown(betas)}; give two numbers.", got=shown(betas))
        self.betas = tuple(number("betas", beta, 0, 0.999999) for beta in betas)
        self.eps = number("eps", eps, 1e-30)
        self.steps = 0
        self.first: Arrays = {}
        self.second: Arrays = {}

    def step(self, parameters: Arrays, gradients: Arrays) -> Arrays:
        """The moved parameters, as new arrays under the same names.

        Refused if one would no longer be finite; the moments are then left as they were.
        """
        beta1, beta2 = self.betas
        k = self.steps + 1
        first, second, moved = {}, {}, {}
        with np.errstate(over="ignore", invalid="ignore"):
            for name, p, g in _pairs(parameters, gradients):
                g = g + self.weight_decay * p
                m = first[name] = beta1 * self.first.get(name, 0) + (1 - beta1) * g
                v = second[name] = beta2 * self.second.get(name, 0) + (1 - beta2) * g * g
                m_hat = m / (1 - beta1 ** k)
                v_hat = v / (1 - beta2 ** k)
                moved[name] = p - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)
            _finite(moved), _finite(second)
        self.steps, self.first, self.second = k, first, second
        return moved


OPTIMIZERS = {"adam": Adam, "sgd": SGD}


def _pairs(parameters: Arrays, gradients: Arrays) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, parameter and gradient of each parameter; a gradient that is missing or shaped otherwise is refused."""
    for name, p in mapping("parameters", parameters).items():
        p = numeric(name, p, None)
        if name not in mapping("gradients", gradients):
            raise InvalidInput(name, "missing", f"There is no gradient for {name}; give one for every parameter.")
        yield name, p, array(name, gradients[name], p.shape, p.dtype)


def _finite(values: Arrays) -> Arrays:
    for name, value in values.items():
        if not np.isfinite(value).all():
            raise InvalidInput(name, "diverged", f"{name} would no longer be finite; lower the learning rate.")
    return values


def clip_norm(gradients: Arrays, limit: float) -> tuple[Arrays, float]:
    """Scale all gradients together so that their joint Euclidean norm is at most `limit` (Pascanu et al. 2013).

    Returns the gradients and the norm before clipping.
    """
    limit = number("clip_norm", limit, 0)
    gradients = {name: numeric(name, g, None) for name, g in mapping("gradients", gradients).items()}
    with np.errstate(over="ignore"):
        norm = math.sqrt(sum(float(np.sum(g * g)) for g in gradients.values()))
    if not math.isfinite(norm):
        raise InvalidInput("gradients", "diverged", f"The gradient norm is {norm}; lower the learning rate.", got=str(norm))
    if norm <= limit or norm == 0:
        return gradients, norm
    return {name: g * (limit / norm) for name, g in gradients.items()}, norm
