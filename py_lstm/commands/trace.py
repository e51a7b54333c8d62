"""`py_lstm trace`: every number of the forward and the backward pass."""

from __future__ import annotations

import argparse
import json
import os
import sys

import numpy as np

from ..interchange import weight_files
from ..trace import Trace
from ..validation import InvalidInput, choice
from .given import add_command, read, traced
from .output import OK, write


def add(commands) -> None:
    one = add_command(commands, "trace", _trace, "every number of the forward and the backward pass, as CSV or .npz", json_too=False)
    one.add_argument("-o", "--output", metavar="FILE", help="a .csv, .npz or .json file; standard output without it")
    one.add_argument("--format", choices=("csv", "npz", "json"), help="if the file's name does not say; csv if nothing does")
    one.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")


def _trace(given: argparse.Namespace) -> int:
    ending = os.path.splitext(given.output or "")[1].lower().lstrip(".")
    kind = given.format or (choice("format", ending, ("csv", "npz", "json")) if given.output else "csv")
    trace = traced(read(given.given))
    if kind == "npz":
        if not given.output and sys.stdout.isatty():
            raise InvalidInput("output", "choice", "A .npz file would garble the terminal; give -o FILE.npz or a pipe.")
        write(given.output, weight_files.encode_arrays(trace.arrays, "npz"))
    else:
        write(given.output, csv(trace) if kind == "csv" else json.dumps(trace.to_json()) + "\n")
    return OK


def csv(trace: Trace) -> str:
    """A row for each step and a column for each number of it, with all digits: t, x_1, x_2, ..., y, ..., dx_2."""
    names, columns = ["t"], []
    for name in trace.quantities:
        values = trace.arrays[name]
        single = values.shape[1] == 1 and name in ("y", "target", "dy")
        names += [name if single else f"{name}_{unit}" for unit in range(1, values.shape[1] + 1)]
        columns.append(values)
    rows = np.concatenate(columns, axis=1).tolist()
    return "\n".join([",".join(names)] + [",".join(map(repr, [t, *row])) for t, row in enumerate(rows, start=1)]) + "\n"
