"""How far a derivative reaches back: its size at every step, measured on a trace."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .trace import Trace
from .validation import instance, integer


class Reach(NamedTuple):
    """Sizes over time, arrays (T,).

    dh, dc : Euclidean norms of ∂L/∂h_t and ∂L/∂c_t
    kept : Π f_s for s = t+1 ... T in one unit, the share of c_t that would still stand in c_T if nothing were added, and
        the factor by which the cell path alone carries ∂L/∂c_T back to ∂L/∂c_t
    dc_unit : |∂L/∂c_t| of that unit
    """

    dh: np.ndarray
    dc: np.ndarray
    kept: np.ndarray
    dc_unit: np.ndarray


def reach(trace: Trace, unit: int) -> Reach:
    """Measure a trace; `unit` (from 1) is the one whose forget gate is multiplied up."""
    a = instance("trace", trace, Trace).arrays
    u = integer("unit", unit, 1, a["h"].shape[1]) - 1
    after = np.append(a["f"][1:, u], 1.0)                                       # f_{t+1}, and nothing behind the end
    kept = np.cumprod(after[::-1])[::-1]
    return Reach(np.linalg.norm(a["dh"], axis=1), np.linalg.norm(a["dc"], axis=1), kept, np.abs(a["dc"][:, u]))
