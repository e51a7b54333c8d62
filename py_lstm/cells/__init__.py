"""The cells, one file each: what a cell learns, what it carries from step to step, and both passes.

Every class in this folder that is a `Cell` and has a `name` is found here, and an experiment can ask for it by that name. The
equations of the LSTM itself are in py_lstm/cell.py.
"""

from __future__ import annotations

import importlib
import pkgutil

from ..validation import choice
from .base import Cell

__all__ = ["CELLS", "Cell", "cell_named"]


def _found() -> dict[str, type[Cell]]:
    """The cells in this folder by their names, in the order of `Cell.rank` and then of names."""
    made = {}
    for module in pkgutil.iter_modules(__path__):
        for one in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(one, type) and issubclass(one, Cell) and one.name:
                made[one.name] = one
    return dict(sorted(made.items(), key=lambda item: (item[1].rank, item[0])))


CELLS = _found()


def cell_named(name: str, hidden_size: int) -> Cell:
    """A cell of `CELLS` with so many units.

    Examples
    --------
    >>> cell_named("gru", 3).shapes(inputs=2)
    {'weight_ih': (9, 2), 'weight_hh': (9, 3), 'bias_ih': (9,), 'bias_hh': (9,)}
    """
    return CELLS[choice("cell", name, CELLS)](hidden_size)
