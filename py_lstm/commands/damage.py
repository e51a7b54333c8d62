"""`py_lstm damage`: the damages there are; and what one does to an experiment, before and after."""

from __future__ import annotations

import argparse
import math
from typing import Any, NamedTuple

from ..damage import effect
from ..damage.checking import check_blocks
from ..damage.rules import DAMAGE, KINDS, DamageRule
from ..experiment import BASELINES, Experiment
from ..tasks import OWN
from ..training import Trainer
from .given import add_command, read
from .output import OK, print_json


def add(commands) -> None:
    one = add_command(commands, "damage", _damage, "the damages there are; with an EXPERIMENT such as damage=no_carry, before and after")
    one.add_argument("--cells", action="store_true", help="an RNN and a GRU beside it, trained as the LSTM was")


OVER = {"step": "step", "string": "step", "own": "step", "delay": "a delay of", "length": "the end of sequences of length"}
MOST_STEPS = 8                                          # up to which it is looked from when on a gradient is wrong


class Told(NamedTuple):
    """What was measured of one network: its score and, step by step, how far memory holds."""

    name: str
    score: effect.Score
    memory: effect.Memory


def _damage(given: argparse.Namespace) -> int:
    if not given.given:
        return _list(given.json)
    e, trainer, _ = read(given.given)
    whole = effect.undamaged(e)
    before_by = trainer if trainer and not e.training_damage else Trainer(whole)
    after_by = trainer or (Trainer(e) if e.training_damage else before_by)
    networks = [_told(name, one, effect.subject(one, by)) for name, one, by in (("before", whole, before_by), ("after", e, after_by))]
    networks += [_told(cell, whole, _cell(cell, whole)) for cell in BASELINES if given.cells]
    wrong = _wrong(e, after_by)
    metric = e.about.metric
    if given.json:
        print_json({"damage": e.damage, "damage_from": e.damage_from, "metric": metric, "wrong": list(wrong), "from_steps": wrong,
                    **{one.name: _plain(one) for one in networks}})
        return OK
    print(f"{e.task}: {e.hidden_size} units, after {e.updates} updates, on "
          f"{'its own sequence' if e.task == OWN else f'{networks[0].score.sequences} held-out sequences'} of {e.steps} steps")
    for name, value in e.damage.items():
        print(f"  {name}{'' if DAMAGE[name].switch else f' {value:g}'}: {DAMAGE[name].about}")
    for one in networks:
        print(f"{one.name:<7} {metric} {one.score.score:.4g}, loss {one.score.loss:.4g}")
    over, held = networks[0].memory
    at = [step for step in range(1, len(held) + 1) if math.isfinite(held[step - 1])
          and (over == "length" or step in (1, e.length, 2 * e.length, len(held)))]
    print(f"how far memory holds: {metric} at {OVER[over]} {', '.join(map(str, at))}")
    for one in networks:
        print(f"{one.name:<7} {', '.join(f'{one.memory.score[step - 1]:.4g}' for step in at)}")
    print(f"wrong gradients: {'none' if not wrong else ''}".rstrip())
    for steps, blocks in _by_steps(wrong):
        print(f"  {f'from T = {steps} on' if steps else f'not up to T = {MOST_STEPS}, but over all steps'}: {blocks}")
    return OK


def _told(name: str, experiment: Experiment, subject: effect.Subject) -> Told:
    return Told(name, effect.score(experiment, subject), effect.memory(experiment, subject))


def _cell(cell: str, experiment: Experiment) -> effect.Subject:
    """Another cell on the same task, trained as the LSTM was."""
    return effect.subject(experiment.baseline(cell))


def _wrong(e: Experiment, trainer: Trainer) -> dict[str, int | None]:
    """The blocks whose gradient is wrong, and over how many steps that shows first; None if it does not up to `MOST_STEPS`."""
    report = check_blocks(e, max_elements=8, trainer=trainer)
    wrong: dict[str, int | None] = {block.name: None for block in report.tensors if not block.right}
    for steps in range(1, min(MOST_STEPS, e.steps) + 1):
        left = [name for name, first in wrong.items() if first is None]
        if left:
            shorter = check_blocks(e, steps=steps, blocks=left, max_elements=4, trainer=trainer)
            wrong |= {block.name: steps for block in shorter.tensors if not block.right}
    return wrong


def _by_steps(wrong: dict[str, int | None]) -> list[tuple[int | None, str]]:
    """Blocks that go wrong at the same number of steps together, those that go wrong last at the end."""
    groups: dict[int | None, list[str]] = {}
    for name, steps in wrong.items():
        groups.setdefault(steps, []).append(name)
    return [(steps, " ".join(groups[steps])) for steps in sorted(groups, key=lambda steps: steps or MOST_STEPS + 1)]


def _plain(one: Told) -> dict[str, Any]:
    """As JSON, which has no word for what is no number: then it is None."""
    def finite(value: float) -> float | None:
        return float(value) if math.isfinite(value) else None

    return {"loss": finite(one.score.loss), "score": finite(one.score.score), "sequences": one.score.sequences,
            "memory": [finite(value) for value in one.memory.score]}


def _list(as_json: bool) -> int:
    if as_json:
        print_json([{**rule._asdict(), "wrong": {block: list(steps) for block, steps in rule.wrong.items()}} for rule in DAMAGE.values()])
        return OK
    for kind in KINDS:
        print(f"{kind}:")
        for rule in DAMAGE.values():
            if rule.kind == kind:
                print(f"  {rule.name}{'' if rule.switch else f':{rule.usual:g}  ({rule.low:g} to {rule.high:g})'}\n      {rule.about}")
                if rule.wrong:
                    print("\n".join(f"      wrong from T = {steps}: {blocks}" for steps, blocks in _grouped(rule)))
    return OK


def _grouped(rule: DamageRule) -> list[tuple[int, str]]:
    """Blocks with the same onset, from given states and at the usual value, together: (2, "bias[i] bias[g]")."""
    groups: dict[int, list[str]] = {}
    for block in rule.wrong:
        groups.setdefault(rule.onset(block, rule.usual), []).append(block)
    return [(steps, " ".join(blocks)) for steps, blocks in sorted(groups.items())]
