"""`py_lstm gates`: the gates and states of somebody else's trained LSTM, on a sequence."""

from __future__ import annotations

import argparse
import os
import re
import sys

import numpy as np

from .. import picture
from ..interchange import weight_files
from ..interchange.layouts import LAYOUTS, refuse_idle
from ..interchange.models import to_lstm
from ..interchange.onnx_files import read_onnx
from ..interchange.storage import load_weights
from ..interchange.weights import described, sizes_of
from ..layers.lstm import LSTM
from ..number_table import read_table
from ..validation import InvalidInput, choice, integer, shown
from .given import text_of, whole
from .output import OK, print_json, tell, write

QUANTITIES = ("x", "z_i", "z_f", "z_g", "z_o", "i", "f", "g", "o", "c", "tanh_c", "h")
SHOWN = ("f", "i", "g", "o", "c", "h")
MOST_NUMBERS = 1_000_000                                # of a sequence


def add(commands) -> None:
    one = commands.add_parser(
        "gates", help="load an LSTM's weights and show its gates and states on a sequence",
        description="Load the weights of an LSTM that PyTorch, Keras, ONNX or py_lstm trained, run a sequence through it and show "
                    "what its gates and states do at every step, layer by layer.")
    one.add_argument("weights", help="a .safetensors, .npz or .onnx file")
    one.add_argument("sequence", nargs="?", help='a text file with a line of numbers for each step, - for standard input, or the '
                     'numbers themselves, "1 0; 0 1; 1 1"; without it, random numbers')
    one.add_argument("--length", type=whole, default=24, metavar="T", help="steps of a random sequence (%(default)s)")
    one.add_argument("--seed", type=whole, default=0, metavar="N", help="another seed, another random sequence (%(default)s)")
    one.add_argument("--show", default=",".join(SHOWN), metavar="NAMES", help=f"some of {', '.join(QUANTITIES)} (%(default)s)")
    one.add_argument("-o", "--output", metavar="FILE", help="write all of them to a .csv or .npz file instead")
    one.add_argument("--from", dest="source_layout", choices=LAYOUTS, help="the file's layout, if its names do not say")
    one.add_argument("--lstm", help="the part of a PyTorch model that is the LSTM, such as encoder.lstm")
    one.add_argument("--bidirectional", action=argparse.BooleanOptionalAction,
                     help="whether Keras' layers are Bidirectional, if their shapes do not say")
    one.add_argument("--json", action="store_true", help="print JSON, for programs: all quantities of every layer")
    one.set_defaults(run=_gates)


def _gates(given: argparse.Namespace) -> int:
    names = [choice("show", name.strip(), QUANTITIES) for name in given.show.split(",")]
    ending = choice("format", os.path.splitext(given.output)[1].lower().lstrip("."), ("csv", "npz")) if given.output else None
    if weight_files.file_name(given.weights).lower().endswith(".onnx"):
        refuse_idle("onnx", given.lstm, None, given.bidirectional)
        weights = read_onnx(given.weights)
    else:
        weights = load_weights(given.weights, layout=given.source_layout, lstm=given.lstm, readout="", bidirectional=given.bidirectional)
    lstm = to_lstm(weights)
    x = _sequence(given, lstm.input_size)
    inside = _inside(lstm, x)
    tell(weights.notes)
    if ending == "npz":
        write(given.output, weight_files.encode_arrays({f"{name}{layer}": values for layer, arrays in inside.items()
                                                        for name, values in arrays.items()}, "npz"))
    elif ending == "csv":
        write(given.output, _csv(inside))
    elif given.json:
        print_json({layer[1:]: {name: values.tolist() for name, values in arrays.items()} for layer, arrays in inside.items()})
    else:
        about = described(sizes_of(weights))
        print(f"{about[0].upper()}{about[1:]}; {len(x)} steps{'' if given.sequence else f' of random numbers, seed {given.seed}'}")
        for layer, arrays in inside.items():
            print(f"\n{layer[1:]}", picture.rows_of_blocks({name: arrays[name] for name in names},
                                                           picture.levels_for(sys.stdout.encoding)), sep="\n")
    return OK


def _inside(lstm: LSTM, x: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """What each layer and direction computed, (T, ·) by name, under PyTorch's suffix: _l0, _l0_reverse, _l1 ..."""
    lstm(x)
    return {f"_l{k}{'_reverse' if reverse else ''}": {name: recorded[name][:, 0] for name in QUANTITIES}
            for k, layer in enumerate(lstm.trace) for reverse, recorded in enumerate(layer)}


def _sequence(given: argparse.Namespace, inputs: int) -> np.ndarray:
    """x (T, I), from a file, the argument itself or a seed."""
    if given.sequence is None:
        length = integer("length", given.length, 1, MOST_NUMBERS // inputs)
        return np.random.default_rng(integer("seed", given.seed, 0, 2**32 - 1)).normal(size=(length, inputs))
    file = given.sequence == "-" or os.path.isfile(given.sequence)
    text = text_of("sequence", given.sequence) if file else given.sequence
    try:
        table = read_table(text, "sequence", width=inputs)
    except InvalidInput as refused:
        if refused.code in ("ragged", "shape"):
            row, got = refused.details["row"], refused.details["got"]
            raise InvalidInput("sequence", "shape", f"Step {row} of the sequence has {got} number{'s'[:got != 1]}; this network "
                               f"reads {inputs} at each step.", got=got, wanted=inputs) from None
        if refused.code == "cell" and not file and not re.search(r"\s", text):
            raise InvalidInput("sequence", "number", f"{shown(text)} in the sequence is no number and no file; give numbers, such as "
                               '"1 0; 0 1", or a file with a line of them for each step.', got=shown(text)) from None
        raise
    steps = table.rows
    if len(steps) * inputs > MOST_NUMBERS:
        raise InvalidInput("sequence", "range", f"The sequence has {len(steps)} steps; give at most {MOST_NUMBERS:,} numbers in all.",
                           got=len(steps))
    return np.array(steps, float)


def _csv(inside: dict[str, dict[str, np.ndarray]]) -> str:
    """A row for each step and a column for each number of it: t, x_l0_1, ..., h_l1_8."""
    names, columns = ["t"], []
    for layer, arrays in inside.items():
        for name, values in arrays.items():
            names += [f"{name}{layer}_{unit}" for unit in range(1, values.shape[1] + 1)]
            columns.append(values)
    rows = np.concatenate(columns, axis=1).tolist()
    return "\n".join([",".join(names)] + [",".join(map(repr, [t, *row])) for t, row in enumerate(rows, start=1)]) + "\n"
