"""Single numbers as people type them: "0.05", "0,05", full-width digits, "1'000".

What can mean two numbers, such as "1,000", is left as text; `doubt` says which two. web/core/numerals.js does the same for the
page's fields, and a test holds the two against each other. Whole tables of numbers are read by number_table.py.
"""

from __future__ import annotations

import math
import re

import numpy as np

# What JavaScript's trim() takes away.
BLANK = ("\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
         "\u205f\u3000\ufeff")
# Spaces that stand between thousands, and never where a line may break.
FIXED_SPACES = "\u00a0\u202f\u2007\u2008\u2009"

# Full-width forms as an input method types them, and the minus signs of word processors. Not all of NFKC, which would make 102 of
# "10²" and 1 of "①".
NARROW = {0xFF01 + k: 0x21 + k for k in range(94)} | {
    ord(wide): narrow for wide, narrow in {"。": ".", "｡": ".", "−": "-", "﹣": "-", "–": "-", "﹢": "+", "’": "'"}.items()}

DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
# 1'000.5, 1,000.5 and 1.000,5, where both marks stand or the first one twice.
_GROUPED = re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:(?:['{FIXED_SPACES}]\d{{3}})+(?:[.,]\d*)?|(?:,\d{{3}})+\.\d*|(?:\.\d{{3}})+,\d+"
                      r"|(?:,\d{3}){2,}|(?:\.\d{3}){2,})", re.ASCII)


def number(text: str) -> float | int | str:
    """Return the number that `text` is, or the text itself.

    Examples
    --------
    >>> number("0,05"), number("１２"), number("1'000.5"), number("1,000")
    (0.05, 12, 1000.5, '1,000')
    """
    clean = _clean(text)
    if _DOUBTFUL.fullmatch(clean):
        return text
    if _COMMA.fullmatch(clean):
        clean = clean.replace(",", ".")
    elif _GROUPED.fullmatch(clean):
        clean = ungrouped(clean)
    found = canonical(clean)
    return text if found is clean else found


def canonical(text: str) -> float | int | str:
    """Return the number that `text` is in the form of a share link, where commas stand between numbers, or the text itself."""
    clean = text.strip(BLANK).replace("−", "-")
    if not DECIMAL.fullmatch(clean) or not math.isfinite(float(clean)):
        return text
    return plain(float(clean))


def doubt(text: str) -> tuple[str, str] | None:
    """Return the two numbers that `text` can mean, as they would have to be written; None if it does not mean two."""
    clean = _clean(text)
    return (clean.replace(",", ""), clean.replace(",", ".")) if _DOUBTFUL.fullmatch(clean) else None


def ungrouped(text: str) -> str:
    """Take the marks between thousands out of a number; what stands once and last is its decimal mark."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0 or text.count(text[last]) > 1:
        return re.sub(rf"[.,'{FIXED_SPACES}]", "", text)
    return re.sub(rf"[.,'{FIXED_SPACES}]", "", text[:last]) + "." + text[last + 1:]


def plain(value: float) -> float | int:
    """Return a whole number as an int where JavaScript writes it without an exponent."""
    if not value.is_integer() or abs(value) >= 1e21:
        return value
    return int(value) if abs(value) < 2**53 else int(np.format_float_positional(value, trim="-"))


def _clean(text: str) -> str:
    return text.strip(BLANK).translate(NARROW)
