"""Share links: an experiment and a view as the part of an address behind "#", written and read as the page does.

    ...#hidden_size=5&updates=40&t=7&quantity=c

Only what differs from the task's settings is written, readable as it stands. What is long is packed, and its name has a ~
before it: ~text=K8lIVUhOLFEo... Nothing is judged here: text that is no number is passed on as it is, and `Experiment` says
what is wrong with it. A link without a version is one of version 1; what an older one leaves out is what it was then, see
versions.py.

This says in Python what web/core/link.js says in JavaScript; tests hold the two against each other. Which fields there are,
and how each is written, both take from `FIELDS` and `VIEW`.
"""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Any, Callable, Mapping, NamedTuple

from . import versions
from .experiment import Experiment, defaults
from .mending import Kinds, mended, said
from .numerals import BLANK, DECIMAL, canonical, number, plain
from .packing import pack, unpack
from .tasks import OWN, OWN_TEXT
from .validation import InvalidInput, shown

# How a field is written follows from its type in `Experiment`. "list", "rows", "text" and "count" may be None, an empty text.
_KINDS = {"str": "word", "bool": "flag", "str | None": "text", "int": "number", "float": "number", "int | None": "count", "Rows | None": "rows",
          "tuple[float, ...] | None": "list", "Mapping[str, float]": "places", "Switches": "switches",
          "Mapping[int, Mapping[str, float]]": "changes"}
FIELDS = {f.name: _KINDS[f.type] for f in dataclasses.fields(Experiment)}

# What a link says about the page's view, not about the experiment.
VIEW = {"room": "word", "quantity": "word", "t": "loose", "unit": "loose", "lang": "word", "theme": "word", "projector": "word",
        "beside": "word", "puzzle": "word", "measured": "word", "frame": "word", "hide": "word", "question": "word", "answer": "word"}

_ALL = Kinds(FIELDS, VIEW)

# Text is packed from this length on, where that makes it shorter; an answer always, so that it is not read in passing.
LONG = 80
_COVERED = ("answer",)
# What stands in an address as it is.
_PLAIN = "!*'(),;:[]"


class Link(NamedTuple):
    """What a link holds: fields of an experiment, and of the view (`quantity`, `t`, `unit`, ...)."""

    experiment: dict[str, Any]
    view: dict[str, Any]


def encode(experiment: Experiment, view: Mapping[str, Any] | None = None) -> str:
    """The part of an address behind "#" that says this experiment and this view.

    Examples
    --------
    >>> encode(Experiment(hidden_size=5, damage={"no_carry": 1}), {"room": "break"})
    'hidden_size=5&damage=no_carry&room=break'
    >>> decode(encode(Experiment("own", values=[0.5, -1], seed=7))).experiment
    {'task': 'own', 'values': [[0.5], [-1]], 'seed': 7}
    """
    usual = defaults(experiment.task) | {"task": Experiment().task}
    fields = experiment.to_json()
    # The sizes of an own sequence follow from its numbers, and the inputs of an own text from its characters.
    derived = {OWN: ("length", "input_size"), OWN_TEXT: ("input_size",)}.get(experiment.task, ())
    pairs = [(name, _write(FIELDS[name], value)) for name, value in fields.items() if value != usual[name] and name not in derived]
    pairs += [(name, _text(value)) for name, value in (view or {}).items() if value is not None]
    if pairs and versions.VERSION > 1:
        pairs = [("version", str(versions.VERSION)), *pairs]
    return "&".join(_pair(name, text) for name, text in pairs)


def decode(text: str) -> Link:
    """The fields in a link, an address' fragment, or a text such as "updates=40".

    What stands before the first "#", if there is one, is passed over. What cannot be unpacked keeps its ~ and its letters.
    A text with "#" is a link, which may be older than this py_lstm, and may have been changed on its way: see mending.py.
    One without is what somebody says now.
    """
    if not isinstance(text, str):
        raise InvalidInput("link", "type", f"link is {shown(text)}; give the text of an address.", got=shown(text))
    experiment: dict[str, Any] = {}
    view: dict[str, Any] = {}
    found = mended(text, _ALL)
    for name, value in found.pairs:
        if name.startswith("~") and (unpacked := unpack(value)) is not None:
            name, value = name[1:], unpacked
        if name in VIEW:
            view[name] = _loose_number(value) if VIEW[name] == "loose" else value
        elif name != "__proto__":                       # which no object in JavaScript can have as a field of its own
            experiment[name] = _read(FIELDS.get(name), value)
    link = Link(experiment, view)
    if found.is_link and (experiment or view):
        _fill_in(link)
    return link


def _fill_in(link: Link) -> None:
    """What a link of an earlier version leaves out, where that is otherwise now."""
    version = link.experiment.get("version", 1)
    if not versions.known(version) or version == versions.VERSION:
        return
    link.experiment.pop("version", None)
    for name, value in versions.former(version, "").items():
        (link.view if name in VIEW else link.experiment).setdefault(name, value)
    for name, value in versions.former(version, link.experiment.get("task", Experiment().task)).items():
        link.experiment.setdefault(name, value)


def changed(text: str) -> str:
    """What was done to a link on its way and undone here, or is lost, in sentences; nothing of one that came as it was shared.

    Examples
    --------
    >>> decode("#hidden_size=5&amp;updates=40)").experiment
    {'hidden_size': 5, 'updates': 40}
    >>> print(changed("#hidden_size=5&amp;updates=40)"))
    The link was changed on its way here. Its & had become &amp; and were put back. What stands behind it was left out: )
    """
    return said(mended(text, _ALL).notes)


def whole(link: Link) -> Link:
    """The link, if all that was packed in it could be unpacked."""
    for name, value in link.experiment.items():
        if name.startswith("~"):
            raise InvalidInput(name, "unknown", f"{shown(name)} of the link cannot be unpacked: it was cut off or changed on its way. "
                               "Copy the whole link again.", got=shown(value))
    return link


def _pair(name: str, text: str) -> str:
    from urllib.parse import quote                      # here: the page leaves it to its JavaScript, and loads less
    plain = quote(text, safe=_PLAIN + "~", errors="replace")
    packed = pack(text) if len(plain) > LONG or name in _COVERED else plain
    return f"~{name}={packed}" if name in _COVERED or len(packed) + 1 < len(plain) else f"{name}={plain}"


def _text(value: Any) -> str:
    """A number or a truth as JavaScript could have written it, and text as it is."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return re.sub(r"\.0$", "", repr(value)) if isinstance(value, float) else str(value)


def _write(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "rows":
        return ";".join(",".join(map(_text, row)) for row in value)
    if kind == "list":
        return ",".join(map(_text, value))
    if kind == "places":
        return ";".join(f"{place}:{_text(number)}" for place, number in value.items())
    if kind == "switches":
        return ";".join(name if size == 1 else f"{name}:{_text(size)}" for name, size in value.items())
    if kind == "changes":
        return ";".join(f"{update}:{name}:{_text(to)}" for update, fields in value.items() for name, to in fields.items())
    return _text(value)


_FLAGS = {"true": True, "false": False}
_EMPTY_IS_NONE = ("rows", "list", "text", "count")


def _read(kind: str | None, text: str) -> Any:
    if kind in _EMPTY_IS_NONE and text == "":
        return None
    if kind in ("word", "text"):
        return text
    if kind == "flag":
        return _FLAGS.get(text, text)
    return _READ.get(kind, number)(text)


def _read_rows(text: str) -> list[list[Any]]:
    return [_read_list(row) for row in text.split(";")]


def _read_list(text: str) -> list[Any]:
    return [canonical(value) for value in text.split(",")]


def _read_places(text: str) -> dict[str, Any]:
    """"c_0[1]:0.5;bias" as {"c_0[1]": 0.5, "bias": ""}."""
    places: dict[str, Any] = {}
    for edit in filter(None, text.split(";")):
        place, colon, value = edit.rpartition(":")
        places[place if colon else edit] = number(value) if colon else ""
    places.pop("__proto__", None)
    return places


def _read_changes(text: str) -> dict[str, Any]:
    """"100:learning_rate:0.002;250:clip_norm:0.5" as {"100": {"learning_rate": 0.002}, "250": {"clip_norm": 0.5}}."""
    changes: dict[str, Any] = {}
    for change in filter(None, text.split(";")):
        update, field, value = [*change.split(":"), "", ""][:3]
        if "__proto__" not in (update, field):
            changes.setdefault(update, {})[field] = number(value)
    return changes


def _read_switches(text: str) -> dict[str, Any]:
    """"clamp_f:0.5;no_carry" as {"clamp_f": 0.5, "no_carry": 1}."""
    damage: dict[str, Any] = {}
    for rule in filter(None, text.split(";")):
        name, colon, value = rule.partition(":")
        if name != "__proto__":
            damage[name] = number(value) if colon else 1
    return damage


_READ: dict[str | None, Callable[[str], Any]] = {
    "rows": _read_rows, "list": _read_list, "places": _read_places, "switches": _read_switches, "changes": _read_changes}


def _loose_number(text: str) -> float | int:
    """JavaScript's Number(text): nothing is 0, and what is no number is NaN."""
    clean = text.strip(BLANK)
    if not clean:
        return 0
    if re.fullmatch(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", clean):
        return plain(float(int(clean, 0)))
    if re.fullmatch(r"[+-]?Infinity", clean):
        return math.inf * (-1 if clean[0] == "-" else 1)
    return plain(float(clean)) if DECIMAL.fullmatch(clean) else math.nan
