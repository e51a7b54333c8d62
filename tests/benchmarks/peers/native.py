"""py_lstm beside PyTorch, one thread each, in one process: prints JSON. Started by training.py with a Python that has torch."""

import json
import sys
from pathlib import Path
from time import perf_counter

sys.path[:0] = [str(Path(__file__).parents[3]), str(Path(__file__).parent)]

import numpy as np  # noqa: E402
import torch  # noqa: E402

from ours import LEARNING_RATE, STEPS_CHECKED, WORKLOADS, Ours, numbers  # noqa: E402


class Torch:
    """`torch.nn.LSTM` and `torch.nn.Linear` from the same weights."""

    def __init__(self, w):
        self.w, self.given = w, numbers(w)
        self.lstm, self.readout = torch.nn.LSTM(w["I"], w["H"]), torch.nn.Linear(w["H"], w["O"])
        x = torch.from_numpy(self.given["x"])
        self.x = torch.nn.functional.one_hot(x.long(), w["I"]).float() if w["tokens"] else x
        self.target = torch.from_numpy(self.given["target"])
        self.reset()

    def reset(self):
        given = {name: torch.from_numpy(value) for name, value in self.given.items()}
        with torch.no_grad():
            self.lstm.weight_ih_l0.copy_(given["weight_ih"])
            self.lstm.weight_hh_l0.copy_(given["weight_hh"])
            self.lstm.bias_ih_l0.copy_(given["bias"])
            self.lstm.bias_hh_l0.zero_()
            self.readout.weight.copy_(given["readout_weight"])
            self.readout.bias.copy_(given["readout_bias"])
        self.lstm.bias_hh_l0.requires_grad_(False)          # py_lstm has one bias, their sum
        trained = [p for p in [*self.lstm.parameters(), *self.readout.parameters()] if p.requires_grad]
        self.optimizer = torch.optim.Adam(trained, lr=LEARNING_RATE)

    def loss(self, y):
        if self.w["loss"] == "cross_entropy":
            return torch.nn.functional.cross_entropy(y.flatten(0, 1), self.target.flatten().long())
        steps = slice(-1, None) if self.w["at"] == "last" else slice(None)
        return torch.nn.functional.mse_loss(y[steps], self.target[steps])

    def step(self):
        if not self.w["learns"]:
            with torch.no_grad():
                return self.readout(self.lstm(self.x)[0])
        self.optimizer.zero_grad()
        loss = self.loss(self.readout(self.lstm(self.x)[0]))
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def losses(self):
        self.reset()
        if not self.w["learns"]:
            return [self.loss(self.step()).item()]
        return [self.step() for _ in range(STEPS_CHECKED)]

    def block(self, count):
        for _ in range(count):
            self.step()


def timed(peer, count):
    start = perf_counter()
    peer.block(count)
    return (perf_counter() - start) * 1000


def measure(name, rounds, block_ms):
    peers = {"py_lstm": Ours(WORKLOADS[name]), "PyTorch": Torch(WORKLOADS[name])}
    losses = {title: peer.losses() for title, peer in peers.items()}
    counts, times = {}, {title: [] for title in peers}
    for title, peer in peers.items():
        peer.block(3)
        counts[title] = max(1, round(block_ms / timed(peer, 1)))
    for number in range(rounds):
        for title, peer in list(peers.items())[::-1 if number % 2 else 1]:
            peer.reset()
            times[title].append(timed(peer, counts[title]) / counts[title])
    return {"losses": losses, "times": times}


if __name__ == "__main__":
    torch.set_num_threads(1)
    rounds, block_ms = int(sys.argv[1]), float(sys.argv[2])
    print(json.dumps({
        "versions": f"PyTorch {torch.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}",
        "workloads": {name: measure(name, rounds, block_ms) for name in WORKLOADS}}))
