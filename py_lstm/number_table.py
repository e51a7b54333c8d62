"""Tables of numbers as people paste them: from a spreadsheet, a CSV file, a sentence, Python or Markdown.

`read_table` tries every way in which such a text is written: what stands between steps and between columns, which mark is the
decimal one, which one stands between thousands. A text that only one way explains is read; one that two ways explain with other
numbers is refused, with both of them, so that a person can choose. The page, the command line and `py_lstm gates` all read by it.
"""

from __future__ import annotations

import re
from typing import Any

from . import numerals
from .table_cells import protected
from .table_ways import Attempt, Table, Way, attempt_of, counted, only_parts_of_one, ways_of, without_ends
from .validation import InvalidInput, shown

MOST_CHARACTERS = 50_000_000
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
        raise InvalidInput(field, "shape", f"{field} has {counted(got, 'number')} in each step; give {width}.", got=got, wanted=width,
                           row=1)
    long = [attempt for attempt in wide if steps in (None, attempt.table.how["steps"])]
    return _chosen(field, "\n".join(line for _, line in lines), long or wide)


def _lines(field: str, text: str) -> list[tuple[int, str]]:
    """The lines with their numbers, without a mark at the beginning and empty lines around; in narrow letters."""
    # Full-width commas stay apart from narrow ones: where they are typed, a decimal mark is a point.
    text = re.sub("[，､]", "、", text.removeprefix("\ufeff")).translate(numerals.NARROW)
    text = re.sub(rf"[{numerals.FIXED_SPACES}]", "\u00a0", text)
    lines = [(number, line.rstrip(" ") if line.strip() else "")
             for number, line in enumerate(re.split(r"\r\n|[\n\r\u2028\u2029]", text), start=1)]
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


def _plain(field: str, lines: list[tuple[int, str]], width: int | None) -> list[Attempt]:
    """What each way makes of a text without brackets."""
    lines = without_ends(lines)
    text = "\n".join(line for _, line in lines)
    attempts = [attempt_of(field, lines, way) for way in ways_of(text)]
    if width and len(lines) == 1:
        attempts += [attempt_of(field, lines, attempt.way, flat=False) for attempt in attempts
                     if attempt.table and not attempt.way.semicolons]
    return attempts


def _chosen(field: str, text: str, attempts: list[Attempt]) -> Table:
    """The one table, or the likeliest where another one is far-fetched; else all of them are told."""
    found: list[Attempt] = []
    for attempt in attempts:
        if all(attempt.table.rows != other.table.rows for other in found):
            found.append(attempt)
    # A fixed space between digits stands between thousands, if it can.
    fixed = [attempt for attempt in found if attempt.way.thousands == "\u00a0"]
    found = fixed or found
    # Whoever puts spaces between thousands has commas as decimal marks.
    spaced = [attempt for attempt in found if attempt.way.thousands in (" ", "\u00a0") and attempt.way.decimal == ","
              and attempt.table.how["steps"] > 1]
    far = [attempt for attempt in found if spaced and attempt.way.column == "," and attempt.way.thousands in (" ", "\u00a0")]
    found = [attempt for attempt in found if attempt not in far]
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
    if len(commas) == 1 and commas[0].table.how["steps"] > 1 and only_parts_of_one(text, ","):
        return commas[0].table._replace(others=tuple(attempt.table for attempt in found if attempt is not commas[0]))
    if len(found) == 1:
        return found[0].table._replace(others=tuple(attempt.table for attempt in far))
    tables = sorted((attempt.table for attempt in found), key=lambda table: table.how["numbers"])
    ways = "; ".join(f"{' '.join(map(str, table.rows[0]))}{' in step 1' if table is tables[0] else ''} ({table.understood()})"
                     for table in tables)
    raise InvalidInput(field, "ambiguous", f"{field} can be read in {len(tables)} ways: as {ways}. Write points as decimal marks, nothing "
                       "between thousands, and spaces between numbers.", got=shown(text[:60]), count=len(tables),
                       readings=[offered(table) for table in tables])


def offered(table: Table) -> dict[str, Any]:
    """A reading as plain values: how, and its rows."""
    return {"how": table.how, "rows": table.rows}


def _bracketed(field: str, lines: list[tuple[int, str]], width: int | None) -> list[Attempt]:
    """What a list of Python, JSON or MATLAB says: brackets around steps, or around all of them."""
    text = "\n".join(line for _, line in lines).strip().rstrip(",;").strip()
    text = re.sub(r"^(?:np\.|numpy\.)?array\((.*)\)$", r"\1", text, flags=re.DOTALL)
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
            return [attempt_of(field, without_ends([(1, content)]), Way(","))]
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
    attempt = attempt_of(field, numbered, Way("," if commas else " "), flat=False)
    if attempt.table:
        attempt = attempt._replace(table=attempt.table._replace(how=attempt.table.how | {"by": "brackets"}))
    return [attempt]


def _even(text: str) -> bool:
    """Whether all commas are followed by a space, or none is."""
    return not re.search(r",\S", text) or not re.search(r",[^\S\n]+\S", text)
