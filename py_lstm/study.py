"""A `Study` says what to learn and how; a `Learner` does it: trains, scores, can be stopped, saved and resumed."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Mapping

import numpy as np

from .gradient_check import GradientReport, gradient_check
from .initializers import INITIALIZERS
from .losses import LOSSES
from .network import PARAMETERS, Network
from .optimizers import OPTIMIZERS, Arrays, clip_norm, clip_value
from .problems import Problem, Sequences, problem, text, windows
from .schedules import Schedule
from .training import Progress, Training, diverged
from .validation import MOST_UPDATES, InvalidInput, choice, instance, integer, number, parsed, shown

VERSION = 1
WITH_MOMENTUM = ("sgd", "rmsprop")

# What a field is where neither the caller nor the task says.
COMMON: dict[str, Any] = dict(
    length=50, hidden_size=16, seed=1, initializer="uniform", scale=1.0, forget_bias=1.0, input_bias=0.0, updates=1000,
    batch_size=32, optimizer="adam", learning_rate=0.01, momentum=0.0, weight_decay=0.0, clip_norm=1.0, clip_value=0.0,
    schedule="constant", span=1000, factor=0.5, warmup=0)


@dataclass(frozen=True)
class Study:
    """What to learn, and how. A field that is None becomes the task's own setting, one that is known to learn it.

    Attributes
    ----------
    task : a name in `problems.problems()`
    length : time steps, as the task understands it
    hidden_size, seed, initializer, scale, forget_bias : the network before training, see `initializers.initialize`
    input_bias : what the input gate's bias starts with; below 0 the cell is slow to take in what it will not need
    updates, batch_size, optimizer, learning_rate, weight_decay : the training
    momentum : for the optimizers "sgd" and "rmsprop"
    clip_norm, clip_value : limits of the gradient, of all together and then of each number; 0 is none
    schedule, span, factor, warmup : how the learning rate goes, see `Schedule`

    Examples
    --------
    >>> study = Study("reber", updates=3)
    >>> study.hidden_size, Study.from_json(study.to_json()) == study          # the rest is the task's own setting
    (16, True)
    """

    task: str
    length: int | None = None
    hidden_size: int | None = None
    seed: int | None = None
    initializer: str | None = None
    scale: float | None = None
    forget_bias: float | None = None
    input_bias: float | None = None
    updates: int | None = None
    batch_size: int | None = None
    optimizer: str | None = None
    learning_rate: float | None = None
    momentum: float | None = None
    weight_decay: float | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    schedule: str | None = None
    span: int | None = None
    factor: float | None = None
    warmup: int | None = None
    version: int = VERSION

    def __post_init__(self):
        if isinstance(self.version, bool) or not isinstance(self.version, int) or self.version != VERSION:
            raise InvalidInput("version", "range", f"version is {shown(self.version)}; this py_lstm reads version {VERSION}.",
                               got=shown(self.version), low=VERSION, high=VERSION)
        own = COMMON | problem(self.task).settings
        v = {name: own[name] if getattr(self, name) is None else getattr(self, name) for name in COMMON}
        shortest = {"adding_1997": 10, "temporal_order": 10, "temporal_order_3": 20, "adding_2015": 2}.get(self.task, 1)
        longest = min(1000, len(text(self.task[5:]).learnt) - 1) if self.task.startswith("text_") else 10_000
        clean = {
            "length": integer("length", v["length"], shortest, longest),
            "hidden_size": integer("hidden_size", v["hidden_size"], 1, 1024),
            "seed": integer("seed", v["seed"], 0, 2**32 - 1),
            "initializer": choice("initializer", v["initializer"], INITIALIZERS),
            **{name: number(name, v[name], low, high) for name, low, high in (
                ("scale", 0, 100), ("forget_bias", -50, 50), ("input_bias", -50, 50), ("learning_rate", 0, 1000),
                ("momentum", 0, 0.999999), ("weight_decay", 0, 1000), ("clip_norm", 0, 1e9), ("clip_value", 0, 1e9))},
            "updates": integer("updates", v["updates"], 0, MOST_UPDATES),
            "batch_size": integer("batch_size", v["batch_size"], 1, 4096),
            "optimizer": choice("optimizer", v["optimizer"], OPTIMIZERS),
        }
        if clean["momentum"] and clean["optimizer"] not in WITH_MOMENTUM:
            raise InvalidInput("momentum", "choice", f"momentum is {clean['momentum']:g}, which {clean['optimizer']} does not take; "
                               f"give 0, or one of the optimizers {', '.join(WITH_MOMENTUM)}.", got=f"{clean['momentum']:g}")
        schedule = Schedule(v["schedule"], v["span"], v["factor"], v["warmup"])
        clean |= {"schedule": schedule.kind, "span": schedule.span, "factor": schedule.factor, "warmup": schedule.warmup}
        for name, value in clean.items():
            object.__setattr__(self, name, value)

    @property
    def problem(self) -> Problem:
        return problem(self.task)

    def replace(self, **changes: Any) -> "Study":
        """This study with some fields changed; a changed task brings its own settings for all that is not given."""
        before = {} if changes.get("task", self.task) != self.task else self.to_json()
        return Study.from_json({"task": self.task} | before | changes)

    def to_json(self) -> dict[str, Any]:
        """The fields as a dict of plain values, ready for `json.dumps`."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> "Study":
        """A study from a dict or JSON text with its task and any other fields."""
        if isinstance(data, str):
            data = parsed("study", data)
        if not isinstance(data, Mapping):
            raise InvalidInput("study", "type", f"The study is {shown(data)}; give a JSON object with its fields.", got=shown(data))
        known = [f.name for f in dataclasses.fields(cls)]
        for name in data:
            if name not in known:
                raise InvalidInput(str(name), "unknown", f"{shown(name)} is no field of a study; the fields are "
                                   f"{', '.join(known)}.", got=shown(name), choices=known)
        if "task" not in data:
            raise InvalidInput("task", "missing", "The study names no task; give one.")
        return cls(**data)


# The fields that decide what an update does: all but how many there are.
DECIDING = tuple(f.name for f in dataclasses.fields(Study) if f.name != "updates")


class Learner(Training):
    """Trains the network of a study, ignoring its `updates`: the caller decides how far to go.

    Update k draws its batch from a generator seeded with (seed, k), as `Trainer` does: update k is the same whether the
    run came there at once or was stopped, saved and resumed.

    Attributes
    ----------
    experiment : the Study
    network, optimizer, losses, gradient_norms : see `Training`

    Examples
    --------
    >>> learner = Learner(Study("reber", updates=3))
    >>> for progress in train(learner):
    ...     pass
    >>> len(learner.losses), 0 <= learner.evaluate() <= 1
    (3, True)
    """

    def __init__(self, study: Study):
        super().__init__()
        self.experiment = s = instance("study", study, Study)
        self.problem = s.problem
        self.schedule = Schedule(s.schedule, s.span, s.factor, s.warmup)
        self.network = Network(len(self.problem.inputs), s.hidden_size, len(self.problem.outputs), rng=s.seed,
                               initializer=s.initializer, scale=s.scale, forget_bias=s.forget_bias)
        self.network.parameters["bias"][:s.hidden_size] = s.input_bias
        momentum = {"momentum": s.momentum} if s.optimizer in WITH_MOMENTUM else {}
        self.optimizer = OPTIMIZERS[s.optimizer](s.learning_rate, s.weight_decay, **momentum)

    def update(self) -> Progress:
        """One update. If it would leave the numbers, `InvalidInput` says so and all stays as it was."""
        s, k = self.experiment, len(self.losses) + 1
        gradients = None
        self.optimizer.learning_rate = s.learning_rate * self.schedule.at(k)
        try:
            sequences = self.batch(k)
            run = self.network.forward(sequences.x)
            loss, dy = LOSSES[self.problem.loss](run.y, sequences.target, mask=sequences.mask)
            _, gradients = self.network.backward(run, dy)
            clipped, norm = clip_norm({name: gradients[name] for name in PARAMETERS}, s.clip_norm or np.finfo(float).max)
            if s.clip_value:
                clipped = clip_value(clipped, s.clip_value)
            moved = self.optimizer.step(self.network.parameters, clipped)
        except InvalidInput as error:
            raise diverged(k, error, s.learning_rate, self.network.parameters, gradients) from error
        self.network.parameters = moved
        self.losses.append(float(loss))
        self.gradient_norms.append(norm)
        return Progress(k, float(loss), norm)

    def batch(self, update: int) -> Sequences:
        """The sequences that update number `update` learns from."""
        s = self.experiment
        return self.problem.draw(np.random.default_rng([s.seed, update]), s.length, s.batch_size)

    def evaluate(self, count: int = 256, seed: int = 0, length: int | None = None) -> float:
        """The task's score on `count` fresh sequences, which no update has seen; for text, on the whole held-out part.

        `length` is that of the sequences, the study's own if None.
        """
        s, count, seed = self.experiment, integer("count", count, 1, 10**6), integer("seed", seed, 0)
        length = s.length if length is None else s.replace(length=length).length
        if s.task.startswith("text_"):
            read = text(s.task[5:])
            sequences = windows(read, read.held_out[:, np.newaxis])
            total, counted = self.problem.score(self.network.forward(sequences.x).y, sequences)
            return total / counted
        rng = np.random.default_rng([seed, 2**32])          # no seed of a study reaches 2³², so no batch is met again
        total, counted = 0.0, 0
        while count > 0:
            sequences = self.problem.draw(rng, length, min(count, 256))
            count -= 256
            more = self.problem.score(self.network.forward(sequences.x).y, sequences)
            total, counted = total + more[0], counted + more[1]
        return total / max(counted, 1)

    def check(self, *, method: str = "complex", max_elements: int | None = 20) -> GradientReport:
        """Check every parameter's gradient on three short sequences, `max_elements` numbers of each."""
        s = self.experiment
        sequences = self.problem.draw(np.random.default_rng([s.seed, 0]), min(s.length, 20), 3)
        loss = LOSSES[self.problem.loss]
        run = self.network.forward(sequences.x)
        _, dy = loss(run.y, sequences.target, mask=sequences.mask)
        _, gradients = self.network.backward(run, dy)

        def value(parameters: Arrays):
            return loss(Network.of(parameters).forward(sequences.x).y, sequences.target, mask=sequences.mask)[0]

        return gradient_check(value, self.network.parameters, {name: gradients[name] for name in PARAMETERS}, method=method,
                              max_elements=max_elements)
