"""Where a number of a damaged network comes from: the same as ever, but for what the damage makes of it.

A damaged network is computed by `cells.variants`, so the lines of code are that file's. A gate that is held says so; a
derivative that lacks a path or a slope is explained without it, and its terms add up to the number as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping

from .. import cell
from ..damage import gates, gradient
from ..cells import variants
from .backward import MULTIPLIED, slope_of, streams
from .forward import OPENINGS, pre_activation
from .parts import Line, Operand, Source, Term, product_of, source, sum_of
from .place import Place, parameter_symbol

# The lines of `cells.variants` that compute each quantity. What is missing here is computed elsewhere, as ever.
CODE: Mapping[str, tuple[str, ...]] = {
    "z": ("z_x = project(x, W)", "z_x = z_x + p[", "u = project(h_prev", "z[t] = z_x[t] + u"),
    **{gate: (f'{gate}[t] = held["{gate}"] if',) for gate in cell.GATES},
    "c": ("c[t] = f[t] * c_prev + i[t] * g[t]",),
    "tanh_c": ("tanh_c[t] = s if variant.no_output_activation",),
    "h": ("m[t] = o[t] * tanh_c[t]",),
    "dh": ("dh[t] = dh_via_y[t] + dh_via_z[t]",),
    "dh_via_z": ("from_h = project(du[t], U.T)",),
    "dc": ("dc[t] = dc_via_h[t] + dc_via_c[t]",),
    "dc_via_h": ("ds[t] = dm[t] * o[t] * (1 if straight",),
    "dc_via_c": ("from_c = dc[t] * f[t] * through_cell",),
    "dz_i": ("di, df = dc[t] * g[t]", "dz_i[t] = di * slope(i[t])"),
    "dz_f": ("di, df = dc[t] * g[t]", "dz_f[t] = df * slope(f[t])"),
    "dz_g": ("dz_g[t] = dc[t] * i[t] *",),
    "dz_o": ("dz_o[t] = (dm[t] * tanh_c[t] + dr_o) * slope(o[t])",),
    "dx": ("dx = project(d_input, W.T)",),
}
PEEPHOLE_CODE = {"i": 'z_i[t] += p["weight_ci"] * c_prev', "f": 'z_f[t] += p["weight_cf"] * c_prev',
                 "o": 'z_o[t] += p["weight_co"] * c[t]'}
FULL_RECURRENCE_CODE = "for z_k, part in zip((z_i, z_f, z_o)"
CUT_CODE = "if rule.window and t > 0 and t % rule.window == 0:"
FULL_RECURRENCE = ("i", "f", "o")                       # the order of the gates in weight_gg


def damaged(at: Place, quantity: str, lines: list[Line]) -> list[Line]:
    """The explanation `lines` of an undamaged number, as they are with the damage of its experiment."""
    return _Damaged(at).lines(quantity, lines)


class _Damaged:
    """One place in the trace of a damaged network."""

    def __init__(self, at: Place):
        self.at = at
        self.damage = at.trace.experiment.damage
        self.variant, self.rule = gates.variant(self.damage), gradient.rule(self.damage)
        self.held = variants.held_gates(self.variant, gates.held(self.damage))

    def lines(self, quantity: str, plain: list[Line]) -> list[Line]:
        kind, _, gate = quantity.rpartition("_")
        if quantity in cell.GATES:
            return [self.pre_activation(quantity), self.gate(quantity)] if quantity not in self.held else [self.gate(quantity)]
        if kind == "z":
            return [self.pre_activation(gate)]
        if kind == "dz":
            return [self.d_gate(gate)]
        if quantity == "h":
            return [self.squashed_cell(plain[0]), _coded(plain[1], "h")]
        special = {"tanh_c": self.squashed_cell, "dh_via_z": self.d_hidden_via_z, "dc_via_h": self.d_cell_via_h,
                   "dc_via_c": self.d_cell_via_c, "dc": self.d_cell}
        if quantity in special:
            return [special[quantity](plain[0])]
        return [_coded(line, quantity) if quantity in CODE else line for line in plain]

    # Forward --------------------------------------------------------------------------------------------------------

    def pre_activation(self, gate: str) -> Line:
        at, line = self.at, _coded(pre_activation(self.at, gate), "z")
        equation, terms, code = line.equation, list(line.terms), []
        if self.variant.peepholes and gate in OPENINGS:
            t = at.t if gate == "o" else at.t - 1
            terms.append(product_of(self.parameter(f"weight_c{gate}", at.u), at.operand("c", t)))
            equation += rf" + p^{{{gate}}} \odot c_{{{'t' if gate == 'o' else 't-1'}}}"
            code.append(PEEPHOLE_CODE[gate])
        if self.variant.full_recurrence and gate in OPENINGS:
            row = FULL_RECURRENCE.index(gate) * at.H + at.u
            parts = [product_of(self.parameter("weight_gg", row, k * at.H + u), at.operand(other, at.t - 1, u))
                     for k, other in enumerate(FULL_RECURRENCE) for u in range(at.H)] if at.t > 1 else []
            terms += [sum_of(rf"R^{{{gate}}} (i,f,o)_{{{at.t - 1}}}", parts)] if parts else []
            equation += rf" + R^{{{gate}}} (i,f,o)_{{t-1}}"
            code.append(FULL_RECURRENCE_CODE)
        return replace(line, equation=equation, terms=tuple(terms), sources=line.sources + _code(*code))

    def gate(self, gate: str) -> Line:
        at = self.at
        sources = _code(*CODE[gate])
        if gate in self.held:
            return Line(at.symbol(gate), rf"{gate}_t = {self.held[gate]:g}", at.value(gate), "", (), sources)      # of nothing
        if gate == "f" and self.variant.coupled:
            one, i = at.operand("f", symbol="1", value=1.0), at.operand("i")
            return Line(at.symbol("f"), r"f_t = 1 - i_t", at.value("f"), "",
                        (product_of(one), Term(f"-{i.symbol}", -i.value, (Operand("-1", -1.0, "f", at.t, at.u + 1), i))), sources)
        function = r"\sigma" if gate in OPENINGS else "" if self.variant.no_input_activation else r"\tanh"
        inner = rf"z^{{{gate}}}_t"
        return Line(at.symbol(gate), f"{gate}_t = {f'{function}({inner})' if function else inner}", at.value(gate), function,
                    (product_of(at.operand(f"z_{gate}")),), sources)

    def squashed_cell(self, plain: Line) -> Line:
        line = _coded(plain, "tanh_c")
        return replace(line, equation="c_t", function="") if self.variant.no_output_activation else line

    # Backward -------------------------------------------------------------------------------------------------------

    def cut(self) -> bool:
        """Whether a window ends behind this step, so that nothing comes from the next one."""
        return bool(self.rule.window) and self.at.t % self.rule.window == 0 and not self.at.ends()

    def d_hidden_via_z(self, plain: Line) -> Line:
        line = _coded(plain, "dh_via_z")
        return self.nothing(line) if not self.rule.through_gates or self.cut() else line

    def d_cell_via_h(self, plain: Line) -> Line:
        line = _coded(plain, "dc_via_h")
        if self.slope_of_cell():
            return line
        return replace(line, equation=rf"\frac{{\partial {self.at.L}}}{{\partial h_t}} \odot o_t",
                       terms=(product_of(self.at.operand("dh"), self.at.operand("o")),))

    def slope_of_cell(self) -> bool:
        return self.rule.slope_of_cell and not self.variant.no_output_activation

    def d_cell_via_c(self, plain: Line) -> Line:
        line = _coded(plain, "dc_via_c")
        return self.nothing(line) if not self.rule.through_cell or self.cut() else line

    def d_cell(self, plain: Line) -> Line:
        line, at = _coded(plain, "dc"), self.at
        if not self.variant.peepholes:
            return line
        terms = []
        if self.rule.through_gates:
            terms.append(product_of(self.parameter("weight_co", at.u), at.operand("dz_o")))
        if self.rule.through_gates and self.rule.through_cell and not at.ends() and not self.cut():
            terms += [product_of(self.parameter(f"weight_c{gate}", at.u), at.operand(f"dz_{gate}", at.t + 1)) for gate in "if"]
        equation = streams(at, "c", "h", "c") + rf" + \frac{{\partial {at.L}}}{{\partial c_t}}\big|_{{p}}"
        through = (sum_of(rf"\partial {at.L}/\partial c\big|_p", terms),) if terms else ()
        return replace(line, equation=equation, terms=line.terms + through,
                       sources=line.sources + _code("dc_via_p[t] += dz_o[t]", "from_p = (dz_i[t]"))

    def d_gate(self, gate: str) -> Line:
        at, symbol = self.at, rf"\frac{{\partial {self.at.L}}}{{\partial z^{{{gate}}}_t}}"
        absent = gate in self.held or (gate == "f" and self.variant.coupled)
        if absent:
            return Line(at.symbol(f"dz_{gate}"), f"{symbol} = 0", at.value(f"dz_{gate}"), "", (),
                        _code("dz = np.zeros((T, N, 4 * H), dtype)"))
        slope, slope_symbol = [], ""
        squashed = not self.variant.no_input_activation if gate == "g" else self.rule.slope_of_gates
        if squashed:
            slope, slope_symbol = [slope_of(at, gate)], rf" \odot {f'{gate}_t(1 - {gate}_t)' if gate in OPENINGS else '(1 - g_t^2)'}"
        arriving, partner = MULTIPLIED[gate]
        terms = [product_of(at.operand(arriving), at.operand(partner, at.t - 1 if gate == "f" else at.t), *slope)]
        inner = rf"\frac{{\partial {at.L}}}{{\partial {arriving[1]}_t}} \odot " + {"f": "c_{t-1}", "o": r"\tanh c_t"}.get(gate, f"{partner}_t")
        sources = _code(*CODE[f"dz_{gate}"])
        coupled = gate == "i" and self.variant.coupled and "f" not in self.held
        if coupled:
            minus = Operand("-1", -1.0, "dz_i", at.t, at.u + 1)
            terms.append(product_of(minus, at.operand("dc"), at.operand("c", at.t - 1), *slope))
            inner += rf" - \frac{{\partial {at.L}}}{{\partial c_t}} \odot c_{{t-1}}"
            sources = _code("di -= df") + sources
        if self.variant.full_recurrence and gate in OPENINGS:
            through = self.through_full_recurrence(gate, slope)
            if coupled:                                 # what reaches f = 1 - i comes back with the other sign
                through += [_negative(term, at) for term in self.through_full_recurrence("f", slope)]
            terms += [sum_of(rf"R^\top \partial {at.L}/\partial z_{{{at.t + 1}}}", through)] if through else []
            inner += rf" + R^\top \frac{{\partial {at.L}}}{{\partial z_{{t+1}}}}"
            sources += _code("from_r = project(_ifo(dz[t]), R.T)")
        several = len(terms) > 1
        return Line(at.symbol(f"dz_{gate}"), f"{symbol} = {f'({inner})' if several and slope_symbol else inner}{slope_symbol}", at.value(f"dz_{gate}"), "",
                    tuple(terms), sources)

    def through_full_recurrence(self, gate: str, slope: list[Operand]) -> list[Term]:
        """What a gate gets through weight_gg from the gates of the next step."""
        at = self.at
        if at.ends() or self.cut() or not (self.rule.through_gates and self.rule.through_cell):
            return []
        column = FULL_RECURRENCE.index(gate) * at.H + at.u
        return [product_of(self.parameter("weight_gg", k * at.H + u, column), at.operand(f"dz_{other}", at.t + 1, u), *slope)
                for k, other in enumerate(FULL_RECURRENCE) for u in range(at.H)]

    def nothing(self, line: Line) -> Line:
        """Of a stream that the damage cuts off."""
        equation = line.equation.split(r"\quad")[0].strip()
        return replace(line, equation=rf"\cancel{{{equation}}} = 0", terms=(),
                       sources=line.sources + (_code(CUT_CODE) if self.rule.window else ()))

    def parameter(self, name: str, *index: int) -> Operand:
        """As `Place.parameter`, also of those that only a damaged network has."""
        at = self.at
        if name == "weight_gg":
            place = ",".join(f"{FULL_RECURRENCE[k // at.H]}{k % at.H + 1}" for k in index)
            symbol = f"R_{{{place}}}"
        elif name.startswith("weight_c"):
            symbol = f"p^{{{name[-1]}}}_{{{index[0] + 1}}}"
        else:
            symbol = parameter_symbol(name, index, at.H, at.O > 1)
        return Operand(symbol, float(at.arrays[name][index]), name, index=index)


def _negative(term: Term, at: Place) -> Term:
    return Term(f"-{term.symbol}", -term.value, (Operand("-1", -1.0, "dz_i", at.t, at.u + 1), *term.factors))


def _code(*lines: str) -> tuple[Source, ...]:
    return tuple(source(variants, line, later=int(line.startswith("from_"))) for line in lines)     # carried to the step before


def _coded(line: Line, quantity: str) -> Line:
    """A line of an explanation with the code of `cells.variants` in place of that of `cell`."""
    return replace(line, sources=_code(*CODE[quantity]))
