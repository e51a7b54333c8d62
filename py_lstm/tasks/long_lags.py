"""Tasks whose answer lies far from what it depends on: adding, temporal order, copying."""

from __future__ import annotations

from typing import Any

import numpy as np

from .task import Draw, Sequences, Task, at_the_end, classes_right, mean_squared, padded, within

ORDER = "abcdXYEB"


def adding_1997(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Numbers U(-1, 1), two of them marked: at the end give 0.5 + (their sum) / 4 (Hochreiter & Schmidhuber 1997).

    Lengths go from T to 1.1 T; one of the first ten is marked, and another before T/2 - 1. The marker is -1 at both
    ends; where the first number would be the marked one, 0 takes its place in the sum.
    """
    lengths = rng.integers(length, length + length // 10 + 1, batch)
    x, answers = [], np.empty(batch)
    for n, T in enumerate(lengths):
        value, mark = rng.uniform(-1, 1, T), np.zeros(T)
        first = int(rng.integers(min(10, T // 2 - 1)))
        second = int(rng.choice([k for k in range(max(T // 2 - 1, 2)) if k != first]))
        answers[n] = 0.5 + sum(value[k] for k in (first, second) if k > 0) / 4
        mark[[first, second]] = 1
        mark[[0, -1]] = -1
        x.append(np.stack([value, mark], axis=1))
    mask = at_the_end(lengths)
    return Sequences(padded(x), (mask * answers)[..., np.newaxis], mask, mask)


def adding_2015(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Numbers U(0, 1), one marked in each half: at the end give their sum (Le et al. 2015)."""
    value, mark = rng.random((length, batch)), np.zeros((length, batch))
    half, columns = length // 2, np.arange(batch)
    mark[rng.integers(0, half, batch), columns] = mark[rng.integers(half, length, batch), columns] = 1
    last = at_the_end(np.full(batch, length))
    return Sequences(np.stack([value, mark], axis=-1), (last * (value * mark).sum(axis=0))[..., np.newaxis], last, last)


def _temporal_order(windows: tuple[tuple[float, float], ...]) -> Draw:
    """Tasks 6a and 6b of 1997: X or Y at random places, one in each window (in parts of the length)."""
    def temporal_order(rng: np.random.Generator, length: int, batch: int) -> Sequences:
        lengths = rng.integers(length, length + length // 10 + 1, batch)
        x, classes = [], np.zeros(batch, int)
        for n, T in enumerate(lengths):
            symbols = rng.integers(0, 4, T)
            symbols[0], symbols[-1] = ORDER.index("E"), ORDER.index("B")
            for low, high in windows:
                bit = rng.integers(2)
                symbols[rng.integers(round(low * length), round(high * length) + 1)] = ORDER.index("X") + bit
                classes[n] = 2 * classes[n] + bit
            x.append(np.eye(len(ORDER))[symbols])
        mask = at_the_end(lengths)
        return Sequences(padded(x), mask * classes, mask, mask)
    return temporal_order


def _copy(count: int, kinds: int) -> Draw:
    """`count` symbols of `kinds`, length - 1 blanks, a delimiter, `count` blanks: give blanks, then the symbols."""
    def copy(rng: np.random.Generator, length: int, batch: int) -> Sequences:
        symbols = rng.integers(1, kinds + 1, (count, batch))
        shown = np.zeros((length + 2 * count, batch), int)
        target = shown.copy()
        shown[:count], target[-count:] = symbols, symbols
        shown[-count - 1] = kinds + 1                   # the delimiter: from the next step on, repeat
        everywhere, judged = np.ones(shown.shape, bool), np.zeros(shown.shape, bool)
        judged[-count:] = True
        return Sequences(np.eye(kinds + 2)[shown], target, everywhere, judged)
    return copy


# 0.9 (the first number is not the marked one) and 0.1 (it is) of what lies within 0.04 of 0.5.
_ADDING_BY_CHANCE = 0.9 * 0.1536 + 0.1 * 0.16


def _order(name: str, about: str, places: int, windows: tuple[tuple[float, float], ...], updates: int) -> Task:
    classes: list[str] = [""]
    for _ in range(places):
        classes = [before + letter for before in classes for letter in "XY"]
    return Task(name, about, "published", tuple(ORDER), tuple(classes), "cross_entropy", _temporal_order(windows), within(0.3),
                "share of sequences right within 0.3", 0.999, False,
                "every output within 0.3 of its target; stopped at 2000 sequences in a row right (Hochreiter & Schmidhuber 1997)",
                lambda length: 1 / 2 ** places,
                dict(length=100, hidden_size=16, learning_rate=0.01, forget_bias=5.0, input_bias=-1.0, updates=updates), shortest=10 * (places - 1),
                symbols=True)


def _copying(name: str, count: int, kinds: int, settings: dict[str, Any]) -> Task:
    letters = tuple("ABCDEFGH"[:kinds])
    return Task(name, f"{count} symbols of {kinds}, a pause: repeat them.", "published", ("blank", *letters, "delimiter"),
                ("blank", *letters), "cross_entropy", _copy(count, kinds), classes_right, "share of symbols recalled", 0.99, False,
                f"a cross-entropy below that without memory, {count} ln {kinds} / (T + {2 * count}) (Arjovsky et al. 2016); here "
                "recall of 0.99", lambda length: 1 / kinds, dict(length=10, learning_rate=0.01) | settings, symbols=True)


LONG_LAGS = {
    "adding_1997": lambda: Task(
        "adding_1997", "Two marked numbers from -1 to 1: give 0.5 + their sum / 4 at the end.", "published", ("value", "marker"),
        ("y",), "squared_error", adding_1997, within(0.04), "share of sequences off by less than 0.04", 0.999, False,
        "2000 sequences in a row off by less than 0.04, mean error below 0.01 (Hochreiter & Schmidhuber 1997)",
        lambda length: _ADDING_BY_CHANCE, dict(length=50, hidden_size=8, learning_rate=0.01, forget_bias=3.0, updates=3800), shortest=10),
    "adding_2015": lambda: Task(
        "adding_2015", "Two marked numbers from 0 to 1, one in each half: give their sum at the end.", "published",
        ("value", "mark"), ("y",), "squared_error", adding_2015, mean_squared, "mean squared error", 0.001, True,
        "clearly below the 0.167 of always answering 1 (Le et al. 2015); here 0.001", lambda length: 1 / 6,
        dict(length=50, hidden_size=16, learning_rate=0.01, updates=1300), shortest=2),
    "temporal_order": lambda: _order(
        "temporal_order", "X or Y at two places in noise: say in which order they came (task 6a).", 2, ((0.1, 0.2), (0.5, 0.6)), 1000),
    "temporal_order_3": lambda: _order(
        "temporal_order_3", "X or Y at three places in noise: say in which order they came (task 6b).", 3,
        ((0.1, 0.2), (0.33, 0.43), (0.66, 0.76)), 3000),
    "copy": lambda: _copying("copy", 5, 4, dict(hidden_size=32, updates=9000)),
    "copy_2016": lambda: _copying("copy_2016", 10, 8, dict(hidden_size=64, updates=20000)),
}
