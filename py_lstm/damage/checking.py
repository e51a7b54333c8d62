"""The gradient check gate by gate, and from how many steps on a damaged backward pass shows."""

from __future__ import annotations

import copy
from typing import Iterable, Iterator

import numpy as np

from ..architecture import READOUT, Architecture
from ..cells.lstm import GeneralCell
from ..experiment import Experiment
from ..gradient_check import GradientReport, TensorCheck, checks_in_pieces, report
from ..objective import Objective, differentiated
from ..parameters import Arrays
from ..rounding import rounding_in_pieces
from ..training import Trainer
from ..validation import choice, integer, number
from .rules import BLOCKS

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
    built = objective.architecture
    forward, _, dy, _, gradients = yield from objective.passes_in_pieces()
    yield None
    known = yield from rounding_in_pieces(objective.network(objective.values), forward, dy)
    apart = in_blocks(gradients, built)
    names = [name for name in BLOCKS if name in apart] if isinstance(built.cell, GeneralCell) else list(apart)
    wanted = names if blocks is None else [choice("blocks", name, names) for name in blocks]
    yield from checks_in_pieces(lambda at: objective(_joined(at, built)), in_blocks(objective.values, built),
                                {name: apart[name] for name in wanted}, method=method, max_elements=max_elements,
                                rounding=in_blocks(known, built))


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
    states = objective.architecture.state_shapes()
    values = {name: value * (1 if name == "x" or name in states else scale) for name, value in objective.values.items()}
    values["x"] = values["x"][:steps]
    if zero_states is not None:
        rng = np.random.default_rng(STATES_SEED)
        for name in states:
            values[name] = rng.uniform(-0.9, 0.9, values[name].shape) * (not zero_states)
    short.values = values
    return short


def in_blocks(tensors: Arrays, architecture: Architecture) -> Arrays:
    """What has a block of rows for each gate cut into these, "weight_ih[i]"; all others as they are."""
    split, gates = _split(architecture), architecture.cell.blocks
    apart = {name: value for name, value in tensors.items() if name not in split}
    for name in split:
        apart |= {f"{name}[{gate}]": rows for gate, rows in zip(gates, np.split(tensors[name], len(gates)))}
    return apart


def _joined(apart: Arrays, architecture: Architecture) -> Arrays:
    gates = architecture.cell.blocks
    whole = {name: value for name, value in apart.items() if "[" not in name}
    return whole | {name: np.concatenate([apart[f"{name}[{gate}]"] for gate in gates]) for name in _split(architecture)}


def _split(architecture: Architecture) -> list[str]:
    """The parameters whose rows are one block for each gate."""
    rows = len(architecture.cell.blocks) * architecture.cell.width
    return [name for name, shape in architecture.parameter_shapes().items() if name not in READOUT and shape[0] == rows
            and name.startswith(("weight_ih", "weight_hh", "bias"))]
