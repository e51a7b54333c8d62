"""Weights under PyTorch's names: what is there is checked, what each layout says is the same network."""

import json
import sys

import numpy as np
import pytest
import weight_cases
from weight_cases import SHAPES, same, some

from py_lstm import (InvalidInput, LSTM, Network, convert, from_keras, from_lstm, from_network, from_onnx, from_pytorch,
                     load_weights, pytorch_script, read_onnx, save_weights, to_keras, to_lstm, to_network, to_onnx,
                     to_pytorch, write_onnx)
from py_lstm.interchange.layouts import LAYOUTS, to_layout
from py_lstm.interchange.weights import check_weights, described, sizes_of

# One unit, one input; every gate has a number of its own.
HAND = {"weight_ih_l0": [[1.0], [2.0], [3.0], [4.0]], "weight_hh_l0": [[10.0], [20.0], [30.0], [40.0]],
        "bias_ih_l0": [0.1, 0.2, 0.3, 0.4], "bias_hh_l0": [0.01, 0.02, 0.03, 0.04],
        "weight_ci_l0": [5.0], "weight_cf_l0": [6.0], "weight_co_l0": [7.0]}
PLAIN_HAND = {name: value for name, value in HAND.items() if "_c" not in name}


def refused(call, *arguments, field=None, code=None, **others):
    with pytest.raises(InvalidInput) as error:
        call(*arguments, **others)
    assert field is None or error.value.field == field, error.value
    assert code is None or error.value.code == code, error.value
    return str(error.value)


# The order of gates ---------------------------------------------------------------------------------------------------

def test_keras_has_the_same_order_of_gates_in_columns_and_the_sum_of_the_biases():
    kernel, recurrent, bias = to_keras(PLAIN_HAND)
    assert kernel.tolist() == [[1, 2, 3, 4]] and recurrent.tolist() == [[10, 20, 30, 40]]
    assert bias == pytest.approx([0.11, 0.22, 0.33, 0.44], rel=1e-15)


def test_onnx_has_i_o_f_c_and_both_biases_in_one_row():
    node, = to_onnx(HAND)
    assert node["W"].tolist() == [[[1], [4], [2], [3]]] and node["R"].tolist() == [[[10], [40], [20], [30]]]
    assert node["B"].tolist() == [[0.1, 0.4, 0.2, 0.3, 0.01, 0.04, 0.02, 0.03]]
    assert node["P"].tolist() == [[5, 7, 6]]                                        # i, o, f


def test_a_step_of_the_hand_example_is_the_same_from_every_layout():
    x = np.array([[[0.05]]])
    steps = [to_lstm(weights)(x)[0] for weights in (
        PLAIN_HAND, from_keras(to_keras(PLAIN_HAND)), from_onnx(to_onnx(PLAIN_HAND)))]
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    i, g, o = sigmoid(0.05 + 0.11), np.tanh(0.15 + 0.33), sigmoid(0.2 + 0.44)
    for h in steps:
        assert h[0, 0, 0] == pytest.approx(o * np.tanh(i * g), rel=1e-14)


# Round trips ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_round_trips(shape):
    given = some(**shape)
    assert same(from_pytorch(to_pytorch(given)), given)
    assert same(from_onnx(to_onnx(given)), {name: value for name, value in given.items() if "readout" not in name})
    arrays = to_keras(given)
    again = from_keras(arrays, bidirectional=shape["directions"] == 2)
    assert all(np.array_equal(a, b) for a, b in zip(to_keras(again), arrays, strict=True))
    for suffix in sizes_of(given).suffixes() if shape["bias"] else []:
        assert np.array_equal(again["bias_ih" + suffix], given["bias_ih" + suffix] + given["bias_hh" + suffix])
        assert not again["bias_hh" + suffix].any()


@pytest.mark.parametrize("part", [dict(projection=2), dict(peepholes=True), dict(states=True),
                                  dict(layers=3, directions=2, states=True),
                                  dict(layers=2, directions=2, projection=3, peepholes=True, states=True, outputs=1)],
                         ids=str)
def test_parts_that_only_some_layouts_have(part):
    given = some(**part)
    assert same(from_pytorch(to_pytorch(given)), given)
    if "projection" in part:
        assert "projection" in refused(to_onnx, given, code="choice")
    else:
        assert same(from_onnx(to_onnx(given)), given)
    refused(to_keras, given, code="choice")


@pytest.mark.parametrize("form", ["npz", "safetensors"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES[::5], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_files_of_every_layout(tmp_path, form, layout, shape, dtype):
    given = some(dtype=dtype, **shape)
    path = tmp_path / f"weights.{form}"
    save_weights(path, given, layout=layout)
    read = load_weights(path)
    assert same(read, load_weights(path.read_bytes()))
    assert all(value.dtype == dtype and value.flags.c_contiguous and value.flags.writeable for value in read.values())
    if layout == "keras":
        assert all(np.array_equal(a, b) for a, b in zip(to_keras(read), to_keras(given), strict=True))
    else:
        assert same(read, given)
    with_layout = load_weights(path, layout=layout)
    assert same(with_layout, read)


def test_the_same_weights_give_the_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz", "a.safetensors", "b.safetensors"):
        save_weights(tmp_path / name, some(layers=2))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.npz", "a.safetensors", "b.npz", "b.safetensors"]


def test_numbered_keras_files_can_be_set_again_in_the_order_of_their_names(tmp_path):
    given = some(layers=3, outputs=2)
    save_weights(tmp_path / "weights.npz", given, layout="keras")
    with np.load(tmp_path / "weights.npz") as file:
        arrays = [file[name] for name in sorted(file)]
    assert all(np.array_equal(a, b) for a, b in zip(arrays, to_keras(given), strict=True))


def test_a_network_and_back():
    network = Network(3, 4, 2, rng=1, forget_bias=2.0)
    network.states["h_0"][:] = [0.1, -0.2, 0.3, 0.4]
    again = to_network(from_network(network))
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    assert np.array_equal(again.forward(x).y, network.forward(x).y)


def test_a_network_has_the_sum_of_pytorchs_biases_and_computes_what_the_lstm_does():
    given = some(outputs=2, states=True)
    network, lstm = to_network(given), to_lstm(given)
    assert np.array_equal(network.parameters["bias"], given["bias_ih_l0"] + given["bias_hh_l0"])
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    h, _ = lstm(x)
    assert np.array_equal(network.forward(x).y, h @ given["readout_weight"].T + given["readout_bias"])
    assert np.array_equal(to_network(some()).forward(x).y, to_lstm(some())(x)[0])        # no readout: y = h


def test_a_network_refuses_what_it_has_no_place_for():
    for part in (dict(layers=2), dict(directions=2), dict(projection=2), dict(peepholes=True)):
        assert described(sizes_of(some(**part))) in refused(to_network, some(**part), code="choice")


@pytest.mark.parametrize("part", [*SHAPES[::3], dict(projection=2, layers=2), dict(peepholes=True), dict(states=True)],
                         ids=str)
def test_an_lstm_and_back(part):
    given = some(**part)
    lstm = to_lstm(given)
    assert same(from_lstm(lstm), {name: value for name, value in given.items() if "readout" not in name})
    assert to_lstm(some(dtype=np.float32)).parameters["weight_ih_l0"].dtype == np.float32


def test_other_variants_are_refused_since_their_names_would_lie():
    refused(from_lstm, LSTM(3, 4, variant="CIFG"), field="lstm")
    refused(from_lstm, LSTM(3, 4, layer_norm=True), code="unknown")
    assert "weight_ci_l0" in from_lstm(LSTM(3, 4, variant="P"))


# What a set of weights must be ----------------------------------------------------------------------------------------

def test_half_precision_becomes_float32_and_the_widest_wins():
    half = {name: value.astype(np.float16) for name, value in some().items()}
    assert {value.dtype.name for value in check_weights(half).values()} == {"float32"}
    assert {value.dtype.name for value in check_weights(half | {"bias_hh_l0": np.zeros(16)}).values()} == {"float64"}
    swapped = {name: value.astype(">f4") for name, value in some().items()}
    assert all(value.dtype.isnative for value in check_weights(swapped).values())


def test_it_is_a_copy():
    given = some()
    check_weights(given)["weight_ih_l0"][:] = 0
    assert given["weight_ih_l0"].any()


def without(name, **shape):
    return {key: value for key, value in some(**shape).items() if key != name}


@pytest.mark.parametrize("wrong, field, code", [
    (5, "weights", "type"), ({}, "weight_ih_l0", "missing"), ({5: np.ones(2)}, "weights", "unknown"),
    (without("weight_ih_l0"), "weight_ih_l0", "missing"), (without("weight_hh_l0"), "weight_hh_l0", "missing"),
    (without("bias_hh_l0"), "bias_hh_l0", "missing"), (without("bias_ih_l1", layers=2), "bias_ih_l1", "missing"),
    (without("weight_hh_l0_reverse", directions=2), "weight_hh_l0_reverse", "missing"),
    (without("weight_hr_l1", layers=2, projection=2), "weight_hr_l1", "missing"),
    (without("weight_cf_l0", peepholes=True), "weight_cf_l0", "missing"),
    (without("readout_weight", outputs=1), "readout_weight", "missing"),
    (some() | {"weight_ih_l00": np.ones((16, 3))}, "weights", "unknown"),
    (some() | {"weight_ih_l9999": np.ones((16, 3))}, "weights", "range"),
    (some() | {"weight_ih_l2": np.ones((16, 4))}, "weight_ih_l1", "missing"),
    (some() | {"gain_c": np.ones(4)}, "weights", "unknown"),
    (some() | {"weight_ih_l0": np.ones((16, 3, 1))}, "weight_ih_l0", "shape"),
    (some() | {"weight_ih_l0": np.ones((0, 3))}, "weight_ih_l0", "shape"),
    (some() | {"weight_ih_l0": np.ones((15, 3))}, "weight_ih_l0", "shape"),
    (some() | {"weight_hh_l0": np.ones((16, 3))}, "weight_hh_l0", "shape"),
    (some() | {"weight_hh_l0": np.float64(3)}, "weight_hh_l0", "shape"),
    (some() | {"bias_ih_l0": np.ones(15)}, "bias_ih_l0", "shape"),
    (some(layers=2) | {"weight_ih_l1": np.ones((16, 3))}, "weight_ih_l1", "shape"),
    (some(outputs=2) | {"readout_weight": np.ones((2, 3))}, "readout_weight", "shape"),
    (some() | {"h_0": np.ones((1, 1, 4))}, "h_0", "shape"),
    (some() | {"bias_ih_l0": np.ones(16, int)}, "bias_ih_l0", "number"),
    (some() | {"bias_ih_l0": np.ones(16, complex)}, "bias_ih_l0", "number"),
    (some() | {"bias_ih_l0": np.array([None] * 16)}, "bias_ih_l0", "number"),
    (some() | {"bias_ih_l0": "text"}, "bias_ih_l0", "number"),
    (some() | {"bias_ih_l0": [[1.0], 2.0]}, "bias_ih_l0", "type"),
    (some() | {"bias_ih_l0": np.full(16, np.nan)}, "bias_ih_l0", "finite"),
    (some() | {"bias_ih_l0": np.full(16, np.inf)}, "bias_ih_l0", "finite"),
])
def test_wrong_weights_are_refused_by_name(wrong, field, code):
    refused(check_weights, wrong, field=field, code=code)


def test_rows_that_are_no_four_gates():
    assert "four equal blocks" in refused(check_weights, some() | {"weight_ih_l0": np.ones((15, 3))})


def test_biases_whose_sum_is_infinite():
    huge = some() | {"bias_ih_l0": np.full(16, 1e308), "bias_hh_l0": np.full(16, 1e308)}
    refused(to_keras, huge, code="finite")
    refused(to_network, huge, code="finite")


# PyTorch models -------------------------------------------------------------------------------------------------------

def test_an_lstm_inside_a_model_is_found_with_its_readout():
    given = some(layers=2, directions=2, outputs=2)
    model = to_pytorch(given)
    assert list(model)[0] == "lstm.weight_ih_l0" and list(model)[-1] == "readout.bias"
    assert same(from_pytorch(model), given)
    assert same(from_pytorch(to_pytorch(given, lstm="encoder.lstm", readout="head.fc")), given)
    assert list(to_pytorch(some())) == list(some())


def test_a_larger_model_needs_names():
    given = some(outputs=2)
    model = to_pytorch(given) | {"embedding.weight": np.ones((9, 3)), "steps": np.array(3)}
    assert "lstm and readout" in refused(from_pytorch, model, code="unknown")
    assert same(from_pytorch(model, lstm="lstm", readout="readout"), given)
    assert same(from_pytorch(model, readout="readout"), given)
    assert same(from_pytorch(model, lstm="lstm"), some())
    refused(from_pytorch, model, readout="fc", field="readout")
    refused(from_pytorch, model, lstm="rnn", field="lstm")
    refused(from_pytorch, model, lstm=5, field="lstm", code="type")
    two = model | {"decoder." + name: value for name, value in some().items()}
    assert "decoder" in refused(from_pytorch, two, field="lstm", code="missing")
    assert same(from_pytorch(two, lstm="decoder", readout="readout"), given)
    refused(from_pytorch, {"fc.weight": np.ones((2, 4))}, code="missing")
    refused(from_pytorch, [1, 2], field="state_dict")


def test_a_cell_and_a_single_bias():
    given = some()
    cell = {name.removesuffix("_l0"): value for name, value in given.items()}
    assert same(from_pytorch(cell), given)
    one = {"weight_ih": given["weight_ih_l0"], "weight_hh": given["weight_hh_l0"], "bias": given["bias_ih_l0"]}
    assert same(from_pytorch(one), given | {"bias_hh_l0": np.zeros(16)})
    refused(from_pytorch, cell | {"bias": np.ones(16)}, code="unknown")
    refused(from_pytorch, cell | {"bias_ih_l0": np.ones(16)}, code="unknown")


def test_something_that_is_no_array_tells_how_to_make_one():
    class OnAGpu:
        def __array__(self, *_, **__):
            raise TypeError("can't convert cuda:0 device type tensor to numpy")

    assert "cpu()" in refused(from_pytorch, some() | {"bias_ih_l0": OnAGpu()}, code="type")


def test_an_argument_of_another_layout_is_refused(tmp_path):
    np.savez(tmp_path / "torch.npz", **some())
    np.savez(tmp_path / "keras.npz", *to_keras(some()))
    refused(load_weights, tmp_path / "torch.npz", bidirectional=False, field="bidirectional")
    refused(load_weights, tmp_path / "keras.npz", lstm="lstm", field="lstm")
    refused(convert, tmp_path / "model.onnx", tmp_path / "a.npz", readout="fc", field="readout")


# Keras lists ----------------------------------------------------------------------------------------------------------

def test_directions_are_told_from_the_shapes_where_only_one_can_be():
    assert sizes_of(from_keras(to_keras(some(directions=2)))).directions == 2
    assert sizes_of(from_keras(to_keras(some(layers=2)))).layers == 2
    square = some(layers=2, inputs=4)
    refused(from_keras, to_keras(square), field="bidirectional", code="missing")
    assert sizes_of(from_keras(to_keras(square), bidirectional=False)).layers == 2
    assert sizes_of(from_keras(to_keras(square), bidirectional=True)).directions == 2
    with_readout = some(layers=2, inputs=4, outputs=2)
    assert same(from_keras(to_keras(with_readout), bidirectional=None),
                from_keras(to_keras(with_readout), bidirectional=False))


@pytest.mark.parametrize("shape", [dict(layers=2), dict(directions=2)], ids=str)
def test_a_file_of_ours_says_by_its_names_which_directions_there_are(tmp_path, shape):
    save_weights(tmp_path / "weights.npz", some(inputs=4, **shape), layout="keras")
    assert sizes_of(load_weights(tmp_path / "weights.npz")) == sizes_of(some(inputs=4, **shape))


def test_keras_names():
    kernel, recurrent, bias = to_keras(some())
    paths = {"sequential/lstm/lstm_cell/kernel": kernel, "sequential/lstm/lstm_cell/recurrent_kernel": recurrent,
             "sequential/lstm/lstm_cell/bias": bias, "sequential/dense/kernel": np.ones((4, 2)),
             "sequential/dense/bias": np.ones(2)}
    want = from_keras([kernel, recurrent, bias, np.ones((4, 2)), np.ones(2)])
    assert same(from_keras(dict(sorted(paths.items()))), want)
    assert same(from_keras({name + ":0": value for name, value in paths.items()}), want)
    assert same(from_keras({f"arr_{k}": value for k, value in enumerate(paths.values())}), want)
    both = {f"bidirectional/{way}_lstm/lstm_cell/{part}": value for way in ("backward", "forward")
            for part, value in (("bias", bias), ("kernel", kernel + (way == "backward")),
                                ("recurrent_kernel", recurrent))}
    read = from_keras(both)
    assert sizes_of(read).directions == 2
    assert np.array_equal(read["weight_ih_l0_reverse"], kernel.T + 1)
    two = paths | {name.replace("lstm/", "lstm_1/", 1): value for name, value in paths.items() if "lstm" in name}
    assert "numpy.savez" in refused(from_keras, two, code="order")
    refused(from_keras, paths | {"sequential/norm/gamma": np.ones(4)}, code="unknown")


@pytest.mark.parametrize("wrong, how, field", [
    ("text", {}, "weights"), (5, {}, "weights"), ([], {}, "weights"), ([np.ones((3, 16))], {}, "weights"),
    ([np.ones((3, 16)), np.ones((16, 4))], {}, "weights"),
    (to_keras(some()) + [np.ones((5, 2))], {}, "weights"),
    (to_keras(some()) + [np.ones((4, 2)), np.ones(2), np.ones(2)], {}, "weights"),
    (to_keras(some()) + to_keras(some(hidden=5, inputs=4)), {}, "weights"),
    (to_keras(some(layers=2)), dict(bidirectional=True), "weights"),
    (to_keras(some()), dict(bidirectional="no"), "bidirectional"),
    (to_keras(some()), dict(recurrent_activation="hard_sigmoid"), "recurrent_activation"),
    (to_keras(some()), dict(activation="relu"), "activation"),
    (to_keras(some())[:2] + to_keras(some(inputs=4)), {}, "bias_ih_l0"),
])
def test_wrong_keras_lists(wrong, how, field):
    refused(from_keras, wrong, field=field, **how)


# ONNX inputs ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("change, field, code", [
    ({"R": None}, "R", "missing"), ({"W": None}, "W", "missing"), ({"W": np.ones((3, 16, 3))}, "R", "shape"),
    ({"W": np.ones((16, 3))}, "W", "shape"), ({"R": np.ones((1, 16, 5))}, "W", "shape"),
    ({"B": np.ones((1, 16))}, "B", "shape"), ({"P": np.ones((1, 16))}, "P", "shape"),
    ({"initial_h": np.ones((1, 2, 4))}, "initial_h", "shape"), ({"X": np.ones(3)}, "weights", "unknown"),
])
def test_wrong_onnx_inputs(change, field, code):
    node = {name: value for name, value in (to_onnx(some())[0] | change).items() if value is not None}
    refused(from_onnx, node, field=field, code=code)


def test_wrong_onnx_layers(tmp_path):
    refused(from_onnx, 5, code="type")
    refused(from_onnx, [], code="type")
    three = {"W": np.ones((3, 16, 3)), "R": np.ones((3, 16, 4))}
    refused(from_onnx, three, field="W")
    named = to_layout(some(layers=2), "onnx")
    for wrong in ({name: value for name, value in named.items() if not name.endswith("_l0")} | {"W_l2": named["W_l1"]},
                  named | {"W": named["W_l0"]}, named | {"X": np.ones(2)}):
        np.savez(tmp_path / "w.npz", **wrong)
        assert "In w.npz: " in refused(load_weights, tmp_path / "w.npz", layout="onnx")


# Files, scripts, models -----------------------------------------------------------------------------------------------

def test_a_refusal_names_the_file(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, **(some() | {"bias_ih_l0": np.full(16, np.nan)}))
    assert refused(load_weights, path, field="bias_ih_l0", code="finite").startswith("In weights.npz: ")
    assert refused(load_weights, path.read_bytes(), name="dropped.npz").startswith("In dropped.npz: ")
    np.savez(path, a=np.ones(3))
    assert "recurrent_kernel" in refused(load_weights, path, code="missing")
    refused(load_weights, path, layout="torch", code="choice")
    refused(load_weights, 5, code="type")


def test_convert(tmp_path):
    given = some(outputs=2)
    source = tmp_path / "model.safetensors"
    save_weights(source, given)
    done = convert(source, tmp_path / "keras.npz", layout="keras")
    assert same(done.weights, given) and "were added" in " ".join(done.notes)
    assert done.notes[0] == "1 layer with 3 inputs and 4 units and a readout of 2, float64."
    assert "is there already" in refused(convert, source, tmp_path / "keras.npz", field="destination")
    convert(tmp_path / "keras.npz", tmp_path / "keras.npz", overwrite=True)
    convert(tmp_path / "keras.npz", tmp_path / "again.safetensors", layout="onnx")
    read = load_weights(tmp_path / "again.safetensors")
    assert np.array_equal(read["bias_ih_l0"], given["bias_ih_l0"] + given["bias_hh_l0"])
    refused(convert, source, tmp_path / "model.pt", field="destination", code="choice")
    refused(convert, tmp_path / "none.npz", tmp_path / "b.npz", code="missing")
    refused(convert, source, tmp_path / "folder" / "b.npz", field="destination", code="file")
    convert(source, tmp_path / "model.py")
    assert "from model import network" in (tmp_path / "model.py").read_text(encoding="utf-8")
    assert "from network import network" in pytorch_script(some(), module="class")
    compile((tmp_path / "model.py").read_text(encoding="utf-8"), "model.py", "exec")
    there = {path.name for path in tmp_path.iterdir()}
    assert there == {"again.safetensors", "keras.npz", "model.py", "model.safetensors"}


def test_a_refused_conversion_leaves_the_destination(tmp_path):
    save_weights(tmp_path / "a.npz", some(projection=2))
    before = (tmp_path / "b.npz")
    before.write_bytes(b"mine")
    refused(convert, tmp_path / "a.npz", before, layout="keras", overwrite=True)
    assert before.read_bytes() == b"mine" and len(list(tmp_path.iterdir())) == 2


def test_the_command_line(tmp_path, capsys):
    from py_lstm.command_line import main
    np.savez(tmp_path / "keras.npz", *to_keras(some(layers=2, inputs=4)))
    assert main(["convert", str(tmp_path / "keras.npz"), str(tmp_path / "torch.safetensors"),
                 "--no-bidirectional", "--from", "keras"]) == 0
    assert capsys.readouterr().out == "2 layers with 4 inputs and 4 units, float64.\nWritten to torch.safetensors.\n"
    assert main(["convert", str(tmp_path / "torch.safetensors"), str(tmp_path / "onnx.npz"), "--to", "onnx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["notes"][1:] == ["Written to onnx.npz."] and told["weights"]["weight_hh_l1"] == [16, 4]
    assert told["dtype"] == "float64"
    assert sizes_of(load_weights(tmp_path / "torch.safetensors")).layers == 2


def test_a_script_says_what_pytorch_cannot():
    assert "nn.LSTM(3, 4, num_layers=2, bidirectional=True)" in pytorch_script(some(layers=2, directions=2))
    refused(pytorch_script, some(peepholes=True), code="choice")
    refused(pytorch_script, some(hidden=250), code="range")


def test_without_the_onnx_package_one_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert 'pip install "py_lstm[onnx]"' in refused(write_onnx, tmp_path / "a.onnx", some(), field="onnx",
                                                    code="missing")
    refused(read_onnx, b"", field="onnx")
    assert not list(tmp_path.iterdir())


def test_every_form_of_file_in_the_fuzz_test_is_whole():
    for name, data in weight_cases.files().items():
        load_weights(data, name=name)
