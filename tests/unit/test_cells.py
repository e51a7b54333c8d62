"""Every cell in every network: what holds for one holds for all, and no cell is named but where it is compared with another one."""
import copy
import pickle

import numpy as np
import pytest

from py_lstm import (GRU, LSTM, RNN, Experiment, InvalidInput, Network, Trace, Trainer, check, explain, from_network, growth, link, reach, run,
                     sample, to_lstm)
from py_lstm.architecture import Architecture
from py_lstm.cells import CELLS, cell_named
from py_lstm.damage.checking import check_blocks
from py_lstm.reach import reach_in

BUILT = {"one": {}, "two layers": {"num_layers": 2}, "both directions": {"bidirectional": True},
         "two layers in both directions": {"num_layers": 2, "bidirectional": True}}


def experiment(cell, **fields):
    """A short one at weights that are not small, with states before the first step that are not 0."""
    plain = Experiment(cell=cell, **fields)
    states = {f"{name}[{k}]": (-1) ** k * (0.2 + 0.1 * n) for n, name in enumerate(plain.architecture.state_shapes()) for k in range(2)}
    return Experiment(cell=cell, length=6, updates=3, scale=1.5, gradient_of="loss", edits=states, **fields)


@pytest.mark.parametrize("built", BUILT)
@pytest.mark.parametrize("cell", CELLS)
def test_every_gradient_agrees_with_the_complex_step(cell, built):
    e = experiment(cell, **BUILT[built])
    report = check(e)
    names = {tensor.name for tensor in report.tensors}
    assert names == {*e.architecture.parameter_shapes(), *e.architecture.state_shapes(), "x"}
    assert report.right and max(tensor.relative_error for tensor in report.tensors) < 1e-11, str(report)
    # What has no effect on the loss would be checked by nothing; the stabiliser of an sLSTM has none by design.
    assert all(tensor.norm > 1e-6 for tensor in report.tensors if not tensor.name.startswith("m_0")), str(report)


@pytest.mark.parametrize("built", BUILT)
@pytest.mark.parametrize("cell", CELLS)
def test_a_trace_holds_what_the_architecture_names(cell, built):
    e = experiment(cell, **BUILT[built])
    trace = run(e)
    forward, backward = e.architecture.quantities()
    assert trace.quantities == (*forward, "y", "target", "dy", *backward) and len(set(trace.quantities)) == len(trace.quantities)
    again = Trace.from_json(trace.to_json())
    assert again.experiment == e and all(np.array_equal(again.arrays[name], value) for name, value in trace.arrays.items())
    for name in trace.quantities:
        assert len(trace.arrays[name]) == 6 and np.isfinite(trace.arrays[name]).all()
    for row in e.architecture.rows:                     # what a layer reads is what the one below has made
        below = [other for other in e.architecture.rows if other.layer == row.layer - 1]
        if below:
            h = np.concatenate([trace.arrays[f"h{other.ending}"] for other in below], axis=1)
            assert np.array_equal(trace.arrays[f"x{row.ending}"], h)
        for state in e.architecture.cell.states:
            assert np.array_equal(trace.before(f"{state}{row.ending}"), trace.arrays[f"{state}_0{row.ending}"])
    last = [row for row in e.architecture.rows if row.layer == e.num_layers - 1]
    h = np.concatenate([trace.arrays[f"h{row.ending}"] for row in last], axis=1)
    assert np.allclose(trace.arrays["y"], h @ trace.arrays["readout_weight"].T + trace.arrays["readout_bias"], rtol=0, atol=1e-15)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cell", CELLS)
def test_a_right_gradient_is_called_right_block_by_block(cell, seed):
    """Also where it is nearly 0 because terms cancel: what rounding leaves of them is no wrong gradient."""
    for gradient_of in ("loss", "output"):
        report = check_blocks(Experiment(cell=cell, hidden_size=2, length=5, updates=2, seed=seed, gradient_of=gradient_of, bidirectional=bool(seed % 2)))
        assert report.right and len(report.tensors) > 5, str(report)


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_the_task(cell):
    untrained, trained = (run(Experiment(cell=cell, updates=updates, hidden_size=8, length=12)) for updates in (0, 250))
    assert trained.loss < untrained.loss / 3 and trained.right == trained.counted


@pytest.mark.parametrize("built", BUILT)
@pytest.mark.parametrize("cell", CELLS)
def test_letters_are_what_their_one_hot_rows_are(cell, built):
    network = Network(5, 3, 2, cell=cell, rng=1, **BUILT[built])
    letters = np.random.default_rng(0).integers(0, 5, (7, 2))
    done, same = network.forward(letters), network.forward(np.eye(5)[letters])
    assert np.allclose(done.y, same.y, rtol=0, atol=1e-15)
    back, too = network.back(done, np.ones_like(done.y)), network.back(same, np.ones_like(done.y))
    assert back.gradients.keys() == too.gradients.keys()
    for name, value in back.gradients.items():
        assert np.allclose(value, too.gradients[name], rtol=0, atol=1e-13), name


@pytest.mark.parametrize("built", BUILT)
@pytest.mark.parametrize("cell, layer", [("lstm", LSTM), ("gru", GRU), ("rnn", RNN)])
def test_a_network_is_the_layer_of_that_name_and_a_readout(cell, layer, built):
    """The layers have PyTorch's interface, and are held against PyTorch in tests/parity."""
    network = Network(3, 4, 2, cell=cell, rng=5, **BUILT[built])
    x, dy = np.random.default_rng(2).normal(size=(6, 3, 3)), np.random.default_rng(3).normal(size=(6, 3, 2))
    one = layer(3, 4, **BUILT[built])
    parameters = {}
    for row in network.architecture.rows:
        for name in cell_named(cell, 4).shapes(1):
            theirs = f"_l{row.layer}{'_reverse' if row.reverse else ''}"
            value = network.parameters[name + row.ending]
            parameters |= {f"bias_ih{theirs}": value, f"bias_hh{theirs}": 0 * value} if name == "bias" else {name + theirs: value}
    one.load_state_dict(parameters)
    h = one(x)[0]
    done = network.forward(x)
    assert np.allclose(done.output, h, rtol=0, atol=1e-15)
    back = network.back(done, dy)
    dx = one.backward(dy @ network.parameters["readout_weight"])[0]
    assert np.allclose(back.dx, dx, rtol=0, atol=1e-14)
    for row in network.architecture.rows:
        theirs = f"_l{row.layer}{'_reverse' if row.reverse else ''}"
        for name in cell_named(cell, 4).shapes(1):
            their_gradient = one.grads[("bias_ih" if name == "bias" else name) + theirs]
            assert np.allclose(back.gradients[name + row.ending], their_gradient, rtol=0, atol=1e-13), name + row.ending


@pytest.mark.parametrize("cell", CELLS)
def test_a_network_is_used_twice_copied_and_goes_on_where_it_stood(cell):
    network, x = Network(2, 3, cell=cell, num_layers=2, rng=3), np.random.default_rng(1).normal(size=(8, 2, 2))
    first = network.forward(x)
    assert np.array_equal(network.forward(x).y, first.y)
    for other in (copy.copy(network), copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        assert np.array_equal(other.forward(x).y, first.y) and np.array_equal(other.predict(x), network.predict(x))
    begun = network.forward(x[:5])
    rest = network.forward_from(x[5:], network.states_after(begun))
    assert np.allclose(np.concatenate([begun.y, rest.y]), first.y, rtol=0, atol=1e-15)


@pytest.mark.parametrize("cell", [name for name in CELLS if name != "lstm"])
def test_a_baseline_is_trained_on_the_same_batches(cell):
    e = Experiment(damage={"noise": 1.0, "clamp_f": 0.5}, damage_from=0, edits={"weight_hh[0,0]": 1}, forget_bias=3, length=8, updates=4)
    other = e.baseline(cell)
    assert other == Experiment(cell=cell, length=8, updates=4, forget_bias=3 if "forget_bias" in other.architecture.cell.first_biases else 1)
    assert np.array_equal(other.batch(3).x, e.undamaged_batch(3).x) and not np.array_equal(other.batch(3).x, e.batch(3).x)
    trainer = Trainer(other)
    trainer.parameters_after(4)
    assert len(trainer.losses) == 4 and reach_in(trainer, run(e.replace(damage={}, damage_from=None))).shape == (8,)
    for _ in range(2):                                  # a branch is the same training
        assert trainer.branch(updates=2).parameters_after(4)["readout_weight"] == pytest.approx(trainer.parameters["readout_weight"], abs=0)


OTHERS = [{"cell": "gru"}, {"num_layers": 2}, {"bidirectional": True}]


@pytest.mark.parametrize("fields", OTHERS)
def test_what_knows_one_layer_of_the_lstm_refuses_any_other_network(fields):
    trace = run(Experiment(updates=0, length=5, **fields))
    for told in (lambda: explain(trace, "h", 3, 1), lambda: explain(trace, "dh", 3, 1), lambda: growth(trace, 2), lambda: reach(trace, 1)):
        with pytest.raises(InvalidInput, match="one layer of the LSTM") as refused:
            told()
        assert refused.value.field == "trace"


@pytest.mark.parametrize("built", BUILT)
def test_weights_of_lstm_layers_go_out_whole(built):
    network = Network(2, 3, 2, rng=4, **BUILT[built])
    for k, state in enumerate(network.states.values()):
        state[:] = np.arange(3) / 10 - 0.1 * k
    weights, x = from_network(network), np.random.default_rng(1).normal(size=(6, 2, 2))
    lstm = to_lstm({name: value for name, value in weights.items() if not name.startswith("readout")})
    y = lstm(x)[0] @ weights["readout_weight"].T + weights["readout_bias"]
    assert np.allclose(y, network.forward(x).y, rtol=0, atol=1e-14)


def test_weights_that_no_layout_can_say_are_refused():
    with pytest.raises(InvalidInput, match="cell gru"):
        from_network(Network(2, 3, cell="gru"))
    with pytest.raises(InvalidInput, match="weight_gg"):
        from_network(Trainer(Experiment(damage={"full_recurrence": 1}, damage_from=0)).network)


def test_who_reads_from_the_end_cannot_go_on_writing():
    with pytest.raises(InvalidInput, match="bidirectional=False"):
        sample(Trainer(Experiment("text_en", bidirectional=True)), "the ", 3)
    written = "".join(sample(Trainer(Experiment("text_en", cell="gru", num_layers=2, hidden_size=8)), "the ", 30, rng=1))
    assert len(written) == 30


@pytest.mark.parametrize("layer", [LSTM, GRU, RNN])
def test_every_gradient_is_an_array_of_its_own(layer):
    """Whoever clips them one after the other in place must not clip one twice."""
    one = layer(2, 3, num_layers=2)
    output = one(np.ones((4, 2, 2)))[0]
    one.backward(output)
    values = list(one.grads.values())
    assert not any(np.shares_memory(value, other) for k, value in enumerate(values) for other in values[:k])


@pytest.mark.parametrize("fields", OTHERS)
def test_damage_to_the_cell_is_for_one_layer_of_the_lstm(fields):
    with pytest.raises(InvalidInput, match=rf"damage names clamp_f.*{next(iter(fields))}") as refused:
        Experiment(damage={"clamp_f": 0.5}, **fields)
    assert refused.value.field == "damage" and refused.value.code == "cell"
    assert Experiment(damage={"noise": 0.5, "longer": 2}, **fields).steps == 48


@pytest.mark.parametrize("fields, name", [({"cell": "elman"}, "cell"), ({"cell": 3}, "cell"), ({"num_layers": 0}, "num_layers"),
                                          ({"num_layers": 9}, "num_layers"), ({"bidirectional": 1}, "bidirectional"),
                                          ({"bidirectional": "yes"}, "bidirectional")])
def test_what_is_no_network_is_refused_by_its_field(fields, name):
    with pytest.raises(InvalidInput) as refused:
        Experiment(**fields)
    assert refused.value.field == name
    if name != "num_layers" or fields[name] == 0:
        with pytest.raises(InvalidInput):
            Network(2, 3, **fields)


@pytest.mark.parametrize("cell", CELLS)
def test_a_link_says_the_network(cell):
    e = Experiment(cell=cell, num_layers=2, bidirectional=True)
    text = link.encode(e)
    assert Experiment(**link.decode(f"#{text}").experiment) == e
    assert ("cell=" in text) == (cell != "lstm") and "num_layers=2&bidirectional=true" in text


def test_places_are_found_by_their_names():
    built = Architecture(cell_named("gru", 3), 2, num_layers=12, bidirectional=True)
    assert built.place_of("z_r_l11_reverse") == ("z_r", built.rows[-1])
    assert built.place_of("weight_ih_l1") == ("weight_ih", built.rows[2]) and built.place_of("h_0_reverse") == ("h_0", built.rows[1])
    for name in ("y", "readout_weight", "f", "h_l12", "h_l0", "", "l1", "_l1"):
        assert built.place_of(name) is None, name


@pytest.mark.parametrize("wrong", ["missing", "shape", "nan"])
def test_parameters_that_do_not_fit_are_refused_by_name(wrong):
    network = Network(2, 3, cell="gru", num_layers=2)
    if wrong == "missing":
        del network.parameters["weight_hh_l1"]
    else:
        network.parameters["weight_hh_l1"] = np.ones((9, 4)) if wrong == "shape" else np.full((9, 3), np.nan)
    with pytest.raises(InvalidInput) as refused:
        network.forward(np.ones((4, 1, 2)))
    assert refused.value.field == "weight_hh_l1"
