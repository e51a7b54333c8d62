"""Work that is done in pieces, for whoever has something else to do in between.

It is a generator: it gives control back between two pieces, and returns what the work was for. `yield from` puts one into
another, `whole` does all of one at once. The order of the sums is the same either way.
"""

from __future__ import annotations

from typing import Generator, TypeVar

Result = TypeVar("Result")
Pieces = Generator[None, None, Result]

# A piece is about so many multiplications: some milliseconds in WebAssembly, and one piece is all of a small network's update.
PIECE = 2**23


def whole(pieces: Pieces[Result]) -> Result:
    """What the work returns, done without a pause.

    Examples
    --------
    >>> def work():
    ...     yield
    ...     return 42
    >>> whole(work())
    42
    """
    while True:
        try:
            next(pieces)
        except StopIteration as ended:
            return ended.value


def at_once(work: int) -> int:
    """How many things that take so many multiplications each are one piece; at least one."""
    return max(1, PIECE // max(1, work))
