"""What the reach panel asks: how far the derivative reaches in a plain RNN that was trained as the LSTM was."""

from py_lstm import Experiment
from py_lstm.reach import reach_in
from py_lstm.rival import APPLYING, Rival
from py_lstm.trace import run_in_pieces

# How many updates lie between two words on how far it is.
TOLD_EVERY = 20


class ReachRnn:
    """`trainer_of` gives an experiment's trainer. The RNN trained last is kept: to differentiate something else needs no other."""

    def __init__(self, trainer_of):
        self.trainer_of = trainer_of
        self.of = self.rival = None

    def questions(self):
        return {"reach_rnn": self.reach}

    def reach(self, experiment):
        """{"kind": "progress"} now and then, and in the end {"kind": "reach"}."""
        e = Experiment.from_json(experiment)
        of = {name: getattr(e, name) for name in APPLYING}
        if self.of != of or len(self.rival.losses) > e.updates:
            self.of, self.rival = of, Rival("rnn", e)
        rival = self.rival
        while len(rival.losses) < e.updates:
            told = rival.piece()
            yield None
            if told and told.update % TOLD_EVERY == 0:
                yield {"kind": "progress", "done": told.update, "wanted": e.updates}
        trace = yield from run_in_pieces(e, self.trainer_of(e))
        yield None
        told = {"dh": reach_in(rival, trace), "before": reach_in(Rival("rnn", e), trace)}      # trained, and as it began
        yield {"kind": "reach", **{name: sizes.tolist() for name, sizes in told.items()}, "updates": e.updates, "size": rival.size,
               "loss": rival.losses[-1] if rival.losses else None, "lstm": trace.losses[-1] if trace.losses else None}
