"""Tables and scripts that a trace leaves behind: the same numbers when they are read or run again."""

import csv
import io
import subprocess
import sys

import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Trainer, check, run, script, tables

SMALL = Experiment(length=6, hidden_size=2, updates=3)
EXPERIMENTS = {
    "default": Experiment(updates=40),
    "own": Experiment("own", values=[[1, 0], [0.5, -1], [2, 2]], targets=[1, 2, 3], updates=8),
    "next": Experiment("own", values=[0.1, 0.4, 0.2, 0.9], updates=4),
    "text": Experiment("own_text", text="to \"be\"\n\\ or '''not''' to be, \"\"\" that is the question: 是或不是\n" * 2, updates=2, hidden_size=4),
    "grammar": Experiment("reber", updates=3),
    "damaged": Experiment(updates=10, damage={"clamp_f": 0.5, "no_carry": 1}, damage_from=4),
    "edited": Experiment(updates=10, edits={"weight_hh[0,1]": 0.25, "x[3,0]": -1, "c_0[1]": 2}),
    "changed": Experiment(updates=20, changes={8: {"learning_rate": 0.1}}, gradient_of="loss", optimizer="sgd", momentum=0.5),
}


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_tidy_table_has_every_number_of_every_step():
    trace = run(SMALL)
    found = {(row["quantity"], int(row["t"]), int(row["unit"])): float(row["value"]) for row in rows(tables.tidy(trace))}
    wanted = {(name, t, unit): value for name in trace.quantities for t, values in enumerate(trace.arrays[name].tolist(), start=1)
              for unit, value in enumerate(values, start=1)}
    wanted |= {(name, 0, unit): value for name in ("h", "c", "dh", "dc") for unit, value in enumerate(trace.arrays[f"{name}_0"].tolist(), start=1)}
    assert found == wanted


def test_a_wide_table_has_a_column_for_each_of_them():
    trace = run(SMALL)
    table = rows(tables.wide(trace))
    assert [float(row["c_2"]) for row in table] == trace.arrays["c"][:, 1].tolist() and [row["t"] for row in table] == list("123456")
    assert [float(row["y"]) for row in table] == trace.arrays["y"][:, 0].tolist()


def test_checks_and_trainings_as_tables():
    report = check(SMALL)
    for row, one in zip(rows(tables.checked(report)), report.tensors, strict=True):
        assert (row["name"], float(row["relative_error"]), int(row["size"]), row["right"]) == (one.name, one.relative_error, one.size, str(one.right))
    trainers = {"this run": Trainer(SMALL), '=a, "b"': Trainer(SMALL)}
    for trainer in trainers.values():
        trainer.parameters_after(3)
    table = rows(tables.trained(trainers))
    assert [row["run"] for row in table] == ["this run"] * 3 + ["'=a, \"b\""] * 3      # a spreadsheet would compute what begins with =
    one = trainers["this run"]
    assert [(int(row["update"]), float(row["loss"]), float(row["score"]), float(row["gradient_norm"])) for row in table[:3]] == \
        list(zip((1, 2, 3), one.losses, one.scores, one.gradient_norms))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_script_says_the_whole_experiment(name):
    """Executed here, so that it also runs where there are no processes; its last lines compare all arrays."""
    trace, scope = run(EXPERIMENTS[name]), {}
    text = script.script(trace, ("c", 2, 1), ["a link\nraise SystemExit('from a comment')"])
    exec(compile(text, name, "exec"), scope)
    assert scope["experiment"] == EXPERIMENTS[name] and scope["worst"] in scope["SEEN"] and max(scope["apart"].values()) == 0
    assert scope["told"].value == trace.arrays["c"][1, 0]


def test_a_script_notices_other_numbers():
    text = script.script(run(SMALL)).replace("seed=1,", "seed=2,")
    with pytest.raises(SystemExit, match="not the same numbers"):
        exec(compile(text, "another seed", "exec"), {})


@pytest.mark.skipif(sys.platform == "emscripten", reason="there are no processes in a browser")
def test_a_script_runs_by_itself(tmp_path):
    (tmp_path / "again.py").write_text(script.script(run(SMALL), ("f", 1, 1)), encoding="utf-8")
    process = subprocess.run([sys.executable, "-I", "-c", f"import sys, runpy; sys.path[:0] = {sys.path!r}; runpy.run_path('again.py')"],
                             cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert process.returncode == 0 and "0.0e+00" in process.stdout, process.stderr


@pytest.mark.parametrize("field, call", [
    ("trace", lambda: script.script(None)), ("quantity", lambda: script.script(run(SMALL), ("q", 1, 1))), ("t", lambda: script.script(run(SMALL), ("f", 0, 1))),
    ("unit", lambda: script.script(run(SMALL), ("f", 1, 3))), ("trace", lambda: tables.tidy(3)), ("trace", lambda: tables.wide({})),
    ("report", lambda: tables.checked([])),
])
def test_what_is_no_trace_is_refused(field, call):
    with pytest.raises(InvalidInput) as refused:
        call()
    assert refused.value.field == field


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_script_carries_the_weights_that_were_reached(name):
    trace = run(EXPERIMENTS[name])
    again = script.with_weights(trace.experiment, script._packed({name: trace.arrays[name] for name in script._reached(trace.experiment)}))
    assert again.loss == trace.loss and set(again.arrays) == set(trace.arrays)
    assert all(np.array_equal(value, trace.arrays[name]) for name, value in again.arrays.items())


def test_a_script_of_a_chaotic_training_comes_to_the_same_numbers_by_the_weights_that_were_reached(capsys):
    """A learning rate larger by one bit stands for another machine: of `brackets` 200 updates then lead to other numbers."""
    e = Experiment("brackets", updates=200)
    seen = run(e.replace(learning_rate=float(np.nextafter(e.learning_rate, 1))))
    text = script.script(seen, ("c", 2, 1))
    here = text.replace(f"    learning_rate={seen.experiment.learning_rate!r},\n", "")
    assert here != text, "the script says what the learning rate was"
    exec(compile(here, "script.py", "exec"), {})
    told = capsys.readouterr().out
    apart = [float(line.split(": ")[1].split()[0]) for line in told.splitlines() if line.startswith("largest difference")]
    assert apart[0] > 1e-3 and apart[1] < 1e-12 and "larger by one bit" in told
    assert f"loss {seen.loss}" in told and f"c, step 2, unit 1: {seen.arrays['c'][1, 0]}" in told
    broken = here.replace("SEEN = {'loss': ", "SEEN = {'loss': 1")
    with pytest.raises(SystemExit, match="not the same numbers"):
        exec(compile(broken, "script.py", "exec"), {})
