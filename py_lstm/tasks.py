"""Sequences to learn. Every task draws from a generator that the caller owns.

A task makes a batch: inputs x (T, N, I) and targets (T, N, 1) for every step. It has channels of its own; with fewer
inputs they are multiplied into one, and inputs beyond them carry random signs that mean nothing, which the network has
to learn to ignore.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

import numpy as np

Batch = tuple[np.ndarray, np.ndarray]


class Task(NamedTuple):
    """What to learn: a name, the names of its input channels, and a function (rng, length, batch) -> (x, target).

    `sign` says that targets are signs, so that an answer is right when its sign is.
    """

    name: str
    channels: tuple[str, ...]
    draw: Callable[[np.random.Generator, int, int], Batch]
    sign: bool


def _signs(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.integers(0, 2, shape) * 2.0 - 1.0


def latch(rng: np.random.Generator, length: int, batch: int) -> Batch:
    """A random sign at every step, and now and then (chance 0.15) a write mark: give the sign last written.

    Before the first mark the answer is 0.
    """
    sign = _signs(rng, (length, batch))
    mark = (rng.random((length, batch)) < 0.15) * 1.0
    target = np.zeros((length, batch))
    held = np.zeros(batch)
    for t in range(length):
        held = np.where(mark[t] == 1, sign[t], held)
        target[t] = held
    return np.stack([sign, mark], axis=-1), target[..., np.newaxis]


def recall(rng: np.random.Generator, length: int, batch: int) -> Batch:
    """Random signs: give the first one, at every step ("first bit", a delay as long as the sequence)."""
    sign = _signs(rng, (length, batch))
    return sign[..., np.newaxis], np.broadcast_to(sign[:1], (length, batch))[..., np.newaxis].copy()


def parity(rng: np.random.Generator, length: int, batch: int) -> Batch:
    """Random signs: give the product of all so far. Every input turns the answer or leaves it."""
    sign = _signs(rng, (length, batch))
    return sign[..., np.newaxis], np.cumprod(sign, axis=0)[..., np.newaxis]


def adding(rng: np.random.Generator, length: int, batch: int) -> Batch:
    """Numbers U(0, 1), two of them marked, one in each half: give the sum of the marked ones so far.

    The modern form (Le et al. 2015) of Hochreiter & Schmidhuber's adding problem; a sequence of one step has one mark.
    """
    value = rng.random((length, batch))
    mark = np.zeros((length, batch))
    half = (length + 1) // 2
    columns = np.arange(batch)
    mark[rng.integers(0, half, batch), columns] = 1
    if length > 1:
        mark[rng.integers(half, length, batch), columns] = 1
    return np.stack([value, mark], axis=-1), np.cumsum(value * mark, axis=0)[..., np.newaxis]


def wave(rng: np.random.Generator, length: int, batch: int) -> Batch:
    """A sine wave of random period (6 to 16 steps) and phase: give its next value."""
    period = rng.uniform(6, 16, batch)
    phase = rng.uniform(0, 2 * np.pi, batch)
    t = np.arange(length + 1)[:, np.newaxis]
    value = np.sin(2 * np.pi * t / period + phase)
    return value[:-1, :, np.newaxis], value[1:, :, np.newaxis]


TASKS: dict[str, Task] = {task.name: task for task in (
    Task("latch", ("sign", "mark"), latch, sign=True),
    Task("recall", ("sign",), recall, sign=True),
    Task("parity", ("sign",), parity, sign=True),
    Task("adding", ("value", "mark"), adding, sign=False),
    Task("wave", ("value",), wave, sign=False),
)}


class Note(NamedTuple):
    """How a task's answers are scored over all steps, and what a network scores that only knows the best constant."""

    metric: str
    clueless: float


NOTES: dict[str, Note] = {
    "latch": Note("share of signs right", 1 / 2),
    "recall": Note("share of signs right", 1 / 2),
    "parity": Note("share of signs right", 1 / 2),
    "adding": Note("mean squared error over 24 steps", 0.2114),     # at the last step alone 1/6, as published
    "wave": Note("mean squared error", 1 / 2),
}


def draw(name: str, rng: np.random.Generator, length: int, batch: int, input_size: int) -> Batch:
    """A batch of the named task on exactly `input_size` inputs: x (T, N, I), target (T, N, 1)."""
    task = TASKS[name]
    x, target = task.draw(rng, length, batch)
    own = len(task.channels)
    if input_size < own:
        x = x.prod(axis=-1, keepdims=True)
    elif input_size > own:
        x = np.concatenate([x, _signs(rng, (length, batch, input_size - own))], axis=-1)
    return x, target


def score(name: str, y: np.ndarray, target: np.ndarray) -> float:
    """How well outputs y answer targets of the named task, both (T, N, 1): its metric, over all that has an answer.

    For signs the share that is right (1 if none is asked for), else the mean squared error.
    """
    if name in TASKS and TASKS[name].sign:
        asked = target != 0
        return float(np.mean(np.sign(y[asked]) == target[asked])) if asked.any() else 1.0
    with np.errstate(over="ignore"):
        return float(np.mean((y - target) ** 2))
