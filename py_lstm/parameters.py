"""Named arrays, such as the parameters of a network or their gradients: whether they fit, and as one long vector."""

from __future__ import annotations

import math
from operator import is_
from typing import Any

import numpy as np

from .validation import InvalidInput, array, mapping, numeric

Arrays = dict[str, np.ndarray]
Layout = tuple[tuple[str, tuple[int, ...], np.dtype], ...]      # name, shape and dtype of every parameter
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class Joined(Arrays):
    """Named arrays that lie one behind the other in a vector and are views of it; there is one vector unless dtypes are mixed.

    Whoever moves the vector moves them all, which takes as many NumPy calls for ten arrays as for one. An array may be
    changed in place or replaced as in any dict: in place the vector changes with it; replaced, they are no longer joined.
    """

    def __init__(self, layout: Layout, vectors: dict[np.dtype, np.ndarray]):
        super().__init__()
        self.layout, self.vectors = layout, vectors
        starts = dict.fromkeys(vectors, 0)
        for name, shape, dtype in layout:
            start, starts[dtype] = starts[dtype], starts[dtype] + math.prod(shape)
            self[name] = vectors[dtype][start:starts[dtype]].reshape(shape)
        self.views = tuple(self.values())

    def __reduce_ex__(self, protocol):
        return dict, (dict(self),)                      # copied or pickled, arrays are views of one vector no longer


def are_joined(arrays: Any) -> bool:
    """Whether the arrays are views of their vectors, none replaced."""
    return isinstance(arrays, Joined) and len(arrays) == len(arrays.views) and all(map(is_, arrays.values(), arrays.views))


def join(arrays: Arrays) -> Joined:
    """The arrays as views of one vector: themselves if they are that, else copied into a new one."""
    if are_joined(arrays):
        return arrays
    names: dict[np.dtype, list[str]] = {}
    for name, values in arrays.items():
        names.setdefault(values.dtype, []).append(name)
    return Joined(layout_of(arrays), {dtype: np.concatenate([arrays[name].ravel() for name in alike]) for dtype, alike in names.items()})


def layout_of(arrays: Arrays) -> Layout:
    return tuple([(name, values.shape, values.dtype) for name, values in arrays.items()])


def fitting(parameters: Arrays, gradients: Arrays) -> tuple[Joined, Joined]:
    """Parameters and their gradients, joined in the same layout; what is missing or shaped otherwise is refused."""
    parameters, gradients = mapping("parameters", parameters), mapping("gradients", gradients)
    if are_joined(parameters) and are_joined(gradients) and parameters.layout == gradients.layout:
        return parameters, gradients
    for name, p in parameters.items():
        g = gradients.get(name)
        if not (is_float(p) and type(g) is np.ndarray and p.shape == g.shape and p.dtype == g.dtype):
            parameters, gradients = checked(parameters, gradients)
            break
    return join(parameters), join({name: gradients[name] for name in parameters})


def all_finite(values: np.ndarray) -> bool:
    """Whether every number is finite. They are looked at one by one only where their sum is not."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(math.isfinite(np.add.reduce(values, axis=None)) or np.isfinite(values).all())


def is_float(value: Any) -> bool:
    return type(value) is np.ndarray and value.dtype in FLOATS


def arrays_of(named: Arrays) -> Arrays:
    """Themselves if all are plain arrays, else as arrays: anyone may put something else in their place."""
    if all([type(value) is np.ndarray for value in named.values()]):
        return named
    return {name: numeric(name, value, None) for name, value in named.items()}


def checked(parameters: Arrays, gradients: Arrays) -> tuple[Arrays, Arrays]:
    """The same with every number looked at."""
    parameters = {name: numeric(name, p, None) for name, p in parameters.items()}
    for name in parameters:
        if name not in gradients:
            raise InvalidInput(name, "missing", f"There is no gradient for {name}; give one for every parameter.")
    return parameters, {name: array(name, gradients[name], p.shape, p.dtype) for name, p in parameters.items()}
