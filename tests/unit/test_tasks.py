"""Tasks: the sequences of published ones are what the papers say, their scores say what they mean, and knowing nothing scores so."""

import math

import numpy as np
import pytest

from py_lstm import TASKS, Sequences, Task
from py_lstm.losses import LOSSES
from py_lstm.tasks.grammars import BRACKETS, DEEPEST, REBER, reber_string
from py_lstm.tasks.long_lags import ORDER
from py_lstm.tasks.texts import text

NAMES = ["latch", "recall", "parity", "adding", "wave", "reber", "continual_reber", "brackets", "adding_1997", "adding_2015",
         "temporal_order", "temporal_order_3", "copy", "copy_2016", "text_en", "text_zh"]


def drawn(name, length=20, batch=50, seed=0) -> Sequences:
    return TASKS[name].draw(np.random.default_rng(seed), length, batch)


def told(s: Sequences, n: int, letters: str) -> str:
    """The symbols of sequence n, up to its padding."""
    return "".join(letters[k] for k in s.x[:, n].argmax(axis=1)[s.x[:, n].any(axis=1)])


def test_all_are_there_and_say_what_they_are():
    assert list(TASKS) == NAMES and len(TASKS) == len(NAMES) and "none" not in TASKS and 5 not in TASKS and [] not in TASKS
    for name, each in TASKS.items():
        assert isinstance(each, Task) and each.name == name and each.loss in LOSSES and each.about.endswith(".") and each.published
        assert each is TASKS[name] and each.group in ("simple", "published", "text") and each.classes() == (each.loss != "squared_error")


@pytest.mark.parametrize("name", NAMES)
def test_sequences_fit_the_network_and_come_from_the_generator_alone(name):
    about, s = TASKS[name], drawn(name)
    T, N = s.mask.shape
    assert N == 50 and s.x.shape == (T, N, len(about.inputs)) and s.judged.shape == (T, N)
    assert s.target.shape == ((T, N, len(about.outputs)) if about.loss == "squared_error" else (T, N))
    assert s.mask.any(axis=0).all() and (s.mask | ~s.judged).all()
    again, other = drawn(name), drawn(name, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(s, again) if a is not None)
    assert s.x.shape != other.x.shape or not np.array_equal(s.x, other.x)
    y = np.zeros((T, N, len(about.outputs)))
    loss, dy = LOSSES[about.loss](y, s.target, mask=s.mask)
    assert np.isfinite(loss) and not dy[~s.mask].any()


def perfect(name, s: Sequences) -> np.ndarray:
    """The outputs of a network that knows everything."""
    if s.legal is not None:
        return np.where(s.legal, 1.0, 0.0)
    if s.target.ndim == 3:
        return s.target
    return 1000.0 * np.eye(len(TASKS[name].outputs))[s.target]


@pytest.mark.parametrize("name", NAMES)
def test_who_knows_everything_reaches_the_goal(name):
    s, about = drawn(name), TASKS[name]
    total, count = about.score(perfect(name, s), s)
    assert about.reached(total / count) and total / count == (0 if about.lower_is_better else 1)
    assert not about.reached(about.clueless(50))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("text", "adding"))] + ["adding_1997", "adding_2015"])
def test_who_knows_nothing_scores_what_is_said(name):
    """The best of all constant answers, on many sequences."""
    about = TASKS[name]
    s = drawn(name, 20, 100 if "reber" in name else 1500)
    T, N = s.mask.shape
    O = len(about.outputs)
    constants = [np.array([k]) for k in (-1.0, 0.0, 0.5, 1.0)] if about.loss == "squared_error" else 1000 * np.eye(O)
    scores = []
    for constant in constants:
        total, count = about.score(np.broadcast_to(constant, (T, N, O)), s)
        scores.append(total / count)
    best = min(scores) if about.lower_is_better else max(scores)
    assert best == pytest.approx(about.clueless(20), abs=0.035)


@pytest.mark.parametrize("length", [1, 2, 7, 24])
def test_what_adding_leaves_to_who_knows_nothing(length):
    s = TASKS["adding"].sequences(np.random.default_rng(0), length, 20_000)
    assert s.target.var() == pytest.approx(TASKS["adding"].clueless(length), rel=0.03)


@pytest.mark.parametrize("input_size", [1, 2, 3])
def test_a_simple_task_takes_fewer_and_more_inputs(input_size):
    own, fitted = (TASKS["latch"].sequences(np.random.default_rng(3), 9, 5, size) for size in (None, input_size))
    assert fitted.x.shape == (9, 5, input_size) and np.array_equal(fitted.target, own.target)
    if input_size == 1:
        assert np.array_equal(fitted.x[..., 0], own.x.prod(axis=-1))
    else:
        assert np.array_equal(fitted.x[..., :2], own.x) and set(np.unique(fitted.x[..., 2:])) <= {-1, 1}


def accepts(string: str) -> bool:
    """Whether the embedded Reber grammar has this string; written as a table of its own."""
    inner = {1: {"T": 2, "P": 3}, 2: {"S": 2, "X": 4}, 3: {"T": 3, "V": 5}, 4: {"X": 3, "S": 6}, 5: {"P": 4, "V": 6}}
    if len(string) < 9 or string[0] != "B" or string[1] not in "TP" or string[2] != "B" or string[-3:] != "E" + string[1] + "E":
        return False
    state = 1
    for symbol in string[3:-3]:
        state = inner.get(state, {}).get(symbol)
    return state == 6


def test_reber_strings_are_those_of_the_grammar():
    rng = np.random.default_rng(0)
    strings = [reber_string(rng) for _ in range(200)]
    assert all(accepts(string) for string, _ in strings)
    assert not any(accepts(string[:-2] + ("P" if string[-2] == "T" else "T") + "E") for string, _ in strings)
    for string, legal in strings:
        assert len(legal) == len(string) - 1 and all(symbol in allowed for symbol, allowed in zip(string[1:], legal))
    assert min(len(string) for string, _ in strings) == 9
    s = drawn("reber", batch=20)
    for n in range(20):
        string = told(s, n, REBER) + "E"
        assert accepts(string) and s.mask[:, n].sum() == len(string) - 1


def test_a_continual_stream_is_made_of_whole_strings():
    s = drawn("continual_reber", length=120, batch=3)
    assert s.x.shape == (120, 3, 7) and s.mask.all()
    for n in range(3):
        stream = told(s, n, REBER)
        for string in stream.replace("EB", "E|B").split("|")[:-1]:
            assert accepts(string) or string.count("E") == 1        # the inner string's E is followed by T or P, never B
        assert (s.legal[np.arange(120), n, s.target[:, n]]).all()


def test_the_adding_problems_add():
    s = drawn("adding_1997", length=50, batch=200)
    assert 50 <= len(s.x) <= 55 and np.abs(s.x[..., 0]).max() <= 1
    for n in range(200):
        T = int(s.x[:, n].any(axis=1).sum())
        value, mark = s.x[:T, n].T
        assert mark[0] == mark[-1] == -1 and s.judged[:, n].nonzero()[0].tolist() == [T - 1]
        marked = np.flatnonzero(mark == 1)
        assert len(marked) in (1, 2) and marked.max() < 50 // 2 + 2 and marked.min() < 10 + 15 * (len(marked) == 1)
        assert s.target[T - 1, n, 0] == pytest.approx(0.5 + value[marked].sum() / 4, abs=1e-15)
    s = drawn("adding_2015", length=11, batch=200)
    assert (s.x[:5, :, 1].sum(axis=0) == 1).all() and (s.x[5:, :, 1].sum(axis=0) == 1).all()
    assert np.allclose(s.target[-1, :, 0], s.x.prod(axis=2).sum(axis=0), atol=1e-15) and not s.target[:-1].any()


@pytest.mark.parametrize("name, count", [("temporal_order", 2), ("temporal_order_3", 3)])
def test_the_order_is_that_of_the_sequence(name, count):
    s = drawn(name, length=100, batch=100)
    classes = TASKS[name].outputs
    for n in range(100):
        string = told(s, n, ORDER)
        assert 100 <= len(string) <= 110 and string[0] == "E" and string[-1] == "B" and not set("EB") & set(string[1:-1])
        assert "".join(letter for letter in string if letter in "XY") == classes[s.target[len(string) - 1, n]]
        assert s.judged[:, n].sum() == 1 and len(classes[0]) == count
        assert 10 <= min(string.find(letter) % 1000 for letter in "XY") <= 20


@pytest.mark.parametrize("name, count, kinds", [("copy", 5, 4), ("copy_2016", 10, 8)])
def test_copy_asks_for_the_symbols_after_the_delimiter(name, count, kinds):
    s = drawn(name, length=10, batch=30)
    shown = s.x.argmax(axis=2)
    assert len(shown) == 10 + 2 * count and np.array_equal(shown[:count], s.target[-count:]) and not s.target[:-count].any()
    assert shown[:count].min() == 1 and shown[:count].max() == kinds
    assert (shown[-count - 1] == kinds + 1).all() and not shown[-count:].any() and not shown[count:-count - 1].any()
    # Without memory: sure of the blanks, and of nothing after them.
    y = np.full((*shown.shape, kinds + 1), -1000.0)
    y[:-count, :, 0], y[-count:, :, 1:] = 0, 0
    assert LOSSES["cross_entropy"](y, s.target)[0] == pytest.approx(count * math.log(kinds) / (10 + 2 * count), rel=1e-12)


def test_brackets_match():
    s = drawn("brackets", length=60, batch=50)
    deepest = 0
    for n in range(50):
        stack = []
        for t, letter in enumerate(told(s, n, BRACKETS)):
            if letter in "([":
                stack.append(letter)
            elif letter in ")]":
                assert stack.pop() + letter in ("()", "[]")
            assert s.target[t, n] == (0 if not stack else 1 + "([".index(stack[-1]))
            assert s.judged[t, n] == (letter in ")]" and bool(stack))
            deepest = max(deepest, len(stack))
    assert deepest == DEEPEST


@pytest.mark.parametrize("name, begin", [("en", "From fairest creatures"), ("zh", "道可道，非常道；名可名，非常名。")])
def test_the_texts_are_there(name, begin):
    read = text(name)
    whole = "".join(read.characters[k] for k in read.numbers)
    assert whole.startswith(begin) and len(whole) > 1500 and "".join(sorted(set(whole))) == read.characters
    assert len(read.learnt) + len(read.held_out) == len(whole) and len(read.held_out) == round(len(whole) / 10)
    s = drawn(f"text_{name}", length=10, batch=4)
    learnt = "".join(read.characters[k] for k in read.learnt)
    for n in range(4):
        assert told(s, n, read.characters) + read.characters[s.target[-1, n]] in learnt
    clueless = TASKS[f"text_{name}"].clueless(10)
    assert 3 < clueless < math.log2(len(read.characters))


@pytest.mark.parametrize("length", [1, 10, 400, 1000])
def test_what_is_traced_of_a_text_is_held_out_as_far_as_it_goes(length):
    task = TASKS["text_en"]
    whole, learnt = task.text.numbers, len(task.text.learnt)
    for seed in range(20):
        s = task.example(np.random.default_rng(seed), length)
        piece = np.append(s.x[:, 0].argmax(axis=1), s.target[-1, 0])
        starts = [k for k in range(len(whole) - length) if np.array_equal(whole[k:k + length + 1], piece)]
        assert s.x.shape[:2] == (length, 1) and any(k >= min(learnt, len(whole) - length - 1) for k in starts)
