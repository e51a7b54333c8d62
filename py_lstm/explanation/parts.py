"""What an explanation is made of: lines, each a function of a sum of terms, each term a product of numbers that went in."""

from __future__ import annotations

import inspect
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Operand:
    """One number that went in. `unit` and `t` point into the trace; `index` (from 0) into a parameter instead.

    `symbol` is LaTeX. A number derived on the spot, such as f(1 - f), points at the quantity it is derived from.
    """

    symbol: str
    value: float
    quantity: str
    t: int | None = None
    unit: int | None = None
    index: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Term:
    """A summand: the product of `factors`, or the sum of `parts`. `symbol` is LaTeX."""

    symbol: str
    value: float
    factors: tuple[Operand, ...] = ()
    parts: tuple["Term", ...] = ()


@dataclass(frozen=True)
class Source:
    """A line of the package: file, line number from 1, and its text.

    `later` is by how much the step at which it runs, its `t`, lies behind the step of the number that it computes.
    """

    file: str
    line: int
    code: str
    later: int = 0


@dataclass(frozen=True)
class Line:
    """One equation: `symbol` = `function`(sum of `terms`) = `value`. `function` is "" for a plain sum."""

    symbol: str
    equation: str
    value: float
    function: str
    terms: tuple[Term, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Explanation:
    """The equations that lead to one number, the last of which gives it. No lines: the number was given.

    Examples
    --------
    >>> told = explain(run(Experiment(updates=0)), "dc", t=3, unit=1)         # where two streams meet
    >>> len(told.lines[-1].terms), told.lines[-1].sources[0].file
    (2, 'py_lstm/cell.py')
    >>> bool(abs(sum(term.value for term in told.lines[-1].terms) - told.value) < 1e-15)
    True
    """

    quantity: str
    t: int
    unit: int
    value: float
    lines: tuple[Line, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`."""
        return asdict(self)


def product_of(*factors: Operand, symbol: str = "") -> Term:
    value = float(np.prod([factor.value for factor in factors]))
    return Term(symbol or r"\,".join(factor.symbol for factor in factors), value, tuple(factors))


def sum_of(symbol: str, parts: list[Term]) -> Term:
    return Term(symbol, float(sum(part.value for part in parts)), parts=tuple(parts))


@lru_cache(maxsize=None)
def source(module, code: str, later: int = 0) -> Source:
    """The line of `module` that begins with `code`; it runs `later` steps behind the number's own."""
    name = "/".join(module.__name__.split(".")) + ".py"
    for number, line in enumerate(inspect.getsource(module).splitlines(), start=1):
        if line.strip().startswith(code):
            return Source(name, number, line.split("#")[0].strip(), later)
    raise LookupError(f"{name} has no line {code!r}")
