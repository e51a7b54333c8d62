"""The thin Python side of the page: JSON in; JSON and one flat buffer of numbers out.

`call` is the only entry. Everything it does is `py_lstm`; what is added here is what the page alone needs: limits that
keep the picture legible, trainers kept so that one more update costs one update, and work cut into slices so that the
worker can look for newer messages in between.
"""

import inspect
import json
import sys
from collections import OrderedDict
from time import perf_counter

import numpy as np

import break_room
from py_lstm import Experiment, InvalidInput, Trainer, check, explain, growth, probe, reach, run
from py_lstm.experiment import defaults
from py_lstm.tasks import OWN_SETTINGS, TASKS
from py_lstm.training import TRAINING_FIELDS, diverged
from py_lstm.validation import integer

# What the page draws well. py_lstm itself goes further.
LIMITS = {"hidden_size": (1, 64), "input_size": (1, 4), "length": (1, 200), "updates": (0, 20_000)}
# How far its sliders go; what lies between can be typed.
SLIDERS = LIMITS | {"hidden_size": (1, 16), "length": (1, 64), "updates": (0, 500)}

# The inspector opens here: unit 2 forgets, at the middle one of the default sequence's three marks.
FIRST_SELECTION = {"quantity": "f", "t": 13, "unit": 2}

# Per tensor; a network of 16 units has 1024 recurrent weights, and each costs a forward pass.
CHECKED_ELEMENTS = 48


class Lab:
    """The experiment on the page, its trainers, and the trace on the screen."""

    def __init__(self):
        self.trainers = OrderedDict()
        self.experiment = None
        self.trace = None
        self.break_room = break_room.BreakRoom(self._trainer, pack)

    def begin(self, experiment):
        """Take a new experiment; nothing is computed yet. A bad one is refused and the old one stays."""
        if not isinstance(experiment, dict):
            raise InvalidInput("experiment", "type", "The experiment is no JSON object; give its fields.")
        for name, (low, high) in LIMITS.items():
            if name in experiment and name != "input_size":
                integer(name, experiment[name], low, high)
        wanted = Experiment.from_json(experiment)
        for name, (low, high) in LIMITS.items():        # an own sequence sets its sizes itself
            if name != "input_size" or wanted.about.group in ("simple", "own") and not wanted.about.symbols:
                integer("values" if wanted.task == "own" and name in ("length", "input_size") else name,
                        getattr(wanted, name), low, high)
        self.experiment = wanted
        return {}, None

    def advance(self, milliseconds, selection):
        """Train for about so long towards the experiment's updates, and trace where that led."""
        until = perf_counter() + milliseconds / 1000
        trainer = self._trainer(self.experiment)
        wanted = self.experiment.updates
        while len(trainer.losses) < wanted and perf_counter() < until:
            trainer.update()
        done = min(wanted, len(trainer.losses))
        trace = run(self.experiment.replace(updates=done), trainer)
        if not all(np.all(np.isfinite(value)) for value in (trace.loss, trace.losses, trace.score or 0, *trace.arrays.values())):
            # The weights may still be numbers where what they make of the sequence is none; JSON has no word for that.
            raise diverged(done, InvalidInput("loss", "finite", "The loss is no longer finite."), self.experiment.learning_rate,
                           trainer.network.parameters, None)
        self.trace = trace
        header, numbers = pack(self.trace)
        answer, more = told(self.trace, selection, begin=numbers.size)
        return header | {"done": done == wanted, "wanted": wanted} | answer, np.concatenate([numbers, more])

    def compare(self, before):
        """The trace on the screen minus that of the experiment `before`, where both have the same shape."""
        before = Experiment.from_json(before)
        other = run(before, self._trainer(before)).arrays
        changes = {name: value - other[name] for name, value in self.trace.arrays.items() if value.shape == other[name].shape}
        entries, numbers = packed(changes)
        return {"arrays": entries}, numbers

    def explain(self, selection):
        """Where the selected number of the trace on the screen comes from, and what belongs beside it."""
        return told(self.trace, selection)

    def source(self, file):
        """The text of one of py_lstm's files, such as "py_lstm/cell.py"."""
        module = sys.modules.get(file.removesuffix(".py").replace("/", ".")) if file.startswith("py_lstm/") else None
        if module is None:
            raise InvalidInput("file", "unknown", f"{file!r} is no file of py_lstm that is in use here.", got=file)
        return {"text": inspect.getsource(module)}, None

    def probe(self, tensor, index, eps):
        """L along one number, nudged by ±eps."""
        found = probe(self.trace.experiment, tensor, tuple(index), eps, self._trainer(self.trace.experiment))
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found._asdict().items()}, None

    def check(self, tensor):
        """The complex-step check of one tensor, and the names of all; the page asks for one after the other."""
        report = check(self.trace.experiment, tensors=[tensor], max_elements=CHECKED_ELEMENTS, trainer=self._trainer(self.trace.experiment))
        return {"method": report.method, "eps": report.eps, "tensors": [t._asdict() for t in report.tensors]}, None

    def ask(self, number, what, *arguments):
        return self.break_room.ask(number, what, *arguments)

    def go_on(self, number, milliseconds):
        return self.break_room.go_on(number, milliseconds)

    def drop(self, number):
        return self.break_room.drop(number)

    def _trainer(self, experiment):
        key = json.dumps([getattr(experiment, name) for name in TRAINING_FIELDS])
        if key not in self.trainers:
            self.trainers[key] = Trainer(experiment)
        self.trainers.move_to_end(key)
        while len(self.trainers) > 4:                   # 500 updates of 16 units keep 6 MB each
            self.trainers.popitem(last=False)
        return self.trainers[key]


def told(trace, selection, begin=0):
    """What is said of the selection, moved to the nearest number that this trace has, and the numbers that belong to it.

    explanation : of that number. products : the two that make up c_t, and the share of dc_t that came through c_{t+1}.
    growth, reach : for the room that shows them. A large network's growth has tens of thousands of numbers; they stand in
    the second value, and growth["arrays"] says where, counted from `begin`.
    """
    quantity = selection["quantity"] if selection["quantity"] in trace.quantities else "f"
    T, width = trace.arrays[quantity].shape
    H = trace.arrays["h"].shape[1]
    t, unit = min(max(selection["t"], 1), T), min(max(selection["unit"], 1), width)
    u = min(max(selection["unit"], 1), H)
    kept, written = explain(trace, "c", t, u).lines[0].terms
    via_h, via_c, *_ = (abs(term.value) for term in explain(trace, "dc", t, u).lines[0].terms)
    share_c = via_c / (via_c + via_h) if via_c + via_h > 0 else None
    answer = {"explanation": explain(trace, quantity, t, unit).to_json(),
              "products": {"t": t, "unit": u, "kept": kept.value, "written": written.value, "share_c": share_c}}
    numbers = np.zeros(0)
    if selection.get("room") == "backward":
        grown, reached = growth(trace, t), reach(trace, u)
        entries, numbers = packed({f"{part}.{name}": value for part, arrays in grown._asdict().items()
                                   for name, value in arrays.items()}, begin)
        answer["growth"] = {"t": t, "arrays": entries}
        answer["reach"] = {"unit": u} | {name: value.tolist() for name, value in reached._asdict().items()}
    return answer, numbers


def packed(arrays, start=0):
    """Where each array begins in one float64 array that all their numbers stand in, counted from `start`; and that array."""
    entries = {}
    for name, value in arrays.items():
        entries[name] = {"shape": value.shape, "start": start}
        start += value.size
    return entries, np.concatenate([value.ravel() for value in arrays.values()])


def pack(trace):
    """A trace as a JSON-able header, and its numbers."""
    entries, numbers = packed(trace.arrays)
    header = {"experiment": trace.experiment.to_json(), "about": about(trace.experiment.about, trace.experiment.length),
              "loss": trace.loss, "score": trace.score, "right": trace.right, "counted": trace.counted,
              "losses": list(trace.losses), "symbols": symbols(trace), "output": trace.output + 1, "arrays": entries}
    return header, numbers


def symbols(trace):
    """Which input each step reads, which output is the most probable and which is right, from 1, where there are such."""
    found = {"read": "x"} if trace.experiment.about.symbols else {}
    if trace.experiment.about.classes():
        found |= {"guess": "p", "answer": "target"}
    return {name: (trace.arrays[quantity].argmax(axis=1) + 1).tolist() for name, quantity in found.items()}


def settings(name):
    """What a task sets otherwise than the default experiment."""
    plain = Experiment().to_json()
    return {field: value for field, value in defaults(name).items() if field != "task" and value != plain[field]}


def about(task, length):
    """What the page says and draws of a task; its sentences stand in the locales."""
    clueless = task.clueless(length)
    return {"name": task.name, "group": task.group, "inputs": task.inputs, "outputs": task.outputs, "symbols": task.symbols,
            "classes": task.classes(), "goal": task.goal, "lower_is_better": task.lower_is_better, "clueless": clueless}


lab = Lab()


def call(method, arguments):
    """Run `lab.method(*arguments)`, arguments as JSON; gives (JSON, float64 buffer or None). Bad input is an answer."""
    try:
        header, numbers = getattr(lab, method)(*json.loads(arguments))
    except InvalidInput as error:
        header, numbers = {"error": {"field": error.field, "code": error.code, "message": str(error),
                                     "details": error.details}}, None
    return json.dumps(header, allow_nan=False), numbers


def recording():
    """What the page shows before Python is there: the default experiment, run when the page was built."""
    trace = run(Experiment())
    header, numbers = pack(trace)
    explanations = {}
    for quantity in trace.quantities:
        T, width = trace.arrays[quantity].shape
        explanations[quantity] = [[explain(trace, quantity, t, unit).to_json() for unit in range(1, width + 1)]
                                  for t in range(1, T + 1)]
    first = FIRST_SELECTION
    header |= {"done": True, "wanted": trace.experiment.updates, "numbers": numbers.tolist(),
               "explanation": explanations[first["quantity"]][first["t"] - 1][first["unit"] - 1]}
    schema = {"defaults": Experiment().to_json(), "limits": LIMITS, "sliders": SLIDERS, "selection": first, "damage": break_room.schema(),
              # Alphabets of texts are long, and come with the trace.
              "tasks": {name: about(task, defaults(name)["length"]) | {"settings": settings(name)}
                        | ({"inputs": None, "outputs": None} if task.text else {}) for name, task in TASKS.items()},
              "own": OWN_SETTINGS,
              "tensors": ["weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias", "h_0", "c_0", "x"]}
    return {"trace": {"frame": header, "schema": schema}, "explanations": explanations}
