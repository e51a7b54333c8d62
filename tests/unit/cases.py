"""What several tests compute with: a case with nothing left at zero, and how far two arrays are apart."""

from typing import NamedTuple

import numpy as np

from py_lstm import cell


class Case(NamedTuple):
    """One batch of sequences with every input of a forward and a backward pass."""

    x: np.ndarray
    h_0: np.ndarray
    c_0: np.ndarray
    weights: cell.Weights
    dh: np.ndarray
    dh_n: np.ndarray
    dc_n: np.ndarray


def case(T=5, N=2, I=3, H=4, seed=0) -> Case:
    """Realistic weights, biases and states different from zero, and a loss that takes from every step."""
    rng = np.random.default_rng(seed)
    weights = cell.Weights(*(rng.uniform(-0.6, 0.6, shape) for shape in ((4 * H, I), (4 * H, H), (4 * H,))))
    return Case(rng.normal(size=(T, N, I)), rng.uniform(-0.8, 0.8, (N, H)), rng.normal(size=(N, H)), weights,
                rng.normal(size=(T, N, H)), rng.normal(size=(N, H)), rng.normal(size=(N, H)))


def distance(a, b) -> float:
    """|a - b| / max(|a|, |b|), Euclidean."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape
    largest = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / largest) if largest else 0.0


def per_gate(tensor) -> dict[str, np.ndarray]:
    """The four blocks of rows of a weight or bias by the name of their gate."""
    return dict(zip("ifgo", np.split(np.asarray(tensor), 4)))


def cell_report(cell_module, given: Case):
    """The gradient check of every tensor that `cell_module` differentiates, on L = Σ dh·h + dh_n·h_T + dc_n·c_T."""
    from py_lstm import gradient_check

    def loss(values):
        steps = cell_module.forward(values["x"], values["h_0"], values["c_0"],
                                    cell.Weights(*(values[name] for name in cell.Weights._fields)))
        return (steps.h * given.dh).sum() + (steps.h[-1] * given.dh_n + steps.c[-1] * given.dc_n).sum()

    steps = cell_module.forward(given.x, given.h_0, given.c_0, given.weights)
    deltas = cell_module.backward(steps, given.weights, given.dh, given.dh_n, given.dc_n)
    values = given.weights._asdict() | {"x": given.x, "h_0": given.h_0, "c_0": given.c_0}
    gradients = {name: getattr(deltas, name) for name in cell.Weights._fields}
    return gradient_check(loss, values, gradients | {"x": deltas.dx, "h_0": deltas.dh_0, "c_0": deltas.dc_0})
