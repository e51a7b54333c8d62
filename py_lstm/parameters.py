"""Named arrays, such as the parameters of a network or their gradients: whether they fit, and as one long vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from .validation import InvalidInput, array, mapping, numeric

Arrays = dict[str, np.ndarray]
Layout = tuple[tuple[str, tuple[int, ...], np.dtype], ...]      # name, shape and dtype of every parameter
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def layout_of(parameters: Arrays) -> Layout:
    return tuple([(name, p.shape, p.dtype) for name, p in parameters.items()])


def by_dtype(layout: Layout) -> dict[np.dtype, list[str]]:
    """The parameters that one vector can hold, by its dtype; there is one unless someone mixes them."""
    names: dict[np.dtype, list[str]] = {}
    for name, _, dtype in layout:
        names.setdefault(dtype, []).append(name)
    return names


def vector_of(arrays: Arrays, names: list[str]) -> np.ndarray:
    return np.concatenate([arrays[name].ravel() for name in names])


def split(vector: np.ndarray, like: Arrays, names: list[str]) -> Arrays:
    """Views of the parts of a vector, in the shapes of `like`."""
    parts, start = {}, 0
    for name in names:
        stop = start + like[name].size
        parts[name] = vector[start:stop].reshape(like[name].shape)
        start = stop
    return parts


def fitting(parameters: Arrays, gradients: Arrays) -> tuple[Arrays, Arrays]:
    """Parameters and gradients as arrays that fit; what is missing or shaped otherwise is refused."""
    given = mapping("gradients", gradients)
    for name, p in mapping("parameters", parameters).items():
        g = given.get(name)
        if not (is_float(p) and type(g) is np.ndarray and p.shape == g.shape and p.dtype == g.dtype):
            return checked(parameters, gradients)
    return parameters, gradients


def is_float(value: Any) -> bool:
    return type(value) is np.ndarray and value.dtype in FLOATS


def checked(parameters: Arrays, gradients: Arrays) -> tuple[Arrays, Arrays]:
    """The same with every number looked at."""
    parameters = {name: numeric(name, p, None) for name, p in parameters.items()}
    for name in parameters:
        if name not in gradients:
            raise InvalidInput(name, "missing", f"There is no gradient for {name}; give one for every parameter.")
    return parameters, {name: array(name, gradients[name], p.shape, p.dtype) for name, p in parameters.items()}
