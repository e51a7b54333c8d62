"""What `read_onnx` reads of models that are no plain stack: what is certain, checked against a runtime, or nothing.

onnxruntime computes every model that is read; the models are made here, node by node, as exporters write them.
"""

import numpy as np
import pytest
from weight_cases import some

from py_lstm import InvalidInput, convert, load_weights, read_onnx, to_lstm, to_onnx

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
make, stored = onnx.helper.make_node, onnx.numpy_helper.from_array
I, H, O, T, N = 3, 4, 2, 7, 5
X = np.random.default_rng(1).normal(size=(T, N, I)).astype(np.float32)


class Model:
    """A model put together node by node; `x` is its input."""

    def __init__(self, shape=("time", "batch", I), kind=onnx.TensorProto.FLOAT):
        self.nodes, self.constants, self.count = [], {}, 0
        self.inputs = [onnx.helper.make_tensor_value_info("x", kind, shape)]
        self.weights = []

    def name(self):
        self.count += 1
        return f"t{self.count}"

    def const(self, value):
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(value)
        return name

    def take(self, name, shape):
        self.inputs.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))
        return name

    def __call__(self, kind, *inputs, outputs=1, **attributes):
        out = [self.name() for _ in range(outputs)]
        self.nodes.append(make(kind, list(inputs), out, name=f"{kind}_{len(self.nodes)}", **attributes))
        return out[0] if outputs == 1 else out

    def lstm(self, x, inputs=I, directions=1, states=(), lengths="", **attributes):
        """Y, h_n and c_n of an LSTM with weights of its own."""
        weights = some(seed=len(self.weights), dtype=np.float32, inputs=inputs, hidden=H, directions=directions)
        self.weights.append(weights)
        node = {key: self.const(value) for key, value in to_onnx(weights)[0].items()}
        if directions == 2:
            attributes = {"direction": "bidirectional"} | attributes
        given = [x, node["W"], node["R"], node["B"], *([lengths, *states] if states or lengths else [])]
        return self("LSTM", *given, outputs=3, **{"hidden_size": H} | attributes)

    def linear(self, h, width=H, gemm=False):
        V, a = (np.random.default_rng(9).normal(size=shape).astype(np.float32) for shape in ((O, width), (O,)))
        self.readout = {"readout_weight": V, "readout_bias": a}
        if gemm:
            return self("Gemm", h, self.const(V), self.const(a), transB=1)
        return self("Add", self("MatMul", h, self.const(V.T)), self.const(a))

    def squeeze(self, name, axis):
        return self("Squeeze", name, self.const([axis]))

    def bytes(self, *outputs):
        graph = onnx.helper.make_graph(
            self.nodes, "g", self.inputs, [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs],
            [stored(value, name) for name, value in self.constants.items()])
        return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=8).SerializeToString()


def outputs(weights, x=X):
    y = to_lstm(weights)(x)[0]
    return y @ weights["readout_weight"].T + weights["readout_bias"] if "readout_weight" in weights else y


def computed(data, **given):
    return runtime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"x": X} | given)[0]


def whole(m, read):
    """Whether what was read of the LSTMs is exactly what stands in the model."""
    for k, weights in enumerate(m.weights):
        for name, value in weights.items():
            assert np.array_equal(read[name.replace("_l0", f"_l{k}")], value)
    assert len([name for name in read if name.startswith("weight_ih")]) == sum("weight_ih" in name for w in m.weights for name in w)


# Stacks ---------------------------------------------------------------------------------------------------------------

def by_squeeze(m, Y):
    return m.squeeze(Y, 1)


def by_reshape(m, Y):
    return m("Reshape", m("Transpose", Y, perm=[0, 2, 1, 3]), m.const([0, 0, -1]))


def by_computed_shape(m, Y):
    """As torch.onnx.export(dynamo=True) writes it: the new shape is Concat of parts of Shape."""
    t = m("Transpose", Y, perm=[0, 2, 1, 3])
    shape = m("Shape", t)
    part = lambda k: m("Slice", shape, m.const([k]), m.const([k + 1]))
    units = m("Reshape", m("Mul", part(2), part(3)), m.const([-1]))
    return m("Reshape", t, m("Concat", part(0), part(1), units, axis=0))


def by_batch_first(m, Y):
    """To (batch, time, units), as the layer gave it, and back to (time, batch, units) for the next."""
    return m("Transpose", m("Transpose", by_reshape(m, Y), perm=[1, 0, 2]), perm=[1, 0, 2])


def by_gather(m, Y):
    return m("Gather", m("Identity", Y), m.const(0), axis=1)


def by_flat(m, Y):
    """Through (time x batch, units) and back by the sizes of the outputs themselves."""
    shape = m("Shape", Y)
    flat = m("Reshape", by_squeeze(m, Y), m.const([-1, H]))
    part = lambda k: m("Unsqueeze", m("Gather", shape, m.const(k), axis=0), m.const([0]))
    return m("Reshape", flat, m("Concat", part(0), part(2), m.const([H]), axis=0))


def whole_slice(m, Y):
    return m("Slice", by_squeeze(m, Y), m.const([0]), m.const([2**62]), m.const([0]), m.const([1]))


ONE = [by_squeeze, by_reshape, by_computed_shape, by_batch_first, by_gather, by_flat, whole_slice]


@pytest.mark.parametrize("way, directions", [*((way, 1) for way in ONE), (by_reshape, 2), (by_computed_shape, 2), (by_batch_first, 2)])
def test_two_layers_are_a_stack_whichever_way_the_outputs_are_arranged_for_the_second(way, directions):
    m = Model()
    below = way(m, m.lstm("x", directions=directions)[0])
    Y = m.lstm(below, inputs=H * directions, directions=directions)[0]
    data = m.bytes(m.linear(by_reshape(m, Y), H * directions))
    read = read_onnx(data)
    whole(m, read)
    assert np.array_equal(read["readout_weight"], m.readout["readout_weight"]) and read.notes == []
    assert np.abs(outputs(read) - computed(data)).max() <= 2e-6


def along_the_batch(m, Y, h, c):
    return m("Transpose", m.squeeze(Y, 1), perm=[1, 0, 2])


def batch_first_behind_one_that_is_not(m, Y, h, c):
    """torch: b(a(x)[0]) with b batch_first: b transposes (time, batch, units) as if it were (batch, time, units)."""
    return m("Transpose", by_reshape(m, Y), perm=[1, 0, 2])


def swapped_by_reshape(m, Y, h, c):
    shape = m("Shape", m.squeeze(Y, 1))
    part = lambda k: m("Slice", shape, m.const([k]), m.const([k + 1]))
    return m("Reshape", m.squeeze(Y, 1), m("Concat", part(1), part(0), m.const([H]), axis=0))


def units_as_steps(m, Y, h, c):
    return m("Transpose", m.squeeze(Y, 1), perm=[2, 1, 0])


WRONG = {
    "along the batch": (along_the_batch, "along other axes"),
    "batch_first behind one that is not": (batch_first_behind_one_that_is_not, "along other axes"),
    "swapped by a Reshape": (swapped_by_reshape, "along other axes"), "units as steps": (units_as_steps, "along other axes"),
    "h_n": (lambda m, Y, h, c: h, "h_n, the last hidden state, of LSTM node 'LSTM_0'"),
    "c_n": (lambda m, Y, h, c: c, "c_n, the last cell state, of LSTM node 'LSTM_0'"),
    "h_n of a batch as steps": (lambda m, Y, h, c: m("Transpose", h, perm=[1, 0, 2]), "h_n, the last"),
    "the last step": (lambda m, Y, h, c: m("Unsqueeze", m("Gather", m.squeeze(Y, 1), m.const(-1), axis=0), m.const([0])), "some of them"),
    "a slice of the steps": (lambda m, Y, h, c: m("Slice", m.squeeze(Y, 1), m.const([1]), m.const([5]), m.const([0])), "some of them"),
    "every second step": (lambda m, Y, h, c: m("Slice", m.squeeze(Y, 1), m.const([0]), m.const([2**62]), m.const([0]), m.const([2])),
                          "some of them"),
    "backwards by a Slice": (lambda m, Y, h, c: m("Slice", m.squeeze(Y, 1), m.const([-1]), m.const([-2**62]), m.const([0]), m.const([-1])),
                             "backwards"),
    "backwards by ReverseSequence": (lambda m, Y, h, c: m("ReverseSequence", m.squeeze(Y, 1), m.const([T] * N), batch_axis=1, time_axis=0),
                                     "backwards"),
    "the steps in another order": (lambda m, Y, h, c: m("Gather", m.squeeze(Y, 1), m.const([3, 2, 1, 0, 4, 5, 6]), axis=0), "some of them"),
    "half of the batch": (lambda m, Y, h, c: m("Split", m.squeeze(Y, 1), m.const([2, 3]), axis=1, outputs=2)[1], "some of them"),
    "joined with the input": (lambda m, Y, h, c: m("Slice", m("Concat", m.squeeze(Y, 1), "x", axis=2), m.const([0]), m.const([H]),
                                                   m.const([2])), "Concat node"),
    "a residual": (lambda m, Y, h, c: m("Add", m.squeeze(Y, 1), m("Slice", m("Concat", "x", "x", axis=2), m.const([0]), m.const([H]),
                                                                 m.const([2]))), "Add node"),
    "Relu": (lambda m, Y, h, c: m("Relu", m.squeeze(Y, 1)), "Relu node 'Relu_2'"),
    "scaled": (lambda m, Y, h, c: m("Mul", m.squeeze(Y, 1), m.const(np.float32(2))), "Mul node"),
    "rounded": (lambda m, Y, h, c: m("Cast", m("Cast", m.squeeze(Y, 1), to=6), to=1), "Cast node"),
    "a linear layer": (lambda m, Y, h, c: m("MatMul", m.squeeze(Y, 1), m.const(np.eye(H, dtype=np.float32))), "MatMul node"),
    "the model's input": (lambda m, Y, h, c: m("Slice", m("Concat", "x", "x", axis=2), m.const([0]), m.const([H]), m.const([2])),
                          "Slice node|Concat node"),
}


@pytest.mark.parametrize("way, word", WRONG.values(), ids=WRONG)
def test_a_second_lstm_that_reads_anything_else_is_refused(way, word):
    m = Model()
    between = way(m, *m.lstm("x"))
    Y = m.lstm(between, inputs=T if way is units_as_steps else H)[0]
    data = m.bytes(m.squeeze(Y, 1))
    computed(data)                                                               # a model that runs
    with pytest.raises(InvalidInput, match=word) as refused:
        read_onnx(data, name="two.onnx")
    assert refused.value.code == "order" and "extract_model" in str(refused.value) and "LSTM_0" in str(refused.value)


def test_lstms_side_by_side_and_a_third_that_skips_one_are_refused():
    m = Model()
    a = m.squeeze(m.lstm("x")[0], 1)
    b = m.squeeze(m.lstm("x")[0], 1)
    with pytest.raises(InvalidInput, match="reads the model's input 'x'"):
        read_onnx(m.bytes(m("Add", a, b)))
    m = Model()
    a = m.squeeze(m.lstm("x")[0], 1)
    m.squeeze(m.lstm(a, H)[0], 1)
    with pytest.raises(InvalidInput, match="LSTM node 'LSTM_4' reads the outputs of LSTM node 'LSTM_0'"):
        read_onnx(m.bytes(m.squeeze(m.lstm(a, H)[0], 1)))


def test_two_directions_that_a_squeeze_or_a_gather_drops_are_refused():
    m = Model()
    forward = m("Gather", m.lstm("x", directions=2)[0], m.const(0), axis=1)
    with pytest.raises(InvalidInput, match="or only some of them"):
        read_onnx(m.bytes(m.squeeze(m.lstm(forward, H)[0], 1)))


def test_layers_of_two_sizes_are_refused():
    m = Model()
    h = m.squeeze(m.lstm("x")[0], 1)
    small = {key: m.const(value.astype(np.float32)) for key, value in to_onnx(some(inputs=H, hidden=2))[0].items()}
    Y = m("LSTM", h, small["W"], small["R"], small["B"], outputs=3, hidden_size=2)[0]
    with pytest.raises(InvalidInput, match="4, 2 units"):
        read_onnx(m.bytes(m.squeeze(Y, 1)))


def test_layout_1_is_honoured():
    from onnx.reference import ReferenceEvaluator
    m = Model()
    Y = m.lstm("x", layout=1)[0]                                                # (batch, time, directions, units)
    read = read_onnx(m.bytes(m.squeeze(Y, 2)))
    whole(m, read)
    batch_first = X.transpose(1, 0, 2)
    y = ReferenceEvaluator(m.bytes(m.squeeze(Y, 2))).run(None, {"x": batch_first})[0]
    assert np.abs(outputs(read).transpose(1, 0, 2) - y).max() <= 2e-6
    m = Model()
    h = m.squeeze(m.lstm("x", layout=1)[0], 2)
    whole(m, read_onnx(m.bytes(m.squeeze(m.lstm(h, H, layout=1)[0], 2))))       # both batch first
    m = Model()
    h = m.squeeze(m.lstm("x", layout=1)[0], 2)
    with pytest.raises(InvalidInput, match="along other axes"):                  # the second takes the batch for time
        read_onnx(m.bytes(m.squeeze(m.lstm(h, H)[0], 1)))
    m = Model()
    h = m("Transpose", m.squeeze(m.lstm("x", layout=1)[0], 2), perm=[1, 0, 2])
    whole(m, read_onnx(m.bytes(m.squeeze(m.lstm(h, H)[0], 1))))


# Readouts -------------------------------------------------------------------------------------------------------------

READ = {
    "all steps": (lambda m, Y, h, c: m.linear(m.squeeze(Y, 1)), lambda y: y),
    "batch first": (lambda m, Y, h, c: m.linear(m("Transpose", m.squeeze(Y, 1), perm=[1, 0, 2])), lambda y: y.transpose(1, 0, 2)),
    "all steps as rows": (lambda m, Y, h, c: m.linear(m("Reshape", m.squeeze(Y, 1), m.const([-1, H])), gemm=True),
                          lambda y: y.reshape(-1, O)),
    "h_n": (lambda m, Y, h, c: m.linear(m.squeeze(h, 0), gemm=True), lambda y: y[-1]),
    "the last step": (lambda m, Y, h, c: m.linear(m("Gather", m.squeeze(Y, 1), m.const(-1), axis=0), gemm=True), lambda y: y[-1]),
    "the last steps": (lambda m, Y, h, c: m.linear(m("Slice", m.squeeze(Y, 1), m.const([-2]), m.const([2**62]), m.const([0]))),
                       lambda y: y[-2:]),
    "the last step of each sequence first": (
        lambda m, Y, h, c: m.linear(m("Gather", m("Transpose", m.squeeze(Y, 1), perm=[1, 0, 2]), m.const(-1), axis=1)), lambda y: y[-1]),
}


@pytest.mark.parametrize("way, where", READ.values(), ids=READ)
def test_a_linear_layer_that_reads_the_hidden_state_is_the_readout(way, where):
    m = Model()
    data = m.bytes(way(m, *m.lstm("x")))
    read = read_onnx(data)
    whole(m, read)
    assert all(np.array_equal(read[name], value) for name, value in m.readout.items()) and read.notes == []
    assert np.abs(where(outputs(read)) - computed(data)).max() <= 2e-6


LEFT_OUT = {
    "c_n": (lambda m, Y, h, c: m.linear(m.squeeze(c, 0)), "c_n, the last cell state"),
    "all steps at once": (lambda m, Y, h, c: m("Gemm", m("Reshape", m("Transpose", m.squeeze(Y, 1), perm=[1, 0, 2]), m.const([0, -1])),
                                               m.const(np.ones((O, T * H), np.float32)), transB=1), "several steps together"),
    "steps for units": (lambda m, Y, h, c: m("MatMul", m("Transpose", m.squeeze(Y, 1), perm=[1, 2, 0]),
                                             m.const(np.ones((T, O), np.float32))), "several steps together"),
    "half of the units": (lambda m, Y, h, c: m("MatMul", m("Slice", m.squeeze(Y, 1), m.const([0]), m.const([2]), m.const([2])),
                                               m.const(np.ones((2, O), np.float32))), "a part"),
    "the units in another order": (lambda m, Y, h, c: m.linear(m("Gather", m.squeeze(Y, 1), m.const([3, 2, 1, 0]), axis=2)), "a part"),
    "Relu between": (lambda m, Y, h, c: m.linear(m("Relu", m.squeeze(Y, 1))), "Relu node"),
    "the mean of the steps": (lambda m, Y, h, c: m.linear(m("ReduceMean", m.squeeze(Y, 1), axes=[0], keepdims=0)), "ReduceMean node"),
    "scaled": (lambda m, Y, h, c: m("Gemm", m.squeeze(h, 0), m.const(np.ones((O, H), np.float32)), alpha=2.0, transB=1), "scaled"),
    "a residual behind": (lambda m, Y, h, c: m("Add", m.linear(m.squeeze(Y, 1)), m("Slice", "x", m.const([0]), m.const([O]), m.const([2]))),
                          "not an output of the model"),
    "a bias for each step": (lambda m, Y, h, c: m("Add", m("MatMul", m.squeeze(Y, 1), m.const(np.ones((H, O), np.float32))),
                                                  m.const(np.ones((T, 1, O), np.float32))), "no matrix and vector"),
    "two more layers": (lambda m, Y, h, c: m("MatMul", m("Relu", m("MatMul", m.squeeze(Y, 1), m.const(np.ones((H, 6), np.float32)))),
                                             m.const(np.ones((6, O), np.float32))), "not an output of the model"),
    "two heads": (lambda m, Y, h, c: m("Concat", m.linear(m.squeeze(Y, 1)), m.linear(m.squeeze(Y, 1)), axis=2), "No readout is read"),
}


@pytest.mark.parametrize("way, word", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_layer_that_is_no_plain_readout_is_left_out_and_told(way, word):
    m = Model()
    data = m.bytes(way(m, *m.lstm("x")))
    computed(data)
    read = read_onnx(data)
    whole(m, read)
    assert "readout_weight" not in read and word in " ".join(read.notes), read.notes


def test_both_directions_last_states_are_no_readout():
    m = Model()
    _, h, _ = m.lstm("x", directions=2)
    flat = m("Reshape", m("Transpose", h, perm=[1, 0, 2]), m.const([0, -1]))
    read = read_onnx(m.bytes(m.linear(flat, 2 * H)))
    assert "readout_weight" not in read and "two directions" in read.notes[0]


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax", "Sigmoid"])
def test_what_comes_behind_the_readout_is_told(kind):
    m = Model()
    v = m.linear(m.squeeze(m.lstm("x")[0], 1))
    data = m.bytes(m(kind, v))
    read = read_onnx(data)
    assert any(kind in note for note in read.notes)
    v = outputs(read)
    v = {"Sigmoid": lambda: 1 / (1 + np.exp(-v)), "Softmax": lambda: np.exp(v) / np.exp(v).sum(-1, keepdims=True),
         "LogSoftmax": lambda: v - np.log(np.exp(v).sum(-1, keepdims=True))}[kind]()
    assert np.abs(v - computed(data)).max() <= 2e-6


# What stands before, and first states ---------------------------------------------------------------------------------

def test_what_stands_before_the_lstm_is_told():
    m = Model(("time", "batch"), onnx.TensorProto.INT64)
    e = m("Gather", m.const(np.ones((9, I), np.float32)), "x", axis=0)
    read = read_onnx(m.bytes(m.squeeze(m.lstm(e)[0], 1)))
    whole(m, read)
    assert "Gather node 'Gather_0'" in read.notes[0] and len(read.notes) == 1


@pytest.mark.parametrize("way", [
    lambda m: m("Slice", "x", m.const([-1]), m.const([-2**62]), m.const([0]), m.const([-1])),
    lambda m: m("Transpose", m("Slice", m("Transpose", "x", perm=[1, 0, 2]), m.const([-1]), m.const([-2**62]), m.const([1]), m.const([-1])),
                perm=[1, 0, 2]),
    lambda m: m("ReverseSequence", "x", m.const([T] * N), batch_axis=1, time_axis=0)])
def test_a_sequence_that_is_turned_round_first_is_refused(way):
    m = Model()
    with pytest.raises(InvalidInput, match="backwards"):
        read_onnx(m.bytes(m.squeeze(m.lstm(way(m))[0], 1)))


def test_states_that_are_inputs_are_taken_as_zero_and_told():
    m = Model()
    m.take("s", (4, 1, N, H))
    parts = [m("Gather", "s", m.const(k), axis=0) for k in range(4)]
    Y = m.lstm(m.squeeze(m.lstm("x", states=parts[:2])[0], 1), H, states=parts[2:])[0]
    data = m.bytes(m.squeeze(Y, 1))
    read = read_onnx(data)
    whole(m, read)
    assert len(read.notes) == 4 and all("taken as zero" in note and "'s'" in note for note in read.notes)
    assert np.abs(outputs(read) - computed(data, s=np.zeros((4, 1, N, H), np.float32))).max() <= 2e-6


def test_states_that_the_model_computes_are_refused():
    m = Model()
    Y, h, c = m.lstm("x")
    with pytest.raises(InvalidInput, match="initial_h of an LSTM node, 'LSTM_2', .* computed by LSTM node 'LSTM_0'"):
        read_onnx(m.bytes(m.squeeze(m.lstm(m.squeeze(Y, 1), H, states=(h, c))[0], 1)))
    m = Model(("time", "batch", H))
    first = m("Slice", "x", m.const([0]), m.const([1]), m.const([0]))
    with pytest.raises(InvalidInput, match="cut from the sequence itself"):
        read_onnx(m.bytes(m.squeeze(m.lstm("x", H, states=(first, first))[0], 1)))


@pytest.mark.parametrize("layout", [0, 1])
def test_stored_states_are_read_where_all_sequences_share_them(layout):
    m = Model()
    order = (1, 0, 2) if layout else (0, 1, 2)
    state = np.random.default_rng(0).normal(size=(1, 1, H)).astype(np.float32)
    same = m.const(np.repeat(state, N, axis=1).transpose(order))
    Y = m.lstm("x", states=(same, same), layout=layout)[0]
    read = read_onnx(m.bytes(m("Identity", Y)))
    assert np.array_equal(read["h_0"], state[0]) and np.array_equal(read["c_0"], state[0])
    if not layout:
        data = m.bytes(m.squeeze(Y, 1))
        assert np.abs(outputs(read) - computed(data)).max() <= 2e-6
    m = Model()
    other = m.const(np.arange(N * H, dtype=np.float32).reshape(1, N, H).transpose(order))
    with pytest.raises(InvalidInput, match="another one for each sequence"):
        read_onnx(m.bytes(m("Identity", m.lstm("x", states=(other, other), layout=layout)[0])))


def test_weights_that_are_put_together_from_constants_are_read():
    """As scripted cells are exported: W is Unsqueeze(Concat(Slice ...)) of what is stored."""
    m = Model()
    m.weights.append(some(dtype=np.float32, hidden=H))
    node = to_onnx(m.weights[0])[0]
    half = [m("Slice", m.const(node["W"][0]), m.const([k]), m.const([k + 8]), m.const([0])) for k in (0, 8)]
    W = m("Unsqueeze", m("Concat", *half, axis=0), m.const([0]))
    R = m("Transpose", m.const(node["R"].transpose(0, 2, 1)), perm=[0, 2, 1])
    Y = m("LSTM", "x", W, m("Cast", R, to=1), m("Reshape", m.const(node["B"][0]), m.const([1, -1])), outputs=3, hidden_size=H)[0]
    data = m.bytes(m.squeeze(Y, 1))
    read = read_onnx(data)
    whole(m, read)
    assert np.abs(outputs(read) - computed(data)).max() <= 2e-6


# Nodes that contradict themselves, and settings that change the numbers -----------------------------------------------

def one(states=(), **attributes):
    m = Model()
    return m.bytes(m.squeeze(m.lstm("x", states=tuple(m.const(np.zeros(shape, np.float32)) for shape in states), **attributes)[0], 1))


def reshaped(key, shape):
    model = onnx.load_model_from_string(one())
    place = {"W": 1, "R": 2, "B": 3, "P": 7}[key]
    node = next(node for node in model.graph.node if node.op_type == "LSTM")
    while len(node.input) <= place:
        node.input.append("")
    node.input[place] = "other"
    model.graph.initializer.append(stored(np.ones(shape, np.float32), "other"))
    return model.SerializeToString()


@pytest.mark.parametrize("data, word", [
    (one(hidden_size=7), "hidden_size is 7 and R is of 4"), (one(direction="bidirectional"), "direction is bidirectional and R is of 1"),
    (one(directions=2, direction="forward"), "direction is forward and R is of 2"), (one(direction="reverse"), "direction reverse"),
    (one(states=[(1, N, 7), (1, N, H)]), "initial_h has shape"), (one(states=[(1, N, H), (1, N, 7)]), "initial_c has shape"),
    (one(states=[(2, N, H), (2, N, H)]), "initial_h has shape"), (one(states=[(N, H), (N, H)]), "initial_h has shape"),
    (one(states=[(1, N, H), (1, N, H)], layout=1), "initial_h has shape"),
    (reshaped("W", (1, 12, I)), "W has shape"), (reshaped("W", (2, 16, I)), "W has shape"), (reshaped("W", (16, I)), "W has shape"),
    (reshaped("R", (1, 16, 5)), "R of LSTM node"), (reshaped("R", (16, 4)), "R of LSTM node"), (reshaped("R", (1, 20, 5)), "hidden_size"),
    (reshaped("B", (1, 16)), "B has shape"), (reshaped("B", (2, 32)), "B has shape"), (reshaped("B", (32,)), "B has shape"),
    (reshaped("P", (1, 16)), "P has shape"), (reshaped("P", (1, 8)), "P has shape"),
    (one(lengths="lengths"), "sequence_lens"), (one(clip=3.0), "clip"), (one(clip=0.0), "clip"), (one(input_forget=1), "input_forget"),
    (one(activations=["HardSigmoid", "Tanh", "Tanh"]), "hardsigmoid"), (one(activations=["Sigmoid", "Tanh"]), "activations"),
    (one(activations=["Sigmoid", "Relu", "Relu"]), "relu"), (one(activations=["Sigmoid", "Tanh", "Tanh"], directions=2), "activations"),
    (one(activation_alpha=[0.2, 1.0, 1.0]), "activation_alpha"), (one(activation_beta=[0.5]), "activation_beta"),
    (one(output_sequence=1), "output_sequence"), (one(layout=2), "layout")])
def test_a_node_that_contradicts_itself_or_computes_something_else_is_refused(data, word):
    with pytest.raises(InvalidInput, match=word) as refused:
        read_onnx(data, name="model.onnx")
    assert str(refused.value).startswith("In model.onnx: ") and "LSTM_0" in str(refused.value)


# No LSTM to be read ---------------------------------------------------------------------------------------------------

def inside(kind):
    """A model whose LSTM stands in a branch of an If or in the body of a Loop or Scan."""
    m = Model()
    Y = m.lstm("x")[0]
    value = onnx.helper.make_tensor_value_info
    body = onnx.helper.make_graph(m.nodes[:], "body", [], [value(Y, 1, None)])
    m.nodes.clear()
    attributes = {"then_branch": body, "else_branch": body} if kind == "If" else {"body": body}
    if kind == "Scan":
        attributes["num_scan_inputs"] = 1
    return m.bytes(m(kind, m.const(np.array(True)), **attributes))


@pytest.mark.parametrize("kind", ["If", "Loop", "Scan"])
def test_lstms_inside_other_nodes_are_told(kind):
    with pytest.raises(InvalidInput, match=f"'LSTM_0'.*stand inside {kind} node '{kind}_0'"):
        read_onnx(inside(kind))


@pytest.mark.parametrize("kind, domain, word", [
    ("GRU", "", "a GRU"), ("RNN", "", "a plain RNN"), ("DynamicQuantizeLSTM", "com.microsoft", "quantized"),
    ("LSTM", "my.own", "my.own.LSTM"), ("CustomLSTM", "my.own", "my.own.CustomLSTM")])
def test_other_recurrent_nodes_are_told(kind, domain, word):
    m = Model()
    with pytest.raises(InvalidInput, match="there is no LSTM node") as refused:
        read_onnx(m.bytes(m(kind, "x", m.const(np.ones((1, 12, I), np.float32)), domain=domain, hidden_size=H)))
    assert word in str(refused.value)


def test_a_file_without_any_recurrent_node():
    m = Model()
    with pytest.raises(InvalidInput, match="there is no LSTM node; export"):
        read_onnx(m.bytes(m("Relu", "x")))


def test_convert_tells_what_was_left_out(tmp_path):
    m = Model()
    (tmp_path / "a.onnx").write_bytes(m.bytes(m.linear(m.squeeze(m.lstm("x")[2], 0))))
    notes = convert(tmp_path / "a.onnx", tmp_path / "b.npz").notes
    assert any("c_n, the last cell state" in note for note in notes)
    whole(m, load_weights(tmp_path / "b.npz"))
