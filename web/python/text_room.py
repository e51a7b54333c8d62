"""What the Train room shows of a network that learns a text: how it reads a passage, which units follow something in it, what it
writes by itself. Questions, see questions.py.
"""

from itertools import islice

import numpy as np

from py_lstm import Experiment, Objective
from py_lstm.reading.followers import followers
from py_lstm.reading.passage import LONGEST, joined, passage, read
from py_lstm.reading.traits import traits
from py_lstm.sampling import write
from py_lstm.validation import InvalidInput, integer

SHOWN = 600                             # characters of the passage on the screen; all of it counts for the units
MOST_WRITTEN = 1000
AT_ONCE = 8                             # characters that are written between two messages


class TextRoom:
    """`runs` are the page's trainings; `packed` puts arrays into one buffer."""

    def __init__(self, runs, packed):
        self.runs, self.packed = runs, packed

    def questions(self):
        """What can be asked, by name."""
        return {"read": self.read, "write": self.write}

    def read(self, experiment, moving):
        """A passage as the network of that moment reads it, and the units that follow something in it."""
        e, network = self._network(experiment, moving)
        text = e.about.text
        begin, held_out = passage(text)
        numbers = text.numbers[begin:begin + LONGEST]
        pieces = []
        for piece in read(network, numbers):
            pieces.append(piece)
            yield None
        whole = joined(pieces)
        content = _letters(text, numbers)
        entries, packed = self.packed({name: getattr(whole, name)[:SHOWN] for name in ("h", "c", "p_guess", "p_next")})
        yield {"kind": "passage", "text": content[:SHOWN], "heldFrom": held_out - begin, "updates": e.updates, "arrays": entries,
               "guess": _letters(text, whole.guess[:SHOWN])}, packed
        yield None
        found = followers({"c": whole.c, "h": whole.h}, traits(content))
        yield {"kind": "followers", "count": len(numbers), "found": [one._asdict() for one in found]}

    def write(self, experiment, moving, prompt, length, temperature, seed):
        """What the network of that moment writes, a few characters at a time."""
        e, network = self._network(experiment, moving)
        length = integer("length", length, 0, MOST_WRITTEN)
        writing = write(network, e.about, prompt, length, temperature=temperature, rng=seed)
        while some := list(islice(writing, AT_ONCE)):
            entries, packed = self.packed({name: np.concatenate([getattr(one, name) for one in some]) for name in ("h", "c")})
            numbers = [number for one in some for number in one.numbers]
            yield {"kind": "written", "text": _letters(e.about.text, numbers), "updates": e.updates, "arrays": entries}, packed

    def _network(self, experiment, moving):
        """The experiment and its network; while it is `moving` on, at the update it has come to by now."""
        e = Experiment.from_json(experiment)
        if e.about.text is None:
            raise InvalidInput("task", "choice", f"{e.task} is no text; choose a text to learn.", got=e.task)
        if moving:
            run = self.runs.of(e)
            e = e.replace(updates=run.done)
        else:
            run = self.runs.standing(e)
        objective = Objective(e, run.trainer)
        return e, objective.network(objective.values)


def _letters(text, numbers):
    return "".join(text.characters[number] for number in numbers)
