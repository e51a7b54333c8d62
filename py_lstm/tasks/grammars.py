"""Tasks made of symbols that follow rules: Reber's grammar, and brackets that match."""

from __future__ import annotations

import numpy as np

from .task import Sequences, Task, classes_right, padded

REBER = "BTPSXVE"
# State -> (symbol, next state) of the inner grammar, between its B and its E.
_INNER = ((("T", 1), ("P", 2)), (("S", 1), ("X", 3)), (("T", 2), ("V", 4)), (("X", 2), ("S", 5)), (("P", 3), ("V", 5)))

BRACKETS = "()[]a"
DEEPEST = 4


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


def _next_symbols(strings: list[tuple[str, list[str]]]) -> Sequences:
    """Reber strings as sequences: read a symbol, foretell the next."""
    mask = padded([np.ones(len(legal), bool) for _, legal in strings])
    return Sequences(padded([_one_hot(string[:-1], REBER) for string, _ in strings]),
                     padded([np.array([REBER.index(symbol) for symbol in string[1:]]) for string, _ in strings]),
                     mask, mask, padded([_sets(legal) for _, legal in strings]))


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


def grammar(y: np.ndarray, s: Sequences) -> tuple[float, int]:
    """Sequences in which, at every step, the legal next symbols are the most active outputs (1997)."""
    least = np.where(s.legal, y, np.inf).min(axis=-1)
    most = np.where(s.legal, -np.inf, y).max(axis=-1)
    return float(np.sum(((least > most) | ~s.judged).all(axis=0))), y.shape[1]


GRAMMARS = {
    "reber": lambda: Task(
        "reber", "Strings of the embedded Reber grammar: foretell which symbols may come next.", "published", tuple(REBER),
        tuple(REBER), "cross_entropy", reber, grammar, "share of sequences without an error", 1.0, False,
        "all of 256 training and 256 test strings without an error (Hochreiter & Schmidhuber 1997)", lambda length: 0.0,
        dict(length=1, hidden_size=16, batch_size=1, learning_rate=0.01, updates=3000), symbols=True),
    "continual_reber": lambda: Task(
        "continual_reber", "Reber strings without a gap or a reset: the network has to forget by itself.", "published",
        tuple(REBER), tuple(REBER), "cross_entropy", continual_reber, grammar, "share of sequences without an error", 1.0, False,
        "10 streams of 100,000 symbols without an error (Gers et al. 2000)", lambda length: 0.0,
        dict(length=100, hidden_size=16, batch_size=8, learning_rate=0.01, updates=1500, schedule="cosine", span=1500, factor=0.05), symbols=True),
    "brackets": lambda: Task(
        "brackets", "Round and square brackets, up to four deep: say which one must close next.", "published", tuple(BRACKETS),
        ("nothing", ")", "]"), "cross_entropy", brackets, classes_right, "share of scored steps right", 0.99, False,
        "none; here 0.99", lambda length: 1 / 2, dict(length=30, hidden_size=16, learning_rate=0.01, updates=800), symbols=True),
}
