"""The ways in which a table of numbers is written, and what each makes of a text; number_table.py chooses among them."""

from __future__ import annotations

import math
import re
from itertools import chain, islice
from typing import Any, NamedTuple

from . import numerals
from .table_cells import cells_of, word, wrong_cell
from .validation import InvalidInput

_ENOUGH_WRONG = 20                                      # cells, to know that a text is written in another way

BETWEEN = {",": "comma", ", ": "comma", ";": "semicolon", "\t": "tab", " ": "space", "|": "pipe", "、": "wide", None: "line"}
_MARKS = {".": "point", ",": "comma", "、": "wide", "'": "apostrophe", "\u00a0": "space", " ": "space"}
_WORDS = {"comma": "commas", "semicolon": "semicolons", "tab": "tabs", "space": "spaces", "pipe": "bars", "wide": "full-width commas",
          "point": "points", "apostrophe": "apostrophes", "brackets": "brackets"}


class Way(NamedTuple):
    """One way to write a table. `semicolons` end a step as a new line does; `column` None: a line is one number."""

    column: str | None
    decimal: str = "."
    thousands: str | None = None
    semicolons: bool = False


class Table(NamedTuple):
    """Numbers, a row for each step, and how they were understood.

    how : {"steps", "numbers", "by", "between", "decimal", "thousands", "names"}; `by` is what ends a step ("line", "semicolon",
        "number" or "brackets"), the others say what stands where, None for what the text does not have
    others : other readings, of which this one is by far the likeliest
    """

    rows: list[list[float]]
    how: dict[str, Any]
    others: tuple["Table", ...] = ()

    def understood(self) -> str:
        """Return a phrase such as "4 steps of 2 numbers: semicolons between columns, commas as decimal marks"."""
        how = self.how
        parts = [f"{_WORDS[how['by']]} between steps" if how["by"] in ("semicolon", "brackets") else "",
                 f"{_WORDS[how['between']]} between numbers" if how["between"] in _WORDS else "",
                 f"{_WORDS[how['decimal']]} as decimal marks" if how["decimal"] else "",
                 f"{_WORDS[how['thousands']]} between thousands" if how["thousands"] else "",
                 f"line 1 names the columns {', '.join(how['names'])}" if how["names"] else ""]
        said = ", ".join(filter(None, parts))
        return f"{counted(how['steps'], 'step')} of {counted(how['numbers'], 'number')}{': ' if said else ''}{said}"


class Attempt(NamedTuple):
    """What one way makes of a text: a table, or how much of it is wrong and what first."""

    way: Way
    table: Table | None
    wrong: float = 0.0
    error: InvalidInput | None = None


def without_ends(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Without the separator that every line ends with, or every line but the last where a line is one number; nor outer bars."""
    texts = [line.rstrip() for _, line in lines]
    if all(line.startswith("|") and line.endswith("|") and len(line) > 1 for line in texts):
        return [(number, line[1:-1]) for (number, _), line in zip(lines, texts)]
    for end in (",", ";", "、", "|", "\t"):
        some = [line.removesuffix(end) for line in (texts if end != "\t" else [line for _, line in lines])]
        raw = texts if end != "\t" else [line for _, line in lines]
        ends = [one != whole for one, whole in zip(some, raw)]
        single = all(re.fullmatch(r"[^\s,;|、]+", line.strip()) for line in some)
        if all(ends) or (len(ends) > 1 and all(ends[:-1]) and (single or end == ";")):
            return [(number, line) for (number, _), line in zip(lines, some)]
    return lines


def ways_of(text: str) -> list[Way]:
    """The ways in which a text with these marks could be written, the likeliest first."""
    several, inner = "\n" in text, text
    columns: list[tuple[str | None, bool]]
    if "|" in text:
        columns = [("|", False)]
    elif "\t" in text:
        columns = [("\t", False)]
    elif ";" in text:
        # In several lines a semicolon stands between columns, unless what it divides has columns of its own.
        columns = [(";", False), *((column, True) for column in ((" ", ", ", "、") if several else (",", ", ", " ", "、")))]
    else:
        columns = [(column, False) for column in (",", ", ", "、", " ")] + [(None, False)]
    columns = [(column, rows) for column, rows in columns if column is None or column in (" ", ", ") or column in text]
    bare = re.sub("[\ue000-\ue004]", lambda found: ",;\t| "[ord(found[0]) - 0xE000], inner)
    thousands = [None, *(mark for mark in ("'", "\u00a0", " ", ",", ".", "、") if re.search(rf"\d{re.escape(mark)}\d", bare))]
    decimals = [".", *("," if "." in thousands or re.search(r"(?<!\s),\d", bare) else ""),
                *("、" if only_parts_of_one(bare, "、") else "")]
    ways = []
    for column, rows in columns:
        for decimal in decimals:
            for mark in thousands:
                quoted = bare != inner
                if mark == decimal or (column in (",", "、") and column in (decimal, mark) and not quoted):
                    continue
                if mark == " " and (column == " " or (column is None and not several)):
                    continue
                ways.append(Way(column, decimal, mark, rows))
    return ways


def attempt_of(field: str, lines: list[tuple[int, str]], way: Way, *, flat: bool = True) -> Attempt:
    """What one way makes of the lines; `flat`: in a single line each number is a step."""
    rows, used, wrong, count, error, first = [], set(), 0, 0, None, 0
    pieces = cells_of(lines, way.column, way.semicolons, way.thousands)
    begin, pattern = list(islice(pieces, 2)), _regex(way)
    flat = flat and len(begin) == 1
    names = _names(begin, way)
    if names is not None:
        ruled = way.column == "|" and all(re.fullmatch(r":?-+:?", cell) for cell in begin[1][1])
        begin = begin[2:] if ruled else begin[1:]
    for line, cells in chain(begin, pieces):
        row = []
        for column, cell in enumerate(cells, start=1):
            value = _number(cell, way, pattern, used)
            if value is None:
                wrong += 1
                error = error or wrong_cell(field, cell, line, column)
            row.append(value)
        count += len(cells)
        first = first or len(cells)
        if len(row) != first:
            wrong += 1
            error = error or _ragged(field, len(row), first, line, len(rows) + 1, names is not None)
        rows.append(row)
        if wrong >= _ENOUGH_WRONG:
            break
    if names is not None and error is None and len(names) != first:
        wrong, error = wrong + 1, _ragged(field, first, len(names), lines[0][0] + 1, 1, True)
    if way.semicolons and first == 1 and not error:
        wrong, error = count, wrong_cell(field, lines[0][1], lines[0][0], 1)        # then semicolons would do for columns
    if error or not rows:
        return Attempt(way, None, wrong / max(count, 1), error or wrong_cell(field, lines[0][1], lines[0][0], 1))
    if flat:
        rows = [[value] for value in rows[0]]
    by = "number" if flat and len(rows) > 1 else "semicolon" if way.semicolons else "line"
    between = BETWEEN[way.column] if first > 1 else None
    how = {"steps": len(rows), "numbers": len(rows[0]), "by": by, "between": between if between != "line" else None,
           "decimal": _MARKS[way.decimal] if "decimal" in used else None,
           "thousands": _MARKS[way.thousands] if "thousands" in used else None,
           "names": names}
    return Attempt(way, Table(rows, how))


def _names(pieces: list[tuple[int, list[str]]], way: Way) -> list[str] | None:
    """The names of the columns, if the first line has words only and something follows."""
    if len(pieces) < 2 or way.semicolons:
        return None
    names = pieces[0][1]
    inside = ",;" if way.column in (None, " ", ", ") else ""
    return names if all(word(name) and not set(inside) & set(name) for name in names) else None


def _number(cell: str, way: Way, pattern: re.Pattern, used: set[str]) -> float | int | None:
    """The number in a cell written in this way; `used` learns which marks it has."""
    found = pattern.fullmatch(cell)
    if not found:
        return None
    if way.thousands and found["grouped"] is not None:
        cell = cell.replace(way.thousands, "")
        used.add("thousands")
    if way.decimal in cell:
        cell = cell.replace(way.decimal, ".")
        used.add("decimal")
    value = float(cell)
    if value.is_integer():
        return numerals.plain(value)
    return value if math.isfinite(value) else None


def _regex(way: Way) -> re.Pattern:
    """What a number looks like in this way: with marks between all thousands, or without any."""
    D, T = re.escape(way.decimal), re.escape(way.thousands or "")
    grouped = rf"(?P<grouped>[1-9]\d{{0,2}}(?:{T}\d{{3}})+(?:{D}\d*)?)|" if way.thousands else ""
    trailing = rf"\d+{D}?\d*" if way.decimal == "." else rf"\d+(?:{D}\d+)?"
    return re.compile(rf"[+-]?(?:{grouped}(?:{trailing}|{D}\d+)(?:e[+-]?\d+)?)", re.ASCII | re.IGNORECASE)


def only_parts_of_one(text: str, comma: str) -> bool:
    """Whether each comma between digits stands after a 0 that is a whole part, and not all after it are the digits 0 and 1."""
    parts = re.findall(rf"(\d*){comma}(\d+)", text)
    return all(whole in ("", "0") for whole, _ in parts) and any(set(part) - {"0", "1"} for _, part in parts)


def _ragged(field: str, got: int, wanted: int, line: int, row: int, names: bool) -> InvalidInput:
    if names and row == 1:
        return InvalidInput(field, "names", f"{field}: line 1 names {counted(wanted, 'column')}, and line {line} has "
                            f"{counted(got, 'number')}; give each column one name, or take the names out.", got=got, wanted=wanted, line=line)
    return InvalidInput(field, "ragged", f"{field} has {counted(got, 'number')} in line {line} and {wanted} in the first; give every "
                        "step the same number of inputs.", got=got, wanted=wanted, line=line, row=row)


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s'[:count != 1]}"
