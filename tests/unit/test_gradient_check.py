"""The gradient check passes what is right and is able to fail."""

import math

import numpy as np
import pytest

from cases import case, cell_report
from py_lstm import GRU, LSTM, RNN, GradientReport, InvalidInput, TensorCheck, cell, gradient_check

VALUES = {"a": np.array([1.0, -2.0, 0.5]), "b": np.array([[3.0]])}
RIGHT = {"a": 3 * VALUES["a"] ** 2, "b": np.array([[2.0]])}


def loss(values):
    return (values["a"] ** 3).sum() + 2 * values["b"].sum()


@pytest.mark.parametrize("method", ["complex", "central"])
def test_right_gradients_pass_and_a_wrong_element_does_not(method):
    for _ in range(2):
        report = gradient_check(loss, VALUES, RIGHT, method=method)
        assert isinstance(report, GradientReport) and isinstance(report.tensors[0], TensorCheck)
        assert report.right and "WRONG" not in str(report)
    wrong = gradient_check(loss, VALUES, RIGHT | {"a": RIGHT["a"] * [1, 1 + 1e-5, 1]}, method=method)
    assert [t.right for t in wrong.tensors] == [False, True] and not wrong.right and str(wrong).count("WRONG") == 1


@pytest.mark.parametrize("gradient", [np.full(3, np.nan), np.full(3, np.inf), np.zeros(3), -RIGHT["a"]])
def test_no_such_gradient_passes(gradient):
    assert not gradient_check(loss, VALUES, {"a": gradient}).right


def test_small_gradients_are_judged_as_strictly_as_large_ones():
    tiny = lambda values: 1e-9 * loss(values)
    assert gradient_check(tiny, VALUES, {"a": 1e-9 * RIGHT["a"]}).right
    assert not gradient_check(tiny, VALUES, {"a": 1.001e-9 * RIGHT["a"]}).right


def test_a_tensor_without_influence_has_gradient_zero():
    assert gradient_check(lambda values: values["b"].sum(), VALUES, {"a": np.zeros(3)}).right
    assert not gradient_check(lambda values: values["b"].sum(), VALUES, {"a": np.full(3, 1e-20)}).right
    # Round-off of saturated gates is no wrong gradient.
    assert gradient_check(lambda values: 1e-30 * values["b"].sum(), VALUES, {"b": np.zeros((1, 1))}).right


def test_both_methods_agree_on_the_cell():
    given = case(T=4)
    right = cell_report(cell, given)
    assert right.right and right.method == "complex" and right.eps == 1e-30


def test_max_elements_looks_at_elements_spread_over_the_tensor():
    gradient = np.arange(100.0)
    report = gradient_check(lambda v: (v["a"] * gradient).sum(), {"a": np.ones(100)}, {"a": gradient}, max_elements=5)
    assert report.tensors[0].checked == 5 and report.tensors[0].size == 100 and report.right


def test_the_values_are_left_as_they_were():
    before = {name: value.copy() for name, value in VALUES.items()}
    with pytest.raises(ZeroDivisionError):
        gradient_check(lambda values: 1 / 0, VALUES, RIGHT)
    gradient_check(loss, VALUES, RIGHT)
    assert all(np.array_equal(VALUES[name], before[name]) for name in VALUES)


@pytest.mark.parametrize("field, arguments, how", [
    ("method", (loss, VALUES, RIGHT), {"method": "guess"}), ("eps", (loss, VALUES, RIGHT), {"eps": 0}), ("eps", (loss, VALUES, RIGHT), {"eps": -1}),
    ("max_elements", (loss, VALUES, RIGHT), {"max_elements": 0}), ("a", (loss, VALUES, {"a": np.ones(2)}), {}),
    ("c", (loss, VALUES, {"c": np.ones(2)}), {}), ("gradients", (loss, VALUES, {}), {}), ("loss", (lambda v: v["a"], VALUES, RIGHT), {}),
    ("loss", (lambda v: "low", VALUES, RIGHT), {}), ("a", (loss, {"a": np.array([np.nan])}, {"a": np.ones(1)}), {}),
    ("a", (loss, {"a": "abc"}, {"a": np.ones(1)}), {}), ("a", (loss, VALUES, {"a": ["x", "y", "z"]}), {}), ("a", (loss, VALUES, {"a": [[1], [2, 3]]}), {}),
    ("values", (loss, [1.0], RIGHT), {}), ("gradients", (loss, VALUES, 5), {}),
])
def test_what_cannot_be_checked_is_refused(field, arguments, how):
    with pytest.raises(InvalidInput) as refused:
        gradient_check(*arguments, **how)
    assert refused.value.field == field


# What a loss may do, and what that does to the way it is checked ----------------------------------------------------------

W, V = np.array([1.0, -2.0, 0.5, 3.0]), np.array([[0.5, -0.25], [1.5, 2.0]])
AT = {"w": W, "v": V}


def in_the_middle(values):
    return (np.tanh(values["v"]) ** 2).sum()


IN_THE_MIDDLE = 2 * np.tanh(V) * (1 - np.tanh(V) ** 2)
DROPPING = {
    "abs": (lambda v: np.abs(v["w"]).sum(), np.sign(W)), "norm": (lambda v: np.linalg.norm(v["w"]) ** 2, 2 * W),
    "conj": (lambda v: (v["w"].conj() * v["w"]).sum(), 2 * W), "real": (lambda v: (v["w"].real ** 2).sum(), 2 * W),
    "float": (lambda v: float(np.real((v["w"] ** 2).sum())), 2 * W), "astype": (lambda v: (v["w"].astype(float) ** 2).sum(), 2 * W),
    "math.exp": (lambda v: sum(math.exp(one) for one in v["w"]), np.exp(W)), "vdot": (lambda v: np.vdot(v["w"], v["w"]), 2 * W),
    "float32": (lambda v: np.float32((v["w"].real ** 2).sum()), 2 * W), "within float32": (lambda v: float((v["w"].astype(np.float32) ** 2).sum()), 2 * W),
    "a layer that refuses complex numbers": (lambda v: (LSTM(4, 2)(v["w"][np.newaxis, np.newaxis].real)[0] ** 2).sum(), None),
    "a part": (lambda v: np.abs(v["w"]).sum() + (v["w"] ** 2).sum(), np.sign(W) + 2 * W),
    "one element": (lambda v: np.abs(v["w"][1]) + (v["w"] ** 2).sum(), 2 * W + [0, -1, 0, 0]),
}


def gradient_of_layer():
    layer = LSTM(4, 2)
    output, _ = layer(W[np.newaxis, np.newaxis])
    return layer.backward(2 * output)[0].ravel()


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("kind", DROPPING)
def test_a_loss_that_drops_the_complex_step_is_named_and_checked_another_way(kind):
    part, gradient = DROPPING[kind]
    gradient = gradient_of_layer() if gradient is None else gradient
    loss = lambda values: part(values) + (in_the_middle(values) if kind != "float32" else 0)
    report = gradient_check(loss, AT, {"w": gradient})
    assert report.right and report.tensors[0].method == "central" and report.tensors[0].note == "dropped", str(report)
    assert "drops the complex step along w" in str(report) and "central difference" in str(report)
    for wrong in (gradient * 1.001, gradient * [1, 1, 1, 1.01], -gradient, 0 * gradient, gradient + 1):
        report = gradient_check(loss, AT, {"w": wrong})
        assert not report.right and report.tensors[0].verdict == "WRONG", (wrong, str(report))
    assert gradient_check(loss, AT, {"w": gradient}, method="central").right
    assert not gradient_check(loss, AT, {"w": gradient * 1.001}, method="central").right


def test_a_loss_of_too_few_digits_judges_nothing_that_it_cannot():
    loss = lambda v: np.float32((v["w"].real ** 2).sum() + 1e4)
    for gradient in (2 * W, 2.002 * W):
        report = gradient_check(loss, AT, {"w": gradient})
        assert not report.right and report.tensors[0].verdict == "not judged" and "too few digits" in str(report)
    assert gradient_check(loss, AT, {"w": -2 * W}).tensors[0].verdict == "WRONG"
    assert gradient_check(lambda v: np.float32(in_the_middle(v).real), AT, {"w": 0 * W}).right             # nothing depends on it


def test_only_the_tensor_along_which_it_is_dropped_is_checked_another_way():
    loss = lambda values: np.abs(values["w"]).sum() + in_the_middle(values)
    report = gradient_check(loss, AT, {"w": np.sign(W), "v": IN_THE_MIDDLE})
    assert report.right and [(t.method, t.note) for t in report.tensors] == [("central", "dropped"), ("complex", "")]
    report = gradient_check(loss, AT, {"w": np.sign(W), "v": IN_THE_MIDDLE * (1 + 1e-8)})
    assert [t.verdict for t in report.tensors] == ["right", "WRONG"]        # the complex step is as strict as ever
    # The gradient of what is left would pass the complex step.
    report = gradient_check(lambda v: np.abs(v["w"]).sum() + (v["w"] ** 2).sum(), AT, {"w": 2 * W})
    assert report.tensors[0].verdict == "WRONG" and report.tensors[0].note == "dropped"


def test_a_loss_that_carries_it_is_not_suspected():
    for loss, gradient in ((in_the_middle, IN_THE_MIDDLE), (lambda v: 1e6 * np.exp(-1e3 * (v["v"] - V) ** 2).sum() + v["v"].sum(), np.ones((2, 2))),
                           (lambda v: np.where(v["v"].real > 0, v["v"], 0).sum(), (V > 0) * 1.0), (lambda v: 1e-12 * in_the_middle(v), 1e-12 * IN_THE_MIDDLE),
                           (lambda v: 1e9 + in_the_middle(v), IN_THE_MIDDLE), (lambda v: (np.exp(300 * v["v"] / 2.5)).sum(), 120 * np.exp(120 * V))):
        report = gradient_check(loss, AT, {"v": gradient})
        assert report.right and not report.tensors[0].note and report.tensors[0].method == "complex", str(report)


@pytest.mark.parametrize("method", ["complex", "central"])
def test_a_loss_that_draws_random_numbers_is_named_and_nothing_is_judged(method):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 1, 3))
    layer = LSTM(3, 4, 2, dropout=0.5, dtype=complex)

    def loss(values):
        layer.load_state_dict(values)
        L = (layer(x)[0] ** 2).sum() / 2
        return L if method == "complex" else L.real

    output, _ = layer(x)
    layer.backward(output)
    grads = {name: value.real for name, value in layer.grads.items()}
    at = {name: value.real for name, value in layer.state_dict().items()}
    report = gradient_check(loss, at, grads, method=method, max_elements=3)
    assert not report.right and {t.verdict for t in report.tensors} == {"not judged"} and {t.note for t in report.tensors} == {"random"}
    assert "not the same at two calls" in str(report) and "layer.eval()" in str(report) and "WRONG" not in str(report)
    layer.eval()
    output, _ = layer(x)
    layer.backward(output)
    assert gradient_check(loss, at, {name: value.real for name, value in layer.grads.items()}, method=method, max_elements=3).right


def test_a_loss_that_changes_only_later_is_found_too():
    calls = []

    def loss(values):
        calls.append(1)
        return (values["w"] ** 2).sum() * (2 if len(calls) > 13 else 1)
    assert gradient_check(loss, AT, {"w": 2 * W}).tensors[0].note == "random"


@pytest.mark.parametrize("kind", [LSTM, GRU, RNN])
@pytest.mark.parametrize("T, H, layers", [(6, 4, 1), (24, 8, 2)])
@pytest.mark.parametrize("method", ["complex", "central"])
def test_a_right_gradient_in_float32_is_right_and_a_wrong_one_is_not(kind, T, H, layers, method):
    x = np.random.default_rng(0).normal(size=(T, 3, 3)).astype(np.float32)
    layer = kind(3, H, layers, dtype=np.float32)
    layer.backward(layer(x)[0])

    def loss(values):
        exact = kind(3, H, layers, dtype=complex if any(map(np.iscomplexobj, values.values())) else float)
        exact.load_state_dict(values)
        return (exact(x)[0] ** 2).sum() / 2

    report = gradient_check(loss, layer.state_dict(), layer.grads, method=method, max_elements=5)
    assert report.right and not report.notes, str(report)
    for factor in (1.001, 0.999, -1, 2):
        wrong = {name: (value * np.float32(factor)) for name, value in layer.grads.items()}
        assert {t.verdict for t in gradient_check(loss, layer.state_dict(), wrong, method=method, max_elements=5).tensors} == {"WRONG"}


def test_float64_gradients_of_float32_values_are_judged_strictly():
    assert not gradient_check(in_the_middle, {"v": V.astype(np.float32)}, {"v": IN_THE_MIDDLE * (1 + 1e-7)}).right
    assert gradient_check(in_the_middle, {"v": V.astype(np.float32)}, {"v": IN_THE_MIDDLE.astype(np.float32)}).right
    assert gradient_check(in_the_middle, {"v": V}, {"v": IN_THE_MIDDLE.astype(np.float16)}).right
    assert not gradient_check(in_the_middle, {"v": V}, {"v": (1.05 * IN_THE_MIDDLE).astype(np.float16)}).right


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_a_layer_in_float32_as_the_loss():
    x = np.random.default_rng(0).normal(size=(6, 3, 3))
    layer = LSTM(3, 4, dtype=np.float32)
    layer.backward(layer(x)[0])

    def loss(values):
        layer.load_state_dict({name: np.real(value) for name, value in values.items()})
        return (layer(x)[0].astype(float) ** 2).sum() / 2

    grads = dict(layer.grads)
    for method in ("complex", "central"):
        assert gradient_check(loss, layer.state_dict(), grads, method=method).right
        assert not gradient_check(loss, layer.state_dict(), {name: 1.01 * value for name, value in grads.items()}, method=method).right
