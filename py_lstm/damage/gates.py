"""Damage to the cell: which variant it becomes, and which gates are held."""

from __future__ import annotations

from typing import Mapping

from ..cells.variants import Variant


def variant(damage: Mapping[str, float]) -> Variant:
    """The variant of the general cell that a damage makes of the plain one."""
    return Variant(**{name: True for name in Variant._fields if name in damage})


def held(damage: Mapping[str, float]) -> dict[str, float]:
    """The gates that are held at a value."""
    return {gate: damage[f"clamp_{gate}"] for gate in "ifgo" if f"clamp_{gate}" in damage}
