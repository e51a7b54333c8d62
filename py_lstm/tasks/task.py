"""What a task is: how its sequences are drawn, how answers are scored, and what was asked of it.

A score means little by itself, so each task also says what a network scores that knows nothing, and what it scores when
it counts as having learnt.
"""

from __future__ import annotations

import math
from typing import Any, Callable, NamedTuple

import numpy as np

from ..losses import log_softmax

Draw = Callable[[np.random.Generator, int, int], "Sequences"]
Score = Callable[[np.ndarray, "Sequences"], tuple[float, int]]

LONGEST = 10_000                                        # steps of a sequence


class Sequences(NamedTuple):
    """A batch of sequences to learn from, the shorter ones padded with zeros that nothing counts.

    Attributes
    ----------
    x : (T, N, I)
    target : (T, N, O) numbers, or (T, N) class numbers from 0
    mask : (T, N) of bool, the steps whose answer is learnt
    judged : (T, N) of bool, the steps whose answer is scored
    legal : (T, N, O) of bool, the symbols that may come next in a grammar, or None

    Examples
    --------
    >>> from py_lstm import TASKS
    >>> drawn = TASKS["reber"].draw(np.random.default_rng(0), 1, 4)           # four strings, the shorter ones padded
    >>> drawn.x.shape[1:], drawn.legal.shape == drawn.x.shape
    ((4, 7), True)
    >>> [int(steps) for steps in drawn.mask.sum(axis=0)]
    [15, 8, 8, 8]
    """

    x: np.ndarray
    target: np.ndarray
    mask: np.ndarray
    judged: np.ndarray
    legal: np.ndarray | None = None

    def steps(self, start: int, stop: int) -> "Sequences":
        """The steps from start (from 0) to before stop."""
        return Sequences(*(None if part is None else part[start:stop] for part in self))

    def first(self, steps: int) -> "Sequences":
        """The first so many steps. Where none of them asks for an answer, every one does."""
        cut = self.steps(0, steps)
        return cut if cut.mask.any() else cut._replace(mask=np.ones_like(cut.mask))


class Text(NamedTuple):
    """A text to learn: its characters in order of their code points, and the text as their numbers."""

    characters: str
    numbers: np.ndarray

    @property
    def learnt(self) -> np.ndarray:
        """The part that is trained on; the last tenth is held out."""
        return self.numbers[:len(self.numbers) - self._kept_back]

    @property
    def held_out(self) -> np.ndarray:
        return self.numbers[len(self.numbers) - self._kept_back:]

    @property
    def _kept_back(self) -> int:
        return max(2, round(0.1 * len(self.numbers)))        # one to read and one to foretell


class Task(NamedTuple):
    """A task.

    Attributes
    ----------
    name, about : str, one word and one sentence
    group : "simple" (one output at every step), "published", "text", or "own" (what a person gives)
    inputs, outputs : names of the channels or symbols
    loss : a name in `losses.LOSSES`
    draw : function (rng, length, batch) -> Sequences
    score : function (y, sequences) -> (sum, count); the score of many batches is the ratio of the sums
    metric : str, what the score is
    goal : float, the score at which the task counts as learnt, lower_is_better or not; None where nobody can say
    published : str, the criterion of the paper
    clueless : function of the length: the score of a network that knows nothing but the best constant answer
    settings : dict, fields of an `Experiment` that learn it
    shortest, longest : the lengths it can have
    symbols : whether each step brings one of `inputs`, one-hot, and not a number in each
    traced : as `draw`, for the one sequence that an experiment looks at; None means `draw`
    text : the text that is learnt, or None

    Examples
    --------
    >>> from py_lstm import TASKS
    >>> task = TASKS["adding_2015"]
    >>> task.metric, task.lower_is_better, round(task.clueless(50), 3)        # always saying 1 leaves 1/6
    ('mean squared error', True, 0.167)
    >>> task.reached(0.0005)
    True
    >>> "".join(TASKS["reber"].inputs)
    'BTPSXVE'
    """

    name: str
    about: str
    group: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    loss: str
    draw: Draw
    score: Score
    metric: str
    goal: float | None
    lower_is_better: bool
    published: str
    clueless: Callable[[int], float]
    settings: dict[str, Any]
    shortest: int = 1
    longest: int = LONGEST
    symbols: bool = False
    traced: Draw | None = None
    text: Text | None = None

    def __reduce_ex__(self, protocol):
        """Pickled by its name: the functions in it can be in no file."""
        return (_named, (self.name,)) if self is _named(self.name) else tuple.__reduce_ex__(self, protocol)

    def reached(self, score: float) -> bool:
        """Whether a score is as good as the goal."""
        if self.goal is None:
            return False
        return score <= self.goal if self.lower_is_better else score >= self.goal

    def sequences(self, rng: np.random.Generator, length: int, batch: int, input_size: int | None = None) -> Sequences:
        """A batch on exactly `input_size` inputs.

        With fewer than the task's own they are multiplied into one; inputs beyond them carry random signs that mean
        nothing, which the network has to learn to ignore.
        """
        return _fitted(self.draw(rng, length, batch), rng, len(self.inputs), input_size)

    def example(self, rng: np.random.Generator, length: int, input_size: int | None = None) -> Sequences:
        """The one sequence that is traced, as it is: without padding. For a text it comes from the part held out."""
        return self.unseen(rng, length, 1, input_size)

    def unseen(self, rng: np.random.Generator, length: int, batch: int, input_size: int | None = None) -> Sequences:
        """As `sequences`, from what is not learnt: for a text, pieces of the part held out."""
        return _fitted((self.traced or self.draw)(rng, length, batch), rng, len(self.inputs), input_size)

    def classes(self) -> bool:
        """Whether an answer is one of `outputs`, and the network's outputs are the logits of their probabilities."""
        return self.loss == "cross_entropy"


def _fitted(drawn: Sequences, rng: np.random.Generator, own: int, wanted: int | None) -> Sequences:
    x = drawn.x
    if wanted is None or wanted == own:
        return drawn
    if wanted < own:
        return drawn._replace(x=x.prod(axis=-1, keepdims=True))
    return drawn._replace(x=np.concatenate([x, signs(rng, x.shape[:2] + (wanted - own,))], axis=-1))


# What tasks draw with -----------------------------------------------------------------------------------------------

def signs(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers -1 and 1, each as likely."""
    return rng.integers(0, 2, shape) * 2.0 - 1.0


def padded(rows: list[np.ndarray]) -> np.ndarray:
    """Arrays (T_n, ...) as one (T, N, ...), zeros behind the shorter ones."""
    whole = np.zeros((max(map(len, rows)), len(rows), *rows[0].shape[1:]), rows[0].dtype)
    for n, row in enumerate(rows):
        whole[:len(row), n] = row
    return whole


def at_the_end(lengths: np.ndarray) -> np.ndarray:
    """(T, N), True at each sequence's last step."""
    return np.arange(lengths.max())[:, np.newaxis] == lengths - 1


# Scores -------------------------------------------------------------------------------------------------------------

def signs_right(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    """Answers whose sign is that of the target."""
    return float(np.sum((np.sign(y) == np.sign(s.target))[s.judged])), int(s.judged.sum())


def within(limit: float) -> Score:
    """Sequences whose one answer is off by less than `limit` in every output; classes are compared as probabilities."""
    def score(y: np.ndarray, s: Sequences) -> tuple[float, int]:
        if s.target.ndim == 2:
            error = np.exp(log_softmax(y)) - (s.target[..., np.newaxis] == np.arange(y.shape[-1]))
        else:
            error = y - s.target
        return float(np.sum(np.abs(error).max(axis=-1)[s.judged] < limit)), int(s.judged.sum())
    return score


def mean_squared(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    """Squared errors of the answers."""
    with np.errstate(over="ignore"):
        return float(np.sum((y - s.target)[s.judged] ** 2)), int(s.judged.sum())


def classes_right(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    """Answers whose most probable class is the right one."""
    return float(np.sum((y.argmax(axis=-1) == s.target)[s.judged])), int(s.judged.sum())


def bits(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    """What the right classes cost in bits."""
    log_p = np.take_along_axis(log_softmax(y), s.target[..., np.newaxis].astype(int), axis=-1)[..., 0]
    return float(-log_p[s.judged].sum() / math.log(2)), int(s.judged.sum())


# Those whose sum is a number of right answers: "19 of 24" can be said.
COUNTING = (signs_right, classes_right)


def _named(name: str) -> Task | None:
    from . import TASKS                                 # which is made of tasks
    return TASKS.get(name)
