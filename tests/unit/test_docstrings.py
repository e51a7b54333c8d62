"""Every exported class and function shows itself at work in its docstring, and what it shows is true."""

import doctest
import importlib.util

import numpy as np
import pytest

import py_lstm

# What an example may take for granted: `import numpy as np` and `from py_lstm import *`.
KNOWN = {"np": np, **{name: getattr(py_lstm, name) for name in py_lstm.__all__}}
NEEDS_ONNX = {"read_onnx", "write_onnx"}


def examples(name):
    """The sessions in the docstrings of an exported name and of what a class defines."""
    thing = getattr(py_lstm, name)
    found = doctest.DocTestFinder(exclude_empty=True).find(thing, name, globs=KNOWN)
    return [session for session in found if session.examples]


@pytest.mark.parametrize("name", py_lstm.__all__)
def test_the_examples_of(name, tmp_path, monkeypatch):
    assert examples(name), f"{name} has no example: add an Examples section with a >>> session to its docstring"
    if name in NEEDS_ONNX and not importlib.util.find_spec("onnx"):
        pytest.skip("needs the onnx package")
    monkeypatch.chdir(tmp_path)                         # some write a file
    for session in examples(name):
        told = []
        result = doctest.DocTestRunner(verbose=False).run(session, out=told.append)
        assert result.failed == 0, "".join(told)
        assert any(example.want for example in session.examples) or name == "write_onnx", f"{name}'s example shows nothing"


def test_the_package_says_what_it_has():
    session = doctest.DocTestParser().get_doctest(py_lstm.__doc__, dict(KNOWN), "py_lstm", None, 0)
    assert session.examples and doctest.DocTestRunner(verbose=False).run(session).failed == 0
    for name in ("LSTM", "GRU", "RNN", "load_weights", "to_lstm", "LstmLayer", "Trace", "explain", "gradient_check"):
        assert f"`{name}`" in py_lstm.__doc__ and name in py_lstm.__all__
