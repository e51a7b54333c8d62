"""Optimizers: from a dict of gradients to a step of the parameters, in place of nothing but the dict given.

Each is PyTorch's of the same name, to the last digits, and its state can be taken out and put back: a training that is
stopped, saved and resumed goes on as if nothing had happened.
"""

from __future__ import annotations

import math
from typing import Any, Mapping

import numpy as np

from .parameters import Arrays, Joined, Layout, all_finite, checked, fitting, join, layout_of
from .validation import InvalidInput, array, integer, mapping, number, numeric, shown


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

    MEMORY: tuple[str, ...] = ()        # the names of what is remembered, one array of each for every parameter

    def __init__(self, learning_rate: float, weight_decay: float = 0.0):
        self.learning_rate = number("learning_rate", learning_rate, 0)
        self.weight_decay = number("weight_decay", weight_decay, 0)
        self.steps = 0
        self._layout: Layout = ()
        self._memory: dict[np.dtype, np.ndarray] = {}       # for each dtype one row for every name in MEMORY

    def step(self, parameters: Arrays, gradients: Arrays) -> Arrays:
        """The moved parameters, as new arrays under the same names.

        Refused if one would no longer be finite; what the optimizer remembers is then left as it was. All parameters are
        moved as one long vector: a step takes as many NumPy calls for ten tensors as for one.
        """
        parameters, gradients = fitting(parameters, gradients)
        layout, before, after = parameters.layout, self._memory, {}
        if layout != self._layout:
            before = self._rearranged(parameters)
        with np.errstate(over="ignore", invalid="ignore"):
            for dtype, p in parameters.vectors.items():
                after[dtype] = np.empty((1 + len(self.MEMORY), p.size), dtype)
                self._move(p, gradients.vectors[dtype], before[dtype], after[dtype])
        if not all(map(all_finite, after.values())):
            _refuse(parameters, gradients, after, 1 + len(self.MEMORY))
        self.steps += 1
        self._layout, self._memory = layout, {dtype: values[1:] for dtype, values in after.items()}
        return Joined(layout, {dtype: values[0] for dtype, values in after.items()})

    def _move(self, p: np.ndarray, g: np.ndarray, before: np.ndarray, after: np.ndarray) -> None:
        """Move p, into after[0]. Rows of `before` are what is remembered, in the order of `MEMORY`; after[1:] is for what will be."""
        raise NotImplementedError

    def _remembered(self) -> dict[str, Arrays]:
        """What is remembered as views, by the names in `MEMORY` and the parameters' names."""
        return {kind: Joined(self._layout, {dtype: values[k] for dtype, values in self._memory.items()})
                for k, kind in enumerate(self.MEMORY)}

    def _remember(self, kinds: dict[str, Arrays], parameters: Arrays) -> None:
        self._layout = layout_of(parameters)
        joined = [join(kinds[kind]).vectors for kind in self.MEMORY]
        self._memory = {dtype: np.stack([vectors[dtype] for vectors in joined]) if joined else np.empty((0, 0))
                        for dtype in dict.fromkeys(dtype for _, _, dtype in self._layout)}

    def _rearranged(self, parameters: Arrays) -> dict[np.dtype, np.ndarray]:
        """What is remembered, put in order for other parameters; 0 for those that are new."""
        known = self._remembered()
        other = type(self).__new__(type(self))
        other._remember({kind: {name: known[kind][name] if name in known[kind] and known[kind][name].shape == p.shape
                                else np.zeros_like(p) for name, p in parameters.items()} for kind in self.MEMORY}, parameters)
        return other._memory

    def state_dict(self) -> Arrays:
        """What the optimizer remembers: "steps" () and, for each parameter, arrays such as "first.weight_hh"."""
        return {"steps": np.array(self.steps)} | {f"{kind}.{name}": value.copy() for kind, values in self._remembered().items()
                                                  for name, value in values.items()}

    def load_state_dict(self, state: Mapping[str, Any], parameters: Arrays) -> None:
        """Take over what `state_dict` gave, for parameters of these names and shapes; else nothing changes."""
        given = dict(mapping("state", state))
        parameters = {name: numeric(name, p, None) for name, p in mapping("parameters", parameters).items()}
        steps = integer("steps", array("steps", given.pop("steps", None), ()).item(), 0)
        expected = {f"{kind}.{name}": (kind, name) for kind in self.MEMORY for name in parameters} if steps else {}
        if set(given) != set(expected):
            raise InvalidInput("state", "missing", f"state is of another optimizer or network; {type(self).__name__} "
                               f"after {steps} steps remembers {', '.join(expected) or 'nothing'}.",
                               got=shown(sorted(given)), wanted=list(expected))
        kinds: dict[str, Arrays] = {kind: {} for kind in self.MEMORY}
        for key, (kind, name) in expected.items():
            kinds[kind][name] = array(key, given[key], parameters[name].shape, parameters[name].dtype)
        self.steps = steps
        self._remember(kinds, parameters if steps else {})


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

    def _move(self, p, g, before, after):
        moved, v = after
        g = g + self.weight_decay * p
        v[:] = self.momentum * before[0] + g
        moved[:] = p - self.learning_rate * (g + self.momentum * v if self.nesterov else v)


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

    def _move(self, p, g, before, after):
        self._descend(p, g + self.weight_decay * p if self.weight_decay else g, before, after)

    def _descend(self, p, g, before, after):
        # In the order of the paper's section 2: m̂ and v̂ would cost two divisions of every number, their corrections
        # taken together two of one: p ← p - η' m / (√v + ε √(1 - β₂ᵏ)) with η' = η √(1 - β₂ᵏ) / (1 - β₁ᵏ).
        (beta1, beta2), k = self.betas, self.steps + 1
        root = math.sqrt(1 - beta2 ** k)
        (moved, m, v), (m_before, v_before) = after, before
        change = np.multiply(g, 1 - beta1)
        np.multiply(m_before, beta1, m)
        np.add(m, change, m)
        np.multiply(g, g, moved)
        np.multiply(moved, 1 - beta2, moved)
        np.multiply(v_before, beta2, v)
        np.add(v, moved, v)
        divisor = np.sqrt(v, moved)
        np.add(divisor, self.eps * root, divisor)
        np.multiply(m, self.learning_rate * root / (1 - beta1 ** k), change)
        np.divide(change, divisor, change)
        np.subtract(p, change, moved)


class AdamW(Adam):
    """Adam whose decay shrinks the parameters themselves, p ← p - η λ p (Loshchilov & Hutter 2019): PyTorch's `AdamW`.

    The decay is 0 unless given; PyTorch's default is 0.01.

    Examples
    --------
    >>> optimizer = AdamW(0.1, weight_decay=0.01)
    >>> optimizer.step({"w": np.array([1.0, -2.0])}, {"w": np.zeros(2)})["w"]  # no gradient: only the decay acts
    array([ 0.999, -1.998])
    """

    def _move(self, p, g, before, after):
        self._descend(p * (1 - self.learning_rate * self.weight_decay), g, before, after)


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

    def _move(self, p, g, before, after):
        moved, s, v = after
        g = g + self.weight_decay * p
        s[:] = self.alpha * before[0] + (1 - self.alpha) * g * g
        v[:] = self.momentum * before[1] + g / (np.sqrt(s) + self.eps)
        moved[:] = p - self.learning_rate * v


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

    def _move(self, p, g, before, after):
        moved, s = after
        g = g + self.weight_decay * p
        s[:] = before[0] + g * g
        moved[:] = p - self.learning_rate * g / (np.sqrt(s) + self.eps)


OPTIMIZERS = {"adam": Adam, "sgd": SGD, "adamw": AdamW, "rmsprop": RMSProp, "adagrad": Adagrad}
WITH_MOMENTUM = ("sgd", "rmsprop")


def _share(field: str, value: float) -> float:
    """A decay rate: at 1 it would never forget its start."""
    return number(field, value, 0, 0.999999)


def _eps(value: float) -> float:
    """What is added to a divisor; 0 would divide by it."""
    return number("eps", value, 1e-30)


def _refuse(parameters: Joined, gradients: Joined, after: dict[np.dtype, np.ndarray], rows: int) -> None:
    """Say which number is not finite: one that was given, or else one that came out."""
    checked(parameters, gradients)
    for k in range(rows):
        for name, value in Joined(parameters.layout, {dtype: values[k] for dtype, values in after.items()}).items():
            if not np.isfinite(value).all():
                raise InvalidInput(name, "diverged", f"{name} would no longer be finite; lower the learning rate.")
