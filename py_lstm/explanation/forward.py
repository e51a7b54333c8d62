"""Where the numbers of the forward pass come from, a rule for each quantity, in the order of the equations."""

from __future__ import annotations

from typing import Callable

import numpy as np

from .. import cell, losses, network
from ..trace import PROBABILITIES
from .parts import Line, Operand, Term, product_of, source, sum_of
from .place import Place

GATE_ROW = {gate: k for k, gate in enumerate(cell.GATES)}
OPENINGS = ("i", "f", "o")
SHOWN_GATES = ("f", "i", "g", "o")                      # in the order of the equations, wherever they are shown


def pre_activation(at: Place, gate: str) -> Line:
    row = GATE_ROW[gate] * at.H + at.u
    units = range(at.H)
    # Of symbols all inputs but one are 0, and what is multiplied with 0 need not be read.
    inputs = [k for k, x in enumerate(at.arrays["x"][at.t - 1]) if x != 0 or not at.symbols]
    terms = (
        sum_of(f"W^{{{gate}}} x_{{{at.t}}}", [product_of(at.parameter("weight_ih", row, k), at.operand("x", u=k)) for k in inputs]),
        sum_of(f"U^{{{gate}}} h_{{{at.t - 1}}}",
             [product_of(at.parameter("weight_hh", row, k), at.operand("h", at.t - 1, k)) for k in units]),
        product_of(at.parameter("bias", row)),
    )
    name = f"z_{gate}"
    return Line(at.symbol(name), rf"z^{{{gate}}}_t = W^{{{gate}}} x_t + U^{{{gate}}} h_{{t-1}} + b^{{{gate}}}",
                at.value(name), "", terms,
                (source(cell, "z_x = project(x, W) + b"), source(cell, "z[t] = z_x[t] + project(h_prev, U)")))


def _gate(at: Place, gate: str) -> Line:
    function = r"\sigma" if gate in OPENINGS else r"\tanh"
    code = f"{gate}[t] = {'gate' if gate in OPENINGS else 'squash'}.forward(z_{gate}[t])"
    return Line(at.symbol(gate), rf"{gate}_t = {function}(z^{{{gate}}}_t)", at.value(gate), function,
                (product_of(at.operand(f"z_{gate}")),), (source(cell, code),))


def _cell_state(at: Place) -> list[Line]:
    return [Line(at.symbol("c"), r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", at.value("c"), "",
                 (product_of(at.operand("f"), at.operand("c", at.t - 1)), product_of(at.operand("i"), at.operand("g"))),
                 (source(cell, "c[t] = f[t] * c_prev + i[t] * g[t]"),))]


def _squashed_cell(at: Place) -> list[Line]:
    return [Line(at.symbol("tanh_c"), r"\tanh(c_t)", at.value("tanh_c"), r"\tanh", (product_of(at.operand("c")),),
                 (source(cell, "tanh_c[t] = squash.forward(c[t])"),))]


def _hidden(at: Place) -> list[Line]:
    return [*_squashed_cell(at),
            Line(at.symbol("h"), r"h_t = o_t \odot \tanh(c_t)", at.value("h"), "",
                 (product_of(at.operand("o"), at.operand("tanh_c")),), (source(cell, "h[t] = o[t] * tanh_c[t]"),))]


def _output(at: Place) -> list[Line]:
    parts = [product_of(at.parameter("readout_weight", at.u, k), at.operand("h", u=k)) for k in range(at.H)]
    return [Line(at.symbol("y"), r"y_t = V h_t + a", at.value("y"), "",
                 (sum_of(f"V h_{{{at.t}}}", parts), product_of(at.parameter("readout_bias", at.u))),
                 (source(network, "y = project(h, p["),))]


def _log_sum(at: Place) -> tuple[Operand, Line]:
    """log Σ e^y over the outputs, as the code computes it: the largest y is taken off first, so that nothing overflows."""
    y = at.arrays["y"][at.t - 1]
    k = int(y.argmax())
    largest = at.operand("y", u=k)
    parts = [Term(rf"e^{{y_{{{at.t},{j + 1}}} - {largest.symbol}}}", float(np.exp(y[j] - y[k])),
                  (at.operand("y", u=j, symbol=rf"e^{{y_{{{at.t},{j + 1}}} - {largest.symbol}}}", value=float(np.exp(y[j] - y[k]))),))
             for j in range(at.O)]
    total = sum_of(rf"\sum_k e^{{y_{{{at.t},k}} - {largest.symbol}}}", parts)
    value = float(np.log(total.value))
    return largest, Line("s", r"s = \log \sum_k e^{y_{t,k} - \max_j y_{t,j}}", value, r"\log", (total,),
                         (source(losses, "return y - np.log("),))


def _probability(at: Place) -> list[Line]:
    largest, line = _log_sum(at)
    return [line, Line(at.symbol(PROBABILITIES), r"p_{t,k} = \frac{e^{y_{t,k}}}{\sum_j e^{y_{t,j}}} = e^{y_{t,k} - \max_j y_{t,j} - s}",
                       at.value(PROBABILITIES), r"\exp", (
                           product_of(at.operand("y")),
                           Term(rf"-{largest.symbol}", -largest.value, (at.operand("y", u=largest.unit - 1, symbol=f"-{largest.symbol}",
                                                                                   value=-largest.value),)),
                           Term("-s", -line.value, (at.operand("y", symbol="-s", value=-line.value),))),
                       (source(losses, "y = y - y.real.max("), source(losses, "return y - np.log(")))]


def _given(at: Place) -> list[Line]:
    return []


RULES: dict[str, Callable[[Place], list[Line]]] = {
    "x": _given, "target": _given,
    **{f"z_{gate}": lambda at, gate=gate: [pre_activation(at, gate)] for gate in cell.GATES},
    **{gate: lambda at, gate=gate: [pre_activation(at, gate), _gate(at, gate)] for gate in cell.GATES},
    "c": _cell_state, "tanh_c": _squashed_cell, "h": _hidden, "y": _output, PROBABILITIES: _probability,
}
