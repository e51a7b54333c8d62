"""`py_lstm tasks`: what there is to learn."""

from __future__ import annotations

import argparse

from ..problems import problems
from ..study import Study
from ..tasks import NOTES, TASKS
from .output import OK, print_json


def add(commands) -> None:
    one = commands.add_parser("tasks", help="the tasks, how they are scored, and what knowing nothing scores")
    one.add_argument("--json", action="store_true", help="print JSON, for programs")
    one.set_defaults(run=_tasks)


def _tasks(given: argparse.Namespace) -> int:
    rows = []
    for name, task in TASKS.items():
        about = " ".join((task.draw.__doc__ or "").split("\n\n")[0].split())
        rows.append({"task": name, "about": about, "inputs": list(task.channels), "outputs": ["y"], "metric": NOTES[name].metric,
                     "clueless": NOTES[name].clueless, "goal": None, "published": None, "settings": {}})
    for about in problems().values():
        length = Study(about.name).length
        rows.append({"task": about.name, "about": about.about, "inputs": list(about.inputs), "outputs": list(about.outputs),
                     "metric": about.metric, "clueless": about.clueless(length), "goal": about.goal, "published": about.published,
                     "settings": about.settings})
    if given.json:
        print_json(rows)
        return OK
    for k, row in enumerate(rows):
        if k in (0, len(TASKS)):
            print("Traced step by step, in the page too:" if k == 0 else "Published ones, with their own settings:")
        goal = "" if row["goal"] is None else f"; goal {row['goal']:g}"
        print(f"  {row['task']}\n      {row['about']}\n      {row['metric']}; knowing nothing scores {row['clueless']:.4g}{goal}")
        if row["published"]:
            print(f"      criterion: {row['published']}")
    return OK
