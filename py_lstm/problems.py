"""Published tasks whose targets are classes, or one number at the end: what `Study` and `Learner` train on.

Each says how its sequences are drawn, how an answer is scored, what was asked of it when it was published, and what a
network scores that knows nothing, since a score means little without that. The five tasks of the page are in `tasks`.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Callable, NamedTuple

import numpy as np

from .losses import log_softmax
from .validation import InvalidInput, shown

Draw = Callable[[np.random.Generator, int, int], "Sequences"]


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
    >>> drawn = problem("reber").draw(np.random.default_rng(0), 0, 4)         # four strings, the shorter ones padded
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


class Problem(NamedTuple):
    """A task.

    Attributes
    ----------
    name, about : str, one word and one sentence
    inputs, outputs : names of the channels or symbols
    loss : a name in `losses.LOSSES`
    draw : function (rng, length, batch) -> Sequences
    score : function (y, sequences) -> (sum, count); the score of many batches is the ratio of the sums
    metric : str, what the score is
    goal : float, the score at which the task counts as learnt, lower_is_better or not
    published : str, the criterion of the paper
    clueless : function of the length: the score of a network that knows nothing but the best constant answer
    settings : dict, fields of a `Study` that learn it

    Examples
    --------
    >>> task = problem("adding_2015")
    >>> task.metric, task.lower_is_better, round(task.clueless(50), 3)        # always saying 1 leaves 1/6
    ('mean squared error', True, 0.167)
    >>> task.reached(0.0005)
    True
    """

    name: str
    about: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    loss: str
    draw: Draw
    score: Callable[[np.ndarray, Sequences], tuple[float, int]]
    metric: str
    goal: float
    lower_is_better: bool
    published: str
    clueless: Callable[[int], float]
    settings: dict[str, Any]

    def reached(self, score: float) -> bool:
        """Whether a score is as good as the goal."""
        return score <= self.goal if self.lower_is_better else score >= self.goal


# Scores -------------------------------------------------------------------------------------------------------------

def _grammar(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    """Sequences in which, at every step, the legal next symbols are the most active outputs (1997)."""
    least = np.where(s.legal, y, np.inf).min(axis=-1)
    most = np.where(s.legal, -np.inf, y).max(axis=-1)
    return float(np.sum(((least > most) | ~s.judged).all(axis=0))), y.shape[1]


def _within(limit: float) -> Callable[[np.ndarray, Sequences], tuple[float, int]]:
    """Sequences whose one answer is off by less than `limit` in every output; classes are compared as probabilities."""
    def score(y: np.ndarray, s: Sequences) -> tuple[float, int]:
        if s.target.ndim == 2:
            error = np.exp(log_softmax(y)) - (s.target[..., np.newaxis] == np.arange(y.shape[-1]))
        else:
            error = y - s.target
        return float(np.sum(np.abs(error).max(axis=-1)[s.judged] < limit)), int(s.judged.sum())
    return score


def _mean_squared(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    return float(np.sum((y - s.target)[s.judged] ** 2)), int(s.judged.sum())


def _classes_right(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    return float(np.sum((y.argmax(axis=-1) == s.target)[s.judged])), int(s.judged.sum())


def _bits(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    log_p = np.take_along_axis(log_softmax(y), s.target[..., np.newaxis].astype(int), axis=-1)[..., 0]
    return float(-log_p[s.judged].sum() / math.log(2)), int(s.judged.sum())


# Reber's grammar ----------------------------------------------------------------------------------------------------

REBER = "BTPSXVE"
# State -> (symbol, next state) of the inner grammar, between its B and its E.
_INNER = ((("T", 1), ("P", 2)), (("S", 1), ("X", 3)), (("T", 2), ("V", 4)), (("X", 2), ("S", 5)), (("P", 3), ("V", 5)))


def reber_string(rng: np.random.Generator) -> tuple[str, list[str]]:
    """A string of the embedded Reber grammar, and for each symbol but the last one the symbols that may follow it.

    B, then T or P, then an inner string B ... E, then the same T or P again, then E: the first choice must be kept in
    mind over the inner string, whose length is random.
    """
    outer = "TP"[rng.integers(2)]
    string, legal, state = "B" + outer + "B", ["TP", "B"], 0
    while state != 5:
        choices = _INNER[state]
        legal.append("".join(symbol for symbol, _ in choices))
        symbol, state = choices[rng.integers(2)]
        string += symbol
    return string + "E" + outer + "E", [*legal, "E", outer, "E"]


def _one_hot(symbols: str, alphabet: str) -> np.ndarray:
    return np.array([[symbol == letter for letter in alphabet] for symbol in symbols], float)


def _sets(legal: list[str]) -> np.ndarray:
    return np.array([[letter in these for letter in REBER] for these in legal], bool)


def _padded(rows: list[np.ndarray]) -> np.ndarray:
    """Arrays (T_n, ...) as one (T, N, ...), zeros behind the shorter ones."""
    whole = np.zeros((max(map(len, rows)), len(rows), *rows[0].shape[1:]), rows[0].dtype)
    for n, row in enumerate(rows):
        whole[:len(row), n] = row
    return whole


def _next_symbols(strings: list[tuple[str, list[str]]]) -> Sequences:
    """Reber strings as sequences: read a symbol, foretell the next."""
    mask = _padded([np.ones(len(legal), bool) for _, legal in strings])
    return Sequences(_padded([_one_hot(string[:-1], REBER) for string, _ in strings]),
                     _padded([np.array([REBER.index(symbol) for symbol in string[1:]]) for string, _ in strings]),
                     mask, mask, _padded([_sets(legal) for _, legal in strings]))


def reber(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Embedded Reber strings, each of its own length; `length` is not used."""
    return _next_symbols([reber_string(rng) for _ in range(batch)])


def continual_reber(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Streams of `length` symbols: string after string, and nothing says where one ends or resets the network."""
    streams = []
    for _ in range(batch):
        string, legal = "", []
        while len(string) < length + 1:
            more, allowed = reber_string(rng)
            string, legal = string + more, legal + allowed + ["B"]          # after the last E a new string begins
        streams.append((string[:length + 1], legal[:length]))
    return _next_symbols(streams)


# Long lags ----------------------------------------------------------------------------------------------------------

def _at_the_end(lengths: np.ndarray) -> np.ndarray:
    """(T, N), True at each sequence's last step."""
    return np.arange(lengths.max())[:, np.newaxis] == lengths - 1


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
    mask = _at_the_end(lengths)
    return Sequences(_padded(x), (mask * answers)[..., np.newaxis], mask, mask)


def adding_2015(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Numbers U(0, 1), one marked in each half: at the end give their sum (Le et al. 2015)."""
    value, mark = rng.random((length, batch)), np.zeros((length, batch))
    half, columns = length // 2, np.arange(batch)
    mark[rng.integers(0, half, batch), columns] = mark[rng.integers(half, length, batch), columns] = 1
    last = _at_the_end(np.full(batch, length))
    return Sequences(np.stack([value, mark], axis=-1), (last * (value * mark).sum(axis=0))[..., np.newaxis], last, last)


ORDER = "abcdXYEB"


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
        mask = _at_the_end(lengths)
        return Sequences(_padded(x), mask * classes, mask, mask)
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


BRACKETS = "()[]a"
DEEPEST = 4


def brackets(rng: np.random.Generator, length: int, batch: int) -> Sequences:
    """Round and square brackets, never more than four deep, and letters: say at every step which one must close next.

    Classes: 0 nothing is open, 1 a round one, 2 a square one. Scored where a bracket has just closed within another, so
    that the answer lies further back than the last symbol.
    """
    symbols, target = np.zeros((length, batch), int), np.zeros((length, batch), int)
    judged = np.zeros((length, batch), bool)
    for n in range(batch):
        stack: list[int] = []
        for t in range(length):
            move = rng.random()
            if move < 0.2 or (move >= 0.6 and not stack):
                symbols[t, n] = 4
            elif move < 0.6 and len(stack) < DEEPEST:
                stack.append(int(rng.integers(2)))
                symbols[t, n] = 2 * stack[-1]
            else:
                symbols[t, n] = 2 * stack.pop() + 1
                judged[t, n] = bool(stack)
            target[t, n] = 1 + stack[-1] if stack else 0
    return Sequences(np.eye(len(BRACKETS))[symbols], target, np.ones((length, batch), bool), judged)


# Text ---------------------------------------------------------------------------------------------------------------

HELD_OUT = 0.1


class Text(NamedTuple):
    """A text to learn: its characters in order of their code points, and the text as their numbers."""

    characters: str
    numbers: np.ndarray

    @property
    def learnt(self) -> np.ndarray:
        """The part that is trained on; the last tenth is held out."""
        return self.numbers[:-round(HELD_OUT * len(self.numbers))]

    @property
    def held_out(self) -> np.ndarray:
        return self.numbers[-round(HELD_OUT * len(self.numbers)):]


@lru_cache(maxsize=None)
def text(name: str) -> Text:
    """The text "en", some of Shakespeare's sonnets, or "zh", much of 道德经. Both are in the public domain."""
    from importlib.resources import files               # here and not above: the page pays for every module it loads
    content = (files("py_lstm") / "texts" / f"{name}.txt").read_text(encoding="utf-8")
    characters = "".join(sorted(set(content)))
    return Text(characters, np.array([characters.index(letter) for letter in content]))


def _pieces(name: str) -> Draw:
    def pieces(rng: np.random.Generator, length: int, batch: int) -> Sequences:
        learnt = text(name).learnt
        starts = rng.integers(0, len(learnt) - length, batch)
        return windows(text(name), learnt[starts + np.arange(length + 1)[:, np.newaxis]])
    return pieces


def windows(of: Text, numbers: np.ndarray) -> Sequences:
    """Character numbers (T + 1, N) as sequences: read a character, foretell the next."""
    mask = np.ones((len(numbers) - 1, numbers.shape[1]), bool)
    return Sequences(np.eye(len(of.characters))[numbers[:-1]], numbers[1:], mask, mask)


@lru_cache(maxsize=None)
def _unigram(name: str) -> float:
    """Bits per held-out character if characters are guessed by how often they were seen (once more than they were)."""
    counts = np.bincount(text(name).learnt, minlength=len(text(name).characters)) + 1
    return float(-np.log2(counts / counts.sum())[text(name).held_out].mean())


def _text_problem(name: str, what: str, goal: float, **settings: Any) -> Problem:
    characters = tuple(text(name).characters)
    return Problem(f"text_{name}", f"{what}: foretell the next character.", characters, characters, "cross_entropy", _pieces(name),
                   _bits, "bits per held-out character", goal, True,
                   f"none for this text; here {goal:g}, below what counting characters gives", lambda length: _unigram(name),
                   dict(length=32, hidden_size=64, batch_size=16, learning_rate=0.003, **settings))


# 0.9 (the first number is not the marked one) and 0.1 (it is) of what lies within 0.04 of 0.5.
_ADDING_BY_CHANCE = 0.9 * 0.1536 + 0.1 * 0.16
_ORDER = "every output within 0.3 of its target; stopped at 2000 sequences in a row right (Hochreiter & Schmidhuber 1997)"
_ORDER_SETTINGS = dict(length=100, hidden_size=16, batch_size=32, learning_rate=0.01, forget_bias=5.0, input_bias=-1.0)


@lru_cache(maxsize=None)
def problems() -> dict[str, Problem]:
    """All of them by name; made when first asked for, since two of them read a text.

    Examples
    --------
    >>> sorted(problems())[:4]
    ['adding_1997', 'adding_2015', 'brackets', 'continual_reber']
    """
    classes2, classes3 = ("XX", "XY", "YX", "YY"), tuple(a + b + c for a in "XY" for b in "XY" for c in "XY")
    adding = dict(hidden_size=16, batch_size=32, learning_rate=0.01)
    share = "share of sequences"
    made = (
        Problem("reber", "Strings of the embedded Reber grammar: foretell which symbols may come next.", tuple(REBER), tuple(REBER),
                "cross_entropy", reber, _grammar, f"{share} without an error", 1.0, False,
                "all of 256 training and 256 test strings without an error (Hochreiter & Schmidhuber 1997)", lambda length: 0.0,
                dict(length=1, hidden_size=16, batch_size=1, learning_rate=0.01, updates=3000)),
        Problem("continual_reber", "Reber strings without a gap or a reset: the network has to forget by itself.", tuple(REBER),
                tuple(REBER), "cross_entropy", continual_reber, _grammar, f"{share} without an error", 1.0, False,
                "10 streams of 100,000 symbols without an error (Gers et al. 2000)", lambda length: 0.0,
                dict(length=100, hidden_size=16, batch_size=8, learning_rate=0.01, updates=1500, schedule="cosine", span=1500,
                     factor=0.05)),
        Problem("adding_1997", "Two marked numbers from -1 to 1: give 0.5 + their sum / 4 at the end.", ("value", "marker"), ("y",),
                "squared_error", adding_1997, _within(0.04), f"{share} off by less than 0.04", 0.999, False,
                "2000 sequences in a row off by less than 0.04, mean error below 0.01 (Hochreiter & Schmidhuber 1997)",
                lambda length: _ADDING_BY_CHANCE, adding | dict(length=50, hidden_size=8, forget_bias=3.0, updates=3800)),
        Problem("adding_2015", "Two marked numbers from 0 to 1, one in each half: give their sum at the end.", ("value", "mark"),
                ("y",), "squared_error", adding_2015, _mean_squared, "mean squared error", 0.001, True,
                "clearly below the 0.167 of always answering 1 (Le et al. 2015); here 0.001", lambda length: 1 / 6,
                adding | dict(length=50, updates=1300)),
        Problem("temporal_order", "X or Y at two places in noise: say in which order they came (task 6a).", tuple(ORDER), classes2,
                "cross_entropy", _temporal_order(((0.1, 0.2), (0.5, 0.6))), _within(0.3), f"{share} right within 0.3", 0.999, False,
                _ORDER, lambda length: 1 / 4, _ORDER_SETTINGS | dict(updates=1000)),
        Problem("temporal_order_3", "X or Y at three places in noise: say in which order they came (task 6b).", tuple(ORDER),
                classes3, "cross_entropy", _temporal_order(((0.1, 0.2), (0.33, 0.43), (0.66, 0.76))), _within(0.3),
                f"{share} right within 0.3", 0.999, False, _ORDER, lambda length: 1 / 8, _ORDER_SETTINGS | dict(updates=3000)),
        _copy_problem("copy", 5, 4, dict(length=10, hidden_size=32, updates=9000)),
        _copy_problem("copy_2016", 10, 8, dict(length=10, hidden_size=64, updates=20000)),
        Problem("brackets", "Round and square brackets, up to four deep: say which one must close next.", tuple(BRACKETS),
                ("nothing", ")", "]"), "cross_entropy", brackets, _classes_right, "share of scored steps right", 0.99, False,
                "none; here 0.99", lambda length: 1 / 2, dict(length=30, hidden_size=16, batch_size=32, learning_rate=0.01, updates=800)),
        _text_problem("en", "Sonnets of Shakespeare", 3.3, updates=800),
        # So few characters, most of them rare, are soon learnt by heart; only decay of the weights keeps it better than counting.
        _text_problem("zh", "Much of 道德经", 7.0, updates=500, weight_decay=0.001),
    )
    return {problem.name: problem for problem in made}


def _copy_problem(name: str, count: int, kinds: int, settings: dict[str, Any]) -> Problem:
    letters = tuple("ABCDEFGH"[:kinds])
    return Problem(name, f"{count} symbols of {kinds}, a pause: repeat them.", ("blank", *letters, "delimiter"), ("blank", *letters),
                   "cross_entropy", _copy(count, kinds), _classes_right, "share of symbols recalled", 0.99, False,
                   f"a cross-entropy below that without memory, {count} ln {kinds} / (T + {2 * count}) (Arjovsky et al. 2016); here "
                   "recall of 0.99", lambda length: 1 / kinds, dict(batch_size=32, learning_rate=0.01) | settings)


def problem(name: Any) -> Problem:
    """The task of that name.

    Examples
    --------
    >>> "".join(problem("reber").inputs)
    'BTPSXVE'
    """
    if not isinstance(name, str) or name not in problems():
        raise InvalidInput("task", "choice", f"task is {shown(name)}; choose one of {', '.join(problems())}.", got=shown(name),
                           choices=list(problems()))
    return problems()[name]
