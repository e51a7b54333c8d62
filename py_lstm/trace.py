"""`run`: an experiment's numbers, all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, Mapping

import numpy as np

from . import versions
from .experiment import Experiment
from .gradient_check import GradientReport, TensorCheck, checks_in_pieces, report
from .losses import log_softmax
from .network import recordings
from .objective import Objective
from .pieces import Pieces, whole
from .rounding import rounding_in_pieces
from .tasks.task import COUNTING
from .training import Trainer
from .validation import InvalidInput, array, choice, integer, number, parsed, shown

PROBABILITIES = "p"                                     # of the classes, where the task has classes


@dataclass(frozen=True)
class Trace:
    """Every number of one forward and one backward pass over one sequence.

    Attributes
    ----------
    experiment : Experiment
    arrays : dict of float64 arrays
        Per step, (T, features): the names in `quantities`. x and dx are (T, I), y, target and dy (T, O), all others (T, H).
        Names of the second layer end in _l1, those of the direction from the end in _reverse, see `Architecture`; there x is
        what that layer reads.
        Where the answer is one of several classes, y are logits, target is 1 at the right class and 0 elsewhere, and p (T, O)
        are the probabilities, softmax(y). mask and judged (T,) are 1 where the answer is learnt and where it is scored; in a
        grammar, legal (T, O) is 1 for symbols that may come next.
        States before the first step, (H,): h_0, c_0, and their derivatives dh_0, dc_0. Parameters weight_ih (4H, I),
        weight_hh (4H, H), bias (4H,), readout_weight (O, H), readout_bias (O,), those that a damage adds, and each
        one's derivative with the suffix _grad. With a damage to the gradient, what is called a derivative here is what the
        damaged backward pass makes of it.
    loss : float, of this sequence
    score : float or None
        The task's score on this sequence, `experiment.about.metric`; None if no step of it is scored.
    right, counted : int or None
        Where the score is a share of right answers: how many are right, of how many.
    losses : tuple of float, the training batches' losses, one per update

    Examples
    --------
    >>> trace = run(Experiment(updates=0))
    >>> trace.arrays["f"].shape, trace.arrays["weight_ih_grad"].shape
    ((24, 3), (12, 2))
    >>> a = trace.arrays
    >>> np.allclose(a["h"], a["o"] * a["tanh_c"])
    True
    """

    experiment: Experiment
    arrays: Mapping[str, np.ndarray]
    loss: float
    score: float | None
    right: int | None
    counted: int | None
    losses: tuple[float, ...]

    @property
    def quantities(self) -> tuple[str, ...]:
        """What there is a number of for every step."""
        return quantities(self.experiment)

    def before(self, quantity: str) -> np.ndarray | None:
        """The value of a state, or of its derivative, before the first step; None if the quantity is not a state."""
        place = self.experiment.damaged_architecture.place_of(quantity)
        return self.arrays.get(f"{place[0]}_0{place[1].ending}") if place else None

    @property
    def output(self) -> int:
        """The output that is differentiated, from 0, if `gradient_of` is "output"."""
        e = self.experiment
        right = int(self.arrays["target"][e.output_step - 1].argmax()) if e.about.classes() else 0
        return e.output_unit - 1 if e.output_unit else right

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`; every float keeps all its digits."""
        return {"version": versions.VERSION, "experiment": self.experiment.to_json(), "loss": self.loss, "score": self.score,
                "right": self.right, "counted": self.counted, "losses": list(self.losses),
                "arrays": {name: {"shape": list(value.shape), "data": value.ravel().tolist()}
                           for name, value in self.arrays.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> "Trace":
        """A trace from what `to_json` gave, as a dict or as JSON text."""
        if isinstance(data, str):
            data = parsed("trace", data)
        _require_fields("trace", data, ("version", "experiment", "loss", "score", "right", "counted", "losses", "arrays"))
        integer("version", data["version"], 1, versions.VERSION)
        experiment = Experiment.from_json(data["experiment"])
        shapes = _shapes(experiment)
        _require_fields("arrays", data["arrays"], shapes)
        arrays = {}
        for name, shape in shapes.items():
            _require_fields(name, data["arrays"][name], ("shape", "data"))
            if data["arrays"][name]["shape"] != list(shape):
                raise InvalidInput(name, "shape", f"{name} has shape {shown(data['arrays'][name]['shape'])}; this "
                                   f"experiment gives it {list(shape)}.", got=shown(data["arrays"][name]["shape"]),
                                   wanted=str(shape))
            arrays[name] = array(name, data["arrays"][name]["data"], (math.prod(shape),)).reshape(shape)
        counts = [None if data[name] is None else integer(name, data[name], 0) for name in ("right", "counted")]
        losses = array("losses", data["losses"], (experiment.updates,)) if experiment.updates else np.zeros(0)
        score = None if data["score"] is None else number("score", data["score"])
        return cls(experiment, arrays, number("loss", data["loss"]), score, *counts, tuple(losses.tolist()))


# Of the default experiment's network, one layer of the LSTM, in the order of computation.
FORWARD = (*Experiment().architecture.quantities()[0], "y", "target")
BACKWARD = ("dy", *Experiment().architecture.quantities()[1])
QUANTITIES = (*FORWARD, PROBABILITIES, *BACKWARD)


def quantities(experiment: Experiment) -> tuple[str, ...]:
    """What a trace of this experiment has a number of for every step, in the order of computation."""
    forward, backward = experiment.damaged_architecture.quantities()
    classes = (PROBABILITIES,) if experiment.about.classes() else ()
    return (*forward, "y", "target", *classes, "dy", *backward)


def run(experiment: Experiment, trainer: Trainer | None = None) -> Trace:
    """Train as the experiment says, then trace its sequence forward and backward. For `trainer` see `Objective`.

    Examples
    --------
    >>> trace = run(Experiment(updates=200))
    >>> f"loss {trace.loss:.4f}, {trace.right} of {trace.counted} signs right"
    'loss 0.0059, 22 of 22 signs right'
    >>> trace.arrays["c"].shape                                               # (time, unit)
    (24, 3)
    """
    return whole(run_in_pieces(experiment, trainer))


def run_in_pieces(experiment: Experiment, trainer: Trainer | None = None) -> Pieces[Trace]:
    """As `run`, except that the training is no pieces: what is to be traced is trained before."""
    e = experiment
    objective = Objective(e, trainer)
    forward, loss, dy, back, gradients = yield from objective.passes_in_pieces()
    values, sequences, about, built = objective.values, objective.sequences, e.about, objective.architecture

    def step(values: np.ndarray) -> np.ndarray:
        return np.array(values[:, 0], np.float64)

    target = sequences.target
    if about.classes():
        target = target[..., np.newaxis] == np.arange(e.output_size)
    recorded = {"y": forward.y, "target": target, "dy": dy, "mask": sequences.mask, "judged": sequences.judged}
    for row, recording in zip(built.rows, recordings(built, forward, back)):
        recorded |= {name + row.ending: recording[name] for name in (*built.cell.forward_quantities, *built.cell.backward_quantities)}
    if about.classes():
        with np.errstate(under="ignore"):
            recorded[PROBABILITIES] = np.exp(log_softmax(forward.y))
    if sequences.legal is not None:
        recorded["legal"] = sequences.legal
    arrays = {name: step(recorded[name]) for name in (*quantities(e), *(name for name in ("mask", "judged", "legal") if name in recorded))}
    states, parameters = built.state_shapes(), built.parameter_shapes()
    arrays |= {name: values[name] for name in states} | {f"d{name}": gradients[name] for name in states}
    arrays |= {name: values[name] for name in parameters} | {f"{name}_grad": gradients[name] for name in parameters}

    total, counted = about.score(forward.y, sequences)
    right = int(total) if about.score in COUNTING else None
    return Trace(e, arrays, loss, total / counted if counted else None, right, None if right is None else counted,
                 tuple(objective.trainer.losses[:e.updates]))


def check(experiment: Experiment, *, tensors: Iterable[str] | None = None, method: str = "complex",
          max_elements: int | None = None, trainer: Trainer | None = None) -> GradientReport:
    """Check the gradients of an experiment's trace against numeric slopes.

    `tensors` names those to check, among the parameters, "h_0", "c_0" and "x"; all of them if None. For `method` and
    `max_elements` see `gradient_check`, for `trainer` see `Objective`.

    Examples
    --------
    >>> report = check(Experiment(updates=20))
    >>> report.right, len(report.tensors)
    (True, 8)
    """
    return report(method, None, check_in_pieces(experiment, tensors=tensors, method=method, max_elements=max_elements,
                                                trainer=trainer))


def check_in_pieces(experiment: Experiment, *, tensors: Iterable[str] | None = None, method: str = "complex",
                    max_elements: int | None = None, trainer: Trainer | None = None) -> Iterator[TensorCheck | None]:
    """The rows of `check` one by one, and None where the work may be cut."""
    objective = Objective(experiment, trainer)
    tensors = list(objective.values) if tensors is None else tensors
    if not isinstance(tensors, (list, tuple)):
        raise InvalidInput("tensors", "type", f"tensors is {shown(tensors)}; give a list of names.", got=shown(tensors))
    wanted = [choice("tensors", name, objective.values) for name in tensors]
    forward, _, dy, _, gradients = yield from objective.passes_in_pieces()
    yield None
    known = yield from rounding_in_pieces(objective.network(objective.values), forward, dy)
    yield from checks_in_pieces(objective, objective.values, {name: gradients[name] for name in wanted}, method=method,
                                max_elements=max_elements, rounding=known)


def _shapes(e: Experiment) -> dict[str, tuple[int, ...]]:
    """The shape of every array in an experiment's trace."""
    T, built = e.steps, e.damaged_architecture
    per_step: dict[str, tuple[int, ...]] = {name: (T, _width(e, name)) for name in quantities(e)}
    per_step |= {"mask": (T,), "judged": (T,)} | ({} if e.example().legal is None else {"legal": (T, e.output_size)})
    states, parameters = built.state_shapes(), built.parameter_shapes()
    return (per_step | parameters | states | {f"d{name}": shape for name, shape in states.items()}
            | {f"{name}_grad": shape for name, shape in parameters.items()})


def _width(e: Experiment, quantity: str) -> int:
    """How many numbers of a quantity there are at each step."""
    place = e.damaged_architecture.place_of(quantity)
    if place is None:
        return e.output_size
    name, row = place
    return e.architecture.inputs(row.layer) if name in ("x", "dx") else e.hidden_size


def _require_fields(what: str, data: Any, names: Iterable[str]) -> None:
    """Refuse `data` if it is no mapping with exactly these names."""
    names = list(names)
    if not isinstance(data, Mapping):
        raise InvalidInput(what, "type", f"{what} is {shown(data)}; give what Trace.to_json() returned.", got=shown(data))
    for name in names:
        if name not in data:
            raise InvalidInput(name, "missing", f"{what} has no {name}; give what Trace.to_json() returned.")
    for name in data:
        if name not in names:
            raise InvalidInput(str(name), "unknown", f"{shown(name)} is no field of {what}; the fields are "
                               f"{', '.join(names)}.", got=shown(name), choices=names)
