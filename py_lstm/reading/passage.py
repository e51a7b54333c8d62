"""A network reads a passage, a piece at a time, so that whoever asks can do something else in between."""

from __future__ import annotations

from typing import Iterator, NamedTuple

import numpy as np

from ..losses import log_softmax
from ..network import Network
from ..sampling import inside
from ..tasks import Text

PIECE = 40
LONGEST, SHORTEST = 1000, 400                           # characters of a passage


class Read(NamedTuple):
    """Some characters read: the states behind each, and what is foretold there of the next one.

    Attributes
    ----------
    h, c : (T, H)
    guess : (T,) of int, the number of the most probable next character; p_guess : (T,), its probability
    p_next : (T,), the probability of the one that came; not a number behind the last
    """

    h: np.ndarray
    c: np.ndarray
    guess: np.ndarray
    p_guess: np.ndarray
    p_next: np.ndarray


def passage(text: Text) -> tuple[int, int]:
    """Where a passage to look at begins, and from where on it is held out, as places in the text.

    It is of the part held out; where that is too short to see anything, it begins before.

    Examples
    --------
    >>> from py_lstm import TASKS
    >>> text = TASKS["text_en"].text
    >>> begin, held_out = passage(text)
    >>> begin == held_out == len(text.learnt)
    True
    """
    whole, held_out = len(text.numbers), len(text.learnt)
    return max(0, min(held_out, whole - SHORTEST)), held_out


def read(network: Network, numbers: np.ndarray) -> Iterator[Read]:
    """What the network does with characters (T,), in pieces; it begins from its own initial states.

    Examples
    --------
    >>> from py_lstm import Experiment, Trainer
    >>> network = Trainer(Experiment("text_en")).network
    >>> pieces = list(read(network, np.arange(50)))
    >>> [piece.h.shape for piece in pieces]
    [(40, 64), (10, 64)]
    """
    states = network.states
    for start in range(0, len(numbers), PIECE):
        done = network.forward_from(numbers[start:start + PIECE, np.newaxis], states)
        states = network.states_after(done)
        with np.errstate(over="ignore", under="ignore"):
            share = np.exp(log_softmax(done.y[:, 0]))
        guess, following = share.argmax(axis=1), numbers[start + 1:start + 1 + PIECE]
        p_next = np.full(len(share), np.nan)
        p_next[:len(following)] = share[np.arange(len(following)), following]
        yield Read(*inside(done), guess, share.max(axis=1), p_next)


def joined(pieces: list[Read]) -> Read:
    """Pieces in their order as one."""
    return Read(*(np.concatenate(parts) for parts in zip(*pieces)))
