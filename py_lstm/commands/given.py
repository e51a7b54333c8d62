"""What a command is given: an experiment, from fields, links and files; and what was done of it already."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import Any, Callable, NamedTuple, Sequence
from urllib.parse import quote

from .. import checkpoints, link, numerals
from ..experiment import Experiment
from ..number_table import MOST_CHARACTERS, read_table
from ..trace import Trace, run
from ..training import TRAINING_FIELDS, Trainer
from ..validation import InvalidInput, parsed, shown

WHAT = """An EXPERIMENT is any of these, and later ones change what earlier ones say; without any it is the default:
  field=value         one field, such as hidden_size=5 (several: "hidden_size=5&updates=40"); a text is taken as it stands
  values=NUMBERS      numbers of your own, as "0.1 0.5 0.9", as lines of a table, or as @FILE; targets= likewise
  text=@FILE          the text in a file
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
        elif argument == "-" or ("=" not in argument and not _is_link(argument)) or os.path.isfile(argument):
            fields |= _file(argument)
        elif _is_link(argument):
            found = link.whole(link.decode(argument))
            if said := link.changed(argument):
                print(f"py_lstm: {said}", file=sys.stderr)
            fields |= found.experiment
            view |= found.view
        else:
            for name, value in _pairs(argument):
                if name in _TYPED:
                    fields[name] = _Typed(value)
                else:
                    found = link.whole(link.decode(f"{name}={quote(value, safe='')}"))
                    fields |= found.experiment
                    view |= found.view
    for name in _TYPED:
        if isinstance(fields.get(name), _Typed):
            fields[name] = _understood(name, fields[name], fields)
    experiment = Experiment.from_json(fields)
    same = saved is not None and not differing(experiment, saved.experiment)
    return Given(experiment, saved if same else None, view)


def differing(one: Experiment, other: Experiment) -> list[str]:
    """The fields that decide about the training and in which two experiments differ."""
    return [name for name in TRAINING_FIELDS if getattr(one, name) != getattr(other, name)]


def traced(given: Given) -> Trace:
    """The trace of an experiment."""
    return run(given.experiment, given.trainer)


_TYPED = ("values", "targets", "text")                  # what people paste: numbers and texts of their own


class _Typed(str):
    """What an argument says of one of these, until all are known."""


def _is_link(argument: str) -> bool:
    """Whether an argument is an address, or its part from # on; field=value is none, whatever stands in the value."""
    if re.match(r"[#?~]|[a-z][a-z0-9+.-]*://", argument, re.IGNORECASE):
        return True
    name, equals, _ = argument.partition("=")
    return "#" in argument and not (equals and name.isidentifier())


def _pairs(argument: str) -> list[tuple[str, str]]:
    """The fields in "hidden_size=5&updates=40". In a text & is a letter; what looks like a field after it is refused."""
    pairs, rest = [], argument
    while rest:
        name, _, value = rest.partition("=")
        if name == "text":
            if another := re.search(rf"&({'|'.join(link.FIELDS)})=", value):
                raise InvalidInput("text", "order", f"text has {shown(another[0])} in it, which can be part of the text or another "
                                   "field; give fields as arguments of their own, and a text with such letters as text=@FILE.", got=shown(another[0]))
            return [*pairs, (name, value)]
        pair, _, rest = rest.partition("&")
        name, _, value = pair.partition("=")
        pairs += [(name, value)] if pair else []
    return pairs


def _understood(name: str, value: str, fields: dict[str, Any]) -> Any:
    """A text, or numbers, typed or in a file that "@" stands before."""
    path = value[1:]
    if value.startswith("@") and (os.path.isfile(path) or not re.search(r"\s", path)):
        value = text_of(name, path)
    elif value and os.path.isfile(value):
        raise InvalidInput(name, "file", f"{name} is {shown(value)}, the name of a file; write {name}=@{value} to read it.",
                           got=shown(value))
    if name == "text" or not value:
        return str(value) or None
    rows = fields.get("values")
    shape = {} if name == "values" else {"width": 1, "steps": len(rows) if isinstance(rows, list) else None}
    table = read_table(value, name, **shape)
    if table.others and table.how["decimal"] == "comma":
        print(f"py_lstm: {name} is read as {table.understood()}.", file=sys.stderr)
    return table.rows if name == "values" else [row[0] for row in table.rows]


def text_of(field: str, path: str) -> str:
    """The text in a file, or on standard input for "-"."""
    try:
        if path == "-":
            return sys.stdin.read()
        with open(path, encoding="utf-8-sig") as file:
            return file.read(MOST_CHARACTERS)
    except FileNotFoundError:
        raise InvalidInput(field, "file", f"{field}: there is no file {shown(path)}; give the name of a text file after @.",
                           got=shown(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise InvalidInput(field, "file", f"{field}: {shown(path)} cannot be read ({reason}); give a text file.", got=shown(path)) from None


def real(text: str) -> float:
    """An option's number, for argparse."""
    value = numerals.number(text)
    if isinstance(value, str):
        two = numerals.doubt(text)
        raise argparse.ArgumentTypeError(f"{shown(text)} can mean {two[0]} or {two[1]}; write one of these" if two else
                                         f"{shown(text)} is not a number")
    return value


def whole(text: str) -> int:
    """An option's whole number, for argparse."""
    value = real(text)
    if not isinstance(value, int):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a whole number")
    return value


def _file(path: str) -> dict[str, Any]:
    """The fields in a JSON file."""
    if path != "-" and not os.path.exists(path):
        raise InvalidInput("experiment", "file", f"{shown(path)} is no file and no field=value; give one of these, or a "
                           "link with a #.", got=shown(path))
    text = text_of("experiment", path)
    try:
        fields = parsed("experiment", text)
    except InvalidInput as refused:
        if path == "-" or refused.code != "type" or text.lstrip().startswith("{"):
            raise
        raise InvalidInput("experiment", "type", f"{shown(path)} is not a JSON file with an experiment. To learn its text, write "
                           f"task=own_text text=@{path}; to learn its numbers, task=own values=@{path}.", got=shown(path)) from None
    if not isinstance(fields, dict):
        raise InvalidInput("experiment", "type", f"{shown(path)} holds {shown(fields)}; give a JSON object with an experiment's "
                           "fields.", got=shown(fields))
    return fields
