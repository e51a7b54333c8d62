"""Weights in and out of .npz and .safetensors files, in PyTorch's, Keras' and ONNX's layouts (see `layouts`)."""

from __future__ import annotations

import os
from typing import Any, Mapping

from . import layouts, weight_files
from ..validation import InvalidInput
from .weights import Loaded, listed


def load_weights(source: str | os.PathLike | bytes, *, layout: str | None = None, name: str = "the file",
                 lstm: str | None = None, readout: str | None = None, bidirectional: bool | None = None,
                 activation: str = "tanh", recurrent_activation: str = "sigmoid", **others: Any) -> Loaded:
    """The weights in a .npz or .safetensors file of PyTorch's, Keras' or ONNX's layout, under the names of `weights`.

    Parameters
    ----------
    source : path, or the bytes of a file, which `name` then names in a refusal
    layout : "pytorch", "keras", "onnx", or None to tell it from the names in the file
    lstm, readout : which parts of a larger PyTorch model to read; readout="" reads the LSTM alone, in every layout. What
        is left out so is not even decoded
    bidirectional, activation, recurrent_activation : of Keras' layers, whose weights do not always say; see `from_keras`

    Returns
    -------
    dict of float32 or float64 arrays, complete and finite, with `notes`: a sentence for each thing that was left out or
    that the file does not say. PyTorch's two biases stay two; `to_network` and Keras' layout add them. A file with
    anything wrong in it gives nothing but `InvalidInput`, which names the file.

    Examples
    --------
    >>> np.savez("keras.npz", *to_keras(from_lstm(LSTM(2, 3))))               # kernel, recurrent kernel, bias
    >>> weights = load_weights("keras.npz")
    >>> {name: array.shape for name, array in weights.items()}
    {'weight_ih_l0': (12, 2), 'weight_hh_l0': (12, 3), 'bias_ih_l0': (12,), 'bias_hh_l0': (12,)}
    """
    if others:
        raise InvalidInput(next(iter(others)), "unknown", f"load_weights has no argument {listed(others)}; it has source, layout, name, "
                           "lstm, readout, bidirectional, activation and recurrent_activation.", got=listed(others))
    if not isinstance(source, (bytes, bytearray, memoryview)):
        name = weight_files.file_name(source)
        source = weight_files.read_bytes(source)
    arrays = weight_files.decode_arrays(source, name, keep_odd=True)
    try:
        return layouts.from_layout(arrays, layout, lstm=lstm, readout=readout, bidirectional=bidirectional, activation=activation,
                                   recurrent_activation=recurrent_activation)
    except InvalidInput as refused:
        raise InvalidInput(refused.field, refused.code, f"In {name}: {refused}", file=name, **refused.details) from None


def save_weights(destination: str | os.PathLike, weights: Mapping[str, Any], *, layout: str = "pytorch") -> None:
    """Write weights (named as in `weights`) to a .npz or .safetensors file in a layout: "pytorch", "keras" or "onnx".

    Examples
    --------
    >>> lstm = LSTM(2, 3)
    >>> save_weights("weights.safetensors", from_lstm(lstm))                  # as PyTorch names them
    >>> weights = load_weights("weights.safetensors")
    >>> np.array_equal(to_lstm(weights)(np.ones((4, 2)))[0], lstm(np.ones((4, 2)))[0])
    True
    """
    weight_files.replace_file(destination, layout_bytes(weights, layout, weight_files.file_format(destination)))


def layout_bytes(weights: Mapping[str, Any], layout: str, format: str) -> bytes:
    """What `save_weights` writes, as bytes; `format` is "npz" or "safetensors"."""
    return weight_files.encode_arrays(layouts.to_layout(weights, layout), format)
