"""A place in a trace, and what the numbers around it are called."""

from __future__ import annotations

from .. import cell
from ..trace import BACKWARD, Trace
from .parts import Operand


class Place:
    """One place in a trace: time step t (from 1) and unit u (from 0), with look-ups relative to it."""

    def __init__(self, trace: Trace, t: int, u: int):
        self.trace, self.t, self.u = trace, t, u
        self.arrays = trace.arrays
        e = trace.experiment
        self.T, self.H = trace.arrays["h"].shape
        self.O = trace.arrays["y"].shape[1]
        self.symbols = e.about.symbols
        self.output_step, self.output = e.output_step or self.T, trace.output
        place = f"{self.output_step},{self.output + 1}" if self.O > 1 else f"{self.output_step}"
        self.L = "L" if e.gradient_of == "loss" else f"y_{{{place}}}"

    def value(self, quantity: str, t: int | None = None, u: int | None = None) -> float:
        t, u = self.t if t is None else t, self.u if u is None else u
        if t == 0:
            return float(self.arrays[f"{quantity}_0"][u])
        return float(self.arrays[quantity][t - 1, u])

    def operand(self, quantity: str, t: int | None = None, u: int | None = None, symbol: str | None = None,
                value: float | None = None) -> Operand:
        """A number of the trace; with `symbol` and `value`, one derived from it."""
        t, u = self.t if t is None else t, self.u if u is None else u
        return Operand(symbol or self.symbol(quantity, t, u), self.value(quantity, t, u) if value is None else value,
                       quantity, t, u + 1)

    def parameter(self, name: str, *index: int) -> Operand:
        return Operand(parameter_symbol(name, index, self.H, self.O > 1), float(self.arrays[name][index]), name, index=index)

    def symbol(self, quantity: str, t: int | None = None, u: int | None = None) -> str:
        """LaTeX of a number, with its step and, where there are several, its unit."""
        t = self.t if t is None else t
        place = f"{t},{(self.u if u is None else u) + 1}" if self.arrays[quantity].shape[1] > 1 else f"{t}"
        if quantity in BACKWARD:
            kind, _, path = quantity.partition("_via_")
            name = kind[1:]
            below = f"z^{{{name[2]}}}" if name.startswith("z_") else name
            mark = f"\\big|_{{{path}}}" if path else ""
            return rf"\partial {self.L}/\partial {below}_{{{place}}}{mark}"
        name = {"tanh_c": r"\tanh c", "target": "d"}.get(quantity, quantity)
        return f"z^{{{name[2]}}}_{{{place}}}" if name.startswith("z_") else f"{name}_{{{place}}}"

    def ends(self) -> bool:
        return self.t == self.T


def parameter_symbol(name: str, index: tuple[int, ...], H: int, several: bool) -> str:
    if name.startswith("readout"):
        place = ",".join(str(k + 1) for k in (index if several else index[1:]))
        return ("V" if name == "readout_weight" else "a") + (f"_{{{place}}}" if place else "")
    letter = {"weight_ih": "W", "weight_hh": "U", "bias": "b"}[name]
    place = ",".join(str(k) for k in (index[0] % H + 1, *(k + 1 for k in index[1:])))
    return f"{letter}^{{{cell.GATES[index[0] // H]}}}_{{{place}}}"
