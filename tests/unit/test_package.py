"""The package as a whole: what it exports, what it imports, and its exception."""

import ast
import inspect
from pathlib import Path

import numpy as np
import pytest

import py_lstm
from py_lstm import (Experiment, Growth, InvalidInput, LstmLayer, Objective, Probe, Reach, Trace, growth, probe, reach,
                     run, validation)

HERE = Path(__file__).parent


def test_every_exported_name_is_used_by_a_test():
    used = set()
    for path in HERE.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {alias.asname or alias.name: alias.name for node in ast.walk(tree)
                    if isinstance(node, ast.ImportFrom) and node.module == "py_lstm" for alias in node.names}
        used |= {imported[node.id] for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in imported}
    assert set(py_lstm.__all__) <= used
    assert all(hasattr(py_lstm, name) for name in py_lstm.__all__)


def test_results_are_of_the_types_that_are_exported():
    experiment = Experiment(length=4, hidden_size=2, updates=0)
    trace = run(experiment)
    for _ in range(2):
        objective = Objective(experiment)
        assert objective(objective.values) == trace.arrays["y"][-1, 0]
        for result, kind in [(trace, Trace), (growth(trace, 1), Growth), (reach(trace, 1), Reach),
                             (probe(experiment, "bias", (0,)), Probe)]:
            assert isinstance(result, kind)


def modules():
    folder = Path(py_lstm.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(folder)), path.read_text(encoding="utf-8")


def test_numpy_is_all_that_the_package_needs():
    import sys
    for name, source in modules():
        for node in ast.parse(source).body:     # inside a function, an optional package may be asked for
            roots = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
                [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            for root in roots:
                assert root.split(".")[0] in sys.stdlib_module_names | {"numpy"}, (name, root)


def test_the_code_is_python_3_10_and_uses_no_global_random_state():
    for name, source in modules():
        tree = ast.parse(source, feature_version=(3, 10))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "np.random":
                assert node.attr in ("Generator", "default_rng"), (name, node.attr)


def test_everything_exported_has_a_docstring():
    for name in py_lstm.__all__:
        thing = getattr(py_lstm, name)
        assert inspect.getdoc(thing), name
        for method, function in vars(thing).items() if inspect.isclass(thing) else ():
            if inspect.isfunction(function) and not method.startswith("_"):
                assert inspect.getdoc(function), f"{name}.{method}"


def test_a_refusal_is_a_value_error_with_the_facts():
    with pytest.raises(ValueError) as refused:
        LstmLayer(0, 2, 0.1)
    error = refused.value
    assert isinstance(error, InvalidInput) and (error.field, error.code) == ("input_width", "range")
    assert error.details == {"got": "0", "low": 1, "high": 1_000_000}
    assert str(error) == "input_width is 0; give a value from 1 to 1000000."


def test_limits_are_written_out():
    with pytest.raises(InvalidInput, match="from 0 to 4294967295"):
        validation.integer("seed", 2**40, 0, 2**32 - 1)
    with pytest.raises(InvalidInput, match="from 0 to 1000000"):
        validation.integer("updates", -1, 0, 10**6)


def test_a_value_that_cannot_be_written_is_still_refused():
    class Broken:
        def __repr__(self):
            raise RuntimeError

    for value in (10**5000, Broken(), np.ones(1000), "x" * 1000):
        with pytest.raises(InvalidInput) as refused:
            validation.integer("n", value, 0, 5)
        assert len(str(refused.value)) < 150
