"""A cell whose forward or backward pass is damaged, and a network of it."""

from __future__ import annotations

from typing import Mapping

import numpy as np

from ..architecture import Architecture
from ..cells import variants
from ..cells.lstm import GeneralCell
from ..network import Network
from ..parameters import Arrays
from . import gates, gradient


class DamagedCell(GeneralCell):
    """The LSTM with damage, by the equations of cells/variants.py.

    Parameters
    ----------
    hidden_size : int
    damage : names and values, see `rules.DAMAGE`; damage to the input is not the cell's
    """

    goes_on = False                                     # windows count their steps from the first, and the gates' memory is no state

    def __init__(self, hidden_size: int, damage: Mapping[str, float]):
        super().__init__(hidden_size, variant=gates.variant(damage))
        self.damage, self._held, self._rule = dict(damage), gates.held(damage), gradient.rule(damage)
        # What the gates remember of each other starts at 0; it is not among the states that can be set.
        self.states = {name: width for name, width in self.states.items() if name != "r"}

    def forward(self, x, states, parameters, mask=None) -> variants.Steps:
        return variants.forward(x, *states, parameters, self.variant, held=self._held, mask=mask)

    def backward(self, steps, parameters, dh_via_y, d_states, rule="full") -> variants.Deltas:
        deltas = variants.backward(steps, parameters, self.variant, dh_via_y, *d_states, rule=self._rule, held=self._held)
        dz = np.concatenate([deltas.dz_i, deltas.dz_f, deltas.dz_g, deltas.dz_o], axis=-1)
        h_before = np.concatenate([steps.h_0[np.newaxis], steps.h[:-1]])
        return deltas._replace(gradients=deltas.gradients | gradient.weight_gradients(self.damage, dz, steps.x, h_before))


def damaged(network: Network, damage: Mapping[str, float]) -> Network:
    """A network around the same arrays, of the damaged LSTM; `parameters` has besides those that the damage adds, at 0.

    Another cell than the LSTM cannot be damaged: its network is returned as it is.

    Examples
    --------
    >>> held = damaged(Network(2, 3), {"clamp_f": 0.5})
    >>> bool((held.forward(np.ones((4, 1, 2))).steps.f == 0.5).all())
    True
    """
    if not isinstance(network.architecture.cell, GeneralCell):
        return network
    architecture = suffering(network.architecture, damage)
    return Network.of(with_extras(network.parameters, architecture), network.states, architecture)


def suffering(architecture: Architecture, damage: Mapping[str, float]) -> Architecture:
    """The same layers of the LSTM, with damage."""
    return architecture.replace(cell=DamagedCell(architecture.hidden_size, damage))


def with_extras(parameters: Arrays, architecture: Architecture) -> Arrays:
    """The parameters, and those of an architecture that are not there yet, at 0, where they change nothing."""
    dtype = parameters["readout_weight"].dtype
    return parameters | {name: np.zeros(shape, dtype) for name, shape in architecture.parameter_shapes().items() if name not in parameters}
