"""The scalar L that an experiment differentiates, as a function of every number it depends on."""

from __future__ import annotations

import numpy as np

from .architecture import Architecture
from .damage.cell import with_extras
from .experiment import Experiment, edit_target
from .network import Back, Network, Pass
from .parameters import Arrays
from .pieces import Pieces, whole
from .tasks import Sequences
from .training import TRAINING_FIELDS, Trainer, loss_of
from .validation import InvalidInput, instance, shown


class Objective:
    """An experiment's L: its loss, or one of its outputs.

    Parameters
    ----------
    experiment : Experiment
    trainer : Trainer or None
        One that has trained this experiment, or one that differs in no `TRAINING_FIELDS`, before: its updates are not
        done again.

    Attributes
    ----------
    values : dict of arrays
        What L depends on, the experiment's edits made: the parameters, h_0 and c_0 (H,), and x (T, 1, I).
    sequences : Sequences
        The one that is traced: its target (T, 1, O) or classes (T, 1), which steps are learnt and which are scored.
    output : int
        Which output is differentiated, from 0, if it is one.

    Examples
    --------
    >>> objective = Objective(Experiment(updates=0))                          # L is the last output, y_24
    >>> values = dict(objective.values)
    >>> values["c_0"] = values["c_0"] + 1e-30j                                # a complex step along c_0
    >>> bool(objective(values).imag != 0)
    True
    """

    def __init__(self, experiment: Experiment, trainer: Trainer | None = None):
        self.experiment = instance("experiment", experiment, Experiment)
        self.trainer = _fitting(experiment, trainer)
        parameters = self.trainer.parameters_after(experiment.updates)
        self.sequences: Sequences = experiment.example()
        self.output = differentiated(experiment, self.sequences)
        parameters = with_extras({name: value.copy() for name, value in parameters.items()}, self.architecture)
        network = Network.of(parameters, architecture=self.architecture)
        self.values: Arrays = network.parameters | network.states | {"x": self.sequences.x.copy()}
        for name, value in experiment.edits.items():
            tensor, index = edit_target(name)
            if tensor == "x":
                index = (index[0], 0, index[1])     # the one sequence of the batch
            self.values[tensor][index] = value

    @property
    def architecture(self) -> Architecture:
        """What the network is built of, its damage too."""
        return self.experiment.damaged_architecture

    def __call__(self, values: Arrays):
        """L at other values of the same shapes; real or complex."""
        y = self.network(values).forward(values["x"]).y
        e = self.experiment
        if e.gradient_of == "loss":
            return loss_of(e, y, self.sequences)[0]
        return y[e.output_step - 1, 0, self.output]     # step 0 stands for the last: index -1

    def passes(self) -> tuple[Pass, float, np.ndarray, Back, Arrays]:
        """Forward and back: the pass, the loss, ∂L/∂y, the pass back, and the gradient of every tensor in `values`."""
        return whole(self.passes_in_pieces())

    def passes_in_pieces(self) -> Pieces[tuple[Pass, float, np.ndarray, Back, Arrays]]:
        """As `passes`."""
        e, network = self.experiment, self.network(self.values)
        forward = network.forward(self.values["x"])
        yield
        loss, dy = loss_of(e, forward.y, self.sequences)
        if e.gradient_of == "output":
            dy = np.zeros_like(dy)
            dy[e.output_step - 1, 0, self.output] = 1
        back = network.back(forward, dy)
        return forward, float(loss), dy, back, back.gradients | {"x": back.dx}

    def network(self, values: Arrays) -> Network:
        """The network at these values, damaged as the experiment says."""
        states = self.architecture.state_shapes()
        return Network.of({name: value for name, value in values.items() if name not in states and name != "x"},
                          {name: values[name] for name in states}, self.architecture)


def differentiated(e: Experiment, sequences: Sequences) -> int:
    """The output that is differentiated, from 0: the one asked for, or the right class at that step, or the first."""
    if e.output_unit:
        return e.output_unit - 1
    return int(sequences.target[e.output_step - 1, 0]) if e.about.classes() else 0


def _fitting(e: Experiment, trainer: Trainer | None) -> Trainer:
    """The trainer given, if it trains what the experiment says, or a new one."""
    if trainer is None:
        return Trainer(e)
    for name in TRAINING_FIELDS:
        if getattr(e, name) != getattr(instance("trainer", trainer, Trainer).experiment, name):
            raise InvalidInput("trainer", "choice", f"trainer trains with {name} {shown(getattr(trainer.experiment, name))}, "
                               f"the experiment says {shown(getattr(e, name))}; give one that trains the same, or None.",
                               got=name)
    return trainer
