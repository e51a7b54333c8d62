"""What a damage does: to the score, to how far memory holds, and to the direction in which a training goes."""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, NamedTuple

import numpy as np

from ..experiment import Experiment
from ..network import Network
from ..objective import Objective
from ..parameters import Arrays
from ..pieces import Pieces, at_once, whole
from ..tasks import OWN, Sequences
from ..tasks.texts import windows
from ..training import HELD_OUT, Trainer, loss_of, score_of
from .inputs import damaged_inputs
from .cell import damaged
from .rules import of_kind, steps as steps_with

# Of those that memory is measured on, how many times as long as the trained ones, and the longest.
TIMES_AS_LONG, LONGEST = 4, 200
# Sequences that are too few to say anything of all.
FEW = 10
# Where each length needs sequences of its own, how many lengths, and the trained one.
LENGTHS = 8


class Subject(NamedTuple):
    """What is measured: from sequences x (T, N, I) to outputs (T, N, O), and the damage its inputs suffer."""

    answer: Callable[[np.ndarray], np.ndarray]
    damage: Mapping[str, float] = {}


class Score(NamedTuple):
    """loss : the task's. score : its metric, see `training.score_of`. sequences : how many were measured."""

    loss: float
    score: float
    sequences: int


class Memory(NamedTuple):
    """The task's metric over time, from 1 on; NaN where there is none.

    over : "step", at each step by itself; "delay", the same where the step is the time since what is to be remembered;
        "string" and "own", the same of strings, and of a sequence, that have no length but their own; "length", on sequences of that length, where the
        answer is asked for at the end
    """

    over: str
    score: np.ndarray


def undamaged(experiment: Experiment) -> Experiment:
    """The experiment with no damage at all, that of its training too."""
    longest = min(experiment.output_step, experiment.length)
    kept = {name: value for name, value in experiment.edits.items() if not name.startswith("x[") or _step(name) < experiment.length}
    return experiment.replace(damage={}, damage_from=None, output_step=longest, edits=kept)


def _step(place: str) -> int:
    return int(place[2:].split(",")[0])


def subject(experiment: Experiment, trainer: Trainer | None = None) -> Subject:
    """The network that an experiment leads to, with its edits and its damage. For `trainer` see `Objective`."""
    objective = Objective(experiment, trainer)
    network = objective.network(objective.values)
    return Subject(lambda x: network.forward(x).y, of_kind(experiment.damage, "input"))


def score(experiment: Experiment, measured: Subject, count: int | None = 256) -> Score:
    """The score on `count` held-out sequences as long as the one that is traced; an own sequence is its only one.

    For a text they are pieces of the part held out; None is all of that part, as one sequence.
    """
    return whole(score_in_pieces(experiment, measured, count))


def score_in_pieces(experiment: Experiment, measured: Subject, count: int | None = 256) -> Pieces[Score]:
    """As `score`, for whoever has something else to do meanwhile: a generator that returns it, and pauses before that."""
    e = experiment
    if e.task == OWN:
        drawn = e.example()
    else:
        if count is None and e.about.text is not None:
            drawn = windows(e.about.text, e.about.text.held_out[:, np.newaxis])
        else:
            drawn = e.about.unseen(np.random.default_rng([0, HELD_OUT]), steps_with(e.damage, e.length), count or 256, e.input_size)
        drawn = drawn._replace(x=damaged_inputs(measured.damage, drawn.x, [0, HELD_OUT]))
    y = yield from _answers(e, measured, drawn.x)
    every = e.replace(loss_at="every")
    return Score(float(loss_of(every, y, drawn)[0]), score_of(e, y, drawn), drawn.x.shape[1])


def memory(experiment: Experiment, measured: Subject, count: int = 256) -> Memory:
    """The score step by step, on held-out sequences several times as long as the trained ones; or length by length up to that.

    The latch's have one mark, at the first step, so that the step is the time for which a sign has to be held; with
    `recall` it is so by itself. An own sequence has no held-out ones.
    """
    return whole(memory_in_pieces(experiment, measured, count))


def memory_in_pieces(experiment: Experiment, measured: Subject, count: int = 256) -> Pieces[Memory]:
    """As `memory`, in the manner of `score_in_pieces`."""
    e = experiment
    if e.task == OWN:
        drawn = e.example()
    else:
        steps = min(max(e.length, min(LONGEST, TIMES_AS_LONG * e.length)), e.about.longest)
        drawn = e.about.unseen(np.random.default_rng([1, HELD_OUT]), steps, count, e.input_size)
        if not drawn.judged[:len(drawn.judged) // 2].any():
            return (yield from _memory_by_length(e, measured, steps, count))
        if _marks_once(e):
            drawn.x[..., 1] = np.arange(steps)[:, np.newaxis] == 0
            target = np.broadcast_to(drawn.x[:1, :, :1], drawn.target.shape)
            drawn = drawn._replace(target=target, judged=target[..., 0] != 0)
        drawn = drawn._replace(x=damaged_inputs(measured.damage, drawn.x, [1, HELD_OUT]))
    y = yield from _answers(e, measured, drawn.x)
    by_step = np.array([_score_at(e, y, drawn, t) for t in range(len(drawn.x))])
    ends = np.flatnonzero(np.isfinite(by_step))[-1:] + 1
    over = "own" if e.task == OWN else "string" if e.task == "reber" else "delay" if e.task == "recall" or _marks_once(e) else "step"
    return Memory(over, by_step[:int(ends[0])] if len(ends) else by_step)


def _marks_once(e: Experiment) -> bool:
    return e.task == "latch" and e.input_size >= 2


def _score_at(e: Experiment, y: np.ndarray, drawn: Sequences, t: int) -> float:
    """The score of step t of the sequences whose answer is scored there; of fewer than `FEW` of them there is none."""
    asked = drawn.judged[t]
    if asked.sum() < min(FEW, len(asked)):
        return np.nan
    return score_of(e, y[t:t + 1, asked], Sequences(*(None if part is None else part[t:t + 1, asked] for part in drawn)))


def _memory_by_length(e: Experiment, measured: Subject, longest: int, count: int) -> Pieces[Memory]:
    """Where the answer is asked for at the end, the score on sequences of several lengths; NaN at those in between."""
    by_length = np.full(longest, np.nan)
    for length in sorted({*np.linspace(e.about.shortest, longest, LENGTHS).round().astype(int).tolist(), e.length}):
        drawn = e.about.unseen(np.random.default_rng([1, HELD_OUT]), length, count, e.input_size)
        y = yield from _answers(e, measured, damaged_inputs(measured.damage, drawn.x, [1, HELD_OUT]))
        by_length[length - 1] = score_of(e, y, drawn)
    return Memory("length", by_length)


def _answers(experiment: Experiment, measured: Subject, x: np.ndarray) -> Pieces[np.ndarray]:
    """The outputs for sequences x (T, N, I), a few sequences after the other."""
    H, (T, N, I) = experiment.hidden_size, x.shape
    at_a_time = 2 * at_once(T * 4 * H * (H + I))        # a pass forward is the smaller part of a lesson
    parts = []
    for start in range(0, N, at_a_time):
        parts.append(measured.answer(x[:, start:start + at_a_time]))
        yield
    return np.concatenate(parts, axis=1)


def direction(experiment: Experiment, trainer: Trainer, most: int = 60) -> Iterator[tuple[int, float]]:
    """The cosine between the damaged gradient and the derivative, over a training that is done.

    Yields (update, cosine) for at most `most` updates whose starting point the trainer keeps, evenly spread; each on the
    batch of that update. Before the damage begins the cosine is 1.
    """
    return (found for found in direction_in_pieces(experiment, trainer, most) if found is not None)


def direction_in_pieces(experiment: Experiment, trainer: Trainer, most: int = 60) -> Iterator[tuple[int, float] | None]:
    """As `direction`, with None between two pieces."""
    kept = [k for k in trainer.moments.updates() if k < len(trainer.losses)]
    for k in [kept[j] for j in np.linspace(0, len(kept) - 1, min(most, len(kept))).round().astype(int)]:
        sequences = experiment.batch(k + 1)
        parameters = trainer.moments.latest(k).parameters
        damage = experiment.training_damage[0] if experiment.training_damage and k >= experiment.damage_from else {}
        right = yield from _gradient(parameters, of_kind(damage, "gate"), sequences, experiment)
        used = yield from _gradient(parameters, of_kind(damage, "gate", "gradient"), sequences, experiment)
        yield k + 1, cosine(used, right)
        yield None


def cosine(one: Arrays, other: Arrays) -> float:
    """The cosine of the angle between two gradients, all tensors as one vector; 1 where one of them is 0."""
    a, b = (np.concatenate([tensors[name].ravel() for name in sorted(one)]) for tensors in (one, other))
    sizes = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / sizes) if sizes > 0 else 1.0


def _gradient(parameters: Arrays, damage: Mapping[str, float], sequences: Sequences, experiment: Experiment) -> Pieces[Arrays]:
    network = damaged(Network.of(parameters, architecture=experiment.architecture), damage)
    lesson = yield from network.lesson_in_pieces(sequences.x, lambda y: loss_of(experiment, y, sequences))
    return lesson.gradients
