"""`explain`: the operands it names are the trace's numbers, and they add up to the number explained."""

import inspect
import importlib
import json
import math
from fractions import Fraction

import numpy as np
import pytest

from py_lstm import Experiment, Explanation, InvalidInput, explain, run

# Three hidden units and two inputs, four steps, nothing at zero.
SMALL = dict(task="own", values=[[0.3, -1.2], [1.5, 0.4], [-0.7, 0.9], [0.2, 0.8]], targets=[0.5, -0.5, 1, 0.25],
             hidden_size=3, updates=2, edits={"h_0[0]": 0.3, "h_0[2]": -0.4, "c_0[0]": 0.7, "c_0[1]": -1.1, "c_0[2]": 0.2})
CASES = [SMALL | dict(gradient_of=of, loss_at=at) for of in ("loss", "output") for at in ("every", "last")]
# Classes, answers at every step, at some and at the last one alone, a sequence of its own length, several numbers to foretell.
CASES += [dict(task=task, hidden_size=2, length=length, updates=2, batch_size=3, edits={"h_0[0]": 0.3, "c_0[1]": -1.1}) | how
          for task, length, how in (("brackets", 5, dict(gradient_of="loss")), ("brackets", 5, dict(output_step=3, output_unit=2)),
                                    ("copy", 1, dict(gradient_of="loss", loss_at="last")), ("temporal_order", 10, dict(gradient_of="loss")),
                                    ("reber", 1, dict(gradient_of="loss")), ("reber", 1, dict(edits={"x[1,0]": 0.5})))]
FUNCTIONS = {"": lambda z: z, r"\log": math.log, r"\exp": math.exp, r"\sigma": lambda z: 1 / (1 + math.exp(-z)), r"\tanh": math.tanh}


@pytest.fixture(scope="module", params=CASES, ids=lambda c: f"{c['task']}-{c.get('gradient_of')}-{c.get('loss_at')}")
def trace(request):
    return run(Experiment(**request.param))


def everything(trace):
    for quantity in trace.quantities:
        T, width = trace.arrays[quantity].shape
        for t in range(1, T + 1):
            for unit in range(1, width + 1):
                yield explain(trace, quantity, t, unit)


def recorded(trace, operand) -> float:
    """The number of the trace that an operand points at."""
    if operand.index is not None:
        return float(trace.arrays[operand.quantity][operand.index])
    if operand.t == 0:
        return float(trace.arrays[operand.quantity + "_0"][operand.unit - 1])
    return float(trace.arrays[operand.quantity][operand.t - 1, operand.unit - 1])


def operands(term):
    yield from term.factors
    for part in term.parts:
        yield from operands(part)


def close(a, b, scale=1.0):
    return abs(a - b) <= 1e-14 * max(abs(a), abs(b), scale)


def test_every_number_is_the_sum_of_its_terms(trace):
    def adds_up(term):
        assert bool(term.factors) != bool(term.parts)
        value = math.prod(f.value for f in term.factors) if term.factors else sum(part.value for part in term.parts)
        assert close(value, term.value)
        for part in term.parts:
            adds_up(part)

    for explanation in everything(trace):
        assert explanation.value == trace.arrays[explanation.quantity][explanation.t - 1, explanation.unit - 1]
        if not explanation.lines:
            assert explanation.quantity in ("x", "target")
            continue
        assert explanation.lines[-1].value == explanation.value
        for line in explanation.lines:
            for term in line.terms:
                adds_up(term)
            total = sum(term.value for term in line.terms)
            assert close(FUNCTIONS[line.function](total), line.value), (explanation.quantity, explanation.t, explanation.unit)


def test_every_operand_is_the_number_it_points_at(trace):
    for explanation in everything(trace):
        for operand in (o for line in explanation.lines for term in line.terms for o in operands(term)):
            there = recorded(trace, operand)
            if operand.symbol.startswith("(1-"):                            # 1 - a²
                there = 1 - there * there
            elif "(1-" in operand.symbol:                                   # a (1 - a)
                there = there * (1 - there)
            elif operand.quantity == "dy" == explanation.quantity:          # the constants 1, ±2/count and ±1/count
                there = float(Fraction(operand.symbol))
            elif explanation.quantity == "p":
                y = trace.arrays["y"][explanation.t - 1]
                if operand.symbol == "-s":
                    there = -math.log(sum(math.exp(value - y.max()) for value in y))
                elif operand.symbol.startswith("e^"):
                    there = math.exp(there - y.max())
                elif operand.symbol.startswith("-"):
                    assert there == y.max()
                    there = -there
                assert close(operand.value, there)
                continue
            assert operand.value == there, (explanation.quantity, explanation.t, operand)


def test_every_source_line_stands_where_it_is_said_to(trace):
    for explanation in everything(trace):
        for source in (s for line in explanation.lines for s in line.sources):
            module = importlib.import_module(source.file[:-3].replace("/", "."))
            text = inspect.getsource(module).splitlines()[source.line - 1]
            assert source.code and text.strip().startswith(source.code)


def test_an_explanation_is_plain_values(trace):
    for quantity in trace.quantities:
        explanation = explain(trace, quantity, np.int64(2), 1.0)
        assert isinstance(explanation, Explanation)
        assert json.loads(json.dumps(explanation.to_json()))["value"] == explanation.value


@pytest.mark.parametrize("field, arguments", [
    ("quantity", ("k", 1, 1)), ("quantity", ("h_0", 1, 1)), ("quantity", ("mask", 1, 1)), ("quantity", (None, 1, 1)), ("quantity", (["h"], 1, 1)),
    ("t", ("h", 0, 1)), ("t", ("h", 99, 1)), ("t", ("h", 1.5, 1)), ("t", ("h", "1", 1)), ("t", ("h", float("nan"), 1)),
    ("unit", ("h", 1, 0)), ("unit", ("h", 1, 4)), ("unit", ("y", 1, 9)), ("unit", ("x", 1, 9)), ("unit", ("h", 1, None)),
])
def test_a_number_that_is_not_there_is_refused(trace, field, arguments):
    with pytest.raises(InvalidInput) as refused:
        explain(trace, *arguments)
    assert refused.value.field == field


def test_what_is_no_trace_is_refused():
    with pytest.raises(InvalidInput, match="trace"):
        explain({"arrays": {}}, "h", 1, 1)
