"""First weights of a cell and of a readout, drawn from a generator that the caller owns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .cell import Weights
from .validation import MOST_UNITS, choice, floating, generator, integer, number

INITIALIZERS = ("uniform", "glorot_orthogonal", "tutorial")


def initialize(input_size: int, hidden_size: int, *, rng=0, initializer: str = "uniform", scale: float = 1.0,
               forget_bias: float = 1.0, input_bias: float = 0.0, dtype=np.float64) -> Weights:
    """Weights of one cell; all biases 0 but those of the forget gate and, if asked for, of the input gate.

    Parameters
    ----------
    input_size, hidden_size : int >= 1
    rng : a seed or a `numpy.random.Generator`; the same seed gives the same bits on every platform
    initializer : str
        "uniform" U(±1/√H), PyTorch's rule; "glorot_orthogonal", Keras' rule: U(±√(6/(I + 4H))) for the inputs and
        orthonormal columns for the recurrent weights; "tutorial" U(±1e-4), kept for comparison: with it gates stay
        near 1/2 and the cell halves every step.
    scale : float, factor on all drawn weights
    forget_bias : float
        What b_f starts with. 1 (Gers et al. 2000, Jozefowicz et al. 2015) keeps the cell open to memory at the start;
        tasks with long holds want 3 to 5.
    input_bias : float
        What b_i starts with; below 0 the cell is slow to take in what it will not need.
    dtype : float64 or float32

    Returns
    -------
    Weights : weight_ih (4H, I), weight_hh (4H, H), bias (4H,)

    Raises
    ------
    InvalidInput
        With the argument's name, if one is out of range.

    Examples
    --------
    >>> weights = initialize(2, 3, rng=0, forget_bias=3)
    >>> weights.weight_ih.shape, weights.bias.tolist()
    ((12, 2), [0.0, 0.0, 0.0, 3.0, 3.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    >>> bool(abs(weights.weight_hh).max() <= 1 / np.sqrt(3))
    True
    """
    I = integer("input_size", input_size, 1, MOST_UNITS)
    H = integer("hidden_size", hidden_size, 1, MOST_UNITS)
    rng = generator("rng", rng)
    how = settings(initializer=initializer, scale=scale, forget_bias=forget_bias, input_bias=input_bias, dtype=dtype)
    drawn = draw({"weight_ih": (4 * H, I), "weight_hh": (4 * H, H), "bias": (4 * H,)}, H, rng=rng, initializer=how["initializer"])
    drawn["bias"][:H], drawn["bias"][H:2 * H] = how["input_bias"], how["forget_bias"]
    return Weights(*((how["scale"] * value if value.ndim == 2 else value).astype(how["dtype"]) for value in drawn.values()))


def settings(*, initializer: str = "uniform", scale: float = 1.0, forget_bias: float = 1.0, input_bias: float = 0.0,
             dtype=np.float64) -> dict[str, Any]:
    """The arguments of `initialize` that do not depend on the cell, each refused by its name if it is out of range."""
    scale = number("scale", scale, 0)
    forget_bias, input_bias = number("forget_bias", forget_bias), number("input_bias", input_bias)
    return {"initializer": choice("initializer", initializer, INITIALIZERS), "scale": scale, "forget_bias": forget_bias,
            "input_bias": input_bias, "dtype": floating("dtype", dtype)}


def _uniform(rng: np.random.Generator, bound: float, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(-bound, bound, shape)


# What the layers of `LSTM`, `GRU` and `RNN` may start from; "chrono" is for gates of an LSTM.
LAYER_INITIALIZERS = ("uniform", "pytorch", "glorot_orthogonal", "chrono", "tutorial")


def draw(shapes: dict[str, tuple[int, ...]], hidden_size: int, *, rng=0, initializer: str = "uniform"
         ) -> dict[str, np.ndarray]:
    """First values of named tensors; the same rule for every layer, direction and kind of cell.

    Parameters
    ----------
    shapes : names and shapes. Names tell the kind: weight_hh and weight_gg are recurrent; gain_* start at 1 and bias_*
        at 0, with "pytorch" bias_ih and bias_hh are drawn like weights
    hidden_size : H, in U(±1/√H)
    initializer : "uniform", "pytorch", "glorot_orthogonal" or "tutorial"
    """
    rng = generator("rng", rng)
    bound = 1e-4 if initializer == "tutorial" else 1 / math.sqrt(hidden_size)
    drawn = {}
    for name, shape in shapes.items():
        if name.startswith("gain_"):
            drawn[name] = np.ones(shape)
        elif name.startswith("bias") and not (initializer == "pytorch" and name in ("bias_ih", "bias_hh")):
            drawn[name] = np.zeros(shape)
        elif initializer == "glorot_orthogonal" and len(shape) == 2:
            recurrent = name in ("weight_hh", "weight_gg")
            drawn[name] = orthogonal(rng, shape) if recurrent else _uniform(rng, math.sqrt(6 / sum(shape)), shape)
        else:
            drawn[name] = _uniform(rng, bound, shape)
    return drawn


def orthogonal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """A matrix of at least as many rows as columns, whose columns are orthonormal, uniformly distributed."""
    q, r = np.linalg.qr(rng.standard_normal(shape))
    return q * np.sign(np.diagonal(r))                  # without the signs it is not uniform (Mezzadri 2007)


def chrono_bias(hidden_size: int, longest_memory: int, *, rng=0) -> tuple[np.ndarray, np.ndarray]:
    """Biases (H,) of the input and the forget gate for memories of up to T steps (Tallec & Ollivier 2018).

    b_f = ln u with u ~ U(1, T - 1) and b_i = -b_f: a unit then forgets over about u steps.
    """
    b_f = np.log(generator("rng", rng).uniform(1, integer("longest_memory", longest_memory, 3, MOST_UNITS) - 1,
                                               integer("hidden_size", hidden_size, 1, MOST_UNITS)))
    return -b_f, b_f
