"""A trace, a gradient check and trainings as CSV: what `py_lstm trace` writes, and the page hands out.

Every number keeps all its digits, so that reading it again gives the same float64.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any, Iterable, Mapping

import numpy as np

from .gradient_check import GradientReport, TensorCheck
from .trace import Trace
from .training import Trainer
from .validation import instance


def wide(trace: Trace) -> str:
    """A row for each step and a column for each number of it: t, x_1, x_2, ..., y, ..., dx_2.

    t : step, from 1. The other columns are named by `trace.quantities` and, where there are several, the unit from 1.
    """
    names, columns = ["t"], []
    for name in instance("trace", trace, Trace).quantities:
        values = trace.arrays[name]
        single = values.shape[1] == 1 and name in ("y", "target", "dy")
        names += [name if single else f"{name}_{unit}" for unit in range(1, values.shape[1] + 1)]
        columns.append(values)
    rows = np.concatenate(columns, axis=1).tolist()
    return _csv(names, ([t, *row] for t, row in enumerate(rows, start=1)))


def tidy(trace: Trace) -> str:
    """A row for each number: quantity, t, unit, value.

    quantity : one of `trace.quantities`
    t : step, from 1; 0 for h, c, dh and dc before the first step
    unit : hidden unit, input or output, from 1
    value : float64
    """
    rows: list[list[Any]] = []
    for name in instance("trace", trace, Trace).quantities:
        before = trace.before(name)
        steps = [] if before is None else [(0, before)]
        steps += list(enumerate(trace.arrays[name], start=1))
        rows += [[name, t, unit, value] for t, values in steps for unit, value in enumerate(values.tolist(), start=1)]
    return _csv(["quantity", "t", "unit", "value"], rows)


def checked(report: GradientReport) -> str:
    """A gradient check, a row for each tensor; the columns are the fields of a `TensorCheck`."""
    return _csv(TensorCheck._fields, instance("report", report, GradientReport).tensors)


def trained(trainers: Mapping[str, Trainer]) -> str:
    """Trainings by name, a row for each update: run, update, loss, score, gradient_norm.

    update : from 1. loss, score : of the batch that this update learnt from, before it. gradient_norm : of all gradients
    together, before they are clipped
    """
    return _csv(["run", "update", "loss", "score", "gradient_norm"],
                ([name, update, *values] for name, one in trainers.items()
                 for update, values in enumerate(zip_longest(one.losses, one.scores, one.gradient_norms), start=1)))


def _csv(names: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    return "\n".join([",".join(names), *(",".join(map(_cell, row)) for row in rows)]) + "\n"


def _cell(value: Any) -> str:
    """A cell; text that holds a comma or a quote is quoted, and nothing is a number that a spreadsheet would compute."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    text = f"'{value}" if value[:1] in "=+-@\t\r" and value else value
    return '"' + text.replace('"', '""') + '"' if any(letter in text for letter in ',"\r\n') else text
