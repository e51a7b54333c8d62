"""Several threads at one object: right, or refused with a sentence. What a docstring promises of threads is held here."""

import copy
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from test_everything import equal

from py_lstm import GRU, LSTM, RNN, Experiment, InvalidInput, LstmLayer, Network, Trainer
from py_lstm.losses import unchecked

pytestmark = pytest.mark.skipif(sys.platform == "emscripten", reason="there are no threads in WebAssembly")

RNG = np.random.default_rng(0)
XS, TARGETS = RNG.normal(size=(8, 40, 4, 16)), RNG.normal(size=(8, 40, 4, 2))
LAYERS = [lambda **o: LSTM(16, 32, **o), lambda **o: LSTM(16, 32, record=False, **o), lambda **o: LSTM(16, 16, variant="P", **o),
          lambda **o: GRU(16, 32, **o), lambda **o: RNN(16, 32, **o)]


@pytest.fixture(autouse=True)
def switching_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_another_thread(work):
    """What `work` returns or raises there."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def same_in_four_threads(work, right, rounds=15):
    with ThreadPoolExecutor(4) as pool:
        for _ in range(rounds):
            for got, expected in zip(pool.map(work, range(len(right))), right):
                assert equal(got, expected)


@pytest.mark.parametrize("make", LAYERS)
def test_each_call_gets_its_own_answer(make):
    layer = make(num_layers=2)
    right = [make(num_layers=2)(x) for x in XS]
    same_in_four_threads(lambda k: layer(XS[k]), right)


@pytest.mark.parametrize("make", LAYERS)
def test_a_thread_that_was_overtaken_is_refused(make):
    layer, x = make(), XS[0]
    output = layer(x)[0]
    in_another_thread(lambda: layer(XS[1]))
    uses = [lambda: layer.backward(output)] + [lambda: layer.trace] * getattr(layer, "record", True)
    for use in uses:
        with pytest.raises(InvalidInput, match="another thread.*copy.deepcopy"):
            use()
    layer(x)
    dx, _ = layer.backward(output)                      # whoever called last may
    fresh = make()
    fresh(x)
    assert equal(dx, fresh.backward(output)[0]) and equal(layer.grads, fresh.grads)
    in_another_thread(lambda: (layer(XS[1]), layer.backward(output)))
    with pytest.raises(InvalidInput, match="grads.*another thread"):
        layer.grads


@pytest.mark.parametrize("make", LAYERS)
def test_what_one_thread_computes_another_may_use(make):
    layer, fresh = make(), make()
    output = in_another_thread(lambda: layer(XS[0]))[0]
    fresh(XS[0])
    assert equal(layer.backward(output)[0], fresh.backward(output)[0]) and equal(layer.grads, fresh.grads)


@pytest.mark.parametrize("make", LAYERS)
def test_training_in_threads_is_right_or_refused(make):
    layer = make()
    right = []
    for x in XS:
        fresh = make()
        fresh.backward(fresh(x)[0])
        right.append(fresh.grads)
    done = []

    def learn(k):
        try:
            layer.backward(layer(XS[k])[0])
            done.append((k, layer.grads))
        except InvalidInput as refused:
            assert "another thread" in str(refused)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            list(pool.map(learn, range(8)))
    assert done and all(equal(grads, right[k]) for k, grads in done)


@pytest.mark.parametrize("make", LAYERS)
def test_the_states_carried_over_belong_to_one_thread(make):
    layer = make(stateful=True)
    layer(XS[0])
    with pytest.raises(InvalidInput, match="reset_state"):
        in_another_thread(lambda: layer(XS[1]))
    layer.reset_state()
    assert equal(in_another_thread(lambda: layer(XS[1])), make()(XS[1]))


def test_a_copy_is_anyone_s():
    layer = LSTM(16, 32, record=False, stateful=True)
    layer(XS[0])
    twin = copy.deepcopy(layer)
    assert equal(in_another_thread(lambda: twin(XS[1])), layer(XS[1]))


def test_a_network_answers_and_teaches_many_at_once():
    network, fresh = Network(16, 32, 2), Network(16, 32, 2)
    lesson = lambda one, k: one.lesson(XS[k], unchecked("squared_error", TARGETS[k]))
    right = [(fresh.predict(x), lesson(fresh, k)) for k, x in enumerate(XS)]
    same_in_four_threads(lambda k: (network.predict(XS[k]), lesson(network, k)), right)


@pytest.mark.parametrize("make", [Trainer, lambda e: Trainer(e.baseline("rnn"))], ids=["lstm", "rnn"])
def test_updates_that_several_threads_ask_for_are_made_one_after_the_other(make):
    alone, shared = make(Experiment()), make(Experiment())
    for _ in range(40):
        alone.update()
    with ThreadPoolExecutor(4) as pool:
        told = [one.update for one in pool.map(lambda _: shared.update(), range(40))]
    assert sorted(told) == list(range(1, 41)) and shared.losses == alone.losses


def test_a_tutorial_layer_records_for_one_thread():
    layer, column = LstmLayer(16, 3, 0.1), XS[0, 0, 0][:, np.newaxis]
    layer.forward(column)
    for use in (lambda: layer.forward(column), lambda: layer.backward(None, np.ones((3, 1)))):
        with pytest.raises(InvalidInput, match="another thread.*reset_state"):
            in_another_thread(use)
    layer.backward(None, np.ones((3, 1)))
    layer.reset_state()
    in_another_thread(lambda: layer.forward(column))
    with pytest.raises(InvalidInput, match="another thread"):
        layer.update()


@pytest.mark.parametrize("kind", [LSTM, GRU, RNN, Network, LstmLayer, Trainer])
def test_every_docstring_says_what_of_threads(kind):
    assert "hread" in kind.__doc__
