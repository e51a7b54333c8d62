"""What a damage does: scores, memory, directions; another cell beside; and finding the bug."""

import numpy as np
import pytest

from py_lstm import TASKS, Experiment, InvalidInput, Trainer, gradient_check, squared_error
from py_lstm.damage import effect
from py_lstm.damage.puzzle import BASE, CHECKED, SUSPECTS, WATCHED, Measurement, Puzzle

LATCH = Experiment(updates=120, length=16)


@pytest.fixture(scope="module")
def trainer():
    trainer = Trainer(LATCH)
    trainer.parameters_after(120)
    return trainer


def test_a_held_gate_costs_the_score_and_a_damaged_gradient_does_not(trainer):
    def scored(**damage):
        e = LATCH.replace(damage=damage)
        return effect.score(e, effect.subject(e, trainer))

    whole = scored()
    assert whole.score > 0.95 and whole.sequences == 256
    assert scored(clamp_f=1).score < 0.85 and scored(clamp_f=0).score < 0.85 and scored(noise=1).score < 0.9
    assert scored(no_carry=1) == whole                  # the trained network is as it was
    x, target = TASKS["latch"].draw(np.random.default_rng([0, 2**32]), 16, 256)[:2]
    y = Trainer(LATCH).network.of(trainer.parameters_after(120)).forward(x).y
    assert whole.loss == squared_error(y, target)[0] and whole.score == np.mean((np.sign(y) == target)[target != 0])


def test_memory_is_measured_over_delays(trainer):
    whole = effect.memory(LATCH, effect.subject(LATCH, trainer))
    assert whole.over == "delay" and whole.score.shape == (64,) and whole.score[:12].min() > 0.95
    forgetful = LATCH.replace(damage={"clamp_f": 0})
    lost = effect.memory(forgetful, effect.subject(forgetful, trainer))
    assert lost.score[0] > 0.9 and abs(lost.score[3:].mean() - 0.5) < 0.1
    e = Experiment(task="wave", input_size=1, updates=0)
    assert effect.memory(e, effect.subject(e)).over == "step"
    own = Experiment(task="own", values=[1, 2, 3], updates=0)
    assert effect.memory(own, effect.subject(own)).score.shape == (2,) and effect.score(own, effect.subject(own)).sequences == 1


def test_where_the_answer_comes_at_the_end_memory_is_measured_over_lengths():
    """A step at which nothing is asked has no score, and none that looks like a perfect one."""
    e = Experiment("adding_2015").replace(hidden_size=2, length=10, updates=0)
    subject = effect.subject(e)
    over, held = effect.memory(e, subject)
    assert over == "length" and held.shape == (40,) and np.isfinite(held).sum() == 9
    for length in (2, 10, 40):
        drawn = e.about.sequences(np.random.default_rng([1, 2**32]), length, 256, 2)
        assert held[length - 1] == np.mean((subject.answer(drawn.x)[-1] - drawn.target[-1]) ** 2)
    for task in ("adding_1997", "temporal_order", "copy"):
        e = Experiment(task).replace(hidden_size=2, length=10, updates=0)
        over, held = effect.memory(e, effect.subject(e))
        assert over == "length" and np.nanmax(held) < 0.6, task


def test_of_strings_that_have_ended_no_step_is_scored():
    e = Experiment("reber").replace(hidden_size=2, updates=0)
    subject = effect.subject(e)
    over, held = effect.memory(e, subject)
    drawn = e.about.sequences(np.random.default_rng([1, 2**32]), 4, 256)
    y = subject.answer(drawn.x)
    for t in (0, 8, 12):
        asked = drawn.mask[t]
        legal = drawn.legal[t, asked]
        least = np.where(legal, y[t, asked], np.inf).min(axis=1)
        assert held[t] == np.mean(least > np.where(legal, -np.inf, y[t, asked]).max(axis=1)) and over == "string"
    assert len(held) == np.flatnonzero(drawn.mask.sum(axis=1) >= 10)[-1] + 1, "of a few strings there is no share"


def test_edits_are_measured_too(trainer):
    e = LATCH.replace(edits={"readout_bias[0]": 50})
    assert effect.score(e, effect.subject(e, trainer)).score < 0.7


def test_what_is_left_without_damage():
    e = LATCH.replace(damage={"longer": 2}, damage_from=3, output_step=30, edits={"x[20,0]": 1, "x[3,0]": 1, "bias[0]": 1})
    plain = effect.undamaged(e)
    assert plain.damage == {} and plain.damage_from is None and plain.output_step == 16 and set(plain.edits) == {"x[3,0]", "bias[0]"}


def test_a_falling_loss_proves_nothing():
    e = LATCH.replace(damage={"no_carry": 1}, damage_from=20, updates=100)
    trainer = Trainer(e)
    trainer.parameters_after(100)
    turns = dict(effect.direction(e, trainer, 40))
    assert len(turns) == 40 and all(abs(turns[k] - 1) < 1e-12 for k in turns if k <= 20)
    after = [turns[k] for k in turns if k > 20]
    assert max(after) < 0.999 and np.mean(after) > 0
    assert np.mean(trainer.losses[-5:]) < 0.5 * np.mean(trainer.losses[20:25])
    short = Trainer(e)
    for done in (0, 1, 7):                              # as often as there are updates, none twice
        short.parameters_after(done)
        assert [update for update, _ in effect.direction(e, short)] == list(range(1, done + 1))


def test_a_cosine():
    one, other = {"a": np.array([3.0, 0]), "b": np.array([4.0])}, {"a": np.array([0.0, 2]), "b": np.array([0.0])}
    assert effect.cosine(one, one) == pytest.approx(1) and effect.cosine(one, other) == 0
    assert effect.cosine(one, {name: -value for name, value in one.items()}) == pytest.approx(-1)
    assert effect.cosine(one, {name: 0 * value for name, value in one.items()}) == 1


@pytest.mark.parametrize("cell, size", [("rnn", 2 * 5 + 25 + 5 + 6), ("gru", 3 * (10 + 25 + 10) + 6)])
def test_a_rival_learns_from_the_same_batches(cell, size):
    e = LATCH.replace(hidden_size=5, damage={"noise": 1}, damage_from=0)
    rival, again = Trainer(e.baseline(cell)), Trainer(e.baseline(cell))
    assert rival.experiment.architecture.size == size
    x, target = LATCH.replace(hidden_size=5).batch(1)[:2]
    assert rival.update().loss == squared_error(Trainer(e.baseline(cell)).network.predict(x), target)[0]
    for _ in range(60):
        rival.update()
    for _ in range(61):
        again.update()
    assert rival.losses == again.losses and rival.losses[-1] < 0.8 * rival.losses[0]
    assert effect.score(LATCH, effect.Subject(rival.network.predict)).score > 0.5


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_a_rival_s_gradient_is_exact(cell, monkeypatch):
    e = Experiment(length=5, batch_size=3, hidden_size=4)
    rival, seen = Trainer(e.baseline(cell)), {}
    before = {name: value.copy() for name, value in rival.network.parameters.items()}
    monkeypatch.setattr(rival.optimizer, "step", lambda parameters, gradients: seen.update(gradients) or parameters)
    rival.update()
    x, target = e.batch(1)[:2]

    def loss(values):
        rival.network.parameters = values
        return squared_error(rival.network.predict(x), target)[0]

    scale = max(1.0, np.sqrt(sum((g ** 2).sum() for g in seen.values())) / e.clip_norm)
    report = gradient_check(loss, before, {name: value * scale for name, value in seen.items()}, method="central", max_elements=8)
    assert max(tensor.relative_error for tensor in report.tensors) < 1e-6, str(report)


def test_a_rival_that_leaves_the_numbers_says_so():
    rival = Trainer(Experiment(optimizer="sgd", learning_rate=1000, weight_decay=1000).baseline("rnn"))
    with pytest.raises(InvalidInput) as refused:
        for _ in range(400):
            rival.update()
    assert refused.value.code == "diverged" and "RNN" in str(refused.value)
    with pytest.raises(InvalidInput, match="cell is 'elman'"):
        LATCH.baseline("elman")


# Find the bug -------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def base():
    trainer = Trainer(BASE)
    trainer.parameters_after(BASE.updates)
    return trainer


@pytest.fixture(scope="module")
def seeds(base):
    """A seed for every suspect."""
    found = {}
    for seed in range(2000):
        puzzle = Puzzle(seed, base)
        if found.setdefault(puzzle._answer, seed) == seed and len(found) == len(SUSPECTS):
            break
    return found


def test_every_suspect_can_be_chosen_proved_and_solved(base, seeds):
    assert set(seeds) == set(SUSPECTS)
    shared = Puzzle(0, base)
    for name, seed in seeds.items():
        puzzle = Puzzle(seed, base)
        puzzle.know(shared)
        *_, series = puzzle.fewest()
        assert series and puzzle.answer is None
        for measurement in series:
            puzzle.measure(measurement._asdict())
        assert puzzle.possible() == (name,)
        verdict = puzzle.guess(name)
        assert verdict.right and verdict.proven and verdict.measurements == len(series) and puzzle.answer == name


def test_what_is_shown_of_a_check_is_what_rules_out(base, seeds):
    """The complex step that the visitor sees and the comparison that judges suspects agree on every block."""
    for name, seed in seeds.items():
        puzzle = Puzzle(seed, base)
        for steps, zero, whats in ((2, True, ("weight_ih", "weight_hh")), (4, False, ("bias", "states", "x"))):
            for what in whats:
                m = Measurement("check", what, steps, zero)
                shown = puzzle.measure(m._asdict())["blocks"]
                assert {block["name"]: block["right"] for block in shown} == puzzle._outcome(name, m), (name, m)


def test_measurements_count_once_and_a_lucky_guess_is_no_proof(base, seeds):
    puzzle = Puzzle(seeds["no_carry"], base)
    for _ in range(2):
        puzzle.measure({"kind": "score"})
        puzzle.measure({"kind": "watch", "what": "f"})
    assert len(puzzle.measurements) == 2
    wrong = puzzle.guess("noise")
    assert not wrong.right and not wrong.proven and wrong.wrong_guesses == 1 and puzzle.answer is None and "noise" not in wrong.possible
    lucky = puzzle.guess("no_carry")
    assert lucky.right and not lucky.proven and len(lucky.possible) > 5


def test_an_absolute_tolerance_passes_what_a_relative_one_finds(base, seeds):
    puzzle = Puzzle(seeds["no_carry"], base)
    blocks = puzzle.measure({"kind": "check", "what": "weight_hh", "steps": 8, "zero_states": True, "scale": 1e-4})["blocks"]
    assert any(not block["right"] and block["absolute"] for block in blocks)


def test_a_gradient_that_is_missing_altogether_passes_no_absolute_tolerance(base, seeds):
    """Of 0 in the place of a number of usual size, the size of the 0 says nothing."""
    blocks = {block["name"]: block for block in Puzzle(seeds["no_carry"], base).measure({"kind": "check", "what": "states", "steps": 1})["blocks"]}
    assert blocks["c_0"]["norm"] == 0 and not blocks["c_0"]["right"] and not blocks["c_0"]["absolute"]


@pytest.mark.parametrize("given", [None, [], "score", {}, {"kind": "look"}, {"kind": "check"}, {"kind": "check", "what": "f"},
                                   {"kind": "watch", "what": "weight_ih"}, {"kind": "check", "what": "x", "steps": 0}, {"kind": "score", "more": 1},
                                   {"kind": "check", "what": "x", "steps": 9}, {"kind": "check", "what": "x", "scale": 0},
                                   {"kind": "check", "what": "x", "zero_states": 1}], ids=str)
def test_a_measurement_that_cannot_be_made(base, given):
    puzzle = Puzzle(1, base)
    with pytest.raises(InvalidInput):
        puzzle.measure(given)
    assert puzzle.measurements == []
    with pytest.raises(InvalidInput):
        puzzle.guess("nobody")
    for seed in (-1, 0.5, None, "1"):
        with pytest.raises(InvalidInput):
            Puzzle(seed, base)


def test_names_of_what_can_be_measured():
    assert all(Measurement.of({"kind": "watch", "what": what}).what == what for what in WATCHED)


def test_a_path_is_gone_again_with_the_same_results(base, seeds):
    first = Puzzle(seeds["no_carry"], base)
    shown = [first.measure(given) for given in ({"kind": "score"}, {"kind": "watch", "what": "x"}, {"kind": "check", "what": "x", "steps": 3},
                                                {"kind": "check", "what": "weight_hh", "steps": 4, "zero_states": True},
                                                {"kind": "check", "what": "bias", "steps": 2, "scale": 1e-4})]
    first.guess("noise")
    shown.append(first.measure({"kind": "check", "what": "states", "steps": 8, "zero_states": True, "scale": 0.5}))
    path = ";".join(first.path)
    assert path == "score;x;x:3;weight_hh:4:zero;bias:2:0.0001;not:noise;states:8:zero:0.5"
    for _ in range(2):                                  # twice in a row: nothing is left over
        second = Puzzle(seeds["no_carry"], base)
        assert list(second.follow(path)) == shown
        assert second.measurements == first.measurements and second.wrong_guesses == ["noise"] and second.path == first.path
        assert second.possible() == first.possible() and second.answer is None
    list(second.follow("not:no_carry"))
    assert not second.solved, "the right one is for whoever has the link"


@pytest.mark.parametrize("step", ["nothing", "f:3", "x:0", "x:9", "x:", "x:2:one", "x:2:zero:0", "x:2:zero:1:2", "x:2:nan", "not:nobody", "not:", "score:1", " "])
def test_a_path_that_cannot_be_gone_to_its_end(base, step):
    puzzle = Puzzle(1, base)
    with pytest.raises(InvalidInput, match="measured has .* no measurement") as refused:
        list(puzzle.follow("score;;f;" + step + ";i"))
    assert refused.value.field == "measured" and puzzle.path == ["score", "f"]
    with pytest.raises(InvalidInput, match="measured has 101 entries; give at most 100"):
        list(Puzzle(1, base).follow("score;" * 101))
