"""Sequences to learn. Every task draws from a generator that the caller owns; see `Task`.

`TASKS` has all of them by name but those that need something given: one's own numbers and one's own text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable, Iterator

from .grammars import GRAMMARS
from .long_lags import LONG_LAGS
from .own import OWN, OWN_SETTINGS, OWN_TEXT, own_fields, own_numbers, own_size, own_text
from .simple import SIMPLE
from .task import Sequences, Task, Text
from .texts import TEXTS, learnable

__all__ = ["OWN", "OWN_SETTINGS", "OWN_TEXT", "Sequences", "TASKS", "Task", "Text", "learnable", "own_fields", "own_numbers",
           "own_size", "own_text"]


class _Tasks(Mapping):
    """Tasks by name, each made when it is first asked for, since some read a text for it.

    Examples
    --------
    >>> [name for name, task in TASKS.items() if task.group == "simple"]
    ['latch', 'recall', 'parity', 'adding', 'wave']
    >>> TASKS["copy"].about
    '5 symbols of 4, a pause: repeat them.'
    """

    def __init__(self, makers: dict[str, Callable[[], Task]]):
        self._makers = makers
        self._made: dict[str, Task] = {}

    def __getitem__(self, name: str) -> Task:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


TASKS: Mapping[str, Task] = _Tasks(SIMPLE | GRAMMARS | LONG_LAGS | TEXTS)
