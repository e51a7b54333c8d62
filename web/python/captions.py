"""Which sentence stands over the picture: one that tells a story is chosen only where the trace shows it happen."""

import numpy as np

# What gets past a mark in a backward pass that is said to stop there, and what arrives there of one that is said to run so far.
PASSES, ARRIVES = 0.25, 0.2


def captions(trace):
    """{"forward", "backward"}: the ends of the keys in the page's locales, such as "latch.forward"."""
    said = {"forward": "any.forward", "backward": "any.backward"}
    experiment = trace.experiment
    if experiment.updates == 0 and experiment.edits:
        said["forward"] = "byHand" if len(experiment.edits) > 1 else "byHandOne"
    elif experiment.updates == 0:
        said["forward"] = "untrained"
    elif experiment.task == "latch" and experiment.input_size >= 2 and trace.counted and trace.right == trace.counted:
        shuts = _shuts(trace)
        said["forward"] = "latch.forward" if shuts and _writes_and_holds(trace) else "latch.right"
        if shuts and _stops(trace):
            said["backward"] = "latch.backward"
    return said


def _marks(trace):
    """The steps with a mark, as they are drawn; an edit may have taken or added one."""
    return trace.arrays["x"][:, 1] != 0


def _shuts(trace):
    """Whether there are marks, and every forget gate is more shut than open at each of them."""
    marks = _marks(trace)
    return bool(marks.any() and np.all(trace.arrays["f"][marks] < 0.5))


def _writes_and_holds(trace):
    """Whether the input gates open at every mark, compared with the steps between, at which the forget gates are open."""
    marks, f, i = _marks(trace), trace.arrays["f"], trace.arrays["i"]
    return bool(not marks.all() and np.mean(f[~marks]) > 0.5 and np.all(np.mean(i[marks], axis=1) > np.mean(i[~marks])))


def _stops(trace):
    """Whether the derivative of the last output runs back along the cell to the last mark and there stops."""
    experiment, last = trace.experiment, int(np.flatnonzero(_marks(trace))[-1])
    if experiment.gradient_of != "output" or experiment.output_step not in (0, experiment.steps) or last == 0:
        return False
    size = np.linalg.norm(trace.arrays["dc"], axis=1)
    return bool(size[last] >= ARRIVES * np.max(size[last:]) and size[last - 1] <= PASSES * size[last])
