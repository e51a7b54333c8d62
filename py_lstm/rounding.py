"""How exactly a gradient can be known: what the last bits of the recorded states make of it.

The backward pass takes each slope from a recorded activation, as a(1 - a) or 1 - a². Where a gate is saturated, the slope
is the difference of two nearly equal numbers and has few digits or none, and so has every gradient that goes through it:
not by any mistake, but because a is known to its last bit only. What the last bits are worth is found without a bound that
would be far too wide after many steps: every recorded number is moved by its own rounding error, with a random sign, and
the change of the gradient to first order is read off the imaginary part (a complex step through the backward pass).

The backward pass rounds, too, and where the terms of a sum cancel, what it leaves is all there is: the output of the sLSTM
does not depend on how large its input gate is, so that the gradient of that bias is 0 but for the last bits. The gradient is
proportional to ∂L/∂y: each time it is computed from another multiple of it, and by how much the results differ, divided by
their factors, is rounding alone.
"""

from __future__ import annotations

import numpy as np

from .contraction import project
from .parameters import Arrays
from .pieces import Pieces, whole

UNIT = float(np.finfo(np.float64).eps)
DRAWS = 6
# The analytic and the numeric side round independently, and each of the handful of operations behind a recorded number
# may be off by half a unit.
OPERATIONS = 8
STEP = 1e-20                                            # of the complex step: it only has to be small


def rounding(network, forward, dy: np.ndarray, seed: int = 0) -> Arrays:
    """The size of the rounding error of each element of each gradient, by the names that `network.backward` gives, and "x".

    Parameters
    ----------
    network : Network; forward : what its `forward` returned, N = 1; dy : (T, N, O), ∂L/∂y
    """
    return whole(rounding_in_pieces(network, forward, dy, seed))


def rounding_in_pieces(network, forward, dy: np.ndarray, seed: int = 0) -> Pieces[Arrays]:
    """As `rounding`."""
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(DRAWS):
        draws.append(_moved(network, forward, dy, rng))
        yield
    known = {}
    for name in draws[0]:
        values = np.array([draw[name] for draw in draws])
        known[name] = OPERATIONS * np.maximum(np.abs(values.imag).max(axis=0) / STEP, np.ptp(values.real, axis=0))
    return known


def _moved(network, forward, dy: np.ndarray, rng) -> Arrays:
    """The gradients from a multiple of dy, divided by its factor. Their imaginary part is by how much they change, to first
    order, if every recorded number is moved by its own rounding error.
    """
    def moved(values: np.ndarray, error: np.ndarray) -> np.ndarray:
        return values + 1j * STEP * UNIT * error * rng.choice((-1.0, 1.0), values.shape)

    p, cell, rows = network.parameters, network.architecture.cell, []
    for row, done in zip(network.architecture.rows, forward.rows):
        (piece,) = done.pieces
        recorded = {}
        for name, size in _summands(cell, piece.steps, done.parameters).items():
            a = getattr(piece.steps, name)
            recorded[name] = moved(a, np.abs(a) + np.abs(cell.blocks[name].backward(a)) * size)
        for name in cell.forward_quantities:
            a = getattr(piece.steps, name)
            exact = name == "x" and row.layer == 0
            if not exact and not name.startswith("z_") and name not in recorded:
                recorded[name] = moved(a, np.abs(a))
        rows.append(done._replace(pieces=[piece._replace(steps=piece.steps._replace(**recorded))]))
    y_size = project(np.abs(forward.output), np.abs(p["readout_weight"])) + np.abs(p["readout_bias"])
    # ∂L/∂y is the difference of y and its target where there is a loss: it is as uncertain as y is.
    uncertain = np.abs(dy) + np.where(dy != 0, y_size / max(1, np.count_nonzero(dy)), 0)
    factor = rng.uniform(1, 2)
    back = network.back(forward._replace(rows=tuple(rows)), factor * moved(dy, uncertain))
    return {name: value / factor for name, value in (back.gradients | {"x": back.dx}).items()}


def _summands(cell, steps, parameters: Arrays) -> Arrays:
    """How large the summands of each block's pre-activation are (T, N, H): what is lost where they cancel."""
    h_before = np.concatenate([steps.h_0[np.newaxis], steps.h[:-1]])
    size = 0
    for name, read in (("weight_ih", steps.x), ("weight_hh", h_before)):
        if name in parameters:
            size = size + project(np.abs(read), np.abs(parameters[name]))
    for name, value in parameters.items():
        if name.startswith("bias") and len(value) == size.shape[-1]:
            size = size + np.abs(value)
    return dict(zip(cell.blocks, np.split(size, len(cell.blocks), axis=-1)))
