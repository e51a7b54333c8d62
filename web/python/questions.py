"""Questions that take long, answered in parts.

An answer is a generator: of parts, which are headers or (header, numbers), and of None wherever its work may be cut.
"""

from time import perf_counter


class Questions:
    """The questions that are being answered. `known` has the function of each by name."""

    def __init__(self, known):
        self.known = known
        self.work = {}

    def ask(self, number, what, *arguments):
        """Begin to answer question number `number`."""
        self.work[number] = self.known[what](*arguments)
        return {}, None

    def drop(self, number):
        """Nobody waits for this answer any more."""
        self.work.pop(number, None)
        return {}, None

    def go_on(self, number, milliseconds):
        """The next part of an answer, {"part": ..., "done": False}, or nothing new after about so long; at the end "done"."""
        until = perf_counter() + milliseconds / 1000
        for part in self.work.get(number, ()):
            if part is not None:
                header, numbers = part if isinstance(part, tuple) else (part, None)
                return {"part": header, "done": False}, numbers
            if perf_counter() > until:
                return {"done": False}, None
        self.work.pop(number, None)
        return {"done": True}, None
