"""LSTM, GRU and RNN as a user meets them: shapes, names, states, lengths, dropout, the trace, and what is refused."""

import copy

import numpy as np
import pytest

from cases import distance
from layers import check_layer, worst
from py_lstm import GRU, LSTM, RNN, Adam, InvalidInput, LstmLayer, initializers

KINDS = [LSTM, GRU, RNN]


def data(T=5, N=3, I=2, seed=0):
    return np.random.default_rng(seed).normal(size=(T, N, I))


def packed(layer, states):
    """States as the layer wants them: a tuple, or the only one."""
    return tuple(states) if isinstance(layer, LSTM) else states[0]


def unpacked(states):
    return states if isinstance(states, tuple) else (states,)


# Shapes and names ----------------------------------------------------------------------------------------------------


def test_shapes_and_names():
    lstm = LSTM(2, 4, num_layers=2, bidirectional=True, proj_size=3)
    y, (h_n, c_n) = lstm(data())
    assert y.shape == (5, 3, 6) and h_n.shape == (4, 3, 3) and c_n.shape == (4, 3, 4)
    assert list(lstm.parameters)[:6] == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0",
                                         "weight_ih_l0_reverse"]
    assert lstm.parameters["weight_ih_l1"].shape == (16, 6) and lstm.parameters["weight_hr_l1"].shape == (3, 4)
    dx, (dh_0, dc_0) = lstm.backward(y)
    assert dx.shape == (5, 3, 2) and dh_0.shape == h_n.shape and dc_0.shape == c_n.shape
    assert {name: g.shape for name, g in lstm.grads.items()} == {name: p.shape for name, p in lstm.parameters.items()}
    assert list(lstm.state_dict()) == list(lstm.parameters) == list(lstm.grads)
    peep = LSTM(2, 4, variant="P+FGR", layer_norm=True)
    assert {name: peep.parameters[name + "_l0"].shape for name in ("weight_ci", "weight_gg", "gain_ih", "bias_c")} == {
        "weight_ci": (4,), "weight_gg": (12, 12), "gain_ih": (16,), "bias_c": (4,)}
    assert len(peep(data())[1]) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_output_is_the_last_state_of_each_direction(kind):
    layer = kind(2, 4, num_layers=2, bidirectional=True)
    y, states = layer(data())
    h_n = unpacked(states)[0]
    assert np.array_equal(h_n[2], y[-1, :, :4]) and np.array_equal(h_n[3], y[0, :, 4:])


@pytest.mark.parametrize("kind", KINDS)
def test_batch_first_moves_x_output_and_states(kind):
    x = data()
    usual, first = (kind(2, 4, num_layers=2, batch_first=flag, rng=1) for flag in (False, True))
    states = [np.random.default_rng(k).normal(size=s.shape) for k, s in enumerate(unpacked(usual(x)[1]))]
    turned = [state.swapaxes(0, 1) for state in states]
    y, after = usual(x, packed(usual, states), lengths=[5, 2, 3])
    y_first, after_first = first(x.swapaxes(0, 1), packed(first, turned), lengths=[5, 2, 3])
    dx, before = usual.backward(y, packed(usual, states))
    dx_first, before_first = first.backward(y_first, packed(first, turned))
    for mine, right in [(y_first, y), (dx_first, dx), *zip(unpacked(after_first), unpacked(after)),
                        *zip(unpacked(before_first), unpacked(before))]:
        assert np.array_equal(mine.swapaxes(0, 1), right)
    with pytest.raises(InvalidInput) as refused:        # as PyTorch would have it
        first(x.swapaxes(0, 1), packed(first, states))
    assert refused.value.field == "h_0"


@pytest.mark.parametrize("kind", KINDS)
def test_one_sequence_is_a_batch_of_one(kind):
    for options in ({}, {"batch_first": True}, {"bidirectional": True, "num_layers": 2}):
        layer, x = kind(2, 4, **options), data(N=1)
        alone, alone_after = layer(x[:, 0])
        dx_alone, before_alone = layer.backward(alone, alone_after)
        layer = kind(2, 4, **options | {"batch_first": False})
        y, after = layer(x)
        dx, before = layer.backward(y, after)
        assert np.array_equal(alone, y[:, 0]) and np.array_equal(dx_alone, dx[:, 0])
        for mine, right in zip((*unpacked(alone_after), *unpacked(before_alone)), (*unpacked(after), *unpacked(before))):
            assert np.array_equal(mine, right[:, 0])


def test_the_tutorials_layer_gives_the_same_numbers():
    layer, lstm = LstmLayer(3, 4, 0.1, rng=7), LSTM(3, 4, rng=8)
    stack = lambda pattern: np.concatenate([getattr(layer, pattern.format(k)) for k in "ifco"])
    lstm.load_state_dict({"weight_ih_l0": stack("W{}x"), "weight_hh_l0": stack("W{}h"), "bias_ih_l0": stack("b{}")[:, 0],
                          "bias_hh_l0": np.zeros(16)})
    x = data(T=6, I=3)[:, 0]
    for step in x:
        layer.forward(step[:, np.newaxis])
    y, (h_n, c_n) = lstm(x)
    assert distance(y[:, :, np.newaxis], layer.h_list[1:]) < 1e-15
    assert distance(c_n.T, layer.c_list[-1]) < 1e-15
    target = np.random.default_rng(1).normal(size=(6, 4))
    layer.backward(x[-1][:, np.newaxis], (y - target)[:, :, np.newaxis])
    dx, _ = lstm.backward(y - target)
    assert distance(dx[:, :, np.newaxis], layer.delta_x_list[1:]) < 1e-14
    grad = {"weight_ih_l0": stack("W{}x_grad"), "weight_hh_l0": stack("W{}h_grad"), "bias_hh_l0": stack("b{}_grad")[:, 0]}
    for name, value in grad.items():
        assert distance(lstm.grads[name], value) < 1e-14
    assert all(np.array_equal(getattr(LstmLayer(3, 4, 0.1, rng=7), f"W{k}h"), W)    # one seed, one network
               for k, W in zip("ifco", np.split(LSTM(3, 4, rng=7).parameters["weight_hh_l0"], 4)))


def test_the_smallest_layer():
    for kind in KINDS:
        assert kind(1, 1)(np.ones((1, 1, 1)))[0].shape == (1, 1, 1)
    assert LSTM(1, 2, proj_size=1, initializer="chrono", longest_memory=3)([[1]])[0].shape == (1, 1)


# Gradients -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [
    {"T": 1}, {"states": False, "learn_initial_state": True, "lengths": [1, 3], "num_layers": 2},
    {"num_layers": 3, "dropout": 0.3}, {"bidirectional": True, "lengths": [0, 4]},
])
def test_gradients_of_everything(kind, options):
    report = check_layer(kind, **options)
    assert worst(report) < 1e-13, str(report)


@pytest.mark.parametrize("kind", KINDS)
def test_either_derivative_may_be_none(kind):
    layer = kind(2, 4, bidirectional=True)
    y, after = layer(data())
    names, results = [], []
    zeros = packed(layer, [0 * s for s in unpacked(after)])
    for d_output, d_states in [(y, None), (y, zeros), (None, after), (0 * y, after), (y, after)]:
        dx, before = layer.backward(d_output, d_states)
        results.append([dx, *unpacked(before), *layer.grads.values()])
    for first, second, third, fourth, both in zip(*results):
        assert np.array_equal(first, second) and np.array_equal(third, fourth)
        assert distance(first + third, both) < 1e-13
    if kind is LSTM:
        h_only, c_only = [], []
        for kept, d in ((h_only, (after[0], None)), (c_only, (None, after[1]))):
            layer.backward(None, d)
            kept += layer.grads.values()
        layer.backward(None, after)
        for a, b, right in zip(h_only, c_only, layer.grads.values()):
            assert distance(a + b, right) < 1e-13


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_and_the_gradient_belongs_to_the_last_call(kind):
    x, target = data(T=8, N=4), np.tanh(data(T=8, N=4, I=3, seed=1))
    layer, optimizer, losses = kind(2, 3, num_layers=2), Adam(0.02), []
    for _ in range(60):
        y, _ = layer(x)
        losses.append(((y - target) ** 2).mean())
        layer.backward(2 * (y - target) / y.size)
        layer.load_state_dict(optimizer.step(layer.parameters, layer.grads))
    assert losses[-1] < 0.8 * losses[0]
    y, _ = layer(x)
    layer.backward(y)
    right = layer.grads
    for value in layer.parameters.values():
        value += 1                                      # in place, after the call: its gradient is that of before
    x[:] = 0
    layer.backward(y)
    assert all(np.array_equal(layer.grads[name], value) for name, value in right.items())


# Lengths ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_uneven_lengths_are_a_loop_over_sequences_and_padding_is_not_read(kind):
    x, lengths = data(T=6, N=5), [6, 1, 3, 0, 3]
    layer = kind(2, 4, num_layers=2, bidirectional=True)
    dy = data(T=6, N=5, I=8, seed=1)
    for n, length in enumerate(lengths):
        x[length:, n], dy[length:, n] = np.nan, 9
    y, after = layer(x, lengths=lengths)
    dx, before = layer.backward(np.nan_to_num(dy), after)
    total = layer.grads
    summed = {name: 0 for name in total}
    for n, length in enumerate(lengths):
        assert (y[length:, n] == 0).all() and (dx[length:, n] == 0).all()
        if length == 0:
            assert all((state[:, n] == 0).all() for state in unpacked(after))
            continue
        y_n, after_n = layer(x[:length, n])
        dx_n, before_n = layer.backward(dy[:length, n], after_n)
        assert distance(y_n, y[:length, n]) < 1e-15 and distance(dx_n, dx[:length, n]) < 1e-14
        for mine, right in zip((*unpacked(after_n), *unpacked(before_n)), (*unpacked(after), *unpacked(before))):
            assert distance(mine, right[:, n]) < 1e-14
        summed = {name: summed[name] + value for name, value in layer.grads.items()}
    assert max(distance(summed[name], total[name]) for name in total) < 1e-13


def test_a_sequence_of_length_0_keeps_its_state():
    lstm = LSTM(2, 3)
    states = tuple(np.random.default_rng(k).normal(size=(1, 2, 3)) for k in range(2))
    y, after = lstm(data(N=2), states, lengths=[0, 0])
    assert (y == 0).all() and all(np.array_equal(a, b) for a, b in zip(after, states))
    dx, before = lstm.backward(y + 1, states)
    assert (dx == 0).all() and all(np.array_equal(a, b) for a, b in zip(before, states))
    assert all((g == 0).all() for g in lstm.grads.values()) and list(lstm.trace[0][0]) == ["h_0", "c_0", "dh_0", "dc_0"]


# States ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"variant": "P+FGR", "num_layers": 2}, {"proj_size": 2, "layer_norm": True}])
def test_stateful_calls_continue_the_sequence(options):
    x = data(T=7)
    whole, parts = LSTM(2, 4, **options), LSTM(2, 4, stateful=True, **options)
    y, after = whole(x)
    first, _ = parts(x[:3])
    second, after_parts = parts(x[3:])
    assert distance(np.concatenate([first, second]), y) < 1e-14
    assert max(distance(a, b) for a, b in zip(after_parts, after)) < 1e-14
    with pytest.raises(InvalidInput, match="reset_state"):
        parts(x[:, :2])
    parts.reset_state()
    assert distance(parts(x[:3])[0], first) == 0
    given, _ = parts(x[3:], after)                      # states that are given come first
    assert distance(given, second) > 1e-3


def test_the_gradients_of_two_chunks_add_up_when_the_states_derivative_is_handed_on():
    x, lstm = data(T=7), LSTM(2, 4, num_layers=2)
    y, after = lstm(x)
    dx, before = lstm.backward(y, after)
    whole = lstm.grads
    _, middle = lstm(x[:3])
    late = copy.deepcopy(lstm)
    late(x[3:], middle)
    dx_late, d_middle = late.backward(y[3:], after)
    dx_early, before_early = lstm.backward(y[:3], d_middle)
    assert distance(np.concatenate([dx_early, dx_late]), dx) < 1e-14
    assert max(distance(a, b) for a, b in zip(before_early, before)) < 1e-14
    assert max(distance(lstm.grads[name] + late.grads[name], whole[name]) for name in whole) < 1e-14


@pytest.mark.parametrize("kind", KINDS)
def test_the_initial_state_can_be_learnt(kind):
    layer = kind(2, 3, learn_initial_state=True)
    layer.parameters["h_0"][:] = 0.5
    y, _ = layer(data())
    fixed = kind(2, 3)
    start = [np.full((1, 3, 3), 0.5)] + [np.zeros((1, 3, 3))] * (kind is LSTM)
    assert np.array_equal(y, fixed(data(), packed(fixed, start))[0])
    _, before = layer.backward(y)
    assert distance(layer.grads["h_0"], unpacked(before)[0].sum(axis=1)) == 0 and (layer.grads["h_0"] != 0).all()
    y, _ = layer(data(), packed(layer, start))
    layer.backward(y)
    assert (layer.grads["h_0"] == 0).all()              # it was not used


# Dropout -----------------------------------------------------------------------------------------------------------------


def test_dropout_between_layers():
    lstm, x = LSTM(2, 50, num_layers=2, dropout=0.25), data(T=40)
    lstm(x)
    mask = lstm.trace[1][0].mask_x
    assert set(np.unique(mask)) == {0, 1 / 0.75} and abs((mask == 0).mean() - 0.25) < 0.02
    assert np.array_equal(lstm.trace[1][0].x, lstm.trace[0][0].h * mask) and "mask_x" not in lstm.trace[0][0]
    assert not np.array_equal(lstm(x)[0], lstm(x)[0])
    lstm.eval()
    assert np.array_equal(lstm(x)[0], lstm(x)[0]) and "mask_x" not in lstm.trace[1][0]
    assert np.array_equal(lstm(x)[0], LSTM(2, 50, num_layers=2)(x)[0])
    lstm.train()
    nothing = LSTM(2, 3, num_layers=2, dropout=1)
    nothing(x)
    assert (nothing.trace[1][0].x == 0).all()


def test_a_refused_call_draws_no_masks():
    made = lambda: LSTM(2, 3, num_layers=2, dropout=0.5, variational=True, variant="NIAF+NOAF")
    lstm, fresh = made(), made()
    for layer in (lstm, fresh):
        layer.load_state_dict({name: 0 * value + 0.5 for name, value in layer.parameters.items()})
    with pytest.raises(InvalidInput) as refused:
        lstm(np.full((5, 3, 2), 1.7e308))
    assert refused.value.code == "diverged" and np.array_equal(lstm(data())[0], fresh(data())[0])


def test_variational_dropout_keeps_its_masks_over_time():
    lstm = LSTM(2, 50, num_layers=2, dropout=0.25, variational=True, bidirectional=True)
    lstm(data(N=20))
    masks = [layer[way][name] for layer in lstm.trace for way in (0, 1) for name in ("mask_x", "mask_h")]
    assert masks[0].shape == (1, 20, 2) and masks[1].shape == (20, 50)
    assert all(set(np.unique(mask)) == {0, 1 / 0.75} for mask in masks)
    assert not np.array_equal(lstm.trace[0][0].mask_h, lstm.trace[0][1].mask_h)
    assert LSTM(2, 3, dropout=0.5, variational=True)(data())[0].shape == (5, 3, 3)     # one layer will do


# The trace ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"variant": "P+FGR", "proj_size": 2, "layer_norm": True}])
@pytest.mark.parametrize("lengths", [None, [5, 2, 3]])
def test_the_trace_holds_every_number_in_its_place(options, lengths):
    lstm = LSTM(2, 4, num_layers=2, bidirectional=True, **options)
    x = data()
    y, (h_n, c_n, *_) = lstm(x, lengths=lengths)
    forward, reverse = lstm.trace[1]
    assert np.array_equal(np.concatenate([forward.h, reverse.h], axis=2), y)
    assert np.array_equal(reverse.c[0], c_n[3]) and np.array_equal(lstm.trace[0][1].x, x) == (lengths is None)
    before = {name: getattr(forward, name) for name in ("z_i", "z_f", "z_g", "z_o", "i", "f", "g", "o", "c", "tanh_c")}
    with pytest.raises(AttributeError, match="after backward"):
        forward.dz_f
    d_last = tuple(np.ones_like(state) for state in lstm(x, lengths=lengths)[1])
    dx, (dh_0, *_) = lstm.backward(y, d_last)
    inside = np.ones(y.shape[:2], bool) if lengths is None else np.arange(5)[:, None] < lengths
    for layer in lstm.trace:
        for way in layer:
            assert distance(way.dh, way.dh_via_y + way.dh_via_z) < 1e-15
            assert distance(way.dc, way.dc_via_h + way.dc_via_c + way.get("dc_via_p", 0)) < 1e-15
            for name, values in way.items():
                if values.ndim == 3:
                    assert values.shape[:2] == y.shape[:2] and (values[~inside] == 0).all(), name
            assert distance(way.i[inside], 1 / (1 + np.exp(-way.z_i[inside]))) < 1e-14
            last = way["c"][1:] - way.f[1:] * way.c[:-1] - way.i[1:] * way.g[1:]
            assert way is layer[1] or np.abs(last[inside[1:]]).max() < 1e-14
    forward, reverse = lstm.trace[1]
    assert all(np.array_equal(value, forward[name]) for name, value in before.items())
    assert (forward.dh_via_z[-1, 0] == 1).all() and (reverse.dc_via_c[0] == 1).all()
    assert np.array_equal(lstm.trace[0][1].dh_0, dh_0[1])
    if not options:                                     # with a projection or normalisation there are factors between
        assert distance(lstm.trace[0][0].dx + lstm.trace[0][1].dx, dx) < 1e-15
        assert distance(lstm.grads["bias_hh_l1"][:4], forward.dz_i.sum(axis=(0, 1))) < 1e-14


def test_gru_and_rnn_have_traces_too():
    for kind, names in ((GRU, "r z u n h dz_r dz_z dz_n du dh_via_h"), (RNN, "z_h h dz_h")):
        layer = kind(2, 3)
        y, _ = layer(data())
        layer.backward(y)
        assert all(layer.trace[0][0][name].shape == (5, 3, 3) for name in names.split())


# First values ------------------------------------------------------------------------------------------------------------


def test_initializers():
    H = 64
    everything = lambda **how: LSTM(3, H, num_layers=2, bidirectional=True, **how).parameters
    uniform, torch_like = everything(), everything(initializer="pytorch")
    for name, value in uniform.items():
        if name.startswith("bias"):
            forget = 1.0 if "ih" in name else 0.0
            assert (value[H:2 * H] == forget).all() and value.sum() == H * forget      # in every layer and direction
        else:
            assert 0.12 < np.abs(value).max() <= 1 / 8
    assert all(0.11 < np.abs(value).max() <= 1 / 8 for value in torch_like.values())
    keras = everything(initializer="glorot_orthogonal")
    U, W = keras["weight_hh_l1_reverse"], keras["weight_ih_l0"]
    assert distance(U.T @ U, np.eye(H)) < 1e-14 and 0.95 < np.abs(W).max() / np.sqrt(6 / (3 + 4 * H)) <= 1
    assert keras["bias_ih_l1"].sum() == H
    tutorial = everything(initializer="tutorial")
    assert all(np.abs(value).max() <= 1e-4 for value in tutorial.values()) and tutorial["bias_ih_l0"].sum() == 0
    three = LSTM(3, H, initializer="pytorch", forget_bias=3).parameters
    assert ((three["bias_ih_l0"] + three["bias_hh_l0"])[H:2 * H] == 3).all()
    chrono = everything(initializer="chrono", longest_memory=100)
    for name in ("bias_ih_l0", "bias_ih_l1_reverse"):
        b_i, b_f, b_g, b_o = np.split(chrono[name], 4)
        assert np.array_equal(b_i, -b_f) and (b_f >= 0).all() and 4 < b_f.max() <= np.log(99)
        assert abs(np.exp(b_f).mean() - 50) < 12 and (b_g == 0).all() and (b_o == 0).all()
    assert not np.array_equal(chrono["bias_ih_l0"], chrono["bias_ih_l1"])


def test_one_seed_one_network_and_one_generator_two():
    a, b = LSTM(2, 3, rng=5), LSTM(2, 3, rng=5)
    assert all(np.array_equal(a.parameters[name], b.parameters[name]) for name in a.parameters)
    rng = np.random.default_rng(5)
    c, d = LSTM(2, 3, rng=rng), LSTM(2, 3, rng=rng)
    assert np.array_equal(a.parameters["weight_hh_l0"], c.parameters["weight_hh_l0"])
    assert not np.array_equal(c.parameters["weight_hh_l0"], d.parameters["weight_hh_l0"])
    assert initializers.draw({"bias_ih": (4,)}, 1)["bias_ih"].sum() == 0


@pytest.mark.parametrize("options", [{}, {"variant": "P+FGR", "layer_norm": True, "proj_size": 2},
                                     {"dropout": 0.5, "variational": True}])
@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32(kind, options):
    if kind is not LSTM and "variant" in options:
        return
    layer = kind(2, 4, dtype=np.float32, learn_initial_state=True, **options)
    y, after = layer(data(), lengths=[5, 2, 3])
    dx, before = layer.backward(y, after)
    arrays = [y, dx, *unpacked(after), *unpacked(before), *layer.parameters.values(), *layer.grads.values(),
              *layer.trace[0][0].values()]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


# Refusals ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field, options", [
    ("input_size", {"input_size": 0}), ("hidden_size", {"hidden_size": 2.5}), ("num_layers", {"num_layers": 0}),
    ("bias", {"bias": 1}), ("batch_first", {"batch_first": "yes"}), ("dropout", {"dropout": 1.5, "num_layers": 2}),
    ("dropout", {"dropout": 0.5}), ("bidirectional", {"bidirectional": None}), ("proj_size", {"proj_size": 4}),
    ("forget_bias", {"forget_bias": "1"}), ("forget_bias", {"forget_bias": 1, "bias": False}),
    ("forget_bias", {"forget_bias": 1, "initializer": "chrono", "longest_memory": 9}),
    ("bias", {"bias": False, "initializer": "chrono", "longest_memory": 9}), ("initializer", {"initializer": "he"}),
    ("longest_memory", {"initializer": "chrono"}), ("longest_memory", {"longest_memory": 9}),
    ("longest_memory", {"initializer": "chrono", "longest_memory": 2}), ("layer_norm", {"layer_norm": 2}),
    ("stateful", {"stateful": True, "bidirectional": True}), ("dtype", {"dtype": np.float16}), ("dtype", {"dtype": None}),
    ("rng", {"rng": None}), ("learn_initial_state", {"learn_initial_state": 0}),
])
def test_refused_layers(field, options):
    with pytest.raises(InvalidInput) as refused:
        LSTM(**{"input_size": 2, "hidden_size": 4} | options)
    assert refused.value.field == field and str(refused.value).endswith(".")


@pytest.mark.parametrize("field, call", [
    ("x", lambda lstm, x, h: lstm(x[0, 0])), ("x", lambda lstm, x, h: lstm(x[:, :, :1])), ("x", lambda lstm, x, h: lstm("x")),
    ("x", lambda lstm, x, h: lstm(x[:0])), ("x", lambda lstm, x, h: lstm([[1, 2], [3]])),
    ("x", lambda lstm, x, h: lstm(np.where(x == x[4, 0, 0], np.nan, x), lengths=[5, 2, 3])),
    ("x", lambda lstm, x, h: lstm(x + 0j)), ("lengths", lambda lstm, x, h: lstm(x, lengths=[5, 2])),
    ("lengths", lambda lstm, x, h: lstm(x, lengths=3)), ("lengths", lambda lstm, x, h: lstm(x[:, 0], lengths=[3])),
    ("lengths[0]", lambda lstm, x, h: lstm(x, lengths=[[5], 6, 2])),
    ("lengths[1]", lambda lstm, x, h: lstm(x, lengths=[5, 6, 2])), ("lengths[2]", lambda lstm, x, h: lstm(x, lengths=[5, 0, -1])),
    ("states", lambda lstm, x, h: lstm(x, h)), ("states", lambda lstm, x, h: lstm(x, (h, h, h))),
    ("h_0", lambda lstm, x, h: lstm(x, (h[:, :2], h))), ("c_0", lambda lstm, x, h: lstm(x, (h, np.full_like(h, np.inf)))),
    ("d_output", lambda lstm, x, h: lstm.backward()), ("d_output", lambda lstm, x, h: lstm.backward(x)),
    ("dc_n", lambda lstm, x, h: lstm.backward(None, (h, h[0]))), ("rule", lambda lstm, x, h: lstm.backward(h, rule="half")),
    ("parameters", lambda lstm, x, h: lstm.load_state_dict(3)), ("parameters", lambda lstm, x, h: lstm.load_state_dict({})),
    ("parameters", lambda lstm, x, h: lstm.load_state_dict(lstm.state_dict() | {"weight": 1})),
    ("bias_hh_l0", lambda lstm, x, h: lstm.load_state_dict(lstm.state_dict() | {"bias_hh_l0": np.zeros(3)})),
    ("gradient", lambda lstm, x, h: lstm.backward(np.full((5, 3, 4), 1.7e308))), ("mode", lambda lstm, x, h: lstm.train(1)),
])
def test_refused_calls_change_nothing(field, call):
    lstm, x = LSTM(2, 4, stateful=True), data()
    y, after = lstm(x)
    dx, _ = lstm.backward(y)
    parameters, grads, trace = lstm.state_dict(), lstm.grads, lstm.trace
    with pytest.raises(InvalidInput) as refused:
        call(lstm, x, np.zeros((1, 3, 4)))
    assert refused.value.field == field and str(refused.value).endswith(".")
    assert lstm.grads is grads and lstm.trace is trace
    assert all(np.array_equal(lstm.parameters[name], value) for name, value in parameters.items())
    assert np.array_equal(lstm.backward(y)[0], dx) and np.array_equal(lstm(x)[0], lstm(x, after)[0])


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_that_were_spoilt_are_refused_by_name(kind):
    for spoil in (lambda p: p.pop("bias_hh_l0"), lambda p: p.update(bias_hh_l0=np.zeros(2)), lambda p: p["bias_hh_l0"].fill(np.nan)):
        layer = kind(2, 3)
        spoil(layer.parameters)
        with pytest.raises(InvalidInput, match="bias_hh_l0"):
            layer(data())


def test_what_needs_a_forward_pass_says_so():
    for kind in KINDS:
        with pytest.raises(InvalidInput, match="forward pass"):
            kind(2, 3).backward(np.zeros((5, 3, 3)))
        with pytest.raises(InvalidInput, match="forward pass"):
            kind(2, 3).trace
        assert kind.__name__ in repr(kind(2, 3))
    with pytest.raises(InvalidInput):
        GRU(2, 3, initializer="chrono")
    with pytest.raises(InvalidInput):
        RNN(2, 3, nonlinearity="sigmoid")


@pytest.mark.parametrize("made", [
    "LSTM(3, 4)", "LSTM(3, 4, num_layers=2, dropout=0.5)", "LSTM(3, 4, bias=False, batch_first=True, bidirectional=True, proj_size=2, dtype='float32')",
    "LSTM(3, 4, forget_bias=2.0, variant='P+CIFG', layer_norm=True)", "LSTM(3, 4, initializer='chrono', longest_memory=9, stateful=True)",
    "LSTM(3, 4, learn_initial_state=True, record=False)", "LSTM(3, 4, dropout=0.5, variational=True, dtype='complex128')",
    "GRU(3, 4, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True, initializer='tutorial', dtype='float32')", "GRU(3, 4)",
    "RNN(3, 4, nonlinearity='relu', learn_initial_state=True, stateful=True)", "RNN(3, 4, dropout=0.25, variational=True)"])
def test_a_layer_says_whatever_it_has_that_is_not_the_default(made):
    layer = eval(made)
    assert repr(layer) == made and repr(layer.eval()) == made + ".eval()" and repr(layer.train()) == made
    assert repr(copy.deepcopy(layer)) == made


@pytest.mark.parametrize("kind", KINDS)
def test_train_and_eval_return_the_layer(kind):
    layer = kind(3, 4)
    assert layer.eval() is layer and not layer.training
    assert layer.train() is layer and layer.training and layer.train(False) is layer and not layer.training
    with pytest.raises(InvalidInput):
        layer.train("yes")
