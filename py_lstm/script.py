"""A Python script that computes a trace again, and says how far its numbers are from those that were seen."""

from __future__ import annotations

import base64
import json
import math
import pprint
from typing import Any, Sequence

import numpy as np

from .drawing import headline
from .experiment import Experiment, defaults
from .parameters import Arrays
from .trace import Trace, run
from .training import Trainer
from .validation import array, choice, instance, integer

# What a reader wants to see even where it is the default.
# The version says which defaults are meant by what is left out.
ALWAYS = ("task", "hidden_size", "updates", "seed", "sequence_seed", "version")
NEEDED = {"own": ("values",), "own_text": ("text",)}

BODY = '''
trace = run(experiment)                 # every gate, state and derivative, as arrays by name
a = trace.arrays
print("loss", trace.loss)
{number}
# The same numbers as they were seen: the loss, and the Euclidean norm of every array.
SEEN = {seen}
# The weights that were reached there.
WEIGHTS = (
{weights})


def sizes(trace):
    return {{"loss": trace.loss}} | {{name: float(np.linalg.norm(value)) for name, value in trace.arrays.items()}}


def differences(found, known):
    return {{name: abs(found[name] - value) / max(1e-3, abs(value)) for name, value in known.items()}}


found = sizes(trace)
apart = differences(found, SEEN)
worst = max(apart, key=apart.get)
print(f"largest difference from what was seen: {{apart[worst]:.1e}} ({{worst}})")
if not apart[worst] <= 1e-6:
    # A long training may carry on and enlarge the last bits, in which machines differ. Then it parts from itself as well.
    one_bit = experiment.replace(learning_rate=float(np.nextafter(experiment.learning_rate, 1)))
    itself = max(differences(sizes(run(one_bit)), found).values()) if experiment.updates else 0
    if not 10_000 * itself >= apart[worst]:
        raise SystemExit("These are not the same numbers. Is it another version of py_lstm?")
    print(f"A learning rate that is larger by one bit changes the numbers of this training by {{itself:.1e}}, and so does another machine.")
    trace = with_weights(experiment, WEIGHTS)
    a = trace.arrays
    print("with the weights that were reached there: loss", trace.loss){number_again}
    apart = differences(sizes(trace), SEEN)
    worst = max(apart, key=apart.get)
    print(f"largest difference from what was seen: {{apart[worst]:.1e}} ({{worst}})")
    if not apart[worst] <= 1e-6:
        raise SystemExit("These are not the same numbers. Is it another version of py_lstm?")
'''

NUMBER = '''
told = explain(trace, "{quantity}", t={t}, unit={unit})
print("{quantity}, step {t}, unit {unit}:", told.value)
for line in told.lines:                 # the equations that lead to it, in LaTeX, with the code that computed them
    print("   ", line.equation, "=", line.value, "  ", *[f"{{one.file}}:{{one.line}}" for one in line.sources])
'''


def script(trace: Trace, selection: Sequence[Any] | None = None, notes: Sequence[str] = ()) -> str:
    """A script that runs the trace's experiment with an installed py_lstm and compares.

    Parameters
    ----------
    selection : (quantity, t, unit), a number that the script explains, step and unit from 1
    notes : lines for its head, such as the link it came from
    """
    from . import __version__

    e = instance("trace", trace, Trace).experiment
    number = ""
    if selection is not None:
        quantity, t, unit = selection
        width = trace.arrays[choice("quantity", quantity, trace.quantities)].shape
        number = NUMBER.format(quantity=quantity, t=integer("t", t, 1, width[0]), unit=integer("unit", unit, 1, width[1]))
    seen = {"loss": trace.loss} | {name: float(np.linalg.norm(value)) for name, value in trace.arrays.items()}
    head = [headline(trace), *notes, "", f"Needs Python 3.10 or newer and py_lstm {__version__}, which brings NumPy:",
            f"    pip install py_lstm-{__version__}-py3-none-any.whl"]
    comments = "\n".join(f"# {_one_line(line)}".rstrip() for line in head)
    packed = _packed({name: trace.arrays[name] for name in _reached(e)})
    body = BODY.format(number=number, number_again=number.replace("\n", "\n    ").rstrip(" ").rstrip("\n"),
                       seen=pprint.pformat(seen, width=110, sort_dicts=False).replace("\n", "\n       "),
                       weights="".join(f'    "{packed[at:at + 110]}"\n' for at in range(0, len(packed), 110)))
    return (f"{comments}\n\nimport numpy as np\n\nfrom py_lstm import Experiment, {'explain, ' if number else ''}run\n"
            "from py_lstm.script import with_weights\n\n"
            f"experiment = Experiment(\n{_arguments(e)})\n{body}")


def with_weights(experiment: Experiment, packed: str) -> Trace:
    """The trace of an experiment whose network has the weights in a script, and not those of a training done here.

    Its own `experiment` has no updates. The edits are laid over, as they are over what a training leads to.

    Examples
    --------
    >>> seen = run(Experiment(updates=3))
    >>> text = script(seen)
    >>> packed = "".join(line.strip(' "') for line in text.split("WEIGHTS = (")[1].split(")")[0].splitlines())
    >>> bool(np.array_equal(with_weights(seen.experiment, packed).arrays["dc"], seen.arrays["dc"]))
    True
    """
    e = instance("experiment", experiment, Experiment).replace(updates=0)
    trainer = Trainer(e)
    values, begin = np.frombuffer(base64.b64decode(packed), "<f8"), 0
    parameters = {}
    for name, shape in _reached(e).items():
        size = math.prod(shape)
        parameters[name] = array(name, values[begin:begin + size], (size,)).reshape(shape)
        begin += size
    return run(e, trainer.standing(parameters))


def _reached(e: Experiment) -> dict[str, tuple[int, ...]]:
    """The parameters of a trace, with their shapes."""
    return e.damaged_architecture.parameter_shapes()


def _packed(parameters: Arrays) -> str:
    return base64.b64encode(b"".join(value.astype("<f8").tobytes() for value in parameters.values())).decode()


def _arguments(e: Experiment) -> str:
    """The fields that differ from the task's own, one a line."""
    usual, wanted = json.loads(json.dumps(defaults(e.task))), e.to_json()
    follows = ("length", "input_size") if e.task == "own" else ("input_size",) if e.task == "own_text" else ()
    lines = []
    for name, value in wanted.items():
        if name not in follows and (name in ALWAYS or name in NEEDED.get(e.task, ()) or value != usual[name]):
            text = pprint.pformat(value, width=100, compact=True, sort_dicts=False).replace("\n", "\n    " + " " * (len(name) + 1))
            lines.append(f"    {name}={text},\n")
    return "".join(lines)


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in str(text))
