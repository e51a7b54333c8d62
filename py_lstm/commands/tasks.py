"""`py_lstm tasks`: what there is to learn."""

from __future__ import annotations

import argparse

from ..experiment import defaults
from ..tasks import TASKS
from .output import OK, print_json


GROUPS = {"simple": "To look at:", "published": "Published, with settings that learn them:", "text": "Texts:"}


def add(commands) -> None:
    one = commands.add_parser("tasks", help="the tasks, how they are scored, and what knowing nothing scores")
    one.add_argument("--json", action="store_true", help="print JSON, for programs")
    one.set_defaults(run=_tasks)


def _tasks(given: argparse.Namespace) -> int:
    rows = [{"task": name, "group": task.group, "about": task.about, "inputs": list(task.inputs), "outputs": list(task.outputs),
             "metric": task.metric, "clueless": task.clueless(defaults(name)["length"]), "goal": task.goal,
             "published": task.published, "settings": task.settings} for name, task in TASKS.items()]
    if given.json:
        print_json(rows)
        return OK
    group = None
    for row in rows:
        if row["group"] != group:
            group = row["group"]
            print(GROUPS[group])
        print(f"  {row['task']}\n      {row['about']}\n      {row['metric']}; knowing nothing scores {row['clueless']:.4g}; goal "
              f"{row['goal']:g}\n      criterion: {row['published']}")
    return OK
