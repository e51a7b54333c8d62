"""The tutorial's ten mathematical defects, each put back on purpose: the check that guards against it must notice.

A defect is a replacement in the source of one module. The changed source is run as a module of its own, and the same
check that passes on the original has to fail on it.
"""

import inspect
import sys
import types

import numpy as np
import pytest

from cases import case, cell_report
from py_lstm import activations, cell, lstm_layer, tutorial


def mutant(module, old: str, new: str):
    """`module` with `old`, which must stand in its source exactly once, replaced by `new`."""
    source = inspect.getsource(module)
    assert source.count(old) == 1, f"{module.__name__} has {source.count(old)} times {old!r}"
    changed = types.ModuleType(module.__name__ + "_mutant")
    changed.__package__ = module.__package__
    exec(compile(source.replace(old, new), f"<{module.__name__} with a defect>", "exec"), vars(changed))
    return changed


def gradients_are_right(module):
    report = cell_report(module, case(T=4))
    assert report.right, str(report)


def updates_move_each_matrix_by_its_own_gradient(module):
    layer = module.LstmLayer(2, 2, 0.5)
    for _ in range(2):
        layer.forward([[1.0], [-2.0]])
    layer.backward(None, [[1.0], [0.5]])
    names = [name for g in "fioc" for name in (f"W{g}h", f"W{g}x", f"b{g}")]
    before = {name: getattr(layer, name) for name in names}
    layer.update()
    for name in names:
        assert np.array_equal(getattr(layer, name), before[name] - 0.5 * getattr(layer, name + "_grad")), name


def a_loss_on_every_step_counts(module):
    def wfh_grad(delta_h):
        layer = module.LstmLayer(2, 2, 0.5)
        for _ in range(4):
            layer.forward([[1.0], [-2.0]])
        layer.backward(None, delta_h)
        return layer.Wfh_grad

    one = np.zeros((4, 2, 1))
    one[1] = 1
    last = np.zeros((4, 2, 1))
    last[-1] = 1
    assert wfh_grad(one).any()
    assert np.allclose(wfh_grad(one + last), wfh_grad(one) + wfh_grad(last), rtol=1e-12, atol=0)


def a_new_layer_remembers(module):
    layer = module.LstmLayer(2, 8, 0.5)
    rng = np.random.default_rng(0)
    for _ in range(20):
        layer.forward(rng.normal(size=(2, 1)))
    layer.backward(None, np.ones((8, 1)))
    assert np.linalg.norm(layer.delta_c_list[1]) > 1e-3 * np.linalg.norm(layer.delta_c_list[-1])


def the_demonstration_takes_the_derivative_of_its_loss(module):
    lines = []
    module.print = lambda text: lines.append(str(text))
    module.test()
    assert "WRONG" not in "".join(lines)


def tanh_is_exact_near_zero(module):
    z = np.array([1e-17, 1e-8, 1e-4])
    assert np.all(np.abs(module.TanhActivator().forward(z) / np.tanh(z) - 1) < 1e-15)


def sigmoid_is_silent(module):
    assert module.SigmoidActivator().forward(np.array([-1000.0, 1000.0])).tolist() == [0, 1]


DB = "outer_sum(dz, h_before), dz.sum(axis=(0, 1))"
DEFECTS = {
    "M1 no path through the cell state": (cell, "from_c = dc[t] * f[t]", "from_c = 0 * dc[t]", gradients_are_right),
    "M2 the input gate's bias gets the forget gate's error": (
        cell, DB, "outer_sum(dz, h_before), np.concatenate([dz_f, dz_f, dz_g, dz_o], -1).sum((0, 1))", gradients_are_right),
    "M3 the output gate's bias gets the forget gate's error": (
        cell, DB, "outer_sum(dz, h_before), np.concatenate([dz_i, dz_f, dz_g, dz_f], -1).sum((0, 1))", gradients_are_right),
    "M4 input weights learn from the last step only": (
        cell, "outer_sum(dz, x, ", "outer_sum(dz[-1:], x[-1:], ", gradients_are_right),
    "M5 update() reads gradients that do not exist": (
        lstm_layer, 'getattr(self, name + "_grad")', 'getattr(self, {"Wfh": "Whf", "Wfx": "Whx", "Wih": "Whi", "Wix": "Whi", '
        '"Woh": "Wof", "Wch": "Wcf"}.get(name, name) + "_grad")', updates_move_each_matrix_by_its_own_gradient),
    "M5 update() moves Wix by the gradient of Wih": (
        lstm_layer, 'getattr(self, name + "_grad")', 'getattr(self, name.replace("Wix", "Wih") + "_grad")',
        updates_move_each_matrix_by_its_own_gradient),
    "M6 only the last step can have a loss": (
        lstm_layer, 'direct[:] = array("delta_h", delta_h, (T, H, 1), self.dtype)',
        'direct[-1] = array("delta_h", delta_h, (T, H, 1), self.dtype)[-1]', a_loss_on_every_step_counts),
    "M7 weights of 1e-4 and no forget bias": (
        lstm_layer, 'initializer: str = "uniform", scale: float = 1.0, forget_bias: float = 1.0',
        'initializer: str = "tutorial", scale: float = 1.0, forget_bias: float = 0.0', a_new_layer_remembers),
    "M8 the target in place of the derivative": (
        tutorial, "    before = forward()\n    layer.backward(x[-1], layer.h_list[-1] - d, IdentityActivator())",
        "    before = forward()\n    layer.backward(x[-1], d, IdentityActivator())",
        the_demonstration_takes_the_derivative_of_its_loss),
    "M9 tanh as 2 sigmoid(2z) - 1": (
        activations, "return np.tanh(weighted_input)", "return 2.0 / (1.0 + np.exp(-2 * weighted_input)) - 1.0",
        tanh_is_exact_near_zero),
    "M10 a sigmoid that overflows": (
        activations, "return rise / (rise + np.exp(-np.maximum(weighted_input, 0)))", "return 1.0 / (1.0 + np.exp(-weighted_input))",
        sigmoid_is_silent),
}


def check_needs_warnings(defect):
    return defect.startswith("M10") and sys.platform == "emscripten"


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_check_notices(defect):
    if check_needs_warnings(defect):
        pytest.skip("WebAssembly has no floating-point flags, so NumPy cannot warn there")
    module, old, new, check = DEFECTS[defect]
    check(mutant(module, old, old))
    with pytest.raises((AssertionError, AttributeError, RuntimeWarning)):
        check(mutant(module, old, new))


@pytest.mark.parametrize("defect, wrong", [
    ("M1", {"weight_ih", "weight_hh", "bias", "x", "h_0", "c_0"}), ("M2", {"bias"}), ("M3", {"bias"}), ("M4", {"weight_ih"})])
def test_the_gradient_check_names_the_wrong_tensors(defect, wrong):
    module, old, new, _ = next(value for name, value in DEFECTS.items() if name.startswith(defect + " "))
    report = cell_report(mutant(module, old, new), case(T=4))
    assert {tensor.name for tensor in report.tensors if not tensor.right} == wrong
    assert str(report).count("WRONG") == len(wrong)


def test_the_tutorial_s_own_check_could_not_fail():
    # Two steps from states of zero, one gate's recurrent matrix: the missing cell path (M1) leaves it exact.
    given = case(T=2)
    given = given._replace(h_0=0 * given.h_0, c_0=0 * given.c_0, dh=given.dh * [[[0]], [[1]]], dc_n=0 * given.dc_n)
    report = cell_report(mutant(cell, "from_c = dc[t] * f[t]", "from_c = 0 * dc[t]"), given)
    assert {tensor.name: tensor.right for tensor in report.tensors}["weight_hh"]
