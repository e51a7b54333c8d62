"""A picture of a trace for a terminal: blocks of text. `drawing` makes it as SVG."""

from __future__ import annotations

from typing import Mapping, Sequence

import numpy as np

from .trace import Trace
from .validation import InvalidInput, choice, instance, shown

OPENINGS = ("i", "f", "o")                              # of the LSTM: they go from 0 to 1

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.:-=+*#"                                      # for a terminal without blocks


def usual(trace: Trace) -> tuple[str, ...]:
    """The quantities shown by default: x, those that picture the cell, and y.

    Examples
    --------
    >>> from py_lstm import Experiment, run
    >>> usual(run(Experiment(updates=0))), usual(run(Experiment(cell="gru", updates=0)))
    (('x', 'f', 'i', 'g', 'o', 'c', 'h', 'y'), ('x', 'r', 'z', 'n', 'h', 'y'))
    """
    built = trace.experiment.damaged_architecture
    return ("x", *(name + row.ending for row in built.rows for name in built.cell.pictured), "y")


def openings(trace: Trace) -> tuple[str, ...]:
    """The quantities that go from 0 to 1; all others have a sign."""
    built = trace.experiment.damaged_architecture
    return (*(name + row.ending for row in built.rows for name in built.cell.openings), "p")


def blocks(trace: Trace, quantities: Sequence[str] | None = None, levels: str = BLOCKS) -> str:
    """Rows of characters, one for each unit, a column for each step; the higher the block, the larger the number.

    quantities : names of `trace.quantities`; `usual(trace)` if None

    Openings fill the range from 0 to 1. What has a sign fills -m to m, with m the largest of its quantity, written at the
    end of its rows; 0 is in the middle.
    """
    return rows_of_blocks({name: values for name, values, _ in _rows(trace, quantities)}, levels, openings(trace))


def rows_of_blocks(quantities: Mapping[str, np.ndarray], levels: str = BLOCKS, from_0_to_1: Sequence[str] = OPENINGS) -> str:
    """The same of any arrays (T, width) by name."""
    lines = []
    for name, values in quantities.items():
        largest = _largest(name, values, from_0_to_1)
        low = 0.0 if name in from_0_to_1 else -largest
        scale = "0 to 1" if name in from_0_to_1 else f"{-largest:.3g} to {largest:.3g}"
        share = np.clip((values - low) / ((largest - low) or 1), 0, 1)
        for unit, row in enumerate(np.minimum((share * len(levels)).astype(int), len(levels) - 1).T, start=1):
            label = f"{name} {unit}" if values.shape[1] > 1 else name
            lines.append(f"{label:>10}  {''.join(levels[k] for k in row)}  {scale}")
    return "\n".join(lines)


def _rows(trace: Trace, quantities: Sequence[str] | None):
    """Name, values (T, width) and the largest absolute value of each quantity."""
    arrays = instance("trace", trace, Trace).arrays
    quantities = usual(trace) if quantities is None else quantities
    from_0_to_1 = openings(trace)
    if not isinstance(quantities, (list, tuple)):
        raise InvalidInput("quantities", "type", f"quantities is {shown(quantities)}; give a list of names.",
                           got=shown(quantities))
    for name in [choice("quantity", name, trace.quantities) for name in quantities]:
        yield name, arrays[name], _largest(name, arrays[name], from_0_to_1)


def _largest(name: str, values: np.ndarray, from_0_to_1: Sequence[str]) -> float:
    """What fills a row: 1 for an opening, else the largest absolute value."""
    return 1.0 if name in from_0_to_1 else float(np.abs(values).max())


def levels_for(encoding: str | None) -> str:
    """Blocks where a terminal's encoding has them, else what every one has."""
    try:
        BLOCKS.encode(encoding or "ascii")
        return BLOCKS
    except (UnicodeEncodeError, LookupError):
        return ASCII
