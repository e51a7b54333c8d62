"""The trainings behind the page.

They are kept, so that one more update costs one update; they branch, so that a change in the middle costs what comes after
it; and they work in slices, so that the worker can look for newer messages in between.
"""

import json
from collections import OrderedDict, deque
from time import perf_counter
from typing import NamedTuple

from py_lstm import Experiment, InvalidInput, Trainer
from py_lstm.training import TRAINING_FIELDS, shared_updates
from py_lstm.validation import choice, number, shown

MOST_RUNS = 12
MOST_BESIDE = 8
RATE_SECONDS = 1.5                      # updates per second are counted over so long
RECENT = 10                             # a loss or score counts as reached when the mean of so many updates has reached it
STOPS = ("loss", "score", "updates", "seconds")


class Stop(NamedTuple):
    """When to stop before the last update that is asked for.

    kind : "loss" or "score", the mean of the last ten updates; "updates", how many were made; "seconds", the time
        spent training
    rises : for "score", whether more is better
    """

    kind: str
    value: float
    rises: bool

    @classmethod
    def of(cls, given, rises):
        if given is None:
            return None
        return cls(choice("stop", given.get("kind"), STOPS), number("stop", given.get("value"), 0, 1e9), rises)

    def reached(self, run):
        """What was reached, or None."""
        if self.kind == "seconds":
            return run.seconds if run.seconds >= self.value else None
        if self.kind == "updates":
            return run.done if run.done >= self.value else None
        series = (run.trainer.losses if self.kind == "loss" else run.trainer.scores)[-RECENT:]
        mean = sum(series) / len(series)
        good = mean >= self.value if self.kind == "score" and self.rises else mean <= self.value
        return mean if good and len(series) == RECENT else None


class Run:
    """A trainer and the seconds it has spent. `ended` is why it cannot go on, if it cannot."""

    def __init__(self, trainer, seconds=0.0):
        self.trainer = trainer
        self.seconds = seconds
        self.ended = None

    @property
    def done(self):
        return len(self.trainer.losses)

    def toward(self, updates, until, stop=None):
        """Train towards so many updates until the clock says `until`. Returns what made `stop` stop it, if it did."""
        now = perf_counter()
        while self.done < updates:                      # at least one piece, however late it is
            progress = self.trainer.piece()
            before, now = now, perf_counter()
            self.seconds += now - before
            reached = stop.reached(self) if stop and progress else None
            if reached is not None or now >= until:
                return reached
        return None


class Runs:
    """Every run that was worked at lately, and which one is looked at."""

    def __init__(self):
        self.kept = OrderedDict()
        self.again = None               # between two kept moments of a run: that way gone again
        self.beside = []
        self.pace = deque()

    def of(self, experiment):
        """The run of an experiment: one that trains it already, one that branches off a run alike so far, or a new one."""
        key = _key(experiment)
        if key not in self.kept:
            alike = max(self.kept.values(), default=None,
                        key=lambda run: min(run.done, shared_updates(run.trainer.experiment, experiment)))
            if alike is not None and shared_updates(alike.trainer.experiment, experiment) > 0:
                trainer = alike.trainer.branch(experiment)
                self.kept[key] = Run(trainer, alike.seconds * len(trainer.losses) / max(1, alike.done))
            else:
                self.kept[key] = Run(Trainer(experiment))
        self.kept.move_to_end(key)
        while len(self.kept) > MOST_RUNS:
            self.kept.popitem(last=False)
        return self.kept[key]

    def standing(self, experiment):
        """A run of the experiment that has come to its `updates` or has yet to come there: the run itself, or its way again."""
        run, updates = self.of(experiment), experiment.updates
        kept = run.trainer.moments.latest(updates)
        if updates > run.done or (kept is not None and kept.update == updates):
            return run
        again = self.again
        if (again is None or again.trainer.experiment != run.trainer.experiment or again.trainer.moments.latest(updates) is None
                or (again.done >= updates and again.trainer.moments.latest(updates).update != updates)):
            self.again = Run(run.trainer.branch(updates=updates))
        elif kept is not None and again.done < kept.update:
            self.again = Run(run.trainer.branch(updates=updates))
        return self.again

    def cut(self, experiment):
        """Forget what came after the experiment's `updates`: its run goes on from there."""
        run = self.of(experiment)
        if run.done > experiment.updates:
            trainer = run.trainer.branch(updates=experiment.updates)
            self.kept[_key(experiment)] = Run(trainer, run.seconds * len(trainer.losses) / run.done)

    def cut_all(self, experiment):
        """The same, and of what is trained beside it as far as it is: not of a run that is kept to be compared with, nor of another cell."""
        self.cut(experiment)
        for one in self.beside:
            if one.cell == experiment.cell and one.updates == 0:
                self.cut(one.replace(updates=experiment.updates))

    def forget(self, spared=None):
        """Forget every run but one, or the one whose way again it is."""
        key = spared and _key(spared.trainer.experiment)
        self.kept = OrderedDict((one, run) for one, run in self.kept.items() if one == key)
        self.again = None

    def adopt(self, trainer, seconds):
        """Take in a trainer that comes from somewhere else, in the place of one that is here."""
        self.kept[_key(trainer.experiment)] = Run(trainer, seconds)

    def behind(self, updates):
        """What of the runs beside has not come to so many updates, or to its own if they are more, and can."""
        found = [(self.of(one), max(updates, one.updates)) for one in self.beside]
        return [(run, most) for run, most in found if run.done < most and run.ended is None]

    def accompany(self, updates, until, owed=False):
        """Train what is behind, one after the other, as long as there is time; whether all of it has come so far.

        owed: one piece of an update is due, whatever the time.
        """
        for run, most in self.behind(updates):
            if perf_counter() >= until and not owed:
                return False
            owed = False
            try:
                run.toward(most, until)
            except InvalidInput as error:               # its curve ends here; that is no reason to end the first one
                run.ended = str(error)
        return not self.behind(updates)

    def rate(self, done, start=False):
        """Updates per second over the last while; None before there is anything to count."""
        now = perf_counter()
        if start:
            self.pace.clear()
        self.pace.append((now, done))
        while now - self.pace[0][0] > RATE_SECONDS and len(self.pace) > 2:
            self.pace.popleft()
        (since, first) = self.pace[0]
        return (done - first) / (now - since) if done > first and now > since else None


def _key(experiment):
    return json.dumps([getattr(experiment, name) for name in TRAINING_FIELDS])


def beside(experiments, read, cell):
    """What to train beside a run of this cell, each experiment read by `read`; of another cell without what is the first one's own."""
    if not isinstance(experiments, list):
        raise InvalidInput("beside", "type", "The runs beside the first one are no list; give one.", got=shown(experiments))
    if len(experiments) > MOST_BESIDE:
        raise InvalidInput("beside", "range", f"At most {MOST_BESIDE} runs fit beside the first one.", got=str(len(experiments)),
                           high=MOST_BESIDE)
    others = []
    for given in experiments:
        other = given.get("cell", cell) if isinstance(given, dict) else cell
        same = read(given | {"cell": cell} if isinstance(given, dict) else given)
        others.append(same if other == cell else same.baseline(other))
    return others
