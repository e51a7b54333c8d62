"""Of what the axes of an ONNX tensor consist, and what the nodes that only rearrange numbers make of them.

An axis is a tuple of extents: (time,), (directions, units) after a Reshape, () where an Unsqueeze put one in. Each
function takes the axes of a tensor and answers with those of the result, or None where that cannot be told.
"""

from __future__ import annotations

import math
from typing import Iterable, Sequence


class Extent:
    """What one axis of a source counts: its size, None where the file leaves it open, and whether it is surely 1."""

    def __init__(self, size: int | None = None, single: bool = False):
        self.size = size
        self.single = single


Axis = tuple[Extent, ...]
Dimension = int | Axis | None       # of a shape that the model computes: a number, a product of extents, unknown


def plain(axis: Axis) -> Axis:
    """An axis without what is surely 1, so that two that count the same are equal."""
    return tuple(extent for extent in axis if not extent.single)


def length(axis: Axis) -> Dimension:
    """How many entries an axis has: a number, or the extents whose product it is."""
    axis = plain(axis)
    sizes = [extent.size for extent in axis]
    return axis if None in sizes else math.prod(sizes)


def product(a: Dimension, b: Dimension) -> Dimension:
    """The product of two lengths."""
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    if isinstance(a, tuple) and isinstance(b, tuple):
        return a + b
    return b if a == 1 else a if b == 1 else None


def transposed(axes: list[Axis], perm: Sequence[int] | None) -> list[Axis] | None:
    perm = list(range(len(axes)))[::-1] if perm is None else perm
    return [axes[k] for k in perm] if sorted(perm) == list(range(len(axes))) else None


def squeezed(axes: list[Axis], where: Sequence[int] | None) -> list[Axis] | None:
    if where is None:
        return [axis for axis in axes if not all(extent.single or extent.size == 1 for extent in axis)]
    where = [k % len(axes) for k in where]
    for extent in (extent for k in where for extent in axes[k]):
        if extent.size not in (None, 1):
            return None
        extent.single = True                        # else no runtime would run the model
    return [axis for k, axis in enumerate(axes) if k not in where]


def unsqueezed(axes: list[Axis], where: Sequence[int]) -> list[Axis]:
    axes = list(axes)
    for k in sorted(k % (len(axes) + len(where)) for k in where):
        axes.insert(k, ())
    return axes


def flattened(axes: list[Axis], cut: int) -> list[Axis]:
    cut = cut + len(axes) if cut < 0 else cut
    return [sum(axes[:cut], ()), sum(axes[cut:], ())]


def gathered(axes: list[Axis], axis: int, index_shape: tuple[int, ...]) -> list[Axis] | None:
    """One entry of an axis, or some in an order that is not looked at."""
    if len(index_shape) > 1:
        return None
    return axes[:axis % len(axes)] + [(Extent(*index_shape),)] * len(index_shape) + axes[axis % len(axes) + 1:]


def sliced(axes: list[Axis], spans: Iterable[tuple[int, int, int, int]]) -> list[Axis]:
    """`spans` are axis, start, end and step. What is not the whole axis is another axis."""
    axes = list(axes)
    for axis, start, end, step in spans:
        size = length(axes[axis])
        if start != 0 or step != 1 or end < (size if isinstance(size, int) else 2**31 - 1):
            axes[axis] = (Extent(),)
    return axes


def reshaped(axes: list[Axis], wanted: Sequence[Dimension], allow_zero: bool) -> list[Axis] | None:
    """Of what the new axes consist, where that is whole old ones."""
    if 0 in wanted and allow_zero:
        return None
    wanted = [axes[k] if entry == 0 else entry for k, entry in enumerate(wanted)]
    wanted = [plain(entry) if isinstance(entry, tuple) else entry for entry in wanted]
    left = [extent for axis in axes for extent in plain(axis)]
    found: list[Axis | None] = [None] * len(wanted)
    for order in (1, -1):                           # from the left up to what is open, then from the right
        for k in range(len(wanted))[::order]:
            if found[k] is not None or wanted[k] in (-1, None):
                break
            taken = _take(left[::order], wanted[k] if isinstance(wanted[k], int) else wanted[k][::order])
            if taken is None:
                break
            found[k] = tuple(taken[::order])
            left = left[len(taken):] if order == 1 else left[:len(left) - len(taken)]
    still = [k for k, axis in enumerate(found) if axis is None]
    if not still and left:
        return None
    # Where several are open, how they share what is left cannot be told: they are axes of their own.
    return [(tuple(left) if len(still) == 1 else (Extent(),)) if axis is None else axis for axis in found]


def _take(left: Sequence[Extent], wanted: int | Axis) -> list[Extent] | None:
    """As many of the extents that are left as make up one axis, None if that cannot be told."""
    if not isinstance(wanted, int):
        return list(wanted) if list(left[:len(wanted)]) == list(wanted) else None
    taken: list[Extent] = []
    size = 1
    while size < wanted or (wanted == 1 and not taken and left and left[0].size == 1):
        if len(taken) == len(left) or left[len(taken)].size is None:
            return None
        taken.append(left[len(taken)])
        size *= taken[-1].size
    return taken if size == wanted else None
