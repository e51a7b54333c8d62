"""LSTM(record=False) computes what LSTM does: outputs, states and every gradient, and refuses what it cannot."""

import numpy as np
import pytest

from cases import distance
from py_lstm import LSTM, InvalidInput, contraction
from py_lstm.fast_cell import FastCell

OPTIONS = [dict(), dict(num_layers=2), dict(bidirectional=True), dict(num_layers=2, bidirectional=True, bias=False),
           dict(batch_first=True), dict(learn_initial_state=True), dict(num_layers=3, dropout=0.4)]
LENGTHS = [None, [5, 2, 5, 0, 3], [1, 1, 1, 1, 1]]


def pair(**options) -> tuple[LSTM, LSTM]:
    """The same layer with and without its recording; every parameter moved off the round number it starts with."""
    recorded, quick = LSTM(3, 4, rng=7, **options), LSTM(3, 4, rng=7, record=False, **options)
    rng = np.random.default_rng(8)
    values = {name: value + rng.uniform(-0.4, 0.4, value.shape) for name, value in recorded.parameters.items()}
    for layer in (recorded, quick):
        layer.load_state_dict(values)
    return recorded, quick


def same(recorded: LSTM, quick: LSTM, x, states, lengths, seed: int, bound: float = 1e-13) -> None:
    """One call and its way back, by both."""
    ours, theirs = recorded(x, states, lengths), quick(x, states, lengths)
    rng = np.random.default_rng(seed)
    d_output, d_states = rng.normal(size=ours[0].shape), tuple(rng.normal(size=state.shape) for state in ours[1])
    for given in ((d_output, d_states), (d_output, None), (None, (None, d_states[1]))):
        dx, before = recorded.backward(*given)
        dx_2, before_2 = quick.backward(*given)
        for one, other in zip((ours[0], *ours[1], dx, *before), (theirs[0], *theirs[1], dx_2, *before_2)):
            assert one.dtype == other.dtype and distance(one, other) <= bound
        assert set(recorded.grads) == set(quick.grads) == set(recorded.parameters)
        for name, gradient in recorded.grads.items():
            assert distance(gradient, quick.grads[name]) <= bound, name


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_output_and_gradient_is_that_of_the_recorded_layer(options, lengths):
    layers = pair(**options)
    for seed in range(3):                               # what is kept from one call must not reach the next
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(5, 5, 3))
        states = None
        if not options.get("learn_initial_state"):
            states = tuple(rng.uniform(-0.8, 0.8, state.shape) for state in layers[0](x)[1])
            layers[1](x)                                # draws the same masks
        same(*layers, x, states, lengths, seed)


@pytest.mark.parametrize("has_blas", [True, False])
def test_sizes_may_change_from_call_to_call(has_blas, monkeypatch):
    monkeypatch.setattr(contraction, "HAS_BLAS", has_blas)
    monkeypatch.setattr(contraction, "EINSUM_PAYS_FROM", 0)
    monkeypatch.setattr(contraction, "EINSUM_PAYS_FROM_LENGTH", 0)
    layers = pair(num_layers=2)
    for seed, shape in enumerate([(4, 2), (9, 2), (3, 7), (4, 2), (1, 1)]):
        same(*layers, np.random.default_rng(seed).normal(size=(*shape, 3)), None, None, seed)
    same(*layers, np.random.default_rng(9).normal(size=(6, 3)), None, None, 9)          # without a batch


def test_a_stateful_layer_goes_on_from_its_own_states():
    layers = pair(stateful=True)
    for seed in range(3):
        same(*layers, np.random.default_rng(seed).normal(size=(4, 2, 3)), None, None, seed)


def test_float32_stays_float32():
    same(*pair(dtype=np.float32), np.ones((4, 2, 3), np.float32), None, None, 0, bound=2e-6)


def test_results_are_the_caller_s_own():
    _, quick = pair()
    first = quick(np.ones((4, 2, 3)))
    kept = first[0].copy(), first[1][0].copy(), first[1][1].copy()
    quick.backward(np.ones_like(first[0]))
    grads = {name: value.copy() for name, value in quick.grads.items()}, quick.grads
    for _ in range(2):
        quick.backward(-quick(np.full((4, 2, 3), -2.0))[0])
    assert all(map(np.array_equal, kept, (first[0], *first[1])))
    assert all(np.array_equal(value, grads[1][name]) for name, value in grads[0].items())


@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_refused_call_leaves_the_one_before_it(before, monkeypatch):
    recorded, quick = pair(bidirectional=True)
    rng = np.random.default_rng(1)
    for _ in range(before):
        quick(rng.normal(size=(4, 2, 3)))
    x = rng.normal(size=(4, 2, 3))
    d = np.ones_like(recorded(x)[0])
    quick(x)
    run, runs = FastCell.forward, []

    def run_once(cell, *given):
        """Both directions compute, and the second is refused."""
        runs.append(run(cell, *given))
        if len(runs) == 2:
            raise InvalidInput("state", "diverged", "Refused.")
        return runs[-1]

    with monkeypatch.context() as patched, pytest.raises(InvalidInput, match="Refused"):
        patched.setattr(FastCell, "forward", run_once)
        quick(rng.normal(size=(4, 2, 3)))
    assert distance(recorded.backward(d)[0], quick.backward(d)[0]) <= 1e-13
    same(recorded, quick, rng.normal(size=(4, 2, 3)), None, None, 2)


def test_a_state_that_is_not_finite_is_refused_in_the_same_words(monkeypatch):
    sentences = []
    # How a sum of ∞ and -∞ ends depends on the order of its terms, and so on the machine; here it is nan on all.
    monkeypatch.setattr(FastCell, "last_c", lambda cell: np.full((cell.N, cell.H), np.nan))
    for layer in pair():
        layer.parameters["weight_ih_l0"][:], layer.parameters["weight_hh_l0"][:] = 1.7e308, -1.7e308
        with pytest.raises(InvalidInput) as refused:
            layer(np.full((4, 2, 3), 3.0), (np.full((1, 2, 4), 3.0), None))
        sentences.append(str(refused.value))
    assert sentences[0] == sentences[1]


def test_a_gradient_that_overflows_is_refused_in_the_same_words():
    sentences = []
    for layer in pair():
        output, _ = layer(np.full((4, 2, 3), 3.0))
        with pytest.raises(InvalidInput) as refused:
            layer.backward(np.full_like(output, 1.7e308))
        sentences.append(str(refused.value))
    assert sentences[0] == sentences[1]


@pytest.mark.parametrize("asked", [dict(variant="P"), dict(proj_size=2), dict(layer_norm=True), dict(variational=True, dropout=0.5),
                                   dict(dtype=np.complex128)], ids=str)
def test_what_only_the_recorded_layer_can_is_refused(asked):
    with pytest.raises(InvalidInput, match=f"record=False is for the plain cell, and {next(iter(asked))} is"):
        LSTM(3, 4, record=False, **asked)


@pytest.mark.parametrize("record", [None, 1, "no"])
def test_record_is_true_or_false(record):
    with pytest.raises(InvalidInput, match="record is .*; give True or False"):
        LSTM(3, 4, record=record)


def test_there_is_no_trace_and_no_other_rule():
    _, quick = pair()
    output, _ = quick(np.ones((4, 2, 3)))
    with pytest.raises(InvalidInput, match="record=True"):
        quick.trace
    with pytest.raises(InvalidInput, match="rule is 'tutorial'"):
        quick.backward(output, rule="tutorial")
