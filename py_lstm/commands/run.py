"""`py_lstm run`: train an experiment and print its loss and metric."""

from __future__ import annotations

import argparse

from ..damage import effect
from ..damage.rules import steps as steps_with
from ..tasks import OWN
from ..trace import run
from ..training import Trainer
from .given import add_command, read
from .output import OK, network, print_json, result


def add(commands) -> None:
    add_command(commands, "run", _run, "train an experiment, print its loss and what it scores")


def _run(given: argparse.Namespace) -> int:
    e, trainer, _ = read(given.given)
    trainer = trainer or Trainer(e)
    trace, about = run(e, trainer), e.about
    # The network that was run: with its edits and its damage. One's own numbers are one sequence; of every other task there are fresh ones.
    score = trace.score if e.task == OWN else effect.score(e, effect.subject(e, trainer), count=None).score
    clueless, reached = about.clueless(steps_with(e.damage, e.length)), about.reached(score)
    if given.json:
        print_json({"loss": trace.loss, "right": trace.right, "counted": trace.counted, "score": score, "metric": about.metric,
                    "clueless": clueless, "goal": about.goal, "reached": reached, "losses": trace.losses, "experiment": e.to_json()})
    else:
        goal = "" if about.goal is None else f"; goal: {about.goal:g}, {'reached' if reached else 'not reached'}"
        print(network(e), result(trace), f"{about.metric} {score:.6g} (knowing nothing: {clueless:.4g}{goal})", sep="\n")
    return OK
