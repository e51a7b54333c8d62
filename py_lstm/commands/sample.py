"""`py_lstm sample`: text from a network trained on a text."""

from __future__ import annotations

import argparse

from ..objective import Objective
from ..sampling import sample
from ..training import Trainer, train
from ..validation import InvalidInput
from .given import add_command, read, real, whole
from .output import OK, print_json


def add(commands) -> None:
    one = add_command(commands, "sample", _sample, "text from a network trained on a text")
    one.add_argument("--prompt", default="", help="text to go on from")
    one.add_argument("--length", type=whole, default=200, metavar="N", help="characters (%(default)s)")
    one.add_argument("--temperature", type=real, default=0.8, help="0 takes the likeliest; more is bolder (%(default)s)")
    one.add_argument("--sample-seed", type=whole, default=0, metavar="N", help="another seed, another text (%(default)s)")


def _sample(given: argparse.Namespace) -> int:
    made = read(["task=text_en", *given.given])
    if made.experiment.about.text is None:
        raise InvalidInput("task", "choice", f"task is {made.experiment.task}, which is no text; give one that is trained on a text, "
                           "such as task=text_en or a file that `py_lstm train task=text_en --save FILE.npz` wrote.")
    trainer = made.trainer or Trainer(made.experiment)
    how = {"prompt": given.prompt, "length": given.length, "temperature": given.temperature, "rng": given.sample_seed}
    sample(trainer, **how)                              # refuses before the training, and not after
    for _ in train(trainer):
        pass
    objective = Objective(made.experiment, trainer)
    letters = sample(trainer, **how, network=objective.network(objective.values))       # with the experiment's edits and damage
    if given.json:
        print_json({"prompt": given.prompt, "text": "".join(letters), "temperature": given.temperature,
                    "experiment": made.experiment.to_json()})
        return OK
    print(given.prompt, end="")
    for letter in letters:
        print(letter, end="", flush=True)
    print()
    return OK
