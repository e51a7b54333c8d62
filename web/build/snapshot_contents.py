"""What the interpreter imports whose memory web/build/snapshot.mjs keeps."""
import importlib
import json
import os
import sys

sys.path.remove("")  # Pyodide puts it there again
importlib.invalidate_caches()

# All of NumPy with its docstrings: numpy.ma, which may be imported later, composes its own from them.
import numpy.random  # noqa: E402, F401

import bridge  # noqa: E402
import latecomers  # noqa: E402, F401
from py_lstm.moments import Moments  # noqa: E402

MOMENTS_APART = 20

# What is imported only at its first use is used once. The bridge keeps the trained network of the default experiment, which
# is the first thing that most visitors ask for.
bridge.call("begin", "[{}]")
bridge.call("advance", json.dumps([60_000, bridge.FIRST_SELECTION]))
bridge.call("check", '["bias"]')

# It has told its curves to nobody who is still there.
bridge.lab.curves.forget()

# A network's moments look like chance and do not pack, nor does what its last update left behind. What lies between those that are kept follows again from them.
for trainer in [kept.trainer for kept in bridge.lab.runs.kept.values()]:
    moments, trainer.moments = trainer.moments, Moments()
    for update in range(0, len(trainer.losses) + 1, MOMENTS_APART):
        trainer.moments.keep(*moments.latest(update))
    trainer.network.forget_work()

# The restored interpreter starts without the standard library's file and should know: latecomers.py brings it.
os.remove("/lib/python314.zip")
importlib.invalidate_caches()
