"""The command line: every command of `python -m py_lstm`.

Results go to standard output, everything else to standard error. The exit status is 0 when all went well; 1 when a
gradient is wrong, a training diverged or it was stopped; 2 when something given cannot be used, which takes one sentence.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import sys
from typing import Any, Callable, Iterator, NamedTuple, Sequence

import numpy as np

from . import checkpoints, link, picture
from .interchange import weight_files
from .interchange.converting import add_convert_command
from .demo import demo
from .experiment import OWN, Experiment
from .explain import Line, Term, explain
from .gradient_check import METHODS
from .problems import problems
from .sampling import sample
from .study import DECIDING, Learner, Study
from .tasks import NOTES, TASKS
from .trace import BACKWARD, FORWARD, Trace, check, run
from .training import TRAINING_FIELDS, Trainer, Training, train, trouble
from .validation import InvalidInput, choice, integer, parsed, shown

OK, WRONG, REFUSED = 0, 1, 2

WHAT = """An EXPERIMENT is any of these, and later ones change what earlier ones say; without any it is the default:
  field=value         one field, such as hidden_size=5 (several: "hidden_size=5&updates=40")
  https://...#...     a link shared from the page, in quotes, or its part from # on
  FILE.json, -        a file with the fields as a JSON object; - is standard input
  task=NAME           for the tasks that `py_lstm tasks` lists; those with several outputs have fields of their own
  FILE.npz            a training saved by `py_lstm train --save FILE.npz`, with the weights it has reached"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status and lets no exception out but `SystemExit` of the parser."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")        # a terminal without ▼ shows ? instead
    try:
        given = parser().parse_args(arguments)
        status = given.run(given)
        sys.stdout.flush()
        return status
    except InvalidInput as refused:
        print(f"py_lstm: {refused}", file=sys.stderr)
        return WRONG if refused.code == "diverged" else REFUSED
    except MemoryError:
        print("py_lstm: There is not enough memory for this; take fewer units, steps or sequences.", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("py_lstm: Stopped.", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # The reader has seen enough (`py_lstm demo | head`). What is left goes nowhere, also at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        print(f"py_lstm: The output cannot be written ({error.strerror}).", file=sys.stderr)
        return REFUSED


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`, a function of the parsed arguments that returns the exit status."""
    whole = argparse.ArgumentParser("py_lstm", description="A long short-term memory you can open.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add(commands, "run", _run, "train an experiment and print its loss and metric")
    one = _add(commands, "train", _train, "train, with progress; save and resume")
    one.add_argument("--save", metavar="FILE.npz", help="keep the training here: at the end, and when stopped with Ctrl-C")
    one.add_argument("--resume", metavar="FILE.npz", help="go on with a saved training; --save is then this file as well")
    one.add_argument("--weights", metavar="FILE", help="write the trained weights as PyTorch names them (.npz, .safetensors)")
    one.add_argument("--every", type=int, default=None, metavar="N", help="a line of progress after every N updates")
    one.add_argument("--quiet", action="store_true", help="no progress")
    one = _add(commands, "check", _check, "check every gradient of an experiment; status 1 if one is wrong")
    one.add_argument("--method", choices=METHODS, default="complex")
    one.add_argument("--most", type=int, default=None, metavar="N", help="at most N elements of each tensor")
    one = _add(commands, "trace", _trace, "every number of the forward and the backward pass, as CSV or .npz", json_too=False)
    one.add_argument("-o", "--output", metavar="FILE", help="a .csv, .npz or .json file; standard output without it")
    one.add_argument("--format", choices=("csv", "npz", "json"), help="if the file's name does not say; csv if nothing does")
    one = _add(commands, "explain", _explain, "a number: its equation, its operands, its line of code",
               first=[("quantity", None), ("t", None), ("unit", None)])
    one = _add(commands, "picture", _picture, "a trace as blocks in the terminal, or as SVG", json_too=False)
    one.add_argument("-o", "--output", metavar="FILE.svg", help="write an SVG file instead")
    one.add_argument("--show", default=",".join(picture.SHOWN), metavar="NAMES", help="which quantities (%(default)s)")
    one = _add(commands, "sample", _sample, "text from a network trained on a text", json_too=False)
    one.add_argument("--prompt", default="", help="text to go on from")
    one.add_argument("--length", type=int, default=200, metavar="N", help="characters (%(default)s)")
    one.add_argument("--temperature", type=float, default=0.8, help="0 takes the likeliest; more is bolder (%(default)s)")
    one.add_argument("--sample-seed", type=int, default=0, metavar="N", help="another seed, another text (%(default)s)")
    one = commands.add_parser("tasks", help="the tasks, how they are scored, and what knowing nothing scores")
    one.add_argument("--json", action="store_true", help="print JSON, for programs")
    one.set_defaults(run=_tasks)
    add_convert_command(commands)
    commands.add_parser("demo", help="print a small trace and its gradient check").set_defaults(run=lambda given: demo() or OK)
    return whole


def _add(commands, name: str, function: Callable[[argparse.Namespace], int], what: str, json_too: bool = True, first=()):
    """A command that takes experiments."""
    text = what[0].upper() + what[1:] + "."
    if first:
        text += (" QUANTITY, T and UNIT (from 1) say which number, such as: py_lstm explain c 13 2. A shared link says it "
                 f"too. Quantities: {', '.join(FORWARD + BACKWARD)}.")
    one = commands.add_parser(name, help=what, description=text, epilog=WHAT,
                              formatter_class=argparse.RawDescriptionHelpFormatter)
    one.add_argument("given", nargs="*", metavar="[QUANTITY T UNIT] EXPERIMENT" if first else "EXPERIMENT")
    if json_too:
        one.add_argument("--json", action="store_true", help="print JSON, for programs")
    one.set_defaults(run=function)
    return one


# What is given ------------------------------------------------------------------------------------------------------

class Given(NamedTuple):
    """An experiment, the training that was done of it if it came from a file, and what a link said about the view."""

    experiment: Experiment | Study
    trainer: Training | None
    view: dict[str, Any]


def read(arguments: Sequence[str]) -> Given:
    """The experiment that arguments say, later ones changing what earlier ones say; see `WHAT`."""
    fields: dict[str, Any] = {}
    view: dict[str, Any] = {}
    saved: Training | None = None
    for argument in arguments:
        if argument.lower().endswith(".npz") and "=" not in argument:
            saved = checkpoints.load_training(argument)
            fields = saved.experiment.to_json() | {"updates": len(saved.losses)}
        elif argument == "-" or ("=" not in argument and "#" not in argument) or os.path.isfile(argument):
            fields |= _file(argument)
        else:
            found = link.decode(argument)
            fields |= found.experiment
            view |= found.view
    if fields.get("task") == "own":                     # its sizes follow from its numbers
        fields = {name: value for name, value in fields.items() if name not in ("length", "input_size")}
    experiment = _experiment(fields)
    same = saved is not None and type(saved.experiment) is type(experiment) and not _differing(experiment, saved.experiment)
    return Given(experiment, saved if same else None, view)


def _experiment(fields: dict[str, Any]) -> Experiment | Study:
    """A study if the task is one of `problems`, else an experiment."""
    task = fields.get("task", "latch")
    if isinstance(task, str) and task in problems():
        return Study.from_json(fields)
    if isinstance(task, str) and task != OWN:
        choice("task", task, [*TASKS, OWN, *problems()])
    return Experiment.from_json(fields)


def _differing(one: Experiment | Study, other: Experiment | Study) -> list[str]:
    """The fields that decide about the training and in which two of a kind differ."""
    return [name for name in (DECIDING if isinstance(one, Study) else TRAINING_FIELDS) if getattr(one, name) != getattr(other, name)]


def _traced(given: Given) -> Trace:
    """The trace of an experiment; a study has none."""
    if isinstance(given.experiment, Study):
        raise InvalidInput("task", "choice", f"task is {given.experiment.task}, whose networks have several outputs, or no number to "
                           f"trace; choose one of {', '.join(TASKS)} or own, or use run, train and check.", got=given.experiment.task)
    return run(given.experiment, given.trainer)


def _file(path: str) -> dict[str, Any]:
    """The fields in a JSON file."""
    try:
        if path == "-":
            text = sys.stdin.read()
        else:
            with open(path, encoding="utf-8-sig") as file:
                text = file.read(10_000_000)
    except FileNotFoundError:
        raise InvalidInput("experiment", "file", f"{shown(path)} is no file and no field=value; give one of these, or a "
                           "link with a #.", got=shown(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise InvalidInput("experiment", "file", f"{shown(path)} cannot be read ({reason}); give a JSON file with an "
                           "experiment.", got=shown(path)) from None
    fields = parsed("experiment", text)
    if not isinstance(fields, dict):
        raise InvalidInput("experiment", "type", f"{shown(path)} holds {shown(fields)}; give a JSON object with an experiment's "
                           "fields.", got=shown(fields))
    return fields


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, allow_nan=False))


def _write(path: str | None, data: str | bytes) -> None:
    """To a file, whole or not at all, or to standard output."""
    if path is not None:
        weight_files.replace_file(path, data if isinstance(data, bytes) else data.encode())
    elif isinstance(data, bytes):
        sys.stdout.buffer.write(data)
    else:
        sys.stdout.write(data)


# run, check ---------------------------------------------------------------------------------------------------------

def _run(given: argparse.Namespace) -> int:
    made = read(given.given)
    e = made.experiment
    if isinstance(e, Study):
        return _score(e, made.trainer, given.json)
    trace = _traced(made)
    if given.json:
        _print_json({"loss": trace.loss, "right": trace.right, "counted": trace.counted, "losses": trace.losses,
                     "experiment": e.to_json()})
    else:
        print(_network(e), _result(trace), sep="\n")
    return OK


def _score(study: Study, training: Training | None, as_json: bool) -> int:
    """Train as a study says and print what it scores."""
    learner = training or Learner(study)
    for _ in train(learner):
        pass
    score, about, losses = learner.evaluate(), study.problem, learner.losses
    clueless = about.clueless(study.length)
    if as_json:
        _print_json({"score": score, "metric": about.metric, "clueless": clueless, "goal": about.goal, "reached": about.reached(score),
                     "losses": losses, "experiment": study.to_json()})
    else:
        print(f"{study.task}: {study.hidden_size} units, after {len(losses)} updates of {study.batch_size} sequences")
        print(f"{about.metric} {score:.6g} (knowing nothing: {clueless:.4g}; goal: {about.goal:g}, "
              f"{'reached' if about.reached(score) else 'not reached'})")
    return OK


def _network(e: Experiment) -> str:
    return f"{e.task}: {e.hidden_size} units, {e.length} steps, after {e.updates} updates"


def _result(trace: Trace) -> str:
    signs = f", signs right {trace.right} of {trace.counted}" if trace.counted is not None else ""
    return f"loss {trace.loss:.6g}{signs}"


def _check(given: argparse.Namespace) -> int:
    e, trainer, _ = read(given.given)
    if isinstance(e, Study):
        learner = trainer or Learner(e)
        report = learner.check(method=given.method, max_elements=20 if given.most is None else given.most)
    else:
        report = check(e, method=given.method, max_elements=given.most, trainer=trainer)
    if given.json:
        _print_json({"right": report.right, "method": report.method, "eps": report.eps,
                     "tensors": [tensor._asdict() for tensor in report.tensors]})
    else:
        print(report)
    return OK if report.right else WRONG


# train --------------------------------------------------------------------------------------------------------------

def _train(given: argparse.Namespace) -> int:
    every = None if given.every is None else integer("every", given.every, 1)
    save = given.save or given.resume
    for path in filter(None, (save, given.weights)):
        _writable(path, ("npz",) if path == save else weight_files.FORMATS)
    training, wanted = _begin(given)
    try:
        with _interruptible() as stopped:
            for _ in _shown(training, wanted, every, given.quiet, given.json, stopped):
                pass
    finally:                                            # also what was reached before a training diverged
        if save:
            checkpoints.save_training(save, training)
    if given.weights:
        from .interchange.weights import from_network, save_weights
        save_weights(given.weights, from_network(training.network))
    whole = len(training.losses) >= wanted
    _tell(training, whole, save, given.json)
    return OK if whole else WRONG


def _begin(given: argparse.Namespace) -> tuple[Training, int]:
    """The training to go on with, and how many updates it shall have in all."""
    if not given.resume:
        made = read(given.given)
        fresh = Learner if isinstance(made.experiment, Study) else Trainer
        return made.trainer or fresh(made.experiment), made.experiment.updates
    saved = checkpoints.load_training(given.resume)
    wanted = read([given.resume, f"updates={saved.experiment.updates}", *given.given])
    if wanted.trainer is None:
        name = "task" if type(wanted.experiment) is not type(saved.experiment) else _differing(wanted.experiment, saved.experiment)[0]
        raise InvalidInput(name, "choice", f"{name} is {shown(getattr(wanted.experiment, name))}, the saved training has "
                           f"{shown(getattr(saved.experiment, name))}; only updates may change in one that is resumed.")
    saved = wanted.trainer
    saved.experiment = wanted.experiment
    return saved, wanted.experiment.updates


def _writable(path: str, formats: Sequence[str]) -> None:
    """Refuse a destination before the work is done and not after."""
    name, folder = weight_files.file_name(path), os.path.dirname(os.path.abspath(path))
    ending = os.path.splitext(path)[1].lower().lstrip(".")
    if ending not in formats:
        raise InvalidInput("destination", "choice", f"{name} does not end in .{' or .'.join(formats)}; give it that ending.",
                           got=name)
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise InvalidInput("destination", "file", f"{name} cannot be written there; give a path in a folder that exists and "
                           "that you may write to.", got=name)


@contextlib.contextmanager
def _interruptible() -> Iterator[list[bool]]:
    """While it lasts, the first Ctrl-C puts True into the list that it gives, and the second interrupts at once.

    An update is thus never left half done, so that what is saved goes on to the same bits.
    """
    stopped: list[bool] = []

    def stop(*_) -> None:
        stopped.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:                                  # not in the main thread, where no signal arrives
        yield stopped
        return
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _shown(training: Training, wanted: int, every: int | None, quiet: bool, as_json: bool, stopped: list[bool]
           ) -> Iterator[None]:
    """Do the updates that are missing, showing progress: a bar where there is a terminal and tqdm, else lines."""
    done = len(training.losses)
    bar = None if quiet or as_json or every else _bar(done, wanted)
    every = every or max(1, wanted // 10)
    try:
        while len(training.losses) < wanted and not stopped:
            progress = training.update()
            if bar is not None:
                bar.set_postfix_str(f"loss {progress.loss:.4g}", refresh=False)
                bar.update()
            elif not quiet and (progress.update % every == 0 or progress.update == wanted):
                if as_json:
                    print(json.dumps(progress._asdict()), flush=True)
                else:
                    print(f"update {progress.update} of {wanted}  loss {progress.loss:.6g}  gradient norm "
                          f"{progress.gradient_norm:.3g}", file=sys.stderr, flush=True)
            yield
    finally:
        if bar is not None:
            bar.close()


def _bar(done: int, wanted: int):
    """tqdm's bar, or None where that is not installed or nobody would see it."""
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=wanted, initial=done, unit="update", dynamic_ncols=True, file=sys.stderr)


def _tell(training: Training, whole: bool, save: str | None, as_json: bool) -> None:
    done, warning = len(training.losses), trouble(training)
    if as_json:
        _print_json({"done": whole, "updates": done, "loss": training.losses[-1] if done else None, "saved": save,
                     "warning": warning, "experiment": training.experiment.to_json()})
    else:
        last = f", loss {np.mean(training.losses[-5:]):.6g} (mean of the last {min(done, 5)} batches)" if done else ""
        print(f"{'after' if whole else 'stopped after'} {done} updates{last}")
    if warning:
        print(f"py_lstm: {warning}", file=sys.stderr)
    if save and not as_json:
        again = "" if whole else f"; go on with: py_lstm train --resume {save}"
        print(f"saved in {save}{again}", file=sys.stderr)


# tasks, sample ------------------------------------------------------------------------------------------------------

def _tasks(given: argparse.Namespace) -> int:
    rows = []
    for name, task in TASKS.items():
        about = " ".join((task.draw.__doc__ or "").split("\n\n")[0].split())
        rows.append({"task": name, "about": about, "inputs": list(task.channels), "outputs": ["y"], "metric": NOTES[name].metric,
                     "clueless": NOTES[name].clueless, "goal": None, "published": None, "settings": {}})
    for about in problems().values():
        length = Study(about.name).length
        rows.append({"task": about.name, "about": about.about, "inputs": list(about.inputs), "outputs": list(about.outputs),
                     "metric": about.metric, "clueless": about.clueless(length), "goal": about.goal, "published": about.published,
                     "settings": about.settings})
    if given.json:
        _print_json(rows)
        return OK
    for k, row in enumerate(rows):
        if k in (0, len(TASKS)):
            print("Traced step by step, in the page too:" if k == 0 else "Published ones, with their own settings:")
        goal = "" if row["goal"] is None else f"; goal {row['goal']:g}"
        print(f"  {row['task']}\n      {row['about']}\n      {row['metric']}; knowing nothing scores {row['clueless']:.4g}{goal}")
        if row["published"]:
            print(f"      criterion: {row['published']}")
    return OK


def _sample(given: argparse.Namespace) -> int:
    made = read(["task=text_en", *given.given])
    if not isinstance(made.experiment, Study) or not made.experiment.task.startswith("text_"):
        raise InvalidInput("task", "choice", f"task is {made.experiment.task}, which is no text; give one that is trained on a text, "
                           "such as task=text_en or a file that `py_lstm train task=text_en --save FILE.npz` wrote.")
    learner = made.trainer or Learner(made.experiment)
    letters = sample(learner, given.prompt, given.length, temperature=given.temperature, rng=given.sample_seed)  # refuses at once
    for _ in train(learner):
        pass
    print(given.prompt, end="")
    for letter in letters:
        print(letter, end="", flush=True)
    print()
    return OK


# trace, picture -----------------------------------------------------------------------------------------------------

def _trace(given: argparse.Namespace) -> int:
    ending = os.path.splitext(given.output or "")[1].lower().lstrip(".")
    kind = given.format or (choice("format", ending, ("csv", "npz", "json")) if given.output else "csv")
    trace = _traced(read(given.given))
    if kind == "npz":
        if not given.output and sys.stdout.isatty():
            raise InvalidInput("output", "choice", "A .npz file would garble the terminal; give -o FILE.npz or a pipe.")
        _write(given.output, weight_files.encode_arrays(trace.arrays, "npz"))
    else:
        _write(given.output, csv(trace) if kind == "csv" else json.dumps(trace.to_json()) + "\n")
    return OK


def csv(trace: Trace) -> str:
    """A row for each step and a column for each number of it, with all digits: t, x_1, x_2, ..., y, ..., dx_2."""
    names, columns = ["t"], []
    for name in FORWARD + BACKWARD:
        values = trace.arrays[name]
        single = name in ("y", "target", "dy")
        names += [name if single else f"{name}_{unit}" for unit in range(1, values.shape[1] + 1)]
        columns.append(values)
    rows = np.concatenate(columns, axis=1).tolist()
    return "\n".join([",".join(names)] + [",".join(map(repr, [t, *row])) for t, row in enumerate(rows, start=1)]) + "\n"


def _picture(given: argparse.Namespace) -> int:
    if given.output and not given.output.lower().endswith(".svg"):
        raise InvalidInput("output", "choice", f"{shown(given.output)} does not end in .svg; give it that ending.")
    names = [name.strip() for name in given.show.split(",")]
    for name in names:
        choice("show", name, FORWARD + BACKWARD)
    trace = _traced(read(given.given))
    if given.output:
        _write(given.output, picture.svg(trace, names))
        return OK
    try:
        picture.BLOCKS.encode(sys.stdout.encoding or "ascii")
        levels = picture.BLOCKS
    except (UnicodeEncodeError, LookupError):
        levels = picture.ASCII
    print(_network(trace.experiment), _result(trace), picture.blocks(trace, names, levels), sep="\n")
    return OK


# explain ------------------------------------------------------------------------------------------------------------

def _explain(given: argparse.Namespace) -> int:
    place, rest = list(given.given), []
    if place and place[0] in FORWARD + BACKWARD:
        place, rest = place[:3], place[3:]
        if len(place) < 3 or any("=" in word or "#" in word for word in place):
            raise InvalidInput("explain", "missing", "explain wants a quantity, a step and a unit, both from 1, such as: c 13 2.")
    else:
        place, rest = [], place
        if rest and re.fullmatch(r"\w+", rest[0]) and not os.path.exists(rest[0]):
            choice("quantity", rest[0], FORWARD + BACKWARD)
    made = read(rest)
    view = made.view
    quantity, t, unit = place or (view.get("quantity"), view.get("t", 1), view.get("unit", 1))
    if quantity is None:
        raise InvalidInput("explain", "missing", "explain wants a quantity, a step and a unit, both from 1, such as: c 13 2.")
    told = explain(_traced(made), quantity, link.number(str(t)), link.number(str(unit)))
    if given.json:
        _print_json(told.to_json())
        return OK
    if not told.lines:
        print(f"{quantity} at step {told.t}, unit {told.unit}, is {told.value:.6g}: it was given.")
    for line in told.lines:
        print("\n".join(_told(line)))
    return OK


def _told(line: Line) -> Iterator[str]:
    """One equation as text: what it gives, the equation, the terms with their numbers, the code."""
    yield f"{plain(line.symbol)} = {line.value:.6g}"
    yield f"    {plain(line.equation)}"
    for term in line.terms:
        yield from _term(term, "    ")
    if line.function:
        yield f"    {plain(line.function)} of it = {line.value:.6g}"
    for source in line.sources:
        yield f"    {source.file}:{source.line}  {source.code}"


def _term(term: Term, indent: str) -> Iterator[str]:
    if term.parts:
        yield f"{indent}{plain(term.symbol)} = {term.value:.6g}, the sum of"
        for part in term.parts:
            yield from _term(part, indent + "  ")
    else:
        product = " × ".join(f"{factor.value:.6g}" for factor in term.factors)
        yield f"{indent}{plain(term.symbol)} = {product}" + (f" = {term.value:.6g}" if len(term.factors) > 1 else "")


_WORDS = {r"\odot": "⊙", r"\partial": "∂", r"\sigma": "σ", r"\sum": "Σ", r"\top": "ᵀ", r"\in": "∈", r"\quad": " ",
          r"\tanh": "tanh", r"\big": "", r"\left": "", r"\right": ""}


def plain(latex: str) -> str:
    """LaTeX of an explanation as text that a terminal can show."""
    text = re.sub(r"\\t?frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1/\2", latex)
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", text).replace(r"\,", " ").replace(r"\partial ", r"\partial")
    for command, word in _WORDS.items():
        text = re.sub(re.escape(command) + r"(?![a-zA-Z])", word, text) if command != r"\partial" else text.replace(command, word)
    text = re.sub(r"\^\{?([a-z]?)ᵀ\}?", r"^\1ᵀ", text)
    text = re.sub(r"([_^])\{([^{}]*)\}", lambda m: m[1] + (m[2] if re.fullmatch(r"\w+ᵀ?", m[2]) else f"({m[2]})"), text)
    return re.sub(r"[{}\\]", "", text).strip()
