"""Damage to the cell: which variant it becomes, which gates are held, and the parameters that it has besides."""

from __future__ import annotations

from typing import Mapping

import numpy as np

from ..layers.variants import Variant
from ..parameters import Arrays


def variant(damage: Mapping[str, float]) -> Variant:
    """The variant of the general cell that a damage makes of the plain one."""
    return Variant(**{name: True for name in Variant._fields if name in damage})


def held(damage: Mapping[str, float]) -> dict[str, float]:
    """The gates that are held at a value."""
    return {gate: damage[f"clamp_{gate}"] for gate in "ifgo" if f"clamp_{gate}" in damage}


def extra_shapes(damage: Mapping[str, float], hidden_size: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the parameters that the plain cell does not have. They start at 0, where they change nothing."""
    H = hidden_size
    return ({name: (H,) for name in ("weight_ci", "weight_cf", "weight_co")} if "peepholes" in damage else {}) | (
        {"weight_gg": (3 * H, 3 * H)} if "full_recurrence" in damage else {})


def with_extras(parameters: Arrays, damage: Mapping[str, float]) -> Arrays:
    """The parameters, and those that the damage adds where they are not there yet."""
    H = parameters["weight_hh"].shape[1]
    return parameters | {name: np.zeros(shape, parameters["weight_hh"].dtype)
                         for name, shape in extra_shapes(damage, H).items() if name not in parameters}
