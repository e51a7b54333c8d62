"""What a command is given: an experiment, from fields, links and files; and what was done of it already."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, Callable, NamedTuple, Sequence

from .. import checkpoints, link
from ..experiment import Experiment
from ..trace import Trace, run
from ..training import TRAINING_FIELDS, Trainer
from ..validation import InvalidInput, parsed, shown

WHAT = """An EXPERIMENT is any of these, and later ones change what earlier ones say; without any it is the default:
  field=value         one field, such as hidden_size=5 (several: "hidden_size=5&updates=40")
  https://...#...     a link shared from the page, in quotes, or its part from # on
  FILE.json, -        a file with the fields as a JSON object; - is standard input
  task=NAME           a task that `py_lstm tasks` lists; what is not said of it takes settings that learn it
  FILE.npz            a training saved by `py_lstm train --save FILE.npz`, with the weights it has reached"""


def add_command(commands, name: str, function: Callable[[argparse.Namespace], int], what: str, *, arguments: str = "EXPERIMENT",
                more: str = "", json_too: bool = True) -> argparse.ArgumentParser:
    """Add a command that takes an experiment; `function` of the parsed arguments does it and returns the exit status."""
    one = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.{more}", epilog=WHAT,
                              formatter_class=argparse.RawDescriptionHelpFormatter)
    one.add_argument("given", nargs="*", metavar=arguments)
    if json_too:
        one.add_argument("--json", action="store_true", help="print JSON, for programs")
    one.set_defaults(run=function)
    return one


class Given(NamedTuple):
    """An experiment, the training that was done of it if it came from a file, and what a link said about the view."""

    experiment: Experiment
    trainer: Trainer | None
    view: dict[str, Any]


def read(arguments: Sequence[str]) -> Given:
    """The experiment that arguments say, later ones changing what earlier ones say; see `WHAT`."""
    fields: dict[str, Any] = {}
    view: dict[str, Any] = {}
    saved: Trainer | None = None
    for argument in arguments:
        if argument.lower().endswith(".npz") and "=" not in argument:
            saved = checkpoints.load_training(argument)
            fields = saved.experiment.to_json() | {"updates": len(saved.losses)}
        elif argument == "-" or ("=" not in argument and "#" not in argument) or os.path.isfile(argument):
            fields |= _file(argument)
        else:
            found = link.whole(link.decode(argument))
            fields |= found.experiment
            view |= found.view
    experiment = Experiment.from_json(fields)
    same = saved is not None and not differing(experiment, saved.experiment)
    return Given(experiment, saved if same else None, view)


def differing(one: Experiment, other: Experiment) -> list[str]:
    """The fields that decide about the training and in which two experiments differ."""
    return [name for name in TRAINING_FIELDS if getattr(one, name) != getattr(other, name)]


def traced(given: Given) -> Trace:
    """The trace of an experiment."""
    return run(given.experiment, given.trainer)


def _file(path: str) -> dict[str, Any]:
    """The fields in a JSON file."""
    try:
        if path == "-":
            text = sys.stdin.read()
        else:
            with open(path, encoding="utf-8-sig") as file:
                text = file.read(10_000_000)
    except FileNotFoundError:
        raise InvalidInput("experiment", "file", f"{shown(path)} is no file and no field=value; give one of these, or a "
                           "link with a #.", got=shown(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise InvalidInput("experiment", "file", f"{shown(path)} cannot be read ({reason}); give a JSON file with an "
                           "experiment.", got=shown(path)) from None
    fields = parsed("experiment", text)
    if not isinstance(fields, dict):
        raise InvalidInput("experiment", "type", f"{shown(path)} holds {shown(fields)}; give a JSON object with an experiment's "
                           "fields.", got=shown(fields))
    return fields
