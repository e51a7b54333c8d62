"""What the Break room asks: before and after, which gradients are wrong and from when on, how far memory holds, find the bug.

Each question is a generator of parts, see questions.py. Numbers are py_lstm's.
"""

import numpy as np

from py_lstm import Experiment, InvalidInput
from py_lstm.damage import effect
from py_lstm.damage.checking import blocks_in_pieces
from py_lstm.damage.puzzle import BASE, CHECKED, MOST_STEPS, SUSPECTS, WATCHED, Puzzle
from py_lstm.damage.rules import AT_ODDS, BLOCKS, DAMAGE, KINDS
from py_lstm.experiment import BASELINES
from py_lstm.trace import run_in_pieces

# How many elements of a block are checked; every one of them costs a forward pass.
CHECKED_ELEMENTS = 6
ONSET_ELEMENTS = 3                                      # and over the first steps only


class BreakRoom:
    """What is asked of damaged networks, and the puzzle.

    `trainer_of` gives an experiment's trainer, the same one each time; `pack` a trace as the page reads it, `drawable` what a picture
    needs of any arrays.
    """

    def __init__(self, trainer_of, pack, drawable):
        self.trainer_of, self.pack, self.drawable = trainer_of, pack, drawable
        self.puzzle = None

    def questions(self):
        """What can be asked, by name."""
        return {name: getattr(self, name) for name in ("before", "blocks", "direction", "rivals", "begin_puzzle", "measure", "guess", "fewest")}

    def before(self, experiment):
        """The undamaged network: its trace, and the scores of both on held-out sequences."""
        e = Experiment.from_json(experiment)
        whole = effect.undamaged(e)
        for one in (e, whole):                          # a new Python may still be on its way there
            yield from self._trained(one)
        trace = yield from run_in_pieces(whole, self.trainer_of(whole))
        header, numbers = self.pack(trace)
        yield {"kind": "before", **header}, numbers
        subjects = {"before": (whole, effect.subject(whole, self.trainer_of(whole))), "after": (e, effect.subject(e, self.trainer_of(e)))}
        yield None
        scores = {}
        for name, (one, subject) in subjects.items():
            measured = yield from effect.score_in_pieces(one, subject)
            scores[name] = _finite(measured._asdict())
        about = e.about
        yield {"kind": "score", "share": not about.lower_is_better, "clueless": float(about.clueless(e.steps)), **scores}
        for name, (one, subject) in subjects.items():
            held = yield from effect.memory_in_pieces(one, subject)
            yield {"kind": "memory", "of": name, "over": held.over, "score": _list(held.score),
                   "trained": None if held.over in ("string", "own") else e.length}

    def blocks(self, experiment, zero_states):
        """The gradient check of every block over the whole sequence, then over the first 1, 2, ... steps."""
        e = Experiment.from_json(experiment)
        yield from self._trained(e)
        trainer = self.trainer_of(e)
        for row in blocks_in_pieces(e, zero_states=zero_states, max_elements=CHECKED_ELEMENTS, trainer=trainer):
            yield row and {"kind": "block", "row": row._asdict()}
        for steps in range(1, min(MOST_STEPS, e.steps) + 1):
            right = {}
            for row in blocks_in_pieces(e, steps=steps, zero_states=zero_states, max_elements=ONSET_ELEMENTS, trainer=trainer):
                right |= {row.name: row.right} if row else {}
                yield None
            yield {"kind": "onset", "steps": steps, "right": right}

    def direction(self, experiment):
        """The losses of the damaged training and of the whole one, and the cosine of the damaged gradient to the derivative."""
        e = Experiment.from_json(experiment)
        whole = effect.undamaged(e)
        for one in (e, whole):
            yield from self._trained(one)
        yield {"kind": "losses", "damaged": self.trainer_of(e).losses[:e.updates], "whole": self.trainer_of(whole).losses[:e.updates],
               "from": e.damage_from}
        for found in effect.direction_in_pieces(e, self.trainer_of(e)):
            if found is None:
                yield None
                continue
            update, cosine = found
            if update <= e.updates:
                yield {"kind": "cosine", "update": int(update), "cosine": cosine}

    def rivals(self, experiment):
        """An RNN and a GRU on the same task, trained as the LSTM was: their scores, and what goes on inside them on the same sequence."""
        e = effect.undamaged(Experiment.from_json(experiment))
        yield from self._trained(e)
        for cell in BASELINES:
            other = e.baseline(cell)
            trainer = self.trainer_of(other)
            while len(trainer.losses) < e.updates:
                told = trainer.piece()
                yield None
                if told and told.update % 20 == 0:
                    yield {"kind": "progress", "cell": cell, "done": told.update, "wanted": e.updates}
            subject = effect.subject(other, trainer)
            measured = yield from effect.score_in_pieces(other, subject)
            held = yield from effect.memory_in_pieces(other, subject)
            yield {"kind": "rival", "cell": cell, "size": other.architecture.size, **_finite(measured._asdict()), "memory": _list(held.score)}
            trace = yield from run_in_pieces(other, trainer)
            inside = {*other.architecture.quantities()[0], "y", "target", "p", "mask", "judged", "legal"}
            header, numbers = self.drawable(e, {name: value for name, value in trace.arrays.items() if name in inside})
            yield {"kind": "inside", "cell": cell, **header}, numbers

    def _trained(self, experiment):
        trainer = self.trainer_of(experiment)
        while len(trainer.losses) < experiment.updates:
            trainer.piece()
            yield None

    # Find the bug ---------------------------------------------------------------------------------------------------

    def begin_puzzle(self, seed, path):
        """Train the puzzle's network, whose damage nobody is told, and go the path of measurements again that a link holds."""
        base = self.trainer_of(BASE)
        while len(base.losses) < BASE.updates:
            base.update()
            yield None
            if len(base.losses) % 10 == 0:
                yield {"kind": "progress", "done": len(base.losses), "wanted": BASE.updates}
        before, self.puzzle = self.puzzle, Puzzle(seed, base)
        if before is not None:
            self.puzzle.know(before)
        refused = None
        try:
            for found in self.puzzle.follow(path):
                yield {"kind": "measured", **found}
                yield None
        except InvalidInput as error:                   # the puzzle is there all the same
            refused = {"field": error.field, "code": error.code, "message": str(error), "details": error.details}
        yield {"kind": "puzzle", "refused": refused, **self._standing()}

    def measure(self, measurement):
        found = self._puzzle().measure(measurement)
        yield {"kind": "measured", **found, **self._standing()}

    def guess(self, name):
        verdict = self._puzzle().guess(name)
        yield {"kind": "verdict", "guess": name, "damage": SUSPECTS[name] if verdict.right else None, **verdict._asdict(),
               **self._standing()}

    def fewest(self):
        """After the puzzle is solved, the shortest series of measurements that would have proved it."""
        if not self._puzzle().solved:
            raise InvalidInput("puzzle", "order", "The shortest proof is told when the damage is named.")
        series = None
        for series in self._puzzle().fewest():
            yield None
        yield {"kind": "fewest", "series": [m._asdict() for m in series] if series else None}

    def _puzzle(self):
        if self.puzzle is None:
            raise InvalidInput("puzzle", "order", "There is no puzzle; begin one.")
        return self.puzzle

    def _standing(self):
        p = self.puzzle
        return {"seed": p.seed, "count": len(p.measurements), "wrong": list(p.wrong_guesses), "path": ";".join(p.path), "solved": p.solved, "answer": p.answer}


def schema():
    """The rules and what the puzzle knows, for the page."""
    return {"kinds": KINDS, "blocks": BLOCKS, "odds": AT_ODDS, "mostSteps": MOST_STEPS,
            "rules": {rule.name: {"kind": rule.kind, "switch": rule.switch, "low": rule.low, "high": rule.high, "usual": rule.usual,
                                  "whole": rule.whole, "wrong": list(rule.wrong)} for rule in DAMAGE.values()},
            "suspects": {name: {"rule": next(iter(damage)), "value": next(iter(damage.values()))} for name, damage in SUSPECTS.items()},
            "checked": list(CHECKED), "watched": WATCHED}


def _finite(numbers):
    """JSON has no word for what is no number: then it is None."""
    return {name: value if np.isfinite(value) else None for name, value in numbers.items()}


def _list(values):
    return [float(value) if np.isfinite(value) else None for value in values]
