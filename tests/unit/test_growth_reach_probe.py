"""Growth, reach and probe: what the backward room and the gradient check's lesson show."""
import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Trainer, growth, probe, reach, run
from py_lstm.reach import reach_in
from py_lstm.training import loss_of
from py_lstm.growth import TENSORS

EXPERIMENT = Experiment(hidden_size=4, input_size=3, length=7, updates=5, gradient_of="loss",
                        edits={"h_0[1]": 0.4, "c_0[2]": -0.7})


@pytest.fixture(scope="module")
def trace():
    return run(EXPERIMENT)


def test_the_whole_gradient_has_grown_at_the_first_step(trace):
    for _ in range(2):
        whole = growth(trace, 1).so_far
        for name in TENSORS:
            np.testing.assert_allclose(whole[name], trace.arrays[f"{name}_grad"], rtol=1e-13, atol=1e-17)


def test_each_step_adds_its_own_contribution(trace):
    for t in range(1, 7):
        now, later = growth(trace, t), growth(trace, t + 1)
        for name in TENSORS:
            np.testing.assert_allclose(now.so_far[name], later.so_far[name] + now.step[name], rtol=1e-12, atol=1e-17)


def test_a_step_adds_the_outer_product_of_delta_and_operand(trace):
    a = trace.arrays
    H = 4
    step = growth(trace, 3).step
    np.testing.assert_allclose(step["weight_hh"][H:2 * H], np.outer(a["dz_f"][2], a["h"][1]), rtol=1e-14)
    np.testing.assert_allclose(growth(trace, 1).step["weight_hh"][:H], np.outer(a["dz_i"][0], a["h_0"]), rtol=1e-14)


def test_growth_refuses_a_step_that_does_not_exist(trace):
    for bad in (0, 8, 1.5, "one"):
        with pytest.raises(InvalidInput) as refused:
            growth(trace, bad)
        assert refused.value.field == "t"


def test_reach_is_the_norm_and_the_product_of_forget_gates(trace):
    a = trace.arrays
    measured = reach(trace, 2)
    np.testing.assert_allclose(measured.dc[4], np.sqrt(np.sum(a["dc"][4] ** 2)))
    np.testing.assert_allclose(measured.dh[0], np.sqrt(np.sum(a["dh"][0] ** 2)))
    np.testing.assert_allclose(measured.kept[3], a["f"][4, 1] * a["f"][5, 1] * a["f"][6, 1])
    assert measured.kept[-1] == 1
    with pytest.raises(InvalidInput):
        reach(trace, 5)


def test_without_recurrent_weights_the_cell_path_is_the_product_of_forget_gates():
    cut = {f"weight_hh[{row},{column}]": 0.0 for row in range(12) for column in range(3)}
    trace = run(Experiment(length=6, updates=0, edits=cut))
    measured = reach(trace, 1)
    np.testing.assert_allclose(measured.dc_unit, measured.kept * measured.dc_unit[-1], rtol=1e-13)


@pytest.mark.parametrize("tensor, index", [("weight_ih", (5, 2)), ("weight_hh", (9, 3)), ("bias", (4,)), ("x", (2, 1)),
                                           ("h_0", (1,)), ("c_0", (0,)), ("readout_weight", (0, 3))])
@pytest.mark.parametrize("gradient_of", ["loss", "output"])
def test_the_three_slopes_agree(tensor, index, gradient_of):
    found = probe(EXPERIMENT.replace(gradient_of=gradient_of), tensor, index, eps=1e-4)
    assert abs(found.analytic - found.complex_step) <= 1e-13 * abs(found.analytic)
    assert abs(found.central - found.complex_step) <= 1e-6 * max(abs(found.analytic), 1e-3)
    assert found.curve[30] == pytest.approx((found.above + found.below) / 2, rel=1e-6)


def test_both_failures_of_the_central_difference_show():
    errors = probe(EXPERIMENT, "weight_hh", (9, 3)).errors
    best = errors.argmin()
    assert errors[0] > 1e3 * errors[best] and errors[-1] > 1e3 * errors[best] and 3 <= best <= 8


def test_an_output_at_any_step_can_be_differentiated():
    trace = run(EXPERIMENT.replace(gradient_of="output", output_step=4))
    assert trace.arrays["dy"].ravel().tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert not trace.arrays["dx"][4:].any() and trace.arrays["dx"][:4].all()
    assert probe(trace.experiment, "x", (6, 0)).complex_step == 0


@pytest.mark.parametrize("tensor, index, eps, field", [
    ("weight", (0, 0), 1e-3, "tensor"), ("bias", (0, 0), 1e-3, "index"), ("bias", (16,), 1e-3, "index"),
    ("bias", (-1,), 1e-3, "index"), ("bias", (0,), 0, "eps"), ("bias", (0,), float("nan"), "eps")])
def test_probe_refuses_what_does_not_exist(tensor, index, eps, field):
    with pytest.raises(InvalidInput) as refused:
        probe(EXPERIMENT, tensor, index, eps)
    assert refused.value.field == field


def test_the_rules_differ_as_they_should():
    """Without recurrent weights the 1997 rule is the whole truth, and the tutorial's sees nothing but its own step."""
    cut = {f"weight_hh[{row},{column}]": 0.0 for row in range(12) for column in range(3)}
    measured = reach(run(Experiment(length=8, updates=0, edits=cut)), 1)
    np.testing.assert_allclose(measured.dc_1997, measured.dc, rtol=1e-13)
    assert measured.dc_tutorial[-1] == pytest.approx(measured.dc[-1]) and not measured.dc_tutorial[:-1].any()


def test_the_whole_derivative_is_none_of_the_shortened_ones(trace):
    measured = reach(trace, 1)
    assert np.all(np.abs(measured.dc_1997[:-1] - measured.dc[:-1]) > 1e-9)
    assert np.all(np.abs(measured.dc_tutorial[:-2] - measured.dc[:-2]) > 1e-9)
    assert measured.dh_rnn[-1] == pytest.approx(np.linalg.norm(trace.arrays["dh_via_y"][-1]))


@pytest.mark.parametrize("gradient_of", ["output", "loss"])
@pytest.mark.parametrize("updates", [0, 30])
def test_reach_in_an_rnn_is_the_slope_of_its_own_output_or_loss(gradient_of, updates):
    """Against central differences of a recurrence written here, in a state in the middle of the sequence."""
    experiment = Experiment(length=9, updates=updates, gradient_of=gradient_of)
    trace, rival = run(experiment), Trainer(experiment.baseline("rnn"))
    for _ in range(updates):
        rival.update()
    p, x, sequences, start = rival.network.parameters, trace.arrays["x"], experiment.example(), 4

    def onwards(h):
        states = [h]
        for row in x[start:]:
            states.append(np.tanh(p["weight_ih"] @ row + p["bias_ih"] + p["weight_hh"] @ states[-1] + p["bias_hh"]))
        return np.array(states) @ p["readout_weight"].T + p["readout_bias"]

    h = np.zeros(experiment.hidden_size)
    for row in x[:start]:
        h = np.tanh(p["weight_ih"] @ row + p["bias_ih"] + p["weight_hh"] @ h + p["bias_hh"])

    def scalar(h):
        y = np.zeros((9, 1, 1))
        y[start - 1:, 0] = onwards(h)                   # what came before is no function of h
        return y[-1, 0, 0] if gradient_of == "output" else loss_of(experiment, y, sequences)[0]

    slopes = [(scalar(h + nudge) - scalar(h - nudge)) / 2e-5 for nudge in 1e-5 * np.eye(h.size)]
    assert reach_in(rival, trace)[start - 1] == pytest.approx(np.linalg.norm(slopes), rel=1e-6)
