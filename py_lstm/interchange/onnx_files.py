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
from ..validation import InvalidInput, floating
from .weights import Arrays, check_weights, sizes_of

# What every runtime of the last years reads: the LSTM of opset 14 is the first with its layout attribute.
_OPSET, _IR = 14, 8
_PASSING = ("Transpose", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Dropout")
_DEFAULTS = {"direction": (b"forward", b"bidirectional"), "clip": (), "input_forget": (0,), "activation_alpha": (),
             "activation_beta": ()}


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


def read_onnx(source: str | os.PathLike | bytes, *, name: str = "the file") -> Arrays:
    """The weights of an .onnx file's LSTM nodes, one on the other, and of a linear readout (MatMul or Gemm) of them.

    Nodes that compute something else than py_lstm (other activations, clip, coupled gates, the reverse direction
    alone), weights kept in other files and first states that the model computes are refused. What the model does
    besides is not looked at.

    Examples
    --------
    >>> write_onnx("network.onnx", from_network(Network(2, 3)))
    >>> {name: array.shape for name, array in read_onnx("network.onnx").items() if "readout" in name}
    {'readout_weight': (1, 3), 'readout_bias': (1,)}
    """
    onnx = _library()
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    else:
        name = weight_files.file_name(source)
        data = weight_files.read_bytes(source, kind=".onnx")
    try:
        graph = onnx.load_model_from_string(data).graph
        constants = {tensor.name: tensor for tensor in graph.initializer}
        constants |= {node.output[0]: attribute.t for node in graph.node if node.op_type == "Constant" and node.output
                      for attribute in node.attribute if attribute.name == "value"}
        made_by = {output: node for node in graph.node for output in node.output if output}
        layers = [node for node in graph.node if node.op_type == "LSTM"]
    except Exception as error:                       # protobuf's own classes, which differ between its versions
        raise InvalidInput("source", "file", f"{name} is no ONNX model ({str(error)[:100]}); copy or download it "
                           "again, or export it anew.", file=name) from None
    try:
        if not layers:
            raise InvalidInput("weights", "missing", "there is no LSTM node; export a model that has one.")
        below = None
        inputs = []
        for node in layers:
            _check_attributes(node)
            if below is not None and _origin(node.input[0], made_by) is not below:
                raise InvalidInput("weights", "order", "the LSTM nodes do not stand one on the other; give a model "
                                   "with one stack of them.")
            inputs.append(_inputs(onnx, node, made_by, constants))
            below = node
        weights = from_onnx(inputs)
        return check_weights(weights | _readout(onnx, graph, below, made_by, constants))
    except InvalidInput as refused:
        raise InvalidInput(refused.field, refused.code, f"In {name}: {refused}", file=name, **refused.details) from None


def _check_attributes(node: Any) -> None:
    """Refuse an LSTM node that computes something else."""
    for attribute in node.attribute:
        if attribute.name == "activations":
            named = [text.lower() for text in attribute.strings]
            usual = named == [b"sigmoid", b"tanh", b"tanh"] * (len(named) // 3)
            said = b", ".join(named).decode("utf-8", "replace")[:60]
        else:
            value = {1: attribute.f, 2: attribute.i, 3: attribute.s}.get(attribute.type, attribute.floats)
            usual = attribute.name not in _DEFAULTS or value in _DEFAULTS[attribute.name]
            said = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))[:60]
        if not usual:
            raise InvalidInput("weights", "choice", f"an LSTM node has {attribute.name} {said}, with which its weights "
                               f"mean other numbers; export the model without.", got=said)


def _inputs(onnx: Any, node: Any, made_by: dict, constants: dict) -> Arrays:
    """W, R, B, P and the initial states of a node."""
    found: Arrays = {}
    for place, key in enumerate(("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")):
        name = node.input[place] if place < len(node.input) else ""
        if not name or key in ("X", "sequence_lens"):
            continue
        made = []                                       # how a state for the whole batch comes from what is stored
        while key.startswith("initial_") and name in made_by and name not in constants and len(made) < 10:
            maker = made_by[name]
            made.append(maker.op_type)
            if maker.op_type == "ConstantOfShape":
                values = [_value(onnx, attribute.t) for attribute in maker.attribute]
                found[key] = values[0] if values else np.zeros(1)
                break
            if maker.op_type not in ("Expand", "Slice", "Identity") or not maker.input:
                break
            name = maker.input[0]
        if name in constants:
            found[key] = _value(onnx, constants[name])
        if key in found and key.startswith("initial_") and not found[key].any():
            del found[key]
        elif key not in found or "Slice" in made or "ConstantOfShape" in made:
            raise InvalidInput(key, "missing", f"{key} of an LSTM node is no constant in the file but computed or "
                               "passed in; export the model with its weights, and without first states.")
    return found


def _readout(onnx: Any, graph: Any, last: Any, made_by: dict, constants: dict) -> Arrays:
    """V and a, if a MatMul (and Add) or a Gemm with constants takes what the last LSTM gives."""
    for node in graph.node:
        if node.op_type not in ("MatMul", "Gemm") or len(node.input) < 2 or node.input[1] not in constants \
                or _origin(node.input[0], made_by) is not last:
            continue
        V = _value(onnx, constants[node.input[1]])
        settings = {attribute.name: attribute.f or attribute.i for attribute in node.attribute}
        if settings.get("alpha", 1) != 1 or settings.get("beta", 1) != 1 or settings.get("transA"):
            raise InvalidInput("readout_weight", "choice", "the readout is scaled or transposed; export it as a plain "
                               "linear layer.")
        V = V if settings.get("transB") else V.T
        bias = [constants[node.input[2]]] if len(node.input) > 2 and node.input[2] in constants else [
            constants[name] for add in graph.node if add.op_type == "Add" and node.output[0] in add.input
            for name in add.input if name in constants]
        return {"readout_weight": V} | ({"readout_bias": _value(onnx, bias[0])} if bias else {})
    return {}


def _origin(name: str, made_by: dict) -> Any:
    """The node whose numbers `name` holds, behind nodes that only arrange them; None at the model's input."""
    node = made_by.get(name)
    for _ in range(100):
        if node is None or node.op_type not in _PASSING or not node.input:
            return node
        node = made_by.get(node.input[0])
    return None


def _value(onnx: Any, tensor: Any) -> np.ndarray:
    """A constant of the file; one that is kept in another file is not followed."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise InvalidInput("weights", "file", "the weights are kept in another file; save the model as one file, "
                           "onnx.save(model, path, save_as_external_data=False).")
    try:
        value = onnx.numpy_helper.to_array(tensor)
    except Exception as error:
        raise InvalidInput("weights", "file", f"a tensor is cut off or damaged ({str(error)[:100]}); copy or download "
                           "the file again, or export it anew.") from None
    return value


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
