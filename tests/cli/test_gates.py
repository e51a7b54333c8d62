"""`py_lstm gates`: weights from a file, a sequence, and every gate of it."""

import csv
import io
import json

import numpy as np
import pytest

from py_lstm import LSTM, command_line, from_lstm, save_weights, to_keras

QUANTITIES = ("x", "z_i", "z_f", "z_g", "z_o", "i", "f", "g", "o", "c", "tanh_c", "h")


@pytest.fixture
def call(capsys):
    def call(*arguments):
        status = command_line.main([str(argument) for argument in arguments])
        return (status, *capsys.readouterr())
    return call


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A file as PyTorch would name its tensors, and the layer that they belong to."""
    lstm = LSTM(2, 3, num_layers=2, bidirectional=True, initializer="pytorch", rng=4)
    path = tmp_path_factory.mktemp("weights") / "model.safetensors"
    save_weights(path, from_lstm(lstm))
    return path, lstm


X = [[1.0, 0.0], [0.0, 1.0], [0.5, -2.0]]


def expected(lstm, x):
    lstm(np.array(x))
    return {f"l{k}{'_reverse' * reverse}": {name: recorded[name][:, 0] for name in QUANTITIES}
            for k, layer in enumerate(lstm.trace) for reverse, recorded in enumerate(layer)}


def test_json_holds_every_quantity_of_every_layer_and_direction(call, stored):
    path, lstm = stored
    status, out, err = call("gates", path, "1 0; 0 1; 0.5 -2", "--json")
    told, right = json.loads(out), expected(lstm, X)
    assert (status, err) == (0, "") and list(told) == ["l0", "l0_reverse", "l1", "l1_reverse"] == list(right)
    for layer, arrays in right.items():
        assert list(told[layer]) == list(QUANTITIES)
        for name, values in arrays.items():
            assert np.array_equal(told[layer][name], values), (layer, name)


def test_a_sequence_comes_from_a_file_standard_input_or_the_line_itself(call, stored, tmp_path, monkeypatch):
    path, _ = stored
    (tmp_path / "x.csv").write_text("\ufeff1, 0\n0, 1\n0.5, -2\n\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("1\t0\n0\t1\n0.5\t-2"))
    given = [call("gates", path, sequence, "--json") for sequence in (tmp_path / "x.csv", "-", "1,0;0,1;0.5,-2")]
    assert given[0][0] == 0 and given[0] == given[1] == given[2]


def test_csv_and_npz_have_the_same_numbers(call, stored, tmp_path):
    path, lstm = stored
    for ending in ("csv", "npz"):
        assert call("gates", path, "1 0; 0 1; 0.5 -2", "-o", tmp_path / f"a.{ending}") == (0, "", "")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    arrays = dict(np.load(tmp_path / "a.npz"))
    for layer, quantities in expected(lstm, X).items():
        for name, values in quantities.items():
            assert np.array_equal(arrays[f"{name}_{layer}"], values)
            assert [[float(row[f"{name}_{layer}_{unit}"]) for unit in range(1, values.shape[1] + 1)] for row in rows] == values.tolist()


def test_the_picture_says_what_it_shows(call, stored):
    status, out, err = call("gates", stored[0], "--length", "7", "--show", "f,h")
    assert (status, err) == (0, "")
    assert out.startswith("2 layers in both directions with 2 inputs and 3 units; 7 steps of random numbers, seed 0\n\nl0\n")
    rows = [line for line in out.splitlines() if line.startswith(" ")]
    assert len(rows) == 4 * 2 * 3 and all(len(row.split("  ")[-2]) == 7 for row in rows)


def test_weights_of_keras(call, tmp_path):
    lstm = LSTM(1, 2, rng=3)
    np.savez(tmp_path / "keras.npz", *to_keras(from_lstm(lstm)))
    status, out, _ = call("gates", tmp_path / "keras.npz", "1 2 3", "--json")       # one input: a number for each step
    assert status == 0
    assert np.allclose(json.loads(out)["l0"]["c"], expected(lstm, [[1.0], [2.0], [3.0]])["l0"]["c"], rtol=1e-13, atol=0)


@pytest.mark.parametrize("sequence, sentence", [
    ("1 0; 0 1; 1", "Step 3 of the sequence has 1 number; this network reads 2 at each step."),
    ("1 0; 0 one", "'one' in line 2, column 2 is not a number"),
    ("nofile.csv", "'nofile.csv' in the sequence is no number and no file"),
    ("", "sequence is empty"),
    ("nan 1", "'nan' in line 1, column 1 is not a finite number"),
    ("1 0\n\n0 1", "line 2 is empty"), ("1 0\n0 1 1", "Step 2 of the sequence has 3 numbers; this network reads 2 at each step."),
    ("1 0 0 1", "Step 1 of the sequence has 4 numbers; this network reads 2 at each step."), ("1,,0", "nothing stands in line 1, column 2"),
])
def test_a_wrong_sequence_gets_one_sentence(call, stored, sequence, sentence):
    status, out, err = call("gates", stored[0], sequence)
    assert (status, out) == (2, "") and sentence in err and err.count("\n") == 1


def test_wrong_options_get_one_sentence(call, stored, tmp_path):
    for arguments in (["--show", "delta"], ["-o", tmp_path / "a.pdf"], ["--length", "0"], ["--seed", "-1"], ["--lstm", "encoder"]):
        status, out, err = call("gates", stored[0], *arguments)
        assert (status, out) == (2, "") and err.startswith("py_lstm: ") and err.count("\n") == 1, arguments
    assert call("gates", tmp_path / "nothing.safetensors")[0] == 2
