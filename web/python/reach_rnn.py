"""What the reach panel asks: how far the derivative reaches in a plain RNN that was trained as the LSTM was."""

from py_lstm import Experiment, Trainer
from py_lstm.reach import reach_in
from py_lstm.trace import run_in_pieces

# How many updates lie between two words on how far it is.
TOLD_EVERY = 20


class ReachRnn:
    """`trainer_of` gives an experiment's trainer."""

    def __init__(self, trainer_of):
        self.trainer_of = trainer_of

    def questions(self):
        return {"reach_rnn": self.reach}

    def reach(self, experiment):
        """{"kind": "progress"} now and then, and in the end {"kind": "reach"}."""
        e = Experiment.from_json(experiment)
        other = e.baseline("rnn")
        trainer = self.trainer_of(other)
        while len(trainer.losses) < e.updates:
            told = trainer.piece()
            yield None
            if told and told.update % TOLD_EVERY == 0:
                yield {"kind": "progress", "done": told.update, "wanted": e.updates}
        trace = yield from run_in_pieces(e, self.trainer_of(e))
        yield None
        trained = trainer if len(trainer.losses) == e.updates else trainer.standing(trainer.parameters_after(e.updates))
        told = {"dh": reach_in(trained, trace), "before": reach_in(Trainer(other), trace)}     # and as it began
        losses, of_lstm = trainer.losses[:e.updates], trace.losses
        yield {"kind": "reach", **{name: sizes.tolist() for name, sizes in told.items()}, "updates": e.updates,
               "size": other.architecture.size, "loss": losses[-1] if losses else None, "lstm": of_lstm[-1] if of_lstm else None}
