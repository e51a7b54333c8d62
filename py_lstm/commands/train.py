"""`py_lstm train`: train with progress; save, stop and resume."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
from typing import Iterator

import numpy as np

from .. import checkpoints
from ..interchange import weight_files
from ..interchange.models import from_network
from ..interchange.storage import save_weights
from ..network import Network
from ..objective import Objective
from ..training import Trainer, trouble
from ..validation import InvalidInput, integer, shown
from .given import add_command, differing, read, whole
from .output import OK, WRONG, print_json, writable


def add(commands) -> None:
    one = add_command(commands, "train", _train, "train, with progress; save and resume")
    one.add_argument("--save", metavar="FILE.npz", help="keep the training here: at the end, and when stopped with Ctrl-C")
    one.add_argument("--resume", metavar="FILE.npz", help="go on with a saved training; --save is then this file as well")
    one.add_argument("--weights", metavar="FILE", help="write the trained weights as PyTorch names them (.npz, .safetensors)")
    one.add_argument("--every", type=whole, default=None, metavar="N", help="a line of progress after every N updates")
    one.add_argument("--quiet", action="store_true", help="no progress")


def _train(given: argparse.Namespace) -> int:
    every = None if given.every is None else integer("every", given.every, 1)
    save = given.save or given.resume
    for path in filter(None, (save, given.weights)):
        writable(path, ("npz",) if path == save else weight_files.FORMATS)
    training, wanted = _begin(given)
    try:
        with _interruptible() as stopped:
            for _ in _shown(training, wanted, every, given.quiet, given.json, stopped):
                pass
    finally:                                            # also what was reached before a training diverged
        if save:
            checkpoints.save_training(save, training)
    if given.weights:
        save_weights(given.weights, from_network(_edited(training)))
    whole = len(training.losses) >= wanted
    _tell(training, whole, save, given.json)
    return OK if whole else WRONG


def _edited(training: Trainer) -> Network:
    """The network that was trained, with the experiment's edits."""
    values = Objective(training.experiment.replace(updates=len(training.losses)), training).values
    return Network.of({name: values[name] for name in training.network.parameters}, architecture=training.network.architecture)


def _begin(given: argparse.Namespace) -> tuple[Trainer, int]:
    """The training to go on with, and how many updates it shall have in all."""
    if not given.resume:
        made = read(given.given)
        return made.trainer or Trainer(made.experiment), made.experiment.updates
    saved = checkpoints.load_training(given.resume)
    wanted = read([given.resume, f"updates={saved.experiment.updates}", *given.given])
    if wanted.trainer is None:
        name = differing(wanted.experiment, saved.experiment)[0]
        raise InvalidInput(name, "choice", f"{name} is {shown(getattr(wanted.experiment, name))}, the saved training has "
                           f"{shown(getattr(saved.experiment, name))}; only updates may change in one that is resumed.")
    saved = wanted.trainer
    saved.experiment = wanted.experiment
    return saved, wanted.experiment.updates


@contextlib.contextmanager
def _interruptible() -> Iterator[list[bool]]:
    """While it lasts, the first Ctrl-C puts True into the list that it gives, and the second interrupts at once.

    An update is thus never left half done, so that what is saved goes on to the same bits.
    """
    stopped: list[bool] = []

    def stop(*_) -> None:
        stopped.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:                                  # not in the main thread, where no signal arrives
        yield stopped
        return
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _shown(training: Trainer, wanted: int, every: int | None, quiet: bool, as_json: bool, stopped: list[bool]
           ) -> Iterator[None]:
    """Do the updates that are missing, showing progress: a bar where there is a terminal and tqdm, else lines."""
    done = len(training.losses)
    bar = None if quiet or as_json or every else _bar(done, wanted)
    every = every or max(1, wanted // 10)
    try:
        while len(training.losses) < wanted and not stopped:
            progress = training.update()
            if bar is not None:
                bar.set_postfix_str(f"loss {progress.loss:.4g}", refresh=False)
                bar.update()
            elif not quiet and (progress.update % every == 0 or progress.update == wanted):
                if as_json:
                    print(json.dumps(progress._asdict()), flush=True)
                else:
                    print(f"update {progress.update} of {wanted}  loss {progress.loss:.6g}  gradient norm "
                          f"{progress.gradient_norm:.3g}", file=sys.stderr, flush=True)
            yield
    finally:
        if bar is not None:
            bar.close()


def _bar(done: int, wanted: int):
    """tqdm's bar, or None where that is not installed or nobody would see it."""
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=wanted, initial=done, unit="update", dynamic_ncols=True, file=sys.stderr)


def _tell(training: Trainer, whole: bool, save: str | None, as_json: bool) -> None:
    done, warning = len(training.losses), trouble(training)
    if as_json:
        print_json({"done": whole, "updates": done, "loss": training.losses[-1] if done else None, "saved": save,
                     "warning": warning and str(warning), "experiment": training.experiment.to_json()})
    else:
        last = f", loss {np.mean(training.losses[-5:]):.6g} (mean of the last {min(done, 5)} batches)" if done else ""
        print(f"{'after' if whole else 'stopped after'} {done} updates{last}")
    edits = len(training.experiment.edits)
    if edits and not as_json:
        print(f"{edits} number{'s'[:edits != 1]} set by hand (edits): the training began without {'it' if edits == 1 else 'them'}; "
              f"{'it is' if edits == 1 else 'they are'} laid over what was learnt", file=sys.stderr)
    if warning:
        print(f"py_lstm: {warning}", file=sys.stderr)
    if save and not as_json:
        again = "" if whole else f"; go on with: py_lstm train --resume {save}"
        print(f"saved in {save}{again}", file=sys.stderr)
