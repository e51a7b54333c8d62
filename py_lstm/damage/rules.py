"""Every damage by its name: what it does, how much of it there can be, and which gradients it makes wrong.

A damage is a dict of names and values, {"clamp_f": 0.5, "no_carry": 1}; a switch has the value 1. Its three kinds:

    gate        the cell computes something else. Its backward pass is the derivative of what it computes: no gradient is wrong
    gradient    the forward pass is whole, the backward pass is not the derivative
    input       the cell and its derivative are whole, what they are given is not

Which tensors a damaged backward pass gets wrong depends on how many steps there are. The table says from which T on, for
states before the first step that are given, and that are 0; the tests compute it.
"""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from ..cell import GATES
from ..validation import InvalidInput, integer, number, shown

KINDS = ("gate", "gradient", "input")
MOST_STEPS = 1000

# What a gradient check tells apart: each gate's rows by themselves.
BLOCKS = tuple(f"{tensor}[{gate}]" for tensor in ("weight_ih", "weight_hh", "bias") for gate in GATES) + (
    "readout_weight", "readout_bias", "h_0", "c_0", "x")

Onset = tuple[int, int]


class DamageRule(NamedTuple):
    """One damage.

    name, kind, about : its name, one of `KINDS`, and what it does in a sentence
    low, high, usual : the values it takes and the usual one; a switch takes only 1
    whole : whether the value is a whole number
    wrong : the blocks (see `BLOCKS`) whose gradient it makes wrong, each with the number of steps T from which on that
        shows: with given states before the first step, and with states that are 0
    """

    name: str
    kind: str
    about: str
    low: float = 1
    high: float = 1
    usual: float = 1
    whole: bool = False
    wrong: Mapping[str, Onset] = {}

    @property
    def switch(self) -> bool:
        return self.low == self.high

    def onset(self, block: str, value: float = 1, *, zero_states: bool = False) -> int | None:
        """From how many steps on the gradient of a block is wrong; None if it never is. `value` matters where it is steps."""
        if block not in self.wrong:
            return None
        # The table is for windows of 1. Behind a longer one the states are no longer 0, whatever they were at first.
        return int(value) + 1 if self.whole and value > 1 else self.wrong[block][zero_states]


def _wrong(**blocks: Onset | Mapping[str, Onset]) -> dict[str, Onset]:
    """{"weight_ih[i]": (2, 2), ...} from weight_ih={"ifg": (2, 2), "o": (3, 3)}, x=(2, 2)."""
    flat: dict[str, Onset] = {}
    for tensor, onset in blocks.items():
        if isinstance(onset, Mapping):
            flat |= {f"{tensor}[{gate}]": steps for gates, steps in onset.items() for gate in gates}
        else:
            flat[tensor] = onset
    return flat


def _clamp(gate: str, name: str, low: float) -> DamageRule:
    return DamageRule(f"clamp_{gate}", "gate", f"The {name} is held at one value at every step, whatever its pre-activation.",
                      low, 1, 0.5)


_ONCE = (1, 1)
_AFTER = (2, 2)
# An error that does not reach step t - 1 along the cell; and one that does not reach it through the gates.
_NOT_CARRIED = _wrong(
    weight_ih={"ig": (2, 2), "f": (2, 3), "o": (3, 3)}, weight_hh={"ifg": (2, 3), "o": (3, 4)},
    bias={"ig": (2, 2), "f": (2, 3), "o": (3, 3)}, x=(2, 2), h_0=(2, 2), c_0=(1, 1))
_NOT_PASSED = _wrong(weight_ih={"igo": (2, 2), "f": (2, 3)}, weight_hh={"ifgo": (2, 3)}, bias={"igo": (2, 2), "f": (2, 3)},
                     x=(2, 2), c_0=(2, 2))

_RULES = (
    _clamp("f", "forget gate", 0), _clamp("i", "input gate", 0), _clamp("o", "output gate", 0),
    _clamp("g", "candidate", -1),
    DamageRule("no_input_gate", "gate", "The input gate is removed: i = 1 (Greff's NIG)."),
    DamageRule("no_forget_gate", "gate", "The forget gate is removed: f = 1, the cell of 1997 (Greff's NFG)."),
    DamageRule("no_output_gate", "gate", "The output gate is removed: o = 1 (Greff's NOG)."),
    DamageRule("no_input_activation", "gate", "The candidate is not squashed: g = z (Greff's NIAF)."),
    DamageRule("no_output_activation", "gate", "The cell state is not squashed on its way out: h = o c (Greff's NOAF)."),
    DamageRule("coupled", "gate", "The forget gate is made of the input gate: f = 1 - i (CIFG)."),
    DamageRule("peepholes", "gate", "The gates also see the cell state, through weights that start at 0 (Gers & Schmidhuber 2000)."),
    DamageRule("full_recurrence", "gate", "The gates also see the gates of the step before, through weights that start at 0 (Greff's FGR)."),
    DamageRule("no_carry", "gradient", "The path along the cell is missing: dc is not carried back times f (the tutorial's M1).",
               wrong=_NOT_CARRIED),
    DamageRule("bias_i_from_f", "gradient", "The input gate's bias gets the forget gate's error (the tutorial's M2).",
               wrong=_wrong(bias={"i": _ONCE})),
    DamageRule("bias_o_from_f", "gradient", "The output gate's bias gets the forget gate's error (the tutorial's M3).",
               wrong=_wrong(bias={"o": _ONCE})),
    DamageRule("last_step_only", "gradient", "The input weights learn from the last step only (the tutorial's M4).",
               wrong=_wrong(weight_ih={"igo": _AFTER, "f": (2, 3)})),
    DamageRule("wrong_matrix", "gradient", "The input gate's input weights get the gradient of its recurrent ones (the tutorial's M5).",
               wrong=_wrong(weight_ih={"i": _ONCE})),
    DamageRule("no_cell_slope", "gradient", "The slope of tanh(c) is forgotten: dc takes dh o without 1 - tanh² c.",
               wrong=_wrong(weight_ih={"ig": (1, 1), "f": (1, 2), "o": (2, 2)}, weight_hh={"ifg": (1, 2), "o": (2, 3)},
                            bias={"ig": (1, 1), "f": (1, 2), "o": (2, 2)}, x=_ONCE, h_0=_ONCE, c_0=_ONCE)),
    DamageRule("no_gate_slope", "gradient", "The slope of the gates is forgotten: their errors lack a (1 - a).",
               wrong=_wrong(weight_ih={"io": (1, 1), "f": (1, 2), "g": (2, 2)}, weight_hh={"ifo": (1, 2), "g": (2, 3)},
                            bias={"io": (1, 1), "f": (1, 2), "g": (2, 2)}, x=_ONCE, h_0=_ONCE, c_0=_AFTER)),
    DamageRule("shared_bias", "gradient", "All three gates' biases get the output gate's error.", wrong=_wrong(bias={"if": _ONCE})),
    DamageRule("gate_order", "gradient", "The gradient's blocks stand in the order i, g, f, o, the weights' in i, f, g, o.",
               wrong=_wrong(weight_ih={"fg": (1, 1)}, weight_hh={"fg": (1, 2)}, bias={"fg": (1, 1)})),
    DamageRule("truncated", "gradient", "Back-propagation goes through so many steps together, counted from the first; nothing passes on.",
               1, MOST_STEPS, 4, whole=True, wrong=_NOT_PASSED | _wrong(h_0=_AFTER)),
    DamageRule("rule_1997", "gradient", "Between steps, errors go back along the cell only (Hochreiter & Schmidhuber 1997).",
               wrong=_NOT_PASSED | _wrong(h_0=_ONCE)),
    DamageRule("noise", "input", "Gaussian noise of this standard deviation is added to every input.", 0, 10, 0.5),
    DamageRule("dropped", "input", "This share of the steps arrives empty: their inputs are 0.", 0, 1, 0.2),
    DamageRule("longer", "input", "The sequence is so many times as long as those the network was trained on.", 1, 10, 2),
)
DAMAGE: dict[str, DamageRule] = {rule.name: rule for rule in _RULES}

# Two that say different things about one number.
AT_ODDS = (("clamp_f", "no_forget_gate"), ("clamp_i", "no_input_gate"), ("clamp_o", "no_output_gate"), ("clamp_f", "coupled"),
           ("clamp_g", "no_input_activation"), ("coupled", "no_forget_gate"), ("coupled", "no_input_gate"),
           ("bias_i_from_f", "shared_bias"), ("bias_o_from_f", "shared_bias"))


def cleaned(damage: Any, length: int, input_size: int, hidden_size: int, own: bool,
            longest: int = MOST_STEPS) -> dict[str, float]:
    """A damage for sequences and a network of these sizes, in the order of the table, or `InvalidInput`."""
    if not isinstance(damage, Mapping):
        raise InvalidInput("damage", "type", f"damage is {shown(damage)}; give an object such as {{'clamp_f': 0.5}}.",
                           got=shown(damage))
    for name in damage:
        if name not in DAMAGE:
            raise InvalidInput("damage", "unknown", f"damage names {shown(name)}; choose from {', '.join(DAMAGE)}.",
                               got=shown(name), choices=list(DAMAGE))
    clean = {name: _value(rule, damage[name]) for name, rule in DAMAGE.items() if name in damage}
    for one, other in AT_ODDS:
        if one in clean and other in clean:
            raise InvalidInput("damage", "odds", f"damage names {one} and {other}, which say different things about one number; "
                               "leave one of them out.", got=one, other=other)
    if "wrong_matrix" in clean and input_size != hidden_size:
        raise InvalidInput("damage", "sizes", f"wrong_matrix needs as many inputs as hidden units, or the shapes do not fit; here "
                           f"they are {input_size} and {hidden_size}.", got=str(input_size), wanted=str(hidden_size))
    if "longer" in clean and own:
        raise InvalidInput("damage", "own", "longer needs a task that can draw a longer sequence; an own sequence has no more "
                           "numbers.")
    most = min(longest, MOST_STEPS)
    if "longer" in clean and steps(clean, length) > max(most, length):
        raise InvalidInput("damage", "long", f"longer is {clean['longer']:g}, which makes {steps(clean, length)} steps of {length}; "
                           f"give at most {max(1, most / length):.4g}.", got=f"{clean['longer']:g}", high=f"{max(1, most / length):.4g}")
    return clean


def _value(rule: DamageRule, value: Any) -> float:
    if value is True and rule.switch:
        return 1
    try:
        kind = integer if rule.whole or rule.switch else number
        return kind("damage", value, rule.low, rule.high)
    except InvalidInput:
        limits = "the value 1" if rule.switch else f"a {'whole ' if rule.whole else ''}number from {rule.low:g} to {rule.high:g}"
        raise InvalidInput("damage", "value", f"damage says {rule.name}: {shown(value)}; it takes {limits}.", got=shown(value),
                           rule=rule.name, low=rule.low, high=rule.high) from None


def steps(damage: Mapping[str, float], length: int) -> int:
    """How many steps a sequence of `length` has with this damage."""
    return round(length * damage.get("longer", 1))


def of_kind(damage: Mapping[str, float], *kinds: str) -> dict[str, float]:
    """The part of a damage that is of these kinds."""
    return {name: value for name, value in damage.items() if DAMAGE[name].kind in kinds}
