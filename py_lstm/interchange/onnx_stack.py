"""The LSTM nodes of an ONNX model as one stack of layers, and the linear readout behind it, or why they are not that.

Nothing is guessed: a node whose parts contradict one another, or that reads anything but the outputs of every step of the
node below, is refused with a sentence that names the nodes. What stands around the stack is left out and told in a note.
"""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple

import numpy as np

from .onnx_axes import Axis, plain
from .onnx_constants import attribute
from .onnx_graph import Graph, Held, Linear
from ..validation import InvalidInput, shown
from .weights import Arrays, listed

_OUTPUTS = ("the outputs", "h_n, the last hidden state,", "c_n, the last cell state,")
_ALONE = "save each of them as a model of its own, onnx.utils.extract_model, and read that"
_DEFAULTS: dict[str, tuple] = {"direction": (b"forward", b"bidirectional"), "input_forget": (0,), "layout": (0, 1)}
_EMPTY = ("activation_alpha", "activation_beta")        # settings of activations that have none
_ELSEWHERE = {"GRU": "a GRU", "RNN": "a plain RNN", "DynamicQuantizeLSTM": "an LSTM that onnxruntime quantized"}


class Stack(NamedTuple):
    """W, R, B, P and first states of each layer; readout_weight and readout_bias, or nothing; what was left out."""

    layers: list[Arrays]
    readout: Arrays
    notes: list[str]


def read_stack(onnx: Any, model: Any) -> Stack:
    """The stack of LSTM layers in a model."""
    graph = Graph(onnx, model.graph)
    nodes = [node for node in graph.nodes if _is_lstm(node)]
    _refuse_others(model, nodes)
    notes: list[str] = []
    layers = []
    for below, node in zip([None, *nodes], nodes):
        _check_attributes(onnx, node)
        if below is None:
            notes += _first_input(graph, node)
        else:
            _check_order(graph, below, node)
        layers.append(_inputs(graph, node, notes))
    sizes = [node["R"].shape[2] for node in layers]
    if len(set(sizes)) > 1:
        raise InvalidInput("weights", "shape", f"The LSTM nodes have {listed(sizes)} units, and the layers of one LSTM here have "
                           f"equally many; {_ALONE}.", got=shown(sizes))
    readout, more = _readout(graph, nodes[-1])
    return Stack(layers, readout, notes + more)


def _is_lstm(node: Any) -> bool:
    return node.op_type == "LSTM" and node.domain in ("", "ai.onnx")


def named(node: Any) -> str:
    """A node as a sentence names it."""
    name = node.name or next((output for output in node.output if output), "")
    return f"{node.op_type} node {shown(name)}"


# --- what cannot be read at all ---------------------------------------------------------------------------------------

def _refuse_others(model: Any, nodes: list[Any]) -> None:
    """Refuse a model without LSTM nodes of its own, or with more of them where they are not followed."""
    inside = [(holder, node) for holder, node in _inner(model) if _is_lstm(node)]
    if inside:
        holders = sorted({holder for holder, _ in inside})
        which = f"{'its' if not nodes else 'some of its'} LSTM nodes ({listed(_name(node) for _, node in inside)})"
        raise InvalidInput("weights", "missing", f"{which} stand inside {listed(holders)}, which decide or repeat while the "
                           "model runs, so what they compute cannot be told from the file; export the LSTM alone, without branches and loops around it.")
    if nodes:
        return
    every = [node for node in model.graph.node] + [node for _, node in _inner(model)]
    other = [node for node in every if node.op_type in _ELSEWHERE or "LSTM" in node.op_type]
    if not other:
        raise InvalidInput("weights", "missing", "there is no LSTM node; export a model that has one (an exporter may have written "
                           "it as single multiplications and sigmoids).")
    kind = other[0].op_type
    what = _ELSEWHERE.get(kind, f"a node that ONNX' own set does not have, {other[0].domain}.{kind}")
    remedy = "read the model from which it was quantized" if "Quantize" in kind else \
        f"{kind}(...).load_state_dict(...) takes a {kind}'s weights as PyTorch names them" if kind in ("GRU", "RNN") else \
        "export it with ONNX' LSTM node"
    raise InvalidInput("weights", "missing", f"there is no LSTM node; {named(other[0])} is {what}, and only an LSTM's weights are read "
                       f"here; {remedy}.")


def _inner(model: Any) -> Iterable[tuple[str, Any]]:
    """The nodes inside others, such as the branches of an If, and of functions, with what they stand in."""
    todo = [(None, model.graph.node)] + [(f"the function {function.name}", function.node) for function in model.functions]
    while todo:
        holder, nodes = todo.pop()
        for node in nodes:
            if holder:
                yield holder, node
            for each in node.attribute:
                for graph in [each.g] * each.HasField("g") + list(each.graphs):
                    todo.append((f"{named(node)}", graph.node))


def _name(node: Any) -> str:
    return shown(node.name or next((output for output in node.output if output), ""))


# --- one node ---------------------------------------------------------------------------------------------------------

def _check_attributes(onnx: Any, node: Any) -> None:
    """Refuse an LSTM node that computes something else."""
    directions = 2 if attribute(onnx, node, "direction") == b"bidirectional" else 1
    for each in node.attribute:
        value = attribute(onnx, node, each.name)
        if each.name == "activations":
            value = [text.decode("utf-8", "replace").lower() for text in value]
            usual = value in ([], ["sigmoid", "tanh", "tanh"] * directions)
        elif each.name in _EMPTY:
            usual = value == []
        else:
            usual = each.name == "hidden_size" or value in _DEFAULTS.get(each.name, ())
        if not usual:
            said = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            raise InvalidInput("weights", "choice", f"{named(node)} has {each.name} {shown(said)[1:-1]}, with which its weights mean "
                               "other numbers; export the model without.", got=shown(said))
    if len(node.input) > 4 and node.input[4]:
        raise InvalidInput("weights", "choice", f"{named(node)} takes the lengths of its sequences (sequence_lens), which no weight "
                           "says; export the model without them, and give lengths to LSTM(...) when you call it.")


def _inputs(graph: Graph, node: Any, notes: list[str]) -> Arrays:
    """W, R, B, P and the initial states of a node, if their shapes fit one another."""
    found: Arrays = {}
    for key, place in (("W", 1), ("R", 2), ("B", 3), ("P", 7)):
        name = node.input[place] if place < len(node.input) else ""
        if name or key in "WR":
            value = graph.constant(name)
            if value is None:
                maker = graph.made_by.get(name)
                how = f"computed by {named(maker)}" if maker is not None else "passed in"
                raise InvalidInput(key, "missing", f"{key} of an LSTM node, {_name(node)}, is no constant in the file but {how}; "
                                   "export the model with its weights.")
            found[key] = value
    _check_shapes(graph, node, found)
    batch_first = graph.attribute(node, "layout", 0) == 1
    for key, place in (("initial_h", 5), ("initial_c", 6)):
        name = node.input[place] if place < len(node.input) else ""
        if name:
            state = _state(graph, node, key, name, found["R"].shape[2], len(found["R"]), batch_first, notes)
            if state is not None and state.any():
                found[key] = state
    return found


def _check_shapes(graph: Graph, node: Any, found: Arrays) -> None:
    R = found["R"]
    if R.ndim != 3 or R.shape[1] != 4 * R.shape[2] or 0 in R.shape:
        raise InvalidInput("R", "shape", f"R of {named(node)} has shape {R.shape}; give shape (directions, 4 units, units).",
                           got=str(R.shape))
    D, _, H = R.shape
    given = graph.attribute(node, "hidden_size", H)
    both = graph.attribute(node, "direction", b"forward") == b"bidirectional"
    if given != H:
        raise InvalidInput("weights", "shape", f"{named(node)} contradicts itself: hidden_size is {given} and R is of {H} units; an "
                           "exporter may have lost a projection. Export the model anew, without one (proj_size=0).", got=str(given))
    if D != 1 + both:
        raise InvalidInput("weights", "shape", f"{named(node)} contradicts itself: direction is "
                           f"{'bidirectional' if both else 'forward'} and R is of {D} direction{'s'[:D > 1]}; export the model anew.",
                           got=str(D))
    for key, shape in (("W", (D, 4 * H, None)), ("B", (D, 8 * H)), ("P", (D, 3 * H))):
        have = found[key].shape if key in found else shape
        if len(have) != len(shape) or any(a == 0 or b not in (a, None) for a, b in zip(have, shape)):
            wanted = str(shape).replace("None", "inputs")
            raise InvalidInput(key, "shape", f"{named(node)} contradicts itself: {key} has shape {have}, and beside R of shape {R.shape} "
                               f"it must have {wanted}; export the model anew.", got=str(have), wanted=wanted)


def _state(graph: Graph, node: Any, key: str, name: str, H: int, D: int, batch_first: bool, notes: list[str]) -> np.ndarray | None:
    """A first state (D, 1, H); None for zeros."""
    held = graph.of(name)
    order = (1, 0, 2) if batch_first else (0, 1, 2)
    stored = graph.constant(held.spread or name)
    sizes = stored.shape if stored is not None else [axis[0].size if len(axis) == 1 else None for axis in held.axes] \
        if held.axes is not None else None
    if sizes is not None and (stored is not None or held.filled is not None):
        wanted = [(D, None, H)[k] for k in order]
        if len(sizes) != 3 or any(want is not None and have not in (None, want) for have, want in zip(sizes, wanted)):
            raise InvalidInput(key, "shape", f"{named(node)} contradicts itself: {key} has shape {tuple(sizes)}, and its state is of "
                               f"{D} direction{'s'[:D > 1]} and {H} units; export the model anew.", got=str(tuple(sizes)))
    if held.filled is not None:
        return np.full((D, 1, H), held.filled, np.float32)
    if stored is not None:
        state = np.transpose(stored, order)
        if state.shape[1] == 0 or not (state == state[:, :1]).all():
            raise InvalidInput(key, "shape", f"{key} of {named(node)} is another one for each sequence of a batch; export the model "
                               "with the same first state for all of them, or without.", got=str(stored.shape))
        return state[:, :1]
    given = graph.of(node.input[0]).source
    if held.source and held.source.node is None and held.source != given:
        notes.append(f"{key} of {named(node)} is an input of the model, {shown(held.source.name)}; it is taken as zero here.")
        return None
    maker = held.source and held.source.node
    how = f"computed by {named(maker)}" if maker is not None else "cut from the sequence itself"
    raise InvalidInput(key, "missing", f"{key} of an LSTM node, {_name(node)}, is no constant in the file but {how}; export the "
                       "model without first states, or with states that are inputs of their own.")


# --- one on the other -------------------------------------------------------------------------------------------------

def _first_input(graph: Graph, node: Any) -> list[str]:
    """What the first layer reads: a note if that is not the model's input itself."""
    held = graph.of(node.input[0])
    if held.backwards:
        raise InvalidInput("weights", "order", f"{named(node)} reads its sequence backwards, and an LSTM here reads it forwards; export "
                           "it without, or give it a second direction.")
    if held.source is None or held.source.node is None:
        return []
    return [f"{named(node)} reads what {named(held.source.node)} computes, which is left out: give the LSTM that, not the model's "
            "input."]


def _check_order(graph: Graph, below: Any, node: Any) -> None:
    """Refuse a node that reads anything but the outputs of the node below at every step, the batch and the units in place."""
    held = graph.of(node.input[0])
    if held.source and held.source.node is below and held.source.output == 0 and held.axes is not None and not held.backwards:
        time, batch, units = _extents(graph, below)
        wanted = [batch, time] if graph.attribute(node, "layout", 0) == 1 else [time, batch]
        if [plain(axis) for axis in held.axes] == [*wanted, units]:
            return
    raise InvalidInput("weights", "order", f"the LSTM nodes do not stand one on the other: {named(node)} reads "
                       f"{_reads(graph, below, held)}, where a second layer reads the outputs of {named(below)} at every step; {_ALONE}.")


def _extents(graph: Graph, node: Any) -> tuple[Axis, Axis, Axis]:
    """Time, batch, and directions and units together of the outputs of an LSTM node."""
    axes = [plain(axis) for axis in graph.of(node.output[0]).axes]
    time, directions, batch, units = (axes[k] for k in ((1, 2, 0, 3) if graph.attribute(node, "layout", 0) == 1 else (0, 1, 2, 3)))
    return time, batch, directions + units


def _reads(graph: Graph, below: Any, held: Held) -> str:
    """What a tensor is, for a sentence."""
    if held.source is None:
        return "a constant"
    node = held.source.node
    if node is None:
        return f"the model's input {shown(held.source.name)}"
    if not _is_lstm(node):
        return f"what {named(node)} computes"
    if node is below and held.source.output == 0:
        return f"the outputs of {named(node)} " + ("backwards" if held.backwards else "along other axes, or only some of them")
    return f"{_OUTPUTS[held.source.output]} of {named(node)}"


# --- the readout ------------------------------------------------------------------------------------------------------

def _readout(graph: Graph, last: Any) -> tuple[Arrays, list[str]]:
    """V and a, if exactly one linear layer surely reads the last LSTM's hidden state and leads to an output of the model."""
    readers = [held.linear for node in graph.nodes for held in [graph.of(node.output[0]) if node.output else Held()]
               if held.linear and held.linear.node is node and held.linear.of.source and held.linear.of.source.node is last]
    notes = []
    taken: dict[str, Arrays] = {}
    for linear in readers:
        arrays, why = _linear(graph, last, _with_bias(graph, linear))
        if why:
            notes.append(f"{named(linear.node)} is left out: {why}.")
        else:
            taken[linear.node.output[0]] = arrays
    ends = [held for output in graph.outputs for held in [graph.of(output.name)] if held.linear]
    reached = {held.linear.node.output[0] for held in ends}
    if len(taken) > 1:
        notes.append(f"No readout is read: {listed(map(named, (r.node for r in readers if r.node.output[0] in taken)))} all read the LSTM.")
        return {}, notes
    for name, arrays in taken.items():
        node = graph.made_by[name]
        if name not in reached:
            notes.append(f"{named(node)} is left out: what it computes is not an output of the model.")
            return {}, notes
        after = sorted({kind for held in ends if held.linear.node is node for kind in held.after})
        if after:
            notes.append(f"The readout, {named(node)}, is read, and what comes behind it is left out: {listed(after)}.")
        return arrays, notes
    behind = [node for node in graph.nodes if node is not last and graph.of(node.output[0] if node.output else "").source
              and graph.of(node.output[0]).source.node is node
              and any((held := graph.of(name)).source and held.source.node is last for name in node.input)]
    if behind and not readers:
        notes.append(f"What reads the LSTM is left out: {listed(map(named, behind))}.")
    return {}, notes


def _with_bias(graph: Graph, linear: Linear) -> Linear:
    """The linear layer with the bias that an Add behind its MatMul gives it."""
    for node in graph.nodes:
        held = graph.of(node.output[0]) if node.output else Held()
        if node.op_type == "Add" and held.linear and held.linear.node is linear.node and held.linear.bias:
            return held.linear
    return linear


def _linear(graph: Graph, last: Any, linear: Linear) -> tuple[Arrays, str]:
    """readout_weight and readout_bias of a linear layer, or why it is not the readout."""
    source, axes = linear.of.source, linear.of.axes
    if source.output == 2:
        return {}, "it reads c_n, the last cell state"
    directions = len(graph.constant(last.input[2]))
    if source.output == 1 and directions > 1:
        return {}, "it reads the last hidden states of two directions, which are of different steps"
    units = plain(graph.of(source.name).axes[-1]) if source.output else _extents(graph, last)[2]
    if axes is None or plain(axes[-1]) != units:
        return {}, "it does not read all units of one step, but several steps together or a part"
    V = graph.constant(linear.weight)
    a = graph.constant(linear.bias) if linear.bias else None
    if V is None or not linear.plain:
        return {}, "it is scaled or transposed"
    V = V if linear.transposed else V.T
    if V.ndim != 2 or (a is not None and (a.size not in (1, len(V)) or (a.ndim and a.shape[-1] != a.size))):
        return {}, "its weights are no matrix and vector"
    return {"readout_weight": V} | ({} if a is None else {"readout_bias": np.broadcast_to(a.ravel(), len(V))}), ""
