"""`py_lstm demo`: a small trace, its gradient check, and the tutorial's test."""

from __future__ import annotations

import argparse

import numpy as np

from .. import tutorial
from ..experiment import Experiment
from ..trace import check, run
from .output import OK


def add(commands) -> None:
    commands.add_parser("demo", help="print a small trace and its gradient check").set_defaults(run=_demo)


def _demo(given: argparse.Namespace) -> int:
    experiment = Experiment()
    trace = run(experiment)
    marks = trace.arrays["x"][:, 1] == 1
    print(f"The latch: {experiment.hidden_size} units after {experiment.updates} updates; ▼ marks a sign to remember.")
    print(f"{'t':>3} {'sign':>5}  {'y':>7}   f of each unit{'':10} c of each unit")
    for t, (x, y, f, c) in enumerate(zip(*(trace.arrays[name] for name in ("x", "y", "f", "c"))), start=1):
        with np.printoptions(precision=2, suppress=True, floatmode="fixed", sign=" "):
            print(f"{t:>3} {x[0]:>+4.0f}{'▼' if marks[t - 1] else ' '}  {y[0]:>+7.3f}   {f}     {c}")
    print(f"signs right {trace.right} of {trace.counted}, loss {trace.loss:.6f}\n")
    print(check(experiment), "\n\nThe tutorial's test:", sep="")
    tutorial.test()
    return OK
