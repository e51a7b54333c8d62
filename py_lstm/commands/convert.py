"""`py_lstm convert`: weights from one file to another."""

from __future__ import annotations

import argparse

from ..interchange.converting import convert
from ..interchange.layouts import LAYOUTS
from .output import OK, print_json, tell


def add(commands) -> None:
    parser = commands.add_parser(
        "convert", help="convert weights between PyTorch, Keras and ONNX, or export a network",
        description="Read an LSTM's weights from a .npz, .safetensors or .onnx file and write them as .npz or "
                    ".safetensors, as an .onnx model for onnxruntime, or as a PyTorch script (.py).")
    parser.add_argument("source", help="a .npz, .safetensors or .onnx file")
    parser.add_argument("destination", help="a .npz, .safetensors, .onnx or .py file")
    parser.add_argument("--from", dest="source_layout", choices=LAYOUTS,
                        help="the source's layout, if its names do not say")
    parser.add_argument("--to", dest="layout", choices=LAYOUTS, default="pytorch",
                        help="the layout of a .npz or .safetensors destination (pytorch)")
    parser.add_argument("--lstm", help="the part of a PyTorch model that is the LSTM, such as encoder.lstm")
    parser.add_argument("--readout", help="the part of a PyTorch model that is the linear layer behind it, such as fc")
    parser.add_argument("--bidirectional", action=argparse.BooleanOptionalAction,
                        help="whether Keras' layers are Bidirectional, if their shapes do not say")
    parser.add_argument("--recurrent-activation", default="sigmoid",
                        help="of Keras' layers (sigmoid, the only one accepted)")
    parser.add_argument("--overwrite", action="store_true", help="replace the destination if it exists")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=_convert)


def _convert(arguments: argparse.Namespace) -> int:
    given = {name: value for name, value in vars(arguments).items() if name not in ("command", "run", "json")}
    done = convert(given.pop("source"), given.pop("destination"), **given)
    if arguments.json:
        print_json({"notes": done.notes, "dtype": done.weights["weight_ih_l0"].dtype.name,
                    "weights": {name: list(array.shape) for name, array in done.weights.items()}})
    else:
        tell(done.weights.notes)
        print("\n".join(note for note in done.notes if note not in done.weights.notes))
    return OK
