"""What is said of a network and of runs side by side is true of the numbers on the screen, whichever they are."""


import numpy as np
import pytest
from lab import DEFAULTS, lab, live_tabs, shared_tab, follow, wait_until  # noqa: F401
from test_take_away import close, opened, table, take
from test_train import assert_same_curves, press, now

from py_lstm import Experiment, Trainer, run
from py_lstm.reach import reach_in

BY_HAND = {"bias[0]": -6, "bias[3]": 6, "weight_ih[0,1]": 12, "weight_ih[1,1]": -12, "weight_ih[2,0]": 3, "readout_weight[0,0]": 1.32}
HOMEWORK = {"hidden_size": 1, "scale": 0, "forget_bias": 6, "updates": 0, "edits": BY_HAND}


def trained(cell, done, **experiment):
    e = Experiment.from_json({**DEFAULTS, **experiment})
    one = Trainer(e.baseline(cell)) if cell else Trainer(e)
    while len(one.losses) < done:
        one.update()
    return one


@pytest.fixture
def room(lab):  # noqa: F811
    lab.set(updates=0, seed=79)
    lab.enter("train")
    lab.tab.locator(".trainbar").wait_for()
    lab.tab.get_by_label("Stop when").select_option("none")
    yield lab
    lab.tab.get_by_label("Compare with").select_option("none")


def choose(room, pair):
    room.tab.get_by_label("Compare with").select_option(pair)
    wait_until(room.tab, "lab.experiment.updates === 0 && lab.run().count === 0")


def test_what_stands_beside_takes_part_in_a_change_of_the_task_and_its_steps(room):
    choose(room, "cells")
    for change in ({"length": 12}, {"task": "recall"}, {"learning_rate": 0.05}):
        room.set(**change, updates=0)
    room.set(updates=15)
    now_on = {"seed": 79, "length": 12, "task": "recall", "learning_rate": 0.05}
    assert_same_curves(room.tab, 15, **now_on)
    for name, cell in (("beside0", "rnn"), ("beside1", "gru")):
        ours = room.tab.evaluate("name => lab.run(name)", name)
        assert np.max(np.abs(np.array(ours["loss"]) - trained(cell, 15, **now_on).losses)) < 1e-9
    assert {"RNN", "GRU"} <= set(room.tab.locator(".curves .end-label").all_text_contents())


def test_a_kept_run_stays_what_it_was(room):
    room.set(updates=15)
    room.tab.get_by_role("button", name="Keep this run").click()
    room.set(length=12, updates=0)
    room.set(updates=15)
    ours = room.tab.evaluate("lab.run('beside0')")
    assert np.max(np.abs(np.array(ours["loss"]) - trained(None, 15, seed=79).losses)) < 1e-9


@pytest.mark.parametrize("pair", ["cell", "seed"])
def test_a_pause_with_a_second_run_stops_at_the_end_of_both(room, pair):
    choose(room, pair)
    room.tab.locator(".trainbar select").select_option("quick")
    for _ in range(3):
        press(room.tab, "Train")
        done = room.experiment["updates"]
        wait_until(room.tab, "done => lab.experiment.updates > done + 20", arg=done)
        press(room.tab, "Pause training")
        wait_until(room.tab, "lab.wanted.updates === lab.experiment.updates && !document.querySelector('.engine.busy')")
        done = room.experiment["updates"]
        assert now(room.tab) == "update %d of %d" % (done, done)
    assert_same_curves(room.tab, done, seed=79)
    room.tab.locator(".trainbar select").select_option("full")


def test_the_csv_of_the_training_is_made_with_a_run_beside_it(room):
    choose(room, "cells")
    room.set(updates=10)
    opened(room)
    name, content = take(room, "curves")
    close(room.tab)
    rows = table(content)
    assert list(dict.fromkeys(row["run"] for row in rows)) == ["this run", "cell=rnn", "cell=gru"]
    for called, name in (("this run", "main"), ("cell=rnn", "beside0"), ("cell=gru", "beside1")):
        losses = [float(row["loss"]) for row in rows if row["run"] == called]
        assert losses == room.tab.evaluate("name => lab.run(name).loss", name) and len(losses) >= 10, called
    assert np.max(np.abs(np.array(losses) - trained("gru", len(losses), seed=79).losses)) < 1e-9


def test_where_clipping_did_nothing_it_is_said_and_where_it_does_something_is_one_click_away(room):
    choose(room, "clip")
    said = room.tab.locator(".compared[data-pair=clip]")
    room.set(updates=30)
    ours = trained(None, 30, seed=79)
    clipped = sum(norm > 1 for norm in ours.gradient_norms)
    wait_until(room.tab, "document.querySelector('.compared span')")
    text = said.text_content()
    assert ("No update reached the limit 1.00: clipping did nothing here." in text) == (clipped == 0)
    assert ("%d of 30 updates were clipped" % clipped in text) == (clipped > 0)
    said.get_by_role("button").click()
    wait_until(room.tab, "lab.experiment.task === 'adding' && lab.experiment.updates === 0")
    room.set(updates=300)
    fields = {name: room.experiment[name] for name in ("task", "optimizer", "learning_rate", "momentum", "seed", "length", "input_size")}
    assert fields == {"task": "adding", "optimizer": "sgd", "learning_rate": 1, "momentum": 0.9, "seed": 1, "length": 24, "input_size": 2}
    with_it, without = (trained(None, 300, **fields, clip_norm=limit) for limit in (1, 1e9))
    one, other = (np.mean(training.losses[-20:]) for training in (with_it, without))
    assert other > 5 * one, "the lesson is there"
    wait_until(room.tab, "document.querySelector('.compared')?.textContent.includes('updates were clipped')")
    text = said.text_content()
    assert "%d of 300" % sum(norm > 1 for norm in with_it.gradient_norms) in text
    assert "clipped %.3g" % one in text.replace("0 ", " ") or "clipped %#.3g" % one in text
    assert said.get_by_role("button").count() == 0


def test_forget_biases_are_compared_on_a_long_gap(room):
    choose(room, "bias")
    room.tab.locator(".compared[data-pair=bias] button").click()
    wait_until(room.tab, "lab.experiment.task === 'recall' && lab.experiment.length === 60")
    room.set(updates=130)
    early, late = (np.mean(trained(None, 130, task="recall", length=60, seed=79, forget_bias=bias).losses[-20:]) for bias in (1, 0))
    assert early < late / 1.5
    wait_until(room.tab, "document.querySelector('.compared span')?.textContent.includes('they differ')")
    assert "%#.3g" % early in room.tab.locator(".compared").text_content()


@pytest.mark.parametrize("updates, reaches", [(200, True), (2, False)])
def test_what_is_said_of_a_trained_rnn_fits_its_curve(lab, updates, reaches):  # noqa: F811
    lab.set(updates=updates)
    lab.enter("backward")
    lab.tab.locator(".reach > button").first.click()
    said = lab.tab.locator(".reach .compared")
    said.wait_for(timeout=60_000)
    trace = run(Experiment(updates=updates))
    after, before = (reach_in(trained("rnn", done), trace)[0] for done in (updates, 0))
    lstm = np.linalg.norm(trace.arrays["dc"], axis=1)[0]
    assert (after >= 0.1 * lstm) == reaches
    assert ("has learnt to hold as well" in said.text_content()) == reaches
    assert "10⁻⁸" in said.text_content() and before < 1e-7
    assert "same settings" in lab.tab.locator(".reach [data-rnn-loss]").text_content()


def test_over_a_long_gap_the_chart_is_what_is_seen_first_and_it_says_what_it_shows(lab):  # noqa: F811
    lab.enter("break")
    lab.tab.get_by_role("button", name="RNN and LSTM over a long gap").click()
    said = lab.tab.locator(".memory .compared")
    said.wait_for(timeout=120_000)
    assert lab.tab.locator(".memory, table.numbers").first.evaluate("one => one.className").startswith("panel memory")
    assert "Not broken, only tested on sequences 3" in lab.tab.locator(".break-caption").text_content()
    text = said.text_content()
    assert "From step" in text and "the RNN does no better than guessing" in text and "the LSTM does no better" not in text


def test_of_numbers_set_by_hand_the_page_says_so_and_what_learning_does_with_them(lab):  # noqa: F811
    lab.set(**HOMEWORK)
    assert lab.trace()["f"].shape[1] == 1 and lab.tab.locator("[data-value=right]").text_content() == "22 of 22"
    caption = lab.tab.locator(".caption").first
    assert "6 numbers are set by hand; nothing was learnt. Learn trains the network without them" in caption.text_content()
    assert "Training starts without these 6 numbers" in lab.tab.locator(".controls").text_content()
    lab.enter("train")
    lab.tab.locator(".trainbar").wait_for()
    assert lab.tab.locator(".curves .try").text_content().startswith("6 numbers are set by hand; nothing was learnt.")
    assert lab.tab.locator(".by-hand").text_content().startswith("6 numbers are set by hand in the picture below")
    lab.set(updates=3)
    assert np.allclose(lab.tab.evaluate("lab.run().loss"), trained(None, 3, **HOMEWORK).losses)
    lab.enter("forward")
    lab.set(updates=0, edits={"bias[0]": -6})
    assert caption.text_content().startswith("1 number is set by hand")
    lab.set(edits={})
    assert "as they were drawn" in caption.text_content()


def test_an_earlier_moment_of_a_run_is_called_that_in_every_room(lab):  # noqa: F811
    lab.set(updates=40, seed=4321)
    assert lab.tab.locator(".moment-note").all_text_contents() == []
    lab.enter("train")
    lab.tab.locator(".curves .scrub").fill("7")
    wait_until(lab.tab, "lab.experiment.updates === 7")
    for name in ("forward", "backward", "break"):
        lab.enter(name)
        assert "This is the network at update 7; its run goes on to update 40." in lab.tab.locator(".moment-note").text_content(), name
    lab.enter("forward")
    lab.set(updates=40)
    assert lab.tab.locator(".moment-note").count() == 0
