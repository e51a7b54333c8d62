"""What holds for every LSTM, GRU and RNN, whatever its options, its weights and its sequences."""

import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from cases import distance                              # noqa: E402
from layers import after, check_layer, worst            # noqa: E402

from py_lstm import GRU, LSTM, RNN                      # noqa: E402

I = 2
NAMES = ["vanilla", "NP", "P", "NIG", "NFG", "NOG", "NIAF", "NOAF", "CIFG", "FGR", "P+FGR", "P+CIFG", "NIG+NOG", "P+NFG+NOAF"]
settings.register_profile("here", deadline=None, max_examples=40, derandomize=True, database=None)
settings.load_profile("here")

seeds = st.integers(0, 2**32 - 1)
shared = {"num_layers": st.integers(1, 3), "bias": st.booleans(), "bidirectional": st.booleans()}


@st.composite
def kinds(draw, **fixed):
    """A class and options for it."""
    kind = draw(st.sampled_from([LSTM, LSTM, LSTM, GRU, RNN]))
    options = {name: draw(values) for name, values in shared.items()}
    if kind is LSTM:
        options |= {"proj_size": draw(st.integers(0, 2)), "variant": draw(st.sampled_from(NAMES)),
                    "layer_norm": draw(st.booleans())}
    if kind is RNN:
        options["nonlinearity"] = draw(st.sampled_from(["tanh", "relu"]))
    return kind, options | fixed


@st.composite
def sequences(draw, ragged=True):
    """x (T, N, I), lengths of its sequences, and a generator for whatever else is to be drawn."""
    rng = np.random.default_rng(draw(seeds))
    T, N = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    lengths = draw(st.lists(st.integers(0, T), min_size=N, max_size=N)) if ragged else [T] * N
    return rng.normal(size=(T, N, I)) * draw(st.sampled_from([0.1, 1, 5])), lengths, rng


def made(kind, options, rng):
    """A layer with 3 units whose parameters are all different from their round first values."""
    layer = kind(I, 3, **options)
    layer.load_state_dict({name: value + rng.uniform(-0.5, 0.5, value.shape) for name, value in layer.parameters.items()})
    return layer


def both_passes(layer, x, states=None, lengths=None, dy=None, d_states=None):
    """Output, last states, dx, the derivatives of the first states, gradients."""
    packed = tuple if isinstance(layer, LSTM) else (lambda parts: parts[0])
    y, *_ = result = layer(x, None if states is None else packed(states), lengths)
    dx, before = layer.backward(np.ones_like(y) if dy is None else dy, None if d_states is None else packed(d_states))
    return y, after(result), dx, before if isinstance(before, tuple) else (before,), layer.grads


@given(kinds(), sequences())
def test_a_batch_is_a_loop_over_its_sequences(chosen, drawn):
    (x, lengths, rng), layer = drawn, made(*chosen, drawn[2])
    states = [rng.uniform(-1, 1, state.shape) for state in after(layer(x))]
    d_states = [rng.normal(size=state.shape) for state in states]
    dy = rng.normal(size=layer(x)[0].shape)
    y, last, dx, before, grads = both_passes(layer, x, states, lengths, dy, d_states)
    total = {name: np.zeros_like(value) for name, value in grads.items()}
    for n, length in enumerate(lengths):
        assert (y[length:, n] == 0).all() and (dx[length:, n] == 0).all()
        pick = lambda parts: [part[:, n] for part in parts]
        if length == 0:
            assert all(map(np.array_equal, pick(last), pick(states)))
            assert all(map(np.array_equal, pick(before), pick(d_states)))
            continue
        y_n, last_n, dx_n, before_n, grads_n = both_passes(layer, x[:length, n], pick(states), None, dy[:length, n],
                                                           pick(d_states))
        for mine, right in [(y[:length, n], y_n), (dx[:length, n], dx_n), *zip(pick(last), last_n),
                            *zip(pick(before), before_n)]:
            assert distance(mine, right) < 1e-10
        total = {name: total[name] + value for name, value in grads_n.items()}
    assert max(distance(total[name], value) for name, value in grads.items()) < 1e-10


@given(kinds(bidirectional=False, stateful=True), sequences(ragged=False), st.lists(st.integers(1, 3), min_size=1))
def test_a_stateful_layer_in_chunks_computes_the_whole_sequence(chosen, drawn, sizes):
    kind, options = chosen
    (x, _, rng), chunks = drawn, made(kind, options, drawn[2])
    whole = kind(I, 3, **options | {"stateful": False})
    whole.load_state_dict(chunks.state_dict())
    y, *_ = result = whole(x)
    outputs, at = [], 0
    while at < len(x):
        size = sizes[len(outputs) % len(sizes)]
        part = chunks(x[at:at + size])
        outputs.append(part[0])
        at += size
    assert distance(np.concatenate(outputs), y) < 1e-10
    assert max(distance(a, b) for a, b in zip(after(part), after(result))) < 1e-10


@given(kinds(), sequences(), st.sampled_from([np.nan, np.inf, 0, 1e300, -3]), st.integers(0, 3))
def test_padding_never_matters(chosen, drawn, filler, more):
    (x, lengths, rng), layer = drawn, made(*chosen, drawn[2])
    longer = np.concatenate([x, np.zeros((more, *x.shape[1:]))])
    longer[np.arange(len(longer))[:, np.newaxis] >= lengths] = filler
    dy = rng.normal(size=layer(x)[0].shape)
    dy_longer = np.concatenate([dy, np.ones((more, *dy.shape[1:]))])
    dy_longer[np.arange(len(longer))[:, np.newaxis] >= lengths] = 7
    y, last, dx, before, grads = both_passes(layer, x, None, lengths, dy)
    y_2, last_2, dx_2, before_2, grads_2 = both_passes(layer, longer, None, lengths, dy_longer)
    T = len(x)
    assert np.array_equal(y, y_2[:T]) and np.array_equal(dx, dx_2[:T]) and not y_2[T:].any() and not dx_2[T:].any()
    assert all(map(np.array_equal, (*last, *before), (*last_2, *before_2)))
    assert all(np.array_equal(value, grads_2[name]) for name, value in grads.items())


@given(st.sampled_from(["vanilla", "NIG", "NFG", "NOG", "NIAF", "NOAF", "CIFG"]), sequences(), st.sampled_from([0, 2]))
def test_without_recurrent_weights_the_error_carousel_is_the_product_of_the_forget_gates(name, drawn, proj_size):
    (x, lengths, rng), lstm = drawn, made(LSTM, {"variant": name, "proj_size": proj_size}, drawn[2])
    lstm.parameters["weight_hh_l0"][:] = 0
    lstm(x, lengths=lengths)
    _, (_, dc_0) = lstm.backward(None, (None, np.ones((1, x.shape[1], 3))))
    for n, length in enumerate(lengths):
        f = lstm.trace[0][0].get("f", np.empty((0, len(lengths), 3)))[:length, n]
        assert distance(dc_0[0, n], np.prod(f, axis=0)) < 1e-14


@given(kinds(bidirectional=True, num_layers=1), sequences())
def test_the_reverse_direction_is_the_forward_one_on_the_sequence_turned_round(chosen, drawn):
    kind, options = chosen
    (x, lengths, rng), both = drawn, made(kind, options, drawn[2])
    alone = kind(I, 3, **options | {"bidirectional": False})
    alone.load_state_dict({name: both.parameters[name + "_reverse"] for name in alone.parameters})
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[:length, n] = x[:length, n][::-1]
    y, last, dx, before, grads = both_passes(both, x, None, lengths)
    width = y.shape[2] // 2
    dy = np.ones_like(y)
    dy[:, :, :width] = 0                                # nothing from the forward direction
    y, last, dx, before, grads = both_passes(both, x, None, lengths, dy)
    y_t, last_t, dx_t, before_t, grads_t = both_passes(alone, turned, None, lengths)
    for n, length in enumerate(lengths):
        assert distance(y[:length, n, width:], y_t[:length, n][::-1]) < 1e-14
        assert distance(dx[:length, n], dx_t[:length, n][::-1]) < 1e-13
    for mine, right in zip((*last, *before), (*last_t, *before_t)):
        assert distance(mine[1], right[0]) < 1e-13
    assert max(distance(grads[name + "_reverse"], value) for name, value in grads_t.items()) < 1e-13


@given(kinds(), sequences(), st.booleans(), st.sampled_from([0, 0.4]), seeds)
@settings(max_examples=25)
def test_every_gradient_agrees_with_the_complex_step(chosen, drawn, states, dropout, seed):
    kind, options = chosen
    x, lengths, _ = drawn
    if dropout:
        options = options | {"dropout": dropout, "variational": True}
    report = check_layer(kind, sizes=(I, 3), T=len(x), N=len(lengths), lengths=lengths, states=states, seed=seed,
                         learn_initial_state=not states, **options)
    assert worst(report) < 1e-9, (kind, options, str(report))


@given(kinds(), sequences())
def test_backward_is_linear(chosen, drawn):
    (x, lengths, rng), layer = drawn, made(*chosen, drawn[2])
    shape = layer(x)[0].shape
    a, b = rng.normal(size=shape), rng.normal(size=shape)
    parts = [both_passes(layer, x, None, lengths, dy) for dy in (a, b, 2 * a - 3 * b)]
    for name in layer.grads:
        first, second, sum_ = (part[4][name] for part in parts)
        size = 2 * np.linalg.norm(first) + 3 * np.linalg.norm(second)
        assert np.linalg.norm(2 * first - 3 * second - sum_) <= 1e-11 * size
