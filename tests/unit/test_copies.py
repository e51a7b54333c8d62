"""Copies of what keeps views into its own arrays: layers without a recording, networks, trainings; also in the middle of work."""

import copy
import pickle
import sys

import numpy as np
import pytest
from test_everything import COPIES, equal

from py_lstm import LSTM, RNN, Experiment, InvalidInput, LstmLayer, Network, Trainer, cross_entropy
from py_lstm.damage import damaged
from py_lstm.losses import unchecked

RNG = np.random.default_rng(0)
XS, TARGETS = RNG.normal(size=(6, 6, 3, 3)), RNG.normal(size=(6, 6, 3, 2))
OPTIONS = [dict(), dict(num_layers=2, bidirectional=True), dict(num_layers=2, dropout=0.5), dict(stateful=True), dict(batch_first=True),
           dict(dtype=np.float32), dict(learn_initial_state=True)]


def back(layer, output):
    dx, before = layer.backward(output)
    return dx, before, dict(layer.grads)


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_layer_that_is_copied_between_forward_and_backward(options, record, how):
    for gone_back in (False, True):
        layers = [LSTM(3, 4, record=record, rng=3, **options) for _ in range(2)]
        for layer in layers:
            for x in XS[:3]:
                output = layer(x)[0]
            if gone_back:
                layer.backward(output)
        expected, one = layers
        other = COPIES[how](one)
        if gone_back:
            assert equal(other.grads, one.grads)
        # In turn, and each with another derivative: what one does must not reach the other.
        assert equal(back(one, output), back(expected, output)) and equal(back(other, 2 * output), back(expected, 2 * output))
        for x in XS[3:]:
            right = expected(x), back(expected, output)
            for layer in (one, other):
                assert equal((layer(x), back(layer, output)), right)


@pytest.mark.parametrize("how", COPIES)
def test_sequences_of_several_lengths(how):
    one, expected = LSTM(3, 4, record=False), LSTM(3, 4, record=False)
    for lengths in ([6, 2, 4], [1, 6, 0]):
        right = expected(XS[0], lengths=lengths), back(expected, XS[0, :, :, :1] * np.ones(4))
        one(XS[0], lengths=lengths)
        other = COPIES[how](one)
        one(XS[1])                                      # works in what `other` must not need
        assert equal(back(other, XS[0, :, :, :1] * np.ones(4)), right[1])
        assert equal(other(XS[0], lengths=lengths), right[0])


def test_the_trace_and_gradients_of_a_shallow_copy_are_its_own():
    one = RNN(3, 4)
    output, _ = one(XS[0])
    other = copy.copy(one)
    one.backward(output)
    assert "dh" in one.trace[0][0] and "dh" not in other.trace[0][0] and not other.grads
    other.parameters["weight_hh_l0"] = np.zeros((4, 4))
    assert one.parameters["weight_hh_l0"].any()


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("tokens", [False, True])
def test_a_network(how, tokens):
    xs = RNG.integers(0, 3, (6, 6, 3)) if tokens else XS
    lesson = lambda network, k: network.lesson(xs[k], unchecked("squared_error", TARGETS[k]))
    one, expected = Network(3, 4, 2), Network(3, 4, 2)
    for network in (one, expected):
        network.predict(xs[0]), lesson(network, 0)
    other = COPIES[how](one)
    for k in range(1, 5):
        for network in (one, other):
            assert equal(network.predict(xs[k]), expected.predict(xs[k])) and equal(lesson(network, k), lesson(expected, k))


def test_a_damaged_network():
    network = damaged(Network(3, 4, 2), {"clamp_f": 0.5})
    for how in COPIES.values():
        assert equal(how(network).predict(XS[0]), network.predict(XS[0]))


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("pieces", [0, 1, 2])
@pytest.mark.parametrize("make", [Trainer, lambda e: Trainer(e.baseline("gru"))], ids=["lstm", "gru"])
def test_a_training_also_in_the_middle_of_an_update(make, pieces, how, monkeypatch):
    for module in ("fast_cell", "network"):
        monkeypatch.setattr(f"py_lstm.{module}.at_once", lambda work: 4)
    expected, one = make(Experiment()), make(Experiment())
    for training in (expected, one):
        for _ in range(3):
            training.update()
    for _ in range(pieces):
        assert one.piece() is None
    other = COPIES[how](one)
    assert equal([expected.update() for _ in range(4)], [one.update() for _ in range(4)])
    assert equal(expected.losses[3:], [other.update().loss for _ in range(4)]) and len(other.losses) == 7


@pytest.mark.parametrize("how", COPIES)
def test_a_tutorial_layer_in_the_middle_of_a_sequence(how):
    one, expected = LstmLayer(3, 2, 0.1), LstmLayer(3, 2, 0.1)
    step = lambda layer, k: layer.forward(XS[0, k, 0][:, np.newaxis])
    for layer in (one, expected):
        step(layer, 0), step(layer, 1)
    other = COPIES[how](one)
    for layer in (expected, one, other):
        step(layer, 2)
    for layer in (expected, one, other):
        layer.backward(None, np.ones((2, 1)))
        assert layer.times == 3 and len(layer.h_list) == 4
        assert np.array_equal(layer.Wfh_grad, expected.Wfh_grad) and layer.Wfh_grad.any()


@pytest.mark.parametrize("learning", [True, False])
def test_what_training_works_in_is_not_in_a_copy(learning):
    network = Network(3, 64, 2)
    small = len(pickle.dumps(network))
    network.lesson(XS[0], unchecked("squared_error", TARGETS[0])) if learning else network.predict(XS[0])
    assert len(pickle.dumps(network)) == small


@pytest.mark.parametrize("how", COPIES)
def test_a_refusal_comes_back_from_where_it_was_raised_with_all_it_says(how):
    with pytest.raises(InvalidInput) as refused:
        cross_entropy(np.zeros((1, 1, 3)), np.array([[7]]))
    other = COPIES[how](refused.value)
    assert (str(other), other.field, other.code, other.details) == (str(refused.value), "target", "range", {"low": 0, "high": 2})


def _answer(layer, x):
    return layer(x)[0]


@pytest.mark.skipif(sys.platform == "emscripten", reason="there are no processes in WebAssembly")
def test_a_used_layer_in_a_worker_process():
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    layer = LSTM(3, 4, record=False)
    right = [layer(x)[0] for x in XS]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert equal(list(pool.map(_answer, [layer] * len(XS), XS)), right)
        with pytest.raises(InvalidInput, match="give shape"):
            pool.submit(_answer, layer, XS[0][:, :, :2]).result()
