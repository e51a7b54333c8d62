"""Files of what is on the screen: pictures, tables, the experiment, and a script that computes it again.

Each is py_lstm's own, the same that its command line writes; here they only get names that say what is in them.
"""

import base64
import json

from py_lstm import Experiment, GradientReport, InvalidInput, TensorCheck, drawing, script, tables
from py_lstm.interchange import weight_files
from py_lstm.training import TRAINING_FIELDS
from py_lstm.validation import choice, parsed, shown

LARGEST = 2_000_000                                     # characters of a file that may be opened
TYPES = {"svg": "image/svg+xml", "csv": "text/csv", "npz": "application/octet-stream", "json": "application/json", "py": "text/x-python"}


def stem(experiment, named=False):
    """The beginning of a file's name: "latch-3-units-200-updates", with the names of what is damaged if they are wanted."""
    damaged = ["damaged", *(name.replace("_", "-") for name in sorted(experiment.damage or {}) if named)]
    more = [word for words, is_so in ((damaged, experiment.damage), (["edited"], experiment.edits)) if is_so for word in words]
    return "-".join([experiment.task.replace("_", "-"), str(experiment.hidden_size), "units", str(experiment.updates), "updates", *more])


def take(kind, options, trace_of, trainers_of):
    """A file as {"name", "type", and "text" or "base64"}.

    kind : one of `KINDS`
    options : {"experiment": the one on the screen, "room": where it is seen, "quantities": names from top to bottom, "theme", "title", "notes": lines about where it
        comes from, "selection": {"quantity", "t", "unit"}, "report": {"method", "eps", "rows"} of a gradient check}
    trace_of, trainers_of : give an experiment's trace, and the trainings in the curves by name
    """
    make, ending, what = KINDS[choice("kind", kind, KINDS)]
    experiment = Experiment.from_json(options["experiment"])
    content = make(options, lambda: trace_of(experiment), lambda: trainers_of(experiment), experiment)
    room = f"-{options['room']}" if kind == "svg" and options.get("room") else ""     # one experiment has a picture in every room
    file = {"name": f"{stem(experiment, kind == 'svg')}{room}{what}.{ending}", "type": TYPES[ending]}
    return file | ({"text": content} if isinstance(content, str) else {"base64": base64.b64encode(content).decode()})


def _svg(options, trace_of, trainers_of, experiment):
    return drawing.svg(trace_of(), options["quantities"], theme=options["theme"], title=options.get("title"), notes=options.get("notes", []))


def _script(options, trace_of, trainers_of, experiment):
    place = options["selection"]
    return script.script(trace_of(), (place["quantity"], place["t"], place["unit"]), options.get("notes", []))


def _check(options, trace_of, trainers_of, experiment):
    report = options["report"]
    rows = tuple(TensorCheck(**{name: row[name] for name in TensorCheck._fields}) for row in report["rows"])
    return tables.checked(GradientReport(report["method"], report["eps"], rows))


def _json(options, trace_of, trainers_of, experiment):
    return json.dumps(experiment.to_json(), ensure_ascii=False, indent=2) + "\n"


# Kind -> how it is made, the ending of its name, and what the name says beside the experiment.
KINDS = {
    "svg": (_svg, "svg", "-picture"),
    "csv": (lambda o, trace_of, t, e: tables.wide(trace_of()), "csv", "-by-step"),
    "tidy": (lambda o, trace_of, t, e: tables.tidy(trace_of()), "csv", "-by-number"),
    "npz": (lambda o, trace_of, t, e: weight_files.encode_arrays(trace_of().arrays, "npz"), "npz", "-trace"),
    "json": (_json, "json", "-experiment"),
    "script": (_script, "py", ""),
    "check": (_check, "csv", "-gradient-check"),
    "curves": (lambda o, t, trainers_of, e: tables.trained(trainers_of()), "csv", "-training"),
}


LONG = ("text", "values", "targets")                    # what is more than a name can hold


def named(first, own, others):
    """The trainings in the curves by names that say what differs: "this run", "forget_bias=-2", "cell=rnn".

    first, own : the experiment and its training
    others : pairs of an experiment and its training
    """
    found = {"this run": own}
    for experiment, training in others:
        differs, like = [], first
        if experiment.cell != first.cell:
            differs, like = [f"cell={experiment.cell}"], first.baseline(experiment.cell)
        differs += [name if name in LONG else f"{name}={getattr(experiment, name)}" for name in TRAINING_FIELDS
                    if getattr(experiment, name) != getattr(like, name)]
        name = " ".join(differs) or "the same again"
        found[name if name not in found else f"{name} ({len(found)})"] = training
    return found


def opened(text, read):
    """The experiment in the text of a file: its fields, or the trace that `py_lstm trace --json` writes, which holds one."""
    if not isinstance(text, str) or len(text) > LARGEST:
        raise InvalidInput("file", "size", f"The file is larger than {LARGEST // 1_000_000} MB, too large for an experiment; "
                           "choose the .json file of one.", high=LARGEST // 1_000_000)
    try:
        fields = parsed("experiment", text)
    except InvalidInput:
        raise InvalidInput("file", "json", "The file is no JSON; choose the .json file of an experiment.") from None
    if isinstance(fields, dict) and "arrays" in fields and isinstance(fields.get("experiment"), dict):
        fields = fields["experiment"]
    if not isinstance(fields, dict):
        raise InvalidInput("file", "object", f"The file holds {shown(fields)} and no experiment; choose the .json file of one.",
                           got=shown(fields))
    return read(fields).to_json()
