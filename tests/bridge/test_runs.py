"""The trainings behind the page: the same numbers whichever way one comes to a moment, and memory that stays flat."""
import json
import math
import sys

import numpy as np
import pytest

from py_lstm import Experiment, Trainer, moments, pieces, run
from py_lstm.pieces import whole
from web.build.paths import WEB

sys.path.insert(0, str(WEB / "python"))                 # where the modules beside bridge.py find one another

import bridge  # noqa: E402
import runs  # noqa: E402
import train_room  # noqa: E402
from runs import Run, Runs, Stop  # noqa: E402

SMALL = Experiment(length=5, hidden_size=2, updates=40, batch_size=4)
LOOK = {**bridge.FIRST_SELECTION, "room": "train"}


class Page:
    """What the worker and the page do with a bridge: ask in slices, and put the curves together from what is new of them."""

    def __init__(self):
        self.lab = bridge.Lab()
        self.curves = {}

    def run(self, experiment, milliseconds=10_000, **options):
        header, _ = self.lab.begin(experiment if isinstance(experiment, dict) else experiment.to_json(), options)
        frames = []
        while True:
            header, numbers = self.lab.advance(milliseconds, LOOK)
            if numbers is not None:
                json.dumps(header, allow_nan=False)
                frames.append(header)
                self.read = lambda entry: numbers[entry["start"]:entry["start"] + math.prod(entry["shape"])].reshape(entry["shape"])
                for name, head in header["curves"].items():
                    for kind in ("loss", "score", "norm", "loss_mean"):
                        before = self.curves.get((name, kind), np.zeros(0))[:head["from"]]
                        self.curves[name, kind] = np.concatenate([before, self.read(header["more"][f"{name}.{kind}"])])
                        assert len(self.curves[name, kind]) == head["count"]
            if header["finished"]:
                return frames


@pytest.fixture
def page():
    return Page()


def trained(experiment, updates=None):
    trainer = Trainer(experiment)
    trainer.parameters_after(experiment.updates if updates is None else updates)
    return trainer


def losses(page, name="main"):
    return page.curves[name, "loss"].tolist()


def test_pause_step_scrub_and_resume_give_the_curve_of_one_go(page):
    right = trained(SMALL, 60)
    for updates in (7, 8, 30, 3, 30, 31, 60):
        frames = page.run(SMALL.replace(updates=updates), milliseconds=0.01)
        assert frames[-1]["done"] and frames[-1]["experiment"]["updates"] == updates
        assert losses(page) == right.losses[:len(losses(page))]
        assert np.array_equal(page.read(frames[-1]["arrays"]["weight_hh"]), right.parameters_after(updates)["weight_hh"])
    assert losses(page) == right.losses and page.curves["main", "score"].tolist() == right.scores
    assert page.curves["main", "norm"].tolist() == right.gradient_norms


def test_a_moment_that_is_no_longer_kept_is_gone_to_again(page, monkeypatch):
    monkeypatch.setattr(moments, "LATELY", 4)
    monkeypatch.setattr(moments, "LONG_AGO", 4)
    page.run(SMALL.replace(updates=100))
    for updates in (77, 78, 79, 3, 55, 100, 54):
        frames = page.run(SMALL.replace(updates=updates), milliseconds=0.01)
        ours, theirs = page.read(frames[-1]["arrays"]["f"]), run(SMALL.replace(updates=updates)).arrays["f"]
        assert np.array_equal(ours, theirs)
        assert all(frame["experiment"]["updates"] == updates for frame in frames), "moments on the way were seen before"
        assert losses(page) == trained(SMALL, 100).losses


def test_going_on_from_an_earlier_moment_forgets_what_came_after_it(page):
    page.run(SMALL)
    frames = page.run(SMALL.replace(updates=12), **{"from": 10})
    assert losses(page) == trained(SMALL, 12).losses and frames[-1]["curves"]["main"]["count"] == 12


def test_where_a_run_is_cut_so_is_what_is_trained_beside_it_and_not_a_kept_run(page):
    """A pause: the page stands at an update that Python has gone beyond."""
    other, kept, cell = SMALL.replace(seed=5, updates=0), SMALL.replace(seed=6, updates=35), SMALL.to_json() | {"cell": "rnn", "updates": 0}
    beside = [other.to_json(), kept.to_json(), cell]
    page.run(SMALL, beside=beside)
    page.run(SMALL.replace(updates=31), beside=beside, **{"from": 31})
    assert [len(losses(page, name)) for name in ("main", "beside0", "beside1", "beside2")] == [31, 31, 40, 40]
    assert losses(page) == trained(SMALL, 31).losses and losses(page, "beside0") == trained(other, 31).losses


def test_a_change_in_the_middle_keeps_what_was_before_it(page):
    page.run(SMALL)
    changed = SMALL.replace(updates=50, changes={30: {"learning_rate": 0.001}})
    began = page.lab.runs.of(SMALL).trainer
    page.run(changed)
    assert losses(page)[:30] == began.losses[:30] and losses(page) == trained(changed).losses


def test_what_stands_beside_is_trained_as_far_and_told_apart(page):
    others = [SMALL.replace(seed=5), SMALL.replace(seed=6, updates=55)]
    frames = page.run(SMALL, beside=[other.to_json() for other in others])
    assert losses(page) == trained(SMALL).losses
    assert losses(page, "beside0") == trained(others[0], 40).losses
    assert losses(page, "beside1") == trained(others[1], 55).losses
    assert frames[-1]["finished"] and set(frames[-1]["curves"]) == {"main", "beside0", "beside1"}
    page.run(SMALL, beside=[])
    assert set(page.lab.curves.told) >= {"main"}


def test_what_stood_beside_is_told_as_a_whole_when_it_comes_back(page):
    """The page has let go of its curve meanwhile, and Python must not count on it."""
    other = SMALL.replace(seed=5, updates=0).to_json()
    for beside in ([other], [], [other]):
        frames = page.run(SMALL, beside=beside)
        page.curves = {(name, kind): values for (name, kind), values in page.curves.items() if name in frames[-1]["curves"]}
    assert losses(page, "beside0") == trained(SMALL.replace(seed=5)).losses


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_another_cell_is_trained_beside_on_the_same_batches(page, cell):
    for updates in (10, 40):                            # and goes on where it was
        frames = page.run(SMALL.replace(updates=updates), beside=[SMALL.to_json() | {"cell": cell, "updates": 0}, SMALL.replace(seed=5).to_json()])
    rival = Trainer(SMALL.baseline(cell))
    for _ in range(40):
        rival.update()
    assert losses(page, "beside0") == rival.losses and losses(page, "beside1") == trained(SMALL.replace(seed=5), 40).losses
    assert page.curves["beside0", "score"].tolist() == rival.scores and page.curves["beside0", "norm"].tolist() == rival.gradient_norms
    assert losses(page) == trained(SMALL).losses and frames[-1]["finished"]


def test_one_beside_that_runs_away_ends_its_own_curve_only(page):
    wild = SMALL.replace(learning_rate=1000, weight_decay=1000, optimizer="sgd", clip_norm=1e9, updates=0)
    frames = page.run(SMALL.replace(updates=400), beside=[wild.to_json(), wild.to_json() | {"cell": "rnn"}])
    assert frames[-1]["finished"] and losses(page) == trained(SMALL, 400).losses
    assert {name: head["ended"] for name, head in frames[-1]["curves"].items()} == {"main": False, "beside0": True, "beside1": True}
    assert all(0 < len(losses(page, name)) < 400 for name in ("beside0", "beside1"))


def test_many_cells_beside_leave_only_the_latest(page):
    for seed in range(runs.MOST_RUNS + 2):
        page.run(SMALL.replace(updates=2), beside=[SMALL.replace(seed=seed).to_json() | {"cell": "rnn", "updates": 0}])
    kept = [run.trainer.experiment for run in page.lab.runs.kept.values()]
    assert len(kept) == runs.MOST_RUNS and [e.cell for e in kept].count("lstm") == 1


def test_a_picture_is_made_in_pieces_and_one_that_is_given_up_loses_nothing(page):
    """A slice without time does one thing: an update, the way forward or back, the histograms, or what is told of them."""
    page.lab.begin(SMALL.to_json())
    answers = [page.lab.advance(0, LOOK) for _ in range(5)]
    assert [numbers is not None for _, numbers in answers] == [False, False, False, False, True]
    assert answers[-1][0]["curves"]["main"] == {"from": 0, "count": 1, "ended": False}
    explained = page.lab.explain(LOOK)[0]["explanation"]
    assert explained == answers[-1][0]["explanation"]
    while page.lab.picture is None:                     # the next one is begun
        assert page.lab.advance(0, LOOK)[1] is None
        assert page.lab.explain(LOOK)[0]["explanation"] == explained, "what is told belongs to the last picture"
    page.run(SMALL.replace(learning_rate=0.02, changes={30: {"learning_rate": 0.01}}))
    frames = page.run(SMALL)
    assert frames[-1]["curves"]["main"]["count"] == 40 and "spread" in frames[-1]
    assert np.array_equal(losses(page), trained(SMALL).losses)


@pytest.mark.parametrize("milliseconds", [0, 20])
def test_one_beside_is_trained_in_turns_with_the_first_however_long_an_update_takes(page, milliseconds):
    page.lab.begin(SMALL.replace(updates=400).to_json(), {"beside": [SMALL.replace(seed=5, updates=0).to_json()]})
    for _ in range(6):
        page.lab.advance(milliseconds, LOOK, picture=False)
    first, second = page.lab.runs.of(SMALL).done, page.lab.runs.of(SMALL.replace(seed=5)).done
    assert first > 0 and second > 0, "neither waits for the other"
    if not milliseconds:
        assert first == 3 and second == 3, "an update a slice, in turns"


@pytest.mark.parametrize("kind, value", [("loss", 0.3), ("score", 0.9)])
def test_a_stop_condition_stops_at_the_first_update_that_meets_it(page, kind, value):
    experiment = Experiment(updates=1000, hidden_size=3)
    frames = page.run(experiment, stop={"kind": kind, "value": value})
    stopped = frames[-1]["stopped"]
    right = trained(experiment, stopped["update"])
    series = right.losses if kind == "loss" else right.scores
    means = [np.mean(series[k - 10:k]) for k in range(10, len(series) + 1)]
    met = [mean <= value if kind == "loss" else mean >= value for mean in means]
    assert met == [False] * (len(met) - 1) + [True]
    assert stopped["kind"] == kind and stopped["reached"] == pytest.approx(means[-1]) and frames[-1]["done"]
    assert frames[-1]["experiment"]["updates"] == frames[-1]["wanted"] == stopped["update"] < 1000


@pytest.mark.parametrize("value, stopped", [(25, 25), (25.5, 26), (3, 11)])
def test_a_run_stops_at_the_number_of_updates_that_is_asked_for(page, value, stopped):
    page.run(SMALL.replace(updates=10))                 # where there are more already, it stops at the next
    frames = page.run(SMALL.replace(updates=1000), stop={"kind": "updates", "value": value})
    assert frames[-1]["stopped"] == {"kind": "updates", "value": value, "reached": stopped, "update": stopped}
    assert losses(page) == trained(SMALL, stopped).losses


def test_the_clock_stops_a_run_and_only_training_counts(monkeypatch):
    """By a clock of the test's own: an update takes a hundredth of a second on it."""
    now = [0.0]
    monkeypatch.setattr(runs, "perf_counter", lambda: now[0])
    page_run = Run(Trainer(SMALL))
    piece = page_run.trainer.piece                      # the whole update, which is a small one

    def timed():
        now[0] += 0.01
        return piece()

    page_run.trainer.piece = timed
    stop, slices = Stop("seconds", 0.055, False), 1
    while (reached := page_run.toward(100_000, now[0] + 0.019, stop)) is None:
        now[0] += 5                                     # a tab that sleeps trains nothing meanwhile
        slices += 1
    assert page_run.done == 6 and slices == 3
    assert reached == page_run.seconds == pytest.approx(0.06)


@pytest.mark.parametrize("stop", [None, {"kind": "loss", "value": 1e-9}])
def test_between_the_pieces_of_an_update_nothing_is_told_and_nothing_is_reached(monkeypatch, stop):
    monkeypatch.setattr(pieces, "PIECE", 500)
    monkeypatch.setattr(bridge, "REST", 0)
    page = Page()
    frames = page.run(SMALL.replace(updates=6), milliseconds=0, stop=stop)
    told = [frame["curves"]["main"]["count"] for frame in frames]
    assert told == sorted(set(told)) and told[-1] == 6
    assert losses(page) == pytest.approx(trained(SMALL, 6).losses, rel=1e-9)


@pytest.mark.parametrize("options", [{"stop": {"kind": "luck", "value": 1}}, {"stop": {"kind": "loss", "value": "x"}},
                                     {"beside": [{}] * 9}, {"beside": [{"hidden_size": 99}]}, {"beside": [{"cell": "elman"}]}, {"beside": 5}])
def test_options_that_make_no_sense_are_refused(options):
    answer, numbers = bridge.call("begin", json.dumps([{}, options]))
    assert "error" in json.loads(answer) and numbers is None


def test_a_checkpoint_goes_on_to_the_same_bits(page):
    changed = SMALL.replace(changes={20: {"learning_rate": 0.001}})
    page.run(changed)
    kept, numbers = page.lab.checkpoint()
    kept = json.loads(json.dumps(kept))
    other = Page()
    other.lab.restore(kept, numbers)
    other.run(changed.replace(updates=60))
    assert losses(other) == trained(changed, 60).losses and other.curves["main", "score"].tolist() == trained(changed, 60).scores
    other.run(changed.replace(updates=11))
    assert np.array_equal(other.read(other.run(changed.replace(updates=11))[-1]["arrays"]["c"]), run(changed.replace(updates=11)).arrays["c"])


def test_a_checkpoint_takes_the_place_of_a_run_that_went_further(page):
    """A new Python knows the default run from when the page was built, which a visitor may be in the middle of."""
    page.run(SMALL)
    kept, numbers = page.lab.checkpoint()
    other = Page()
    other.run(SMALL.replace(updates=55))
    for _ in range(2):
        other.lab.restore(kept, numbers)
        other.run(SMALL)
        assert losses(other) == losses(page)


def test_a_damaged_checkpoint_is_refused_in_words():
    class Buffer:
        def to_py(self):
            return np.zeros(4)
    kept = {"experiment": SMALL.to_json(), "entries": {"losses": {"shape": [4], "start": 0}}, "seconds": 1}
    answer, _ = bridge.call("restore", json.dumps([kept]), Buffer())
    assert json.loads(answer)["error"]["code"] == "missing"


def test_a_run_that_leaves_the_numbers_says_where_and_keeps_what_was_before():
    lab = bridge.Lab()
    wild = SMALL.replace(learning_rate=1000, weight_decay=1000, optimizer="sgd", clip_norm=1e9, updates=500)
    lab.begin(wild.to_json())
    with pytest.raises(bridge.InvalidInput) as refused:
        while True:
            lab.advance(1000, LOOK)
    update = refused.value.details["update"]
    assert refused.value.code == "diverged" and set(refused.value.details) >= {"tensor", "norm", "remedy", "got"}
    page = Page()
    page.lab = lab
    frames = page.run(wild.replace(updates=min(update - 1, 5)))
    assert frames[-1]["done"] and len(losses(page)) == update - 1


def test_the_histograms_count_every_weight_and_every_gradient():
    trainer = trained(Experiment(updates=30))
    header, arrays = whole(train_room.spread(trainer, 30))
    sizes = [value.size for value in trainer.parameters_after(30).values()]
    assert arrays["weights"].sum(axis=1).tolist() == sizes == arrays["gradients"].sum(axis=1).tolist()
    assert header["limit"] >= max(np.abs(value).max() for value in trainer.parameters_after(30).values())
    ahead = trained(Experiment(updates=31), 31)
    assert header["norm"] == pytest.approx(ahead.gradient_norms[30], rel=1e-12)
    edges = np.linspace(-header["limit"], header["limit"], train_room.WEIGHT_BINS + 1)
    bias = trainer.parameters_after(30)["bias"]
    row = list(trainer.parameters_after(30)).index("bias")
    assert arrays["weights"][row].tolist() == [np.sum((bias >= low) & ((bias < high) | (high == edges[-1]))) for low, high in zip(edges, edges[1:])]


def test_the_running_mean_is_that_of_the_last_twenty():
    trainer, curves = trained(SMALL, 50), train_room.Curves()
    expected = [np.mean(trainer.losses[max(0, k - train_room.SMOOTH):k]) for k in range(1, 51)]
    _, first = curves.since("main", trainer)
    assert first["main.loss_mean"] == pytest.approx(expected, rel=1e-12)
    trainer.parameters_after(73)
    head, more = curves.since("main", trainer)
    assert head == {"from": 50, "count": 73} and len(more["main.loss"]) == 23
    assert more["main.loss_mean"][-1] == pytest.approx(np.mean(trainer.losses[-20:]), rel=1e-12)


def test_many_runs_leave_only_the_latest():
    runs = Runs()
    for seed in range(40):
        runs.of(SMALL.replace(seed=seed)).toward(3, math.inf)
    assert len(runs.kept) == 12
    assert runs.of(SMALL.replace(seed=39)).done == 3 and runs.of(SMALL.replace(seed=0)).done == 0


def test_where_memory_ends_one_sentence_says_so_and_what_was_trained_is_still_there(page, monkeypatch):
    monkeypatch.setattr(bridge, "lab", page.lab)
    page.run(SMALL)
    page.run(SMALL.replace(seed=9))
    trained = page.lab.run

    def full(self):
        raise MemoryError

    with monkeypatch.context() as small:
        small.setattr(Trainer, "piece", full)
        bridge.call("begin", json.dumps([SMALL.replace(batch_size=4096).to_json()]))
        answer, numbers = bridge.call("advance", json.dumps([1000, LOOK]))
    error = json.loads(answer)["error"]
    assert (error["code"], numbers) == ("memory", None) and "smaller batch" in error["message"]
    assert list(page.lab.runs.kept.values()) == [trained], "what takes memory is given back"
    page.run(SMALL.replace(seed=9, updates=50))
    assert page.lab.run.done == 50 and len(trained.trainer.losses) >= 40
