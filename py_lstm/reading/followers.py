"""Which unit follows which trait of a text: found by correlation, and told with what chance alone would give."""

from __future__ import annotations

from typing import Mapping, NamedTuple

import numpy as np

SHIFTS = 16


class Follower(NamedTuple):
    """The unit that follows a trait most closely.

    Attributes
    ----------
    trait : str, a name from `traits`
    quantity : "c" or "h". unit : from 1
    correlation : Pearson's r between the unit's state and the trait, over all characters
    chance : the |r| of the best of all units with the same trait moved to where it does not belong
    """

    trait: str
    quantity: str
    unit: int
    correlation: float
    chance: float


def followers(states: Mapping[str, np.ndarray], traits: Mapping[str, np.ndarray]) -> list[Follower]:
    """For each trait (T,) the state that follows it most closely, of states (T, H) by quantity; the closest first.

    The best of many units correlates with anything a little. So the trait is also moved along the text by a part of its
    length, in a circle, `SHIFTS` times, and the median of what the best unit then comes to stands beside it as `chance`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> c = rng.normal(size=(200, 3))
    >>> trait = np.arange(200) % 7.0
    >>> c[:, 1] += trait
    >>> best, = followers({"c": c}, {"line": trait})
    >>> best.unit, best.correlation > 0.8 > 0.3 > best.chance
    (2, True)
    """
    names = [(quantity, unit + 1) for quantity, values in states.items() for unit in range(values.shape[1])]
    columns = _standard(np.concatenate([*states.values()], axis=1))
    found = []
    for trait, values in traits.items():
        T = len(values)
        shifts = [0, *(T * k // (SHIFTS + 1) for k in range(1, SHIFTS + 1))]
        moved = _standard(np.stack([np.roll(values, shift) for shift in shifts], axis=1))
        r = moved.T @ columns                           # (1 + SHIFTS, all units)
        best = int(np.abs(r[0]).argmax())
        found.append(Follower(trait, *names[best], float(r[0, best]), _median(np.abs(r[1:]).max(axis=1))))
    return sorted(found, key=lambda one: -abs(one.correlation))


def _standard(columns: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and length 1; one that does not vary is 0."""
    centred = columns - columns.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    return np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-12 * np.sqrt(len(columns)))


def _median(values: np.ndarray) -> float:
    """As `np.median`, which would load masked arrays to look for NaN."""
    middle = np.sort(values)[(len(values) - 1) // 2:len(values) // 2 + 1]
    return float(middle.mean())
