"""What the Train room sees of a run: its curves, and how weights and gradients of one moment are spread."""

import numpy as np

from py_lstm.network import Network
from py_lstm.training import trouble
from py_lstm.validation import InvalidInput

SMOOTH = 20                             # updates in a running mean
WEIGHT_BINS = 32
# Sizes of gradients are counted by half decades; what is smaller or larger counts in the first or last one.
GRADIENT_POWERS = np.arange(-8, 2.01, 0.5)


class Curves:
    """Loss, score and gradient norm of every update, and the running means of the first two.

    Only what the page has not had is told.
    """

    def __init__(self):
        self.told = {}

    def since(self, name, trainer):
        """({"from": first, "count": n}, {series: array}) of the updates that were not told under this name before."""
        before, first = self.told.get(name, (None, 0))
        done = len(trainer.losses)
        if before is not trainer or first > done:
            first = 0
        self.told[name] = (trainer, done)
        series = {"loss": trainer.losses, "score": trainer.scores, "norm": trainer.gradient_norms}
        arrays = {kind: np.array(values[first:], np.float64) for kind, values in series.items()}
        arrays |= {f"{kind}_mean": _mean_of_latest(series[kind], first) for kind in ("loss", "score")}
        return {"from": first, "count": done}, {f"{name}.{kind}": values for kind, values in arrays.items()}

    def only(self, names):
        """Forget what is under other names: the page keeps no curve that a picture does not tell of."""
        self.told = {name: told for name, told in self.told.items() if name in names}

    def forget(self):
        self.told = {}


def _mean_of_latest(values, first):
    """For every update from index `first` on, the mean of it and of those before it, `SMOOTH` in all where there are so many."""
    begin = max(0, first - SMOOTH + 1)
    window = np.array(values[begin:], np.float64)
    sums = np.concatenate([[0.0], np.cumsum(window)])
    ends = np.arange(first - begin, len(window)) + 1
    starts = np.maximum(ends - SMOOTH, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def spread(trainer, updates):
    """({...}, {...}): histograms of the weights after so many updates, and of the gradient the next update begins with; in pieces."""
    parameters = trainer.parameters_after(updates)
    largest = max(float(np.abs(value).max()) for value in parameters.values())
    limit = _round_up(largest)
    counts = [np.histogram(value, WEIGHT_BINS, (-limit, limit))[0] for value in parameters.values()]
    header = {"tensors": list(parameters), "limit": limit, "powers": [float(GRADIENT_POWERS[0]), float(GRADIENT_POWERS[-1])]}
    arrays = {"weights": np.array(counts, np.float64)}
    try:
        slope = yield from trainer.slope_in_pieces(updates + 1, Network.of(parameters, architecture=trainer.network.architecture))
    except InvalidInput:                                # the next update will say so itself
        return header, arrays
    gradients = slope.gradients
    with np.errstate(divide="ignore"):
        powers = {name: np.clip(np.log10(np.abs(gradients[name])), *GRADIENT_POWERS[[0, -1]]) for name in parameters}
    arrays["gradients"] = np.array([np.histogram(powers[name], GRADIENT_POWERS)[0] for name in parameters], np.float64)
    header["norm"] = float(np.sqrt(sum(np.sum(value * value) for value in gradients.values())))
    return header, arrays


def said(trainer):
    """What is wrong with a run that goes on, as plain values; None if nothing is."""
    found = trouble(trainer)
    return None if found is None else {name: f"{value:.3g}" if isinstance(value, float) else value
                                       for name, value in found._asdict().items()}


def _round_up(size):
    """The next of 1, 2, 5, 10, ... so that an axis stays where it is while weights grow."""
    power = 10.0 ** np.floor(np.log10(max(size, 1e-12)))
    return float(next(step * power for step in (1, 2, 5, 10) if size <= step * power * (1 + 1e-12)))
