"""Where a number comes from: its equation, its operands with their values, and the line of Python that computed it.

Every quantity of a trace has one rule here. A rule lists the terms that add up to the number, and each term lists the
numbers it is a product of, so that a reader, a page or a screen reader can walk from any number to its operands and on.
Steps and units count from 1, as in the equations; step 0 is the state before the sequence.
"""

from __future__ import annotations

import inspect
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Callable

import numpy as np

from . import cell, losses, network, objective
from .damage.rules import of_kind
from .trace import BACKWARD, PROBABILITIES, Trace
from .validation import choice, instance, integer

GATE_ROW = {gate: k for k, gate in enumerate(cell.GATES)}
OPENINGS = ("i", "f", "o")


@dataclass(frozen=True)
class Operand:
    """One number that went in. `unit` and `t` point into the trace; `index` (from 0) into a parameter instead.

    `symbol` is LaTeX. A number derived on the spot, such as f(1 - f), points at the quantity it is derived from.
    """

    symbol: str
    value: float
    quantity: str
    t: int | None = None
    unit: int | None = None
    index: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Term:
    """A summand: the product of `factors`, or the sum of `parts`. `symbol` is LaTeX."""

    symbol: str
    value: float
    factors: tuple[Operand, ...] = ()
    parts: tuple["Term", ...] = ()


@dataclass(frozen=True)
class Source:
    """A line of the package: file, line number from 1, and its text."""

    file: str
    line: int
    code: str


@dataclass(frozen=True)
class Line:
    """One equation: `symbol` = `function`(sum of `terms`) = `value`. `function` is "" for a plain sum."""

    symbol: str
    equation: str
    value: float
    function: str
    terms: tuple[Term, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Explanation:
    """The equations that lead to one number, the last of which gives it. No lines: the number was given.

    Examples
    --------
    >>> told = explain(run(Experiment(updates=0)), "dc", t=3, unit=1)         # where two streams meet
    >>> len(told.lines[-1].terms), told.lines[-1].sources[0].file
    (2, 'py_lstm/cell.py')
    >>> bool(abs(sum(term.value for term in told.lines[-1].terms) - told.value) < 1e-15)
    True
    """

    quantity: str
    t: int
    unit: int
    value: float
    lines: tuple[Line, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`."""
        return asdict(self)


def explain(trace: Trace, quantity: str, t: int, unit: int) -> Explanation:
    """Explain one number of a trace.

    Parameters
    ----------
    quantity : one of `trace.quantities`
    t : time step, 1 to T
    unit : hidden unit, input or output, from 1

    Raises
    ------
    InvalidInput
        If there is no such number.

    Examples
    --------
    >>> trace = run(Experiment(updates=0))
    >>> told = explain(trace, "c", t=13, unit=2)
    >>> [f"{term.value:.4f}" for term in told.lines[-1].terms], f"{told.value:.4f}"
    (['-0.1719', '0.0755'], '-0.0964')
    >>> told.lines[-1].sources[0].code                                        # the line of code that computed it
    'c[t] = f[t] * c_prev + i[t] * g[t]'
    """
    choice("quantity", quantity, instance("trace", trace, Trace).quantities)
    T, width = trace.arrays[quantity].shape
    t, unit = integer("t", t, 1, T), integer("unit", unit, 1, width)
    at = _At(trace, t, unit - 1)
    lines = _rule(quantity)(at)
    if of_kind(trace.experiment.damage, "gate", "gradient"):
        from .explain_damage import damaged             # which is written on top of this file
        lines = damaged(at, quantity, lines)
    return Explanation(quantity, t, unit, at.value(quantity), tuple(lines))


class _At:
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
        return Operand(_parameter_symbol(name, index, self.H, self.O > 1), float(self.arrays[name][index]), name, index=index)

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


def _parameter_symbol(name: str, index: tuple[int, ...], H: int, several: bool) -> str:
    if name.startswith("readout"):
        place = ",".join(str(k + 1) for k in (index if several else index[1:]))
        return ("V" if name == "readout_weight" else "a") + (f"_{{{place}}}" if place else "")
    letter = {"weight_ih": "W", "weight_hh": "U", "bias": "b"}[name]
    place = ",".join(str(k) for k in (index[0] % H + 1, *(k + 1 for k in index[1:])))
    return f"{letter}^{{{cell.GATES[index[0] // H]}}}_{{{place}}}"


def _product(*factors: Operand, symbol: str = "") -> Term:
    value = float(np.prod([factor.value for factor in factors]))
    return Term(symbol or r"\,".join(factor.symbol for factor in factors), value, tuple(factors))


def _sum(symbol: str, parts: list[Term]) -> Term:
    return Term(symbol, float(sum(part.value for part in parts)), parts=tuple(parts))


# Where the code stands. Each text is searched for in its module, so a line number cannot go stale. -----------------

@lru_cache(maxsize=None)
def source(module, code: str) -> Source:
    """The line of `module` that begins with `code`."""
    name = "/".join(module.__name__.split(".")) + ".py"
    for number, line in enumerate(inspect.getsource(module).splitlines(), start=1):
        if line.strip().startswith(code):
            return Source(name, number, line.split("#")[0].strip())
    raise LookupError(f"{name} has no line {code!r}")


# Forward ------------------------------------------------------------------------------------------------------------

def _pre_activation(at: _At, gate: str) -> Line:
    row = GATE_ROW[gate] * at.H + at.u
    units = range(at.H)
    # Of symbols all inputs but one are 0, and what is multiplied with 0 need not be read.
    inputs = [k for k, x in enumerate(at.arrays["x"][at.t - 1]) if x != 0 or not at.symbols]
    terms = (
        _sum(f"W^{{{gate}}} x_{{{at.t}}}", [_product(at.parameter("weight_ih", row, k), at.operand("x", u=k)) for k in inputs]),
        _sum(f"U^{{{gate}}} h_{{{at.t - 1}}}",
             [_product(at.parameter("weight_hh", row, k), at.operand("h", at.t - 1, k)) for k in units]),
        _product(at.parameter("bias", row)),
    )
    name = f"z_{gate}"
    return Line(at.symbol(name), rf"z^{{{gate}}}_t = W^{{{gate}}} x_t + U^{{{gate}}} h_{{t-1}} + b^{{{gate}}}",
                at.value(name), "", terms,
                (source(cell, "z_x = project(x, W) + b"), source(cell, "z[t] = z_x[t] + project(h_prev, U)")))


def _gate(at: _At, gate: str) -> Line:
    function = r"\sigma" if gate in OPENINGS else r"\tanh"
    code = f"{gate}[t] = {'gate' if gate in OPENINGS else 'squash'}.forward(z_{gate}[t])"
    return Line(at.symbol(gate), rf"{gate}_t = {function}(z^{{{gate}}}_t)", at.value(gate), function,
                (_product(at.operand(f"z_{gate}")),), (source(cell, code),))


def _cell_state(at: _At) -> list[Line]:
    return [Line(at.symbol("c"), r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", at.value("c"), "",
                 (_product(at.operand("f"), at.operand("c", at.t - 1)), _product(at.operand("i"), at.operand("g"))),
                 (source(cell, "c[t] = f[t] * c_prev + i[t] * g[t]"),))]


def _squashed_cell(at: _At) -> list[Line]:
    return [Line(at.symbol("tanh_c"), r"\tanh(c_t)", at.value("tanh_c"), r"\tanh", (_product(at.operand("c")),),
                 (source(cell, "tanh_c[t] = squash.forward(c[t])"),))]


def _hidden(at: _At) -> list[Line]:
    return [*_squashed_cell(at),
            Line(at.symbol("h"), r"h_t = o_t \odot \tanh(c_t)", at.value("h"), "",
                 (_product(at.operand("o"), at.operand("tanh_c")),), (source(cell, "h[t] = o[t] * tanh_c[t]"),))]


def _output(at: _At) -> list[Line]:
    parts = [_product(at.parameter("readout_weight", at.u, k), at.operand("h", u=k)) for k in range(at.H)]
    return [Line(at.symbol("y"), r"y_t = V h_t + a", at.value("y"), "",
                 (_sum(f"V h_{{{at.t}}}", parts), _product(at.parameter("readout_bias", at.u))),
                 (source(network, "y = project(steps.h, p["),))]


def _log_sum(at: _At) -> tuple[Operand, Line]:
    """log Σ e^y over the outputs, as the code computes it: the largest y is taken off first, so that nothing overflows."""
    y = at.arrays["y"][at.t - 1]
    k = int(y.argmax())
    largest = at.operand("y", u=k)
    parts = [Term(rf"e^{{y_{{{at.t},{j + 1}}} - {largest.symbol}}}", float(np.exp(y[j] - y[k])),
                  (at.operand("y", u=j, symbol=rf"e^{{y_{{{at.t},{j + 1}}} - {largest.symbol}}}", value=float(np.exp(y[j] - y[k]))),))
             for j in range(at.O)]
    total = _sum(rf"\sum_k e^{{y_{{{at.t},k}} - {largest.symbol}}}", parts)
    value = float(np.log(total.value))
    return largest, Line("s", rf"s = \log \sum_k e^{{y_{{t,k}} - \max_j y_{{t,j}}}}", value, r"\log", (total,),
                         (source(losses, "return y - np.log("),))


def _probability(at: _At) -> list[Line]:
    largest, line = _log_sum(at)
    return [line, Line(at.symbol(PROBABILITIES), r"p_{t,k} = \frac{e^{y_{t,k}}}{\sum_j e^{y_{t,j}}} = e^{y_{t,k} - \max_j y_{t,j} - s}",
                       at.value(PROBABILITIES), r"\exp", (
                           _product(at.operand("y")),
                           Term(rf"-{largest.symbol}", -largest.value, (at.operand("y", u=largest.unit - 1, symbol=f"-{largest.symbol}",
                                                                                   value=-largest.value),)),
                           Term("-s", -line.value, (at.operand("y", symbol="-s", value=-line.value),))),
                       (source(losses, "y = y - y.real.max("), source(losses, "return y - np.log(")))]


# Backward -----------------------------------------------------------------------------------------------------------

def _d_output(at: _At) -> list[Line]:
    e = at.trace.experiment
    of = "t,k" if at.O > 1 else "t"
    if e.gradient_of == "output":
        step, unit = at.output_step, at.output + 1
        here, there = (f"({of})", f"({step},{unit})") if at.O > 1 else ("t", str(step))
        equation = (rf"\partial {at.L}/\partial y_{{{of}}} = \begin{{cases}} 1 & {here} = {there} \\ 0 & {here} \ne {there} "
                    r"\end{cases}")
        return [Line(at.symbol("dy"), equation, at.value("dy"), "",
                     (_product(at.operand("dy", symbol="1", value=1.0)),) if at.t == step and at.u == at.output else (),
                     (source(objective, "dy[e.output_step - 1, 0, self.output] = 1"),))]
    counted = np.flatnonzero(at.arrays["mask"]) + 1
    if e.loss_at == "last":
        counted = counted[-1:]
    classes = e.about.classes()
    count = len(counted) if classes else len(counted) * at.O
    factor = "1" if classes else "2"
    size = f"{factor}/{count}" if count > 1 else factor
    if classes:
        equation = rf"\tfrac{{1}}{{{count}}}(p_{{t,k}} - [k = d_t])"
        code = "dy[counted] = (np.exp(log_p) * given.sum("
    else:
        equation = rf"\tfrac{{2}}{{{count}}}(y_{{{of}}} - d_{{{of}}})"
        code = "dy[counted] = 2 * error / error.size"
    if len(counted) < at.T:
        equation = rf"\begin{{cases}} {equation} & {_where(counted)} \\ 0 & {_where(counted, True)} \end{{cases}}"
    scale = Operand(size, int(factor) / count, "dy", at.t, at.u + 1)
    given, target = at.operand(PROBABILITIES if classes else "y"), at.operand("target")
    terms = (Term(rf"{factor}/{count}\,{given.symbol}", scale.value * given.value, (scale, given)),
             Term(rf"-{factor}/{count}\,{target.symbol}", -scale.value * target.value,
                  (Operand("-" + scale.symbol, -scale.value, "dy", at.t, at.u + 1), target)))
    return [Line(at.symbol("dy"), rf"\partial L/\partial y_{{{of}}} = {equation}", at.value("dy"), "",
                 terms if at.t in counted else (), (source(losses, code),))]


def _where(steps: np.ndarray, not_: bool = False) -> str:
    """LaTeX for: t is one of these steps, or not."""
    sign = r"\notin" if not_ else r"\in"
    if len(steps) == 1:
        return rf"t \ne {steps[0]}" if not_ else f"t = {steps[0]}"
    if len(steps) == steps[-1] - steps[0] + 1:
        return rf"t {sign} [{steps[0]}, {steps[-1]}]"
    return rf"t {sign} \{{{','.join(map(str, steps))}\}}"


def _d_hidden_via_y(at: _At) -> list[Line]:
    # Of several outputs, those that L does not depend on here add nothing.
    outputs = [k for k, dy in enumerate(at.arrays["dy"][at.t - 1]) if dy != 0 or at.O == 1]
    terms = [_product(at.parameter("readout_weight", k, at.u), at.operand("dy", u=k)) for k in outputs]
    if len(terms) > 4:
        terms = [_sum(rf"V^\top\, \partial {at.L}/\partial y_{{{at.t}}}", terms)]
    return [Line(at.symbol("dh_via_y"), rf"{_stream(at, 'h', 'y')} = V^\top\, \partial {at.L}/\partial y_t", at.value("dh_via_y"), "",
                 tuple(terms),
                 (source(network, "dh_via_y = project(dy, V.T)"),))]


def _through_gates(at: _At, weight: str, letter: str, t: int) -> tuple[Term, ...]:
    """Σ over the four gates of (weight of the gate)ᵀ ∂L/∂z at step t: what an operand of all four pre-activations gets."""
    terms = []
    for gate in cell.GATES:
        rows = [(GATE_ROW[gate] * at.H + k, k) for k in range(at.H)]
        terms.append(_sum(rf"{letter}^{{{gate}\top}}\, \partial {at.L}/\partial z^{{{gate}}}_{{{t}}}",
                          [_product(at.parameter(weight, row, at.u), at.operand(f"dz_{gate}", t, k)) for row, k in rows]))
    return tuple(terms)


def _d_hidden_via_z(at: _At) -> list[Line]:
    terms = () if at.ends() else _through_gates(at, "weight_hh", "U", at.t + 1)
    return [Line(at.symbol("dh_via_z"),
                 rf"{_stream(at, 'h', 'z')} = \sum_{{k \in i,f,g,o}} U^{{k\top}}\, \partial {at.L}/\partial z^k_{{t+1}} \quad (= 0,\; t = {at.T})",
                 at.value("dh_via_z"), "", terms, (source(cell, "from_h = project(dz[t], U.T)"),))]


def _streams(at: _At, state: str, one: str, other: str) -> str:
    """The equation of a derivative that is the sum of what came on two ways. No words: a page may be in any language."""
    return rf"\frac{{\partial {at.L}}}{{\partial {state}_t}} = {_stream(at, state, one)} + {_stream(at, state, other)}"


def _stream(at: _At, state: str, way: str) -> str:
    return rf"\frac{{\partial {at.L}}}{{\partial {state}_t}}\big|_{{{way}}}"


def _d_hidden(at: _At) -> list[Line]:
    return [Line(at.symbol("dh"), _streams(at, "h", "y", "z"),
                 at.value("dh"), "", (_product(at.operand("dh_via_y")), _product(at.operand("dh_via_z"))),
                 (source(cell, "dh[t] = dh_via_y[t] + dh_via_z[t]"),))]


def _slope(at: _At, quantity: str) -> Operand:
    """The derivative of the activation whose output is `quantity`: a(1 - a), or 1 - a² for tanh."""
    a, symbol = at.value(quantity), at.symbol(quantity)
    if quantity in OPENINGS:
        return at.operand(quantity, symbol=f"{symbol}(1-{symbol})", value=a * (1 - a))
    squared = rf"\tanh^2 c_{{{at.t},{at.u + 1}}}" if quantity == "tanh_c" else f"{symbol}^2"
    return at.operand(quantity, symbol=f"(1-{squared})", value=1 - a * a)


def _d_cell_via_h(at: _At) -> list[Line]:
    return [Line(at.symbol("dc_via_h"), rf"{_stream(at, 'c', 'h')} = \frac{{\partial {at.L}}}{{\partial h_t}} \odot o_t \odot (1 - \tanh^2 c_t)",
                 at.value("dc_via_h"), "", (_product(at.operand("dh"), at.operand("o"), _slope(at, "tanh_c")),),
                 (source(cell, "dc_via_h[t] = dh[t] * o[t] * squash.backward(tanh_c[t])"),))]


def _d_cell_via_c(at: _At) -> list[Line]:
    terms = () if at.ends() else (_product(at.operand("dc", at.t + 1), at.operand("f", at.t + 1)),)
    return [Line(at.symbol("dc_via_c"),
                 rf"{_stream(at, 'c', 'c')} = \frac{{\partial {at.L}}}{{\partial c_{{t+1}}}} \odot f_{{t+1}} \quad (= 0,\; t = {at.T})",
                 at.value("dc_via_c"), "", terms, (source(cell, "from_c = dc[t] * f[t]"),))]


def _d_cell(at: _At) -> list[Line]:
    return [Line(at.symbol("dc"), _streams(at, "c", "h", "c"),
                 at.value("dc"), "", (_product(at.operand("dc_via_h")), _product(at.operand("dc_via_c"))),
                 (source(cell, "dc[t] = dc_via_h[t] + dc_via_c[t]"),))]


# Each gate's error term: what arrives, what the gate multiplied in the forward pass, and the slope of its activation.
MULTIPLIED = {"i": ("dc", "g"), "f": ("dc", "c"), "g": ("dc", "i"), "o": ("dh", "tanh_c")}
D_GATE_CODE = {
    "i": "dz_i[t] = dc[t] * g[t] * gate.backward(i[t])",
    "f": "dz_f[t] = dc[t] * c_prev * gate.backward(f[t])",
    "g": "dz_g[t] = dc[t] * i[t] * squash.backward(g[t])",
    "o": "dz_o[t] = dh[t] * tanh_c[t] * gate.backward(o[t])",
}


def _d_gate(at: _At, gate: str) -> list[Line]:
    arriving, partner = MULTIPLIED[gate]
    partner_at = at.operand(partner, at.t - 1) if gate == "f" else at.operand(partner)
    partner_symbol = {"f": "c_{t-1}", "o": r"\tanh c_t"}.get(gate, f"{partner}_t")
    slope = rf"{gate}_t(1 - {gate}_t)" if gate in OPENINGS else "(1 - g_t^2)"
    return [Line(at.symbol(f"dz_{gate}"),
                 rf"\frac{{\partial {at.L}}}{{\partial z^{{{gate}}}_t}} = "
                 rf"\frac{{\partial {at.L}}}{{\partial {arriving[1]}_t}} \odot {partner_symbol} \odot {slope}",
                 at.value(f"dz_{gate}"), "", (_product(at.operand(arriving), partner_at, _slope(at, gate)),),
                 (source(cell, D_GATE_CODE[gate]),))]


def _d_input(at: _At) -> list[Line]:
    return [Line(at.symbol("dx"), rf"\frac{{\partial {at.L}}}{{\partial x_t}} = \sum_{{k \in i,f,g,o}} W^{{k\top}}\, \partial {at.L}/\partial z^k_t", at.value("dx"), "",
                 _through_gates(at, "weight_ih", "W", at.t), (source(cell, "dx = project(dz, W.T)"),))]


def _given(at: _At) -> list[Line]:
    return []


RULES: dict[str, Callable[[_At], list[Line]]] = {
    "x": _given, "target": _given, PROBABILITIES: _probability, "c": _cell_state, "tanh_c": _squashed_cell, "h": _hidden, "y": _output,
    "dy": _d_output, "dh_via_y": _d_hidden_via_y, "dh_via_z": _d_hidden_via_z, "dh": _d_hidden,
    "dc_via_h": _d_cell_via_h, "dc_via_c": _d_cell_via_c, "dc": _d_cell, "dx": _d_input,
}


def _rule(quantity: str) -> Callable[[_At], list[Line]]:
    kind, _, gate = quantity.rpartition("_")
    if quantity in RULES:
        return RULES[quantity]
    if kind == "z":
        return lambda at: [_pre_activation(at, gate)]
    if kind == "dz":
        return lambda at: _d_gate(at, gate)
    return lambda at: [_pre_activation(at, quantity), _gate(at, quantity)]
