"""Moments of a training that are kept, so that one can go back to them: all of late, ever fewer of long ago."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from .parameters import Arrays

# A run of a million updates keeps no more than this; the small networks of the page need a thousandth of it.
KEPT_BYTES = 16 * 2**20
LATELY, LONG_AGO = 32, 192


class Moment(NamedTuple):
    """A training after so many updates: the parameters, and what the optimizer remembered."""

    update: int
    parameters: Arrays
    optimizer: Arrays


class Moments:
    """The kept moments of one run.

    The latest are all there. Of those before, every `stride`-th is; when they become too many, `stride` doubles, so that
    they stay spread over the whole run. What lies between is not lost: it is the same when done again from the last
    moment before it.
    """

    def __init__(self) -> None:
        self.stride = 1
        self._lately: deque[Moment] = deque()
        self._long_ago: dict[int, Moment] = {}

    def keep(self, update: int, parameters: Arrays, optimizer: Arrays) -> None:
        """Keep a moment later than all so far. The arrays are the caller's no longer: they must not be changed."""
        self._lately.append(Moment(update, parameters, optimizer))
        most = max(4, KEPT_BYTES // max(1, sum(value.nbytes for value in (*parameters.values(), *optimizer.values()))))
        if len(self._lately) <= min(LATELY, most // 2):
            return
        moment = self._lately.popleft()
        if moment.update % self.stride == 0:
            self._long_ago[moment.update] = moment
        while len(self._long_ago) > min(LONG_AGO, most // 2):
            self.stride *= 2
            self._long_ago = {update: kept for update, kept in self._long_ago.items() if update % self.stride == 0}

    def latest(self, update: int) -> Moment | None:
        """The latest kept moment that is not after `update`; None if there is none so early."""
        for moment in reversed(self._lately):
            if moment.update <= update:
                return moment
        return max((moment for moment in self._long_ago.values() if moment.update <= update),
                   key=lambda moment: moment.update, default=None)

    def up_to(self, update: int) -> "Moments":
        """The kept moments not after `update`: what a run has in common with one that branches off there."""
        early = Moments()
        early.stride = self.stride
        early._long_ago = {k: moment for k, moment in self._long_ago.items() if k <= update}
        early._lately = deque(moment for moment in self._lately if moment.update <= update)
        return early

    def updates(self) -> list[int]:
        """The numbers of the updates after which a moment is kept, in their order."""
        return [*sorted(self._long_ago), *(moment.update for moment in self._lately)]
