"""`py_lstm explain`: one number, the equation that made it, its operands and its line of code."""

from __future__ import annotations

import argparse
import os
import re
from typing import Iterator

from .. import link
from ..explanation import Line, Term, explain
from ..trace import QUANTITIES, quantities
from ..validation import InvalidInput, choice
from .given import add_command, read, traced
from .output import OK, print_json


def add(commands) -> None:
    add_command(commands, "explain", _explain, "a number: its equation, its operands, its line of code",
                arguments="[QUANTITY T UNIT] EXPERIMENT",
                more=(" QUANTITY, T and UNIT (from 1) say which number, such as: py_lstm explain c 13 2. A shared link says it "
                      f"too. Quantities: {', '.join(QUANTITIES)}."))


def _explain(given: argparse.Namespace) -> int:
    place, rest = list(given.given), []
    if place and re.fullmatch(r"\w+", place[0]) and not os.path.exists(place[0]):
        place, rest = place[:3], place[3:]
        if len(place) < 3 or any("=" in word or "#" in word for word in place):
            raise InvalidInput("explain", "missing", "explain wants a quantity, a step and a unit, both from 1, such as: c 13 2.")
    else:
        place, rest = [], place
    made = read(rest)
    if place:
        choice("quantity", place[0], quantities(made.experiment))
    view = made.view
    quantity, t, unit = place or (view.get("quantity"), view.get("t", 1), view.get("unit", 1))
    if quantity is None:
        raise InvalidInput("explain", "missing", "explain wants a quantity, a step and a unit, both from 1, such as: c 13 2.")
    told = explain(traced(made), quantity, link.number(str(t)), link.number(str(unit)))
    if given.json:
        print_json(told.to_json())
        return OK
    if not told.lines:
        print(f"{quantity} at step {told.t}, unit {told.unit}, is {told.value:.6g}: it was given.")
    for line in told.lines:
        print("\n".join(_told(line)))
    return OK


def _told(line: Line) -> Iterator[str]:
    """One equation as text: what it gives, the equation, the terms with their numbers, the code."""
    yield f"{plain(line.symbol)} = {line.value:.6g}"
    yield f"    {plain(line.equation)}"
    for term in line.terms:
        yield from _term(term, "    ")
    if line.function:
        yield f"    {plain(line.function)} of it = {line.value:.6g}"
    for source in line.sources:
        yield f"    {source.file}:{source.line}  {source.code}"


def _term(term: Term, indent: str) -> Iterator[str]:
    if term.parts:
        yield f"{indent}{plain(term.symbol)} = {term.value:.6g}, the sum of"
        for part in term.parts:
            yield from _term(part, indent + "  ")
    else:
        product = " × ".join(f"{factor.value:.6g}" for factor in term.factors)
        yield f"{indent}{plain(term.symbol)} = {product}" + (f" = {term.value:.6g}" if len(term.factors) > 1 else "")


_WORDS = {r"\odot": "⊙", r"\partial": "∂", r"\sigma": "σ", r"\sum": "Σ", r"\top": "ᵀ", r"\in": "∈", r"\quad": " ",
          r"\tanh": "tanh", r"\cancel": "no ", r"\big": "", r"\left": "", r"\right": ""}


def plain(latex: str) -> str:
    """LaTeX of an explanation as text that a terminal can show."""
    text = re.sub(r"\\t?frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1/\2", latex)
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", text).replace(r"\,", " ").replace(r"\partial ", r"\partial")
    for command, word in _WORDS.items():
        text = re.sub(re.escape(command) + r"(?![a-zA-Z])", word, text) if command != r"\partial" else text.replace(command, word)
    text = re.sub(r"\^\{?([a-z]?)ᵀ\}?", r"^\1ᵀ", text)
    text = re.sub(r"([_^])\{([^{}]*)\}", lambda m: m[1] + (m[2] if re.fullmatch(r"\w+ᵀ?", m[2]) else f"({m[2]})"), text)
    return re.sub(r"[{}\\]", "", text).strip()
