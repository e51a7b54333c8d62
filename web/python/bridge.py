"""The thin Python side of the page: JSON in; JSON and one flat buffer of numbers out.

`call` is the only entry. Everything it does is `py_lstm`; what is added here is what the page alone needs: limits that
keep the picture legible, and in runs.py the trainings behind it.
"""

import inspect
import json
import math
import sys
from time import perf_counter

import numpy as np

import break_room
import own_numbers
import questions
import reach_rnn
import runs
import take_away
import text_room
import train_room
from captions import captions
from py_lstm import Experiment, InvalidInput, Trainer, explain, growth, link, reach, run, versions
from py_lstm.experiment import CHANGEABLE, defaults
from py_lstm.gradient_check import step_size
from py_lstm.probe import probe_in_pieces
from py_lstm.reach import in_unit, reach_in_pieces
from py_lstm.tasks import OWN, OWN_SETTINGS, TASKS, own_size
from py_lstm.trace import check_in_pieces, run_in_pieces
from py_lstm.training import TRAINING_FIELDS, diverged
from py_lstm.validation import integer, out_of_memory

# What the page draws well. py_lstm itself goes further.
LIMITS = {"hidden_size": (1, 64), "input_size": (1, 4), "length": (1, 200), "updates": (0, 100_000)}
# How far its sliders go; what lies between can be typed.
SLIDERS = LIMITS | {"hidden_size": (1, 16), "length": (1, 64), "updates": (0, 500)}

# The only network that the page can draw so far.
DRAWN = {"cell": "lstm", "num_layers": 1, "bidirectional": False}

# The inspector opens here: unit 2 forgets, at the middle one of the default sequence's three marks.
FIRST_SELECTION = {"quantity": "f", "t": 13, "unit": 2}

# Per tensor; a network of 16 units has 1024 recurrent weights, and each costs a forward pass.
CHECKED_ELEMENTS = 48

# By what name the page knows each score.
METRICS = {"share of signs right": "signs", "share of scored steps right": "steps", "share of sequences without an error": "sequences",
           "share of sequences off by less than 0.04": "close", "share of sequences right within 0.3": "sure",
           "share of symbols recalled": "symbols", "mean squared error": "squared", "bits per held-out character": "bits"}

# While only what stands beside is still trained, the picture need not be told more often.
BESIDE_SECONDS = 0.2
# How many times as long as a picture took there is none, so that a large network is not drawn more than it learns.
REST = 2


class Lab:
    """The experiment on the page, its runs, and the trace on the screen."""

    def __init__(self):
        self.runs = runs.Runs()
        self.curves = train_room.Curves()
        self.experiment = None
        self.stop = None
        self.picture = None                             # the one that is being made, in pieces,
        self.cost = 0.0                                 # and how many seconds they took
        self.looking = None                             # the selection it tells of
        self.trace = None                               # that of the last picture,
        self.reached = None                             # how far its derivative reaches, once somebody has asked,
        self.run = None                                 # which run it is of,
        self.done = False                               # whether it is that of the experiment's updates,
        self.told = 0.0                                 # and when it was told
        self.owed = False                               # whether those beside had to wait for the first

        def trainer_of(experiment):
            return self.runs.of(experiment).trainer

        rooms = break_room.BreakRoom(trainer_of, pack, drawable), text_room.TextRoom(self.runs, packed), reach_rnn.ReachRnn(trainer_of)
        own = {"check": self.check, "compare": self.compare, "numbers": own_numbers.read, "probe": self.probe, "spread": self.spread}
        self.questions = questions.Questions(own | {name: answer for one in rooms for name, answer in one.questions().items()})

    def begin(self, experiment, options=None):
        """Take a new experiment; nothing is computed yet. A bad one is refused and the old one stays.

        options : {"beside": experiments to train beside it, "stop": {"kind", "value"}, "from": the update after which the
            run is to go on, what came after it being forgotten}
        """
        wanted, options = self._read(experiment), options or {}
        self.runs.beside = runs.beside(options.get("beside", []), self._read, wanted.cell)
        self.stop = runs.Stop.of(options.get("stop"), not wanted.about.lower_is_better)
        if options.get("from") is not None:
            self.runs.cut_all(wanted.replace(updates=options["from"]))
        self.experiment, self.picture, self.done = wanted, None, False
        self.runs.rate(self.runs.of(wanted).done, start=True)
        return {}, None

    def _read(self, experiment):
        if not isinstance(experiment, dict):
            raise InvalidInput("experiment", "type", "The experiment is no JSON object; give its fields.")
        for name, (low, high) in LIMITS.items():
            if name in experiment and name != "input_size":
                integer(name, experiment[name], low, high)
        values, targets = experiment.get("values"), experiment.get("targets")
        if experiment.get("task") == OWN and isinstance(values, list) and values:
            own_size(len(values), len(values[0]) if isinstance(values[0], list) else 1, targets is not None, LIMITS["length"][1],
                     LIMITS["input_size"][1])
        wanted = Experiment.from_json(experiment)
        for name, drawn in DRAWN.items():
            if getattr(wanted, name) != drawn:
                raise InvalidInput(name, "page", f"{name} is {getattr(wanted, name)}; the page draws one layer of the LSTM, read in one "
                                   "direction. Leave it out here, or run it in a terminal.", got=str(getattr(wanted, name)))
        for name, (low, high) in LIMITS.items():
            if name != "input_size" or wanted.about.group in ("simple", "own") and not wanted.about.symbols:
                integer(name, getattr(wanted, name), low, high)
        return wanted

    def advance(self, milliseconds, selection, picture=True):
        """Train for about so long towards the experiment's updates and, if a picture is wanted, trace where that led.

        A picture is made in pieces, as many in a call as there is time for, so that whoever waits for another answer waits
        for one piece and not for all. The end is always told. `done` says that the experiment's updates are, `finished` that
        what stands beside is, too.
        """
        until = perf_counter() + milliseconds / 1000
        self.looking = selection
        if self.picture is None:
            self.picture = self._train(until, picture)
            self.cost = self.cost if self.picture is None else 0.0
            if perf_counter() >= until:
                return {"finished": False}, None
        while self.picture is not None:
            began = perf_counter()
            try:
                done = next(self.picture, ())
            except BaseException:
                self.picture = None
                raise
            now = perf_counter()
            self.cost += now - began
            if done is not None:
                self.picture = None
                return done or ({"finished": False}, None)
            if now >= until:
                break
        return {"finished": False}, None

    def _train(self, until, picture):
        """Train until the clock says so; gives the pieces of a picture if one is to be made, else None."""
        began, wanted = perf_counter(), self.experiment.updates
        now = self.runs.standing(self.experiment)
        before = now.done
        behind = self.runs.behind(min(wanted, now.done))
        owed = self.owed and bool(behind)               # those beside had no time in the last slice: this one is theirs
        reached = None if owed else now.toward(wanted, (began + until) / 2 if behind else until, self.stop)
        self.owed = not owed and perf_counter() >= until
        done = min(wanted, now.done)
        if reached is not None:
            self.experiment, wanted = self.experiment.replace(updates=done), done
        finished = self.runs.accompany(done, until, owed) and done == wanted
        rest = max(BESIDE_SECONDS if self.done else 0, REST * self.cost)
        on_its_way = now is self.runs.again and done < wanted           # these pictures were seen before
        in_an_update = before == now.done < wanted
        if not finished and (not picture or on_its_way or in_an_update or perf_counter() < self.told + rest):
            return None
        stopped = reached is not None and {"kind": self.stop.kind, "value": self.stop.value, "reached": reached, "update": done}
        return self._drawn(now, done, finished, stopped)

    def _drawn(self, now, done, finished, stopped):
        """The picture of a run after so many updates: None between its pieces, in the end what `advance` answers."""
        wanted, trace, reached = self.experiment.updates, self.trace, self.reached
        if done < wanted or not self.done:
            try:
                trace, reached = (yield from self._traced(done, now)), None
            except InvalidInput:
                if done == wanted:
                    raise
                return                                  # no picture on the way; the update that fails says so itself
            yield None
        spread, histograms = None, {}
        if self.looking.get("room") == "train":
            spread, histograms = yield from train_room.spread(now.trainer, done)
            yield None
        if reached is None and self.looking.get("room") == "backward":
            reached = yield from reach_in_pieces(trace, 1)
            yield None
        header, arrays = self._curves()                 # what is told of them counts as told, so nothing may come between
        arrays |= histograms
        header |= {"spread": spread} if spread else {}
        header |= {"done": done == wanted, "finished": finished, "wanted": wanted, "rate": self.runs.rate(now.done)}
        if stopped:
            header["stopped"] = stopped
        answer, numbers = pack(trace, arrays)
        said, more = told(trace, self.looking, reached, begin=numbers.size)
        self.trace, self.reached, self.run, self.done, self.told = trace, reached, now, done == wanted, perf_counter()
        yield answer | header | said, np.concatenate([numbers, more])

    def _traced(self, done, now):
        """The trace after so many updates of a run, in pieces."""
        trace = yield from run_in_pieces(self.experiment.replace(updates=done), now.trainer)
        if not all(np.all(np.isfinite(value)) for value in (trace.loss, trace.losses, trace.score or 0, *trace.arrays.values())):
            # The weights may still be numbers where what they make of the sequence is none; JSON has no word for that.
            raise diverged(done, InvalidInput("loss", "finite", "The loss is no longer finite."), self.experiment.learning_rate,
                           now.trainer.network.parameters, None)
        return trace

    def _curves(self):
        """What is new in the curves of the run on the page, and of those beside it."""
        main = self.runs.of(self.experiment)
        header, arrays = {"seconds": main.seconds, "trouble": train_room.said(main.trainer)}, {}
        names = {"main": main} | {f"beside{k}": self.runs.of(one) for k, one in enumerate(self.runs.beside)}
        header["curves"] = {}
        self.curves.only(names)
        for name, one in names.items():
            head, series = self.curves.since(name, one.trainer)
            header["curves"][name] = head | {"ended": one.ended is not None}
            arrays |= series
        return header, arrays

    def checkpoint(self):
        """All that is needed to go on with the run on the page later, as the page can keep it."""
        one = self.runs.of(self.experiment)
        entries, numbers = packed(one.trainer.state_dict())
        return {"experiment": self.experiment.replace(updates=one.done).to_json(), "entries": entries, "seconds": one.seconds}, numbers

    def restore(self, kept, numbers):
        """Take back what `checkpoint` gave."""
        trainer = Trainer(self._read(kept["experiment"]))
        trainer.load_state_dict({name: numbers[entry["start"]:entry["start"] + math.prod(entry["shape"])].reshape(entry["shape"])
                                 for name, entry in kept["entries"].items()})
        self.runs.adopt(trainer, float(kept["seconds"]))
        return {}, None

    def compare(self, before):
        """The trace on the screen minus that of the experiment `before`, where both have an array of that shape. A question."""
        before, shown = Experiment.from_json(before), self.trace
        run = self.runs.standing(before)
        while run.done < before.updates:
            run.trainer.piece()
            yield None
        other = (yield from run_in_pieces(before, run.trainer)).arrays
        entries, numbers = packed({name: value - other[name] for name, value in shown.arrays.items()
                                   if name in other and value.shape == other[name].shape})
        yield {"experiment": shown.experiment.to_json(), "arrays": entries}, numbers

    def explain(self, selection):
        """Where the selected number of the last picture comes from, and what belongs beside it; nothing before there is one."""
        if self.trace is None:
            return {}, None
        if self.reached is None and selection.get("room") == "backward":
            self.reached = reach(self.trace, 1)
        return told(self.trace, selection, self.reached)

    def source(self, file):
        """The text of one of py_lstm's files, such as "py_lstm/cell.py"."""
        module = sys.modules.get(file.removesuffix(".py").replace("/", ".")) if file.startswith("py_lstm/") else None
        if module is None:
            raise InvalidInput("file", "unknown", f"{file!r} is no file of py_lstm that is in use here.", got=file)
        return {"text": inspect.getsource(module)}, None

    def probe(self, tensor, index, eps):
        """L along one number of the picture, nudged by ±eps. A question, as `check` is."""
        found = yield from probe_in_pieces(self.trace.experiment, tensor, tuple(index), eps, self.run.trainer)
        yield {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found._asdict().items()}

    def spread(self):
        """How weights and gradients of the last picture's network are spread, for a picture that was made in another room. A question."""
        if self.trace is None:                          # the first picture is to come, and it will say so itself
            return
        updates = self.trace.experiment.updates
        spread, arrays = yield from train_room.spread(self.run.trainer, updates)
        entries, numbers = packed(arrays)
        yield {"kind": "spread", "updates": updates, "spread": spread, "arrays": entries}, numbers

    def check(self, tensors):
        """The complex-step check of the picture's gradients: a part for each of these tensors."""
        rows = check_in_pieces(self.trace.experiment, tensors=tensors, method="complex", max_elements=CHECKED_ELEMENTS,
                               trainer=self.run.trainer)
        for row in rows:
            yield row and {"method": "complex", "eps": step_size("complex"), "tensor": row._asdict()}

    def take(self, kind, options):
        """A file of what is on the screen, the experiment in `options`; see take_away.py."""
        def trainings(shown):
            others = [(one, self.runs.of(one).trainer) for one in self.runs.beside]
            return take_away.named(shown, self.runs.of(shown).trainer, others)

        return take_away.take(kind, options, self._seen, trainings), None

    def _seen(self, experiment):
        """The trace of an experiment that is on the screen, perhaps as a moment of a training that has gone on since."""
        if self.trace is not None and self.trace.experiment == experiment:
            return self.trace
        return run(experiment, self.runs.standing(experiment).trainer)

    def opened(self, text):
        """The experiment in a file's text, nothing else being changed."""
        return {"experiment": take_away.opened(text, self._read)}, None

    def relieve(self):
        """Give memory back: all but the run that the last picture is of, which is there to be gone on with."""
        self.runs.forget(self.run)
        self.questions.work.clear()

    def ask(self, number, what, *arguments):
        return self.questions.ask(number, what, *arguments)

    def go_on(self, number, milliseconds):
        return self.questions.go_on(number, milliseconds)

    def drop(self, number):
        return self.questions.drop(number)


def told(trace, selection, reached=None, begin=0):
    """What is said of the selection, moved to the nearest number that this trace has, and the numbers that belong to it.

    explanation : of that number. products : the two that make up c_t, and the share of dc_t that came through c_{t+1}; None where
        the two ways have different signs, and no shares of a whole.
    growth, reach : for the room that shows them, `reached` being that of any unit. A large network's growth has tens of thousands of numbers; they stand in
    the second value, and growth["arrays"] says where, counted from `begin`.
    """
    quantity = selection["quantity"] if selection["quantity"] in trace.quantities else "f"
    T, width = trace.arrays[quantity].shape
    H = trace.arrays["h"].shape[1]
    t, unit = min(max(selection["t"], 1), T), min(max(selection["unit"], 1), width)
    u = min(max(selection["unit"], 1), H)
    kept, written = explain(trace, "c", t, u).lines[0].terms
    via_h, via_c, *_ = (term.value for term in explain(trace, "dc", t, u).lines[0].terms)
    share_c = via_c / (via_c + via_h) if via_c * via_h >= 0 and via_c + via_h else None
    answer = {"explanation": explain(trace, quantity, t, unit).to_json(),
              "products": {"t": t, "unit": u, "kept": kept.value, "written": written.value, "share_c": share_c}}
    numbers = np.zeros(0)
    if selection.get("room") == "backward":
        grown = growth(trace, t)
        entries, numbers = packed({f"{part}.{name}": value for part, arrays in grown._asdict().items()
                                   for name, value in arrays.items()}, begin)
        answer["growth"] = {"t": t, "arrays": entries}
        answer["reach"] = {"unit": u} | {name: value.tolist() for name, value in in_unit(reached, trace, u)._asdict().items()}
    return answer, numbers


def packed(arrays, start=0):
    """Where each array begins in one float64 array that all their numbers stand in, counted from `start`; and that array."""
    entries = {}
    for name, value in arrays.items():
        entries[name] = {"shape": value.shape, "start": start}
        start += value.size
    return entries, np.concatenate([value.ravel() for value in arrays.values()])


def pack(trace, more=None):
    """A trace as a JSON-able header, and its numbers with those of `more`, whose places stand under "more"."""
    header, numbers = drawable(trace.experiment, trace.arrays, more)
    return header | {"loss": trace.loss, "score": trace.score, "right": trace.right, "counted": trace.counted,
                     "output": trace.output + 1, "captions": captions(trace)}, numbers


def drawable(experiment, arrays, more=None):
    """What a picture of these arrays needs; as `pack`."""
    entries, numbers = packed(arrays | (more or {}))
    header = {"experiment": experiment.to_json(), "about": about(experiment.about, experiment.length), "symbols": symbols(experiment, arrays),
              "arrays": {name: entries[name] for name in arrays}, "more": {name: entries[name] for name in more or {}}}
    return header, numbers


def symbols(experiment, arrays):
    """Which input each step reads, which output is the most probable and which is right, from 1, where there are such."""
    found = {"read": "x"} if experiment.about.symbols else {}
    if experiment.about.classes():
        found |= {"guess": "p", "answer": "target"}
    return {name: (arrays[quantity].argmax(axis=1) + 1).tolist() for name, quantity in found.items()}


def settings(name):
    """What a task sets otherwise than the default experiment."""
    plain = Experiment().to_json()
    return {field: value for field, value in defaults(name).items() if field != "task" and value != plain[field]}


def about(task, length):
    """What the page says and draws of a task; its sentences stand in the locales."""
    clueless = task.clueless(length)
    return {"name": task.name, "group": task.group, "inputs": task.inputs, "outputs": task.outputs, "symbols": task.symbols,
            "classes": task.classes(), "text": task.text is not None, "metric": METRICS[task.metric], "goal": task.goal,
            "published": not task.published.startswith("none"), "lower_is_better": task.lower_is_better, "clueless": clueless}


lab = Lab()


def call(method, arguments, buffer=None):
    """Run `lab.method(*arguments)`, arguments as JSON, the last one a Float64Array if there is a `buffer`.

    Gives (JSON, float64 buffer or None). Bad input is an answer.
    """
    try:
        numbers = [] if buffer is None else [np.array(buffer.to_py(), np.float64)]
        header, numbers = getattr(lab, method)(*json.loads(arguments), *numbers)
    except InvalidInput as error:
        header, numbers = {"error": {"field": error.field, "code": error.code, "message": str(error),
                                     "details": error.details}}, None
    except (MemoryError, ValueError) as error:
        if not out_of_memory(error):
            raise
        header, numbers = {"error": {"field": "experiment", "code": "memory", "details": {}, "message":
                                     "There is not enough memory for this; take a smaller batch, fewer units or fewer steps."}}, None
        lab.relieve()
    return json.dumps(header, allow_nan=False), numbers


def recording():
    """What the page shows before Python is there: the default experiment, run when the page was built."""
    trainer = Trainer(Experiment())
    trace = run(trainer.experiment, trainer)
    told_of, series = train_room.Curves().since("main", trainer)
    header, numbers = pack(trace, series)
    explanations = {}
    for quantity in trace.quantities:
        T, width = trace.arrays[quantity].shape
        explanations[quantity] = [[explain(trace, quantity, t, unit).to_json() for unit in range(1, width + 1)]
                                  for t in range(1, T + 1)]
    first = FIRST_SELECTION
    header |= {"done": True, "wanted": trace.experiment.updates, "numbers": numbers.tolist(), "curves": {"main": told_of},
               "explanation": explanations[first["quantity"]][first["t"] - 1][first["unit"] - 1]}
    schema = {"defaults": Experiment().to_json(), "limits": LIMITS, "sliders": SLIDERS, "selection": first, "damage": break_room.schema(),
              "changeable": list(CHANGEABLE), "stops": list(runs.STOPS), "recent": runs.RECENT,
              "restarting": [name for name in TRAINING_FIELDS if name not in CHANGEABLE and name != "changes"],
              # Alphabets of texts are long, and come with the trace.
              "tasks": {name: about(task, defaults(name)["length"]) | {"settings": settings(name)}
                        | ({"inputs": None, "outputs": None} if task.text else {}) for name, task in TASKS.items()},
              "own": OWN_SETTINGS, "link": {"fields": link.FIELDS, "view": link.VIEW, "version": versions.VERSION, "former": versions.FORMER,
                                       "task": Experiment().task},
              "tensors": ["weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias", "h_0", "c_0", "x"]}
    return {"trace": {"frame": header, "schema": schema}, "explanations": explanations}
