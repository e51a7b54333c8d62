"""Numbers and texts of one's own on the command line: taken as they stand, or refused with what to write instead."""

import json

import pytest

from py_lstm import LSTM, from_lstm, save_weights
from py_lstm.command_line import main

TEXT = " was made long after C; one is not the other, as everybody knows by now & for ever. "


@pytest.fixture
def call(capsys):
    def call(*arguments):
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err
    return call


def experiment(call, *arguments):
    status, out, err = call("run", "--json", "updates=1", "hidden_size=2", *arguments)
    assert status == 0, err
    return json.loads(out)["experiment"]


@pytest.mark.parametrize("given, values", [
    ("0.1,0.5,0.9,0.5,0.1", [[0.1], [0.5], [0.9], [0.5], [0.1]]), ("0,1;0,5;0,9;0,5;0,1", [[0.1], [0.5], [0.9], [0.5], [0.1]]), ("1;2;3", [[1], [2], [3]]),
    ("0.1,-2;1e-9,3", [[0.1, -2], [1e-9, 3]]), ("1 2; 3 4", [[1, 2], [3, 4]]), ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]), ("１，２，３", [[1], [2], [3]]), ("1,5;2,5\n1,6;2,6", [[1.5, 2.5], [1.6, 2.6]]),
])
def test_values_as_people_write_them(call, given, values):
    assert experiment(call, "task=own", f"values={given}")["values"] == values


@pytest.mark.parametrize("given, said", [
    ("1,5;2,3", "can be read in 2 ways"), ("1,,3", "line 1, column 2"), ("50%,60%", "is a percentage"), ("1;2;x", "'x' in line 1, column 3 is not a number"), ("1%2C2", "is not a number"),
    ("@nothing.csv", "there is no file 'nothing.csv'"),
])
def test_values_that_cannot_be_taken(call, given, said):
    status, out, err = call("run", "task=own", f"values={given}")
    assert (status, out) == (2, "") and said in err and err.count("\n") == 1


def test_targets_are_as_many_as_there_are_steps(call):
    for order in (["values=1;2", "targets=1,0"], ["targets=1,0", "values=1;2"]):
        assert experiment(call, "task=own", *order)["targets"] == [1, 0]
    assert experiment(call, "task=own", "values=1;2;3;4", "targets=１，２，３，４")["targets"] == [1, 2, 3, 4]
    assert experiment(call, "task=own", "values=1 2; 3 4", "targets=0,5; 0,7")["targets"] == [0.5, 0.7]
    assert "one number for each of the 3 steps" in call("run", "task=own", "values=1;2;3", "targets=1 2")[2]


@pytest.mark.parametrize("begin", ["Tom & Jerry", "C#", "100%25 of all", "50% of", "a=b and c=d, https://x.org/#a", "@ Paul:", "~text"])
def test_a_text_is_taken_as_it_stands(call, begin):
    assert experiment(call, "task=own_text", f"text={begin}{TEXT}")["text"] == begin + TEXT
    assert experiment(call, f"task=own_text&text={begin}{TEXT}")["text"] == begin + TEXT


def test_what_can_be_part_of_a_text_or_another_field_is_refused(call):
    status, out, err = call("run", "task=own_text", f"text=A{TEXT}&updates=3")
    assert (status, out) == (2, "") and "'&updates='" in err and "text=@FILE" in err


def test_the_name_of_a_file_is_read_or_told_how(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = "To be or not to be, that is the question.\nTo be or not to be.\n"
    (tmp_path / "raw.txt").write_bytes(("\ufeff" + content.replace("\n", "\r\n")).encode())
    (tmp_path / "x.csv").write_text("x;y\n1,5;2\n2,5;3\n")
    assert experiment(call, "task=own_text", "text=@raw.txt")["text"] == content
    assert experiment(call, "task=own", "values=@x.csv")["values"] == [[1.5, 2], [2.5, 3]]
    assert "write text=@raw.txt" in call("run", "task=own_text", "text=raw.txt")[2]
    assert "write values=@x.csv" in call("run", "task=own", "values=x.csv")[2]
    assert "write task=own_text text=@raw.txt" in call("run", "raw.txt")[2]


@pytest.mark.parametrize("link", ["https://example.org/#updates=2&seed=3", "#updates=2&seed=3", "index.html#updates=2&seed=3", "localhost:8000/?boot=plain#updates=2&seed=3", "updates=2&seed=3"])
def test_links_and_several_fields_in_one_argument_are_still_read(call, link):
    status, out, _ = call("run", "--json", link)
    assert status == 0 and {"updates": 2, "seed": 3}.items() <= json.loads(out)["experiment"].items()


def test_single_numbers_with_decimal_commas(call):
    found = experiment(call, "learning_rate=0,05", "scale=１,５", "damage=clamp_f:0,5", "edits=bias[0]:0,25")
    assert (found["learning_rate"], found["scale"], found["damage"], found["edits"]) == (0.05, 1.5, {"clamp_f": 0.5}, {"bias[0]": 0.25})
    status, _, err = call("run", "learning_rate=1,000")
    assert status == 2 and "can mean 1000 or 1.000" in err


def test_options_take_numbers_alike(call, capsys):
    assert call("gates", "none.safetensors", "--length", "２４")[0] == 2            # the file is not there, the number is
    for value in ("1,000", "2,5", "x"):
        with pytest.raises(SystemExit):
            main(["sample", "--length", value])
        assert value in capsys.readouterr().err
    assert call("sample", "task=text_en", "updates=0", "hidden_size=2", "--length", "3", "--temperature", "0,5")[0] == 0


def test_gates_read_numbers_by_the_same_rules(call, tmp_path):
    save_weights(tmp_path / "one.safetensors", from_lstm(LSTM(1, 2)))
    save_weights(tmp_path / "two.safetensors", from_lstm(LSTM(2, 2)))
    (tmp_path / "x.csv").write_text("a;b\n1,5;2\n2,5;3\n")
    for given, x in (("0,5 0,7 0,9", [[0.5], [0.7], [0.9]]), ("0,5\n0,7", [[0.5], [0.7]]), ("1,5;2,3", [[1.5], [2.3]]), ("１、２", [[1], [2]])):
        assert json.loads(call("gates", tmp_path / "one.safetensors", given, "--json")[1])["l0"]["x"] == x
    for given, x in ((tmp_path / "x.csv", [[1.5, 2], [2.5, 3]]), ("1,0;0,1;1,1", [[1, 0], [0, 1], [1, 1]]), ("0.5 0.7", [[0.5, 0.7]])):
        assert json.loads(call("gates", tmp_path / "two.safetensors", given, "--json")[1])["l0"]["x"] == x
    for given, said in (("1,234\n2,345", "can be read in"), ("1\n\n2", "line 2 is empty"), ("1 2%", "percentage")):
        status, out, err = call("gates", tmp_path / "one.safetensors", given)
        assert (status, out) == (2, "") and said in err
