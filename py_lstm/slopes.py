"""Numeric slopes of a loss, and what they are worth.

A loss that takes abs, .real, conj, a norm or a function of `math`, or that casts to real numbers, drops the imaginary part
on which a complex step is carried: its slope comes out too small, or 0. A loss that draws random numbers is another one at
every call. Both are found by comparing with real values of the loss around the point, before any gradient is called wrong.
"""

from __future__ import annotations

import math
import warnings
from typing import Any, Callable, NamedTuple

import numpy as np

from .parameters import Arrays
from .pieces import Pieces
from .validation import InvalidInput, as_array, shown

METHODS = {"complex": 1e-30, "central": 1e-5}           # and the ε each is best used with
# A loss of few digits needs a wide step, and a difference of higher order that is right over it.
WIDE = 1e-2
UNIT = 2.0**-53
# Two values of one loss at one point may differ by so much, relatively: sums whose order is not always the same.
REPEATED = 1e-6


class Noise(NamedTuple):
    """By how much the loss's values are off, and the size of these values."""

    error: float
    size: float

    @property
    def coarse(self) -> bool:
        """Whether the values have fewer digits than float64 gives."""
        return self.error > 1000 * UNIT * self.size


class Slopes:
    """A loss at a point, and its slopes there.

    Parameters
    ----------
    loss : function of a dict of arrays
    at : the point, float64 arrays by name
    method : "complex" or "central", which the caller asked for
    eps : its step
    """

    def __init__(self, loss: Callable[[Arrays], Any], at: Arrays, method: str, eps: float):
        self.loss, self.at, self.method, self.eps = loss, at, method, eps
        self.complex_at = {name: value.astype(complex) for name, value in at.items()}
        self.carries = method == "complex"              # whether the loss takes complex values at all
        self.repeats, self.noise, self.suspect = True, Noise(0.0, 0.0), False
        self._base: float | None = None

    def look_around(self) -> Pieces[None]:
        """Find out whether the loss repeats itself, how many digits it has, and whether it carries a complex step."""
        try:
            values = [self.value()]
            yield
            values.append(self.value())
            yield
        except Exception:
            if self.method == "central":
                raise
            return                                      # only complex values can be asked for, or none, as the first slope will say
        self._base = values[0]
        self.repeats = _same(*values)
        rng = np.random.default_rng(0)
        along = {name: _unit(rng.normal(size=value.shape)) for name, value in self.at.items()}
        near = yield from self._walk(along, METHODS["central"], (-3, -2, -1, 1, 2, 3))
        near = [*near[:3], values[0], *near[3:]]
        wide = (yield from self._walk(along, WIDE, (-2, -1, 1, 2))) if _short(near) else []
        if not np.isfinite(near + wide).all():
            return
        self.noise = _noise(near, wide, abs(values[0] - values[1]) if self.repeats else 0.0)
        if self.carries:
            try:
                carried = self._carried(along)
            except Exception:
                self.carries = False                    # math.exp, int(): they take no complex number
                return
            yield
            self.suspect = self._differs(carried, wide or [near[1], near[2], near[4], near[5]])

    def value(self) -> float:
        """The loss at the point."""
        value = scalar(self.loss(self.at), "buif" if self.method == "central" else "buifc")
        return float(np.real(value))

    def still_repeats(self) -> bool:
        """Whether the loss at the point is what it was."""
        if self._base is not None:                      # asked in any case: a loss that loads the values somewhere ends at the point
            self.repeats = _same(self._base, self.value()) and self.repeats
        return self.repeats

    def drops(self, name: str, elements: np.ndarray, slopes: np.ndarray) -> Pieces[bool]:
        """Whether the complex slopes along some elements of a tensor are not the loss's."""
        if self._base is None or not np.isfinite(slopes).all():
            return False
        chosen = _unit(np.random.default_rng(1).normal(size=len(elements)))
        direction = np.zeros(self.at[name].size)
        direction[elements] = chosen
        walked = yield from self._walk({name: direction.reshape(self.at[name].shape)}, WIDE if self.noise.coarse else METHODS["central"],
                                       (-2, -1, 1, 2))
        return self._differs(float(slopes @ chosen), walked)

    def along(self, name: str, k: int, central: bool) -> float:
        """The slope along element k of a tensor."""
        if central:
            return self._central(name, k)
        flat = self.complex_at[name].reshape(-1)        # a view: nudging it nudges the point
        before = flat[k]
        try:
            flat[k] = before + 1j * self.eps
            return float(np.imag(scalar(self._without_warning())) / self.eps)
        finally:
            flat[k] = before

    def error(self, elements: int) -> float:
        """What central differences along so many elements may be off by, in Euclidean norm."""
        step = self.step()
        return 3 * math.sqrt(elements) * max(self.noise.error, UNIT * self.noise.size) * (1.5 if self.noise.coarse else 1) / step

    def step(self) -> float:
        """The step of the central difference."""
        chosen = METHODS["central"] if self.method == "complex" else self.eps
        return max(chosen, WIDE) if self.noise.coarse else chosen

    def _central(self, name: str, k: int) -> float:
        flat, step = self.at[name].reshape(-1), self.step()
        before = flat[k]

        def at(distance: float) -> float:
            flat[k] = before + distance
            return self.value()
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                first = np.float64(at(step)) - at(-step)
                if not self.noise.coarse:
                    return float(first / (2 * step))
                return float((8 * first - (np.float64(at(2 * step)) - at(-2 * step))) / (12 * step))
        finally:
            flat[k] = before

    def _walk(self, along: Arrays, step: float, places: tuple[int, ...]) -> Pieces[list[float]]:
        """The loss so many steps away."""
        walked = []
        for k in places:
            walked.append(self._moved(along, k * step))
            yield
        return walked

    def _moved(self, along: Arrays, distance: float) -> float:
        """The loss at some distance."""
        before = {name: self.at[name].copy() for name in along}
        try:
            for name, direction in along.items():
                self.at[name] += distance * direction
            return self.value()
        finally:
            for name, value in before.items():
                self.at[name][...] = value

    def _carried(self, along: Arrays) -> float:
        """The slope along a direction by a complex step."""
        try:
            for name, direction in along.items():
                self.complex_at[name].imag = self.eps * direction
            return float(np.imag(scalar(self._without_warning())) / self.eps)
        finally:
            for name in along:
                self.complex_at[name].imag = 0

    def _differs(self, carried: float, walked: list[float]) -> bool:
        """Whether a slope by a complex step is another than real values show, two steps to either side, beyond what these are off by."""
        step = WIDE if self.noise.coarse else METHODS["central"]
        below_2, below, above, above_2 = walked
        near, far = (above - below) / (2 * step), (above_2 - below_2) / (4 * step)
        if not all(map(math.isfinite, (near, far, carried))):
            return False
        off = abs(near - far) + max(self.noise.error, UNIT * self.noise.size) / step
        return abs(carried - near) > 10 * off + 1e-6 * abs(carried)

    def _without_warning(self) -> Any:
        with warnings.catch_warnings():                 # that a cast discards the imaginary part will be said in the report
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
            return self.loss(self.complex_at)


def scalar(value: Any, kinds: str = "buifc") -> Any:
    """What a loss returned, if it is one number."""
    given = as_array("loss", value, ())
    if given.ndim != 0 or given.dtype.kind not in kinds:
        raise InvalidInput("loss", "shape", f"loss returned {shown(value)}; it must return one number.", got=shown(value))
    return value


def _same(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= REPEATED * max(abs(one), abs(other)) or not (math.isfinite(one) and math.isfinite(other))


def _unit(direction: np.ndarray) -> np.ndarray:
    return direction / (np.linalg.norm(direction) or 1)


def _noise(near: list[float], wide: list[float], between_calls: float) -> Noise:
    """From values at equal, tiny distances: their third differences are rounding alone (Hamming's difference table)."""
    size = float(np.abs(near).max())
    error = max(float(np.sqrt(np.mean(np.diff(near, 3)**2) / 20)), between_calls)
    if wide and len({*near, *wide}) > 1 and _short(wide):           # rounded on purpose, and few of the near ones may differ
        error = max(error, float(np.finfo(_short(wide)).eps) / 2 * size)
    return Noise(error, size)


def _short(values: list[float]) -> type | None:
    """The shortest floating-point numbers that hold all of these, if float64 is not needed."""
    with np.errstate(over="ignore", under="ignore"):
        for dtype in (np.float16, np.float32):
            if (np.array(values).astype(dtype) == values).all():
                return dtype
    return None
