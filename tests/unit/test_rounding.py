"""Saturated networks: what rounding explains is not called wrong, and real defects still are."""

import numpy as np
import pytest

from py_lstm import Experiment, cell, check
from py_lstm.gradient_check import LIMITS, gradient_check
from py_lstm.objective import Objective
from py_lstm.rounding import rounding
from test_defects import DEFECTS, mutant

SATURATED = [Experiment(scale=100.0, seed=seed, updates=0, forget_bias=bias, gradient_of=gradient_of, length=12)
             for seed in range(6) for bias in (1.0, 40.0) for gradient_of in ("output", "loss")]


def test_no_right_gradient_of_a_saturated_network_is_called_wrong():
    without = 0
    for experiment in SATURATED:
        assert check(experiment).right, experiment
        objective = Objective(experiment)
        without += not gradient_check(objective, objective.values, objective.passes()[-1]).right
    assert without >= 2, "so that this can fail: without the floor some of them are"


@pytest.mark.parametrize("defect", ["M1", "M2", "M3", "M4"])
def test_defects_are_noticed_in_saturated_networks(monkeypatch, defect):
    module, old, new = next(entry[:3] for name, entry in DEFECTS.items() if name.startswith(defect))
    wrong = mutant(module, old, new)
    wrong.Steps = cell.Steps                            # a module of its own has a class of its own; these are its numbers
    monkeypatch.setattr(cell, "backward", wrong.backward)
    # Where nothing but round-off is left of every gradient, nothing can be told; elsewhere it must be.
    noticed = sum(not check(experiment).right for experiment in SATURATED)
    assert noticed >= len(SATURATED) / 2, f"{noticed} of {len(SATURATED)}"


def test_the_floor_lies_far_below_a_healthy_gradient():
    """A defect of a thousandth of a gradient would have to hide under it."""
    for experiment in (Experiment(updates=0), Experiment(), Experiment(updates=0, gradient_of="loss")):
        objective = Objective(experiment)
        forward, _, dy, _, gradients = objective.passes()
        for name, error in rounding(objective.network(objective.values), forward, dy).items():
            assert np.linalg.norm(error) / LIMITS["complex"] < 0.05 * np.linalg.norm(gradients[name]), name
