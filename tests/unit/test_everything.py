"""What holds for everything that the package exports: it can be used twice in a row, and it refuses what it cannot use."""

import copy
import dataclasses
import importlib.util
import inspect
import math
import os
import pickle
import random

import numpy as np
import pytest
from uses import FURTHER, MOVES, USES

import py_lstm
from py_lstm import InvalidInput

HOW_MANY = int(os.environ.get("PY_LSTM_FUZZ", "1500"))     # wrong inputs in all; for long, 10000
NEEDS_ONNX = {"read_onnx", "write_onnx"}
HAS_ONNX = importlib.util.find_spec("onnx") is not None


def equal(a, b) -> bool:
    """Whether two results hold the same numbers, to the bit."""
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if dataclasses.is_dataclass(a):
        return equal(vars(a), vars(b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, (str, int, float, type(None), np.generic)):
        return a == b
    if callable(a):
        return True
    return type(a) is type(b) and equal(vars(a), vars(b)) if hasattr(a, "__dict__") else type(a) is type(b)


def test_every_exported_name_is_used_here():
    assert set(USES) == set(py_lstm.__all__)
    classes = {name for name in py_lstm.__all__ if inspect.isclass(getattr(py_lstm, name))}
    results = {name for name in classes if issubclass(getattr(py_lstm, name), tuple)} - {"Schedule", "Task"}
    assert set(FURTHER) >= classes - results - {"InvalidInput", "Optimizer", "Explanation", "GradientReport"}


@pytest.mark.parametrize("name", py_lstm.__all__)
def test_used_twice_in_a_row(name, tmp_path, capsys):
    if name in NEEDS_ONNX and not HAS_ONNX:
        pytest.skip("needs the onnx package")
    call, arguments = USES[name](tmp_path)
    first, second = call(**arguments), call(**arguments)
    if name not in ("train", "sample", "Trainer", "element_wise_op"):
        assert equal(first, second), f"the second {name} is another"
    if name in FURTHER:
        once, again = FURTHER[name](second), FURTHER[name](second)
        # A fresh one starts where the first did: nothing leaks from one object into another.
        fresh = FURTHER[name](call(**arguments) if name not in ("Task", "Trace") else first)
        assert equal(once, fresh) and equal(once, again) == (name not in MOVES), name


CLASSES = [name for name in py_lstm.__all__ if inspect.isclass(getattr(py_lstm, name))]
COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy,
          **{f"pickle {p}": lambda one, p=p: pickle.loads(pickle.dumps(one, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)}}


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("name", CLASSES)
def test_a_copy_of_a_used_object_goes_on_as_the_object_does(name, how, tmp_path):
    """The two are asked in turn: neither may work in what is the other's."""
    call, arguments = USES[name](tmp_path)
    further = FURTHER.get(name, lambda one: one)
    for uses in range(3):
        one = call(**arguments)
        fresh = call(**arguments) if name in MOVES else one
        for _ in range(uses):
            further(one), further(fresh)
        other = COPIES[how](one)
        assert type(other) is type(one) and (other is not one or name not in MOVES)
        for _ in range(3):
            expected = further(fresh)
            assert equal(further(other), expected) and equal(further(one), expected), (name, how, uses)


class Odd:
    """Nothing that any argument takes."""

    def __repr__(self):
        raise RuntimeError


WRONG = [None, True, 0, -1, 1, 2.5, 10**30, -10**400, math.nan, math.inf, 1e308, 1j, "", "x", "\x00", "x" * 10_000, "nan", b"", b"PK\x03\x04",
         [], [[]], [1, [2]], (), {}, {"w": None}, {1: 2}, set(), object(), Odd(), Odd, len, np.array(None), np.array("x"), np.zeros(0),
         np.zeros((0, 2)), np.zeros((2, 3)), np.zeros((4, 2, 3)), np.full((4, 2, 3), np.nan), np.ones((4, 2, 3), bool),
         np.ones((4, 2, 3), complex), np.ones((1,) * 20), np.array([object()]), np.float32(0.5), np.int8(3), np.datetime64("2020"),
         range(3), iter([1]), slice(1), NotImplemented, ..., "latch", "complex", [None], {"bias_ih_l0": 3}, {"weight_ih_l0": "x"}]


def spoilt(value, rng):
    """A wrong value instead of this one, or this one with something wrong in it."""
    if isinstance(value, np.ndarray) and value.size and rng.random() < 0.5:
        value = value.astype(float)
        value.flat[rng.randrange(value.size)] = rng.choice([math.nan, math.inf, 1e308, -1e308, 0])
        return value if rng.random() < 0.7 else value[..., :-1]
    if isinstance(value, dict) and value and rng.random() < 0.7:
        key = rng.choice(list(value))
        return rng.choice([{**value, key: spoilt(value[key], rng)}, {k: v for k, v in value.items() if k != key}, {**value, "more": 1}])
    if type(value) in (list, tuple) and value and rng.random() < 0.7:
        at = rng.randrange(len(value))
        return type(value)([*value[:at], spoilt(value[at], rng), *value[at + 1:]])
    return rng.choice(WRONG)


def test_whatever_is_given_is_used_or_refused_with_a_sentence(tmp_path, capsys):
    """No other exception, no warning (they are errors here), no message without a remedy or as long as a page."""
    rng, refused = random.Random(int(os.environ.get("PY_LSTM_FUZZ_SEED", "0"))), 0
    names = [name for name in sorted(USES) if name != "InvalidInput" and (HAS_ONNX or name not in NEEDS_ONNX)]
    wanted = [name for name in names if USES[name](tmp_path)[1] and name not in ("Sequences", "Task", "element_wise_op")]   # op may raise what it likes
    for k in range(HOW_MANY):
        name = wanted[k % len(wanted)]
        call, arguments = USES[name](tmp_path)
        victim = rng.choice(list(arguments))
        given = {**arguments, victim: spoilt(arguments[victim], rng)}
        if isinstance(given[victim], (int, np.integer)) and given[victim] in range(2, 10**7) and victim == "updates":
            continue
        try:
            result = call(**given)
            if name in FURTHER and name not in ("Task", "Trace"):
                FURTHER[name](result)
        except InvalidInput as error:
            refused += 1
            sentence = str(error)
            assert 10 < len(sentence) < 1000 and sentence[-1] == ".", (name, victim, sentence)
        except Exception as error:
            pytest.fail(f"{name}({victim}={type(given[victim]).__name__} {str_of(given[victim])}): {type(error).__name__}: {error}")
    assert refused > HOW_MANY / 2


def str_of(value) -> str:
    try:
        return repr(value)[:200]
    except Exception:
        return "without a repr"
