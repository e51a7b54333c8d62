"""`py_lstm check`: every gradient of an experiment against a derivative that does not know the backward pass."""

from __future__ import annotations

import argparse
import math

from ..damage.checking import check_blocks
from ..gradient_check import METHODS
from ..trace import check
from .given import add_command, read, whole
from .output import OK, WRONG, print_json


MANY = 2000                                             # numbers, each of which costs a forward pass


def add(commands) -> None:
    one = add_command(commands, "check", _check, "check every gradient of an experiment; status 1 if one is wrong")
    one.add_argument("--method", choices=METHODS, default="complex")
    one.add_argument("--most", type=whole, default=None, metavar="N", help="at most N elements of each tensor (all, or 20 where there are "
                     f"more than {MANY} in all)")
    one.add_argument("--by-gate", action="store_true", help="each gate's rows by themselves")
    one.add_argument("--steps", type=whole, default=None, metavar="T", help="with --by-gate: only the first T steps of the sequence")


def _check(given: argparse.Namespace) -> int:
    e, trainer, _ = read(given.given)
    size = sum(math.prod(shape) for shape in (e.architecture.parameter_shapes() | e.architecture.state_shapes()).values())
    most = 20 if given.most is None and size > MANY else given.most
    if given.by_gate:
        report = check_blocks(e, steps=given.steps, method=given.method, max_elements=most, trainer=trainer)
    else:
        report = check(e, method=given.method, max_elements=most, trainer=trainer)
    if given.json:
        print_json({"right": report.right, "method": report.method, "eps": report.eps,
                     "tensors": [tensor._asdict() for tensor in report.tensors]})
    else:
        print(report)
    return OK if report.right else WRONG
