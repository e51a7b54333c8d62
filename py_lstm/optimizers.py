"""Optimizers: from a dict of gradients to a step of the parameters, in place of nothing but the dict given.

Each is PyTorch's of the same name, to the last digits, and its state can be taken out and put back: a training that is
stopped, saved and resumed goes on as if nothing had happened.
"""

from __future__ import annotations

import math
from typing import Any, Iterator, Mapping

import numpy as np

from .validation import InvalidInput, array, integer, mapping, number, numeric, shown

Arrays = dict[str, np.ndarray]


class Optimizer:
    """Base of all optimizers: `step` moves parameters, `state_dict` and `load_state_dict` save what it remembers.

    Attributes
    ----------
    learning_rate, weight_decay : float; both may be changed between steps
    steps : int, the steps made

    Examples
    --------
    >>> one, other = Adam(0.1), Adam(0.1)
    >>> w = one.step({"w": np.ones(2)}, {"w": np.ones(2)})
    >>> other.load_state_dict(one.state_dict(), w)                            # goes on where the first one stands
    >>> np.array_equal(one.step(w, {"w": np.ones(2)})["w"], other.step(w, {"w": np.ones(2)})["w"])
    True
    """

    MEMORY: tuple[str, ...] = ()        # the attributes that remember one array for each parameter

    def __init__(self, learning_rate: float, weight_decay: float = 0.0):
        self.learning_rate = number("learning_rate", learning_rate, 0)
        self.weight_decay = number("weight_decay", weight_decay, 0)
        self.steps = 0
        for kind in self.MEMORY:
            setattr(self, kind, {})

    def step(self, parameters: Arrays, gradients: Arrays) -> Arrays:
        """The moved parameters, as new arrays under the same names.

        Refused if one would no longer be finite; what the optimizer remembers is then left as it was.
        """
        moved: Arrays = {}
        memory: dict[str, Arrays] = {kind: {} for kind in self.MEMORY}
        with np.errstate(over="ignore", invalid="ignore"):
            for name, p, g in _pairs(parameters, gradients):
                before = {kind: getattr(self, kind).get(name) for kind in self.MEMORY}
                moved[name], *after = self._move(p, g, before)
                for kind, value in zip(self.MEMORY, after):
                    memory[kind][name] = value
        for values in (moved, *memory.values()):
            _finite(values)
        self.steps += 1
        for kind, values in memory.items():
            setattr(self, kind, values)
        return moved

    def _move(self, p: np.ndarray, g: np.ndarray, before: Mapping[str, np.ndarray | None]) -> tuple[np.ndarray, ...]:
        """One parameter moved, and what is to be remembered of it, in the order of `MEMORY`."""
        raise NotImplementedError

    def state_dict(self) -> Arrays:
        """What the optimizer remembers: "steps" () and, for each parameter, arrays such as "first.weight_hh"."""
        return {"steps": np.array(self.steps)} | {f"{kind}.{name}": value.copy() for kind in self.MEMORY
                                                  for name, value in getattr(self, kind).items()}

    def load_state_dict(self, state: Mapping[str, Any], parameters: Arrays) -> None:
        """Take over what `state_dict` gave, for parameters of these names and shapes; else nothing changes."""
        given = dict(mapping("state", state))
        steps = integer("steps", array("steps", given.pop("steps", None), ()).item(), 0)
        expected = {f"{kind}.{name}": (kind, name) for kind in self.MEMORY for name in parameters} if steps else {}
        if set(given) != set(expected):
            raise InvalidInput("state", "missing", f"state is of another optimizer or network; {type(self).__name__} "
                               f"after {steps} steps remembers {', '.join(expected) or 'nothing'}.",
                               got=shown(sorted(given)), wanted=list(expected))
        memory: dict[str, Arrays] = {kind: {} for kind in self.MEMORY}
        for key, (kind, name) in expected.items():
            memory[kind][name] = array(key, given[key], parameters[name].shape, parameters[name].dtype)
        self.steps = steps
        for kind, values in memory.items():
            setattr(self, kind, values)


class SGD(Optimizer):
    """Gradient descent, p ← p - η v with v ← μ v + g, with optional L2 decay (g ← g + λ p) as in PyTorch's `SGD`.

    `nesterov` looks one step ahead: p ← p - η (g + μ v).

    Examples
    --------
    >>> optimizer = SGD(0.1, momentum=0.9)
    >>> parameters = {"w": np.array([1.0, -2.0])}
    >>> for _ in range(2):
    ...     parameters = optimizer.step(parameters, {"w": 2 * parameters["w"]})  # of L = |w|²
    >>> parameters["w"].round(4)
    array([ 0.46, -0.92])
    """

    MEMORY = ("velocity",)

    def __init__(self, learning_rate: float, weight_decay: float = 0.0, momentum: float = 0.0, nesterov: bool = False):
        super().__init__(learning_rate, weight_decay)
        self.momentum = _share("momentum", momentum)
        if not isinstance(nesterov, bool) or (nesterov and not self.momentum):
            raise InvalidInput("nesterov", "choice", f"nesterov is {shown(nesterov)} with momentum {self.momentum:g}; give "
                               "True together with a momentum above 0, or False.", got=shown(nesterov))
        self.nesterov = nesterov

    def _move(self, p, g, before):
        g = g + self.weight_decay * p
        v = g if before["velocity"] is None else self.momentum * before["velocity"] + g
        return p - self.learning_rate * (g + self.momentum * v if self.nesterov else v), v


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015) with L2 decay added to the gradient, PyTorch's `Adam` with its default betas and eps.

    m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  p ← p - η m̂ / (√v̂ + ε)  with m̂, v̂ corrected for their start at 0.

    Examples
    --------
    >>> optimizer = Adam(0.1)
    >>> parameters = {"w": np.array([1.0, -2.0])}
    >>> for _ in range(2):
    ...     parameters = optimizer.step(parameters, {"w": 2 * parameters["w"]})  # of L = |w|²
    >>> parameters["w"].round(4), optimizer.steps
    (array([ 0.8004, -1.8002]), 2)
    """

    MEMORY = ("first", "second")

    def __init__(self, learning_rate: float, weight_decay: float = 0.0, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8):
        super().__init__(learning_rate, weight_decay)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise InvalidInput("betas", "shape", f"betas is {shown(betas)}; give two numbers.", got=shown(betas))
        self.betas = tuple(_share("betas", beta) for beta in betas)
        self.eps = _eps(eps)

    def _move(self, p, g, before):
        return self._descend(p, g + self.weight_decay * p, before)

    def _descend(self, p, g, before):
        beta1, beta2 = self.betas
        k = self.steps + 1
        m = beta1 * _or_zero(before["first"]) + (1 - beta1) * g
        v = beta2 * _or_zero(before["second"]) + (1 - beta2) * g * g
        m_hat = m / (1 - beta1 ** k)
        v_hat = v / (1 - beta2 ** k)
        return p - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps), m, v


class AdamW(Adam):
    """Adam whose decay shrinks the parameters themselves, p ← p - η λ p (Loshchilov & Hutter 2019): PyTorch's `AdamW`.

    The decay is 0 unless given; PyTorch's default is 0.01.

    Examples
    --------
    >>> optimizer = AdamW(0.1, weight_decay=0.01)
    >>> optimizer.step({"w": np.array([1.0, -2.0])}, {"w": np.zeros(2)})["w"]  # no gradient: only the decay acts
    array([ 0.999, -1.998])
    """

    def _move(self, p, g, before):
        return self._descend(p * (1 - self.learning_rate * self.weight_decay), g, before)


class RMSProp(Optimizer):
    """p ← p - η g / (√s + ε) with s ← α s + (1 - α) g²: PyTorch's `RMSprop`, L2 decay added to the gradient.

    With `momentum`, p ← p - η v where v ← μ v + g / (√s + ε).

    Examples
    --------
    >>> optimizer = RMSProp(0.01, alpha=0.9)
    >>> optimizer.step({"w": np.array([1.0, -2.0])}, {"w": np.array([2.0, -4.0])})["w"].round(4)
    array([ 0.9684, -1.9684])
    """

    MEMORY = ("square", "velocity")

    def __init__(self, learning_rate: float, weight_decay: float = 0.0, alpha: float = 0.99, eps: float = 1e-8,
                 momentum: float = 0.0):
        super().__init__(learning_rate, weight_decay)
        self.alpha = _share("alpha", alpha)
        self.eps = _eps(eps)
        self.momentum = _share("momentum", momentum)

    def _move(self, p, g, before):
        g = g + self.weight_decay * p
        s = self.alpha * _or_zero(before["square"]) + (1 - self.alpha) * g * g
        v = self.momentum * _or_zero(before["velocity"]) + g / (np.sqrt(s) + self.eps)
        return p - self.learning_rate * v, s, v


class Adagrad(Optimizer):
    """p ← p - η g / (√s + ε) with s ← s + g² (Duchi et al. 2011): PyTorch's `Adagrad`, L2 decay added to the gradient.

    Examples
    --------
    >>> optimizer = Adagrad(0.1)
    >>> parameters = {"w": np.array([1.0, -2.0])}
    >>> for _ in range(2):
    ...     parameters = optimizer.step(parameters, {"w": 2 * parameters["w"]})  # of L = |w|²
    >>> parameters["w"].round(4)
    array([ 0.8331, -1.8311])
    """

    MEMORY = ("square",)

    def __init__(self, learning_rate: float, weight_decay: float = 0.0, eps: float = 1e-10):
        super().__init__(learning_rate, weight_decay)
        self.eps = _eps(eps)

    def _move(self, p, g, before):
        g = g + self.weight_decay * p
        s = _or_zero(before["square"]) + g * g
        return p - self.learning_rate * g / (np.sqrt(s) + self.eps), s


OPTIMIZERS = {"adam": Adam, "sgd": SGD, "adamw": AdamW, "rmsprop": RMSProp, "adagrad": Adagrad}
WITH_MOMENTUM = ("sgd", "rmsprop")


def _share(field: str, value: float) -> float:
    """A decay rate: at 1 it would never forget its start."""
    return number(field, value, 0, 0.999999)


def _eps(value: float) -> float:
    """What is added to a divisor; 0 would divide by it."""
    return number("eps", value, 1e-30)


def _or_zero(value: np.ndarray | None) -> np.ndarray | int:
    return 0 if value is None else value


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

    Examples
    --------
    >>> gradients, norm = clip_norm({"w": np.array([3.0, 4.0])}, 1)
    >>> gradients["w"], norm
    (array([0.6, 0.8]), 5.0)
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
