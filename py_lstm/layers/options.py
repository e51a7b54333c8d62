"""The options of layers: what they may be, and how a layer says which it has."""

from __future__ import annotations

import inspect
from typing import Any, Mapping

import numpy as np

from ..validation import InvalidInput, shown

DTYPES = ("float32", "float64", "complex128")


def dtype_named(value) -> np.dtype:
    """A dtype that layers compute with."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        dtype = None
    if value is None or dtype is None or dtype.name not in DTYPES:
        raise InvalidInput("dtype", "choice", f"dtype is {shown(value)}; give float64 or float32 (complex128 for the "
                           "complex-step check).", got=shown(value), choices=list(DTYPES))
    return dtype


def as_made(layer: Any, said: Mapping[str, Any]) -> str:
    """The call that makes such a layer, with every option that is not at its default; `said` has those that are no attribute.

    Examples
    --------
    >>> from py_lstm import LSTM
    >>> LSTM(3, 4, 2, bidirectional=True, dtype=np.float32)
    LSTM(3, 4, num_layers=2, bidirectional=True, dtype='float32')
    """
    options = []
    for name, parameter in inspect.signature(type(layer)).parameters.items():
        default = parameter.default
        value = said.get(name, getattr(layer, name, default))       # the generator is no option: what it drew is in the parameters
        if default is inspect.Parameter.empty:
            options.append(repr(value))
        elif value != (np.dtype(default).name if name == "dtype" else default):
            options.append(f"{name}={value!r}")
    return f"{type(layer).__name__}({', '.join(options)})"
