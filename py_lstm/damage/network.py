"""A network whose cell or whose backward pass is damaged."""

from __future__ import annotations

from typing import Mapping

import numpy as np

from ..contraction import are_tokens
from ..layers import variants
from ..losses import Loss
from ..network import Lesson, Network
from ..parameters import Arrays
from ..pieces import Pieces
from . import gates, gradient


class DamagedNetwork(Network):
    """A `Network` around the same arrays, on the general cell, with damage.

    Parameters
    ----------
    network : the network to damage; its arrays are not copied. `parameters` gains those that the damage adds, at 0
    damage : names and values, see `rules.DAMAGE`; damage to the input is not the network's
    """

    def __init__(self, network: Network, damage: Mapping[str, float]):
        self.damage = dict(damage)
        self.parameters: Arrays = gates.with_extras(network.parameters, damage)
        self.states: Arrays = dict(network.states)
        self._variant, self._held, self._rule = gates.variant(damage), gates.held(damage), gradient.rule(damage)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.forward(x).y

    def lesson_in_pieces(self, x: np.ndarray, loss: Loss) -> Pieces[Lesson]:
        return self.recorded_lesson(x, loss)

    def cell_forward(self, x: np.ndarray, h_0: np.ndarray, c_0: np.ndarray) -> variants.Steps:
        if are_tokens(x):                               # the general cell multiplies, and has no rows to pick
            x = np.eye(self.parameters["weight_ih"].shape[1], dtype=self.parameters["weight_ih"].dtype)[x]
        return variants.forward(x, h_0, c_0, self.parameters, self._variant, held=self._held)

    def cell_backward(self, steps: variants.Steps, dh_via_y: np.ndarray) -> tuple[variants.Deltas, Arrays]:
        none = np.zeros_like(steps.h[0])
        deltas = variants.backward(steps, self.parameters, self._variant, dh_via_y, none, none, rule=self._rule, held=self._held)
        dz = np.concatenate([deltas.dz_i, deltas.dz_f, deltas.dz_g, deltas.dz_o], axis=-1)
        h_before = np.concatenate([steps.h_0[np.newaxis], steps.h[:-1]])
        return deltas, deltas.gradients | gradient.weight_gradients(self.damage, dz, steps.x, h_before)
