"""Tables of numbers as people paste them: from a spreadsheet, a CSV file, a sentence, Python or Markdown.

`read_table` tries every way in which such a text is written: what stands between steps and between columns, which mark is the
decimal one, which one stands between thousands. A text that only one way explains is read; one that two ways explain with other
numbers is refused, with both of them, so that a person can choose. The page, the command line and `py_lstm gates` all read by it.
"""

from __future__ import annotations

import math
import re
from itertools import chain, islice
from typing import Any, NamedTuple

from . import numerals
from .table_cells import cells_of, protected, wrong_cell, word
from .validation import InvalidInput, shown

MOST_CHARACTERS = 50_000_000
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
        return f"{_count(how['steps'], 'step')} of {_count(how['numbers'], 'number')}{': ' if said else ''}{said}"


class _Attempt(NamedTuple):
    """What one way makes of a text: a table, or how much of it is wrong and what first."""

    way: Way
    table: Table | None
    wrong: float = 0.0
    error: InvalidInput | None = None


def read_table(text: str, field: str = "values", *, width: int | None = None, steps: int | None = None) -> Table:
    """Return the numbers in `text`, a row for each step, if there is one way to understand it.

    Each line is a step and its numbers are the inputs; in a single line each number is a step. `width` and `steps`, where they
    are known, settle what would otherwise have two meanings; a single line of `width` numbers is then one step.

    Examples
    --------
    >>> read_table("1,5;2,5\\n1,6;2,6").rows
    [[1.5, 2.5], [1.6, 2.6]]
    >>> read_table("1,5;2,5\\n1,6;2,6").understood()
    '2 steps of 2 numbers: semicolons between numbers, commas as decimal marks'
    >>> read_table("1,234\\n1,235")
    Traceback (most recent call last):
        ...
    py_lstm.validation.InvalidInput: values can be read in 3 ways: as 1.234 in step 1 (2 steps of 1 number: commas as decimal \
marks); 1234 (2 steps of 1 number: commas between thousands); 1 234 (2 steps of 2 numbers: commas between numbers). Write points as \
decimal marks, nothing between thousands, and spaces between numbers.
    """
    if not isinstance(text, str):
        raise InvalidInput(field, "type", f"{field} is {shown(text)}; give numbers as text.", got=shown(text))
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(field, "long", f"{field} has {len(text):,} characters; give at most {MOST_CHARACTERS:,}.", got=len(text),
                           high=MOST_CHARACTERS)
    lines = _lines(field, text)
    attempts = _bracketed(field, lines, width) if re.match(r"[\[({]|(np\.|numpy\.)?array\(", lines[0][1]) else _plain(field, lines, width)
    tables = [attempt for attempt in attempts if attempt.table]
    if not tables:
        raise min(attempts, key=lambda attempt: attempt.wrong).error
    wide = [attempt for attempt in tables if width in (None, attempt.table.how["numbers"])]
    if not wide:
        got = tables[-1].table.how["numbers"]
        raise InvalidInput(field, "shape", f"{field} has {_count(got, 'number')} in each step; give {width}.", got=got, wanted=width, row=1)
    long = [attempt for attempt in wide if steps in (None, attempt.table.how["steps"])]
    return _chosen(field, "\n".join(line for _, line in lines), long or wide)


def _lines(field: str, text: str) -> list[tuple[int, str]]:
    """The lines with their numbers, without a mark at the beginning and empty lines around; in narrow letters."""
    # Full-width commas stay apart from narrow ones: where they are typed, a decimal mark is a point.
    text = re.sub("[，､]", "、", text.removeprefix("\ufeff")).translate(numerals.NARROW)
    text = re.sub(rf"[{numerals.FIXED_SPACES}]", "\u00a0", text)
    lines = [(number, line.rstrip(" ") if line.strip() else "") for number, line in enumerate(re.split(r"\r\n|[\n\r\u2028\u2029]", text), start=1)]
    while lines and not lines[-1][1]:
        lines.pop()
    while lines and not lines[0][1]:
        lines.pop(0)
    if not lines:
        raise InvalidInput(field, "missing", f"{field} is empty; give at least one number per time step.", got="")
    for number, line in lines:
        if not line:
            raise InvalidInput(field, "empty_line", f"{field}: line {number} is empty; put its numbers there, or take the line out.",
                               line=number)
    indent = "" if "\t" in lines[0][1].lstrip(" ") else " "
    return [(number, protected(line.strip(indent) if indent else line)) for number, line in lines]


def _plain(field: str, lines: list[tuple[int, str]], width: int | None) -> list[_Attempt]:
    """What each way makes of a text without brackets."""
    lines = _without_ends(lines)
    text = "\n".join(line for _, line in lines)
    attempts = [_attempt(field, lines, way) for way in _ways(text)]
    if width and len(lines) == 1:
        attempts += [_attempt(field, lines, attempt.way, flat=False) for attempt in attempts if attempt.table and not attempt.way.semicolons]
    return attempts


def _without_ends(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
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


def _ways(text: str) -> list[Way]:
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
    decimals = [".", *("," if "." in thousands or re.search(r"(?<!\s),\d", bare) else ""), *("、" if _only_parts_of_one(bare, "、") else "")]
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


def _attempt(field: str, lines: list[tuple[int, str]], way: Way, *, flat: bool = True) -> _Attempt:
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
        return _Attempt(way, None, wrong / max(count, 1), error or wrong_cell(field, lines[0][1], lines[0][0], 1))
    if flat:
        rows = [[value] for value in rows[0]]
    by = "number" if flat and len(rows) > 1 else "semicolon" if way.semicolons else "line"
    between = BETWEEN[way.column] if first > 1 else None
    how = {"steps": len(rows), "numbers": len(rows[0]), "by": by, "between": between if between != "line" else None,
           "decimal": _MARKS[way.decimal] if "decimal" in used else None, "thousands": _MARKS[way.thousands] if "thousands" in used else None,
           "names": names}
    return _Attempt(way, Table(rows, how))


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


def _chosen(field: str, text: str, attempts: list[_Attempt]) -> Table:
    """The one table, or the likeliest where another one is far-fetched; else all of them are told."""
    found: list[_Attempt] = []
    for attempt in attempts:
        if all(attempt.table.rows != other.table.rows for other in found):
            found.append(attempt)
    # A fixed space between digits stands between thousands, if it can.
    fixed = [attempt for attempt in found if attempt.way.thousands == "\u00a0"]
    found = fixed or found
    # Whoever puts spaces between thousands has commas as decimal marks.
    spaced = [attempt for attempt in found if attempt.way.thousands in (" ", "\u00a0") and attempt.way.decimal == "," and attempt.table.how["steps"] > 1]
    found = [attempt for attempt in found if not (spaced and attempt.way.column == "," and attempt.way.thousands in (" ", "\u00a0"))]
    # A sequence of three and more numbers in a line is not one large number.
    if "\n" not in text and any(attempt.table.how["steps"] > 2 for attempt in found):
        found = [attempt for attempt in found if attempt.table.how["steps"] > 1]
    # Three digits after every point are decimals, if each number has them; after commas, if nothing but 0 stands before them.
    plain = [attempt for attempt in found if attempt.way.decimal == "." and attempt.way.thousands is None]
    points = [attempt for attempt in found if attempt.way.thousands == "." and attempt.table.how["decimal"] is None]
    each = all(attempt.table.how["steps"] * attempt.table.how["numbers"] == len(re.findall(r"\d\.\d{3}", text)) for attempt in points)
    if len(plain) == 1 and len(found) == 1 + len(points) and each:
        return plain[0].table._replace(others=tuple(attempt.table for attempt in points))
    commas = [attempt for attempt in found if attempt.table.how["decimal"] == "comma"]
    if len(commas) == 1 and commas[0].table.how["steps"] > 1 and _only_parts_of_one(text, ","):
        return commas[0].table._replace(others=tuple(attempt.table for attempt in found if attempt is not commas[0]))
    if len(found) == 1:
        return found[0].table
    tables = sorted((attempt.table for attempt in found), key=lambda table: table.how["numbers"])
    ways = "; ".join(f"{' '.join(map(str, table.rows[0]))}{' in step 1' if table is tables[0] else ''} ({table.understood()})" for table in tables)
    raise InvalidInput(field, "ambiguous", f"{field} can be read in {len(tables)} ways: as {ways}. Write points as decimal marks, nothing "
                       "between thousands, and spaces between numbers.", got=shown(text[:60]), count=len(tables),
                       readings=[offered(table) for table in tables])


def offered(table: Table) -> dict[str, Any]:
    """A reading as plain values: how, and its rows."""
    return {"how": table.how, "rows": table.rows}


def _only_parts_of_one(text: str, comma: str) -> bool:
    """Whether each comma between digits stands after a 0 that is a whole part, and not all after it are the digits 0 and 1."""
    parts = re.findall(rf"(\d*){comma}(\d+)", text)
    return all(whole in ("", "0") for whole, _ in parts) and any(set(part) - {"0", "1"} for _, part in parts)


def _bracketed(field: str, lines: list[tuple[int, str]], width: int | None) -> list[_Attempt]:
    """What a list of Python, JSON or MATLAB says: brackets around steps, or around all of them."""
    text = re.sub(r"^(?:np\.|numpy\.)?array\((.*)\)$", r"\1", "\n".join(line for _, line in lines).strip().rstrip(",;").strip(), flags=re.DOTALL)
    refused = InvalidInput(field, "brackets", f"{field}: the brackets cannot be read; write [0.1, 0.2] for two steps of one number, or "
                           "[[1, 2], [3, 4]] for two steps of two.", got=shown(text))
    inner = re.fullmatch(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)", text)
    if inner:
        content = (inner[1] if inner[1] is not None else inner[2]).strip()
        if inner[2] is not None and "," not in content and ";" not in content:
            raise refused                               # (5) is −5 to an accountant
        rows = content.split("\n")
        if len(rows) > 1 and "," in content and ";" not in content and all(row.rstrip().endswith(",") for row in rows[:-1]):
            content = " ".join(rows)
        elif len(rows) > 1 and ";" in content and all(row.rstrip().endswith(";") for row in rows[:-1]):
            content = " ".join(rows)
        elif len(rows) > 1 and any(len(row.split()) > 1 for row in rows):
            raise refused                               # one long row of NumPy, or several of MATLAB
        if not content:
            raise InvalidInput(field, "missing", f"{field} is empty; give at least one number per time step.", got="")
        content = "\n".join(row.strip() for row in content.split("\n"))
        if "," in content and ";" not in content and _even(content):
            return [_attempt(field, _without_ends([(1, content)]), Way(","))]
        return _plain(field, [(k, row) for k, row in enumerate(content.split("\n"), start=1)], width)
    outer = re.fullmatch(r"\[(.*)\]|\((.*)\)", text, re.DOTALL)
    if outer and re.match(r"\s*[\[(]", outer[1] or outer[2] or ""):
        text = (outer[1] or outer[2]).strip().rstrip(",")
    groups = re.findall(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)", text)
    rest = re.sub(r"\[[^\[\]()]*\]|\([^\[\]()]*\)", "", text)
    steps = [(square or round_).strip() for square, round_ in groups]
    if not steps or re.search(r"[^\s,;]", rest) or any(";" in step or not step for step in steps) or any(
            round_ and "," not in round_ for _, round_ in groups):
        raise refused
    commas = any("," in step for step in steps)
    if commas and not all(_even(step) for step in steps):
        raise refused
    numbered = [(k, " ".join(step.removesuffix(",").split())) for k, step in enumerate(steps, start=1)]
    attempt = _attempt(field, numbered, Way("," if commas else " "), flat=False)
    if attempt.table:
        attempt = attempt._replace(table=attempt.table._replace(how=attempt.table.how | {"by": "brackets"}))
    return [attempt]


def _even(text: str) -> bool:
    """Whether all commas are followed by a space, or none is."""
    return not re.search(r",\S", text) or not re.search(r",[^\S\n]+\S", text)


def _ragged(field: str, got: int, wanted: int, line: int, row: int, names: bool) -> InvalidInput:
    if names and row == 1:
        return InvalidInput(field, "names", f"{field}: line 1 names {_count(wanted, 'column')}, and line {line} has {_count(got, 'number')}; "
                            "give each column one name, or take the names out.", got=got, wanted=wanted, line=line)
    return InvalidInput(field, "ragged", f"{field} has {_count(got, 'number')} in line {line} and {wanted} in the first; give every step the "
                        "same number of inputs.", got=got, wanted=wanted, line=line, row=row)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'s'[:count != 1]}"
