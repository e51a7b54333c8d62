"""Tasks to look at: few inputs, one output, and an answer at every step that can be judged by eye."""

from __future__ import annotations

import numpy as np

from .task import Sequences, Task, mean_squared, signs, signs_right


def latch(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """A random sign at every step, and now and then (chance 0.15) a write mark: give the sign last written.

    Before the first mark the answer is 0.
    """
    sign = signs(rng, (length, batch))
    mark = (rng.random((length, batch)) < 0.15) * 1.0
    target = np.zeros((length, batch))
    held = np.zeros(batch)
    for t in range(length):
        held = np.where(mark[t] == 1, sign[t], held)
        target[t] = held
    return _judged_by_sign(np.stack([sign, mark], axis=-1), target)


def recall(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Random signs: give the first one, at every step ("first bit", a delay as long as the sequence)."""
    sign = signs(rng, (length, batch))
    return _judged_by_sign(sign[..., np.newaxis], np.broadcast_to(sign[:1], (length, batch)).copy())


def parity(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Random signs: give the product of all so far. Every input turns the answer or leaves it."""
    sign = signs(rng, (length, batch))
    return _judged_by_sign(sign[..., np.newaxis], np.cumprod(sign, axis=0))


def adding(rng: np.random.Generator, length: int, batch: int) -> Sequences:
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
    return _judged_everywhere(np.stack([value, mark], axis=-1), np.cumsum(value * mark, axis=0))


def wave(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """A sine wave of random period (6 to 16 steps) and phase: give its next value."""
    period = rng.uniform(6, 16, batch)
    phase = rng.uniform(0, 2 * np.pi, batch)
    t = np.arange(length + 1)[:, np.newaxis]
    value = np.sin(2 * np.pi * t / period + phase)
    return _judged_everywhere(value[:-1, :, np.newaxis], value[1:])


def _judged_by_sign(x: np.ndarray, target: np.ndarray) -> Sequences:
    """Every step is learnt; those whose answer has a sign are scored."""
    return Sequences(x, target[..., np.newaxis], np.ones(target.shape, bool), target != 0)


def _judged_everywhere(x: np.ndarray, target: np.ndarray) -> Sequences:
    everywhere = np.ones(target.shape, bool)
    return Sequences(x, target[..., np.newaxis], everywhere, everywhere)


def _adding_by_chance(length: int) -> float:
    """The variance of `adding`'s targets over all steps, which the best constant leaves."""
    t, half = np.arange(1, length + 1), (length + 1) // 2
    first = np.minimum(t / half, 1)                     # chance that the first mark has been
    second = np.maximum(t - half, 0) / max(length - half, 1)
    squares = (first + second) / 3 + 2 * first * second / 4
    return float(squares.mean() - ((first + second) / 2).mean() ** 2)


def _signed(name: str, inputs: tuple[str, ...], draw, about: str) -> Task:
    return Task(name, about, "simple", inputs, ("y",), "squared_error", draw, signs_right, "share of signs right", 0.99, False,
                "none; here 0.99", lambda length: 1 / 2, {})


SIMPLE = {
    "latch": lambda: _signed("latch", ("sign", "mark"), latch, "A sign at every step, now and then a mark: give the sign last marked."),
    "recall": lambda: _signed("recall", ("sign",), recall, "A sign at every step: give the very first one, until the end."),
    "parity": lambda: _signed("parity", ("sign",), parity, "A sign at every step: give the product of all so far."),
    "adding": lambda: Task(
        "adding", "A number at every step, two of them marked: give the sum of the marked ones so far.", "simple", ("value", "mark"),
        ("y",), "squared_error", adding, mean_squared, "mean squared error", 0.01, True, "none in this form; here 0.01",
        _adding_by_chance, {}),
    "wave": lambda: Task(
        "wave", "A point of a sine wave at every step: give the next one.", "simple", ("value",), ("y",), "squared_error", wave,
        mean_squared, "mean squared error", 0.01, True, "none; here 0.01", lambda length: 1 / 2, {}),
}
