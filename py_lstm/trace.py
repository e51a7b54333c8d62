"""`run`: an experiment's numbers, all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, Mapping

import numpy as np

from .damage.gates import extra_shapes
from . import versions
from .experiment import Experiment, parameter_shapes
from .gradient_check import GradientReport, TensorCheck, checks_in_pieces, report
from .losses import log_softmax
from .network import PARAMETERS, STATES
from .objective import Objective
from .pieces import Pieces, whole
from .rounding import rounding_in_pieces
from .tasks.task import COUNTING
from .training import Trainer
from .validation import InvalidInput, array, choice, integer, number, parsed, shown

# What a trace holds for every time step, in the order of computation.
FORWARD = ("x", "z_f", "z_i", "z_g", "z_o", "f", "i", "g", "o", "c", "tanh_c", "h", "y", "target")
PROBABILITIES = "p"                                     # of the classes, where the task has classes
BACKWARD = ("dy", "dh_via_y", "dh_via_z", "dh", "dc_via_h", "dc_via_c", "dc", "dz_f", "dz_i", "dz_g", "dz_o", "dx")
QUANTITIES = FORWARD + (PROBABILITIES,) + BACKWARD      # of any trace


@dataclass(frozen=True)
class Trace:
    """Every number of one forward and one backward pass over one sequence.

    Attributes
    ----------
    experiment : Experiment
    arrays : dict of float64 arrays
        Per step, (T, features): the names in `quantities`. x and dx are (T, I), y, target and dy (T, O), all others (T, H).
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


def quantities(experiment: Experiment) -> tuple[str, ...]:
    """What a trace of this experiment has a number of for every step, in the order of computation."""
    return QUANTITIES if experiment.about.classes() else FORWARD + BACKWARD


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
    forward, loss, dy, deltas, gradients = yield from objective.passes_in_pieces()
    values, sequences, about = objective.values, objective.sequences, e.about

    def step(values: np.ndarray) -> np.ndarray:
        return np.array(values[:, 0], np.float64)

    target = sequences.target
    if about.classes():
        target = target[..., np.newaxis] == np.arange(e.output_size)
    arrays = {name: step(getattr(forward.steps, name)) for name in FORWARD[:-2]}
    arrays |= {"y": step(forward.y), "target": step(target)}
    if about.classes():
        with np.errstate(under="ignore"):
            arrays[PROBABILITIES] = step(np.exp(log_softmax(forward.y)))
    arrays |= {"dy": step(dy)} | {name: step(getattr(deltas, name)) for name in BACKWARD[1:]}
    arrays |= {"mask": step(sequences.mask), "judged": step(sequences.judged)}
    if sequences.legal is not None:
        arrays["legal"] = step(sequences.legal)
    arrays |= {name: values[name] for name in STATES} | {f"d{name}": gradients[name] for name in STATES}
    names = [*PARAMETERS, *extra_shapes(e.damage, e.hidden_size)]
    arrays |= {name: values[name] for name in names} | {f"{name}_grad": gradients[name] for name in names}

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
    T, H, O = e.steps, e.hidden_size, e.output_size
    width = {"x": e.input_size, "dx": e.input_size, "y": O, "target": O, "dy": O, PROBABILITIES: O}
    per_step: dict[str, tuple[int, ...]] = {name: (T, width.get(name, H)) for name in quantities(e)}
    per_step |= {"mask": (T,), "judged": (T,)} | ({} if e.example().legal is None else {"legal": (T, O)})
    extra = extra_shapes(e.damage, H)
    rest = parameter_shapes(e.input_size, H, O) | extra
    return per_step | rest | {f"d{name}": rest[name] for name in STATES} | {f"{name}_grad": rest[name] for name in (*PARAMETERS, *extra)}


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
