"""What GRU and RNN have in common."""

from __future__ import annotations

from ..initializers import LAYER_INITIALIZERS, draw
from ..parameters import Arrays
from ..validation import MOST_UNITS, choice, flag, integer
from .recurrent import Recurrent


class OneState(Recurrent):
    """Base of `GRU` and `RNN`, whose only state is h: it comes and goes by itself, not in a tuple."""

    def __init__(self, cell, input_size: int, hidden_size: int, num_layers: int, bias: bool, initializer: str, **options):
        self.hidden_size = integer("hidden_size", hidden_size, 1, MOST_UNITS)
        self.bias = flag("bias", bias)
        self.initializer = choice("initializer", initializer, [k for k in LAYER_INITIALIZERS if k != "chrono"])
        super().__init__(cell(self.hidden_size, self.bias), input_size, num_layers, **options)

    def backward(self, d_output=None, dh_n=None):
        """Take the derivative of a scalar L back through the last call; fills `grads` and the trace.

        Parameters
        ----------
        d_output : dL/doutput in the shape of the output, or None for 0
        dh_n : dL/dh_n in the shape of the last state, or None for 0

        Returns
        -------
        dx, dh_0 : in the shapes of x and of the state
        """
        return self._backward(d_output, dh_n, "full")

    def _draw(self, shapes: dict[str, tuple[int, ...]]) -> Arrays:
        return draw(shapes, self.hidden_size, rng=self._rng, initializer=self.initializer)
