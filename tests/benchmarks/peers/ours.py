"""py_lstm's side of the benchmark: what is computed, from which numbers, and one step of it. Runs natively and in Pyodide."""

import numpy as np

from py_lstm import Adam, Network
from py_lstm.losses import unchecked

LEARNING_RATE = 0.001
STEPS_CHECKED = 4

# Sizes: inputs I, hidden units H, outputs O, time steps T, sequences N.
WORKLOADS = {
    "W1": dict(I=8, H=16, O=1, T=32, N=1, loss="squared_error", at="last", tokens=False, learns=True),
    "W1x8": dict(I=8, H=16, O=1, T=32, N=8, loss="squared_error", at="last", tokens=False, learns=True),
    "W2": dict(I=32, H=64, O=32, T=64, N=16, loss="cross_entropy", at="every", tokens=False, learns=True),
    "W3": dict(I=64, H=128, O=64, T=64, N=32, loss="cross_entropy", at="every", tokens=True, learns=True),
    "W4": dict(I=64, H=128, O=64, T=64, N=32, loss="cross_entropy", at="every", tokens=True, learns=False),
}


def numbers(w):
    """The batch and the first weights, float32 and int32 arrays by name; x is (T, N, I) or tokens (T, N)."""
    rng = np.random.default_rng(1)
    x = rng.integers(0, w["I"], (w["T"], w["N"])) if w["tokens"] else rng.normal(size=(w["T"], w["N"], w["I"]))
    if w["loss"] == "cross_entropy":
        target = rng.integers(0, w["O"], (w["T"], w["N"])).astype(np.int32)
    else:
        target = rng.normal(size=(w["T"], w["N"], w["O"])).astype(np.float32)
    given = {"x": x.astype(np.int32 if w["tokens"] else np.float32), "target": target}
    parameters = Network(w["I"], w["H"], w["O"], rng=2, forget_bias=1.0, dtype=np.float32).parameters
    return given | {name: np.ascontiguousarray(value) for name, value in parameters.items()}


class Ours:
    """One workload: `step` trains by one batch, or predicts it, and gives the loss."""

    def __init__(self, w):
        self.w, self.given = w, numbers(w)
        self.network = Network(w["I"], w["H"], w["O"], rng=2, forget_bias=1.0, dtype=np.float32)
        self.reset()

    def reset(self):
        """Back to the first weights: at a loss of 0 the optimizer's memory turns denormal, which is slow."""
        self.network.parameters = {name: self.given[name].copy() for name in self.network.parameters}
        self.optimizer = Adam(LEARNING_RATE)

    def step(self):
        given, w = self.given, self.w
        loss = unchecked(w["loss"], given["target"], w["at"])
        if not w["learns"]:
            return loss, self.network.predict(given["x"])
        lesson = self.network.lesson(given["x"], loss)
        self.network.parameters = self.optimizer.step(self.network.parameters, lesson.gradients)
        return lesson.loss

    def losses(self):
        """The first losses, by which all peers are held to compute the same."""
        self.reset()
        if not self.w["learns"]:
            loss, y = self.step()
            return [float(loss(y)[0])]
        return [float(self.step()) for _ in range(STEPS_CHECKED)]

    def block(self, count):
        for _ in range(count):
            self.step()
