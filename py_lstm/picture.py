"""A picture of a trace for a terminal: blocks of text. `drawing` makes it as SVG."""

from __future__ import annotations

from typing import Mapping, Sequence

import numpy as np

from .trace import Trace
from .validation import InvalidInput, choice, instance, shown

SHOWN = ("x", "f", "i", "g", "o", "c", "h", "y")
OPENINGS = ("i", "f", "o", "p")                         # go from 0 to 1; everything else has a sign

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.:-=+*#"                                      # for a terminal without blocks


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
