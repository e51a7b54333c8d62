"""The gradient check passes what is right and is able to fail."""

import numpy as np
import pytest

from cases import case, cell_report
from py_lstm import GradientReport, InvalidInput, TensorCheck, cell, gradient_check

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
