"""What a network asks of a cell, whichever it is."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

import numpy as np

from ..activations import Activator, SigmoidActivator
from ..contraction import are_tokens
from ..parameters import Arrays

Shapes = dict[str, tuple[int, ...]]


class Cell:
    """One layer, read in one direction: what it learns, what it carries from step to step, and both passes.

    A subclass with a `name` is found by `cells.CELLS`. Its passes return named tuples, here called steps and deltas. Whatever
    runs over time in them is (T, N, ·); each state before the first step is (N, ·) and ends in _0.

    Attributes
    ----------
    name : how an experiment asks for the cell; "" if it cannot
    rank : where it stands in a list of cells; those of equal rank by name
    states : the name of each state and its width; the first is the cell's output
    blocks : the row blocks of weight_ih and weight_hh in their order, and the function that makes a number of each sum; the
        block "f" makes f out of z_f
    forward_quantities, backward_quantities : the fields of steps and deltas that run over time, in the order of computation
    first_biases : which setting of an experiment says what the bias of which block starts with
    aside : quantities on the way to others, which a picture leaves out, as it does the input and the pre-activations z_k
    redundant : parameters that only add up with another one, and are not counted
    goes_on : whether a sequence can be read in stretches, each from the states that the one before has come to
    reads_tokens : whether x may be integers (T, N) that stand for one-hot rows
    """

    name: ClassVar[str] = ""
    rank: ClassVar[int] = 9
    states: dict[str, int]
    blocks: Mapping[str, Activator] = {}
    forward_quantities: tuple[str, ...] = ()
    backward_quantities: tuple[str, ...] = ()
    first_biases: Mapping[str, str] = {}
    aside: tuple[str, ...] = ()
    redundant: tuple[str, ...] = ()
    goes_on: bool = True
    reads_tokens: bool = False

    @property
    def width(self) -> int:
        """How many units there are, which is the number of rows of each block."""
        return max(self.states[name] for name in self.states if name != "r")

    @property
    def openings(self) -> tuple[str, ...]:
        """The gates that a σ makes, where a cell does not say otherwise."""
        return tuple(name for name, function in self.blocks.items() if isinstance(function, SigmoidActivator))

    @property
    def pictured(self) -> tuple[str, ...]:
        """What a picture of the cell shows, in the order of computation."""
        return tuple(name for name in self.forward_quantities if name != "x" and name not in self.aside and not name.startswith("z_"))

    def shapes(self, inputs: int) -> Shapes:
        """Names and shapes of the parameters, weight_ih first."""
        raise NotImplementedError

    def forward(self, x: np.ndarray, states: tuple, parameters: Arrays, mask: np.ndarray | None = None) -> Any:
        """Steps from x (T, N, I) and states (N, ·); `mask` (N, ·) multiplies h_{t-1} before the recurrent weights."""
        raise NotImplementedError

    def backward(self, steps: Any, parameters: Arrays, dh_via_y: np.ndarray, d_states: tuple, rule: str = "full") -> Any:
        """Deltas, back from dh_via_y (T, N, ·) and the derivatives of the last states (N, ·)."""
        raise NotImplementedError

    def gradients(self, deltas: Any, parameters: Arrays) -> Arrays:
        """The derivative of every parameter, under its name."""
        return deltas.gradients


def dtype_of(x: np.ndarray, states: tuple, parameters: Arrays) -> np.dtype:
    """What a forward pass over these computes in."""
    return np.result_type(*parameters.values(), *states, *([] if are_tokens(x) else [x]))
