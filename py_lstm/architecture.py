"""What a network is built of: its cell, its layers and directions, its sizes; and what everything in it is called.

The first layer's tensors and quantities have their plain names, weight_ih, f; those of the k-th layer after it end in _l1,
_l2, ..., and those of the layer that reads a sequence from its end in _reverse: weight_ih_l1_reverse, f_l1_reverse. They are
PyTorch's endings, but for _l0, which says nothing where there is one layer.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from .cells import Cell
from .initializers import draw
from .parameters import Arrays

READOUT = ("readout_weight", "readout_bias")


class Row(NamedTuple):
    """One layer, from 0, in one direction; and the ending of every name in it."""

    layer: int
    reverse: bool
    ending: str

    @classmethod
    def of(cls, layer: int, reverse: bool) -> Row:
        return cls(layer, reverse, (f"_l{layer}" if layer else "") + ("_reverse" if reverse else ""))


@dataclass(frozen=True)
class Architecture:
    """Layers of a cell, each read in one direction or in both, and a linear readout of the last: y_t = V h_t + a.

    Examples
    --------
    >>> from py_lstm.cells import cell_named
    >>> two = Architecture(cell_named("gru", 3), input_size=2, output_size=1, num_layers=2)
    >>> [row.ending for row in two.rows], two.parameter_shapes()["weight_ih_l1"]
    (['', '_l1'], (9, 3))
    """

    cell: Cell
    input_size: int
    output_size: int = 1
    num_layers: int = 1
    bidirectional: bool = False

    @property
    def hidden_size(self) -> int:
        """The width of h."""
        return next(iter(self.cell.states.values()))

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every layer and direction in the order in which they run."""
        return tuple(Row.of(layer, reverse) for layer in range(self.num_layers) for reverse in (False, True)[:self.directions])

    def inputs(self, layer: int) -> int:
        """How many numbers a layer reads at each step."""
        return self.directions * self.hidden_size if layer else self.input_size

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of everything that an optimizer moves."""
        return dict(self._parameter_shapes)

    @cached_property
    def _parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        shapes = {name + row.ending: shape for row in self.rows for name, shape in self.cell.shapes(self.inputs(row.layer)).items()}
        return shapes | {"readout_weight": (self.output_size, self.directions * self.hidden_size), "readout_bias": (self.output_size,)}

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the states before the first step: h_0 and whatever else the cell carries."""
        return dict(self._state_shapes)

    @cached_property
    def _state_shapes(self) -> dict[str, tuple[int, ...]]:
        return {f"{name}_0{row.ending}": (width,) for row in self.rows for name, width in self.cell.states.items()}

    @property
    def size(self) -> int:
        """How many numbers an optimizer moves, two that only add up counted as one."""
        redundant = {name + row.ending for name in self.cell.redundant for row in self.rows}
        return sum(math.prod(shape) for name, shape in self.parameter_shapes().items() if name not in redundant)

    def quantities(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What there is a number of at every step, without the readout's: of the forward and of the backward pass, in their order."""
        return self._quantities

    @cached_property
    def _quantities(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        forward = (name + row.ending for row in self.rows for name in self.cell.forward_quantities)
        backward = (name + row.ending for row in reversed(self.rows) for name in self.cell.backward_quantities)
        return tuple(forward), tuple(backward)

    def place_of(self, name: str) -> tuple[str, Row] | None:
        """A quantity, state or parameter without its ending, and the row it is of; None for the readout's and unknown names."""
        for row in reversed(self.rows):                 # the longest ending first, the empty one last
            plain = name.removesuffix(row.ending)
            if (plain != name or not row.ending) and plain in self._names:
                return plain, row
        return None

    @cached_property
    def _names(self) -> set[str]:
        cell = self.cell
        return {*cell.shapes(1), *cell.forward_quantities, *cell.backward_quantities, *(f"{name}_0" for name in cell.states),
                *(f"d{name}_0" for name in cell.states)}

    def replace(self, **fields) -> Architecture:
        """The same with some fields changed."""
        return dataclasses.replace(self, **fields)

    def drawn(self, rng: np.random.Generator, *, initializer: str = "uniform", scale: float = 1.0, dtype=np.float64,
              **first_biases: float) -> Arrays:
        """First values of all parameters, drawn layer by layer and then for the readout.

        Parameters
        ----------
        initializer : as in `initializers.initialize`; scale : factor on all drawn weights
        first_biases : what the biases named in `Cell.first_biases` start with; those of other cells are passed over
        """
        cell, H = self.cell, self.hidden_size
        parameters: Arrays = {}
        for row in self.rows:
            made = draw(cell.shapes(self.inputs(row.layer)), H, rng=rng, initializer=initializer)
            for name, value in made.items():
                if value.ndim == 2:
                    made[name] = scale * value
            for setting, block in cell.first_biases.items():
                if setting in first_biases:
                    k = list(cell.blocks).index(block)
                    bias = next(value for name, value in made.items() if name.startswith("bias"))
                    size = len(bias) // len(cell.blocks)
                    bias[k * size:(k + 1) * size] = first_biases[setting]
            parameters |= {name + row.ending: value.astype(dtype) for name, value in made.items()}
        shapes, bound = self.parameter_shapes(), scale / math.sqrt(H)
        parameters["readout_weight"] = rng.uniform(-bound, bound, shapes["readout_weight"]).astype(dtype)
        parameters["readout_bias"] = np.zeros(shapes["readout_bias"], dtype)
        return parameters
