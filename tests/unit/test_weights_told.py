"""What a file of weights does not say is asked for or told, and never guessed; what it is instead is named."""

import io
import pickle
import re
import zipfile

import numpy as np
import pytest
from weight_cases import safetensors, same, some

from py_lstm import (GRU, LSTM, RNN, InvalidInput, command_line, convert, from_keras, from_lstm, from_onnx, from_pytorch, load_weights,
                     save_weights, to_keras, to_lstm, to_network, to_onnx, to_pytorch)
from py_lstm.interchange import weight_files
from py_lstm.interchange.weights import check_weights, listed

EIGHT = dict(inputs=8, hidden=8)


def refused(call, *arguments, **others):
    with pytest.raises(InvalidInput) as error:
        call(*arguments, **others)
    return str(error.value)


def module(name, *shapes):
    """Tensors of a part of a PyTorch model: its weight and, with two shapes, its bias."""
    return {f"{name}.{kind}": np.random.default_rng(5).normal(size=shape) for kind, shape in zip(("weight", "bias"), shapes)}


def model(**how):
    return {"lstm." + name: value for name, value in some(**how).items()}


def stored(tmp_path, arrays, name="w.npz"):
    np.savez(tmp_path / name, **arrays)
    return tmp_path / name


# A part of a PyTorch model is a readout if it must stand behind the LSTM, or if it is named ---------------------------

BEFORE = {
    "an embedding as wide as the LSTM": module("embedding", (100, 8)), "an embedding of as many words": module("tokens", (8, 8)),
    "a linear layer": module("inp", (8, 8), (8,)), "without a bias": module("inp", (8, 8)), "called fc": module("fc", (8, 8), (8,)),
}


@pytest.mark.parametrize("part", BEFORE.values(), ids=BEFORE)
def test_what_could_feed_the_lstm_is_no_readout_unless_it_is_named(part, tmp_path):
    name = next(iter(part)).partition(".")[0]
    for given in (part | model(**EIGHT), dict(sorted((model(**EIGHT) | part).items()))):
        sentence = refused(from_pytorch, given)
        assert "lstm and readout" in sentence and f"--lstm lstm), and readout='{name}' (--readout {name}) only if" in sentence
        weight_files.write_arrays(tmp_path / "w.safetensors", given)
        assert sentence.partition(": ")[2] in refused(load_weights, tmp_path / "w.safetensors")
        assert "lstm and readout" in refused(convert, tmp_path / "w.safetensors", tmp_path / "b.npz")
        alone = from_pytorch(given, lstm="lstm")
        assert same(alone, some(**EIGHT)) and alone.notes == [f"Left out: {name}."]
        assert same(from_pytorch(given, readout=""), some(**EIGHT))
        assert np.array_equal(from_pytorch(given, readout=name)["readout_weight"], part[name + ".weight"])


@pytest.mark.parametrize("how, part", [
    (dict(inputs=3, hidden=4), module("head", (2, 4))),              # no bias: an Embedding of two words, beside it
    (dict(inputs=3, hidden=4), module("token_embedding", (9, 4), (9,))),
    (dict(inputs=8, hidden=4, directions=2), module("embedding", (9, 8)))])
def test_a_shape_that_proves_nothing_is_asked_about(how, part):
    assert "only if it reads the LSTM's outputs" in refused(from_pytorch, model(**how) | part)


@pytest.mark.parametrize("how, part", [
    (dict(), module("fc", (2, 4), (2,))), (dict(directions=2), module("fc", (2, 8), (2,))),
    (dict(projection=2), module("fc", (5, 2), (5,))),
    (EIGHT, module("fc", (3, 8), (3,)))])
def test_a_shape_that_proves_it_is_read(how, part):
    read = from_pytorch(part | model(**how))
    assert same(read, some(**how) | {"readout_weight": part["fc.weight"], "readout_bias": part["fc.bias"]}) and read.notes == []


def test_a_readout_that_could_stand_before_too_is_told():
    for how, part in ((dict(inputs=8, hidden=5), module("inp", (8, 5), (8,))),       # Linear(5, 8) before: what the LSTM reads
                      (EIGHT, module("fc", (8, 8), (8,)))):                          # listed after the LSTM, as PyTorch adds parts
        name = next(iter(part)).partition(".")[0]
        read = from_pytorch(model(**how) | part)
        assert np.array_equal(read["readout_weight"], part[name + ".weight"])
        assert read.notes[0].startswith(f"{name} is taken for the readout;")
        assert from_pytorch(model(**how) | part, readout=name).notes == []
        assert same(from_pytorch(model(**how) | part, lstm="lstm"), some(**how))
    kernel = dict(zip(("kernel", "recurrent_kernel", "bias"), to_keras(some(inputs=8, hidden=5))))
    dense = {"dense/kernel": np.ones((5, 8)), "dense/bias": np.ones(8)}
    read = from_keras({f"lstm/{name}": value for name, value in kernel.items()} | dense)
    assert "could stand before the LSTM too" in read.notes[1]


def test_what_py_lstm_itself_wrote_says_by_its_names_what_it_is():
    square = some(outputs=8, **EIGHT)
    assert same(from_pytorch(to_pytorch(square)), square)


@pytest.mark.parametrize("part, names", [
    (module("norm", (8,), (8,)), "norm.weight, norm.bias"), (module("conv", (8, 8, 3), (8,)), "conv.weight, conv.bias"),
    (module("bn", (8,), (8,)) | {"bn.running_mean": np.zeros(8), "bn.num_batches_tracked": np.array(3)}, "bn.num_batches_tracked"),
    (module("head.conv", (3, 8, 1), (3,)), "head.conv.weight"), ({"scale": np.ones(3)}, "scale"), ({"epoch": np.array(5)}, "epoch")])
def test_parts_that_are_no_linear_layer_are_named_and_left_out_on_request(part, names):
    sentence = refused(from_pytorch, model(**EIGHT) | part)
    assert names in sentence and "lstm='lstm' (--lstm lstm)." in sentence and "give shape" not in sentence
    assert same(from_pytorch(model(**EIGHT) | part, lstm="lstm"), some(**EIGHT))


# GRU and RNN ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("layer, name, call", [
    (GRU(5, 256), "GRU", "GRU(5, 256)"), (GRU(3, 4), "GRU", "GRU(3, 4)"),
    (GRU(3, 4, 2, bidirectional=True), "GRU", "GRU(3, 4, 2, bidirectional"),
    (RNN(10, 16), "plain RNN", "RNN(10, 16)"), (RNN(3, 4), "plain RNN", "RNN(3, 4)"), (GRU(4, 1), "GRU", "GRU(4, 1)")], ids=str)
def test_weights_of_a_gru_or_rnn_are_told_and_what_takes_them(layer, name, call, tmp_path):
    given = layer.state_dict()
    for read in (from_pytorch, check_weights, to_network, to_lstm, to_keras, lambda w: save_weights(tmp_path / "a.npz", w),
                 lambda w: from_pytorch({"rnn." + key: value for key, value in w.items()}, lstm="rnn")):
        sentence = refused(read, given)
        assert f"These are the weights of a {name} " in sentence and call in sentence and "give shape" not in sentence
    assert call in refused(load_weights, stored(tmp_path, given))
    type(layer)(*map(int, re.findall(r"\d+", call)), bidirectional="bidirectional" in call).load_state_dict(given)      # the advice holds


def test_keras_and_onnx_gru_are_told():
    assert "weights of a GRU" in refused(from_keras, [np.ones((3, 12)), np.ones((4, 12)), np.ones((2, 12))])
    assert "weights of a GRU" in refused(from_keras, [np.ones((3, 12)), np.ones((4, 12)), np.ones(12), np.ones((4, 2)), np.ones(2)])
    assert "weights of a GRU" in refused(from_onnx, {"W": np.ones((1, 12, 3)), "R": np.ones((1, 12, 4))})
    assert "weights of a plain RNN" in refused(from_onnx, {"W": np.ones((1, 4, 3)), "R": np.ones((1, 4, 4))})


def test_an_lstm_beside_a_gru_is_the_one_that_is_read():
    both = model() | {"gru." + name: value for name, value in GRU(3, 4).state_dict().items()}
    sentence = refused(from_pytorch, both)
    assert "several LSTMs" not in sentence and "gru.weight_ih_l0" in sentence
    read = from_pytorch(both, readout="")
    assert same(read, some()) and read.notes == ["Left out: gru."]
    assert "GRU(3, 4)" in refused(from_pytorch, both, lstm="gru")
    two = model() | {"decoder." + name: value for name, value in some().items()}
    assert "(--lstm decoder)" in refused(from_pytorch, two)


# Weights in parts -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("prefix", ["", "encoder.rnn."])
@pytest.mark.parametrize("tensor, parts", [
    ("weight_hh_l0", ["parametrizations.weight_hh_l0.original0", "parametrizations.weight_hh_l0.original1"]),
    ("weight_ih_l0", ["parametrizations.weight_ih_l0.original"]), ("weight_hh_l0", ["weight_hh_l0_g", "weight_hh_l0_v"]),
    ("weight_ih_l0", ["weight_ih_l0_orig", "weight_ih_l0_mask"]), ("weight_hh_l0", ["weight_hh_l0_raw"])])
def test_weight_norm_and_the_like_are_told_whatever_is_asked_for(prefix, tensor, parts, tmp_path):
    given = {prefix + name: value for name, value in some().items()}
    whole = given.pop(prefix + tensor)
    given |= {prefix + part: whole for part in parts}
    path = stored(tmp_path, given)
    for how in ({}, {"lstm": prefix.rstrip(".")}, {"readout": ""}):
        sentence = refused(load_weights, path, **how)
        assert f"{tensor} of the LSTM {prefix.rstrip('.')!r} is kept in parts" in sentence and "remove_parametrizations" in sentence


# Keras ----------------------------------------------------------------------------------------------------------------

def named(*layers):
    return {f"{name}/{part}": value for name, parts in layers for part, value in parts.items()}


def cell(**how):
    return "lstm/lstm_cell", dict(zip(("kernel", "recurrent_kernel", "bias"), to_keras(some(**how))))


def test_every_answer_from_keras_says_what_its_files_do_not(tmp_path, capsys):
    told = "Taken as sigmoid and tanh, forwards: a Keras weight file does not say"
    path = stored(tmp_path, {f"arr_{k}": value for k, value in enumerate(to_keras(some()))})
    for read in (from_keras(to_keras(some())), from_keras(named(cell())), load_weights(path), load_weights(path, layout="keras")):
        assert read.notes[0].startswith(told) and len(read.notes) == 1
    assert any(note.startswith(told) for note in convert(path, tmp_path / "b.npz").notes)
    for command in (["gates", path], ["gates", path, "--json"], ["convert", path, tmp_path / "c.npz"]):
        assert command_line.main([str(argument) for argument in command]) == 0
        out, err = capsys.readouterr()
        assert err.startswith(f"py_lstm: {told}") and told not in out and err.count("\n") == 1
    assert load_weights(tmp_path / "b.npz").notes == []                                     # PyTorch's layout has nothing to tell
    for how in (dict(recurrent_activation="hard_sigmoid"), dict(activation="relu")):
        assert next(iter(how)) in refused(load_weights, path, **how)
    assert "x[::-1]" in refused(from_keras, to_keras(some()), go_backwards=True)


def test_two_sets_of_keras_weights_say_how_they_were_taken():
    assert "Bidirectional" in from_keras(to_keras(some(directions=2))).notes[1]             # or two LSTMs side by side
    assert len(from_keras(to_keras(some(directions=2)), bidirectional=True).notes) == 1
    assert "RepeatVector" in from_keras(to_keras(some(layers=2))).notes[1]                  # an autoencoder looks alike


def test_a_dense_layer_known_by_its_name_only_is_read_if_it_must_stand_behind():
    dense = lambda *shape: ("dense", {"kernel": np.ones(shape), "bias": np.ones(shape[1])})
    for given in (named(dense(8, 8), cell(**EIGHT)), named(cell(**EIGHT), dense(8, 8))):
        assert "get_layer('lstm')" in refused(from_keras, given)
        assert from_keras(given, readout="").notes[1] == "Left out: dense."
    assert "readout_weight" in from_keras(named(cell(**EIGHT), dense(8, 3)))
    in_order = to_keras(some(**EIGHT)) + [np.ones((8, 8)), np.ones(8)]
    assert np.array_equal(from_keras(in_order)["readout_weight"], np.ones((8, 8)))          # an order is a proof
    assert np.array_equal(from_keras({f"arr_{k}": value for k, value in enumerate(in_order)})["readout_weight"], np.ones((8, 8)))


BESIDE = {"Embedding": ([np.ones((10, 3))], []), "two Dense": ([], [np.ones((4, 5)), np.ones(5), np.ones((5, 1)), np.ones(1)]),
          "BatchNormalization": ([], [np.ones(4)] * 4 + [np.ones((4, 1)), np.ones(1)]), "Conv1D": ([np.ones((3, 2, 3)), np.ones(3)], [])}


@pytest.mark.parametrize("before, behind", BESIDE.values(), ids=BESIDE)
def test_keras_layers_beside_the_lstm_are_left_out_on_request_and_the_refusal_tells_how(before, behind):
    given = before + to_keras(some()) + behind
    sentence = refused(from_keras, given)
    assert "leave out what stands before or between" in sentence and "model.get_layer('lstm').get_weights()" in sentence
    read = from_keras(given, readout="")
    assert same(read, from_keras(to_keras(some()))) and f"an array of shape {(before + behind)[0].shape}" in read.notes[-1]
    assert from_keras(to_keras(some(outputs=2)), readout="").notes == from_keras(to_keras(some())).notes
    two = to_keras(some()) + [np.ones((4, 3))] + to_keras(some(inputs=3))
    assert "leave out" in refused(from_keras, two, readout="")                               # two LSTMs with something between


def test_embeddings_by_name_and_cudnn_are_told():
    given = named(("embedding", {"embeddings": np.ones((10, 3))}), cell())
    assert "embedding/embeddings" in (sentence := refused(from_keras, given)) and "get_layer('lstm').get_weights()" in sentence
    assert same(from_keras(given, readout=""), from_keras(to_keras(some())))
    kernel, recurrent, _ = to_keras(some())
    assert "CuDNNLSTM" in refused(from_keras, [kernel, recurrent, np.ones(32)])
    assert "a file of its own" in refused(from_keras, to_keras(some(hidden=8)) + to_keras(some(inputs=8)))


# What is left out is not looked at ------------------------------------------------------------------------------------

ODD = {"texts": np.array(["a", "bc", "d"]), "complex": np.ones(3, complex), "dates": np.array(["2020", "2021"], "M8[D]"),
       "objects": np.array([None, 1], object), "whole": np.arange(3), "flags": np.array([True]), "nan": np.full(3, np.nan)}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_array_beside_the_lstm_refuses_nothing_that_does_not_need_it(kind, tmp_path):
    path = stored(tmp_path, {"beside": ODD[kind]} | some())
    for how in ({"lstm": ""}, {"readout": ""}):
        assert same(load_weights(path, **how), some())
    assert "beside" in refused(load_weights, path)
    path = stored(tmp_path, some() | {"bias_ih_l0": ODD[kind]})
    assert "bias_ih_l0" in refused(load_weights, path, lstm="")
    if kind not in ("whole", "flags", "nan"):
        assert "beside" in refused(weight_files.read_arrays, stored(tmp_path, {"beside": ODD[kind]}))


@pytest.mark.parametrize("kind", ["F8_E4M3", "F8_E5M2", "F4", "C64"])
def test_tensors_in_eight_bits_beside_the_lstm(kind):
    header, body = {"q.weight": {"dtype": kind, "shape": [3, 3], "data_offsets": [0, 9]}}, bytes(9)
    for name, value in some(dtype=np.float32).items():
        header["lstm." + name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(body), len(body) + value.nbytes]}
        body += value.tobytes()
    data = safetensors(header, body)
    assert same(load_weights(data, lstm="lstm"), some(dtype=np.float32)) and load_weights(data, readout="").notes == ["Left out: q."]
    assert "q.weight" in refused(load_weights, data)
    assert f"'{kind}'" in refused(load_weights, data, lstm="lstm", readout="q")             # it is asked for
    header["lstm.bias_hh_l0"]["dtype"] = kind
    assert f"'lstm.bias_hh_l0' as '{kind}'" in refused(load_weights, safetensors(header, body), lstm="lstm")


def test_no_object_is_unpickled_on_the_way():
    class Bomb:
        def __reduce__(self):
            return pytest.fail, ("it was opened",)

    out = io.BytesIO()
    np.savez(out, beside=np.array([Bomb()], object), **some())
    assert same(load_weights(out.getvalue(), lstm=""), some())


# Sentences ------------------------------------------------------------------------------------------------------------

def test_both_of_pytorchs_own_formats_are_named_with_a_way_on():
    old = pickle.dumps(0x1950a86a20f9469cfc6c, protocol=2) + pickle.dumps(1001, protocol=2) + pickle.dumps({}, protocol=2)
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    for data in (old, new.getvalue()):
        sentence = refused(load_weights, data)
        assert "PyTorch's own format" in sentence and "torch.load" in sentence and "d['state_dict']" in sentence
    assert "PyTorch" not in refused(load_weights, pickle.dumps({}, protocol=2))
    assert "get_layer('lstm').get_weights()" in refused(load_weights, b"\x89HDF\r\n\x1a\n")


def test_an_argument_that_load_weights_does_not_have_is_refused_by_name(tmp_path):
    path = stored(tmp_path, some())
    sentence = refused(load_weights, path, lstmm="a")
    assert sentence.startswith("load_weights has no argument lstmm;") and "lstm, readout" in sentence and "from_layout" not in sentence


def test_names_that_are_cut_show_it():
    long = "decoder." + "block." * 12 + "reparam_conv.weight"
    assert listed([long]) == long[:57] + "..." and len(listed([long])) == 60
    assert long[:57] + "..." in refused(from_pytorch, model() | {long: np.ones(3)})
    assert listed(["lstm.weight"]) == "lstm.weight"


def test_gates_reads_the_one_lstm_of_a_model_and_tells_what_it_left_out(tmp_path, capsys):
    lstm = LSTM(3, 4, rng=2)
    weight_files.write_arrays(tmp_path / "m.safetensors", module("embedding", (20, 3)) | module("fc", (2, 4), (2,)) | {
        "lstm." + name: value for name, value in from_lstm(lstm).items()})
    save_weights(tmp_path / "alone.npz", from_lstm(lstm))
    heard = []
    for file in ("m.safetensors", "alone.npz"):
        assert command_line.main(["gates", str(tmp_path / file), "1 2 3; 0 1 0", "--json"]) == 0
        heard.append(capsys.readouterr())
    assert heard[0].out == heard[1].out and heard[1].err == ""
    assert heard[0].err == "py_lstm: Left out: embedding, fc.\n"


def test_a_layer_without_biases_beside_one_with_them_has_zeros():
    first, second = to_onnx(some(layers=2))
    del second["B"]
    read = from_onnx([first, second])
    assert not read["bias_ih_l1"].any() and not read["bias_hh_l1"].any()
    assert np.array_equal(read["bias_ih_l0"], some(layers=2)["bias_ih_l0"])
