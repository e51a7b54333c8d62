"""Damage to what the network is given."""

from __future__ import annotations

from typing import Mapping

import numpy as np


def damaged_inputs(damage: Mapping[str, float], x: np.ndarray, seed: list[int]) -> np.ndarray:
    """The sequences x (T, N, I) with noise and dropped steps, the same for the same seed."""
    if "dropped" in damage:                             # each has a generator of its own: one does not move the other
        kept = np.random.default_rng([*seed, 1]).random(x.shape[:2]) >= damage["dropped"]
        x = x * kept[..., np.newaxis]
    if "noise" in damage:
        x = x + damage["noise"] * np.random.default_rng([*seed, 2]).normal(size=x.shape)
    return x
