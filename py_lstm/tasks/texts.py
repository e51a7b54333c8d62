"""Texts to learn, character by character: two that are shipped, and one's own."""

from __future__ import annotations

from functools import lru_cache
from os.path import dirname, join
from typing import Any

import numpy as np

from ..validation import InvalidInput, shown
from .task import LONGEST, Draw, Sequences, Task, Text, bits

LONGEST_PIECE = 1000
# Of an own text: enough to learn from and to hold a tenth out; and what one output per character can bear.
SHORTEST_TEXT, LONGEST_TEXT, MOST_CHARACTERS = 50, 200_000, 500
SETTINGS: dict[str, Any] = dict(length=32, hidden_size=64, batch_size=16, learning_rate=0.003, updates=500)


def read(content: str) -> Text:
    """A text as the numbers of its characters."""
    characters = "".join(sorted(set(content)))
    places = {letter: k for k, letter in enumerate(characters)}
    return Text(characters, np.array([places[letter] for letter in content]))


@lru_cache(maxsize=None)
def text(name: str) -> Text:
    """The text "en", fourteen of Shakespeare's sonnets, or "zh", much of 道德经 in the received reading of Wang Bi (王弼).

    Both are in the public domain, and were compared word by word with two published copies each.
    """
    # What importlib.resources does, without it: the page pays for every module it loads.
    return read(__spec__.loader.get_data(join(dirname(dirname(__file__)), "texts", f"{name}.txt")).decode())


def learnable(content: Any) -> str:
    """`content` if it is a text that can be learnt, its line ends written as one character each."""
    if not isinstance(content, str):
        raise InvalidInput("text", "missing", f"text is {shown(content)}; give the text that is to be learnt.", got=shown(content))
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    if not SHORTEST_TEXT <= len(content) <= LONGEST_TEXT:
        raise InvalidInput("text", "range", f"text has {len(content)} characters; give {SHORTEST_TEXT} to {LONGEST_TEXT} of them.",
                           got=str(len(content)), low=SHORTEST_TEXT, high=LONGEST_TEXT)
    try:
        content.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput("text", "type", f"text has half a character (a lone surrogate) at place {error.start + 1}; take it "
                           "out.", got=str(error.start + 1)) from None
    different = len(set(content))
    if not 2 <= different <= MOST_CHARACTERS:
        raise InvalidInput("text", "shape", f"text has {different} different characters; give a text with 2 to "
                           f"{MOST_CHARACTERS}.", got=str(different), low=2, high=MOST_CHARACTERS)
    return content


def windows(of: Text, numbers: np.ndarray) -> Sequences:
    """Character numbers (T + 1, N) as sequences: read a character, foretell the next."""
    mask = np.ones((len(numbers) - 1, numbers.shape[1]), bool)
    return Sequences(np.eye(len(of.characters))[numbers[:-1]], numbers[1:], mask, mask)


def _pieces(of: Text) -> Draw:
    """Pieces of the part that is learnt, from anywhere."""
    def pieces(rng: np.random.Generator, length: int, batch: int) -> Sequences:
        starts = rng.integers(0, len(of.learnt) - length, batch)
        return windows(of, of.learnt[starts + np.arange(length + 1)[:, np.newaxis]])
    return pieces


def _unseen(of: Text) -> Draw:
    """Pieces of the part that is held out; one that is longer than it begins before it and ends where the text ends."""
    def unseen(rng: np.random.Generator, length: int, batch: int) -> Sequences:
        end = len(of.numbers) - length                  # a piece of length + 1 characters begins before here
        starts = rng.integers(min(len(of.learnt), end - 1), end, batch)
        return windows(of, of.numbers[starts + np.arange(length + 1)[:, np.newaxis]])
    return unseen


def _unigram(of: Text) -> float:
    """Bits per held-out character if characters are guessed by how often they were seen (once more than they were)."""
    counts = np.bincount(of.learnt, minlength=len(of.characters)) + 1
    return float(-np.log2(counts / counts.sum())[of.held_out].mean())


def learning(name: str, of: Text, about: str, goal: float | None, settings: dict[str, Any], group: str = "text") -> Task:
    """The task of foretelling a text's next character."""
    characters = tuple(of.characters)
    published = "none" if goal is None else f"none for this text; here {goal:g}, below what counting characters gives"
    return Task(name, about, group, characters, characters, "cross_entropy", _pieces(of), bits, "bits per held-out character",
                goal, True, published, lambda length: _unigram(of),
                SETTINGS | settings,
                longest=min(LONGEST_PIECE, LONGEST, len(of.learnt) - 1), symbols=True, traced=_unseen(of), text=of)


TEXTS = {
    "text_en": lambda: learning("text_en", text("en"), "Sonnets of Shakespeare: foretell the next character.", 3.3,
                                dict(updates=800)),
    # So few characters, most of them rare, are soon learnt by heart; only decay of the weights keeps it better than counting.
    "text_zh": lambda: learning("text_zh", text("zh"), "Much of 道德经: foretell the next character.", 7.0,
                                dict(weight_decay=0.001)),
}
