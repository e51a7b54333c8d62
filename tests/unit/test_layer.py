"""LstmLayer: the tutorial's interface, on the equations of `cell`."""

import numpy as np
import pytest

from cases import case, distance, per_gate
from py_lstm import LSTM, IdentityActivator, InvalidInput, LstmLayer, ReluActivator, SigmoidActivator, cell, data_set, test as demonstration

NAMES = [name for g in "fioc" for name in (f"W{g}h", f"W{g}x", f"b{g}")]
GATE = {"f": "f", "i": "i", "o": "o", "c": "g"}


def layer_of(given, **how) -> LstmLayer:
    """A layer with the weights and first states of the first sequence of a case."""
    H, I = given.weights.weight_hh.shape[1], given.weights.weight_ih.shape[1]
    layer = LstmLayer(I, H, 0.1, **how)
    W, U, b = (per_gate(tensor) for tensor in given.weights)
    for letter, gate in GATE.items():
        setattr(layer, f"W{letter}x", W[gate])
        setattr(layer, f"W{letter}h", U[gate])
        setattr(layer, f"b{letter}", b[gate][:, np.newaxis])
    layer.h_list[0], layer.c_list[0] = given.h_0[:1].T, given.c_0[:1].T
    return layer


def walked(given) -> LstmLayer:
    layer = layer_of(given)
    for x in given.x[:, 0]:
        layer.forward(x[:, np.newaxis])
    return layer


def snapshot(layer):
    def frozen(value):
        if isinstance(value, np.ndarray):
            return value.tobytes(), value.shape, str(value.dtype)
        return [frozen(v) for v in value] if isinstance(value, (list, tuple)) else repr(value)
    return {name: frozen(value) for name, value in vars(layer).items() if name != "_rng"}


def test_the_tutorial_s_own_program():
    x, d = data_set()
    layer = LstmLayer(3, 2, 1e-3)
    layer.forward(x[0])
    layer.forward(x[1])
    layer.backward(x[1], layer.h_list[-1] - d, IdentityActivator())
    layer.update()
    assert layer.times == 2 and len(layer.h_list) == 3 and layer.h_list[-1].shape == (2, 1)


def test_the_demonstration_prints_what_is_true(capsys):
    layer = demonstration()
    demonstration()
    printed = capsys.readouterr().out
    assert isinstance(layer, LstmLayer)
    assert printed.count("right") == 24 and "WRONG" not in printed
    assert f"{layer.h_list[-1].ravel()}" in printed
    losses = [float(line.rsplit("loss", 1)[1]) for line in printed.splitlines() if "loss" in line]
    assert losses[0] > losses[1] > 0.5, "the target [1, 2] is out of reach by 0.5"


def test_the_layer_is_the_cell():
    given = case(T=5, N=1)
    layer = walked(given)
    layer.backward(given.x[-1].T, given.dh.transpose(0, 2, 1), IdentityActivator())
    steps = cell.forward(*given[:4])
    deltas = cell.backward(steps, given.weights, given.dh)
    for letter, gate in GATE.items():
        recorded, error = ("ct_list", "delta_ct_list") if letter == "c" else (f"{letter}_list", f"delta_{letter}_list")
        for t in range(5):
            assert distance(getattr(layer, recorded)[t + 1], getattr(steps, gate)[t].T) < 1e-15
            assert distance(getattr(layer, error)[t + 1], getattr(deltas, f"dz_{gate}")[t].T) < 1e-14
        assert distance(getattr(layer, f"W{letter}x_grad"), per_gate(deltas.weight_ih)[gate]) < 1e-14
        assert distance(getattr(layer, f"W{letter}h_grad"), per_gate(deltas.weight_hh)[gate]) < 1e-14
        assert distance(getattr(layer, f"b{letter}_grad")[:, 0], per_gate(deltas.bias)[gate]) < 1e-14
    for t in range(5):
        assert distance(layer.c_list[t + 1], steps.c[t].T) < 1e-15
        assert distance(layer.delta_h_list[t + 1], deltas.dh[t].T) < 1e-14
        assert distance(layer.delta_c_list[t + 1], deltas.dc[t].T) < 1e-14
        assert distance(layer.delta_x_list[t + 1], deltas.dx[t].T) < 1e-14
    assert distance(layer.delta_h_list[0], deltas.dh_0.T) < 1e-14
    assert distance(layer.delta_c_list[0], deltas.dc_0.T) < 1e-14


def test_the_layer_is_lstm_with_the_weights_carried_over():
    given = case(T=6, N=1)
    layer, (H, I) = walked(given), (given.weights.weight_hh.shape[1], given.weights.weight_ih.shape[1])
    stack = lambda pattern: np.concatenate([getattr(layer, pattern.format(letter)) for letter in "ifco"])
    lstm = LSTM(I, H)
    lstm.load_state_dict({"weight_ih_l0": stack("W{}x"), "weight_hh_l0": stack("W{}h"), "bias_ih_l0": stack("b{}")[:, 0],
                          "bias_hh_l0": np.zeros(4 * H)})
    for _ in range(2):
        output, (h_n, c_n) = lstm(given.x[:, 0], (given.h_0[:1], given.c_0[:1]))
        dx, (dh_0, dc_0) = lstm.backward(given.dh[:, 0])
        layer.backward(None, given.dh.transpose(0, 2, 1))
        trace = lstm.trace[0][0]
        columns = lambda recorded: np.stack(recorded)[1:, :, 0]     # what the lists hold of steps 1 to T
        for theirs, ours in (("h_list", output), ("h_list", trace.h), ("c_list", trace.c), ("f_list", trace.f), ("i_list", trace.i),
                             ("o_list", trace.o), ("ct_list", trace.g), ("delta_h_list", trace.dh), ("delta_c_list", trace.dc),
                             ("delta_f_list", trace.dz_f), ("delta_i_list", trace.dz_i), ("delta_o_list", trace.dz_o),
                             ("delta_ct_list", trace.dz_g), ("delta_x_list", dx)):
            assert distance(columns(getattr(layer, theirs)), ours.reshape(6, -1)) < 1e-14, theirs
        for column, ours in ((layer.h_list[-1], h_n), (layer.c_list[-1], c_n), (layer.delta_h_list[0], dh_0), (layer.delta_c_list[0], dc_0)):
            assert distance(column.T, ours) < 1e-14
        for pattern, name in (("W{}x_grad", "weight_ih_l0"), ("W{}h_grad", "weight_hh_l0"), ("b{}_grad", "bias_ih_l0"),
                              ("b{}_grad", "bias_hh_l0")):
            assert distance(stack(pattern).reshape(lstm.grads[name].shape), lstm.grads[name]) < 1e-14, name


@pytest.mark.parametrize("arguments", [
    lambda x, d: (x, d, IdentityActivator()), lambda x, d: (x, d), lambda x, d: (None, d),
    lambda x, d: (None, [np.zeros_like(d)] * 3 + [d]), lambda x, d: (None, np.stack([np.zeros_like(d)] * 3 + [d])),
])
def test_every_way_of_calling_backward_gives_the_same_gradients(arguments):
    given = case(T=4, N=1)
    expected = walked(given)
    expected.backward(delta_h=given.dh[-1].T)
    layer = walked(given)
    for _ in range(2):
        layer.backward(*arguments(given.x[-1].T, given.dh[-1].T))
        for name in NAMES:
            assert np.array_equal(getattr(layer, name + "_grad"), getattr(expected, name + "_grad"))


@pytest.mark.parametrize("sizes", [(3, 2), (3, 3)])
def test_update_moves_every_matrix_by_its_own_gradient_twice_in_a_row(sizes):
    layer = LstmLayer(*sizes, 0.5)
    for _ in range(2):
        layer.forward(np.ones((sizes[0], 1)))
        layer.backward(None, np.ones((sizes[1], 1)))
        for _ in range(2):
            before = {name: getattr(layer, name).copy() for name in NAMES}
            layer.update()
            for name in NAMES:
                expected = before[name] - 0.5 * getattr(layer, name + "_grad")
                assert np.array_equal(getattr(layer, name), expected), name
                assert getattr(layer, name).any()


def test_the_steps_contributions_add_up_to_the_gradients():
    given = case(T=4, N=1)
    layer = walked(given)
    layer.calc_delta(given.dh.transpose(0, 2, 1))
    layer.calc_gradient()
    contributions = [layer.calc_gradient_t(t) for t in range(1, 5)]
    for k, name in enumerate(["Wfh", "bf", "Wih", "bi", "Woh", "bo", "Wch", "bc"]):
        assert distance(sum(parts[k] for parts in contributions), getattr(layer, name + "_grad")) < 1e-14, name


def test_one_step_of_the_error_terms_is_that_of_all_steps():
    given = case(T=4, N=1)
    layer = walked(given)
    layer.calc_delta(given.dh.transpose(0, 2, 1))
    names = [f"delta_{q}_list" for q in ("h", "c", "f", "i", "o", "ct")]
    right = {name: [column.copy() for column in getattr(layer, name)] for name in names}
    for name in names:
        for column in getattr(layer, name)[:-1] if name == "delta_h_list" else getattr(layer, name)[1:]:
            column[:] = 99
    for k in (4, 3, 2, 1, 1):
        layer.calc_delta_k(k)
    for name in names:
        for t in range(name == "delta_c_list", 5):
            assert distance(getattr(layer, name)[t], right[name][t]) < 1e-14, (name, t)


def test_the_activation_below_multiplies_delta_x():
    given = case(T=4, N=1)
    plain, below = walked(given), walked(given)
    plain.backward(None, given.dh[-1].T)
    below.backward(None, given.dh[-1].T, ReluActivator())
    for t in range(1, 5):
        assert np.array_equal(below.delta_x_list[t], plain.delta_x_list[t] * (given.x[t - 1].T > 0))


def test_calc_gate_is_the_gate_of_the_next_step():
    layer = walked(case(T=4, N=1))
    x = np.array([[0.1], [-0.2], [0.3]])
    f = layer.calc_gate(x, layer.Wfx, layer.Wfh, layer.bf, SigmoidActivator())
    layer.forward(x)
    assert distance(layer.f_list[-1], f) < 1e-15


def test_the_small_helpers_have_the_tutorial_s_shapes():
    layer = LstmLayer(3, 2, 0.1)
    layer.forward(np.ones((3, 1)))
    assert [v.shape for v in layer.init_state_vec()] == [(2, 1)] and [v.shape for v in layer.init_delta()] == [(2, 1)] * 2
    for make, empty in ((layer.init_weight_mat, False), (layer.init_weight_gradient_mat, True)):
        Wh, Wx, b = make()
        assert (Wh.shape, Wx.shape, b.shape) == ((2, 2), (2, 3), (2, 1)) and bool(Wh.any()) is not empty
    assert not np.array_equal(layer.init_weight_mat()[0], layer.init_weight_mat()[0])
    assert "1 steps" in repr(layer)


def test_reset_state_starts_a_new_sequence():
    layer = LstmLayer(2, 3, 0.1)
    x = np.array([[1.0], [-1.0]])
    layer.forward(x)
    first = layer.h_list[-1]
    layer.forward(x)
    for _ in range(2):
        layer.reset_state()
        layer.forward(x)
        assert layer.times == 1 and np.array_equal(layer.h_list[-1], first)


def test_a_state_assigned_between_two_steps_begins_a_new_recording():
    given = case(T=4, N=1)
    layer = walked(given)
    layer.h_list[-1] = given.h_0.T
    layer.c_list[-1] = given.c_0.T
    for x in given.x[:, 0]:
        layer.forward(x[:, np.newaxis])
    layer.backward(None, given.dh[-1].T)
    fresh = walked(given)
    fresh.backward(None, given.dh[-1].T)
    assert all(np.array_equal(getattr(layer, name + "_grad"), getattr(fresh, name + "_grad")) for name in NAMES)


def test_changing_what_was_handed_in_changes_nothing_recorded():
    layer, expected = LstmLayer(3, 2, 0.1), LstmLayer(3, 2, 0.1)
    x = np.ones((3, 1))
    layer.forward(x)
    x[:] = 5
    layer.backward(None, np.ones((2, 1)))
    expected.forward(np.ones((3, 1)))
    expected.backward(None, np.ones((2, 1)))
    assert np.array_equal(layer.Wfx_grad, expected.Wfx_grad)


def test_same_seed_same_bits_and_the_global_generator_is_left_alone():
    before = np.random.get_state()[1].tolist()
    one, two, other = LstmLayer(3, 4, 0.1, rng=7), LstmLayer(3, 4, 0.1, rng=7), LstmLayer(3, 4, 0.1, rng=8)
    assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in NAMES)
    assert not np.array_equal(one.Wfh, other.Wfh)
    shared = np.random.default_rng(1)
    assert not np.array_equal(LstmLayer(3, 4, 0.1, rng=shared).Wfh, LstmLayer(3, 4, 0.1, rng=shared).Wfh)
    assert np.random.get_state()[1].tolist() == before


def test_float32_stays_float32():
    layer = LstmLayer(3, 2, 0.1, dtype=np.float32)
    for _ in range(2):
        layer.forward(np.ones((3, 1)))
    layer.backward(None, np.ones((2, 1)), SigmoidActivator())
    layer.update()
    lists = [value for name, value in vars(layer).items() if name.endswith("_list")]
    arrays = [getattr(layer, name + end) for name in NAMES for end in ("", "_grad")] + [a for one in lists for a in one]
    assert len(lists) == 14 and {a.dtype for a in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("size", [1e3, -1e3, 1e300, -1e300])
def test_inputs_of_any_size_give_no_warning(size):
    layer = LstmLayer(3, 2, 0.1)
    for _ in range(4):
        layer.forward(np.full((3, 1), size))
    layer.backward(None, np.ones((2, 1)))
    layer.update()
    layer.calc_gate(np.full((3, 1), size), layer.Wfx, layer.Wfh, layer.bf, SigmoidActivator())


@pytest.mark.parametrize("field, arguments", [
    ("input_width", (0, 2, 0.1)), ("input_width", ("3", 2, 0.1)), ("input_width", (2.5, 2, 0.1)), ("state_width", (3, 0, 0.1)),
    ("state_width", (3, -1, 0.1)), ("state_width", (3, None, 0.1)), ("state_width", (3, True, 0.1)),
    ("learning_rate", (3, 2, float("nan"))), ("learning_rate", (3, 2, -1)), ("learning_rate", (3, 2, "fast")),
    ("learning_rate", (3, 2, float("inf"))),
])
def test_a_layer_that_cannot_be_is_refused(field, arguments):
    with pytest.raises(InvalidInput, match=field) as refused:
        LstmLayer(*arguments)
    assert refused.value.field == field


@pytest.mark.parametrize("field, how", [
    ("rng", {"rng": -1}), ("rng", {"rng": "x"}), ("initializer", {"initializer": "zeros"}), ("scale", {"scale": float("nan")}),
    ("forget_bias", {"forget_bias": "1"}), ("dtype", {"dtype": int}), ("dtype", {"dtype": "nonsense"}), ("dtype", {"dtype": None}),
])
def test_a_start_that_cannot_be_is_refused(field, how):
    with pytest.raises(InvalidInput) as refused:
        LstmLayer(3, 2, 0.1, **how)
    assert refused.value.field == field


column = np.ones((3, 1))
REFUSED = {
    "x of shape (3,)": ("x", lambda l: l.forward(np.ones(3))),
    "a batch of columns": ("x", lambda l: l.forward(np.ones((3, 5)))),
    "too few inputs": ("x", lambda l: l.forward(np.ones((2, 1)))),
    "NaN": ("x", lambda l: l.forward(np.full((3, 1), np.nan))),
    "text": ("x", lambda l: l.forward("abc")),
    "numbers as text": ("x", lambda l: l.forward([["1"], ["2"], ["3"]])),
    "None": ("x", lambda l: l.forward(None)),
    "ragged": ("x", lambda l: l.forward([[1], [2, 3], [4]])),
    "complex": ("x", lambda l: l.forward(column * 1j)),
    "no delta_h": ("delta_h", lambda l: l.backward(column)),
    "delta_h of shape (2,)": ("delta_h", lambda l: l.backward(column, np.ones(2))),
    "delta_h for too many steps": ("delta_h", lambda l: l.backward(column, np.ones((3, 2, 1)))),
    "ragged delta_h": ("delta_h", lambda l: l.backward(column, [np.ones((2, 1)), np.ones((3, 1))])),
    "infinite delta_h": ("delta_h", lambda l: l.backward(column, np.full((2, 1), np.inf))),
    "another x in backward": ("x", lambda l: l.backward(column * 2, np.ones((2, 1)))),
    "an activator that is none": ("activator", lambda l: l.backward(column, np.ones((2, 1)), "tanh")),
    "calc_gate without activator": ("activator", lambda l: l.calc_gate(column, l.Wfx, l.Wfh, l.bf, None)),
    "calc_gate with Wx for Wh": ("Wh", lambda l: l.calc_gate(column, l.Wfx, l.Wfx, l.bf, SigmoidActivator())),
    "calc_delta_k of step 0": ("k", lambda l: l.calc_delta_k(0)),
    "calc_gradient_t beyond the end": ("t", lambda l: l.calc_gradient_t(3)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_changes_nothing(what):
    field, call = REFUSED[what]
    layer = LstmLayer(3, 2, 0.1)
    layer.forward(column)
    layer.forward(column)
    layer.backward(column, np.ones((2, 1)))
    before = snapshot(layer)
    for _ in range(2):
        with pytest.raises(InvalidInput) as refused:
            call(layer)
        assert refused.value.field == field and str(refused.value).count(";") >= 1
        assert snapshot(layer) == before


def test_calls_in_the_wrong_order_are_refused_and_say_what_to_call():
    layer = LstmLayer(3, 2, 0.1)
    for call, remedy in [(lambda: layer.backward(None, np.ones((2, 1))), "forward"), (layer.update, "forward"),
                         (lambda: layer.calc_delta(np.ones((2, 1))), "forward"), (layer.calc_gradient, "forward")]:
        with pytest.raises(InvalidInput, match=remedy) as refused:
            call()
        assert refused.value.code == "order"
    layer.forward(column)
    for call in (layer.calc_gradient, lambda: layer.calc_gradient_t(1), lambda: layer.calc_delta_k(1)):
        with pytest.raises(InvalidInput, match="calc_delta"):
            call()
    layer.backward(None, np.ones((2, 1)))
    layer.update()
    with pytest.raises(InvalidInput, match="forward"):
        layer.backward(None, np.ones((2, 1)))


def test_a_refused_forward_after_an_update_keeps_the_recording():
    layer = LstmLayer(3, 2, 0.1)
    layer.forward(column)
    layer.backward(None, np.ones((2, 1)))
    layer.update()
    layer.output_activator, layer.Wcx = IdentityActivator(), np.full((2, 3), 1e308)      # so that c overflows
    before = snapshot(layer)
    with pytest.raises(InvalidInput, match="scale them down"):
        layer.forward(column * 1e10)
    assert snapshot(layer) == before


def test_an_update_that_would_overflow_is_refused_and_moves_nothing():
    layer = LstmLayer(3, 2, 1e308)
    layer.forward(column * 10)
    layer.backward(None, np.full((2, 1), 1e10))
    before = snapshot(layer)
    with pytest.raises(InvalidInput, match="lower it"):
        layer.update()
    assert snapshot(layer) == before
    layer.learning_rate = float("nan")
    with pytest.raises(InvalidInput, match="learning_rate"):
        layer.update()
    layer.learning_rate = 0.1
    layer.update()
