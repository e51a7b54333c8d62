"""Experiment in, trace out.

An `Experiment` is one plain value that says everything: the sequence, the cell, how it is trained and what is
differentiated. `run` turns it into a `Trace`, which holds every gate, state, output, delta and gradient as arrays. The
same experiment gives the same numbers, in a terminal and in the page.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Mapping

import numpy as np

from . import versions
from .architecture import Architecture
from .cells import CELLS, cell_named
from .damage import rules
from .damage.cell import suffering
from .damage.inputs import damaged_inputs
from .initializers import INITIALIZERS
from .losses import LOSS_AT
from .optimizers import OPTIMIZERS, WITH_MOMENTUM
from .schedules import Schedule
from .tasks import OWN, OWN_SETTINGS, OWN_TEXT, TASKS, Sequences, Task, learnable, own_fields, own_numbers, own_text
from .validation import MOST_UPDATES, InvalidInput, choice, flag, integer, number, parsed, shown

GRADIENT_OF = ("loss", "output")
MOST_LAYERS = 8
BASELINES = ("rnn", "gru")                              # the cells that a network is compared with by default

Rows = tuple[tuple[float, ...], ...]
Switches = Mapping[str, float]                           # where a name by itself stands for the value 1

# What may become another value in the middle of a training, which goes on; and what it may be.
CHANGEABLE = {
    "batch_size": lambda name, value: integer(name, value, 1, 4096),
    "learning_rate": lambda name, value: number(name, value, 0, 1000),
    "weight_decay": lambda name, value: number(name, value, 0, 1000),
    "clip_norm": lambda name, value: number(name, value, 0, 1e9),
}


@dataclass(frozen=True, init=False)
class Experiment:
    """What to compute. Fields left out take the task's own setting, or else the default; wrong ones are refused by name.

    Attributes
    ----------
    task : one of `TASKS`, or "own" for one's own numbers, or "own_text" for one's own text
    values : for "own", T rows of input numbers (a flat list is one input per step): lists, arrays of NumPy or tables of pandas
    targets : for "own", one number per step, likewise; None means: predict the first input of the next step, which makes the
        last row a target only, so the network takes T - 1 steps
    text : for "own_text", what is to be learnt; the last tenth of it is held out
    length : time steps T as the task understands them; Reber strings, for one, have lengths of their own. For "own" it
        follows from `values`
    input_size : inputs I, which may be fewer or more than the task's own in the simple tasks; elsewhere it follows from the task
    sequence_seed : which sequence of the task is traced
    cell : a name in `cells.CELLS`: "lstm", "gru", "rnn", ...
    num_layers : how many layers of it stand on each other
    bidirectional : whether each layer reads the sequence from its end, too, with weights of its own
    hidden_size, seed, initializer, scale, forget_bias : the network before training, see `initializers.initialize`
    input_bias : what the input gate's bias starts with; below 0 the cell is slow to take in what it will not need
    updates, batch_size, optimizer, learning_rate, weight_decay : its training; "own" trains on its sequence
    momentum : for the optimizers "sgd" and "rmsprop"
    clip_norm, clip_value : limits of the gradient, of all together and then of each number; 0 is none
    schedule, span, factor, warmup : how the learning rate goes, see `Schedule`
    loss_at : "every" or "last", the steps the loss is averaged over, of those that the task asks an answer of
    gradient_of : "loss" or "output", the scalar L whose derivatives the backward pass takes
    output_step, output_unit : for "output", which y_t that is, from 1; step 0 stands for the last, unit 0 for the right class
        at that step, or for the first output where answers are numbers
    damage : {"clamp_f": 0.5, "no_carry": 1, ...}, names and values of `damage.rules.DAMAGE`; a switch has the value 1
    damage_from : updates after which the training goes on with the damage, 0 from the start; None: only the trained network
        is damaged, so that it can be compared with what it was
    edits : {"weight_hh[0,2]": 0.5, "c_0[1]": -1, "x[4,0]": 1, ...}, single numbers set after training, indices from 0
    changes : {100: {"learning_rate": 0.002}, ...}, what one of the fields `CHANGEABLE` becomes after so many updates
    version : the version whose defaults fill in what is left out; once they have, the experiment is one of this version

    Examples
    --------
    >>> experiment = Experiment(task="latch", hidden_size=3, updates=50)
    >>> Experiment.from_json(experiment.to_json()) == experiment              # plain values: a file, a link, a test
    True
    >>> Experiment("reber", updates=10).hidden_size                           # left out: the task's own setting
    16
    >>> Experiment(hidden_size=0)
    Traceback (most recent call last):
        ...
    py_lstm.validation.InvalidInput: hidden_size is 0; give a value from 1 to 1024.
    """

    task: str = "latch"
    values: Rows | None = None
    targets: tuple[float, ...] | None = None
    text: str | None = None
    length: int = 24
    input_size: int = 2
    sequence_seed: int = 602
    cell: str = "lstm"
    num_layers: int = 1
    bidirectional: bool = False
    hidden_size: int = 3
    seed: int = 1
    initializer: str = "uniform"
    scale: float = 1.0
    forget_bias: float = 1.0
    input_bias: float = 0.0
    updates: int = 200
    batch_size: int = 32
    optimizer: str = "adam"
    learning_rate: float = 0.02
    momentum: float = 0.0
    weight_decay: float = 0.0
    clip_norm: float = 1.0
    clip_value: float = 0.0
    schedule: str = "constant"
    span: int = 1000
    factor: float = 0.5
    warmup: int = 0
    loss_at: str = "every"
    gradient_of: str = "output"
    output_step: int = 0
    output_unit: int = 0
    damage: Switches = field(default_factory=dict)
    damage_from: int | None = None
    edits: Mapping[str, float] = field(default_factory=dict)
    changes: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    version: int = versions.VERSION

    def __init__(self, task: str = "latch", **fields: Any):
        known = [f.name for f in dataclasses.fields(self)]
        for name in fields:
            if name not in known:
                raise InvalidInput(str(name), "unknown", f"{shown(name)} is no field of an experiment; the fields are "
                                   f"{', '.join(known)}.", got=shown(name), choices=known)
        version = fields.pop("version", versions.VERSION)
        if not versions.known(version):
            reads = "version 1" if versions.VERSION == 1 else f"the versions 1 to {versions.VERSION}"
            raise InvalidInput("version", "range", f"version is {shown(version)}; this py_lstm reads {reads}, a newer one may read "
                               "more.", got=shown(version), low=1, high=versions.VERSION)
        for name, value in (defaults(task, version) | {"task": task} | fields).items():
            object.__setattr__(self, name, value)
        self._check()

    def _check(self) -> None:
        """Refuse what cannot be, and bring what can be into its plain form."""
        clean: dict[str, Any] = {
            "sequence_seed": integer("sequence_seed", self.sequence_seed, 0, 2**32 - 1),
            "cell": choice("cell", self.cell, CELLS),
            "num_layers": integer("num_layers", self.num_layers, 1, MOST_LAYERS),
            "bidirectional": flag("bidirectional", self.bidirectional),
            "hidden_size": integer("hidden_size", self.hidden_size, 1, 1024),
            "seed": integer("seed", self.seed, 0, 2**32 - 1),
            "initializer": choice("initializer", self.initializer, INITIALIZERS),
            "scale": number("scale", self.scale, 0, 100),
            "forget_bias": number("forget_bias", self.forget_bias, -50, 50),
            "input_bias": number("input_bias", self.input_bias, -50, 50),
            "updates": integer("updates", self.updates, 0, MOST_UPDATES),
            "optimizer": choice("optimizer", self.optimizer, OPTIMIZERS),
            **{name: check(name, getattr(self, name)) for name, check in CHANGEABLE.items()},
            "momentum": number("momentum", self.momentum, 0, 0.999999),
            "clip_value": number("clip_value", self.clip_value, 0, 1e9),
            "loss_at": choice("loss_at", self.loss_at, LOSS_AT),
            "gradient_of": choice("gradient_of", self.gradient_of, GRADIENT_OF),
        }
        if clean["momentum"] and clean["optimizer"] not in WITH_MOMENTUM:
            raise InvalidInput("momentum", "optimizer", f"momentum is {clean['momentum']:g}, which {clean['optimizer']} does not take; "
                               f"give 0, or one of the optimizers {', '.join(WITH_MOMENTUM)}.", got=f"{clean['momentum']:g}",
                               optimizer=clean["optimizer"], choices=list(WITH_MOMENTUM))
        schedule = Schedule(self.schedule, self.span, self.factor, self.warmup)
        clean |= {"schedule": schedule.kind, "span": schedule.span, "factor": schedule.factor, "warmup": schedule.warmup}
        for owner, names in ((OWN, ("values", "targets")), (OWN_TEXT, ("text",))):
            for name in names:
                if self.task != owner and getattr(self, name) is not None:
                    raise InvalidInput(name, "task", f"{name} belongs to the task '{owner}'; set task to '{owner}' or leave {name} "
                                       "out.", got=shown(getattr(self, name)), task=owner)
        if self.task == OWN:
            clean |= own_fields(self.values, self.targets)
        elif self.task == OWN_TEXT:
            clean["text"] = learnable(self.text)
        for name, value in clean.items():
            object.__setattr__(self, name, value)
        about = self.about
        if self.task != OWN:
            # Where every input has a meaning of its own, there are as many as there are meanings.
            size = integer("input_size", self.input_size, 1, 64) if about.group == "simple" else len(about.inputs)
            object.__setattr__(self, "length", integer("length", self.length, about.shortest, about.longest))
            object.__setattr__(self, "input_size", size)
        if self.damage_from is not None:
            object.__setattr__(self, "damage_from", integer("damage_from", self.damage_from, 0, MOST_UPDATES))
        damage = rules.cleaned(self.damage, self.length, self.input_size, self.hidden_size, self.task == OWN, about.longest)
        self._require_plain(damage)
        object.__setattr__(self, "damage", damage)
        object.__setattr__(self, "output_unit", integer("output_unit", self.output_unit, 0, len(about.outputs)))
        step = integer("output_step", self.output_step, 0)
        object.__setattr__(self, "output_step", integer("output_step", step, 0, self.steps) if step else 0)
        object.__setattr__(self, "edits", self._edits())
        object.__setattr__(self, "changes", _changes(self.changes))

    def _require_plain(self, damage: Switches) -> None:
        """Refuse damage to the cell of anything but one layer of the LSTM."""
        to_cell = rules.of_kind(damage, "gate", "gradient")
        for name, plain in (("cell", "lstm"), ("num_layers", 1), ("bidirectional", False)) if to_cell else ():
            if getattr(self, name) != plain:
                raise InvalidInput("damage", "cell", f"damage names {next(iter(to_cell))}, which is damage to one layer of the LSTM; here "
                                   f"{name} is {shown(getattr(self, name))}. Leave the damage out or set {name} to {plain}.",
                                   got=next(iter(to_cell)), name=name, value=str(getattr(self, name)), plain=str(plain))

    @property
    def is_plain(self) -> bool:
        """Whether the network is one layer of the LSTM, read in one direction."""
        return (self.cell, self.num_layers, self.bidirectional) == ("lstm", 1, False)

    @cached_property
    def architecture(self) -> Architecture:
        """The network's cell, layers, directions and sizes, without damage."""
        return Architecture(cell_named(self.cell, self.hidden_size), self.input_size, self.output_size, self.num_layers,
                            self.bidirectional)

    @cached_property
    def damaged_architecture(self) -> Architecture:
        """The same with the damage to the cell, if there is any."""
        to_cell = rules.of_kind(self.damage, "gate", "gradient")
        return suffering(self.architecture, to_cell) if to_cell else self.architecture

    @property
    def headline(self) -> str:
        """What is computed, in a line.

        Examples
        --------
        >>> Experiment().headline
        'latch: 3 units, 24 steps, after 200 updates'
        >>> Experiment(cell="gru", num_layers=2, bidirectional=True).headline
        'latch: gru of 3 units, 2 layers, both directions, 24 steps, after 200 updates'
        """
        cell = f"{self.cell} of " if self.cell != "lstm" else ""
        more = [f"{self.num_layers} layers"] * (self.num_layers > 1) + ["both directions"] * self.bidirectional
        return ", ".join([f"{self.task}: {cell}{self.hidden_size} units", *more, f"{self.steps} steps", f"after {self.updates} updates"])

    @property
    def about(self) -> Task:
        """The task: its sentence, channels, outputs, loss, score and goal."""
        if self.task == OWN:
            return own_numbers(self.values, self.targets)
        return own_text(self.text) if self.task == OWN_TEXT else TASKS[self.task]

    @property
    def output_size(self) -> int:
        return len(self.about.outputs)

    @property
    def steps(self) -> int:
        """T of the sequence that is traced, which damage can make longer than those of the training."""
        fixed = self.about.group == "simple" or self.task == OWN
        return rules.steps(self.damage, self.length) if fixed else len(self.example().x)

    @property
    def training_damage(self) -> list[Any] | None:
        """What of the damage the training suffers, and from which update on; None for nothing."""
        suffered = {name: value for name, value in self.damage.items() if name != "longer"}
        return [suffered, self.damage_from] if suffered and self.damage_from is not None else None

    def example(self) -> Sequences:
        """The sequence that is traced: x (T, 1, I), target (T, 1, O) or classes (T, 1)."""
        drawn = self.about.example(np.random.default_rng(self.sequence_seed), rules.steps(self.damage, self.length), self.input_size)
        return drawn._replace(x=damaged_inputs(self.damage, drawn.x, [self.sequence_seed]))

    def batch(self, update: int) -> Sequences:
        """The sequences that update number `update` learns from."""
        drawn, suffered = self.undamaged_batch(update), self.training_damage
        if not suffered or update <= suffered[1]:
            return drawn
        return drawn._replace(x=damaged_inputs(suffered[0], drawn.x, [self.seed, update]))

    def undamaged_batch(self, update: int) -> Sequences:
        """The same without what a damage does to the inputs."""
        size = self.settings(update)["batch_size"]
        return self.about.sequences(np.random.default_rng([self.seed, update]), self.length, size, self.input_size)

    def baseline(self, cell: str) -> "Experiment":
        """The same training of another cell, to compare with: without the damage, edits and layers that are this network's own.

        Examples
        --------
        >>> Experiment(damage={"clamp_f": 0}).baseline("gru") == Experiment(cell="gru")
        True
        """
        shortened = {"output_step": min(self.output_step, self.length)} if "longer" in self.damage else {}
        lacks = {"forget_bias", "input_bias"} - set(CELLS[choice("cell", cell, CELLS)].first_biases)
        return self.replace(cell=cell, num_layers=1, bidirectional=False, damage={}, damage_from=None, edits={}, **shortened,
                            **{name: getattr(type(self), name) for name in lacks})

    def replace(self, **changes: Any) -> "Experiment":
        """This experiment with some fields changed.

        Where the task changes, what stood at the old task's setting takes the new one's.
        """
        before = self.to_json()
        if changes.get("task", self.task) != self.task:
            old = defaults(self.task)
            own = ["task", "values", "targets", "text"]
            own += ["length"] if self.task == OWN else []
            own += ["input_size"] if self.task in OWN_SETTINGS else []
            before = {name: value for name, value in before.items() if name not in own and value != old[name]}
        return Experiment.from_json({"task": self.task} | before | changes)

    def settings(self, update: int) -> dict[str, Any]:
        """The values of the `CHANGEABLE` fields that update number `update` goes by."""
        now = {name: getattr(self, name) for name in CHANGEABLE}
        for after, changed in self.changes.items():
            if after < update:
                now |= changed
        return now

    def to_json(self) -> dict[str, Any]:
        """The fields as a dict of plain values, ready for `json.dumps`."""
        return json.loads(json.dumps(dataclasses.asdict(self)))

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> "Experiment":
        """An experiment from a dict or JSON text; fields left out take their default, unknown ones are refused.

        Where it names an earlier version, the defaults are those of that version.
        """
        if isinstance(data, str):
            data = parsed("experiment", data)
        if not isinstance(data, Mapping):
            raise InvalidInput("experiment", "type", f"The experiment is {shown(data)}; give a JSON object with its "
                               "fields.", got=shown(data))
        task = {name: value for name, value in versions.former(data.get("version"), "").items() if name == "task"}
        return cls(**task | {str(name): value for name, value in data.items()})

    def _edits(self) -> dict[str, float]:
        edits = self.edits
        if not isinstance(edits, Mapping):
            raise InvalidInput("edits", "type", f"edits is {shown(edits)}; give an object such as {{'weight_hh[0,2]': 0.5}}.",
                               got=shown(edits))
        shapes = self.architecture.parameter_shapes() | self.architecture.state_shapes()
        if any(str(name).startswith("x[") for name in edits):
            shapes["x"] = (self.steps, self.input_size)
        clean = {}
        for name, value in edits.items():
            tensor, index = edit_target(str(name))
            shape = shapes.get(tensor)
            if shape is None or len(index) != len(shape) or any(k >= n for k, n in zip(index, shape)):
                shapes["x"] = (self.steps, self.input_size)
                raise InvalidInput("edits", "unknown", f"edits names {shown(name)}; the tensors here are "
                                   + ", ".join(f"{tensor}{list(shape)}" for tensor, shape in shapes.items())
                                   + ", with indices from 0.", got=shown(name))
            clean[str(name)] = number("edits", value, -1e6, 1e6)
        return clean


def defaults(task: Any, version: int | None = None) -> dict[str, Any]:
    """What the fields of an experiment with this task are where nobody says, or were in an earlier version."""
    choice("task", task, [*TASKS, *OWN_SETTINGS])
    plain = {f.name: {} if f.default is dataclasses.MISSING else f.default for f in dataclasses.fields(Experiment)}
    then = versions.former(version, task)
    if task in OWN_SETTINGS:
        return plain | {"task": task} | OWN_SETTINGS[task] | then
    about = TASKS[task]
    size = {} if about.group == "simple" else {"input_size": len(about.inputs)}
    return plain | {"task": task} | size | about.settings | then


def edit_target(name: str) -> tuple[str, tuple[int, ...]]:
    """"weight_hh[0,2]" as ("weight_hh", (0, 2))."""
    match = re.fullmatch(r"(\w+)\[(\d{1,4}(?:,\d{1,4})*)\]", name)
    return (match[1], tuple(int(k) for k in match[2].split(","))) if match else (name, ())


def _changes(changes: Any) -> dict[int, dict[str, float]]:
    """Update -> field -> value, in the order of updates; JSON has the updates as text."""
    if not isinstance(changes, Mapping):
        raise InvalidInput("changes", "type", f"changes is {shown(changes)}; give an object such as "
                           "{100: {'learning_rate': 0.002}}.", got=shown(changes))
    clean = {}
    for update, fields in changes.items():
        whole = int(update) if isinstance(update, str) and re.fullmatch(r"[0-9]{1,9}", update) else update
        k = integer("changes", whole, 0, MOST_UPDATES)
        if not isinstance(fields, Mapping):
            raise InvalidInput("changes", "type", f"changes says {shown(fields)} of update {k}; give an object such as "
                               "{'learning_rate': 0.002}.", got=shown(fields))
        for name in fields:
            if name not in CHANGEABLE:
                raise InvalidInput("changes", "unknown", f"changes names {shown(name)}; what can change in the middle of a "
                                   f"training is {', '.join(CHANGEABLE)}.", got=shown(name), choices=list(CHANGEABLE))
        clean[k] = {name: CHANGEABLE[name](name, value) for name, value in fields.items()}
    return dict(sorted(clean.items()))
