"""`py_lstm damage`: the damages there are; and what one does to an experiment, before and after."""

from __future__ import annotations

import argparse

from ..damage import effect
from ..damage.checking import check_blocks
from ..damage.rules import DAMAGE, KINDS, DamageRule
from ..training import Trainer
from .given import add_command, read
from .output import OK, print_json


def add(commands) -> None:
    add_command(commands, "damage", _damage, "the damages there are; with an EXPERIMENT such as damage=no_carry, before and after")


def _damage(given: argparse.Namespace) -> int:
    if not given.given:
        return _list(given.json)
    e, trainer, _ = read(given.given)
    whole = effect.undamaged(e)
    before_by = trainer if trainer and not e.training_damage else Trainer(whole)
    after_by = trainer or (Trainer(e) if e.training_damage else before_by)
    before, after = (effect.score(one, effect.subject(one, by)) for one, by in ((whole, before_by), (e, after_by)))
    report = check_blocks(e, max_elements=8, trainer=after_by)
    wrong = [block.name for block in report.tensors if not block.right]
    metric = e.about.metric
    if given.json:
        print_json({"damage": e.damage, "damage_from": e.damage_from, "metric": metric, "before": before._asdict(),
                    "after": after._asdict(), "wrong": wrong})
        return OK
    print(f"{e.task}: {e.hidden_size} units, after {e.updates} updates, on {after.sequences} held-out sequences of {e.steps} steps")
    for name, value in e.damage.items():
        print(f"  {name}{'' if DAMAGE[name].switch else f' {value:g}'}: {DAMAGE[name].about}")
    for name, mine in (("before", before), ("after", after)):
        print(f"{name:<7} {metric} {mine.score:.4g}, loss {mine.loss:.4g}")
    print(f"wrong gradients: {', '.join(wrong) or 'none'}")
    return OK


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
