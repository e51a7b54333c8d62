"""Activations: exact, silent, elementwise, each with the derivative of itself."""

import math

import numpy as np
import pytest

from py_lstm import (IdentityActivator, InvalidInput, ReluActivator, SigmoidActivator, TanhActivator,
                     element_wise_op)

ALL = [SigmoidActivator, TanhActivator, ReluActivator, IdentityActivator]
HOSTILE = [0.0, -0.0, 1e-320, 1e-17, 1e-8, 0.5, 40.0, 1e3, 1e300, 1.7e308]


@pytest.mark.parametrize("activator", ALL)
def test_the_derivative_is_the_slope(activator):
    a = activator()
    z = np.array([-3.0, -0.7, 0.3, 2.0])
    slope = np.imag(a.forward(z + 1e-30j)) / 1e-30
    assert np.allclose(a.backward(a.forward(z)), slope, rtol=1e-13, atol=0)


@pytest.mark.parametrize("activator", ALL)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_finite_input_gives_a_warning_or_changes_the_dtype(activator, dtype):
    a = activator()
    z = np.array([*HOSTILE, *(-v for v in HOSTILE)])
    z = z[np.abs(z) < np.finfo(dtype).max].astype(dtype)
    out = a.forward(z)
    assert out.dtype == dtype and out.shape == z.shape and np.isfinite(out).all()
    slope = a.backward(out)
    assert slope.dtype == dtype and np.isfinite(slope).all()
    assert a.forward(z.reshape(2, -1)).shape == (2, z.size // 2)


@pytest.mark.parametrize("z", [-700.0, -40.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 40.0])
def test_sigmoid_keeps_all_its_digits(z):
    right = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
    assert SigmoidActivator().forward(z) == pytest.approx(right, rel=4e-16)


@pytest.mark.parametrize("z", [1e-300, 1e-17, 1e-16, 1e-8, 1e-4, 0.1, 3.0])
def test_tanh_is_exact_near_zero(z):
    assert TanhActivator().forward(z) == pytest.approx(math.tanh(z), rel=4e-16)


def test_relu_works_on_arrays_and_is_flat_at_zero():
    relu = ReluActivator()
    assert relu.forward(np.array([[-1.0, 0.0, 2.0]])).tolist() == [[0.0, 0.0, 2.0]]
    assert relu.backward(np.array([0.0, 2.0])).tolist() == [0.0, 1.0]
    assert (relu.forward(3), relu.backward(3)) == (3, 1)


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray, lambda a: np.repeat(a, 2, axis=1)[:, ::2]])
def test_element_wise_op_changes_every_element_in_place_twice(layout):
    array = layout(np.arange(6.0).reshape(2, 3))
    element_wise_op(array, lambda value: value * 2)
    element_wise_op(array, lambda value: value + 1)
    assert array.tolist() == [[1, 3, 5], [7, 9, 11]]


def test_element_wise_op_keeps_whole_numbers_whole():
    array = np.array([1, 2])
    element_wise_op(array, lambda value: value + 1)
    assert array.tolist() == [2, 3]
    element_wise_op(np.array([], int), lambda value: value)


@pytest.mark.parametrize("array, op, field", [
    ([1.0], abs, "array"), (3, abs, "array"), (np.arange(3.0), 5, "op"), (np.arange(3.0), lambda v: "a", "op"),
    (np.arange(3.0), lambda v: None, "op"), (np.arange(3.0), lambda v: [v, v], "op"),
    (np.arange(3), lambda v: v / 2, "op"),
])
def test_element_wise_op_refuses_and_leaves_the_array(array, op, field):
    before = np.array(array)
    with pytest.raises(InvalidInput) as refused:
        element_wise_op(array, op)
    assert refused.value.field == field
    assert np.array_equal(array, before)


def test_element_wise_op_leaves_the_array_when_op_fails():
    array = np.array([2.0, 0.0])

    def inverse(value):
        if value == 0:
            raise ZeroDivisionError
        return 1 / value

    with pytest.raises(ZeroDivisionError):
        element_wise_op(array, inverse)
    assert array.tolist() == [2.0, 0.0]
