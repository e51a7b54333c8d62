"""An update done in pieces: the same numbers, nothing changed before the last one, and none of them long."""
import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Trainer, contraction, pieces
from py_lstm.damage import DamagedNetwork
from py_lstm.losses import unchecked
from py_lstm.network import Network
from py_lstm.pieces import whole

LARGE = Experiment("adding", input_size=2, hidden_size=8, length=30, batch_size=6)
TEXT = Experiment("text_en", hidden_size=8, length=30, batch_size=4)


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


@pytest.mark.parametrize("experiment", [LARGE, TEXT, LARGE.replace(damage={"no_carry": 1}, damage_from=0)])
def test_pieces_lead_to_the_same_numbers_as_an_update(small_pieces, experiment):
    one, other = Trainer(experiment), Trainer(experiment)
    for k in range(1, 4):
        progress, count = in_pieces(one)
        assert progress == pytest.approx(other.update(), rel=1e-9) and progress.update == k and count > 5
    ours, theirs = one.state_dict(), other.state_dict()
    for name in theirs:                                 # Adam divides by small numbers
        assert np.abs(ours[name] - theirs[name]).max() <= 1e-9, name


def test_what_is_in_pieces_equals_what_is_not(monkeypatch):
    for experiment in (LARGE, TEXT, LARGE.replace(damage={"no_carry": 1}, damage_from=0)):
        found = []
        for piece in (2**40, 10_000):
            monkeypatch.setattr(pieces, "PIECE", piece)
            found.append(Trainer(experiment).slope(1).gradients)
        assert_same(*found)


def test_nothing_changes_before_the_last_piece_and_an_update_finishes_what_is_under_way(small_pieces):
    trainer, whole_one = Trainer(LARGE), Trainer(LARGE)
    for _ in range(2):
        before = trainer.state_dict()
        for _ in range(4):
            assert trainer.piece() is None
        assert all(np.array_equal(value, before[name]) for name, value in trainer.state_dict().items())
        trainer.slope(7)                                # another look at the same network
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
    damaged, x = DamagedNetwork(network, {}), np.random.default_rng(1).normal(size=(30, 6, 2))
    loss = unchecked("squared_error", np.zeros((30, 6, 1)))
    for given in (x, x.tolist()):
        assert_same(damaged.lesson(given, loss).gradients, network.lesson(given, loss).gradients)


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
