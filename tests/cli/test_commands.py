"""Every command: what it prints, what it writes, and how it refuses."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from pathlib import Path

import numpy as np
import pytest

from py_lstm import TASKS, Experiment, Trainer, explain, load_training, load_weights, run, train
from py_lstm import command_line
from py_lstm.damage import effect
from py_lstm.trace import BACKWARD, FORWARD

ROOT = Path(__file__).parents[2]
SMALL = ["hidden_size=2", "length=6", "updates=3"]
EXPERIMENT = Experiment(hidden_size=2, length=6, updates=3)
LINK = "https://example.org/#hidden_size=2&length=6&updates=3&quantity=c&t=4&unit=2"


def start(*arguments, **how):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen([sys.executable, "-W", "error", "-m", "py_lstm", *map(str, arguments)], cwd=ROOT.anchor, env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


@pytest.fixture
def call(capsys):
    """A command within this process, which is faster: (status, standard output, standard error)."""
    def call(*arguments):
        status = command_line.main([str(argument) for argument in arguments])
        return (status, *capsys.readouterr())
    return call


def good(answer):
    status, out, err = answer
    assert (status, err) == (0, "")
    return out


def test_run_as_somebody_starts_it(tmp_path):
    process = start("run", *SMALL, "--json")
    out, err = process.communicate(timeout=60)
    answer = json.loads(out)
    trace = run(EXPERIMENT)
    assert (process.returncode, err) == (0, b"")
    trainer = Trainer(EXPERIMENT)
    list(train(trainer))
    assert answer == {"loss": trace.loss, "right": trace.right, "counted": trace.counted, "losses": list(trace.losses),
                      "score": trainer.evaluate(), "metric": "share of signs right", "clueless": 0.5, "goal": 0.99, "reached": False,
                      "experiment": EXPERIMENT.to_json()}


@pytest.mark.parametrize("link, told", [
    ("https://example.org/#hidden_size=2&amp;length=6&amp;updates=3", "&amp;"),
    ("https://example.org/%23hidden_size%3D2%26length%3D6%26updates%3D3", "percent-encoded"),
    ("?hidden_size=2&length=6&updates=3", "? where a # belongs"), ("#hidden_size=2&length=6&updates=3).", "left out: )."),
    ("https://example.org/?utm_source=x#hidden_size=2&length=6&updates=3&fbclid=7", "fbclid"),
    ("#hidden_size=2&length=6&updates=3&~answer=K8lI", "cut off"), ("https://example.org/#hidden_size=2&length=6&updates=3", "")])
def test_a_link_that_was_changed_on_its_way_is_run_as_it_was_shared_and_told(call, link, told):
    status, out, err = call("run", link, "--json")
    assert status == 0 and json.loads(out)["experiment"] == EXPERIMENT.to_json()
    assert told in err and bool(err) == bool(told) and (not told or err.startswith("py_lstm: The link was changed on its way here."))


def test_an_experiment_comes_from_fields_a_link_a_file_or_standard_input(call, tmp_path, monkeypatch):
    (tmp_path / "experiment.json").write_text(json.dumps({"hidden_size": 2, "length": 6, "updates": 3}))
    monkeypatch.setattr("sys.stdin", io.StringIO('{"hidden_size": 2, "length": 6, "updates": 3}'))
    outs = {good(call("run", *given)) for given in (SMALL, [LINK], ["hidden_size=2&length=6&updates=3"], [tmp_path / "experiment.json"],
                                                    ["-"], ["hidden_size=9", LINK])}
    assert len(outs) == 1 and "after 3 updates\nloss " in outs.pop()
    assert json.loads(good(call("run", LINK, "updates=1", "--json")))["experiment"]["updates"] == 1


def test_an_own_sequence_with_more_steps_than_the_default(call):
    out = good(call("run", "task=own", "values=1;2;3;4", "updates=1", "--json"))
    assert json.loads(out)["experiment"]["length"] == 3
    (status, out, err) = call("run", "task=own", "values=1;2;x")
    assert status == 2 and "'x' in line 1, column 3 is not a number" in err


def test_check_says_right_or_wrong_with_its_status(call, monkeypatch):
    assert good(call("check", *SMALL)).count("right") == 8
    answer = json.loads(good(call("check", *SMALL, "--json", "--method", "central", "--most", 3)))
    assert answer["right"] is True and answer["method"] == "central" and max(t["checked"] for t in answer["tensors"]) == 3
    from py_lstm import cell
    backward = cell.backward
    monkeypatch.setattr(cell, "backward", lambda *given: (lambda d: d._replace(weight_hh=0.99 * d.weight_hh))(backward(*given)))
    status, out, err = call("check", *SMALL)
    assert status == 1 and out.count("WRONG") == 1 and err == ""
    assert json.loads(call("check", *SMALL, "--json")[1])["right"] is False


def test_a_trace_as_csv_npz_and_json(call, tmp_path):
    trace = run(EXPERIMENT)
    rows = list(csv.DictReader(io.StringIO(good(call("trace", *SMALL)))))
    assert len(rows) == 6 and [row["t"] for row in rows] == list("123456")
    for name in FORWARD + BACKWARD:
        width = trace.arrays[name].shape[1]
        columns = [name] if name in ("y", "target", "dy") else [f"{name}_{unit + 1}" for unit in range(width)]
        assert np.array_equal([[float(row[column]) for column in columns] for row in rows], trace.arrays[name]), name
    assert good(call("trace", *SMALL, "-o", tmp_path / "trace.npz")) == ""
    with np.load(tmp_path / "trace.npz") as arrays:
        assert set(arrays) == set(trace.arrays) and all(np.array_equal(arrays[name], trace.arrays[name]) for name in arrays)
    process = start("trace", *SMALL, "--format", "npz")
    out, err = process.communicate(timeout=60)
    assert out == (tmp_path / "trace.npz").read_bytes() and err == b""
    good(call("trace", *SMALL, "-o", tmp_path / "trace.json"))
    assert json.loads((tmp_path / "trace.json").read_text()) == json.loads(json.dumps(trace.to_json()))


def test_explain_gives_the_equation_the_operands_and_the_line(call):
    told = explain(run(EXPERIMENT), "c", 4, 2)
    out = good(call("explain", "c", 4, 2, *SMALL))
    assert f"{told.value:.6g}" in out and "c_t = f_t ⊙ c_(t-1) + i_t ⊙ g_t" in out and "py_lstm/cell.py:" in out
    assert "f_(4,2) c_(3,2) = " in out and out.count("×") == 2
    assert good(call("explain", LINK)) == out
    assert json.loads(good(call("explain", "c", 4, 2, *SMALL, "--json"))) == json.loads(json.dumps(told.to_json()))
    assert "it was given" in good(call("explain", "x", 1, 1, *SMALL))


@pytest.mark.parametrize("gradient_of", ["loss", "output"])
def test_every_quantity_is_told_without_latex(call, gradient_of):
    for quantity in FORWARD + BACKWARD:
        out = good(call("explain", quantity, 3, 1, *SMALL, f"gradient_of={gradient_of}"))
        assert out and "\\" not in out and "{" not in out, out


def test_a_picture_in_the_terminal_and_as_svg(call, tmp_path):
    lines = good(call("picture", *SMALL)).splitlines()
    assert len(lines) == 2 + 2 + 6 * 2 + 1 and all(len(line.split("  ")[-2]) == 6 for line in lines[2:])
    good(call("picture", *SMALL, "--show", "f,dc", "-o", tmp_path / "trace.svg"))
    tree = xml.parse(tmp_path / "trace.svg").getroot()
    titles = [title.text for title in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 1 + 2 * 2 * 6 and f"f 2, step 4: {run(EXPERIMENT).arrays['f'][3, 1]:.6g}" in titles
    process = subprocess.run([sys.executable, "-m", "py_lstm", "picture", *SMALL], cwd=ROOT, capture_output=True,
                             env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}, timeout=60)
    assert process.returncode == 0 and b"?" not in process.stdout and b"#" in process.stdout


def test_train_saves_resumes_and_comes_to_the_same_bits(call, tmp_path):
    file, weights = tmp_path / "kept.npz", tmp_path / "weights.safetensors"
    status, out, err = call("train", *SMALL, "--save", file)
    assert status == 0 and out.startswith("after 3 updates, loss ") and "update 3 of 3" in err
    status, out, err = call("train", "--resume", file, "updates=7", "--quiet", "--weights", weights)
    assert status == 0 and out.startswith("after 7 updates") and "update" not in err.replace("updates", "")
    right = Trainer(EXPERIMENT).parameters_after(7)
    resumed = load_training(file)
    assert all(np.array_equal(resumed.network.parameters[name], right[name]) for name in right)
    assert np.array_equal(load_weights(weights)["weight_hh_l0"], right["weight_hh"])
    assert json.loads(good(call("run", file, "--json")))["loss"] == run(EXPERIMENT.replace(updates=7)).loss
    assert good(call("check", file)).count("right") == 8
    status, _, err = call("train", "--resume", file, "hidden_size=3", "updates=9")
    assert status == 2 and "hidden_size is 3, the saved training has 2" in err


def test_train_speaks_json_by_the_line(call):
    lines = [json.loads(line) for line in good(call("train", *SMALL, "--json", "--every", 1)).splitlines()]
    assert [line.get("update") for line in lines] == [1, 2, 3, None]
    assert lines[-1]["done"] is True and lines[-1]["loss"] == lines[-2]["loss"] == run(EXPERIMENT).losses[-1]


@pytest.mark.skipif(os.name != "posix", reason="sends the signal that Ctrl-C sends")
def test_ctrl_c_saves_what_was_reached_and_it_goes_on_to_the_same_bits(tmp_path):
    file = tmp_path / "kept.npz"
    process = start("train", "hidden_size=2", "length=6", "updates=100000", "--every", "10", "--save", file)
    assert process.stderr.readline().startswith(b"update 10 of 100000")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and out.startswith(b"stopped after ") and b"--resume" in err and b"Traceback" not in err
    reached = load_training(file)
    done = len(reached.losses)
    right = Trainer(EXPERIMENT).parameters_after(done + 2)
    resumed = reached.parameters_after(done + 2)
    assert done >= 10 and all(np.array_equal(resumed[name], right[name]) for name in right)


def test_a_training_that_diverges_says_so_and_keeps_what_it_reached(call, tmp_path):
    status, out, err = call("train", *SMALL, "optimizer=sgd", "learning_rate=1000", "weight_decay=1000", "updates=500", "--quiet",
                            "--save", tmp_path / "kept.npz")
    assert status == 1 and out == "" and err.count("\n") == 1 and "Training left the numbers at update" in err and "norm" in err
    assert 20 < len(load_training(tmp_path / "kept.npz").losses) < 100
    status, out, err = call("train", *SMALL, "learning_rate=30", "updates=40", "--quiet")
    assert status == 0 and "times what it began with" in err
    (tmp_path / "kept.npz").unlink()
    status, out, err = call("train", *SMALL, "optimizer=sgd", "learning_rate=1000", "updates=4", "--quiet", "--save", tmp_path / "kept.npz")
    assert load_training(tmp_path / "kept.npz").experiment.optimizer == "sgd"


REFUSED = {
    "an unknown field": ["run", "hiden_size=3"], "a number out of range": ["run", "hidden_size=0"], "text": ["check", "length=many"],
    "no such file": ["run", "none.json"], "a folder": ["run", "/"], "a broken link": ["run", "https://example.org/#task=sorting"],
    "no such step": ["explain", "c", "99", "1"], "half a step": ["explain", "c", "1.5", "1"], "no such quantity": ["explain", "q", "1", "1"],
    "a place cut short": ["explain", "c", "1"], "nothing to explain": ["explain"], "text for a step": ["explain", "c", "one", "1"],
    "a picture of nothing": ["picture", "--show", ""], "a picture that is no SVG": ["picture", "-o", "a.png"],
    "a trace that is no CSV": ["trace", "-o", "trace.xls"], "a folder that is not there": ["trace", "-o", "/none/trace.csv"],
    "a save that is no .npz": ["train", "--save", "a.txt"], "a save nowhere": ["train", "--save", "/none/a.npz"],
    "no training to resume": ["train", "--resume", "none.npz"], "no progress at all": ["train", "--every", "0"],
    "weights in no format": ["train", "--weights", "a.h5"], "no weights to convert": ["convert", "none.npz", "none.safetensors"],
    "a view of nothing": ["explain", "#quantity=constructor"], "a step that is no number": ["explain", "#quantity=c&t=many"],
    "none of its elements": ["check", "--most", "0"], "no such saved training": ["run", "none.npz"],
}


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED)
def test_every_refusal_is_one_sentence(call, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(*arguments)
    assert (status, out) == (2, "") and err.startswith("py_lstm: ") and err.count("\n") == 1 and len(err) > 40
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, '{"length": NaN}', "\ufffe"])
def test_a_file_that_is_no_experiment(call, tmp_path, text):
    (tmp_path / "bad.json").write_text(text, encoding="utf-8")
    status, out, err = call("run", tmp_path / "bad.json")
    assert (status, out) == (2, "") and err.count("\n") == 1
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\x00")
    assert call("run", tmp_path / "bad.json")[0] == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_one_sentence():
    with open("/dev/full", "wb") as full:
        process = subprocess.run([sys.executable, "-m", "py_lstm", "trace", *SMALL], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert process.returncode == 2 and process.stderr.count(b"\n") == 1 and b"cannot be written" in process.stderr


def test_convert_and_help(call, tmp_path):
    good_weights = tmp_path / "a.safetensors"
    assert call("train", *SMALL, "--quiet", "--weights", good_weights)[0] == 0
    assert "Written to a.npz" in good(call("convert", good_weights, tmp_path / "a.npz"))
    for command in ("run", "train", "check", "trace", "explain", "picture", "convert", "lab", "demo"):
        with pytest.raises(SystemExit) as left:
            command_line.main([command, "--help"])
        assert left.value.code == 0


TINY = ["hidden_size=3", "batch_size=2", "length=16", "updates=3"]


def test_every_command_speaks_json_and_tells_by_its_status_how_it_went(call, tmp_path):
    weights = tmp_path / "a.safetensors"
    good(call("train", *SMALL, "--quiet", "--weights", weights))
    given = {
        "run": (SMALL, ["hidden_size=0"]),
        "train": ([*SMALL, "--quiet"], ["updates=-1"]),
        "check": ([*SMALL, "--most", 2], ["--most", "0"]),
        "damage": ([*SMALL, "damage=no_carry"], ["damage=nothing"]),
        "trace": (SMALL, ["length=0"]),
        "explain": (["c", 2, 1, *SMALL], ["c", 99, 1, *SMALL]),
        "picture": (SMALL, ["--show", "nothing"]),
        "gates": ([weights], [tmp_path / "nothing.npz"]),
        "sample": (["task=text_en", *TINY, "--length", 5], ["task=latch"]),
        "tasks": ([], None),
        "convert": ([weights, tmp_path / "b.npz"], [weights, weights]),
    }
    assert set(given) | {"demo", "lab"} == {command.__name__.rpartition(".")[2] for command in command_line.COMMANDS}
    for command, (right, wrong) in given.items():
        out = good(call(command, *right, "--json"))
        assert isinstance(json.loads(out.splitlines()[-1]), (dict, list)), command
        if wrong is not None:
            status, out, err = call(command, *wrong, "--json")
            assert (status, out) == (2, "") and err.startswith("py_lstm: ") and err.count("\n") == 1, command


def test_tasks_lists_every_task_with_what_knowing_nothing_scores(call):
    out = good(call("tasks"))
    rows = json.loads(good(call("tasks", "--json")))
    assert [row["task"] for row in rows] == list(TASKS)
    assert all(f"  {row['task']}\n" in out and row["about"].endswith(".") and row["clueless"] >= 0 for row in rows)
    assert out.count("knowing nothing scores") == 16 and "Gers et al. 2000" in out and out.count(":\n  ") == 3


def test_a_task_with_several_outputs_is_run_checked_trained_and_resumed(call, tmp_path):
    file = tmp_path / "kept.npz"
    out = good(call("run", "task=copy", *TINY))
    assert "share of symbols recalled" in out and "knowing nothing: 0.25" in out
    answer = json.loads(good(call("run", "task=copy", *TINY, "--json")))
    assert answer["experiment"]["task"] == "copy" and len(answer["losses"]) == 3 and answer["reached"] is False
    assert good(call("check", "task=reber", *TINY)).count("right") == 8
    assert call("train", "task=copy", *TINY, "--save", file)[0] == 0
    assert call("train", "--resume", file, "updates=6", "--quiet")[0] == 0
    right = Trainer(Experiment.from_json(answer["experiment"]).replace(updates=6))
    list(train(right))
    assert json.loads(good(call("run", file, "--json")))["losses"] == right.losses == load_training(file).losses
    for fields in (["hidden_size=4"], ["task=reber"], ["learning_rate=1"]):
        status, out, err = call("train", "--resume", file, *fields)
        assert (status, out) == (2, "") and err.count("\n") == 1 and "only updates may change" in err
    assert "choose one of latch" in call("run", "task=rebre")[2]


def test_a_task_with_several_outputs_is_traced_and_explained(call):
    rows = list(csv.DictReader(io.StringIO(good(call("trace", "task=copy", *TINY)))))
    trace = run(Experiment("copy", hidden_size=3, batch_size=2, length=16, updates=3))
    assert len(rows) == 26 and np.array_equal([[float(row[f"p_{k}"]) for k in range(1, 6)] for row in rows], trace.arrays["p"])
    for quantity in trace.quantities:
        for of in ("loss", "output"):
            out = good(call("explain", quantity, 24, 2, "task=copy", *TINY, f"gradient_of={of}"))
            assert out and "\\" not in out and "{" not in out, out
    assert good(call("picture", "task=reber", *TINY, "--show", "x,p")).count("\n") == 2 + 7 + 7


def test_text_is_sampled_from_a_file_and_a_prompt(call, tmp_path):
    file = tmp_path / "text.npz"
    assert call("train", "task=text_en", *TINY, "--save", file, "--quiet")[0] == 0
    out = good(call("sample", file, "--prompt", "When", "--length", 30))
    assert out.startswith("When") and len(out) == 4 + 30 + 1 and out == good(call("sample", "task=text_en", *TINY, "--prompt", "When", "--length", 30))
    assert out != good(call("sample", file, "--prompt", "When", "--length", 30, "--sample-seed", 1))
    for wrong in (["task=latch"], [file, "--prompt", "道"], [file, "--temperature", "-1"], [file, "--length", "-1"]):
        status, out, err = call("sample", *wrong)
        assert (status, out) == (2, "") and err.count("\n") == 1


class Bar:
    """Stands in for tqdm, which need not be installed."""

    made = []

    def __init__(self, **how):
        self.how, self.moved, self.closed = how, 0, False
        Bar.made.append(self)

    def set_postfix_str(self, text, refresh):
        assert text.startswith("loss ")

    def update(self):
        self.moved += 1

    def close(self):
        self.closed = True


def test_a_terminal_with_tqdm_gets_its_bar_and_one_without_gets_lines(call, tmp_path, monkeypatch):
    file = tmp_path / "kept.npz"
    assert call("train", *SMALL, "--quiet", "--save", file)[0] == 0
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setitem(sys.modules, "tqdm", None)              # importing it fails
    assert "update 5 of 5" in call("train", "--resume", file, "updates=5")[2]
    monkeypatch.setitem(sys.modules, "tqdm", type(sys)("tqdm"))
    sys.modules["tqdm"].tqdm = Bar
    status, out, err = call("train", "--resume", file, "updates=9")
    assert status == 0 and "of 9" not in err and out.startswith("after 9 updates")
    (bar,) = Bar.made
    assert (bar.how["initial"], bar.how["total"], bar.moved, bar.closed) == (5, 9, 4, True)


def test_damage_is_listed_measured_and_checked(call):
    listed = good(call("damage"))
    assert "no_carry" in listed and "wrong from T = 5: weight_ih[i]" in listed
    assert len(json.loads(good(call("damage", "--json")))) == 26
    told = good(call("damage", *SMALL, "damage=clamp_f:0.5;bias_i_from_f"))
    assert "clamp_f 0.5: The forget gate" in told and told.endswith("wrong gradients:\n  from T = 1 on: bias[i]\n")
    assert "how far memory holds: share of signs right at a delay of 1, 6, 12, 24\nbefore" in told
    answer = json.loads(good(call("damage", *SMALL, "damage=noise:2", "damage_from=1", "--json")))
    assert answer["wrong"] == [] and answer["before"]["loss"] != answer["after"]["loss"] and answer["damage_from"] == 1
    answer = json.loads(good(call("damage", *SMALL, "damage=no_carry", "--cells", "--json")))
    assert answer["from_steps"]["weight_ih[o]"] == 3 and answer["from_steps"]["c_0"] == 1 and set(answer["from_steps"]) == set(answer["wrong"])
    e = Experiment(hidden_size=2, length=6, updates=3)
    for cell in ("rnn", "gru"):
        rival = Trainer(e.baseline(cell))
        for _ in range(3):
            rival.update()
        subject = effect.Subject(rival.network.predict)
        assert answer[cell]["loss"] == effect.score(e, subject).loss and answer[cell]["memory"] == effect.memory(e, subject).score.tolist()
    assert "none" in good(call("damage", *SMALL, "damage=clamp_f:1")) and "rnn " in good(call("damage", *SMALL, "--cells"))
    told = good(call("damage", *SMALL[:1], "updates=3", "length=20", "damage=truncated:12"))
    assert "  not up to T = 8, but over all steps: weight_ih[i] " in told
    assert "on its own sequence of 4 steps" in good(call("damage", "task=own", "values=1;2;3;4;5", "updates=2"))
    short = ["task=adding_2015", "hidden_size=2", "length=6", "updates=1"]
    memory = json.loads(good(call("damage", *short, "--json")))["after"]["memory"]
    assert memory[0] is None and memory[-1] > 0, "no sequence has one step"
    assert "mean squared error at the end of sequences of length 2, 5, 6," in good(call("damage", *short))
    status, out, err = call("check", *SMALL, "damage=bias_i_from_f", "--by-gate", "--steps", "3")
    assert status == 1 and out.count("WRONG") == 1 and "bias[i]" in out
    status, out, err = call("damage", "task=nothing")
    assert (status, out) == (2, "") and err.count("\n") == 1


@pytest.mark.parametrize("fields, named", [(["cell=gru"], "gru of 2 units"), (["num_layers=2"], "2 units, 2 layers"),
                                           (["cell=slstm", "bidirectional=true"], "slstm of 2 units, both directions")])
def test_every_command_takes_another_network_or_says_why_not(call, tmp_path, fields, named):
    e = ["hidden_size=2", "length=5", "updates=2", *fields]
    assert named in good(call("run", *e)).splitlines()[0] and named in good(call("picture", *e)).splitlines()[0]
    assert "right" in good(call("check", *e)) and "right" in good(call("check", "--by-gate", *e))
    assert good(call("trace", *e)).count("\n") == 6
    good(call("picture", *e, "-o", tmp_path / "picture.svg"))
    assert f"latch: {named}" in (tmp_path / "picture.svg").read_text(encoding="utf-8")
    good(call("damage", *e, "damage=noise"))
    assert call("train", *e, "--save", tmp_path / "training.npz")[0] == 0
    assert named in good(call("run", tmp_path / "training.npz")).splitlines()[0]
    for refused in (["explain", "h", 3, 1, *e], ["damage", *e, "damage=clamp_f"]):
        status, out, err = call(*refused)
        assert status == 2 and out == "" and "one layer of the LSTM" in err and "Traceback" not in err
    status, _, err = call("train", *e, "--weights", tmp_path / "weights.npz")
    assert (status, "Traceback" in err) == (0 if "num_layers=2" in fields else 2, False)
