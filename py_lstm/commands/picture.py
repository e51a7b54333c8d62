"""`py_lstm picture`: a trace as blocks in the terminal, or as SVG."""

from __future__ import annotations

import argparse
import sys

from .. import drawing, picture
from ..trace import quantities
from ..validation import InvalidInput, choice, shown
from .given import add_command, read, traced
from .output import OK, network, print_json, result, write


def add(commands) -> None:
    one = add_command(commands, "picture", _picture, "a trace as blocks in the terminal, or as SVG")
    one.add_argument("-o", "--output", metavar="FILE.svg", help="write an SVG file instead")
    one.add_argument("--theme", choices=tuple(drawing.STOPS), default="light", help="the colours of an SVG file (%(default)s)")
    one.add_argument("--show", default=None, metavar="NAMES", help="which quantities; by default x, those that picture the cell, and y")


def _picture(given: argparse.Namespace) -> int:
    if given.output and not given.output.lower().endswith(".svg"):
        raise InvalidInput("output", "choice", f"{shown(given.output)} does not end in .svg; give it that ending.")
    made = read(given.given)
    names = None if given.show is None else [choice("show", name.strip(), quantities(made.experiment)) for name in given.show.split(",")]
    trace = traced(made)
    names = list(picture.usual(trace)) if names is None else names
    if given.output:
        write(given.output, drawing.svg(trace, names, theme=given.theme))
        return OK
    if given.json:
        print_json({name: trace.arrays[name].tolist() for name in names})
        return OK
    print(network(trace.experiment), result(trace), picture.blocks(trace, names, picture.levels_for(sys.stdout.encoding)), sep="\n")
    return OK
