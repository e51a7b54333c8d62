"""The gradient check gate by gate, and from how many steps on a damaged backward pass shows."""

from __future__ import annotations

import copy
from typing import Iterable, Iterator

import numpy as np

from ..cell import GATES
from ..experiment import Experiment
from ..gradient_check import GradientReport, TensorCheck, checks_in_pieces, report
from ..objective import Objective, differentiated
from ..parameters import Arrays
from ..rounding import rounding_in_pieces
from ..training import Trainer
from ..validation import choice, integer, number
from .rules import BLOCKS

SPLIT = ("weight_ih", "weight_hh", "bias")
# Seeds the states before the first step where they shall not be 0.
STATES_SEED = 6


def check_blocks(experiment: Experiment, *, steps: int | None = None, zero_states: bool | None = None, scale: float = 1.0,
                 blocks: Iterable[str] | None = None, max_elements: int | None = None, method: str = "complex",
                 trainer: Trainer | None = None) -> GradientReport:
    """Check an experiment's gradients, each gate's rows by themselves.

    Parameters
    ----------
    steps : only the first so many steps of the sequence; all if None
    zero_states : True for states of 0 before the first step, False for random ones, None for the experiment's own
    scale : every parameter is multiplied with it first
    blocks : names in `rules.BLOCKS`; all if None
    method, max_elements : see `gradient_check`; trainer : see `Objective`
    """
    return report(method, None, blocks_in_pieces(experiment, steps=steps, zero_states=zero_states, scale=scale, blocks=blocks,
                                                 max_elements=max_elements, method=method, trainer=trainer))


def check_objective(objective: Objective, *, blocks: Iterable[str] | None = None, max_elements: int | None = None,
                    method: str = "complex") -> GradientReport:
    """As `check_blocks`, of an objective."""
    return report(method, None, _in_pieces(objective, blocks, max_elements, method))


def blocks_in_pieces(experiment: Experiment, *, steps: int | None = None, zero_states: bool | None = None, scale: float = 1.0,
                     blocks: Iterable[str] | None = None, max_elements: int | None = None, method: str = "complex",
                     trainer: Trainer | None = None) -> Iterator[TensorCheck | None]:
    """The rows of `check_blocks` one by one, and None where the work may be cut."""
    return _in_pieces(shortened(Objective(experiment, trainer), steps, zero_states, scale), blocks, max_elements, method)


def _in_pieces(objective: Objective, blocks: Iterable[str] | None, max_elements: int | None, method: str
               ) -> Iterator[TensorCheck | None]:
    wanted = list(BLOCKS) if blocks is None else [choice("blocks", name, BLOCKS) for name in blocks]
    forward, _, dy, _, gradients = yield from objective.passes_in_pieces()
    yield None
    known = yield from rounding_in_pieces(objective.network(objective.values), forward, dy)
    apart = in_blocks(gradients)
    yield from checks_in_pieces(lambda at: objective(_joined(at)), in_blocks(objective.values), {name: apart[name] for name in wanted},
                                method=method, max_elements=max_elements, rounding=in_blocks(known))


def shortened(objective: Objective, steps: int | None = None, zero_states: bool | None = None, scale: float = 1.0) -> Objective:
    """The objective over the first steps of its sequence, from other states, at scaled weights. L is of its own end then."""
    T = len(objective.values["x"])
    steps = T if steps is None else integer("steps", steps, 1, T)
    scale = number("scale", scale, 0, 100)
    short = copy.copy(objective)
    if steps < T:
        short.experiment = objective.experiment.replace(output_step=0)
    short.sequences = objective.sequences.first(steps)
    short.output = differentiated(short.experiment, short.sequences)
    values = {name: value * (1 if name in ("x", "h_0", "c_0") else scale) for name, value in objective.values.items()}
    values["x"] = values["x"][:steps]
    if zero_states is not None:
        rng = np.random.default_rng(STATES_SEED)
        for name in ("h_0", "c_0"):
            values[name] = rng.uniform(-0.9, 0.9, values[name].shape) * (not zero_states)
    short.values = values
    return short


def in_blocks(tensors: Arrays) -> Arrays:
    """weight_ih, weight_hh and bias cut into the rows of their gates, "weight_ih[i]"; all others as they are."""
    apart = {name: value for name, value in tensors.items() if name not in SPLIT}
    for name in SPLIT:
        apart |= {f"{name}[{gate}]": rows for gate, rows in zip(GATES, np.split(tensors[name], 4))}
    return apart


def _joined(apart: Arrays) -> Arrays:
    whole = {name: value for name, value in apart.items() if "[" not in name}
    return whole | {name: np.concatenate([apart[f"{name}[{gate}]"] for gate in GATES]) for name in SPLIT}
