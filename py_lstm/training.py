"""Training: one update at a time, so that whoever trains can look, draw or stop in between."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, NamedTuple

import numpy as np

from . import tasks
from .damage import DamagedNetwork
from .damage.gates import extra_shapes, with_extras
from .damage.inputs import damaged_inputs
from .experiment import OWN, Experiment
from .losses import squared_error
from .moments import Moments
from .network import PARAMETERS, Network
from .optimizers import OPTIMIZERS, Arrays, Optimizer, clip_norm
from .validation import MOST_UPDATES, InvalidInput, array, instance, integer, mapping, shown


class Progress(NamedTuple):
    """One update: its number from 1, the batch's loss before it, and the gradient's norm before clipping.

    Examples
    --------
    >>> for progress in train(Experiment(updates=3)):
    ...     print(progress.update, f"{progress.loss:.3f}")
    1 0.772
    2 0.628
    3 0.866
    """

    update: int
    loss: float
    gradient_norm: float


# The fields of an experiment that decide what an update does; all others may change without training anew.
TRAINING_FIELDS = ("task", "values", "targets", "length", "input_size", "hidden_size", "seed", "initializer", "scale",
                   "forget_bias", "batch_size", "optimizer", "learning_rate", "weight_decay", "clip_norm", "loss_at", "changes",
                   "training_damage")


class Training:
    """Base of what trains update by update and can be saved in between: `Trainer`, `Learner`.

    Attributes
    ----------
    experiment : Experiment or Study
    network : Network
    optimizer : Optimizer
    losses, gradient_norms : lists, one entry per update done
    scores : list, how well each update's batch was answered before it, see `tasks.score`; a `Learner` keeps none

    Examples
    --------
    >>> isinstance(Trainer(Experiment()), Training)
    True
    """

    experiment: Any
    network: Network
    optimizer: Optimizer

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.gradient_norms: list[float] = []
        self.scores: list[float] = []

    def update(self) -> Progress:
        """One update. If it would leave the numbers, `InvalidInput` says so and all stays as it was."""
        raise NotImplementedError

    def state_dict(self) -> Arrays:
        """All that another one of the same experiment needs to go on to the same bits: arrays by name."""
        return {"losses": np.array(self.losses), "gradient_norms": np.array(self.gradient_norms),
                "scores": np.array(self.scores),
                **{f"parameters.{name}": value.copy() for name, value in self.network.parameters.items()},
                **{f"optimizer.{name}": value for name, value in self.optimizer.state_dict().items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; if it does not fit, nothing changes."""
        given = dict(mapping("state", state))
        parts: dict[str, Arrays] = {"parameters": {}, "optimizer": {}}
        for name, value in given.items():
            part, _, rest = str(name).partition(".")
            if part in parts and rest:
                parts[part][rest] = value
            elif name not in ("losses", "gradient_norms", "scores"):
                raise InvalidInput(str(name), "unknown", f"{shown(name)} is no part of a saved training; give what "
                                   "state_dict() returned.", got=shown(name))
        shapes = {name: value.shape for name, value in self.network.parameters.items()}
        if set(parts["parameters"]) != set(shapes):
            raise InvalidInput("state", "missing", f"state holds the parameters {', '.join(parts['parameters']) or 'none'}; "
                               f"this network has {', '.join(shapes)}.")
        parameters = {name: array(name, parts["parameters"][name], shape) for name, shape in shapes.items()}
        done = np.size(given.get("losses"))
        if "losses" not in given or "gradient_norms" not in given:
            raise InvalidInput("losses", "missing", "state has no losses or no gradient_norms; give what state_dict() "
                               "returned.")
        losses, norms = (array(name, given[name], (done,)).tolist() for name in ("losses", "gradient_norms"))
        scores = given.get("scores", [])                # a file of an earlier version has none
        scores = array("scores", scores, (done if np.size(scores) else 0,)).tolist()
        steps = array("steps", parts["optimizer"].get("steps"), ()).item()
        if steps != done:
            raise InvalidInput("losses", "shape", f"state has losses of {done} updates, its optimizer made {steps:g}; give "
                               "what state_dict() returned.", got=str(done), wanted=f"{steps:g}")
        self.optimizer.load_state_dict(parts["optimizer"], parameters)
        self.network.parameters, self.losses, self.gradient_norms, self.scores = parameters, losses, norms, scores


class Trainer(Training):
    """Trains the network of an experiment, ignoring its `updates`: the caller decides how far to go.

    Update k draws its batch from a generator of its own, seeded with (seed, k): update k is the same whether the run
    came there at once, was interrupted, or was walked one by one.

    Attributes
    ----------
    losses, gradient_norms, scores : lists, one entry per update done
    moments : Moments, what is kept of the way

    Examples
    --------
    >>> trainer = Trainer(Experiment())
    >>> progress = trainer.update()
    >>> progress.update, len(trainer.losses), trainer.network.parameters["weight_hh"].shape
    (1, 1, (12, 3))
    """

    def __init__(self, experiment: Experiment):
        super().__init__()
        self.experiment = e = instance("experiment", experiment, Experiment)
        self.network = Network(e.input_size, e.hidden_size, rng=e.seed, initializer=e.initializer, scale=e.scale,
                               forget_bias=e.forget_bias)
        self.optimizer = OPTIMIZERS[e.optimizer](e.learning_rate, e.weight_decay)
        if e.training_damage:                           # what the damage adds is there from the start, at 0
            self.network.parameters = with_extras(self.network.parameters, e.damage)
        self.moments = Moments()
        self._keep()

    def update(self) -> Progress:
        """One update. If it would leave the numbers, `InvalidInput` says so and all stays as it was."""
        e, k = self.experiment, len(self.losses) + 1
        now = e.settings(k)
        if k - 1 in e.changes:
            self._set_optimizer(now)
        gradients = None
        try:
            x, target = batch(e, k)
            network = self.network_in(k)
            run = network.forward(x)
            loss, dy = squared_error(run.y, target, e.loss_at)
            _, gradients = network.backward(run, dy)
            zero = {name: np.zeros_like(value) for name, value in self.network.parameters.items() if name not in gradients}
            gradients |= zero                           # of parameters that the damage will add
            clipped, norm = clip_norm({name: gradients[name] for name in self.network.parameters}, now["clip_norm"])
            moved = self.optimizer.step(self.network.parameters, clipped)
        except InvalidInput as error:
            raise diverged(k, error, now["learning_rate"], self.network.parameters, gradients) from error
        self.network.parameters = moved
        self.losses.append(float(loss))
        self.gradient_norms.append(norm)
        self.scores.append(tasks.score(e.task, run.y, target))
        self._keep()
        return Progress(k, float(loss), norm)

    def network_in(self, update: int) -> Network:
        """The network as update number `update` computes with it: damaged, if the training is by then."""
        suffered = self.experiment.training_damage
        return DamagedNetwork(self.network, suffered[0]) if suffered and update > suffered[1] else self.network

    def parameters_after(self, updates: int) -> Arrays:
        """The parameters after so many updates, training on where that many have not been done."""
        updates = integer("updates", updates, 0, MOST_UPDATES)
        while len(self.losses) < updates:
            self.update()
        kept = self.moments.latest(updates)
        if kept is None or kept.update < updates:       # not kept, and the same when done again
            return self.branch(updates=updates).parameters_after(updates)
        return kept.parameters

    def branch(self, experiment: Experiment | None = None, updates: int = MOST_UPDATES) -> "Trainer":
        """Another trainer, at the latest kept moment of this one that it shares, not after `updates`.

        Without an experiment it is one of the same, from which the moments between two kept ones follow again. An
        experiment that differs only in later `changes`, or in a damage that begins later, goes on from where the two part;
        another one starts at 0.
        """
        other = Trainer(self.experiment if experiment is None else experiment)
        kept = self.moments.latest(min(updates, len(self.losses), shared_updates(self.experiment, other.experiment)))
        if kept is None or kept.update == 0:
            return other
        k = kept.update
        other.losses, other.gradient_norms, other.scores = self.losses[:k], self.gradient_norms[:k], self.scores[:k]
        other.network.parameters = kept.parameters
        other.optimizer.load_state_dict(kept.optimizer, kept.parameters)
        other.moments = self.moments.up_to(k)
        other._set_optimizer(other.experiment.settings(k))
        return other

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; if it does not fit, nothing changes. Earlier moments are not kept."""
        super().load_state_dict(state)
        self.moments = Moments()
        self._set_optimizer(self.experiment.settings(len(self.losses)))
        self._keep()

    def _set_optimizer(self, settings: Mapping[str, Any]) -> None:
        self.optimizer.learning_rate, self.optimizer.weight_decay = settings["learning_rate"], settings["weight_decay"]

    def _keep(self) -> None:
        self.moments.keep(len(self.losses), {name: value.copy() for name, value in self.network.parameters.items()},
                          self.optimizer.state_dict())


def shared_updates(one: Experiment, other: Experiment) -> int:
    """How many updates two experiments have in common: 0 if they start differently, and without end if nothing differs."""
    if any(getattr(one, name) != getattr(other, name) for name in TRAINING_FIELDS if name not in ("changes", "training_damage")):
        return 0
    differing = [k for k in {*one.changes, *other.changes} if one.changes.get(k) != other.changes.get(k)]
    if one.training_damage != other.training_damage:
        damaged = [e for e in (one, other) if e.training_damage]
        if any(extra_shapes(e.damage, e.hidden_size) for e in damaged):
            return 0                                    # one has parameters that the other lacks
        differing += [e.damage_from for e in damaged]
    return min(differing, default=MOST_UPDATES)


def diverged(update: int, error: InvalidInput, learning_rate: float, parameters: Arrays, gradients: Arrays | None
             ) -> InvalidInput:
    """The refusal of an update that leaves the numbers: at which update, why, and where the numbers are largest."""
    what, tensors = ("gradient of ", {name: gradients[name] for name in PARAMETERS}) if gradients else ("", parameters)
    norms = {name: _norm(value) for name, value in tensors.items()}
    tensor = max(norms, key=norms.__getitem__)
    remedy = f"{learning_rate / 10:g}"
    return InvalidInput("learning_rate", "diverged", f"Training left the numbers at update {update} ({error}) The largest "
                        f"tensor was the {what}{tensor} with norm {norms[tensor]:.3g}. The learning rate is "
                        f"{learning_rate:g}; try {remedy}.", got=f"{learning_rate:g}", update=update, remedy=remedy,
                        tensor=tensor, norm=f"{norms[tensor]:.3g}")


def _norm(values: np.ndarray) -> float:
    """The Euclidean norm, also where squares would overflow."""
    largest = float(np.abs(values).max())
    with np.errstate(over="ignore", under="ignore"):
        return largest * float(np.linalg.norm(values / largest)) if largest > 0 else 0.0


class Trouble(NamedTuple):
    """A loss that stays high: by what factor, since which update, and where the numbers are largest."""

    factor: float
    update: int
    gradient_norm: float
    tensor: str
    norm: float

    def __str__(self) -> str:
        return (f"The loss is {self.factor:.3g} times what it began with and first doubled at update {self.update}, where the "
                f"gradient's norm was {self.gradient_norm:.3g}; the largest tensor is {self.tensor} with norm {self.norm:.3g}. "
                "Lower the learning rate.")


def trouble(training: Training) -> Trouble | None:
    """What is wrong with a training that goes on without getting anywhere; its text is a sentence. None if nothing is.

    Numbers need not leave the floats for a training to diverge: with a learning rate far too large the loss stays finite,
    and high.

    Examples
    --------
    >>> trainer = Trainer(Experiment(updates=30))
    >>> for _ in train(trainer):
    ...     pass
    >>> trouble(trainer) is None
    True
    """
    losses = instance("training", training, Training).losses
    if len(losses) < 20:
        return None
    start, recent = losses[0], float(np.mean(losses[-5:]))  # the first loss is that of weights not yet moved
    if recent <= 2 * start:
        return None
    update = int(np.argmax(np.array(losses) > 2 * start)) + 1
    norms = {name: _norm(value) for name, value in training.network.parameters.items()}
    tensor = max(norms, key=norms.__getitem__)
    return Trouble(recent / max(start, 1e-300), update, training.gradient_norms[update - 1], tensor, norms[tensor])


def train(experiment: Experiment | Training) -> Iterator[Progress]:
    """Do the experiment's updates one by one, yielding after each.

    Given a `Trainer` or `Learner`, fresh or loaded with `load_training`, go on with it to the updates its experiment asks
    for. Whoever stops asking stops the training between two updates, where it can be saved.

    Examples
    --------
    >>> losses = [progress.loss for progress in train(Experiment(updates=100))]
    >>> losses[-1] < losses[0] / 2
    True
    >>> trainer = Trainer(Experiment(updates=100))
    >>> for progress in train(trainer):
    ...     if progress.update == 40:                                         # whoever stops asking stops the training
    ...         break
    >>> len(trainer.losses), trainer.losses == losses[:40]
    (40, True)
    >>> for progress in train(trainer):                                       # and may go on, to the same bits
    ...     pass
    >>> trainer.losses == losses
    True
    """
    training = experiment if isinstance(experiment, Training) else Trainer(experiment)
    while len(training.losses) < training.experiment.updates:
        yield training.update()


def sequence(experiment: Experiment) -> tasks.Batch:
    """The sequence an experiment traces: x (T, 1, I) and target (T, 1, 1)."""
    e = experiment
    x, target = _own(e) if e.task == OWN else tasks.draw(e.task, np.random.default_rng(e.sequence_seed), e.steps, 1, e.input_size)
    return damaged_inputs(e.damage, x, [e.sequence_seed]), target


def batch(experiment: Experiment, update: int) -> tasks.Batch:
    """The sequences update number `update` learns from."""
    e = experiment
    if e.task == OWN:
        x, target = _own(e)
    else:
        size = e.settings(update)["batch_size"]
        x, target = tasks.draw(e.task, np.random.default_rng([e.seed, update]), e.length, size, e.input_size)
    suffered = e.training_damage
    return damaged_inputs(suffered[0], x, [e.seed, update]) if suffered and update > suffered[1] else x, target


def _own(e: Experiment) -> tasks.Batch:
    """The sequence that an experiment brings itself."""
    rows = np.array(e.values)
    target = rows[1:, 0] if e.targets is None else np.array(e.targets)
    return rows[:e.length, np.newaxis, :], target[:, np.newaxis, np.newaxis]
