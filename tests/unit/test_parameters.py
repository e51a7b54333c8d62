"""Arrays joined in one vector: views of it as long as none is replaced, copied apart, and moved as the arrays would be."""

import copy
import pickle

import numpy as np
import pytest

from py_lstm import Adam, InvalidInput, clip_norm
from py_lstm.parameters import Joined, all_finite, are_joined, fitting, join


def arrays() -> dict[str, np.ndarray]:
    return {"a": np.arange(6.0).reshape(2, 3), "b": np.float32([7, 8]), "c": np.array(9.0)}


def test_joined_arrays_are_views_in_their_order_of_one_vector_for_each_dtype():
    joined = join(arrays())
    assert {dtype.name: vector.tolist() for dtype, vector in joined.vectors.items()} == {
        "float64": [0, 1, 2, 3, 4, 5, 9], "float32": [7, 8]}
    assert list(joined) == ["a", "b", "c"] and all(np.array_equal(joined[name], value) for name, value in arrays().items())
    joined["a"][1, 2] = -1
    assert joined.vectors[np.dtype(float)][5] == -1 and are_joined(joined) and join(joined) is joined


@pytest.mark.parametrize("replace", [lambda d: d.update(a=np.ones((2, 3))), lambda d: d.pop("b"), lambda d: d.update(d=np.ones(1)),
                                     lambda d: d.update(a=d.pop("a"))], ids=["replaced", "missing", "added", "reordered"])
def test_arrays_replaced_are_joined_anew(replace):
    joined = join(arrays())
    replace(joined)
    assert not are_joined(joined)
    again = join(joined)
    assert are_joined(again) and list(again) == list(joined) and all(np.array_equal(again[name], joined[name]) for name in joined)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d)), dict, lambda d: d | {}])
def test_a_copy_is_a_plain_dict(copied):
    joined = join(arrays())
    other = copied(joined)
    assert type(other) is dict and all(np.array_equal(other[name], joined[name]) for name in joined)


def test_parameters_changed_or_replaced_between_two_steps_are_what_the_next_one_moves():
    rng = np.random.default_rng(0)
    gradients = [{"a": rng.normal(size=(2, 3)), "b": rng.normal(size=4)} for _ in range(3)]
    one, other = Adam(0.1), Adam(0.1)
    mine, plain = {"a": np.ones((2, 3)), "b": np.zeros(4)}, {"a": np.ones((2, 3)), "b": np.zeros(4)}
    for k, g in enumerate(gradients):
        mine, plain = one.step(mine, clip_norm(g, 1)[0]), dict(other.step(plain, dict(clip_norm(g, 1)[0])))
        assert isinstance(mine, Joined)
        for moved in (mine, plain):
            moved["a"][0, 0] = k
            moved["b"] = moved["b"] + 1
    assert all(np.array_equal(mine[name], plain[name]) for name in plain)


def test_gradients_in_another_order_and_too_many_of_them_fit_by_name():
    p, g = fitting(join({"a": np.zeros(2), "b": np.zeros(1)}), join({"b": np.ones(1), "more": np.ones(9), "a": np.full(2, 5.0)}))
    assert g.layout == p.layout and g.vectors[np.dtype(float)].tolist() == [5, 5, 1]
    with pytest.raises(InvalidInput, match="no gradient for b"):
        fitting(join({"a": np.zeros(2), "b": np.zeros(1)}), join({"a": np.ones(2)}))


@pytest.mark.parametrize("values, finite", [([1, -1], True), ([1e308, 1e308, 1e308], True), ([np.inf, -np.inf], False),
                                            ([0, np.nan], False), ([1e308, 1e308, np.inf], False)])
def test_all_finite_is_not_deceived_by_a_sum_that_overflows(values, finite):
    assert all_finite(np.array(values, float)) is finite
