"""The tutorial's `data_set()` and `test()`, running, and printing what is true.

The original passed its target where a derivative belongs and printed nothing. Here the loss is named,
L = Σ_t |h_t - d_t|² / 2, so that ∂L/∂h_t = h_t - d_t; every gradient is checked; and a hundred updates are made.
"""

from __future__ import annotations

import numpy as np

from . import cell
from .activations import IdentityActivator
from .gradient_check import gradient_check
from .lstm_layer import LstmLayer


def data_set() -> tuple[list[np.ndarray], np.ndarray]:
    """Two inputs of three numbers, as columns (3, 1), and the target (2, 1) for the last hidden state.

    Examples
    --------
    >>> x, d = data_set()
    >>> [column.ravel().tolist() for column in x], d.ravel().tolist()
    ([[1, 2, 3], [2, 3, 4]], [1, 2])
    """
    return [np.array([[1], [2], [3]]), np.array([[2], [3], [4]])], np.array([[1], [2]])


def test() -> LstmLayer:
    """Run the tutorial's two steps, check the gradients, learn, and print each result. Returns the layer.

    The target [1, 2] cannot be reached: |h| < 1. The loss therefore falls towards (0² + 1²) / 2 = 0.5, not to 0.

    Examples
    --------
    >>> layer = test()                                                          # doctest: +ELLIPSIS
    h after two steps:  [...]   target [1 2]   loss ...
    gradient check, complex step, ε = 1e-30
    ...
    after 100 updates:  [...]   target [1 2]   loss 0.6...
    """
    x, d = data_set()
    layer = LstmLayer(3, 2, 0.1)

    def forward() -> float:
        layer.reset_state()
        for column in x:
            layer.forward(column)
        return float(np.sum((layer.h_list[-1] - d) ** 2) / 2)

    before = forward()
    layer.backward(x[-1], layer.h_list[-1] - d, IdentityActivator())
    print(f"h after two steps:  {layer.h_list[-1].ravel()}   target {d.ravel()}   loss {before:.6f}")
    print(_check(layer, x, d))
    for _ in range(100):
        layer.backward(x[-1], layer.h_list[-1] - d, IdentityActivator())
        layer.update()
        after = forward()
    print(f"after 100 updates:  {layer.h_list[-1].ravel()}   target {d.ravel()}   loss {after:.6f}")
    return layer


def _check(layer: LstmLayer, x: list[np.ndarray], d: np.ndarray):
    """The tutorial's lost gradient check, for all twelve tensors."""
    names = [f"{kind}{gate}{source}" for gate in "fioc" for kind, source in (("W", "h"), ("W", "x"), ("b", ""))]
    sequence = np.stack(x).transpose(0, 2, 1).astype(float)
    zero = np.zeros((1, layer.state_width))

    def loss(values):
        stack = lambda pattern: np.concatenate([values[pattern.format(gate)] for gate in "ifco"])
        weights = cell.Weights(stack("W{}x"), stack("W{}h"), stack("b{}")[:, 0])
        h = cell.forward(sequence, zero, zero, weights).h[-1].T
        return ((h - d) ** 2).sum() / 2

    return gradient_check(loss, {name: getattr(layer, name) for name in names},
                          {name: getattr(layer, name + "_grad") for name in names})
