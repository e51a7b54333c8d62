"""The fast path computes what cell.py computes: every gradient, at many shapes, for numbers and for tokens."""

import numpy as np
import pytest

from cases import distance
from py_lstm import InvalidInput, Network, cell, contraction, cross_entropy, squared_error
from py_lstm.fast_cell import FastCell
from py_lstm.losses import unchecked

SIZES = [(1, 1, 1, 1), (4, 3, 2, 5), (32, 1, 8, 16), (9, 16, 5, 33), (7, 8, 32, 64), (5, 2, 3, 1), (2, 40, 1, 9)]
BOUND = {np.float64: 1e-13, np.float32: 2e-5}


@pytest.fixture(params=["blas", "einsum"])
def contractions(request, monkeypatch):
    """Both ways of multiplying, wherever the tests run; einsum also for matrices as small as these."""
    monkeypatch.setattr(contraction, "HAS_BLAS", request.param == "blas")
    monkeypatch.setattr(contraction, "EINSUM_PAYS_FROM", 0)
    monkeypatch.setattr(contraction, "EINSUM_PAYS_FROM_LENGTH", 0)


def given(T, N, I, H, dtype, tokens, seed=0):
    """Inputs as they are given, inputs as numbers, states (H,), weights, and what the loss takes from each h."""
    rng = np.random.default_rng(seed)
    weights = cell.Weights(*(rng.uniform(-0.6, 0.6, shape).astype(dtype) for shape in ((4 * H, I), (4 * H, H), (4 * H,))))
    x = rng.integers(0, I, (T, N)) if tokens else rng.normal(size=(T, N, I)).astype(dtype)
    states = rng.normal(size=(2, H)).astype(dtype)
    return x, np.eye(I, dtype=dtype)[x] if tokens else x, states, weights, rng.normal(size=(T, N, H)).astype(dtype)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("tokens", [False, True], ids=["numbers", "tokens"])
@pytest.mark.usefixtures("contractions")
def test_every_gradient_is_that_of_the_recorded_pass(sizes, dtype, tokens):
    T, N, I, H = sizes
    x, one_hot, (h_0, c_0), weights, dh = given(*sizes, dtype, tokens)
    steps = cell.forward(one_hot, np.tile(h_0, (N, 1)), np.tile(c_0, (N, 1)), weights)
    deltas = cell.backward(steps, weights, dh)
    fast = FastCell(N, I, H, dtype, tokens=tokens)
    for _ in range(2):                                  # what is kept from one batch must not reach the next
        assert distance(fast.forward(x, h_0, c_0, weights), steps.h) <= BOUND[dtype]
        gradients = fast.backward(dh)
    for name in cell.Weights._fields:
        assert getattr(gradients, name).dtype == dtype
        assert distance(getattr(gradients, name), getattr(deltas, name)) <= BOUND[dtype], name
    only_forward = FastCell(N, I, H, dtype, tokens=tokens, learning=False)
    assert distance(only_forward.forward(x, h_0, c_0, weights), steps.h) <= BOUND[dtype]


def test_a_cell_takes_longer_and_shorter_sequences_in_turn():
    fast, learns_once = FastCell(2, 3, 4, np.float64), lambda: FastCell(2, 3, 4, np.float64)
    for T in (3, 9, 2, 9, 5):
        x, _, (h_0, c_0), weights, dh = given(T, 2, 3, 4, np.float64, False, seed=T)
        other = learns_once()
        assert np.array_equal(fast.forward(x, h_0, c_0, weights), other.forward(x, h_0, c_0, weights))
        assert all(map(np.array_equal, fast.backward(dh), other.backward(dh)))


@pytest.mark.parametrize("size", [1e-300, 1e-4, 30, 1e3, 1e300])
def test_gates_shut_or_open_for_good_give_no_warning_and_the_same_gradients(size):
    x, _, (h_0, c_0), weights, dh = given(6, 2, 3, 4, np.float64, False)
    weights = cell.Weights(*(size * w for w in weights)) if size < 1e200 else weights._replace(bias=size * weights.bias)
    steps = cell.forward(x, np.tile(h_0, (2, 1)), np.tile(c_0, (2, 1)), weights)
    fast = FastCell(2, 3, 4, np.float64)
    assert distance(fast.forward(x, h_0, c_0, weights), steps.h) <= 1e-13
    for mine, right in zip(fast.backward(dh), cell.backward(steps, weights, dh)[-3:]):
        assert distance(mine, right) <= 1e-11           # where a gate is saturated, 1 - a is round-off


def network(**how):
    made = Network(3, 4, 2, rng=1, **how)
    rng = np.random.default_rng(2)
    made.states = {"h_0": rng.normal(size=4), "c_0": rng.normal(size=4)}
    return made, rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 2, 2))


@pytest.mark.parametrize("at", ["every", "last"])
def test_a_lesson_is_the_recorded_forward_and_backward_pass(at):
    net, x, target = network()
    run = net.forward(x)
    loss, dy = squared_error(run.y, target, at)
    _, gradients = net.backward(run, dy)
    lesson = net.lesson(x, unchecked("squared_error", target, at))
    assert distance(lesson.y, run.y) <= 1e-14 and lesson.loss == pytest.approx(loss, rel=1e-14)
    assert set(lesson.gradients) == set(net.parameters)
    for name, gradient in lesson.gradients.items():
        assert distance(gradient, gradients[name]) <= 1e-13, name
    assert distance(net.predict(x), run.y) <= 1e-14


def test_tokens_are_one_hot_rows():
    net, *_ = network()
    tokens, classes = np.random.default_rng(3).integers(0, 3, (5, 2)), np.random.default_rng(4).integers(0, 2, (5, 2))
    by_token, by_row = net.forward(tokens), net.forward(np.eye(3)[tokens])
    assert distance(by_token.y, by_row.y) <= 1e-15
    _, dy = cross_entropy(by_row.y, classes)
    (one, gradients), (other, right) = net.backward(by_token, dy), net.backward(by_row, dy)
    assert distance(one.dx, other.dx) <= 1e-14
    lesson = net.lesson(tokens, unchecked("cross_entropy", classes))
    for name in net.parameters:
        assert distance(gradients[name], right[name]) <= 1e-14 and distance(lesson.gradients[name], right[name]) <= 1e-13


@pytest.mark.parametrize("tokens", [np.array([[0, 3]]), np.array([[-1, 0]]), np.zeros((0, 2), int)])
def test_tokens_that_there_are_not_are_refused(tokens):
    net, *_ = network()
    for call in (net.forward, net.predict, lambda x: net.lesson(x, unchecked("squared_error", np.zeros((1, 2, 2))))):
        with pytest.raises(InvalidInput) as refused:
            call(tokens)
        assert refused.value.field == "x"


@pytest.mark.parametrize("name, spoil, sentence", [
    ("weight_ih", np.nan, "weight_ih holds nan"), ("readout_weight", 1.7e308, "readout's weights are too large"),
])
def test_a_lesson_that_leaves_the_numbers_says_so(name, spoil, sentence):
    net, x, target = network()
    net.parameters[name] = np.full_like(net.parameters[name], spoil)
    for call in (net.predict, lambda x: net.lesson(x, unchecked("squared_error", target))):
        with pytest.raises(InvalidInput, match=sentence):
            call(x)


@pytest.mark.parametrize("mask", [None, np.array([[True, False], [True, True], [False, False]])], ids=["all", "masked"])
@pytest.mark.parametrize("at", ["every", "last"])
def test_a_loss_for_classes_is_the_one_for_one_hot_rows(mask, at):
    rng = np.random.default_rng(5)
    y, classes = 30 * rng.normal(size=(3, 2, 4)), rng.integers(0, 4, (3, 2))
    if mask is not None and at == "last":
        mask = mask | np.array([[False, True], [False, False], [False, False]])
    loss, dy = unchecked("cross_entropy", classes, at, mask)(y)
    right, right_dy = cross_entropy(y, np.eye(4)[classes], at, mask)
    assert loss == pytest.approx(right, rel=1e-14) and distance(dy, right_dy) <= 1e-14
