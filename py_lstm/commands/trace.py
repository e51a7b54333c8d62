"""`py_lstm trace`: every number of the forward and the backward pass."""

from __future__ import annotations

import argparse
import json
import os
import sys

from .. import tables
from ..interchange import weight_files
from ..validation import InvalidInput, choice
from .given import add_command, read, traced
from .output import OK, write


def add(commands) -> None:
    one = add_command(commands, "trace", _trace, "every number of the forward and the backward pass, as CSV or .npz", json_too=False)
    one.add_argument("-o", "--output", metavar="FILE", help="a .csv, .npz or .json file; standard output without it")
    one.add_argument("--format", choices=("csv", "npz", "json"), help="if the file's name does not say; csv if nothing does")
    one.add_argument("--tidy", action="store_true", help="CSV with a row for each number: quantity, t (0: before the first step), unit, value")
    one.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")


def _trace(given: argparse.Namespace) -> int:
    ending = os.path.splitext(given.output or "")[1].lower().lstrip(".")
    kind = given.format or (choice("format", ending, ("csv", "npz", "json")) if given.output else "csv")
    table = tables.tidy if given.tidy else tables.wide
    if given.tidy and kind != "csv":
        raise InvalidInput("tidy", "choice", f"--tidy is a way to write CSV, and the format here is {kind}; leave one of them out.")
    trace = traced(read(given.given))
    if kind == "npz":
        if not given.output and sys.stdout.isatty():
            raise InvalidInput("output", "choice", "A .npz file would garble the terminal; give -o FILE.npz or a pipe.")
        write(given.output, weight_files.encode_arrays(trace.arrays, "npz"))
    else:
        write(given.output, table(trace) if kind == "csv" else json.dumps(trace.to_json()) + "\n")
    return OK
