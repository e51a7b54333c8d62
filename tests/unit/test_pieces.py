"""An update done in pieces: the same numbers, nothing changed before the last one, and none of them long."""
import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Trainer, contraction, pieces
from py_lstm.cells import CELLS
from py_lstm.damage import damaged
from py_lstm.losses import unchecked
from py_lstm.network import Network
from py_lstm.pieces import whole

LARGE = Experiment("adding", input_size=2, hidden_size=8, length=30, batch_size=6)
TEXT = Experiment("text_en", hidden_size=8, length=30, batch_size=4)
DAMAGED = LARGE.replace(damage={"no_carry": 1}, damage_from=0)


@pytest.fixture(params=[True, False], ids=["with BLAS", "row by row"])
def small_pieces(monkeypatch, request):
    monkeypatch.setattr(pieces, "PIECE", 10_000)
    monkeypatch.setattr(contraction, "HAS_BLAS", request.param)


def assert_same(ours, theirs):
    """Equal but for the last bits: BLAS may sum arrays that lie elsewhere in memory in another order."""
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        assert np.abs(ours[name] - value).max() <= 1e-12 * max(np.abs(value).max(), 1e-30), name


def in_pieces(trainer):
    """One update, and after how many pieces it was made."""
    count = 1
    while (progress := trainer.piece()) is None:
        count += 1
    return progress, count


LEARNERS = {"adding": lambda: Trainer(LARGE), "text": lambda: Trainer(TEXT), "damaged": lambda: Trainer(DAMAGED),
            "rnn": lambda: Trainer(LARGE.replace(hidden_size=24).baseline("rnn")), "gru": lambda: Trainer(LARGE.baseline("gru"))}


@pytest.fixture(params=LEARNERS)
def learner(request):
    """Makes one that learns, anew each time."""
    return LEARNERS[request.param]


def state(learner):
    """All that an update changes."""
    if isinstance(learner, Trainer):
        return learner.state_dict()
    return {**{name: value.copy() for name, value in learner.parameters.items()}, **learner.optimizer.state_dict(),
            "losses": np.array(learner.losses), "gradient_norms": np.array(learner.gradient_norms), "scores": np.array(learner.scores),
            "rates": np.array([learner.optimizer.learning_rate, learner.optimizer.weight_decay])}


def test_pieces_lead_to_the_same_numbers_as_an_update(small_pieces, learner):
    one, other = learner(), learner()
    for k in range(1, 4):
        progress, count = in_pieces(one)
        assert progress == pytest.approx(other.update(), rel=1e-9) and progress.update == k and count > 5
    ours, theirs = state(one), state(other)
    for name in theirs:                                 # Adam divides by small numbers
        assert np.abs(ours[name] - theirs[name]).max() <= 1e-9, name


@pytest.mark.parametrize("built", [{}, {"num_layers": 2}, {"bidirectional": True}], ids=["one", "two layers", "both directions"])
@pytest.mark.parametrize("cell", CELLS)
def test_any_network_in_pieces_equals_it_at_once(monkeypatch, cell, built):
    found = []
    for piece in (2**40, 2_000):
        monkeypatch.setattr(pieces, "PIECE", piece)
        network, x = Network(2, 8, 1, cell=cell, rng=2, **built), np.random.default_rng(1).normal(size=(30, 6, 2))
        for k, value in enumerate(network.states.values()):
            value[:] = 0.1 * (k + 1)
        work, count = network.recorded_lesson(x, unchecked("squared_error", np.ones((30, 6, 1)))), 1
        while True:
            try:
                next(work)
                count += 1
            except StopIteration as ended:
                lesson = ended.value
                break
        found.append({**lesson.gradients, "y": lesson.y, "loss": np.asarray(lesson.loss)})
        assert count == 1 if piece > 2_000 else count > 4
    assert_same(*found)


def test_a_state_that_overflows_is_named_by_the_step_of_the_whole_sequence(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 2_000)
    network, x = Network(1, 4, cell="mingru"), np.zeros((40, 2, 1))
    network.parameters["weight_ih"][4:], network.parameters["bias"][:4] = 1e200, 50
    x[33] = 1e200
    with pytest.raises(InvalidInput) as refused:
        network.lesson(x, unchecked("squared_error", np.zeros((40, 2, 1))))
    assert refused.value.details["where"] == [33] and "step 34" in str(refused.value)


def test_what_is_in_pieces_equals_what_is_not(monkeypatch):
    for experiment in (LARGE, TEXT, DAMAGED):
        found = []
        for piece in (2**40, 10_000):
            monkeypatch.setattr(pieces, "PIECE", piece)
            found.append(Trainer(experiment).slope(1).gradients)
        assert_same(*found)


def test_nothing_changes_before_the_last_piece_and_an_update_finishes_what_is_under_way(small_pieces, learner):
    trainer, whole_one = learner(), learner()
    for _ in range(2):
        before = state(trainer)
        for _ in range(4):
            assert trainer.piece() is None
        assert all(np.array_equal(value, before[name]) for name, value in state(trainer).items())
        if isinstance(trainer, Trainer):                # another look at the same network
            trainer.slope(7)
        else:
            trainer.forward(LARGE.batch(7).x)
        assert trainer.update() == pytest.approx(whole_one.update(), rel=1e-9)
    assert trainer.losses == pytest.approx(whole_one.losses, rel=1e-9)


@pytest.mark.parametrize("piece", [5, 12], ids=["forward", "backward"])
def test_a_lesson_between_two_pieces_of_another_disturbs_neither(small_pieces, piece):
    network = Network(2, 8, rng=0)
    x, target = np.random.default_rng(1).normal(size=(2, 30, 6, 2)), np.zeros((30, 6, 1))
    loss = unchecked("squared_error", target)
    alone = [network.lesson(one, loss) for one in x]
    for _ in range(2):
        work = network.lesson_in_pieces(x[0], loss)
        for _ in range(piece):
            next(work)
        between, first = network.lesson(x[1], loss), whole(work)
        for found, expected in ((between, alone[1]), (first, alone[0])):
            assert found.loss == pytest.approx(expected.loss, rel=1e-12)
            assert_same(found.gradients, expected.gradients)


def test_a_damaged_lesson_takes_what_any_other_takes(small_pieces):
    network = Network(2, 8, rng=0)
    general, x = damaged(network, {}), np.random.default_rng(1).normal(size=(30, 6, 2))
    loss = unchecked("squared_error", np.zeros((30, 6, 1)))
    for given in (x, x.tolist()):
        assert_same(general.lesson(given, loss).gradients, network.lesson(given, loss).gradients)


def test_a_small_update_is_one_piece():
    assert in_pieces(Trainer(Experiment()))[1] == 1


def test_a_state_that_is_taken_over_ends_what_was_under_way(small_pieces):
    trainer, other = Trainer(LARGE), Trainer(LARGE)
    other.update()
    trainer.piece()
    trainer.load_state_dict(other.state_dict())
    assert trainer.update() == pytest.approx(other.update(), rel=1e-9)


def test_an_update_that_leaves_the_numbers_says_so_at_its_end_and_can_be_tried_again(small_pieces):
    trainer, said = Trainer(LARGE.replace(optimizer="sgd", learning_rate=1000, weight_decay=1000, clip_norm=1e9)), []
    for _ in range(2):
        with pytest.raises(InvalidInput) as refused:
            while True:
                in_pieces(trainer)
        said.append(refused.value.details["update"])
    assert said[0] == said[1] == len(trainer.losses) + 1
