"""Training: one update at a time, so that whoever trains can look, draw or stop in between."""

from __future__ import annotations

from typing import Iterator, NamedTuple

import numpy as np

from . import tasks
from .experiment import OWN, Experiment
from .losses import squared_error
from .network import PARAMETERS, Network
from .optimizers import OPTIMIZERS, Arrays, clip_norm
from .validation import MOST_UPDATES, InvalidInput, instance, integer


class Progress(NamedTuple):
    """One update: its number from 1, the batch's loss before it, and the gradient's norm before clipping."""

    update: int
    loss: float
    gradient_norm: float


# The fields of an experiment that decide what an update does; all others may change without training anew.
TRAINING_FIELDS = ("task", "values", "targets", "length", "input_size", "hidden_size", "seed", "initializer", "scale",
                   "forget_bias", "batch_size", "optimizer", "learning_rate", "weight_decay", "clip_norm", "loss_at")

# A training of 200 updates keeps 200 networks; those of 512 units would fill 1.7 GB.
KEPT_BYTES = 256 * 2**20


class Trainer:
    """Trains the network of an experiment, ignoring its `updates`: the caller decides how far to go.

    Update k draws its batch from a generator of its own, seeded with (seed, k): update k is the same whether the run
    came there at once, was interrupted, or was walked one by one.

    Attributes
    ----------
    losses, gradient_norms : lists, one entry per update done
    history : dict; history[k] holds the parameters after k updates, for the latest k that fit in `KEPT_BYTES`
    """

    def __init__(self, experiment: Experiment):
        self.experiment = e = instance("experiment", experiment, Experiment)
        self.network = Network(e.input_size, e.hidden_size, rng=e.seed, initializer=e.initializer, scale=e.scale,
                               forget_bias=e.forget_bias)
        self.optimizer = OPTIMIZERS[e.optimizer](e.learning_rate, e.weight_decay)
        self.losses: list[float] = []
        self.gradient_norms: list[float] = []
        self.history: dict[int, Arrays] = {0: self.network.parameters}

    def update(self) -> Progress:
        """One update. If it would leave the numbers, `InvalidInput` says so and all stays as it was."""
        e, k = self.experiment, len(self.losses) + 1
        try:
            x, target = batch(e, k)
            run = self.network.forward(x)
            loss, dy = squared_error(run.y, target, e.loss_at)
            _, gradients = self.network.backward(run, dy)
            clipped, norm = clip_norm({name: gradients[name] for name in PARAMETERS}, e.clip_norm)
            moved = self.optimizer.step(self.network.parameters, clipped)
        except InvalidInput as error:
            raise InvalidInput("learning_rate", "diverged", f"Training left the numbers at update {k} ({error}) "
                               f"The learning rate is {e.learning_rate:g}; try {e.learning_rate / 10:g}.",
                               got=f"{e.learning_rate:g}", update=k, remedy=f"{e.learning_rate / 10:g}") from error
        self.network.parameters = moved
        self.losses.append(float(loss))
        self.gradient_norms.append(norm)
        self.history[k] = moved
        if len(self.history) * sum(value.nbytes for value in moved.values()) > KEPT_BYTES and len(self.history) > 1:
            del self.history[min(self.history)]
        return Progress(k, float(loss), norm)

    def parameters_after(self, updates: int) -> Arrays:
        """The parameters after so many updates, training on where that many have not been done."""
        updates = integer("updates", updates, 0, MOST_UPDATES)
        while len(self.losses) < updates:
            self.update()
        if updates not in self.history:                 # too long ago to be kept, and the same when done again
            return Trainer(self.experiment).parameters_after(updates)
        return self.history[updates]


def train(experiment: Experiment) -> Iterator[Progress]:
    """Do the experiment's updates one by one, yielding after each."""
    trainer = Trainer(experiment)
    for _ in range(experiment.updates):
        yield trainer.update()


def sequence(experiment: Experiment) -> tasks.Batch:
    """The sequence an experiment traces: x (T, 1, I) and target (T, 1, 1)."""
    e = experiment
    if e.task != OWN:
        return tasks.draw(e.task, np.random.default_rng(e.sequence_seed), e.length, 1, e.input_size)
    rows = np.array(e.values)
    target = rows[1:, 0] if e.targets is None else np.array(e.targets)
    return rows[:e.length, np.newaxis, :], target[:, np.newaxis, np.newaxis]


def batch(experiment: Experiment, update: int) -> tasks.Batch:
    """The sequences update number `update` learns from."""
    e = experiment
    if e.task == OWN:
        return sequence(e)
    return tasks.draw(e.task, np.random.default_rng([e.seed, update]), e.length, e.batch_size, e.input_size)
