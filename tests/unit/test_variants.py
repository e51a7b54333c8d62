"""The general cell: equal to the plain one without options, exact with each of them, and the three rules."""

import numpy as np
import pytest

from cases import case, distance
from layers import check_layer, worst
from py_lstm import GRU, LSTM, RNN, InvalidInput, cell, gradient_check
from py_lstm.cells import variants

EIGHT = ["NP", "NIG", "NFG", "NOG", "NIAF", "NOAF", "CIFG", "FGR"]
WITH_PEEPHOLES = ["P", *(f"P+{name}" for name in EIGHT[1:])]


def plain(given, **more):
    """The parameters of a case as the general cell has them."""
    return dict(zip(("weight_ih", "weight_hh", "bias"), given.weights)) | more


def test_without_options_it_is_the_plain_cell():
    given = case(T=6, N=3)
    mine = variants.forward(given.x, given.h_0, given.c_0, plain(given))
    right = cell.forward(*given[:4])
    for name, value in right._asdict().items():
        assert distance(getattr(mine, name), value) < 1e-15, name
    mine = variants.backward(mine, plain(given), variants.PLAIN, *given[4:])
    right = cell.backward(right, *given[3:])
    for name, value in right._asdict().items():
        assert distance(mine.gradients[name] if name in mine.gradients else getattr(mine, name), value) < 1e-14, name


@pytest.mark.parametrize("name", EIGHT + WITH_PEEPHOLES + ["NIG+NOG+NIAF"])
def test_every_variant_is_exact(name):
    report = check_layer(LSTM, variant=name, max_elements=5)
    assert worst(report) < 1e-13, str(report)


@pytest.mark.parametrize("options", [
    {"layer_norm": True}, {"layer_norm": True, "bias": False}, {"layer_norm": True, "variant": "P+FGR", "proj_size": 2},
    {"layer_norm": True, "num_layers": 2, "bidirectional": True, "lengths": [4, 2]},
    {"proj_size": 1, "variant": "P+CIFG", "num_layers": 2}, {"variant": "P+FGR", "bidirectional": True, "lengths": [1, 3]},
    {"variational": True, "dropout": 0.4, "num_layers": 2, "bidirectional": True, "lengths": [3, 4]},
    {"variational": True, "dropout": 0.4, "variant": "P+FGR", "layer_norm": True, "proj_size": 2},
])
def test_options_together_are_exact(options):
    report = check_layer(LSTM, **options)
    assert worst(report) < 1e-12, str(report)


@pytest.mark.parametrize("kind", [GRU, RNN])
@pytest.mark.parametrize("options", [{}, {"variational": True, "dropout": 0.4, "num_layers": 2, "bidirectional": True},
                                     {"lengths": [4, 2], "num_layers": 2, "bias": False}])
def test_gru_and_rnn_are_exact(kind, options):
    report = check_layer(kind, **options)
    assert worst(report) < 1e-13, str(report)


def test_what_each_change_does():
    given = case()
    p = plain(given, weight_ci=np.full(4, .1), weight_cf=np.full(4, .2), weight_co=np.full(4, .3),
              weight_gg=np.full((12, 12), .1))
    run = lambda name: variants.forward(given.x, given.h_0, given.c_0, p, variants.variant_named(name))
    assert (run("NIG").i == 1).all() and (run("NFG").f == 1).all() and (run("NOG").o == 1).all()
    assert np.array_equal(run("NIAF").g, run("NIAF").z_g) and np.array_equal(run("NOAF").tanh_c, run("NOAF").c)
    assert np.array_equal(run("CIFG").f, 1 - run("CIFG").i)
    W, U, b = given.weights
    base, peep, full = run("NP"), run("P"), run("FGR")
    assert distance(peep.z_f[0], base.z_f[0] + .2 * given.c_0) < 1e-15
    assert distance(peep.z_o[0], base.z_o[0] + .3 * peep.c[0]) < 1e-15
    assert np.array_equal(full.i[0], base.i[0])
    assert distance(full.z_g[1], (given.x[1] @ W.T + full.h[0] @ U.T + b)[:, 8:12]) < 1e-15
    gates = np.concatenate([full.i[0], full.f[0], full.o[0]], axis=1)
    assert distance(full.z_i[1], (given.x[1] @ W.T + full.h[0] @ U.T + b)[:, :4] + gates @ np.full((12, 4), .1)) < 1e-14


@pytest.mark.parametrize("name, rows", [("NIG", slice(0, 4)), ("NFG", slice(4, 8)), ("CIFG", slice(4, 8)),
                                        ("NOG", slice(12, 16))])
def test_the_rows_of_an_absent_gate_have_no_influence(name, rows):
    given, variant = case(), variants.variant_named(name)
    p = plain(given)
    steps = variants.forward(given.x, given.h_0, given.c_0, p, variant)
    deltas = variants.backward(steps, p, variant, *given[4:])
    for tensor in deltas.gradients.values():
        assert (tensor[rows] == 0).all() and np.abs(tensor).max() > 0
    for tensor in p.values():
        tensor[rows] = 7
    assert np.array_equal(variants.forward(given.x, given.h_0, given.c_0, p, variant).h, steps.h)


def frozen_loss(given, rule, values, right):
    """L of the LSTM with peepholes in textbook form, where what a rule cuts is taken from the arrays of `right`.

    A number that comes from outside has no derivative: this is what cutting a path means.
    """
    h, c, loss = values["h_0"], values["c_0"], 0
    p_i, p_f, p_o = (values[name] for name in ("weight_ci", "weight_cf", "weight_co"))
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    for t, x in enumerate(values["x"]):
        h_known, c_known = (right.h[t - 1], right.c[t - 1]) if t else (given.h_0, given.c_0)
        c = c_known if rule == "tutorial" else c
        h_seen, c_seen = (h_known, c_known) if rule == "truncated 1997" else (h, c)
        z_i, z_f, z_g, z_o = np.split(x @ values["weight_ih"].T + h_seen @ values["weight_hh"].T + values["bias"], 4, axis=1)
        c = c * sigmoid(z_f + p_f * c_seen) + sigmoid(z_i + p_i * c_seen) * np.tanh(z_g)
        h = sigmoid(z_o + p_o * (right.c[t] if rule == "truncated 1997" else c)) * np.tanh(c)
        loss = loss + (h * given.dh[t]).sum()
    return loss + (h * given.dh_n + c * given.dc_n).sum()


@pytest.mark.parametrize("peepholes", [False, True])
@pytest.mark.parametrize("rule", variants.RULES)
def test_a_rule_is_the_derivative_with_one_path_cut(rule, peepholes):
    given, rng = case(T=6), np.random.default_rng(1)
    p = {name: rng.uniform(-0.7, 0.7, 4) * peepholes for name in ("weight_ci", "weight_cf", "weight_co")}
    right = variants.forward(given.x, given.h_0, given.c_0, plain(given, **p), variants.variant_named("P"))
    lstm = LSTM(3, 4, variant="P" if peepholes else "vanilla")
    W, U, b = given.weights
    lstm.load_state_dict({"weight_ih_l0": W, "weight_hh_l0": U, "bias_ih_l0": b, "bias_hh_l0": 0 * b}
                         | {f"{name}_l0": value for name, value in p.items() if peepholes})
    lstm(given.x, (given.h_0[np.newaxis], given.c_0[np.newaxis]))
    dx, (dh_0, dc_0) = lstm.backward(given.dh, (given.dh_n[np.newaxis], given.dc_n[np.newaxis]), rule=rule)
    mine = {"x": dx, "h_0": dh_0[0], "c_0": dc_0[0]} | {
        name.removesuffix("_l0").replace("bias_hh", "bias"): value for name, value in lstm.grads.items() if "bias_ih" not in name}
    values = plain(given, **p) | {"x": given.x, "h_0": given.h_0, "c_0": given.c_0}
    report = gradient_check(lambda at: frozen_loss(given, rule, at, right), values, mine)
    assert len(report.tensors) == 6 + 3 * peepholes and worst(report) < 1e-13, str(report)
    assert (dh_0 == 0).all() == (rule == "truncated 1997") and (dc_0 == 0).all() == (rule == "tutorial")


def test_the_rules_differ_and_a_rule_lasts_one_call():
    given, lstm = case(T=8), LSTM(3, 4)
    lstm(given.x)
    gradients = {}
    for rule in (*variants.RULES, "full"):
        lstm.backward(given.dh, rule=rule)
        gradients.setdefault(rule, []).append(lstm.grads["weight_hh_l0"])
    full, again = gradients["full"]
    assert np.array_equal(full, again)
    assert min(distance(full, gradients[rule][0]) for rule in list(variants.RULES)[1:]) > 1e-3


@pytest.mark.parametrize("name", ["", "nig", "P+", "vanilla+P", "CIFG+NFG", "NIG+CIFG", None, 3, np.zeros(2)])
def test_unknown_variants_are_refused(name):
    with pytest.raises(InvalidInput) as refused:
        LSTM(2, 3, variant=name)
    assert refused.value.field == "variant"


@pytest.mark.parametrize("size", [0.0, 1e-300, 1e3, -1e3, 1e150])
def test_inputs_of_any_size_give_finite_numbers_or_a_sentence(size):
    # Warnings are errors in this suite.
    for options in ({"variant": "P+FGR"}, {"variant": "NIAF+NOAF"}, {"layer_norm": True}, {"proj_size": 2}):
        lstm = LSTM(3, 4, **options)
        try:
            y, states = lstm(np.full((5, 2, 3), size))
            dx, _ = lstm.backward(y, states)
        except InvalidInput as refused:
            assert refused.code == "diverged" and size > 1e100
        else:
            assert np.isfinite(y).all() and np.isfinite(dx).all()
