"""A training in a file, to be resumed: one .npz with the experiment, the parameters, and what the optimizer remembers."""

from __future__ import annotations

import json
import os

import numpy as np

from .interchange import weight_files
from .experiment import Experiment
from .training import Trainer
from .validation import InvalidInput, instance, parsed, shown

FORMAT = "py_lstm training"
VERSION = 1


def save_training(destination: str | os.PathLike, training: Trainer) -> None:
    """Write a training to a .npz file, which appears whole or not at all. NumPy alone can read it.

    Examples
    --------
    >>> trainer = Trainer(Experiment(updates=6))
    >>> for progress in train(trainer):
    ...     if progress.update == 3:
    ...         break
    >>> save_training("training.npz", trainer)
    >>> for progress in train(load_training("training.npz")):                 # goes on where it stood
    ...     print(progress.update)
    4
    5
    6
    """
    training = instance("training", training, Trainer)
    _path("destination", destination)
    if weight_files.file_format(destination) != "npz":
        name = weight_files.file_name(destination)
        raise InvalidInput("destination", "choice", f"{name} does not end in .npz; a training is saved as .npz.", file=name)
    about = {"format": FORMAT, "version": VERSION, "experiment": training.experiment.to_json()}
    text = np.frombuffer(json.dumps(about).encode(), np.uint8)
    weight_files.replace_file(destination, weight_files.encode_arrays({"about": text} | training.state_dict(), "npz"))


def load_training(source: str | os.PathLike) -> Trainer:
    """The training that `save_training` wrote; it goes on to the very bits that it would have come to at once.

    Raises
    ------
    InvalidInput
        If the file cannot be read or is no saved training.

    Examples
    --------
    >>> trainer = Trainer(Experiment(updates=3))
    >>> progress = trainer.update()
    >>> save_training("training.npz", trainer)
    >>> loaded = load_training("training.npz")
    >>> loaded.update() == trainer.update()                                   # the same bits
    True
    """
    name = weight_files.file_name(_path("source", source))
    arrays = weight_files.read_arrays(source)
    text = arrays.pop("about", None)
    if text is None or text.dtype != np.uint8 or text.ndim != 1:
        raise InvalidInput("source", "file", f"{name} is no saved training; give a file that `py_lstm train --save` or "
                           "save_training wrote.", file=name)
    try:
        about = parsed("training", text.tobytes().decode("utf-8", "replace"))
        if not isinstance(about, dict) or about.get("format") != FORMAT or about.get("version") != VERSION:
            raise InvalidInput("source", "file", "It is of another kind or version.")
        training = Trainer(Experiment.from_json(about.get("experiment")))
        training.load_state_dict(arrays)
    except InvalidInput as refused:
        raise InvalidInput(refused.field, refused.code, f"{name} is no saved training that can be resumed. {refused}",
                           file=name) from None
    return training


def _path(field: str, value: str | os.PathLike) -> str | os.PathLike:
    if not isinstance(value, (str, os.PathLike)):
        raise InvalidInput(field, "type", f"{field} is {shown(value)}; give the path of a .npz file.", got=shown(value))
    return value
