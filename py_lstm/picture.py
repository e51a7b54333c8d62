"""A picture of a trace without any drawing library: blocks of text for a terminal, or SVG."""

from __future__ import annotations

from html import escape
from typing import Mapping, Sequence

import numpy as np

from .trace import Trace
from .validation import InvalidInput, choice, instance, shown

SHOWN = ("x", "i", "f", "o", "g", "c", "h", "y")
OPENINGS = ("i", "f", "o", "p")                         # go from 0 to 1; everything else has a sign

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.:-=+*#"                                      # for a terminal without blocks
CELL = 14                                               # pixels
POSITIVE, NEGATIVE, EMPTY = (176, 80, 16), (32, 96, 176), (255, 255, 255)


def blocks(trace: Trace, quantities: Sequence[str] = SHOWN, levels: str = BLOCKS) -> str:
    """Rows of characters, one for each unit, a column for each step; the higher the block, the larger the number.

    Openings fill the range from 0 to 1. What has a sign fills -m to m, with m the largest of its quantity, written at the
    end of its rows; 0 is in the middle.
    """
    return rows_of_blocks({name: values for name, values, _ in _rows(trace, quantities)}, levels)


def rows_of_blocks(quantities: Mapping[str, np.ndarray], levels: str = BLOCKS) -> str:
    """The same of any arrays (T, width) by name."""
    lines = []
    for name, values in quantities.items():
        largest = _largest(name, values)
        low = 0.0 if name in OPENINGS else -largest
        scale = "0 to 1" if name in OPENINGS else f"{-largest:.3g} to {largest:.3g}"
        share = np.clip((values - low) / ((largest - low) or 1), 0, 1)
        for unit, row in enumerate(np.minimum((share * len(levels)).astype(int), len(levels) - 1).T, start=1):
            label = f"{name} {unit}" if values.shape[1] > 1 else name
            lines.append(f"{label:>10}  {''.join(levels[k] for k in row)}  {scale}")
    return "\n".join(lines)


def svg(trace: Trace, quantities: Sequence[str] = SHOWN) -> str:
    """The same as an SVG document: a square for each number, which says it when pointed at.

    Openings go from white (0) to brown (1); what has a sign from blue (negative) over white (0) to brown (positive).
    """
    rows = list(_rows(trace, quantities))
    T = len(trace.arrays["h"])
    parts, y = [], 4
    for name, values, largest in rows:
        for unit in range(values.shape[1]):
            label = f"{name} {unit + 1}" if values.shape[1] > 1 else name
            parts.append(f'<text x="74" y="{y + 11}" text-anchor="end">{escape(label)}</text>')
            for t in range(T):
                value = float(values[t, unit])
                parts.append(f'<rect x="{80 + t * CELL}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" '
                             f'fill="{_colour(value / (largest or 1))}"><title>{escape(label)}, step {t + 1}: {value:.6g}'
                             "</title></rect>")
            y += CELL
        y += 6
    names = ", ".join(name for name, *_ in rows)
    width = 84 + T * CELL
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}" role="img" '
            f'font-family="sans-serif" font-size="11"><title>{escape(names)} over {T} steps</title>\n'
            f'<rect width="{width}" height="{y}" fill="#eee"/>\n' + "\n".join(parts) + "\n</svg>\n")


def _rows(trace: Trace, quantities: Sequence[str]):
    """Name, values (T, width) and the largest absolute value of each quantity."""
    arrays = instance("trace", trace, Trace).arrays
    if not isinstance(quantities, (list, tuple)):
        raise InvalidInput("quantities", "type", f"quantities is {shown(quantities)}; give a list of names.",
                           got=shown(quantities))
    for name in [choice("quantity", name, trace.quantities) for name in quantities]:
        yield name, arrays[name], _largest(name, arrays[name])


def _largest(name: str, values: np.ndarray) -> float:
    """What fills a row: 1 for an opening, else the largest absolute value."""
    return 1.0 if name in OPENINGS else float(np.abs(values).max())


def levels_for(encoding: str | None) -> str:
    """Blocks where a terminal's encoding has them, else what every one has."""
    try:
        BLOCKS.encode(encoding or "ascii")
        return BLOCKS
    except (UnicodeEncodeError, LookupError):
        return ASCII


def _colour(share: float) -> str:
    end, amount = POSITIVE if share >= 0 else NEGATIVE, min(abs(share), 1)
    return "#" + "".join(f"{round(a + (b - a) * amount):02x}" for a, b in zip(EMPTY, end))
