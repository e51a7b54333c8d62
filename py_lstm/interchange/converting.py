"""From one file of weights to another."""

from __future__ import annotations

import os
from typing import NamedTuple

from . import weight_files
from .layouts import LAYOUTS, refuse_idle
from .onnx_files import onnx_model, read_onnx
from .pytorch_script import pytorch_script
from ..validation import InvalidInput, choice, instance
from .storage import layout_bytes, load_weights
from .weights import Arrays, described, sizes_of

ENDINGS = (".npz", ".safetensors", ".onnx", ".py")


class Conversion(NamedTuple):
    """The weights that were converted, and what there is to say about it, a sentence each: what was left out, too."""

    weights: Arrays
    notes: list[str]


def convert(source: str | os.PathLike, destination: str | os.PathLike, *, source_layout: str | None = None,
            layout: str = "pytorch", lstm: str | None = None, readout: str | None = None,
            bidirectional: bool | None = None, recurrent_activation: str = "sigmoid",
            overwrite: bool = False) -> Conversion:
    """Read weights from one file and write them to another.

    Parameters
    ----------
    source : a .npz or .safetensors file in PyTorch's, Keras', ONNX's or py_lstm's layout, or an .onnx model
    destination : a file whose ending says what is written: weights as .npz or .safetensors, in `layout`; a model that
        onnxruntime runs as .onnx; a PyTorch script with the weights in it as .py
    source_layout, layout : "pytorch", "keras" or "onnx"; the source's is told from its names if it is None
    lstm, readout, bidirectional, recurrent_activation : see `layouts.from_pytorch` and `layouts.from_keras`
    overwrite : whether a destination that exists is replaced

    Raises
    ------
    InvalidInput
        If anything is wrong; the destination is then as it was.

    Examples
    --------
    >>> save_weights("torch.safetensors", from_lstm(LSTM(2, 3)))
    >>> convert("torch.safetensors", "keras.npz", layout="keras").notes
    ['1 layer with 2 inputs and 3 units, float64.', 'Written to keras.npz.']
    >>> [array.shape for array in np.load("keras.npz").values()]
    [(2, 12), (3, 12), (12,)]
    """
    layout = choice("layout", layout, LAYOUTS)
    target = weight_files.file_name(destination)
    ending = os.path.splitext(target)[1].lower()
    if ending not in ENDINGS:
        raise InvalidInput("destination", "choice", f"{target} ends in none of {', '.join(ENDINGS)}; give it one of "
                           "these endings.", got=ending, choices=list(ENDINGS))
    instance("overwrite", overwrite, bool)
    if not overwrite and os.path.lexists(destination):
        raise InvalidInput("destination", "choice", f"{target} is there already; give another name, or overwrite=True "
                           "(--overwrite).", file=target)
    if weight_files.file_name(source).lower().endswith(".onnx"):
        refuse_idle("onnx", lstm, readout, bidirectional)
        weights = read_onnx(source)
    else:
        weights = load_weights(source, layout=source_layout, lstm=lstm, readout=readout, bidirectional=bidirectional,
                               recurrent_activation=recurrent_activation)
    sizes, dtype = sizes_of(weights), weights["weight_ih_l0"].dtype.name
    notes = [f"{described(sizes)[0].upper()}{described(sizes)[1:]}, {dtype}.", *weights.notes]
    if ending == ".onnx":
        data = onnx_model(weights)
        if dtype != "float32":
            notes.append("The .onnx file is in float32, in which onnxruntime computes an LSTM.")
    elif ending == ".py":
        data = pytorch_script(weights, module=os.path.splitext(target)[0]).encode("utf-8")
    else:
        data = layout_bytes(weights, layout, ending[1:])
        if layout == "keras" and sizes.bias and any(weights["bias_hh" + suffix].any() for suffix in sizes.suffixes()):
            notes.append("The two biases of each layer, bias_ih and bias_hh, were added: Keras has one. Outputs stay "
                         "the same.")
    weight_files.replace_file(destination, data)
    notes.append(f"Written to {target}.")
    return Conversion(weights, notes)
