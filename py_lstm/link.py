"""Share links: from the part of an address behind "#" to an experiment's fields, as the page reads it.

    ...#hidden_size=5&updates=40&t=7&quantity=c

This says in Python what web/core/link.js says in JavaScript; tests hold the two against each other. Nothing is judged
here: text that is no number is passed on as it is, and `Experiment` says what is wrong with it.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any, Mapping, NamedTuple
from urllib.parse import unquote

from .experiment import Experiment
from .validation import InvalidInput, shown

# What a link says about the page's view, not about the experiment.
VIEW = ("room", "quantity", "t", "unit", "lang", "theme", "projector", "beside", "puzzle")

# What JavaScript's trim() takes away.
_BLANK = ("\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
          "\u205f\u3000\ufeff")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


class Link(NamedTuple):
    """What a link holds: fields of an experiment, and of the view (`quantity`, `t`, `unit`, ...)."""

    experiment: dict[str, Any]
    view: dict[str, Any]


def decode(text: str, defaults: Mapping[str, Any] | None = None) -> Link:
    """The fields in a link, an address' fragment, or a text such as "updates=40".

    Parameters
    ----------
    text : what stands before the first "#", if there is one, is passed over
    defaults : name -> value; fields whose default is text keep theirs as text. Those of an `Experiment` if None.
    """
    if not isinstance(text, str):
        raise InvalidInput("link", "type", f"link is {shown(text)}; give the text of an address.", got=shown(text))
    defaults = Experiment().to_json() if defaults is None else defaults
    experiment: dict[str, Any] = {}
    view: dict[str, Any] = {}
    for pair in text.partition("#")[2 if "#" in text else 0].split("&"):
        if pair:
            name, _, value = (_unescape(part) for part in pair.partition("="))
            if name in VIEW:
                view[name] = _loose_number(value) if name in ("t", "unit") else value
            elif name != "__proto__":                   # which no object in JavaScript can have as a field of its own
                experiment[name] = _read(name, value, defaults.get(name))
    return Link(experiment, view)


def number(text: str) -> float | int | str:
    """The number that `text` is, or the text itself."""
    clean = text.strip(_BLANK).replace("−", "-")
    if not _DECIMAL.fullmatch(clean) or not math.isfinite(float(clean)):
        return text
    return _plain(float(clean))


def _read(name: str, text: str, default: Any) -> Any:
    if name == "values":
        return [[number(value) for value in row.split(",")] for row in text.split(";")]
    if name == "targets":
        return [number(value) for value in text.split(",")]
    if name == "edits":
        edits: dict[str, Any] = {}
        for edit in filter(None, text.split(";")):
            place, colon, value = edit.rpartition(":")
            edits[place if colon else edit] = number(value) if colon else ""
        edits.pop("__proto__", None)
        return edits
    if name == "text":
        return text
    if name == "changes":
        return _read_changes(text)
    if name == "damage":
        return _read_damage(text)
    return text if isinstance(default, str) else number(text)


def _read_changes(text: str) -> dict[str, Any]:
    """"100:learning_rate:0.002;250:clip_norm:0.5" as {"100": {"learning_rate": 0.002}, "250": {"clip_norm": 0.5}}."""
    changes: dict[str, Any] = {}
    for change in filter(None, text.split(";")):
        update, field, value = [*change.split(":"), "", ""][:3]
        if "__proto__" not in (update, field):
            changes.setdefault(update, {})[field] = number(value)
    return changes


def _read_damage(text: str) -> dict[str, Any]:
    """"clamp_f:0.5;no_carry" as {"clamp_f": 0.5, "no_carry": 1}."""
    damage: dict[str, Any] = {}
    for rule in filter(None, text.split(";")):
        name, colon, value = rule.partition(":")
        if name != "__proto__":
            damage[name] = number(value) if colon else 1
    return damage


def _unescape(text: str) -> str:
    """Percent escapes resolved; where one is broken, the text as it is."""
    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _loose_number(text: str) -> float | int:
    """JavaScript's Number(text): nothing is 0, and what is no number is NaN."""
    clean = text.strip(_BLANK)
    if not clean:
        return 0
    if re.fullmatch(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", clean):
        return _plain(float(int(clean, 0)))
    if re.fullmatch(r"[+-]?Infinity", clean):
        return math.inf * (-1 if clean[0] == "-" else 1)
    return _plain(float(clean)) if _DECIMAL.fullmatch(clean) else math.nan


def _plain(value: float) -> float | int:
    """A whole number as an int where JavaScript writes it without an exponent."""
    return int(Decimal(repr(value))) if value.is_integer() and abs(value) < 1e21 else value
