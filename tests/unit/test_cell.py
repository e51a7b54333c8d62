"""The equations: right, exact, and the same for every way of asking."""

import math

import numpy as np
import pytest

import textbook
from cases import case, cell_report, distance, per_gate
from py_lstm import Deltas, InvalidInput, Steps, Weights, cell


def test_one_unit_by_hand():
    # Every gate has weights of its own, so that no two can be mistaken for each other.
    weights = Weights(np.array([[0.1], [0.2], [0.3], [0.4]]), np.array([[0.5], [0.6], [0.7], [0.8]]),
                      np.array([-0.1, 0.9, -0.3, 0.2]))
    steps = cell.forward(np.array([[[2.0]]]), np.array([[0.5]]), np.array([[-1.5]]), weights)
    i = 1 / (1 + math.exp(-(0.1 * 2 + 0.5 * 0.5 - 0.1)))
    f = 1 / (1 + math.exp(-(0.2 * 2 + 0.6 * 0.5 + 0.9)))
    g = math.tanh(0.3 * 2 + 0.7 * 0.5 - 0.3)
    o = 1 / (1 + math.exp(-(0.4 * 2 + 0.8 * 0.5 + 0.2)))
    c = f * -1.5 + i * g
    expected = {"i": i, "f": f, "g": g, "o": o, "c": c, "tanh_c": math.tanh(c), "h": o * math.tanh(c)}
    for name, value in expected.items():
        assert getattr(steps, name).item() == pytest.approx(value, rel=1e-15), name


def test_forward_and_backward_agree_with_the_textbook():
    given = case(T=6, N=3, I=3, H=4)
    steps = cell.forward(given.x, given.h_0, given.c_0, given.weights)
    deltas = cell.backward(steps, given.weights, given.dh, given.dh_n, given.dc_n)
    assert isinstance(steps, Steps) and isinstance(deltas, Deltas)
    W, U, b = (per_gate(tensor) for tensor in given.weights)
    summed = {"weight_ih": 0, "weight_hh": 0, "bias": 0}
    for n in range(3):
        arguments = given.x[:, n].tolist(), given.h_0[n], given.c_0[n], W, U, b
        for t, step in enumerate(textbook.forward(*arguments)):
            for name, value in step.items():
                assert distance(getattr(steps, name)[t, n], value) < 1e-14, (name, t)
        right = textbook.backward(*arguments, given.dh[:, n], given.dh_n[n], given.dc_n[n])
        assert distance(deltas.dx[:, n], right["x"]) < 1e-13
        assert distance(deltas.dh_0[n], right["h_0"]) < 1e-13
        assert distance(deltas.dc_0[n], right["c_0"]) < 1e-13
        for name, letter in zip(summed, "WUb"):
            summed[name] = summed[name] + np.concatenate([right[letter][gate] for gate in "ifgo"])
    for name, value in summed.items():
        for gate, mine in per_gate(getattr(deltas, name)).items():
            assert distance(mine, per_gate(value)[gate]) < 1e-13, (name, gate)


@pytest.mark.parametrize("sizes", [dict(T=4), dict(T=7, N=1, I=1, H=2), dict(T=5, I=5, H=1), dict(T=1), dict(T=12, N=1)])
def test_every_gradient_agrees_with_the_complex_step(sizes):
    report = cell_report(cell, case(**sizes))
    assert len(report.tensors) == 6
    assert max(tensor.relative_error for tensor in report.tensors) < 1e-13, str(report)
    assert all(tensor.norm > 1e-3 for tensor in report.tensors), "a tensor of gradients near 0 checks nothing"


def test_without_recurrent_weights_the_error_carousel_is_the_product_of_the_forget_gates():
    given = case(T=6, N=1)
    weights = given.weights._replace(weight_hh=np.zeros_like(given.weights.weight_hh))
    steps = cell.forward(given.x, given.h_0, given.c_0, weights)
    deltas = cell.backward(steps, weights, np.zeros_like(steps.h), dc_n=np.ones((1, 4)))
    product = np.ones((1, 4))
    for f in reversed(steps.f):
        product = product * f
    assert np.array_equal(deltas.dc_0, product)


def test_the_two_streams_add_up():
    given = case()
    deltas = cell.backward(cell.forward(*given[:4]), *given[3:])
    assert np.array_equal(deltas.dh, deltas.dh_via_y + deltas.dh_via_z)
    assert np.array_equal(deltas.dc, deltas.dc_via_h + deltas.dc_via_c)
    assert np.array_equal(deltas.dh_via_y, given.dh)
    assert np.array_equal(deltas.dh_via_z[-1], given.dh_n) and np.array_equal(deltas.dc_via_c[-1], given.dc_n)


def test_a_batch_is_a_loop_over_its_sequences():
    given = case(N=3)
    deltas = cell.backward(cell.forward(*given[:4]), *given[3:])
    alone = []
    for n in range(3):
        one = slice(n, n + 1)
        steps = cell.forward(given.x[:, one], given.h_0[one], given.c_0[one], given.weights)
        alone.append(cell.backward(steps, given.weights, given.dh[:, one], given.dh_n[one], given.dc_n[one]))
    assert distance(np.concatenate([d.dx for d in alone], axis=1), deltas.dx) < 1e-15
    assert distance(np.concatenate([d.dc_0 for d in alone]), deltas.dc_0) < 1e-15
    for name in Weights._fields:
        assert distance(sum(getattr(d, name) for d in alone), getattr(deltas, name)) < 1e-14


def test_a_sequence_in_two_parts_is_the_whole_sequence():
    given = case(T=7)
    whole_steps = cell.forward(*given[:4])
    whole = cell.backward(whole_steps, *given[3:])
    first = cell.forward(given.x[:3], given.h_0, given.c_0, given.weights)
    second = cell.forward(given.x[3:], first.h[-1], first.c[-1], given.weights)
    assert distance(np.concatenate([first.h, second.h]), whole_steps.h) < 1e-15
    late = cell.backward(second, given.weights, given.dh[3:], given.dh_n, given.dc_n)
    early = cell.backward(first, given.weights, given.dh[:3], late.dh_0, late.dc_0)
    for name in Weights._fields:
        assert distance(getattr(early, name) + getattr(late, name), getattr(whole, name)) < 1e-14
    assert distance(early.dh_0, whole.dh_0) < 1e-14


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_that_goes_in_comes_out(dtype):
    given = case()
    single = [np.asarray(a, dtype) for a in (given.x, given.h_0, given.c_0)]
    weights = Weights(*(w.astype(dtype) for w in given.weights))
    steps = cell.forward(*single, weights)
    deltas = cell.backward(steps, weights, *(d.astype(dtype) for d in given[4:]))
    assert {array.dtype for array in (*steps, *deltas)} == {np.dtype(dtype)}


@pytest.mark.parametrize("size", [0.0, 1e-300, 1e3, -1e3, 1e300, -1e300])
def test_inputs_of_any_size_give_no_warning_and_finite_states(size):
    # Warnings are errors in this suite.
    given = case()
    steps = cell.forward(np.full_like(given.x, size), *given[1:4])
    assert np.isfinite(steps.h).all() and np.isfinite(steps.c).all()
    deltas = cell.backward(steps, *given[3:])
    assert all(np.isfinite(array).all() for array in deltas)
