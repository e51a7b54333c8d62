"""The way on: an exported network computes the same in onnxruntime, in ONNX' reference evaluator and in PyTorch.

Each test needs its library and is skipped without it.
"""

import io
import random
import runpy
import subprocess
import sys
import warnings

import numpy as np
import pytest
from weight_cases import HOW_MANY, SHAPES, damaged, same, some

from py_lstm import (Experiment, InvalidInput, Trainer, convert, from_network, from_pytorch, load_weights,
                     pytorch_script, read_onnx, save_weights, to_lstm, to_network, write_onnx)
from py_lstm.interchange.onnx_files import onnx_model

PARTS = [*SHAPES, *(dict(shape, **{part: True}) for shape in SHAPES[::5] for part in ("states", "peepholes"))]


def outputs(weights, x):
    h, (h_n, c_n) = to_lstm(weights)(x)
    if "readout_weight" in weights:
        h = h @ weights["readout_weight"].T + weights["readout_bias"]
    return h, h_n, c_n


def apart(mine, right):
    return max(float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in zip(mine, right, strict=True))


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(7, 3, 3))


def trained():
    """A network that has learned something, with first states that are not zero."""
    trainer = Trainer(Experiment())
    for _ in range(20):
        trainer.update()
    trainer.network.states["h_0"][:], trainer.network.states["c_0"][:] = 0.2, -0.3
    return trainer.network


# onnxruntime ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("part", PARTS, ids=str)
def test_onnxruntime_computes_the_same_in_float32(part, x):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    given = some(**part)
    data = onnx_model(given)
    session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
    for sequences in (x, x[:1, :1], x[:, :2]):                                   # any number of steps and sequences
        run = session.run(["y", "h_n", "c_n"], {"x": sequences.astype(np.float32)})
        assert apart(run, outputs(given, sequences)) <= 2e-6
    assert same(read_onnx(data), {name: value.astype(np.float32) for name, value in given.items()})


def test_a_network_in_onnxruntime(tmp_path, x):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    network = trained()
    x = x[:, :, :network.parameters["weight_ih"].shape[1]]
    write_onnx(tmp_path / "network.onnx", from_network(network))
    y, = runtime.InferenceSession(tmp_path / "network.onnx").run(["y"], {"x": x.astype(np.float32)})
    assert np.abs(y - network.forward(x).y).max() <= 2e-6
    read = to_network(read_onnx(tmp_path / "network.onnx"))
    assert np.abs(read.forward(x).y - network.forward(x).y).max() <= 2e-6


@pytest.mark.parametrize("part", [part for part in PARTS if part["layers"] == part["directions"] == 1], ids=str)
def test_onnx_reference_evaluator_computes_the_same_in_float64(part, x):
    pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator
    given = some(**part)
    run = ReferenceEvaluator(onnx_model(given, dtype=np.float64)).run(["y", "h_n", "c_n"], {"x": x})
    assert apart(run, outputs(given, x)) <= 1e-14


def test_the_same_network_gives_the_same_onnx_file():
    pytest.importorskip("onnx")
    assert onnx_model(some(outputs=2)) == onnx_model(some(outputs=2))
    with pytest.raises(InvalidInput, match="no projection"):
        onnx_model(some(projection=2))


@pytest.mark.parametrize("how", [dict(), dict(num_layers=2, bidirectional=True), dict(bias=False),
                                 dict(batch_first=True)], ids=str)
@pytest.mark.parametrize("readout", [True, False])
def test_models_that_pytorch_exported_are_read(how, readout):
    pytest.importorskip("onnx")
    torch = pytest.importorskip("torch")

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = torch.nn.LSTM(3, 4, **how)
            self.fc = torch.nn.Linear(8 if how.get("bidirectional") else 4, 2) if readout else None

        def forward(self, x):
            h, _ = self.lstm(x)
            return self.fc(h) if self.fc else h

    model, file = Model(), io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (torch.zeros(5, 2, 3),), file, dynamo=False, input_names=["x"],
                          dynamic_axes={"x": [0, 1]})
    assert same(read_onnx(file.getvalue()), from_pytorch(model.state_dict()))


def changed(data, change):
    """An .onnx file with its first LSTM node, or the whole model, changed."""
    import onnx
    model = onnx.load_model_from_string(data)
    change(model, next(node for node in model.graph.node if node.op_type == "LSTM"))
    return model.SerializeToString()


def with_attribute(name, value):
    def change(model, node):
        import onnx
        for attribute in [a for a in node.attribute if a.name == name]:
            node.attribute.remove(attribute)
        node.attribute.append(onnx.helper.make_attribute(name, value))
    return change


def kept_elsewhere(model, node):
    import onnx
    tensor = next(t for t in model.graph.initializer if t.name == "W_l0")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def computed(model, node):
    model.graph.initializer.remove(next(t for t in model.graph.initializer if t.name == "W_l0"))


def cut_off(model, node):
    tensor = next(t for t in model.graph.initializer if t.name == "W_l0")
    tensor.raw_data = tensor.raw_data[:-3]


def no_lstm(model, node):
    for each in model.graph.node:
        each.op_type = each.op_type.replace("LSTM", "GRU")


def beside(model, node):
    second = [n for n in model.graph.node if n.op_type == "LSTM"][1]
    second.input[0] = "x"


@pytest.mark.parametrize("change, word", [
    (with_attribute("activations", ["HardSigmoid", "Tanh", "Tanh"]), "hardsigmoid"),
    (with_attribute("clip", 3.0), "clip"), (with_attribute("input_forget", 1), "input_forget"),
    (with_attribute("direction", "reverse"), "reverse"),
    (kept_elsewhere, "another file"), (computed, "W of an LSTM node"), (cut_off, "cut off or damaged"),
    (no_lstm, "no LSTM"), (beside, "one on the other")])
def test_onnx_files_that_compute_something_else_are_refused(change, word):
    pytest.importorskip("onnx")
    with pytest.raises(InvalidInput, match=word) as refused:
        read_onnx(changed(onnx_model(some(layers=2, inputs=4)), change), name="model.onnx")
    assert str(refused.value).startswith("In model.onnx: ")


def test_usual_attributes_are_no_reason_to_refuse():
    pytest.importorskip("onnx")
    data = onnx_model(some())
    for name, value in (("activations", ["Sigmoid", "Tanh", "Tanh"]), ("input_forget", 0), ("layout", 0)):
        assert same(read_onnx(changed(data, with_attribute(name, value))), read_onnx(data))


def test_a_damaged_onnx_file_gives_whole_weights_or_a_sentence():
    pytest.importorskip("onnx")
    rng, taken = random.Random(0), 0
    whole = [onnx_model(some(layers=2, outputs=2, states=True)), onnx_model(some(peepholes=True))]
    for _ in range(HOW_MANY):
        wrong = damaged(rng.choice(whole), rng)
        try:
            read_onnx(wrong, name="model.onnx")
        except InvalidInput as error:
            assert "model.onnx" in str(error)
        else:
            taken += 1
    assert taken < HOW_MANY
    for wrong in (b"", b"\xff" * 100, b"text"):
        with pytest.raises(InvalidInput):
            read_onnx(wrong)


# PyTorch script -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("part", [*SHAPES[::3], dict(states=True), dict(layers=2, directions=2, states=True, outputs=1),
                                  dict(projection=2, layers=2, states=True), dict(dtype=np.float32)], ids=str)
def test_the_script_is_the_same_network(part, tmp_path, x):
    torch = pytest.importorskip("torch")
    given = some(**part)
    path = tmp_path / "network.py"
    path.write_text(pytorch_script(given), encoding="utf-8")
    network = runpy.run_path(str(path))["network"]
    x = x.astype(given["weight_ih_l0"].dtype)
    y, states = network(torch.from_numpy(x))
    limit = 1e-14 if x.dtype == np.float64 else 1e-6
    assert apart([value.detach().numpy() for value in (y, *states)], outputs(given, x)) <= limit
    assert same(from_pytorch(network.state_dict()), given)
    y.sum().backward()                                                          # it can be trained on


def test_the_script_runs_by_itself(tmp_path):
    pytest.importorskip("torch")
    save_weights(tmp_path / "weights.npz", some(outputs=1))
    convert(tmp_path / "weights.npz", tmp_path / "my network.py")
    run = subprocess.run([sys.executable, "-W", "error", str(tmp_path / "my network.py")], capture_output=True,
                         text=True)
    assert run.returncode == 0 and run.stdout.startswith("y for four steps of zeros: [["), run.stderr


def test_convert_goes_all_the_way_round(tmp_path, x):
    pytest.importorskip("onnx")
    given = some(layers=2, directions=2, outputs=2, dtype=np.float32)
    save_weights(tmp_path / "a.npz", given)
    notes = convert(tmp_path / "a.npz", tmp_path / "b.onnx").notes
    convert(tmp_path / "b.onnx", tmp_path / "c.safetensors", layout="onnx")
    convert(tmp_path / "c.safetensors", tmp_path / "d.npz")
    assert same(load_weights(tmp_path / "d.npz"), given)
    assert not any("float32, in which" in note for note in notes)
