"""ONNX files: write a network as a model that onnxruntime runs, and read the weights of one.

    write_onnx("network.onnx", weights)     x (T, N, I) in; y (T, N, O), h_n (L·D, N, H), c_n (L·D, N, H) out
    read_onnx("network.onnx")               the LSTM layers of a model, and a linear readout behind them

Both need the `onnx` package: `pip install "py_lstm[onnx]"`.
"""

from __future__ import annotations

import os
from typing import Any, Mapping

import numpy as np

from . import weight_files
from .layouts import from_onnx, to_onnx
from .onnx_stack import read_stack
from ..validation import InvalidInput, cut, floating
from .weights import Loaded, check_weights, sizes_of

# What every runtime of the last years reads: the LSTM of opset 14 is the first with its layout attribute.
_OPSET, _IR = 14, 8


def write_onnx(destination: str | os.PathLike, weights: Mapping[str, Any], *, dtype=np.float32) -> None:
    """Write `onnx_model(weights)` to a file.

    Examples
    --------
    >>> write_onnx("network.onnx", from_network(Network(2, 3)))                 # onnxruntime runs it
    """
    weight_files.replace_file(destination, onnx_model(weights, dtype=dtype))


def onnx_model(weights: Mapping[str, Any], *, dtype=np.float32) -> bytes:
    """A model with these weights (see `weights`), as the bytes of an .onnx file.

    Input x (T, N, I), any T and N. Outputs y (T, N, O), or (T, N, D·H) without a readout, h_n and c_n (L·D, N, H).
    float32 is what onnxruntime's LSTM computes in; float64 is for evaluators that can. Projections are refused: ONNX
    has none.
    """
    onnx = _library()
    make, tensor = onnx.helper.make_node, onnx.numpy_helper.from_array
    dtype = floating("dtype", dtype)
    weights = {name: value.astype(dtype) for name, value in check_weights(weights).items()}
    sizes = sizes_of(weights)
    nodes, constants = [], {}
    if "h_0" in weights or "c_0" in weights:
        # The stored states are of one sequence; the batch says how many there are.
        constants |= {"one": np.array([1]), "batch_axis": np.array([1])}
        nodes += [make("Shape", ["x"], ["x_shape"]), make("Gather", ["x_shape", "batch_axis"], ["batch"]),
                  make("Concat", ["one", "batch", "one"], ["per_batch"], axis=0)]
    constants["time_batch_rest"] = np.array([0, 0, -1])
    below = "x"
    for k, node in enumerate(to_onnx(weights)):
        names = {}
        for name, value in node.items():
            names[name] = f"{name}_l{k}"
            constants[names[name]] = value
            if name.startswith("initial_"):
                names[name] = f"{name}_l{k}_per_batch"
                nodes.append(make("Expand", [f"{name}_l{k}", "per_batch"], [names[name]]))
        inputs = [below, names["W"], names["R"], names.get("B", ""), "", names.get("initial_h", ""),
                  names.get("initial_c", ""), names.get("P", "")]
        while not inputs[-1]:
            inputs.pop()
        nodes += [
            make("LSTM", inputs, [f"Y_l{k}", f"h_n_l{k}", f"c_n_l{k}"], name=f"lstm_l{k}", hidden_size=sizes.hidden,
                 direction="bidirectional" if sizes.directions == 2 else "forward"),
            make("Transpose", [f"Y_l{k}"], [f"Y_l{k}_by_batch"], perm=[0, 2, 1, 3]),    # (T, D, N, H) -> (T, N, D, H)
            make("Reshape", [f"Y_l{k}_by_batch", "time_batch_rest"], [f"h_l{k}"]),      # -> (T, N, D·H)
        ]
        below = f"h_l{k}"
    for state in ("h_n", "c_n"):
        nodes.append(make("Concat", [f"{state}_l{k}" for k in range(sizes.layers)], [state], axis=0))
    width = sizes.outputs or sizes.directions * sizes.hidden
    if sizes.outputs:
        constants |= {"readout_weight": weights["readout_weight"].T, "readout_bias": weights["readout_bias"]}
        nodes += [make("MatMul", [below, "readout_weight"], ["Vh"]), make("Add", ["Vh", "readout_bias"], ["y"])]
    else:
        nodes.append(make("Identity", [below], ["y"]))
    kind = onnx.helper.np_dtype_to_tensor_dtype(dtype)
    states = (sizes.layers * sizes.directions, "batch", sizes.hidden)
    graph = onnx.helper.make_graph(
        nodes, "py_lstm",
        [onnx.helper.make_tensor_value_info("x", kind, ("time", "batch", sizes.inputs))],
        [onnx.helper.make_tensor_value_info(name, kind, shape)
         for name, shape in (("y", ("time", "batch", width)), ("h_n", states), ("c_n", states))],
        [tensor(np.ascontiguousarray(value), name) for name, value in constants.items()])
    model = onnx.helper.make_model(graph, producer_name="py_lstm", opset_imports=[onnx.helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def read_onnx(source: str | os.PathLike | bytes, *, name: str = "the file") -> Loaded:
    """The weights of an .onnx file's LSTM nodes, one on the other, and of a linear readout (MatMul or Gemm) of them.

    Only what is certain is read. Refused are nodes that compute something else than py_lstm (other activations, clip,
    coupled gates, the reverse direction alone, lengths), that contradict themselves, or that do not read the outputs of
    the node below at every step; weights kept in other files; first states that the model computes. A readout is one
    linear layer that reads the hidden state of the last node, all units of one step, and leads to an output of the model.

    `notes` of what is returned says, a sentence each, what was left out: what stands before the LSTM and behind it, a
    linear layer that is no readout, first states that are inputs of the model (taken as zero).

    Examples
    --------
    >>> write_onnx("network.onnx", from_network(Network(2, 3)))
    >>> {name: array.shape for name, array in read_onnx("network.onnx").items() if "readout" in name}
    {'readout_weight': (1, 3), 'readout_bias': (1,)}
    >>> read_onnx("network.onnx").notes
    []
    """
    onnx = _library()
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    else:
        name = weight_files.file_name(source)
        data = weight_files.read_bytes(source, kind=".onnx")
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:                       # protobuf's own classes, which differ between its versions
        raise InvalidInput("source", "file", f"{name} is no ONNX model ({cut(str(error), 100)}); copy or download it "
                           "again, or export it anew.", file=name) from None
    try:
        stack = read_stack(onnx, model)
        return Loaded(check_weights(from_onnx(stack.layers) | stack.readout), stack.notes)
    except InvalidInput as refused:
        raise InvalidInput(refused.field, refused.code, f"In {name}: {refused}", file=name, **refused.details) from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):       # nodes without the inputs that they must have
        raise InvalidInput("source", "file", f"{name} is damaged: its LSTM nodes are not as ONNX describes them; export it "
                           "anew.", file=name) from None


def _library() -> Any:
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError:
        raise InvalidInput("onnx", "missing", "ONNX files need the onnx package; install it with pip install "
                           '"py_lstm[onnx]".') from None
    return onnx
