"""Damage: every rule does what it says, gets exactly the gradients wrong that its table claims, and harms nothing else."""

import dataclasses
import json

import numpy as np
import pytest

from cases import distance
from py_lstm import Experiment, InvalidInput, Trace, Trainer, check, explain, growth, run
from py_lstm.damage import DAMAGE, damaged
from py_lstm.damage.checking import check_blocks
from py_lstm.damage.rules import BLOCKS, KINDS
from py_lstm.network import Network
from py_lstm.trace import BACKWARD as BACKWARD_QUANTITIES
from py_lstm.trace import FORWARD as FORWARD_QUANTITIES

GRADIENT = [name for name, rule in DAMAGE.items() if rule.kind == "gradient"]
FORWARD = [name for name, rule in DAMAGE.items() if rule.kind != "gradient"]

# As many inputs as units, so that every rule applies; realistic weights; a loss on every step.
OWN = Experiment(task="own", values=np.random.default_rng(0).normal(size=(8, 3)).tolist(), hidden_size=3, seed=4, updates=0,
                 targets=[.3, -1, .5, 2, 1, -1, .2, .7], gradient_of="loss")
LATCH = Experiment(length=10, updates=6, batch_size=8, hidden_size=4)


def wrong_blocks(damage, steps, zero_states):
    report = check_blocks(OWN.replace(damage=damage), steps=steps, zero_states=zero_states)
    assert [block.name for block in report.tensors] == list(BLOCKS)
    return {block.name for block in report.tensors if not block.right}


@pytest.mark.parametrize("zero_states", [False, True])
@pytest.mark.parametrize("name, value", [*((name, DAMAGE[name].usual) for name in DAMAGE), ("truncated", 1), ("truncated", 2)])
def test_a_rule_makes_exactly_the_tensors_wrong_that_it_claims(name, value, zero_states):
    rule = DAMAGE[name]
    if name == "longer":                                # needs a task; it is tested below
        return
    for steps in (1, 2, 3, 4, 5, 8) if rule.wrong else (8,):
        claimed = {block for block in rule.wrong if rule.onset(block, value, zero_states=zero_states) <= steps}
        assert wrong_blocks({name: value}, steps, zero_states) == claimed, steps


def test_the_table_is_whole():
    assert {rule.kind for rule in DAMAGE.values()} == set(KINDS)
    for name, rule in DAMAGE.items():
        assert rule.name == name and rule.about.endswith(".") and rule.low <= rule.usual <= rule.high
        assert bool(rule.wrong) == (rule.kind == "gradient") and set(rule.wrong) <= set(BLOCKS)


@pytest.mark.parametrize("name", FORWARD)
def test_the_derivative_of_a_damaged_forward_pass_is_exact(name):
    damage = {name: DAMAGE[name].usual}
    report = check(LATCH.replace(damage=damage), max_elements=6)
    assert report.right and max(tensor.relative_error for tensor in report.tensors) < 1e-11, str(report)
    report = check(LATCH.replace(damage=damage, damage_from=0, gradient_of="loss", updates=5), max_elements=6)
    assert report.right, str(report)
    extra = {"peepholes": 3, "full_recurrence": 1}.get(name, 0)
    assert len(report.tensors) == 8 + extra
    assert all(tensor.norm > 0 for tensor in report.tensors[:5])


@pytest.mark.parametrize("name", GRADIENT)
def test_damage_to_the_gradient_leaves_the_forward_pass_as_it_was(name):
    e = LATCH.replace(input_size=4, hidden_size=4)
    before, after = run(e), run(e.replace(damage={name: DAMAGE[name].usual}))
    for quantity in ("f", "i", "g", "o", "c", "h", "y"):
        assert distance(before.arrays[quantity], after.arrays[quantity]) < 1e-14
    assert any(distance(before.arrays[f"{tensor}_grad"], after.arrays[f"{tensor}_grad"]) > 1e-3
               for tensor in ("weight_ih", "weight_hh", "bias"))


def test_no_damage_is_the_plain_network():
    network, x = Network(3, 4, rng=2), np.random.default_rng(1).normal(size=(6, 2, 3))
    plain, same = network.forward(x), damaged(network, {}).forward(x)
    assert distance(plain.y, same.y) < 1e-15
    _, right = network.backward(plain, np.ones_like(plain.y))
    _, mine = damaged(network, {}).backward(same, np.ones_like(plain.y))
    assert set(right) == set(mine) and max(distance(right[name], mine[name]) for name in right) < 1e-14


@pytest.mark.parametrize("gate", "ifgo")
@pytest.mark.parametrize("value", [0, 0.25, 1])
def test_a_gate_is_held(gate, value):
    trace = run(LATCH.replace(damage={f"clamp_{gate}": value}))
    assert (trace.arrays[gate] == value).all() and (trace.arrays[f"dz_{gate}"] == 0).all()
    other = run(LATCH).arrays
    assert np.array_equal(trace.arrays["weight_hh"], other["weight_hh"]) and not np.array_equal(trace.arrays["h"], other["h"])


@pytest.mark.parametrize("name, holds", [
    ("no_input_gate", lambda a: (a["i"] == 1).all()), ("no_forget_gate", lambda a: (a["f"] == 1).all()),
    ("no_output_gate", lambda a: (a["o"] == 1).all()), ("no_input_activation", lambda a: np.array_equal(a["g"], a["z_g"])),
    ("no_output_activation", lambda a: np.array_equal(a["tanh_c"], a["c"])), ("coupled", lambda a: np.array_equal(a["f"], 1 - a["i"]))])
def test_a_variant_of_a_trained_network(name, holds):
    assert holds(run(LATCH.replace(damage={name: 1})).arrays)


@pytest.mark.parametrize("name", ["peepholes", "full_recurrence"])
def test_new_weights_start_at_zero_and_are_learnt_only_if_the_training_has_them(name):
    extra = {"peepholes": "weight_cf", "full_recurrence": "weight_gg"}[name]
    after = run(LATCH.replace(damage={name: 1}))
    assert (after.arrays[extra] == 0).all() and distance(after.arrays["y"], run(LATCH).arrays["y"]) < 1e-14
    again = run(LATCH.replace(damage={name: 1}, damage_from=6, updates=12))
    assert np.abs(again.arrays[extra]).max() > 0.001
    assert Trace.from_json(json.dumps(again.to_json())).arrays[extra].shape == again.arrays[extra].shape


def test_damage_to_the_input():
    plain, noisy = run(LATCH).arrays["x"], run(LATCH.replace(damage={"noise": 0.3})).arrays["x"]
    assert 0.15 < (noisy - plain).std() < 0.5
    assert np.array_equal(noisy, run(LATCH.replace(damage={"noise": 0.3})).arrays["x"])
    dropped = run(LATCH.replace(length=200, updates=0, damage={"dropped": 0.3})).arrays["x"]
    assert 0.2 < (dropped == 0).all(axis=1).mean() < 0.4
    longer = run(LATCH.replace(damage={"longer": 2.5}, edits={"x[24,0]": 7}, output_step=25))
    assert longer.arrays["h"].shape == (25, 4) and longer.arrays["x"][24, 0] == 7
    assert np.array_equal(longer.arrays["weight_hh"], run(LATCH).arrays["weight_hh"])
    both = run(LATCH.replace(damage={"noise": 0.3, "dropped": 0.3})).arrays["x"]
    alone = run(LATCH.replace(damage={"dropped": 0.3})).arrays["x"]
    assert np.allclose(both - alone, noisy - plain, atol=1e-15)


def test_training_is_damaged_from_the_update_that_is_asked_for():
    whole, broken = Trainer(LATCH), Trainer(LATCH.replace(damage={"no_carry": 1}, damage_from=4))
    first, later = whole.parameters_after(4), broken.parameters_after(4)
    assert all(np.array_equal(first[name], later[name]) for name in first)
    assert not np.array_equal(whole.parameters_after(5)["weight_hh"], broken.parameters_after(5)["weight_hh"])
    after_only = Trainer(LATCH.replace(damage={"no_carry": 1}))
    assert np.array_equal(whole.parameters_after(6)["weight_hh"], after_only.parameters_after(6)["weight_hh"])
    noisy = Trainer(LATCH.replace(damage={"noise": 1, "longer": 2}, damage_from=0))
    assert not np.array_equal(noisy.parameters_after(1)["bias"], whole.parameters_after(1)["bias"])
    assert LATCH.replace(damage={"longer": 2}, damage_from=0).training_damage is None


@pytest.mark.parametrize("damage", [{"peepholes": 1}, {"clamp_f": 0.9, "noise": 0.1}, {"full_recurrence": 1, "coupled": 1}])
def test_a_damaged_training_is_saved_and_resumed_to_the_same_bits(damage):
    e = LATCH.replace(damage=damage, damage_from=4, updates=8)
    right = Trainer(e).parameters_after(8)
    for stop in (2, 6):
        first, second = Trainer(e), Trainer(e)
        first.parameters_after(stop)
        second.load_state_dict(first.state_dict())
        assert all(np.array_equal(second.parameters_after(8)[name], right[name]) for name in right)


def test_an_experiment_with_damage_survives_json_and_old_ones_are_valid():
    e = Experiment(damage={"no_carry": 1, "clamp_f": 0.25, "truncated": 3.0}, damage_from=20)
    assert list(e.damage.items()) == [("clamp_f", 0.25), ("no_carry", 1), ("truncated", 3)]
    assert Experiment.from_json(json.dumps(e.to_json())) == e and hash(json.dumps(e.to_json()))
    old = {field.name for field in dataclasses.fields(Experiment)} - {"damage", "damage_from"}
    assert Experiment.from_json({name: value for name, value in Experiment().to_json().items() if name in old}) == Experiment()


nan = float("nan")
BAD = [None, [], "no_carry", {"nonsense": 1}, {"constructor": 1}, {"clamp_f": 2}, {"clamp_f": -0.1}, {"clamp_f": nan}, {"clamp_f": "0"},
       {"clamp_g": -1.1}, {"no_carry": 0}, {"no_carry": 2}, {"no_carry": None}, {"truncated": 0}, {"truncated": 1.5},
       {"noise": -1}, {"dropped": 1.1}, {"longer": 0.5}, {"longer": 11}, {3: 1}, {"wrong_matrix": 1},
       {"clamp_f": 1, "no_forget_gate": 1}, {"coupled": 1, "no_input_gate": 1}, {"shared_bias": 1, "bias_i_from_f": 1}, {"clamp_o": True}]


@pytest.mark.parametrize("damage", BAD, ids=str)
def test_a_wrong_damage_is_refused_with_a_sentence(damage):
    with pytest.raises(InvalidInput) as refused:
        Experiment(damage=damage)
    assert refused.value.field == "damage" and str(refused.value).endswith(".") and len(str(refused.value)) < 600


def test_what_only_sizes_or_tasks_forbid():
    assert Experiment(damage={"wrong_matrix": 1}, hidden_size=2).damage == {"wrong_matrix": 1}
    with pytest.raises(InvalidInput, match="no more numbers"):
        OWN.replace(damage={"longer": 2})
    with pytest.raises(InvalidInput, match="1000|at most 2"):
        Experiment(length=500, damage={"longer": 3})
    for value in (-1, 0.5, "0", nan, True):
        with pytest.raises(InvalidInput) as refused:
            Experiment(damage_from=value)
        assert refused.value.field == "damage_from"


@pytest.mark.parametrize("name", GRADIENT)
def test_a_growing_gradient_ends_as_the_damaged_one(name):
    trace = run(LATCH.replace(input_size=4, gradient_of="loss", damage={name: DAMAGE[name].usual}))
    grown = growth(trace, 1).so_far
    for tensor, value in grown.items():
        assert distance(value, trace.arrays[f"{tensor}_grad"]) < 1e-13, tensor
    total = {tensor: sum(growth(trace, t).step[tensor] for t in range(1, 11)) for tensor in grown}
    assert all(distance(total[tensor], grown[tensor]) < 1e-13 for tensor in grown)


def total(term):
    return sum(map(total, term.parts)) if term.parts else float(np.prod([factor.value for factor in term.factors]))


def parameter_value(trace, operand):
    return float(trace.arrays[operand.quantity][operand.index])


SEVERAL = [{"peepholes": 1, "coupled": 1}, {"full_recurrence": 1, "coupled": 1, "no_gate_slope": 1}, {"truncated": 3, "peepholes": 1},
           {"rule_1997": 1, "no_carry": 1}, {"clamp_f": 0.3, "full_recurrence": 1, "truncated": 2}]


@pytest.mark.parametrize("damage", [*({name: rule.usual} for name, rule in DAMAGE.items()), *SEVERAL], ids=lambda d: "+".join(d))
def test_every_number_of_a_damaged_network_is_explained_and_adds_up(damage):
    trace = run(LATCH.replace(length=7, input_size=4, damage=damage, damage_from=3, updates=8, gradient_of="loss"))
    functions = {"": lambda v: v, r"\sigma": lambda v: 1 / (1 + np.exp(-v)), r"\tanh": np.tanh}
    for quantity in FORWARD_QUANTITIES + BACKWARD_QUANTITIES:
        T, width = trace.arrays[quantity].shape
        for t in (1, 3, T - 1, T):
            for unit in (1, width):
                told = explain(trace, quantity, t, unit)
                assert told.value == trace.arrays[quantity][t - 1, unit - 1]
                for line in told.lines:
                    if not line.terms and line.value:   # it is computed of nothing
                        assert quantity in held(trace), (quantity, t, unit)
                        continue
                    value = functions[line.function](sum(map(total, line.terms)))
                    assert abs(value - line.value) <= 1e-13 * max(1, abs(value)), (quantity, t, unit, line)
                    assert line.sources and not any(source.file == "py_lstm/cell.py" for source in line.sources) or not plainly_damaged(damage)
                    for operand in [factor for term in line.terms for part in (term.parts or (term,)) for factor in part.factors]:
                        if operand.index is not None:
                            assert operand.value == parameter_value(trace, operand)
                if told.lines:
                    assert told.lines[-1].value == told.value


def held(trace):
    return [gate for gate in "ifgo" if (trace.arrays[gate] == trace.arrays[gate][0, 0]).all()]


def plainly_damaged(damage):
    return any(DAMAGE[name].kind != "input" for name in damage)


def test_what_is_held_or_cut_says_so_and_by_which_line():
    line = explain(run(LATCH.replace(damage={"clamp_f": 0.25})), "f", 4, 2).lines[-1]
    assert line.equation == "f_t = 0.25" and line.value == 0.25 and line.terms == () and line.sources[-1].code.startswith('f[t] = held["f"]')
    assert line.sources[-1].file == "py_lstm/cells/variants.py"
    line = explain(run(LATCH.replace(damage={"no_carry": 1})), "dc_via_c", 4, 2).lines[-1]
    assert line.value == 0 and line.terms == () and "cancel" in line.equation and "through_cell" in line.sources[0].code
    line = explain(run(LATCH.replace(damage={"no_cell_slope": 1})), "dc_via_h", 4, 2).lines[-1]
    assert "tanh" not in line.equation and len(line.terms[0].factors) == 2


def test_a_damaged_training_branches_off_where_the_damage_begins():
    whole = Trainer(LATCH)
    whole.parameters_after(20)
    broken = LATCH.replace(damage={"shared_bias": 1}, damage_from=12)
    branch = whole.branch(broken)
    assert len(branch.losses) == 12
    right = Trainer(broken).parameters_after(20)
    assert all(np.array_equal(branch.parameters_after(20)[name], right[name]) for name in right)
    peepholes = LATCH.replace(damage={"peepholes": 1}, damage_from=12)
    assert len(whole.branch(peepholes).losses) == 0


@pytest.mark.parametrize("experiment", [Experiment("text_en", updates=20), Experiment(updates=0, scale=100), Experiment("wave", updates=40)],
                         ids=["a text, its units full after 20 updates", "weights a hundred times as large", "a wave"])
def test_no_block_of_a_network_that_nothing_is_wrong_with_is_called_wrong(experiment):
    """Where units are full a gradient has few digits; that is no mistake of whoever computes it."""
    trainer = Trainer(experiment)
    for steps, zero_states in ((None, False), (None, True), (3, True)):
        report = check_blocks(experiment, steps=steps, zero_states=zero_states, max_elements=6, trainer=trainer)
        assert report.right, str(report)


@pytest.mark.parametrize("damage", [{}, {"clamp_o": 0.5}, {"peepholes": 1}, {"no_carry": 1}], ids=lambda damage: "-".join(damage) or "none")
def test_a_damaged_network_reads_characters_by_their_numbers_as_a_whole_one_does(damage):
    """The Train room reads and writes texts with whatever network is on the page."""
    from py_lstm.reading.passage import joined, read
    whole = Network(5, 3, 5, rng=1)
    numbers = np.random.default_rng(0).integers(0, 5, 60)
    held = damaged(whole, damage)
    one_hot = held.forward(np.eye(5)[numbers][:, np.newaxis])
    assert np.array_equal(held.forward(numbers[:, np.newaxis]).y, one_hot.y)
    assert np.allclose(joined(list(read(held, numbers))).h, one_hot.steps.h[:, 0], rtol=0, atol=1e-15)
