"""Another kind of cell on the same task: a plain RNN or a GRU, trained as an experiment trains its LSTM."""

from __future__ import annotations

import copy
from typing import Callable, NamedTuple

import numpy as np

from .contraction import outer_sum, project
from .experiment import Experiment
from .layers.gru import GRU
from .layers.recurrent import Recurrent
from .layers.rnn import RNN
from .parameters import Arrays
from .pieces import Pieces, at_once, whole
from .training import TRAINING_FIELDS, Slope, Updates, loss_of, score_of
from .validation import choice

CELLS = {"rnn": RNN, "gru": GRU}
# What there is to see inside: the states, the gates of a GRU, and its candidate n. See layers/gru.py.
INSIDE = {"rnn": ("h",), "gru": ("r", "z", "n", "h")}
# Fields of `TRAINING_FIELDS` that say nothing of an RNN or a GRU: gates that only the LSTM has, and its damage.
NOT_APPLYING = ("forget_bias", "input_bias", "training_damage")
APPLYING = tuple(name for name in TRAINING_FIELDS if name not in NOT_APPLYING)


class _Ran(NamedTuple):
    """A forward pass: for each stretch of steps that were one piece its first one and the layer; h (T, N, H), y (T, N, O) of all."""

    stretches: list[tuple[int, Recurrent]]
    h: np.ndarray
    y: np.ndarray


class Rival(Updates):
    """A recurrent network of another cell, trained as an experiment says: by the code that trains its LSTM, on the same batches.

    It has fewer parameters at the same number of units: the LSTM's 4 blocks are 3 in a GRU and 1 in an RNN. Every field that
    `training.TRAINING_FIELDS` names applies to it, but for those in `NOT_APPLYING`: the biases of gates that only an LSTM has,
    and the damage, which is the LSTM's, as the edits are.

    Parameters
    ----------
    cell : "rnn" or "gru"
    experiment : Experiment

    Attributes
    ----------
    losses, gradient_norms, scores : lists, one entry per update done, as of a `Trainer`

    Examples
    --------
    >>> from py_lstm import Experiment
    >>> rival = Rival("rnn", Experiment(length=6, batch_size=4))
    >>> rival.update().update, rival.size
    (1, 25)
    """

    def __init__(self, cell: str, experiment: Experiment):
        super().__init__(experiment)
        e = self.experiment
        self.cell = choice("cell", cell, CELLS)
        self.whose = f" of the {cell.upper()}"
        rng = np.random.default_rng(e.seed)
        self._layer = CELLS[cell](e.input_size, e.hidden_size, initializer=e.initializer, rng=rng)
        bound = e.scale / np.sqrt(e.hidden_size)
        drawn = {name: e.scale * value if value.ndim == 2 else value for name, value in self._layer.parameters.items()}
        self.parameters: Arrays = {**drawn, "readout_weight": rng.uniform(-bound, bound, (e.output_size, e.hidden_size)),
                                   "readout_bias": np.zeros(e.output_size)}

    @property
    def size(self) -> int:
        """How many numbers it learns. The two biases of PyTorch's cells add up to one, and count as one."""
        return sum(value.size for name, value in self.parameters.items() if not name.startswith("bias_hh") or self.cell == "gru")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Outputs (T, N, O) of sequences x (T, N, I)."""
        return whole(self._forward(x)).y

    def inside(self, x: np.ndarray) -> Arrays:
        """What goes on inside for sequences x (T, N, I): the names in `INSIDE` (T, N, H), and y (T, N, O).

        Examples
        --------
        >>> from py_lstm import Experiment
        >>> e = Experiment()
        >>> seen = Rival("gru", e).inside(e.example().x)
        >>> h_before = np.concatenate([np.zeros((1, 1, 3)), seen["h"][:-1]])
        >>> np.allclose(seen["h"], (1 - seen["z"]) * seen["n"] + seen["z"] * h_before)
        True
        """
        ran = whole(self._forward(x))
        steps = [layer.trace[0][0] for _, layer in ran.stretches]
        return {name: np.concatenate([step[name] for step in steps]) for name in INSIDE[self.cell]} | {"y": ran.y}

    def derivatives(self, x: np.ndarray, dy: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """∂L/∂h (T, N, H) of sequences x (T, N, I), everything later taken into account; `dy` gives ∂L/∂y from y, both (T, N, O)."""
        ran = whole(self._forward(x))
        whole(self._backward(ran, dy(ran.y)))
        return np.concatenate([layer.trace[0][0]["dh"] for _, layer in ran.stretches])

    def _forward(self, x: np.ndarray) -> Pieces[_Ran]:
        self._layer.load_state_dict({name: value for name, value in self.parameters.items() if not name.startswith("readout")})
        stretches, h, state = [], [], None
        some = at_once(x.shape[1] * sum(value.size for value in self._layer.parameters.values()))           # steps
        for begin in range(0, len(x), some):
            if begin:
                yield
            layer = copy.copy(self._layer)              # each remembers its own steps
            after, state = layer(x[begin:begin + some], state)
            stretches.append((begin, layer))
            h.append(after)
        with np.errstate(over="ignore", invalid="ignore"):
            h = np.concatenate(h)
            return _Ran(stretches, h, project(h, self.parameters["readout_weight"]) + self.parameters["readout_bias"])

    def _backward(self, ran: _Ran, dy: np.ndarray) -> Pieces[Arrays]:
        """The gradient of each parameter."""
        with np.errstate(over="ignore", invalid="ignore"):
            gradients = {"readout_weight": outer_sum(dy, ran.h), "readout_bias": dy.sum(axis=(0, 1))}
            dh_via_y = project(dy, self.parameters["readout_weight"].T)
        end, from_later = len(dy), None
        for begin, layer in reversed(ran.stretches):
            if end < len(dy):
                yield
            _, from_later = layer.backward(dh_via_y[begin:end], from_later)
            with np.errstate(over="ignore", invalid="ignore"):
                gradients |= {name: gradients[name] + more if name in gradients else more for name, more in layer.grads.items()}
            end = begin
        return {name: gradients[name] for name in self.parameters}

    def slope_in_pieces(self, update: int) -> Pieces[Slope]:
        """What update number `update` goes by."""
        e, sequences = self.experiment, self.experiment.undamaged_batch(update)
        ran = yield from self._forward(sequences.x)
        loss, dy = loss_of(e, ran.y, sequences)
        gradients = yield from self._backward(ran, dy)
        return Slope(float(loss), score_of(e, ran.y, sequences), gradients)
