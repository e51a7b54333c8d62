"""Experiment in, trace out: both as JSON, exact both ways, and nothing wrong let in."""

import json

import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Trace, Trainer, check, run
from py_lstm.tasks import TASKS
from py_lstm.trace import BACKWARD, FORWARD, QUANTITIES

OWN = dict(task="own", values=[[1, 2], [3, 4], [5, 6]])
EXPERIMENTS = [
    {}, dict(task="wave", input_size=1, updates=0), dict(OWN), dict(OWN, targets=[1, 0, -1], hidden_size=1),
    dict(task="own", values=[0.1, 0.2, 0.3]), dict(edits={"weight_hh[0,2]": 0.5, "bias[11]": -1, "c_0[1]": 2, "h_0[0]": 0}),
    dict(gradient_of="loss", loss_at="last", optimizer="sgd", learning_rate=1e-3, seed=2**32 - 1),
]
SMALL = dict(length=5, hidden_size=2, updates=2, batch_size=3)

nan, inf = float("nan"), float("inf")
BAD = [
    *[(name, value) for name in ("length", "input_size", "hidden_size", "batch_size")
      for value in (0, -1, 1.5, "2", None, nan, inf, True, [1], 10**30, {})],
    *[(name, value) for name in ("updates", "seed", "sequence_seed") for value in (-1, 0.5, "0", None, nan, False, 10**5000)],
    *[(name, value) for name in ("scale", "learning_rate", "weight_decay", "clip_norm") for value in (-1, nan, inf, "1", None, 1e300, True)],
    *[("forget_bias", value) for value in (-51, 51, nan, "x", None)],
    *[(name, value) for name in ("task", "initializer", "optimizer", "loss_at", "gradient_of") for value in ("", "nonsense", None, 3, ["latch"], {})],
    *[("version", value) for value in (0, 2, "1", None, nan, True, [1])],
    *[("edits", value) for value in (None, [], "c_0[0]", {"c_0[3]": 1}, {"c_0": 1}, {"c_0[-1]": 1}, {"weight_hh[0]": 1}, {"nonsense[0]": 1},
                                     {"c_0[0]": nan}, {"c_0[0]": "1"}, {"c_0[0]": None}, {"c_0[0]": 1e300}, {3: 1}, {"bias[99999999999]": 1})],
    ("values", [[1.0]]), ("targets", [1.0]),
]
BAD_OWN = [
    *[("values", dict(task="own", values=value)) for value in (None, [], [[]], [[1], [2, 3]], ["a", "b"], [nan, 1], [[1], [None]], 5, "12",
                                                              [1], [[1, [2]], [1, [2]]], [True, False], [0] * 1002, [1e300, 0])],
    *[("targets", dict(OWN, targets=value)) for value in ([1], [1, 2], [1, 2, 3, 4], "abc", 7, [1, 2, nan], [1, 2, None], [[1], [2], [3]])],
]


@pytest.mark.parametrize("fields", EXPERIMENTS)
def test_an_experiment_survives_json(fields):
    experiment = Experiment(**fields)
    again = Experiment.from_json(json.dumps(experiment.to_json()))
    assert again == experiment and again.to_json() == experiment.to_json()
    assert again.replace(hidden_size=12).hidden_size == 12 and again.replace() == experiment
    assert experiment.to_json()["version"] == 1


@pytest.mark.parametrize("field, value", BAD, ids=lambda v: str(type(v).__name__) if not isinstance(v, str) else v[:12])
def test_a_wrong_field_is_refused_by_its_name(field, value):
    with pytest.raises(InvalidInput) as refused:
        Experiment.from_json({field: value})
    assert refused.value.field == field
    assert field in str(refused.value) and len(str(refused.value)) < 400
    json.dumps(refused.value.details, allow_nan=False)


@pytest.mark.parametrize("field, fields", BAD_OWN)
def test_a_wrong_own_sequence_is_refused(field, fields):
    with pytest.raises(InvalidInput) as refused:
        Experiment(**fields)
    assert refused.value.field == field
    json.dumps(refused.value.details, allow_nan=False)


@pytest.mark.parametrize("data", ["", "{", "[]", "null", "3", '{"length": NaN}', "[" * 100_000, '{"a":' * 100_000, "[1," * 100_000, b"{}", None, [], 3, '{"Length": 3}', {"": 1}, {3: 1}])
def test_what_is_no_experiment_is_refused(data):
    with pytest.raises(InvalidInput):
        Experiment.from_json(data)


def test_an_unknown_field_is_refused_by_its_name():
    with pytest.raises(InvalidInput, match="hiden_size") as refused:
        Experiment.from_json({"hiden_size": 3})
    assert refused.value.field == "hiden_size" and "hidden_size" in refused.value.details["choices"]


@pytest.mark.parametrize("task, input_size", [(task, size) for task in TASKS for size in ((1, 2, 3) if TASKS[task].group == "simple" else (2,))])
def test_every_task_gives_a_full_finite_trace(task, input_size):
    about = TASKS[task]
    experiment = Experiment(**SMALL | {"length": max(5, about.shortest)}, task=task, input_size=input_size, gradient_of="loss")
    trace = run(experiment)
    a, T = trace.arrays, experiment.steps
    I, O = input_size if about.group == "simple" else len(about.inputs), len(about.outputs)
    assert a["x"].shape == (T, I) and a["y"].shape == a["target"].shape == a["dy"].shape == (T, O) and a["readout_weight"].shape == (O, 2)
    assert all(a[name].shape[0] == T for name in trace.quantities) and a["mask"].shape == a["judged"].shape == (T,)
    assert all(np.isfinite(value).all() and value.dtype == np.float64 for value in a.values())
    assert len(trace.losses) == 2 and (trace.score is None) == (not a["judged"].any())
    if about.classes():
        assert np.allclose(a["p"].sum(axis=1), 1, rtol=1e-14) and (a["target"].sum(axis=1) == 1).all() and trace.quantities == QUANTITIES
        counted = a["mask"] == 1
        assert trace.loss == pytest.approx(-np.log((a["p"] * a["target"]).sum(axis=1)[counted]).mean(), rel=1e-13)
        np.testing.assert_allclose(a["dy"], counted[:, np.newaxis] * (a["p"] - a["target"]) / counted.sum(), rtol=1e-12, atol=1e-16)
    else:
        assert trace.quantities == FORWARD + BACKWARD and "p" not in a
    if about.symbols:
        assert (a["x"].sum(axis=1) == 1).all() and set(np.unique(a["x"])) == {0, 1}
    right = {"latch": True, "copy": True, "brackets": True}.get(task, task in ("recall", "parity", "copy_2016"))
    assert (trace.right is not None) == right and (not right or trace.score is None or trace.score == trace.right / trace.counted)


def test_a_string_of_its_own_length_is_traced_with_what_the_grammar_allows():
    trace = run(Experiment("reber", sequence_seed=3, updates=1, hidden_size=2))
    x, target, legal = (trace.arrays[name] for name in ("x", "target", "legal"))
    string = "".join("BTPSXVE"[k] for k in x.argmax(axis=1)) + "BTPSXVE"[target[-1].argmax()]
    assert string[0] == "B" and string[-1] == "E" and len(x) == len(string) - 1 == trace.experiment.steps >= 8
    assert (legal[target == 1] == 1).all() and set(legal.sum(axis=1)) <= {1, 2}


@pytest.mark.parametrize("fields, place", [(dict(), (29, 0)), (dict(output_step=4), (3, 0)), (dict(output_step=4, output_unit=3), (3, 2))])
def test_which_output_is_differentiated(fields, place):
    trace = run(Experiment("brackets", hidden_size=2, updates=0, sequence_seed=1, **fields))
    t, unit = place
    unit = unit if "output_unit" in fields else int(trace.arrays["target"][t].argmax())
    right = np.zeros_like(trace.arrays["dy"])
    right[t, unit] = 1
    assert np.array_equal(trace.arrays["dy"], right) and trace.output == unit


@pytest.mark.parametrize("fields", [SMALL, dict(OWN, updates=1), dict(SMALL, task="wave", input_size=1, updates=0), dict(SMALL, task="reber"),
                                    dict(SMALL, task="copy"), dict(SMALL, task="own_text", text="so it goes. " * 5), dict(SMALL, task="brackets", length=1)])
def test_a_trace_survives_json_to_the_last_bit(fields):
    trace = run(Experiment(**fields))
    again = Trace.from_json(json.dumps(trace.to_json()))
    assert again.experiment == trace.experiment
    assert all(getattr(again, name) == getattr(trace, name) for name in ("loss", "score", "right", "counted", "losses"))
    assert again.arrays.keys() == trace.arrays.keys()
    for name, value in trace.arrays.items():
        assert again.arrays[name].tobytes() == value.tobytes() and again.arrays[name].shape == value.shape


def edited(data, path, value):
    data = json.loads(json.dumps(data))
    at = data
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


@pytest.mark.parametrize("field, path, value", [
    ("version", ["version"], 2), ("version", ["version"], None), ("loss", ["loss"], "low"), ("losses", ["losses"], [1]),
    ("right", ["right"], 0.5), ("score", ["score"], "good"), ("score", ["score"], None), ("hidden_size", ["experiment", "hidden_size"], 0), ("arrays", ["arrays"], 5),
    ("h", ["arrays", "h"], None), ("h", ["arrays", "h"], 5), ("h", ["arrays", "h", "shape"], [2, 5]),
    ("h", ["arrays", "h", "data"], [1]), ("h", ["arrays", "h", "data"], ["a"] * 10), ("more", ["arrays", "more"], 5), ("more", ["more"], 5),
])
def test_a_wrong_trace_is_refused_by_the_field_s_name(field, path, value):
    data = edited(run(Experiment(**SMALL)).to_json(), path, value)
    with pytest.raises(InvalidInput) as refused:
        Trace.from_json(data)
    assert refused.value.field == field


@pytest.mark.parametrize("data", ["", "[]", None, 5, {}, "[" * 100_000])
def test_what_is_no_trace_is_refused(data):
    with pytest.raises(InvalidInput):
        Trace.from_json(data)


@pytest.mark.parametrize("gradient_of", ["loss", "output"])
@pytest.mark.parametrize("loss_at", ["every", "last"])
def test_every_gradient_of_a_trace_is_right(gradient_of, loss_at):
    experiment = Experiment(**SMALL, gradient_of=gradient_of, loss_at=loss_at, edits={"h_0[1]": 0.3, "c_0[0]": -0.8, "readout_bias[0]": 0.2})
    report = check(experiment)
    assert {t.name for t in report.tensors} == {"weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias", "h_0", "c_0", "x"}
    assert all(t.relative_error < 1e-12 and t.checked == t.size for t in report.tensors), str(report)
    arrays = run(experiment).arrays
    for tensor in report.tensors:
        gradient = arrays["dx"] if tensor.name == "x" else arrays[("d" + tensor.name) if tensor.name in ("h_0", "c_0") else tensor.name + "_grad"]
        assert tensor.norm == np.linalg.norm(gradient)


def test_an_edit_sets_one_number_after_training():
    plain, changed = (run(Experiment(**SMALL, edits=edits)).arrays for edits in ({}, {"weight_hh[3,1]": 0.25, "c_0[1]": -2}))
    assert changed["weight_hh"][3, 1] == 0.25 and changed["c_0"].tolist() == [0, -2]
    same = plain["weight_hh"] == changed["weight_hh"]
    assert not same[3, 1] and same.sum() == same.size - 1


@pytest.mark.parametrize("task", ["latch", "adding", "adding_2015"])
def test_what_is_looked_at_is_drawn_as_no_update_is(task):
    """Also where both seeds are one number: it is held out."""
    e = Experiment(task).replace(length=20, seed=5, sequence_seed=5, updates=0)
    looked_at = e.example().x[:, 0]
    for update in range(1, 40):
        assert not (e.batch(update).x == looked_at[:, np.newaxis]).all(axis=(0, 2)).any(), update


def test_same_experiment_same_bits():
    one, two = (run(Experiment(**SMALL)) for _ in range(2))
    assert all(one.arrays[name].tobytes() == two.arrays[name].tobytes() for name in one.arrays)


def test_a_trainer_that_trains_something_else_is_refused():
    experiment = Experiment(**SMALL)
    trainer = Trainer(experiment)
    assert run(experiment.replace(gradient_of="loss", updates=1), trainer).losses == tuple(trainer.losses[:1])
    for use in (run, lambda e, t: check(e, trainer=t)):
        with pytest.raises(InvalidInput, match="learning_rate") as refused:
            use(experiment.replace(learning_rate=0.5), trainer)
        assert refused.value.field == "trainer"


class Series:
    """As of pandas: no list, but it becomes an array."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


NINE = np.linspace(0, 1, 9)


@pytest.mark.parametrize("values, rows", [
    (NINE, [[v] for v in NINE]), (NINE[:, np.newaxis], [[v] for v in NINE]), (NINE.astype(np.float32),
    [[float(v)] for v in NINE.astype(np.float32)]),
    (NINE.reshape(3, 3), NINE.reshape(3, 3).tolist()), (list(NINE.reshape(3, 3)), NINE.reshape(3, 3).tolist()), (list(NINE),
    [[v] for v in NINE]),
    ([np.array(v) for v in NINE], [[v] for v in NINE]), (range(9), [[k] for k in range(9)]), ([range(2)] * 4, [[0, 1]] * 4),
    (np.arange(9), [[k] for k in range(9)]), (Series(NINE), [[v] for v in NINE]), ([Series(NINE[:2])] * 3, [NINE[:2].tolist()] * 3),
    (np.array([[1, 0.5], [2, 3]], object), [[1, 0.5], [2, 3]]), (np.ma.array(NINE), [[v] for v in NINE]), (tuple(map(tuple,
    NINE.reshape(3, 3))), NINE.reshape(3, 3).tolist()),
    (NINE[:, np.newaxis, np.newaxis], [[v] for v in NINE])], ids=lambda given: type(given).__name__)
def test_own_values_may_be_arrays(values, rows):
    e = Experiment("own", values=values)
    assert e.values == tuple(map(tuple, rows)) and (e.length, e.input_size) == (len(rows) - 1, len(rows[0]))
    assert Experiment.from_json(e.to_json()) == e == Experiment("own", values=rows)
    hash(e.values)


@pytest.mark.parametrize("targets", [NINE, NINE[:, np.newaxis], Series(NINE), list(NINE), [np.array(v) for v in NINE],
    NINE.astype(np.float64).tolist()])
def test_own_targets_may_be_arrays(targets):
    e = Experiment("own", values=NINE, targets=targets)
    assert e.targets == tuple(NINE) and e.length == 9
    assert Experiment("own", values=range(3), targets=range(3)).targets == (0, 1, 2)


@pytest.mark.parametrize("fields, says", [
    (dict(values=np.zeros((2, 3, 4))), r"values has shape \(2, 3, 4\); give shape \(steps,\) or \(steps, inputs\)"),
    (dict(values=np.array(1.0)), "shape"),
    (dict(values=np.array([1, np.nan, 2])), "values is nan; give a finite number"), (dict(values=np.array(["1", "2"])),
    "values is '1'; give a number"),
    (dict(values=np.array([1, None], object)), "values is None"), (dict(values=np.zeros(0)), "at least one number"),
    (dict(values=np.zeros((3, 0))), "at least one"),
    (dict(values=np.ma.masked_values(NINE, 0.5)), "mask hides 1 of 9"), (dict(values=[np.ma.masked_values(NINE, 0.5)] * 2), "mask hides"),
    (dict(values=[np.zeros(2), np.zeros(3)]), "3 numbers in row 2"), (dict(values=NINE, targets=NINE[1:]), "one number for each of the 9"),
    (dict(values=NINE, targets=np.zeros((9, 2))), r"give shape \(steps,\)"), (dict(values=NINE, targets="123456789"), "one number"),
    (dict(values="123"), "at least one number"), (dict(values=NINE > 0.5), "values is False; give a number"), (dict(values={1: 2}),
    "at least one number")])
def test_other_arrays_are_refused_with_what_is_wanted(fields, says):
    with pytest.raises(InvalidInput, match=says):
        Experiment("own", **fields)
