"""What an object remembers of its last call, for objects that several threads may use.

A call keeps its numbers in variables of its own, so calls from several threads do not disturb each other. What they
leave behind, such as the steps that `backward` needs, is that of the last call only. A thread that was overtaken by
another one must not read the other's numbers as its own: it gets a refusal.
"""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from .validation import InvalidInput

Value = TypeVar("Value")

# Held for a few lines, where one thread decides what the others will find.
TURN = threading.Lock()
REMEDY = "give each thread a copy of its own, copy.deepcopy({})"


class Remembered(Generic[Value]):
    """A value that the last call left behind. Copied or pickled, it is anyone's.

    Parameters
    ----------
    value : what there is before the first call
    owner : the name of the object in sentences, such as "layer"
    """

    def __init__(self, value: Value, owner: str):
        self._owner = owner
        self._held: tuple[Value, object] = value, None      # and a mark of the call
        self._mine = threading.local()                      # the mark of this thread's own last call

    @property
    def value(self) -> Value:
        """The value, whoever left it."""
        return self._held[0]

    def leave(self, value: Value) -> None:
        """Leave the value of a call that this thread made."""
        mark = self._mine.mark = object()
        self._held = value, mark

    def get(self, field: str) -> Value:
        """The value, unless another thread has left its own since this thread's last call."""
        value, mark = self._held
        if getattr(self._mine, "mark", mark) is not mark:
            raise InvalidInput(field, "order", f"{field} would be that of a call which another thread has made since this thread's "
                               f"last one; {REMEDY.format(self._owner)}.")
        return value

    def __reduce__(self):
        return Remembered, (self.value, self._owner)


class Claim:
    """Which thread a sequence of calls belongs to: the one that made the first of them. Copied, it is nobody's yet."""

    def __init__(self, owner: str):
        self._owner = owner
        self._thread: object = None

    def take(self, field: str) -> None:
        """Claim it for this thread; refused if it is another's."""
        here = _this_thread()
        with TURN:
            if self._thread not in (None, here):
                raise InvalidInput(field, "order", f"{field} would go on from what another thread has left; call reset_state() "
                                   f"first, or {REMEDY.format(self._owner)}.")
            self._thread = here

    def release(self) -> None:
        """The next to come may take it."""
        self._thread = None

    def __reduce__(self):
        return Claim, (self._owner,)


_here = threading.local()


def _this_thread() -> object:
    """An object that stands for this thread alone; numbers of threads are used again."""
    if not hasattr(_here, "mark"):
        _here.mark = object()
    return _here.mark
