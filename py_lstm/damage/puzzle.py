"""Find the bug: one damage, chosen by a seed, that can be measured but not seen, until it is named.

Every measurement counts. Which damages are still possible after those that were made is computed, so that a right
guess can be told from a proof, and so is the least number of measurements that would have proved it.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any, Iterator, Mapping, NamedTuple

import numpy as np

from ..cell import GATES
from ..experiment import Experiment
from ..gradient_check import LIMITS, NEGLIGIBLE
from ..objective import Objective
from ..training import Trainer
from ..validation import InvalidInput, choice, integer, number, shown
from . import effect
from .checking import check_objective, in_blocks, shortened
from .rules import of_kind

# As many inputs as units, so that a gradient can land in the wrong matrix.
BASE = Experiment(input_size=3, hidden_size=3, updates=150, gradient_of="loss")

SUSPECTS: dict[str, dict[str, float]] = {
    "forget_shut": {"clamp_f": 0}, "forget_open": {"clamp_f": 1}, "input_half": {"clamp_i": 0.5}, "output_half": {"clamp_o": 0.5},
    "no_input_activation": {"no_input_activation": 1}, "no_output_activation": {"no_output_activation": 1}, "coupled": {"coupled": 1},
    **{name: {name: 1} for name in ("no_carry", "bias_i_from_f", "bias_o_from_f", "last_step_only", "wrong_matrix", "no_cell_slope",
                                    "no_gate_slope", "shared_bias", "gate_order", "rule_1997")},
    "truncated": {"truncated": 3},
    "noise": {"noise": 0.5}, "dropped": {"dropped": 0.3},
}

# What can be checked at a time, and its blocks.
CHECKED = {**{tensor: tuple(f"{tensor}[{gate}]" for gate in GATES) for tensor in ("weight_ih", "weight_hh", "bias")},
           "readout": ("readout_weight", "readout_bias"), "states": ("h_0", "c_0"), "x": ("x",)}
WATCHED = ("f", "i", "o", "f_plus_i", "g", "tanh_c", "x")
MOST_STEPS = 8
# An absolute tolerance, as in np.allclose, which small weights slip through.
ABSOLUTE = 1e-8
# Of a path in a link. A full menu has 68; each is a moment's work.
MOST_IN_PATH = 100
WRONG_GUESS = "not:"


class Measurement(NamedTuple):
    """One measurement.

    kind : "check" a tensor's gradient, "watch" a quantity over the sequence, or the "score" on held-out sequences
    what : a name in `CHECKED` or in `WATCHED`; "" for the score
    steps, zero_states, scale : for a check: how many steps, whether they begin from 0, and what the weights are multiplied with
    """

    kind: str
    what: str = ""
    steps: int = MOST_STEPS
    zero_states: bool = False
    scale: float = 1.0

    @classmethod
    def of(cls, given: Any) -> "Measurement":
        """From a dict with these fields, or `InvalidInput`."""
        if not isinstance(given, Mapping) or not set(given) <= set(cls._fields):
            raise InvalidInput("measurement", "type", f"measurement is {shown(given)}; give an object with {', '.join(cls._fields)}.",
                               got=shown(given))
        kind = choice("measurement", given.get("kind"), ("check", "watch", "score"))
        if kind == "score":
            return cls("score")
        what = choice("measurement", given.get("what"), CHECKED if kind == "check" else WATCHED)
        if kind == "watch":
            return cls("watch", what)
        zero = given.get("zero_states", False)
        if not isinstance(zero, bool):
            raise InvalidInput("measurement", "type", f"zero_states is {shown(zero)}; give true or false.", got=shown(zero))
        return cls("check", what, integer("measurement", given.get("steps", MOST_STEPS), 1, MOST_STEPS), zero,
                   number("measurement", given.get("scale", 1.0), 1e-6, 4))

    @classmethod
    def from_text(cls, text: str) -> "Measurement":
        """From what `to_text` writes, or `InvalidInput`.

        Examples
        --------
        >>> Measurement.from_text("weight_hh:4:zero")
        Measurement(kind='check', what='weight_hh', steps=4, zero_states=True, scale=1.0)
        """
        what, *rest = text.split(":")
        if not rest:
            return cls.of({"kind": "score"} if what == "score" else {"kind": "watch", "what": what})
        zero = rest[1:2] == ["zero"]
        scale = rest[2:] if zero else rest[1:]
        if len(scale) > 1:
            raise InvalidInput("measurement", "type", f"measurement is {shown(text)}; give tensor:steps, tensor:steps:zero or "
                               "tensor:steps:zero:scale.", got=shown(text))
        return cls.of({"kind": "check", "what": what, "steps": _number(rest[0]), "zero_states": zero,
                       "scale": _number(scale[0]) if scale else 1.0})

    def to_text(self) -> str:
        """As it stands in a link: "score", a quantity, or tensor:steps, then zero and the scale where they are not as usual."""
        if self.kind != "check":
            return self.what or self.kind
        return ":".join([self.what, str(self.steps), *["zero"] * self.zero_states, *[repr(self.scale)] * (self.scale != 1)])


class Verdict(NamedTuple):
    """What was said of a guess.

    right : whether it is the damage. possible : the suspects that fit all that was measured. proven : whether it is the
    only one of them. measurements, wrong_guesses : how many there were
    """

    right: bool
    possible: tuple[str, ...]
    proven: bool
    measurements: int
    wrong_guesses: int


class Puzzle:
    """One damage to find.

    Parameters
    ----------
    seed : int >= 0, which decides what is damaged
    trainer : a `Trainer` of `BASE`, if there is one: its updates are not done again

    Attributes
    ----------
    measurements : list of what was measured, each once
    wrong_guesses : list
    path : list of both in the order they were made, as texts: what `Measurement.to_text` writes, and "not:NAME"
    solved : bool; `answer` is None until then
    """

    def __init__(self, seed: int, trainer: Trainer | None = None):
        self.seed = integer("puzzle", seed, 0, 2**32 - 1)
        self.trainer = trainer or Trainer(BASE)
        self._answer = list(SUSPECTS)[int(np.random.default_rng([self.seed, 7]).integers(len(SUSPECTS)))]
        self.measurements: list[Measurement] = []
        self.wrong_guesses: list[str] = []
        self.path: list[str] = []
        self.solved = False
        self._objectives: dict[str, Objective] = {}
        self._outcomes: dict[tuple, Any] = {}

    @property
    def answer(self) -> str | None:
        return self._answer if self.solved else None

    def know(self, other: "Puzzle") -> None:
        """Take over what another puzzle on the same network has found out about the suspects; it is the same for both."""
        self._objectives, self._outcomes = other._objectives, other._outcomes

    def measure(self, given: Any) -> dict[str, Any]:
        """Make a measurement (a `Measurement` as a dict) and say what it shows. The same one again is not counted again."""
        m = Measurement.of(given)
        if m not in self.measurements:
            self.measurements.append(m)
            self.path.append(m.to_text())
        objective = self._objective(self._answer)
        if m.kind == "check":
            short = shortened(objective, m.steps, m.zero_states, m.scale)
            report = check_objective(short, blocks=CHECKED[m.what], max_elements=6)
            mine, right = self._gradients(self._answer, m)
            shown_ = [{**block._asdict(), "absolute": bool(np.abs(mine[block.name] - right[block.name]).max() < ABSOLUTE)} for block in report.tensors]
            return {"measurement": m._asdict(), "blocks": shown_}
        return {"measurement": m._asdict(), "values": self._outcome(self._answer, m)}

    def follow(self, path: str) -> Iterator[dict[str, Any]]:
        """Go somebody's `path`, joined by ";", again: what each of its measurements shows.

        A guess that was wrong is one again. `InvalidInput` where something in it is no measurement; what stands before is done.
        """
        steps = [step for step in path.split(";") if step]
        if len(steps) > MOST_IN_PATH:
            raise InvalidInput("measured", "range", f"measured has {len(steps)} entries; give at most {MOST_IN_PATH}.", got=len(steps),
                               low=0, high=MOST_IN_PATH)
        for step in steps:
            guess = step.removeprefix(WRONG_GUESS)
            try:
                given = Measurement.from_text(step)._asdict() if guess == step else choice("guess", guess, SUSPECTS)
            except InvalidInput as refused:
                raise InvalidInput("measured", "unknown", f"measured has {shown(step)}, which is no measurement: {refused}",
                                   got=shown(step)) from refused
            if guess == step:
                yield self.measure(given)
            elif guess != self._answer:                     # the right one is for whoever has the link
                self.guess(guess)

    def possible(self) -> tuple[str, ...]:
        """The suspects that fit all that was measured.

        A suspect does not fit where another block is wrong, where the score falls that stayed or stays that fell, or where a
        quantity is held, leaves its range or is empty that did not, or did: what one can know without trying every suspect.
        """
        return tuple(name for name in SUSPECTS
                     if all(_read(m, self._outcome(name, m)) == _read(m, self._outcome(self._answer, m)) for m in self.measurements))

    def guess(self, name: str) -> Verdict:
        """Name the damage."""
        choice("guess", name, SUSPECTS)
        right = name == self._answer
        if right:
            self.solved = True
        elif name not in self.wrong_guesses:
            self.wrong_guesses.append(name)
            self.path.append(WRONG_GUESS + name)
        possible = self.possible()
        return Verdict(right, possible, possible == (name,), len(self.measurements), len(self.wrong_guesses))

    def fewest(self) -> Iterator[tuple[Measurement, ...] | None]:
        """The shortest series of measurements that singles the damage out, the last thing yielded; None while it is sought."""
        others = [name for name in SUSPECTS if name != self._answer]
        menu = [Measurement("score"), *(Measurement("watch", what) for what in WATCHED),
                *(Measurement("check", what, steps, zero) for zero in (False, True) for steps in (1, 2, 3, 4, MOST_STEPS) for what in CHECKED)]
        rules_out = {}
        for m in menu:
            mine = _read(m, self._outcome(self._answer, m))
            rules_out[m] = frozenset(name for name in others if _read(m, self._outcome(name, m)) != mine)
            yield None
        useful = list({out: m for m, out in reversed(rules_out.items()) if out}.values())[::-1]
        for count in range(1, 5):
            for series in combinations(useful, count):
                if len(frozenset().union(*(rules_out[m] for m in series))) == len(others):
                    yield series
                    return

    def _objective(self, suspect: str) -> Objective:
        if suspect not in self._objectives:
            self._objectives[suspect] = Objective(BASE.replace(damage=SUSPECTS[suspect]), self.trainer)
        return self._objectives[suspect]

    def _outcome(self, suspect: str, m: Measurement) -> Any:
        """What a measurement shows of a suspect: which blocks are right, or numbers with three digits."""
        key = (suspect, m)
        if key not in self._outcomes:
            if m.kind == "check":                       # every tensor comes with the same passes
                shared = (suspect, m._replace(what=""))
                if shared not in self._outcomes:
                    self._outcomes[shared] = self._verdicts(suspect, m)
                self._outcomes[key] = {block: self._outcomes[shared][block] for block in CHECKED[m.what]}
            elif m.kind == "watch":
                steps = self._objective(suspect).passes()[0].steps
                values = steps.f + steps.i if m.what == "f_plus_i" else getattr(steps, m.what)
                self._outcomes[key] = {"smallest": _short(values.min()), "largest": _short(values.max()),
                                       "empty": int((values == 0).all(axis=2).sum())}
            else:
                e = BASE.replace(damage=SUSPECTS[suspect])
                whole = effect.score(BASE, effect.subject(BASE, self.trainer), 64)
                self._outcomes[key] = {"before": _short(whole.score),
                                       "after": _short(effect.score(e, effect.subject(e, self.trainer), 64).score)}
        return self._outcomes[key]

    def _gradients(self, suspect: str, m: Measurement) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Block by block, the gradient of a suspect, and that of the backward pass without damage: the slope to all digits."""
        damaged = shortened(self._objective(suspect), m.steps, m.zero_states, m.scale)
        *_, mine = damaged.passes()
        if not of_kind(SUSPECTS[suspect], "gradient"):
            return (in_blocks(mine, damaged.architecture),) * 2
        damaged.experiment = damaged.experiment.replace(damage={})
        *_, right = damaged.passes()
        return in_blocks(mine, damaged.architecture), in_blocks(right, damaged.architecture)

    def _verdicts(self, suspect: str, m: Measurement) -> dict[str, bool]:
        """Which blocks are right."""
        mine, right = self._gradients(suspect, m)
        return {block: bool(np.linalg.norm(value - right[block]) <= LIMITS["complex"] * max(
            np.linalg.norm(value), np.linalg.norm(right[block]), NEGLIGIBLE)) for block, value in mine.items()}


def _read(m: Measurement, outcome: Mapping[str, Any]) -> tuple:
    """What an outcome says, apart from its numbers."""
    if m.kind == "check":
        return tuple(outcome.items())
    if m.kind == "score":
        return (outcome["after"] < outcome["before"] - 0.01,)
    low, high = outcome["smallest"], outcome["largest"]
    return (low if low == high else None, low < -1 or high > (2 if m.what == "f_plus_i" else 1), outcome["empty"] > 0)


def _number(text: str) -> float | str:
    """The number that `text` is, or the text itself."""
    return float(text) if re.fullmatch(r"[0-9.]{1,9}(e-[0-9])?", text) and text.count(".") < 2 and text[0] != "." else text


def _short(value: float) -> float:
    """As it is shown: three digits."""
    return float(f"{value:.3g}")
