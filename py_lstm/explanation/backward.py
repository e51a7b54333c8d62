"""Where the derivatives come from, a rule for each quantity, in the order in which the backward pass meets them."""

from __future__ import annotations

from typing import Callable

import numpy as np

from .. import cell, losses, network, objective
from ..trace import PROBABILITIES
from .forward import GATE_ROW, OPENINGS, SHOWN_GATES
from .parts import Line, Operand, Term, product_of, source, sum_of
from .place import Place


def _d_output(at: Place) -> list[Line]:
    e = at.trace.experiment
    of = "t,k" if at.O > 1 else "t"
    if e.gradient_of == "output":
        step, unit = at.output_step, at.output + 1
        here, there = (f"({of})", f"({step},{unit})") if at.O > 1 else ("t", str(step))
        equation = (rf"\partial {at.L}/\partial y_{{{of}}} = \begin{{cases}} 1 & {here} = {there} \\ 0 & {here} \ne {there} "
                    r"\end{cases}")
        return [Line(at.symbol("dy"), equation, at.value("dy"), "",
                     (product_of(at.operand("dy", symbol="1", value=1.0)),) if at.t == step and at.u == at.output else (),
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


def _d_hidden_via_y(at: Place) -> list[Line]:
    # Of several outputs, those that L does not depend on here add nothing.
    outputs = [k for k, dy in enumerate(at.arrays["dy"][at.t - 1]) if dy != 0 or at.O == 1]
    terms = [product_of(at.parameter("readout_weight", k, at.u), at.operand("dy", u=k)) for k in outputs]
    if len(terms) > 4:
        terms = [sum_of(rf"V^\top\, \partial {at.L}/\partial y_{{{at.t}}}", terms)]
    return [Line(at.symbol("dh_via_y"), rf"{_stream(at, 'h', 'y')} = V^\top\, \partial {at.L}/\partial y_t", at.value("dh_via_y"), "",
                 tuple(terms),
                 (source(network, "dh_via_y = project(dy, V.T)"),))]


def _through_gates(at: Place, weight: str, letter: str, t: int) -> tuple[Term, ...]:
    """Σ over the four gates of (weight of the gate)ᵀ ∂L/∂z at step t: what an operand of all four pre-activations gets."""
    terms = []
    for gate in SHOWN_GATES:
        rows = [(GATE_ROW[gate] * at.H + k, k) for k in range(at.H)]
        terms.append(sum_of(rf"{letter}^{{{gate}\top}}\, \partial {at.L}/\partial z^{{{gate}}}_{{{t}}}",
                          [product_of(at.parameter(weight, row, at.u), at.operand(f"dz_{gate}", t, k)) for row, k in rows]))
    return tuple(terms)


def _d_hidden_via_z(at: Place) -> list[Line]:
    terms = () if at.ends() else _through_gates(at, "weight_hh", "U", at.t + 1)
    return [Line(at.symbol("dh_via_z"),
                 rf"{_stream(at, 'h', 'z')} = \sum_{{k \in f,i,g,o}} U^{{k\top}}\, \partial {at.L}/\partial z^k_{{t+1}} \quad (= 0,\; t = {at.T})",
                 at.value("dh_via_z"), "", terms, (source(cell, "from_h = project(dz[t], U.T)", later=1),))]


def streams(at: Place, state: str, one: str, other: str) -> str:
    """The equation of a derivative that is the sum of what came on two ways. No words: a page may be in any language."""
    return rf"\frac{{\partial {at.L}}}{{\partial {state}_t}} = {_stream(at, state, one)} + {_stream(at, state, other)}"


def _stream(at: Place, state: str, way: str) -> str:
    return rf"\frac{{\partial {at.L}}}{{\partial {state}_t}}\big|_{{{way}}}"


def _d_hidden(at: Place) -> list[Line]:
    return [Line(at.symbol("dh"), streams(at, "h", "y", "z"),
                 at.value("dh"), "", (product_of(at.operand("dh_via_y")), product_of(at.operand("dh_via_z"))),
                 (source(cell, "dh[t] = dh_via_y[t] + dh_via_z[t]"),))]


def slope_of(at: Place, quantity: str) -> Operand:
    """The derivative of the activation whose output is `quantity`: a(1 - a), or 1 - a² for tanh."""
    a, symbol = at.value(quantity), at.symbol(quantity)
    if quantity in OPENINGS:
        return at.operand(quantity, symbol=f"{symbol}(1-{symbol})", value=a * (1 - a))
    squared = rf"\tanh^2 c_{{{at.t},{at.u + 1}}}" if quantity == "tanh_c" else f"{symbol}^2"
    return at.operand(quantity, symbol=f"(1-{squared})", value=1 - a * a)


def _d_cell_via_h(at: Place) -> list[Line]:
    return [Line(at.symbol("dc_via_h"), rf"{_stream(at, 'c', 'h')} = \frac{{\partial {at.L}}}{{\partial h_t}} \odot o_t \odot (1 - \tanh^2 c_t)",
                 at.value("dc_via_h"), "", (product_of(at.operand("dh"), at.operand("o"), slope_of(at, "tanh_c")),),
                 (source(cell, "dc_via_h[t] = dh[t] * o[t] * squash.backward(tanh_c[t])"),))]


def _d_cell_via_c(at: Place) -> list[Line]:
    terms = () if at.ends() else (product_of(at.operand("dc", at.t + 1), at.operand("f", at.t + 1)),)
    return [Line(at.symbol("dc_via_c"),
                 rf"{_stream(at, 'c', 'c')} = \frac{{\partial {at.L}}}{{\partial c_{{t+1}}}} \odot f_{{t+1}} \quad (= 0,\; t = {at.T})",
                 at.value("dc_via_c"), "", terms, (source(cell, "from_c = dc[t] * f[t]", later=1),))]


def _d_cell(at: Place) -> list[Line]:
    return [Line(at.symbol("dc"), streams(at, "c", "h", "c"),
                 at.value("dc"), "", (product_of(at.operand("dc_via_h")), product_of(at.operand("dc_via_c"))),
                 (source(cell, "dc[t] = dc_via_h[t] + dc_via_c[t]"),))]


# Each gate's error term: what arrives, what the gate multiplied in the forward pass, and the slope of its activation.
MULTIPLIED = {"i": ("dc", "g"), "f": ("dc", "c"), "g": ("dc", "i"), "o": ("dh", "tanh_c")}
D_GATE_CODE = {
    "i": "dz_i[t] = dc[t] * g[t] * gate.backward(i[t])",
    "f": "dz_f[t] = dc[t] * c_prev * gate.backward(f[t])",
    "g": "dz_g[t] = dc[t] * i[t] * squash.backward(g[t])",
    "o": "dz_o[t] = dh[t] * tanh_c[t] * gate.backward(o[t])",
}


def _d_gate(at: Place, gate: str) -> list[Line]:
    arriving, partner = MULTIPLIED[gate]
    partner_at = at.operand(partner, at.t - 1) if gate == "f" else at.operand(partner)
    partner_symbol = {"f": "c_{t-1}", "o": r"\tanh c_t"}.get(gate, f"{partner}_t")
    slope = rf"{gate}_t(1 - {gate}_t)" if gate in OPENINGS else "(1 - g_t^2)"
    return [Line(at.symbol(f"dz_{gate}"),
                 rf"\frac{{\partial {at.L}}}{{\partial z^{{{gate}}}_t}} = "
                 rf"\frac{{\partial {at.L}}}{{\partial {arriving[1]}_t}} \odot {partner_symbol} \odot {slope}",
                 at.value(f"dz_{gate}"), "", (product_of(at.operand(arriving), partner_at, slope_of(at, gate)),),
                 (source(cell, D_GATE_CODE[gate]),))]


def _d_input(at: Place) -> list[Line]:
    return [Line(at.symbol("dx"), rf"\frac{{\partial {at.L}}}{{\partial x_t}} = \sum_{{k \in f,i,g,o}} W^{{k\top}}\, \partial {at.L}/\partial z^k_t", at.value("dx"), "",
                 _through_gates(at, "weight_ih", "W", at.t), (source(cell, "dx = project(dz, W.T)"),))]


RULES: dict[str, Callable[[Place], list[Line]]] = {
    "dy": _d_output, "dh_via_y": _d_hidden_via_y, "dh_via_z": _d_hidden_via_z, "dh": _d_hidden,
    "dc_via_h": _d_cell_via_h, "dc_via_c": _d_cell_via_c, "dc": _d_cell,
    **{f"dz_{gate}": lambda at, gate=gate: _d_gate(at, gate) for gate in cell.GATES}, "dx": _d_input,
}
