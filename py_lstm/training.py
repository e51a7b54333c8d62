"""Training: one update at a time, so that whoever trains can look, draw or stop in between."""

from __future__ import annotations

import copy
import threading
from typing import Any, Iterator, Mapping, NamedTuple

import numpy as np

from .clipping import clip_norm, clip_value
from .damage.cell import damaged
from .experiment import Experiment
from .losses import LOSSES, unchecked
from .moments import Moments
from .network import Network
from .optimizers import OPTIMIZERS, WITH_MOMENTUM
from .parameters import Arrays
from .pieces import Pieces, whole
from .schedules import Schedule
from .tasks import Sequences, Task
from .tasks.texts import windows
from .validation import MOST_UPDATES, InvalidInput, array, as_array, instance, integer, mapping, shown


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


# Seeds sequences that no update has seen: no seed of an experiment reaches 2³².
HELD_OUT = 2**32
# The fields of an experiment that decide what an update does; all others may change without training anew.
TRAINING_FIELDS = ("task", "values", "targets", "text", "length", "input_size", "cell", "num_layers", "bidirectional", "hidden_size", "seed", "initializer", "scale",
                   "forget_bias", "input_bias", "batch_size", "optimizer", "learning_rate", "momentum", "weight_decay",
                   "clip_norm", "clip_value", "schedule", "span", "factor", "warmup", "loss_at", "changes",
                   "training_damage")


class Slope(NamedTuple):
    """What an update goes by: its batch's loss and score (see `score_of`), and the gradient of each parameter."""

    loss: float
    score: float
    gradients: Arrays


class Trainer:
    """Trains the network of an experiment, ignoring its `updates`: the caller decides how far to go.

    Update k draws its batch from a generator of its own, seeded with (seed, k): update k is the same whether the run
    came there at once, was interrupted, or was walked one by one. The experiment's `edits` are not part of the training: it
    starts without them, and `Objective` lays them over what it leads to.

    Attributes
    ----------
    experiment : Experiment
    network : Network
    optimizer : Optimizer
    losses, gradient_norms, scores : lists, one entry per update done; a score says how well the update's batch was answered
        before it, by the task's metric
    moments : Moments, what is kept of the way

    Copies, by copy.copy, copy.deepcopy or pickle, share nothing with this trainer and go on to the same bits; one that is
    made in the middle of an update begins that update from its start. Threads may ask for updates at the same time: they are
    made one after the other.

    Examples
    --------
    >>> trainer = Trainer(Experiment())
    >>> progress = trainer.update()
    >>> progress.update, len(trainer.losses), trainer.network.parameters["weight_hh"].shape
    (1, 1, (12, 3))
    >>> while (progress := trainer.piece()) is None:                          # here one may look at something else
    ...     pass
    >>> progress.update
    2
    """

    _under_way: Pieces[Progress] | None = None

    def __init__(self, experiment: Experiment):
        self.experiment = e = instance("experiment", experiment, Experiment)
        momentum = {"momentum": e.momentum} if e.optimizer in WITH_MOMENTUM else {}
        self.optimizer = OPTIMIZERS[e.optimizer](e.learning_rate, e.weight_decay, **momentum)
        self.schedule = Schedule(e.schedule, e.span, e.factor, e.warmup)
        self.losses: list[float] = []
        self.gradient_norms: list[float] = []
        self.scores: list[float] = []
        self._turn = threading.RLock()                  # held for a piece
        self.network = Network(e.input_size, e.hidden_size, e.output_size, cell=e.cell, num_layers=e.num_layers,
                               bidirectional=e.bidirectional, rng=e.seed, initializer=e.initializer, scale=e.scale,
                               forget_bias=e.forget_bias, input_bias=e.input_bias)
        if e.training_damage:                           # what the damage adds is there from the start, at 0
            self.network.parameters = damaged(self.network, e.training_damage[0]).parameters
        self.moments = Moments()
        self._keep()

    def update(self) -> Progress:
        """One update, or the rest of one. If it would leave the numbers, `InvalidInput` says so and all stays as it was."""
        while (done := self.piece()) is None:
            pass
        return done

    def piece(self) -> Progress | None:
        """A piece of an update, for whoever must not be away long. The last one makes it and tells of it; until then nothing changes."""
        with self._turn:
            work, self._under_way = self._under_way or self._update(), None
            try:
                next(work)
            except StopIteration as ended:
                return ended.value
            self._under_way = work
            return None

    def __getstate__(self) -> dict[str, Any]:
        """What a copy goes on from: nothing of an update that is under way, which has changed nothing yet."""
        with self._turn:
            return {name: value for name, value in vars(self).items() if name not in ("_turn", "_under_way")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._turn = threading.RLock()
        vars(self).update(state)

    def __copy__(self) -> Trainer:
        return copy.deepcopy(self)                      # two of them cannot train one network

    def __deepcopy__(self, memo: dict[int, Any]) -> Trainer:
        twin = memo[id(self)] = object.__new__(type(self))
        with self._turn:                                # between two pieces
            twin.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return twin

    def _update(self) -> Pieces[Progress]:
        e, k = self.experiment, len(self.losses) + 1
        now, before = e.settings(k), (self.optimizer.learning_rate, self.optimizer.weight_decay)
        gradients = None
        try:
            loss, score, gradients = yield from self.slope_in_pieces(k)
            self.optimizer.learning_rate = now["learning_rate"] * self.schedule.at(k)
            self.optimizer.weight_decay = now["weight_decay"]
            clipped, norm = clip_norm(gradients, now["clip_norm"] or np.finfo(float).max)
            if e.clip_value:
                clipped = clip_value(clipped, e.clip_value)
            moved = self.optimizer.step(self.parameters, clipped)
        except InvalidInput as error:
            self.optimizer.learning_rate, self.optimizer.weight_decay = before
            raise diverged(k, error, now["learning_rate"], self.parameters, gradients, e.cell) from error
        self.parameters = moved
        self.losses.append(loss)
        self.gradient_norms.append(norm)
        self.scores.append(score)
        self._keep()
        return Progress(k, loss, norm)

    @property
    def parameters(self) -> Arrays:
        """The network's."""
        return self.network.parameters

    @parameters.setter
    def parameters(self, moved: Arrays) -> None:
        self.network.parameters = moved

    def slope(self, update: int, network: Network | None = None) -> Slope:
        """What update number `update` would go by if it began from `network`, by itself the one that is trained."""
        return whole(self.slope_in_pieces(update, network))

    def slope_in_pieces(self, update: int, network: Network | None = None) -> Pieces[Slope]:
        """As `slope`."""
        e, network = self.experiment, self.network_in(update, network)
        sequences = e.batch(update)
        # What damage has added to a letter is no letter any more.
        x = sequences.x if e.training_damage else _read(e.about, sequences)
        y, loss, gradients = yield from network.lesson_in_pieces(x, unchecked(e.about.loss, sequences.target, e.loss_at, sequences.mask))
        # Parameters that the damage will add have no gradient before.
        gradients = {name: gradients[name] if name in gradients else np.zeros_like(value)
                     for name, value in self.network.parameters.items()}
        return Slope(float(loss), score_of(e, y, sequences), gradients)

    def network_in(self, update: int, network: Network | None = None) -> Network:
        """The network as update number `update` computes with it: damaged, if the training is by then."""
        suffered, network = self.experiment.training_damage, network or self.network
        return damaged(network, suffered[0]) if suffered and update > suffered[1] else network

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
        return other

    def standing(self, parameters: Arrays) -> "Trainer":
        """Return another trainer, which begins from these parameters instead of those that are drawn."""
        other, given = Trainer(self.experiment), mapping("parameters", parameters)
        other.network.parameters = {name: array(name, given.get(name), value.shape) for name, value in other.network.parameters.items()}
        other.moments = Moments()
        other._keep()
        return other

    def evaluate(self, count: int = 256, seed: int = 0, length: int | None = None) -> float:
        """The task's score on `count` fresh sequences, which no update has seen; for text, on the whole held-out part.

        The network is the one that is trained; for one with the experiment's edits and damage see `damage.effect.score`.
        `length` is that of the sequences, the experiment's own if None.
        """
        e, count, seed = self.experiment, integer("count", count, 1, 10**6), integer("seed", seed, 0)
        e = e if length is None else e.replace(length=length)
        about = e.about
        if about.text is not None:
            sequences = windows(about.text, about.text.held_out[:, np.newaxis])
            total, counted = about.score(self.network.predict(_read(about, sequences)), sequences)
            return total / counted
        rng = np.random.default_rng([seed, HELD_OUT])
        total, counted = 0.0, 0
        while count > 0:
            sequences = about.sequences(rng, e.length, min(count, 256), e.input_size)
            count -= 256
            more = about.score(self.network.predict(sequences.x), sequences)
            total, counted = total + more[0], counted + more[1]
        return total / max(counted, 1)

    def state_dict(self) -> Arrays:
        """All that another one of the same experiment needs to go on to the same bits: arrays by name."""
        return {"losses": np.array(self.losses), "gradient_norms": np.array(self.gradient_norms),
                "scores": np.array(self.scores),
                **{f"parameters.{name}": value.copy() for name, value in self.network.parameters.items()},
                **{f"optimizer.{name}": value for name, value in self.optimizer.state_dict().items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; if it does not fit, nothing changes. Earlier moments are not kept."""
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
        if "losses" not in given or "gradient_norms" not in given:
            raise InvalidInput("losses", "missing", "state has no losses or no gradient_norms; give what state_dict() "
                               "returned.")
        done = as_array("losses", given["losses"]).size
        losses, norms = (array(name, given[name], (done,)).tolist() for name in ("losses", "gradient_norms"))
        scores = as_array("scores", given.get("scores", []))        # a file of an earlier version has none
        scores = array("scores", scores, (done if scores.size else 0,)).tolist()
        steps = array("steps", parts["optimizer"].get("steps"), ()).item()
        if steps != done:
            raise InvalidInput("losses", "shape", f"state has losses of {done} updates, its optimizer made {steps:g}; give "
                               "what state_dict() returned.", got=str(done), wanted=f"{steps:g}")
        with self._turn:
            self.optimizer.load_state_dict(parts["optimizer"], parameters)
            self.network.parameters, self.losses, self.gradient_norms, self.scores = parameters, losses, norms, scores
            self.moments = Moments()
            self._under_way = None
            self._keep()

    def _keep(self) -> None:
        self.moments.keep(len(self.losses), {name: value.copy() for name, value in self.network.parameters.items()},
                          self.optimizer.state_dict())


def _read(about: Task, sequences: Sequences) -> np.ndarray:
    """The inputs; letters as integers (T, N), for which rows of a weight are picked instead of multiplied with one-hot rows."""
    return sequences.x if about.text is None else sequences.x.argmax(axis=-1)


def shared_updates(one: Experiment, other: Experiment) -> int:
    """How many updates two experiments have in common: 0 if they start differently, and without end if nothing differs."""
    if any(getattr(one, name) != getattr(other, name) for name in TRAINING_FIELDS if name not in ("changes", "training_damage")):
        return 0
    differing = [k for k in {*one.changes, *other.changes} if one.changes.get(k) != other.changes.get(k)]
    if one.training_damage != other.training_damage:
        suffering = [e for e in (one, other) if e.training_damage]
        if any(e.damaged_architecture.parameter_shapes() != e.architecture.parameter_shapes() for e in suffering):
            return 0                                    # one has parameters that the other lacks
        differing += [e.damage_from for e in suffering]
    return min(differing, default=MOST_UPDATES)


def diverged(update: int, error: InvalidInput, learning_rate: float, parameters: Arrays, gradients: Arrays | None, cell: str = "lstm"
             ) -> InvalidInput:
    """The refusal of an update that leaves the numbers: at which update, why, and where the numbers are largest."""
    what, tensors = ("gradient of ", gradients) if gradients else ("", parameters)
    norms = {name: _norm(value) for name, value in tensors.items()}
    tensor = max(norms, key=norms.__getitem__)
    remedy = f"{learning_rate / 10:g}"
    whose = "" if cell == "lstm" else f" of the {cell.upper()}"
    return InvalidInput("learning_rate", "diverged", f"Training{whose} left the numbers at update {update} ({error}) The largest "
                        f"tensor was the {what}{tensor} with norm {norms[tensor]:.3g}. The learning rate is "
                        f"{learning_rate:g}; try {remedy}.", got=f"{learning_rate:g}", update=update, remedy=remedy,
                        tensor=tensor, norm=f"{norms[tensor]:.3g}", of="gradient" if gradients else "weights")


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


def trouble(training: Trainer) -> Trouble | None:
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
    losses = instance("training", training, Trainer).losses
    if len(losses) < 20:
        return None
    start, recent = losses[0], float(np.mean(losses[-5:]))  # the first loss is that of weights not yet moved
    if recent <= 2 * start:
        return None
    update = int(np.argmax(np.array(losses) > 2 * start)) + 1
    norms = {name: _norm(value) for name, value in training.network.parameters.items()}
    tensor = max(norms, key=norms.__getitem__)
    return Trouble(recent / max(start, 1e-300), update, training.gradient_norms[update - 1], tensor, norms[tensor])


def train(experiment: Experiment | Trainer) -> Iterator[Progress]:
    """Do the experiment's updates one by one, yielding after each.

    Given a `Trainer`, fresh or loaded with `load_training`, go on with it to the updates its experiment asks
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
    training = experiment if isinstance(experiment, Trainer) else Trainer(experiment)
    while len(training.losses) < training.experiment.updates:
        yield training.update()


def loss_of(experiment: Experiment, y: np.ndarray, sequences: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """The loss of outputs y (T, N, O) and its derivative for each of them, as the experiment's task and `loss_at` say."""
    e = experiment
    return LOSSES[e.about.loss](y, sequences.target, e.loss_at, sequences.mask)


def score_of(experiment: Experiment, y: np.ndarray, sequences: Sequences) -> float:
    """The task's score of outputs y (T, N, O); where nothing is asked, nothing is wrong."""
    about = experiment.about
    total, counted = about.score(y, sequences)
    return total / counted if counted else float(not about.lower_is_better)
