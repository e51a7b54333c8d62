"""Losses against the complex step; optimizers that can be saved; schedules; and what each of them refuses."""

import numpy as np
import pytest

from py_lstm import (SGD, Adagrad, Adam, AdamW, InvalidInput, Optimizer, RMSProp, Schedule, binary_cross_entropy, clip_value,
                     cross_entropy, gradient_check, squared_error)

T, N, O = 4, 3, 5
MASK = np.array([[True, True, False], [False, True, True], [True, False, True], [False, False, True]])


def numbers(seed=0):
    return np.random.default_rng(seed).normal(size=(T, N, O))


def targets(loss, seed=1):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(O), (T, N)) if loss is cross_entropy else rng.random((T, N, O))


@pytest.mark.parametrize("loss", [squared_error, cross_entropy, binary_cross_entropy])
@pytest.mark.parametrize("at", ["every", "last"])
@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "masked"])
@pytest.mark.parametrize("scale", [1, 300])
def test_the_derivative_is_the_slope(loss, at, mask, scale):
    y, target = scale * numbers(), targets(loss)
    value, dy = loss(y, target, at, mask)
    report = gradient_check(lambda v: loss(v["y"], target, at, mask)[0], {"y": y}, {"y": dy})
    assert report.right and report.tensors[0].relative_error < 1e-13, str(report)
    counted = np.ones((T, N), bool) if mask is None else mask
    assert np.isfinite(value) and not dy[~counted].any()
    if at == "last":
        steps = [2, 1, 3] if mask is not None else [3, 3, 3]
        assert np.array_equal(dy.any(axis=2), np.arange(T)[:, np.newaxis] == steps)


def test_cross_entropy_takes_classes_or_one_hot_rows():
    y, classes = numbers(), np.random.default_rng(2).integers(0, O, (T, N))
    by_class, one_hot = cross_entropy(y, classes), cross_entropy(y, np.eye(O)[classes])
    assert by_class[0] == one_hot[0] and np.array_equal(by_class[1], one_hot[1])
    assert cross_entropy(np.zeros((T, N, O)), classes)[0] == pytest.approx(np.log(O), rel=1e-15)


@pytest.mark.parametrize("loss", [cross_entropy, binary_cross_entropy])
def test_sure_predictions_do_not_overflow(loss):
    y = np.where(np.arange(O) == 1, 1e300, -1e300) * np.ones((T, N, 1))
    right, wrong = np.zeros((T, N, O)), np.zeros((T, N, O))
    right[..., 1] = wrong[..., 2] = 1
    assert loss(y, right)[0] == 0 and not loss(y, right)[1].any()
    assert loss(y, wrong)[0] > 1e299


def test_a_masked_loss_is_that_of_the_steps_alone():
    y, target = numbers(), numbers(1)
    assert squared_error(y, target, mask=MASK)[0] == pytest.approx(np.mean((y - target)[MASK] ** 2), rel=1e-15)
    full = np.ones((T, N), bool)
    assert all(np.array_equal(a, b) for a, b in zip(squared_error(y, target, "last", full), squared_error(y, target, "last")))


OPTIMIZERS = [lambda: SGD(0.1), lambda: SGD(0.1, 0.01, 0.9, True), lambda: Adam(0.1), lambda: AdamW(0.1, 0.1),
              lambda: RMSProp(0.1, momentum=0.5), lambda: Adagrad(0.1)]


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_an_optimizer_goes_on_from_its_saved_state_to_the_last_bit(make):
    rng = np.random.default_rng(4)
    gradients = [{"a": rng.normal(size=(2, 3)), "b": rng.normal(size=2)} for _ in range(6)]
    parameters = {"a": np.ones((2, 3)), "b": np.zeros(2)}
    at_once, first, second = make(), make(), make()
    assert isinstance(first, Optimizer)
    whole, parts = parameters, parameters
    for g in gradients:
        whole = at_once.step(whole, g)
    for g in gradients[:3]:
        parts = first.step(parts, g)
    state = first.state_dict()
    second.load_state_dict(state, parts)
    for array in state.values():
        array[...] = 7                                  # the state is a copy, and it was copied
    for g in gradients[3:]:
        parts = second.step(parts, g)
    assert all(parts[name].tobytes() == whole[name].tobytes() for name in whole)
    assert second.steps == 6


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_a_step_that_is_refused_leaves_an_optimizer_as_it_was(make):
    optimizer = make()
    p, g = {"a": np.ones(2)}, {"a": np.full(2, 0.5)}
    p = optimizer.step(p, g)
    before = {name: value.tobytes() for name, value in optimizer.state_dict().items()}
    with pytest.raises(InvalidInput):
        optimizer.step(p, {"a": np.full(2, np.inf)})
    with pytest.raises(InvalidInput):
        optimizer.step(p, {})
    assert {name: value.tobytes() for name, value in optimizer.state_dict().items()} == before


def test_clip_value_changes_only_what_is_beyond():
    clipped = clip_value({"a": np.array([3.0, -0.5]), "b": np.array([[-4.0]])}, 1)
    assert clipped["a"].tolist() == [1, -0.5] and clipped["b"].tolist() == [[-1]]
    assert clip_value({"a": np.ones(2, np.float32)}, 1e308)["a"].dtype == np.float32


def test_schedules_go_where_they_say():
    gers = Schedule("step", span=1000, factor=0.99)
    assert [gers.at(k) for k in (1, 1000, 1001, 2001)] == [1, 1, 0.99, 0.99**2]
    cosine = Schedule("cosine", span=10, factor=0.1, warmup=2)
    assert [cosine.at(k) for k in (1, 2, 3, 13, 500)] == [0.5, 1, 1, pytest.approx(0.1), pytest.approx(0.1)]
    assert cosine.at(8) == pytest.approx(0.55)
    assert Schedule("inverse", span=10).at(11) == 0.5 and Schedule("exponential", span=10, factor=0.5).at(11) == 0.5
    assert {Schedule().at(k) for k in (1, 7, 10**6)} == {1.0}


@pytest.mark.parametrize("field, call", [
    ("mask", lambda: squared_error(numbers(), numbers(), mask=np.ones((T, N)))), ("mask", lambda: cross_entropy(numbers(), numbers() * 0, mask=[True])),
    ("mask", lambda: squared_error(numbers(), numbers(), mask=np.zeros((T, N), bool))),
    ("target", lambda: cross_entropy(numbers(), np.full((T, N), O))), ("target", lambda: cross_entropy(numbers(), np.full((T, N), 0.5))),
    ("target", lambda: cross_entropy(numbers(), np.full((T, N), -1))), ("target", lambda: cross_entropy(numbers(), np.zeros((T, N, O - 1)))),
    ("target", lambda: binary_cross_entropy(numbers(), numbers())), ("target", lambda: cross_entropy(numbers(), "words")),
    ("y", lambda: cross_entropy(np.full((T, N, O), np.nan), np.zeros((T, N)))), ("at", lambda: binary_cross_entropy(numbers(), numbers() * 0, "first")),
    ("mask", lambda: squared_error(numbers(), numbers(), mask=[[True], [True, False]])), ("target", lambda: cross_entropy(numbers(), [[1], [2, 3]])),
    ("target", lambda: squared_error(numbers(), numbers() + 1j)), ("target", lambda: binary_cross_entropy(numbers(), numbers() * 0j)),
    ("update", lambda: Schedule("inverse").at(10**400)), ("momentum", lambda: SGD(1, momentum=1)), ("nesterov", lambda: SGD(1, nesterov=True)), ("nesterov", lambda: SGD(1, momentum=0.5, nesterov=1)),
    ("alpha", lambda: RMSProp(1, alpha=2)), ("eps", lambda: Adagrad(1, eps=0)), ("eps", lambda: RMSProp(1, eps=None)),
    ("clip_value", lambda: clip_value({}, -1)), ("clip_value", lambda: clip_value({}, "x")), ("gradients", lambda: clip_value(None, 1)),
    ("schedule", lambda: Schedule("linear")), ("span", lambda: Schedule("step", span=0)), ("factor", lambda: Schedule("step", factor=2)),
    ("warmup", lambda: Schedule(warmup=-1)), ("update", lambda: Schedule().at(0)),
    ("state", lambda: Adam(1).load_state_dict(None, {})), ("steps", lambda: Adam(1).load_state_dict({}, {})),
    ("state", lambda: Adam(1).load_state_dict({"steps": 3}, {"a": np.ones(2)})),
    ("state", lambda: SGD(1).load_state_dict({"steps": 0, "first.a": np.ones(2)}, {"a": np.ones(2)})),
    ("velocity.a", lambda: SGD(1).load_state_dict({"steps": 1, "velocity.a": np.ones(3)}, {"a": np.ones(2)})),
])
def test_what_cannot_be_used_is_refused(field, call):
    with pytest.raises(InvalidInput) as refused:
        call()
    assert refused.value.field == field


PADDING = {"class -100": -100, "nan": np.nan, "infinite": np.inf, "too large": 1e300}


@pytest.mark.parametrize("at", ["every", "last"])
@pytest.mark.parametrize("padding", PADDING)
@pytest.mark.parametrize("loss, kind", [(squared_error, "numbers"), (cross_entropy, "classes"), (cross_entropy, "shares"),
                                        (binary_cross_entropy, "shares")])
def test_what_the_mask_leaves_out_is_not_read(loss, kind, padding, at):
    rng = np.random.default_rng(0)
    y, mask = rng.normal(size=(5, 3, 4)), np.ones((5, 3), bool)
    mask[3:, 1] = mask[0, 2] = mask[1:, 0] = False
    target = {"numbers": rng.normal(size=y.shape), "classes": rng.integers(0, 4, (5, 3)).astype(float),
              "shares": rng.dirichlet(np.ones(4), (5, 3))}[kind]
    right, dy = loss(y, target, at, mask)
    spoilt_y, spoilt = y.copy(), target.copy()
    spoilt_y[~mask] = spoilt[~mask] = PADDING[padding]
    hidden = [np.ma.array(values, mask=np.broadcast_to((~mask).reshape(5, 3, *[1] * (values.ndim - 2)),
        values.shape)) for values in (y, target)]
    for given in ((spoilt_y, target), (y, spoilt), (spoilt_y, spoilt), (spoilt_y.tolist(), spoilt.tolist()), hidden, (hidden[0], spoilt),
                  (spoilt_y.astype(complex), spoilt)):
        value, derivative = loss(*given, at, mask)
        assert np.isclose(value, right, rtol=1e-14) and np.allclose(derivative, dy, rtol=1e-13, atol=0) and not derivative[~mask].any()
        assert loss(*given, at, mask.tolist())[0] == value
    for given in ((spoilt_y, target), (y, spoilt)):             # and nothing else is
        if padding in ("nan", "infinite") or kind == "classes" and given[1] is spoilt:
            with pytest.raises(InvalidInput):
                loss(*given, at)
    with pytest.raises(InvalidInput, match="mask hides"):
        loss(y, np.ma.array(target, mask=np.roll(hidden[1].mask, 1, axis=0)), at, mask)


def test_classes_of_padding_are_refused_with_the_remedy():
    with pytest.raises(InvalidInput, match="leave padding out by mask"):
        cross_entropy(np.zeros((2, 1, 3)), np.array([[0], [-100]]))


def test_integers_and_float32_stay_what_they_are_under_a_mask():
    y, mask = np.zeros((2, 1, 3), np.float32), np.array([[True], [False]])
    for loss, target in ((cross_entropy, np.array([[1], [-100]])), (squared_error, np.ones((2, 1, 3), np.float32)),
        (binary_cross_entropy, np.ones((2, 1, 3), np.int8))):
        assert loss(y, target, mask=mask)[1].dtype == np.float32
