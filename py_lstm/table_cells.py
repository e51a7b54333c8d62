"""The cells of a table of numbers: how lines are cut into them, and what is wrong with one that is not a number."""

from __future__ import annotations

import re
from typing import Iterator

from .validation import InvalidInput, shown

# What stands in quotes is one cell, whatever is in it; its separators are put away while the line is cut.
_AWAY = {",": "\ue000", ";": "\ue001", "\t": "\ue002", "|": "\ue003", " ": "\ue004"}
_BACK = str.maketrans({away: mark for mark, away in _AWAY.items()})
_QUOTED = re.compile(r'"([^"]*)"')

_MISSING = re.compile(r"[-?.]+|[+-]?(nan|inf|infinity|∞)|n/?a|#n/?a|#.*[!?]|null|none|missing|nil|缺失|无", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b(?!\.).*|\d{1,2}:\d{2}.*|\d+年.*")
_WITH_WORDS = re.compile(r"[+-]?[\d.,]+\s*[^\W\d_].*|[+-]?\s*[^\W\d_]{0,3}\s*[$€£¥₹₩¢￥￡￠￦]\s*[+-]?\d.*|.*\d\s*[$€£¥₹₩¢￥￡￠￦°]\S*"
                         r"|[A-Z]{3}\s*[+-]?\d.*", re.DOTALL)
# Digits that a keyboard has beside their letters: "l.5" is a slip, and no name of a column.
_SLIPS = str.maketrans("OoQlI", "00011")


def protected(line: str) -> str:
    """The line, with the separators that stand in quotes put away, and the quotes taken off."""
    return _QUOTED.sub(lambda found: "".join(_AWAY.get(letter, letter) for letter in found[1].strip()) or "\ue00e", line)


def cells_of(lines: list[tuple[int, str]], column: str | None, semicolons: bool, thousands: str | None) -> Iterator[tuple[int, list[str]]]:
    """The cells of each step, with the number of its line, or of the step where semicolons end it."""
    for number, line in lines:
        steps = line.rstrip().removesuffix(";").split(";") if semicolons else [line]
        for k, step in enumerate(steps, start=1):
            yield k if semicolons and len(lines) == 1 else number, [_bare(cell) for cell in _cut(step, column, thousands)]


def _cut(step: str, column: str | None, thousands: str | None) -> list[str]:
    if column is None:
        return [step]
    if column == " ":
        spaces = r"[^\S\u00a0]+" if thousands == "\u00a0" else r"\s+"
        return re.split(spaces, step.strip())
    return re.split(r",\s+", step.strip()) if column == ", " else step.split(column)


def _bare(cell: str) -> str:
    cell = cell.strip()
    if not cell.isascii():
        cell = cell.translate(_BACK).replace("\ue00e", "")
    if len(cell) > 1 and cell[0] == cell[-1] == "'":
        cell = cell[1:-1]
    return cell.strip()


def word(cell: str) -> bool:
    """Whether a cell is a word that can name a column, and neither a slip for a number nor a number with a unit."""
    if not cell or not (cell[0].isalpha() or cell[0] in "_(") or _MISSING.fullmatch(cell):
        return False
    if re.search(r"(?<!\w)[-+]?\d|\d[.,]\d", cell) or re.fullmatch(r"[-+\d.,e]+", cell.translate(_SLIPS)):
        return False
    return not re.fullmatch(r"[A-Z]{3}\d+|\d+年.*", cell)


def wrong_cell(field: str, cell: str, line: int, column: int) -> InvalidInput:
    """What is wrong with a cell that is not a number, where it stands, and what to write instead."""
    at = f"line {line}, column {column}"
    if not cell:
        return InvalidInput(field, "empty_cell", f"{field}: nothing stands in {at}; put a number there, or take the line out.",
                            line=line, column=column)
    code, remedy = next(((code, remedy) for code, pattern, remedy in _WRONG if pattern.fullmatch(cell)), ("cell", "give numbers only"))
    what = {"cell_missing": "not a finite number", "cell_percent": "a percentage", "cell_date": "a date or a time",
            "cell_unit": "a number with something beside it", "cell_large": "larger than any number here"}.get(code, "not a number")
    return InvalidInput(field, code, f"{field}: {shown(cell)} in {at} is {what}; {remedy}.", got=shown(cell), line=line, column=column)


_WRONG = (
    ("cell_missing", _MISSING, "put a number there, or take the line out"),
    ("cell_percent", re.compile(r".*\d\s*[%‰]|[%‰]\s*\d.*", re.DOTALL), "write 0.5 for 50 %"),
    ("cell_date", _DATE, "take that column out"),
    ("cell_fortran", re.compile(r"[+-]?[\d.,]+[dq][+-]?\d+", re.IGNORECASE), "write the exponent with an e, as in 1e3"),
    ("cell_hexadecimal", re.compile(r"[+-]?0[xob][\da-f_]+", re.IGNORECASE), "write it with the digits 0 to 9"),
    ("cell_large", re.compile(r"[+-]?[\d.,]+e\+?\d+", re.IGNORECASE), "give smaller ones"),
    ("cell_unit", _WITH_WORDS, "write the number alone"),
)
