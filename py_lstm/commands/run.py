"""`py_lstm run`: train an experiment and print its loss and metric."""

from __future__ import annotations

import argparse

from ..study import Learner, Study
from ..training import Training, train
from .given import add_command, read, traced
from .output import OK, network, print_json, result


def add(commands) -> None:
    add_command(commands, "run", _run, "train an experiment and print its loss and metric")


def _run(given: argparse.Namespace) -> int:
    made = read(given.given)
    e = made.experiment
    if isinstance(e, Study):
        return _score(e, made.trainer, given.json)
    trace = traced(made)
    if given.json:
        print_json({"loss": trace.loss, "right": trace.right, "counted": trace.counted, "losses": trace.losses,
                     "experiment": e.to_json()})
    else:
        print(network(e), result(trace), sep="\n")
    return OK


def _score(study: Study, training: Training | None, as_json: bool) -> int:
    """Train as a study says and print what it scores."""
    learner = training or Learner(study)
    for _ in train(learner):
        pass
    score, about, losses = learner.evaluate(), study.problem, learner.losses
    clueless = about.clueless(study.length)
    if as_json:
        print_json({"score": score, "metric": about.metric, "clueless": clueless, "goal": about.goal, "reached": about.reached(score),
                     "losses": losses, "experiment": study.to_json()})
    else:
        print(f"{study.task}: {study.hidden_size} units, after {len(losses)} updates of {study.batch_size} sequences")
        print(f"{about.metric} {score:.6g} (knowing nothing: {clueless:.4g}; goal: {about.goal:g}, "
              f"{'reached' if about.reached(score) else 'not reached'})")
    return OK
