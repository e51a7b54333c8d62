"""Which numbers of an ONNX graph are the numbers of which other tensor, followed forwards, axis by axis.

An LSTM node says neither which of its axes the next node takes for time nor whether that node gets the hidden states of
every step, the last one or the cell states. `Graph` answers this: for every tensor that holds nothing but rearranged
numbers of one source, it knows the source and of what each axis consists. What it cannot follow it calls a new source,
so that an answer is either certain or absent.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import onnx_axes
from .onnx_axes import Axis, Dimension, Extent, length, product
from .onnx_constants import FOLDED, attribute, decoded, folded
from ..validation import InvalidInput

_DEEPEST = 100                      # nodes between a constant and what is made of it
_PASSING = ("Identity", "Dropout", "Cast")
_MOVING = ("Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Gather", "Slice", "Split", "ReverseSequence")
# What a model may still do with the readout's outputs, element by element or along their own axis.
ACTIVATIONS = ("Softmax", "LogSoftmax", "Hardmax", "Sigmoid", "HardSigmoid", "Tanh", "Relu", "LeakyRelu", "Elu", "Selu",
               "Softplus", "Softsign", "Exp", "ArgMax")


class Source(NamedTuple):
    """Where numbers come from: an output of a node, or (node None) an input of the model."""

    node: Any
    output: int
    name: str


class Held(NamedTuple):
    """What is known of a tensor.

    source, axes : whose numbers these are, and of what each axis consists (None: the order is not known)
    backwards : whether some axis runs backwards
    shape : the numbers of a tensor that is itself a shape or an index, as far as they are known
    constant : whether they are in the file; see `Graph.constant`
    filled, spread : the one number that stands everywhere in it; the constant that an Expand repeats
    linear, after : the linear layer of one of the sources that gives these numbers, and the activations behind it
    """

    source: Source | None = None
    axes: tuple[Axis, ...] | None = None
    backwards: bool = False
    shape: tuple[Dimension, ...] | None = None
    constant: bool = False
    filled: float | None = None
    spread: str | None = None
    linear: "Linear | None" = None
    after: tuple[str, ...] = ()


class Linear(NamedTuple):
    """A MatMul or Gemm with constants, V h + a; of is what it reads, `plain` whether nothing scales or transposes it."""

    node: Any
    of: Held
    weight: str
    transposed: bool
    bias: str | None
    plain: bool


class Graph:
    """The nodes of the top graph of a model, what each tensor holds, and the constants."""

    def __init__(self, onnx: Any, graph: Any):
        self.onnx = onnx
        self.nodes = list(graph.node)               # one object for each, so that `is` tells them apart
        self.outputs = list(graph.output)
        self.tensors = {tensor.name: tensor for tensor in graph.initializer}
        self.made_by = {output: node for node in self.nodes for output in node.output if output}
        self.held: dict[str, Held] = {name: Held(constant=True) for name in self.tensors}
        self.depth: dict[str, int] = {}
        self.values: dict[str, np.ndarray] = {}
        for given in graph.input:
            if given.name not in self.tensors:
                self.held[given.name] = _input(given)
        for node in self.nodes:
            self._follow(node)

    def of(self, name: str) -> Held:
        """What is known of the tensor called `name`."""
        return self.held.get(name) or Held()

    def attribute(self, node: Any, name: str, default: Any = None) -> Any:
        """An attribute of a node."""
        return attribute(self.onnx, node, name, default)

    def constant(self, name: str) -> np.ndarray | None:
        """The numbers of a tensor if they are in the file, as they stand or put together from what stands there."""
        if not self.of(name).constant:
            return None
        if name not in self.values:
            if name in self.tensors:
                self.values[name] = decoded(self.onnx, self.tensors[name])
            else:
                node = self.made_by[name]
                try:
                    self.values[name] = folded(self.onnx, node, [self.constant(given) for given in node.input if given])
                except InvalidInput:
                    raise
                except Exception:                   # indices or axes that the constant does not have
                    self.held[name] = Held(Source(node, 0, name))
                    return None
        return self.values[name]

    def numbers(self, name: str) -> tuple[Dimension, ...] | None:
        """The entries of a shape, an axis list or an index, each known or None."""
        held = self.of(name)
        if held.shape is None and held.constant:
            value = self.constant(name)
            if value is not None and value.dtype.kind in "iu" and value.size <= 64:
                return tuple(value.ravel().tolist())
        return held.shape

    def _follow(self, node: Any) -> None:
        """Set what is known of a node's outputs."""
        kind = node.op_type if node.domain in ("", "ai.onnx") else ""
        try:
            answer = self._answer(kind, node)
        except InvalidInput:
            raise
        except Exception:                           # attributes or inputs that such a node does not have
            answer = None
        for place, output in enumerate(node.output):
            if output:
                known = answer[place] if isinstance(answer, list) and place < len(answer) else \
                    answer if isinstance(answer, Held) and place == 0 else None
                self.held[output] = known or Held(Source(node, place, output))

    def _answer(self, kind: str, node: Any) -> Held | list[Held] | None:
        first = node.input[0] if node.input else ""
        if kind == "Constant":
            return self._constant_node(node)
        if kind == "LSTM":
            return self._lstm(node)
        if kind == "Shape":
            return self._shape_of(node)
        if kind in FOLDED and all(self.of(name).constant for name in node.input if name):
            depth = 1 + max((self.depth.get(name, 0) for name in node.input), default=0)
            self.depth[node.output[0]] = depth
            return Held(constant=True) if depth < _DEEPEST else None
        if kind in ("ConstantOfShape", "Expand") or (kind == "Slice" and self.of(first).filled is not None):
            return self._filled(kind, node)
        shape = self._computed_shape(kind, node)
        if shape is not None:
            return Held(Source(node, 0, node.output[0]), shape=shape)
        if kind in ("MatMul", "Gemm") and self.of(first).source and self.of(node.input[1]).constant:
            return self._linear(kind, node, self.of(first))
        if kind == "Add":
            return self._biased(node)
        held = self.of(first)
        if kind in ACTIVATIONS and held.linear:
            return held._replace(after=(*held.after, kind), axes=None if kind == "ArgMax" else held.axes)
        if kind in _PASSING and held.source:
            return held if self._keeps(kind, node) else None
        if kind == "Gather" and self.of(node.input[1]).source and self.of(first).constant:
            return Held(Source(node, 0, node.output[0]), backwards=self.of(node.input[1]).backwards)       # an embedding
        if kind in _MOVING and held.source:
            return self._moved(kind, node, held)
        return None

    # --- sources -----------------------------------------------------------------------------------------------------

    def _lstm(self, node: Any) -> list[Held]:
        """Y (T, D, N, H), h_n and c_n (D, N, H); with layout=1 the batch stands first."""
        x = self.of(node.input[0])
        R = self.of(node.input[2]).constant and self.constant(node.input[2])
        D, H = (R.shape[0], R.shape[2]) if isinstance(R, np.ndarray) and R.ndim == 3 else (None, None)
        batch_first = self.attribute(node, "layout", 0) == 1
        outer = x.axes[:2] if x.axes is not None and len(x.axes) == 3 else ((Extent(),), (Extent(),))
        time, batch = outer[::-1] if batch_first else outer
        directions, units = (Extent(D, single=D == 1),), (Extent(H),)
        every = (batch, time, directions, units) if batch_first else (time, directions, batch, units)
        last = (batch, directions, units) if batch_first else (directions, batch, units)
        return [Held(Source(node, place, name), axes)
                for place, (name, axes) in enumerate(zip(node.output, (every, last, last)))]

    def _linear(self, kind: str, node: Any, of: Held) -> Held:
        transposed = kind == "Gemm" and bool(self.attribute(node, "transB", 0))
        bias = node.input[2] if len(node.input) > 2 and node.input[2] else None
        plain = kind == "MatMul" or (self.attribute(node, "alpha", 1.0) == 1.0 and self.attribute(node, "beta", 1.0) == 1.0
                                     and not self.attribute(node, "transA", 0) and (bias is None or self.of(bias).constant))
        linear = Linear(node, of, node.input[1], transposed, bias, plain)
        return Held(Source(node, 0, node.output[0]), of.axes and (*of.axes[:-1], (Extent(),)), linear=linear)

    def _biased(self, node: Any) -> Held | None:
        """The MatMul's linear layer with the constant that is added to it."""
        for held, other in ((self.of(node.input[0]), node.input[1]), (self.of(node.input[1]), node.input[0])):
            if held.linear and not held.linear.bias and not held.after and self.of(other).constant:
                return held._replace(linear=held.linear._replace(bias=other))
        return None

    # --- constants and shapes ----------------------------------------------------------------------------------------

    def _constant_node(self, node: Any) -> Held | None:
        for attribute in node.attribute:
            if attribute.name == "value":
                self.tensors[node.output[0]] = attribute.t
                return Held(constant=True)
            if attribute.name in ("value_int", "value_ints", "value_float", "value_floats"):
                value = np.asarray(self.attribute(node, attribute.name))
                self.values[node.output[0]] = value.astype(np.int64 if value.dtype.kind == "i" else np.float32)
                return Held(constant=True)
        return None

    def _shape_of(self, node: Any) -> Held | None:
        axes = self.of(node.input[0]).axes
        if self.of(node.input[0]).constant:
            value = self.constant(node.input[0])
            axes = None if value is None else tuple((Extent(size),) for size in value.shape)
        if axes is None:
            return None
        entries = tuple(map(length, axes))[self.attribute(node, "start", 0):self.attribute(node, "end", len(axes))]
        return Held(Source(node, 0, node.output[0]), shape=entries)

    def _computed_shape(self, kind: str, node: Any) -> tuple[Dimension, ...] | None:
        """What arithmetic with shapes gives, such as Concat(Shape(x)[:2], [-1])."""
        if not node.input or not any(self.of(name).shape is not None for name in node.input):
            return None
        known = [self.numbers(name) for name in node.input]
        if known[0] is None:
            return None
        if kind in ("Identity", "Cast", "Unsqueeze", "Squeeze"):
            return known[0]
        if kind == "Reshape" and len(known[0]) == 1:
            return known[0]
        if kind == "Concat":
            return None if None in known else tuple(entry for entries in known for entry in entries)
        if kind == "Gather" and known[1] is not None and all(isinstance(k, int) for k in known[1]):
            return tuple(known[0][k] for k in known[1])
        if kind == "Slice" and None not in known and all(isinstance(k, int) for entries in known[1:] for k in entries):
            return known[0][slice(known[1][0], known[2][0], known[4][0] if len(known) > 4 else None)]
        if kind == "Mul" and known[1] is not None and len(known[0]) == len(known[1]):
            return tuple(map(product, known[0], known[1]))
        return None

    def _filled(self, kind: str, node: Any) -> Held | None:
        """A tensor of one number, or a stored one that stands there once for each sequence of a batch."""
        if kind == "ConstantOfShape":
            value = self.attribute(node, "value")
            number = 0.0 if value is None else float(decoded(self.onnx, value).ravel()[0])
            entries = self.numbers(node.input[0])
        elif kind == "Slice":
            held, spans = self.of(node.input[0]), self._steps(node)[0]
            return held._replace(axes=None if held.axes is None or spans is None else
                                 tuple(onnx_axes.sliced(list(held.axes), spans)))
        else:
            stored = self.constant(node.input[0])
            if stored is None:
                return None
            if stored.size != 1 and stored.any():
                return Held(Source(node, 0, node.output[0]), spread=node.input[0])
            number, entries = float(stored.ravel()[0]) if stored.size else 0.0, self.numbers(node.input[1])
            if entries is not None and stored.ndim == len(entries):
                entries = tuple(have if have > 1 else entry for have, entry in zip(stored.shape, entries))
        axes = None if entries is None else tuple((Extent(size if isinstance(size, int) else None),) for size in entries)
        return Held(Source(node, 0, node.output[0]), axes, filled=number)

    # --- rearranging -------------------------------------------------------------------------------------------------

    def _moved(self, kind: str, node: Any, held: Held) -> Held | list[Held]:
        backwards = held.backwards or kind == "ReverseSequence" or (kind == "Slice" and self._steps(node)[1])
        lost = held._replace(axes=None, backwards=backwards)
        if kind in ("Split", "ReverseSequence") or held.axes is None:
            return [lost] * len(node.output)
        axes = self._new_axes(kind, node, list(held.axes))
        return lost._replace(axes=None if axes is None else tuple(axes))

    def _new_axes(self, kind: str, node: Any, axes: list[Axis]) -> list[Axis] | None:
        if kind == "Transpose":
            return onnx_axes.transposed(axes, self.attribute(node, "perm"))
        if kind == "Squeeze":
            return onnx_axes.squeezed(axes, self._axes(node))
        if kind == "Unsqueeze":
            return onnx_axes.unsqueezed(axes, self._axes(node))
        if kind == "Flatten":
            return onnx_axes.flattened(axes, self.attribute(node, "axis", 1))
        if kind == "Gather":
            index = self.constant(node.input[1])
            return None if index is None else onnx_axes.gathered(axes, self.attribute(node, "axis", 0), index.shape)
        if kind == "Slice":
            spans, _ = self._steps(node)
            return None if spans is None else onnx_axes.sliced(axes, spans)
        wanted = self.numbers(node.input[1])
        return None if wanted is None else onnx_axes.reshaped(axes, wanted, bool(self.attribute(node, "allowzero", 0)))

    def _steps(self, node: Any) -> tuple[list[tuple[int, int, int, int]] | None, bool]:
        """Axis, start, end and step of a Slice, and whether any of them goes backwards."""
        if len(node.input) > 1:
            given = [self.numbers(name) if name else None for name in node.input[1:]]
            starts, ends, axes, steps = (given + [None] * 4)[:4]
            if len(node.input) > 4 and node.input[4] and steps is None:
                return None, True                   # a step that is computed
        else:
            starts, ends, axes = (self.attribute(node, name) for name in ("starts", "ends", "axes"))
            steps = None
        backwards = steps is not None and any(not isinstance(step, int) or step < 0 for step in steps)
        known = [entries for entries in (starts, ends, axes, steps) if entries is not None]
        if starts is None or ends is None or not all(isinstance(k, int) for entries in known for k in entries):
            return None, backwards
        axes, steps = axes if axes is not None else range(len(starts)), steps if steps is not None else [1] * len(starts)
        return list(zip(axes, starts, ends, steps)), backwards

    def _axes(self, node: Any) -> list[int] | None:
        """The axes of a Squeeze or Unsqueeze, from its second input or, before opset 13, its attribute."""
        if len(node.input) > 1 and node.input[1]:
            return list(self.numbers(node.input[1]))
        return self.attribute(node, "axes")

    def _keeps(self, kind: str, node: Any) -> bool:
        """Whether a Cast is to floating point and a Dropout does nothing, as where a model is not being trained."""
        if kind == "Dropout":
            training = self.constant(node.input[2]) if len(node.input) > 2 and node.input[2] else np.False_
            return training is not None and not training.any()
        kinds = self.onnx.TensorProto
        return kind != "Cast" or self.attribute(node, "to") in (kinds.FLOAT, kinds.DOUBLE, kinds.FLOAT16, kinds.BFLOAT16)


def _input(given: Any) -> Held:
    """An input of the model, with the sizes that the file fixes."""
    kind = given.type.tensor_type
    axes = tuple((Extent(size.dim_value or None),) for size in kind.shape.dim) if kind.HasField("shape") else None
    return Held(Source(None, 0, given.name), axes)
