"""The Train room: a run on the screen is the run of py_lstm, however one comes to its moments, and it survives a dead Python and a reload."""
from urllib.parse import quote

import numpy as np
import pytest
from lab import DEFAULTS, KEPT_UPDATES, Lab, difference, follow, lab, live_tabs, shared_tab, wait_until  # noqa: F401
from lab import in_cpython as in_cpython_trace

from py_lstm import TASKS, Experiment, InvalidInput, Trainer

# Rounding in WebAssembly and natively differs in the last bit, which a training carries on; measured 1e-15 at update 200.
BOUND = 1e-9


def in_cpython(updates, **experiment):
    trainer = Trainer(Experiment.from_json({**DEFAULTS, **experiment}))
    trainer.parameters_after(updates)
    return trainer


def assert_same_curves(tab, updates, name="main", **experiment):
    ours, theirs = tab.evaluate("name => lab.run(name)", name), in_cpython(updates, **experiment)
    assert ours["count"] == updates
    for kind, values in (("loss", theirs.losses), ("norm", theirs.gradient_norms), ("score", theirs.scores)):
        assert np.max(np.abs(np.array(ours[kind]) - values)) <= BOUND, kind


@pytest.fixture
def room(lab):
    lab.set(updates=0, seed=77)
    lab.enter("train")
    lab.tab.locator(".trainbar").wait_for()
    lab.tab.get_by_label("Stop when").select_option("none")
    lab.tab.locator(".trainbar .by select").select_option("full")
    return lab


def written(number):
    """A number of Python's as the page writes it: 2.02e+156 as 2.02 × 10¹⁵⁶."""
    digits, power = ("%.2e" % float(number)).split("e")
    return "%s × 10%s" % (digits, "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(int(power))))


def now(tab):
    return tab.locator(".trainbar .now").text_content()


def press(tab, name):
    tab.locator(".trainbar").get_by_role("button", name=name, exact=True).click()


def test_every_task_is_drawn_before_anything_is_trained(room):
    """Bars and letters of the example are the sequence that py_lstm draws for the experiment on the screen."""
    tab = room.tab
    for task in ("adding", "latch", "adding_1997", "reber", "copy", "temporal_order", "text_zh"):
        room.set(**Experiment(task).to_json() | {"updates": 0})
        example = tab.locator(".example[data-task=%s]" % task)
        example.wait_for()
        drawn, about = Experiment(task).example(), TASKS[task]
        said = example.get_by_role("img").get_attribute("aria-label")
        if not about.symbols:
            for row, values, kept in (("reads", drawn.x[:, 0, 0], drawn.x[:, 0, 0] != 0), ("right", drawn.target[:, 0, 0], drawn.mask[:, 0])):
                bars = example.locator("g.%s rect" % row).evaluate_all("all => all.map(({ dataset: { t, value } }) => [Number(t), Number(value)])")
                wanted = [(t + 1, value) for t, value in enumerate(values) if kept[t] and value != 0]
                assert np.allclose(bars, wanted, rtol=0, atol=1e-12), (task, row)
            assert example.locator(".mark").count() == said.count("\u25bc") == int((drawn.x[:, 0, 1] == 1).sum())
            continue
        letters = example.locator(".reads").all_text_contents()
        read = [about.inputs[k] for k in drawn.x[:, 0].argmax(axis=1)]
        assert letters[0] == read[0] and set(letters) - set("\u00b7\u25b8\u21b5\u2423") <= set(read)
        if len(read) <= 26 and task == "reber":
            assert letters == read
        if task == "temporal_order":
            assert [letter for letter in letters if letter in "XY"] == [letter for letter in read if letter in "XY"]
            assert example.locator(".right").all_text_contents() == [about.outputs[int(drawn.target[-1, 0])]]


def test_a_run_is_the_run_of_cpython_with_pauses_steps_and_scrubbing(room):
    tab = room.tab
    press(tab, "+10 updates")
    wait_until(tab, "lab.experiment.updates === 10")
    press(tab, "Train")
    wait_until(tab, "lab.run().count >= 25")
    press(tab, "Pause training")
    wait_until(tab, "lab.experiment.updates >= 10 && lab.wanted.updates === lab.experiment.updates")
    paused = room.experiment["updates"]
    tab.locator(".curves .scrub").fill("7")
    wait_until(tab, "lab.experiment.updates === 7")
    assert now(tab).startswith("update 7 of")
    assert np.max(np.abs(room.trace()["weight_hh"] - in_cpython(7, seed=77).parameters_after(7)["weight_hh"])) <= BOUND
    on = max(100, paused + 40)                              # how far it came before the click depends on the machine
    tab.evaluate("updates => lab.set({updates})", on)
    assert tab.evaluate("lab.run().count") >= on
    assert_same_curves(tab, tab.evaluate("lab.run().count"), seed=77)


@pytest.mark.parametrize("way", ["forward", "backward", "link"])
def test_weights_and_gradients_are_told_of_whichever_way_one_comes_in(lab, way):  # noqa: F811
    """A picture made for another room does not bring them along: "Asking Python" stood there for ever."""
    tab, ahead = lab.tab, in_cpython(38, seed=78)
    lab.set(updates=37, seed=78)
    if way == "link":
        follow(tab, "room=train&updates=37&seed=78")
    else:
        lab.enter(way)
        lab.enter("train")
    rows = tab.locator(".spread .spread-rows")
    rows.wait_for()
    assert rows.locator(".bars.weights").count() == rows.locator(".bars.gradients").count() == 5
    said = rows.locator(".whole").text_content()
    assert "%.3g" % ahead.gradient_norms[37] in said, said


def test_back_to_the_start_leads_to_the_same_curve_again(room):
    tab = room.tab
    press(tab, "+10 updates")
    wait_until(tab, "lab.experiment.updates === 10")
    first = tab.evaluate("lab.run()")
    press(tab, "Back to the start")
    wait_until(tab, "lab.experiment.updates === 0 && lab.run().count === 0")
    tab.evaluate("lab.train({until: 10})")
    again = tab.evaluate("lab.run()")
    assert all(first[kind][:10] == again[kind] for kind in ("loss", "score", "norm"))
    assert_same_curves(tab, 10, seed=77)


def test_a_moment_that_is_gone_back_to_is_the_one_of_every_room(room):
    tab = room.tab
    tab.evaluate("lab.set({updates: 30})")
    tab.locator(".curves .scrub").fill("7")
    wait_until(tab, "lab.experiment.updates === 7")
    right = in_cpython_trace({"updates": 7, "seed": 77})
    for name in ("forward", "backward", "break", "train"):
        room.enter(name)
        assert room.experiment["updates"] == 7 and difference(room.trace(), right) <= BOUND, name
    assert tab.evaluate("lab.run().count") == 30, "and the run is still there"


def test_what_is_read_under_a_resting_pointer_is_what_is_there_now(room):
    """The axis grows under it; playground#198."""
    tab = room.tab
    tab.evaluate("lab.set({updates: 40})")
    ground = tab.locator(".curves .ground").bounding_box()
    tab.mouse.move(ground["x"] + ground["width"] / 2, ground["y"] + 40)

    def read():
        return tab.locator(".curves .reading").text_content()

    wait_until(tab, "document.querySelector('.curves .reading').textContent.startsWith('update 40:')")       # of an axis to 100, as far as there is one
    for updates, under in ((120, 100), (350, 250)):     # the axis goes to 200, to 500
        tab.evaluate("updates => lab.set({updates})", updates)
        wait_until(tab, "update => document.querySelector('.curves .reading').textContent.startsWith(`update ${update}:`)", arg=under)
        run = tab.evaluate("lab.run()")
        assert "loss %.3g" % run["loss"][under - 1] in read().replace("0, ", ", ") or "loss %#.3g" % run["loss"][under - 1] in read()
        line = tab.locator(".curves .pointed").evaluate("line => line.getBoundingClientRect().x")
        assert abs(line - ground["x"] - ground["width"] / 2) < 2
    tab.mouse.move(0, 0)


def test_keys_train_pause_and_scrub(room):
    tab = room.tab
    tab.locator(".trainbar .primary").focus()
    tab.keyboard.press("Enter")
    wait_until(tab, "lab.experiment.updates >= 12")
    tab.keyboard.press("Space")
    wait_until(tab, "lab.wanted.updates === lab.experiment.updates && document.querySelector('.trainbar .primary').getAttribute('aria-label') === 'Train'")
    shown = "updates => lab.experiment.updates === updates && Number(document.querySelector('.curves .scrub').value) === updates"
    stopped = room.experiment["updates"]
    wait_until(tab, shown, arg=stopped)
    scrub = tab.locator(".curves .scrub")
    scrub.focus()
    for key, updates in (("ArrowLeft", stopped - 1), ("ArrowLeft", stopped - 2), ("Home", 0), ("ArrowRight", 1)):
        tab.keyboard.press(key)
        wait_until(tab, shown, arg=updates)
    assert scrub.get_attribute("aria-valuetext") == now(tab) == "update 1 of %d" % tab.evaluate("lab.run().count")
    tab.locator(".trainbar").get_by_role("button", name="+1 update", exact=True).focus()
    tab.keyboard.press("Enter")
    wait_until(tab, "lab.experiment.updates === 2")


def test_the_axis_of_the_loss_is_logarithmic_or_linear(room):
    tab = room.tab
    tab.evaluate("lab.set({updates: 50})")
    axis = tab.get_by_label("Loss axis")

    def places():
        """Where the ticks of the loss stand, from its top."""
        return tab.evaluate("""[...document.querySelector('.curves .pane').querySelectorAll('.tick-label')].map((text) =>
            [text.textContent, Number(text.getAttribute('y'))])""")

    assert axis.input_value() == "log"
    logs = [float(name) for name, _ in places()]
    assert len(logs) > 1 and all(later == 10 * earlier for earlier, later in zip(logs, logs[1:]))
    axis.select_option("linear")
    wait_until(tab, "document.querySelector('.curves .pane .tick-label').textContent === '0'")
    (zero, bottom), *others = places()
    steps = {round((bottom - y) / float(name), 6) for name, y in others}
    assert float(zero) == 0 and len(steps) == 1, "as far from 0 as it is large"
    axis.select_option("log")


@pytest.mark.parametrize("pair, first, others", [("bias", {"forget_bias": 1}, [{"forget_bias": 0}]), ("clip", {"clip_norm": 1}, [{"clip_norm": 1e9}]),
                                                 ("seed", {}, [{"seed": 78}]), ("seeds", {}, [{"seed": seed} for seed in range(78, 83)])])
def test_pairs_are_trained_on_one_axis_each_as_by_itself(room, pair, first, others):
    """Several seeds are a band from the least of their running means to the greatest."""
    tab = room.tab
    tab.evaluate("lab.set({updates: 5})")
    wait_until(tab, "document.querySelector('.setup').textContent.includes('restarts the training')")
    tab.get_by_label("Compare with").select_option(pair)
    wait_until(tab, "lab.experiment.updates === 0 && lab.run().count === 0")
    tab.evaluate("lab.set({updates: 30})")
    assert_same_curves(tab, 30, **{"seed": 77, **first})
    for k, other in enumerate(others):
        assert_same_curves(tab, 30, "beside%d" % k, **{"seed": 77, **other})
    assert tab.locator(".curves .band.seeds").count() == (3 if len(others) > 1 else 0)
    assert tab.locator(".curves .curve-line:not(.main)").count() == (0 if len(others) > 1 else 3)
    tab.get_by_label("Compare with").select_option("none")
    wait_until(tab, "!document.querySelector('.curves :is(.band, .end-label.beside0)')")


def test_histograms_and_updates_per_second_are_shown(room):
    """What Python counts is drawn, tensor by tensor; the gradient is the one the next update begins with."""
    tab = room.tab
    tab.evaluate("lab.set({updates: 20})")
    trainer = in_cpython(21, seed=77)
    parameters = trainer.parameters_after(20)
    bars = tab.evaluate("[...document.querySelectorAll('.spread .bars')].map((bars) => [bars.classList[1], bars.querySelectorAll('rect').length])")
    assert [kind for kind, _ in bars] == ["weights", "gradients"] * len(parameters)
    limit = float(tab.locator(".spread .ends i").nth(2).text_content())
    for (_, drawn), value in zip(bars[::2], parameters.values()):
        assert drawn == np.count_nonzero(np.histogram(value, 32, (-limit, limit))[0])
    assert tab.locator(".spread .whole").text_content().endswith(": %#.3g" % trainer.gradient_norms[20])
    assert tab.locator(".trainbar .rate").text_content() == ""
    tab.evaluate("void lab.train()")
    wait_until(tab, "/^[\\d.]+ updates\\/s$/.test(document.querySelector('.trainbar .rate').textContent)")
    tab.evaluate("lab.halt()")


def test_the_pace_says_how_many_updates_come_with_a_picture(room):
    tab = room.tab
    speed = tab.locator(".trainbar .by select")
    try:
        for pace, each in (("steady", 1), ("quick", 10)):
            speed.select_option(pace)
            tab.evaluate("lab.set({updates: 0, seed: 80})")
            tab.evaluate("""() => { window.seen = []; new MutationObserver(() => window.seen.push([lab.experiment.updates, lab.wanted.updates]))
                .observe(document.querySelector('.trainbar .now'), { characterData: true, subtree: true, childList: true }); }""")
            press(tab, "Train")
            wait_until(tab, "updates => lab.experiment.updates >= updates", arg=5 * each)
            tab.evaluate("lab.halt()")
            shown, asked = (set(updates) for updates in zip(*tab.evaluate("window.seen")))
            assert {each * k for k in range(1, 5)} <= shown, pace       # a slow machine shows some on the way as well
            assert all(updates % each == 0 for updates in asked if updates <= 5 * each), pace
    finally:
        speed.select_option("full")


def test_a_change_of_the_learning_rate_goes_on_and_stands_in_the_link(room):
    tab = room.tab
    press(tab, "+10 updates")
    wait_until(tab, "lab.experiment.updates === 10")
    tab.locator("[data-field=learning_rate] input").fill("0.005")
    tab.keyboard.press("Enter")
    wait_until(tab, "Object.keys(lab.experiment.changes).length === 1")
    assert room.experiment["updates"] == 10 and room.experiment["learning_rate"] == 0.02
    press(tab, "+10 updates")
    wait_until(tab, "lab.experiment.updates === 20")
    wait_until(tab, "location.hash.includes('changes=10:learning_rate:0.005')")
    assert_same_curves(tab, 20, seed=77, changes={10: {"learning_rate": 0.005}})


def test_what_starts_the_run_again_begins_at_its_first_update(room):
    tab = room.tab
    press(tab, "+10 updates")
    wait_until(tab, "lab.experiment.updates === 10")
    assert "start the run again" in tab.locator(".controls").text_content()
    tab.locator("[data-field=forget_bias] input.number").fill("2")
    tab.keyboard.press("Enter")
    wait_until(tab, "lab.experiment.forget_bias === 2")
    assert room.experiment["updates"] == 0 and tab.evaluate("lab.run().count") == 0


def test_at_the_start_the_empty_chart_says_what_to_do_and_the_reading_keeps_its_line(room):
    tab = room.tab
    tab.evaluate("lab.set({seed: 790})")                 # of which nothing is known yet
    assert tab.locator(".curves .try").text_content() == "The network knows nothing yet. Press ▶ and watch."
    height = tab.locator(".curves").bounding_box()["height"]
    tab.evaluate("lab.set({updates: 30})")
    wait_until(tab, "lab.run().count === 30 && !document.querySelector('.curves .try')")
    assert tab.locator(".curves").bounding_box()["height"] == height
    assert tab.evaluate("[...document.querySelectorAll('.curves .reading')].every((line) => line.scrollWidth <= line.clientWidth)")


@pytest.mark.parametrize("lang, width", [("en", 1440), ("zh-CN", 1440), ("en", 390)])
def test_the_names_of_runs_stand_whole_inside_their_column(room, lang, width):
    tab = room.tab
    tab.set_viewport_size({"width": width, "height": 900})
    follow(tab, "room=train&lang=%s&updates=100&seed=78&beside=%s" % (lang, quote("forget_bias=-2|cell=rnn")))
    wait_until(tab, "document.querySelectorAll('.curves .end-label.beside1').length === 3 && lab.run().count === 100")
    assert tab.evaluate("document.documentElement.lang") == lang
    assert any(label.endswith("\u22122") for label in tab.locator(".curves .end-label").all_text_contents()), "a true minus"
    right = tab.locator("main").bounding_box()
    cut = tab.evaluate("""right => [...document.querySelectorAll('.curves text')].filter((text) => text.getBoundingClientRect().right > right)
        .map((text) => text.textContent)""", right["x"] + right["width"])
    assert cut == []


def test_a_stop_condition_says_that_it_stopped(room):
    tab = room.tab
    tab.get_by_label("Stop when").select_option("loss")
    tab.locator(".setup input.short").fill("0.95")
    tab.keyboard.press("Enter")
    press(tab, "Train")
    tab.locator(".event").wait_for()
    stopped = room.experiment["updates"]
    assert tab.locator(".event").text_content().startswith("Stopped at update %d:" % stopped)
    losses = in_cpython(stopped, seed=77).losses
    assert np.mean(losses[-10:]) <= 0.95


def test_a_kept_run_is_called_by_what_differs_however_large_that_is(room):
    tab = room.tab
    tab.evaluate("lab.set({updates: 3, seed: 7700})")
    tab.get_by_role("button", name="Keep this run").click()
    wait_until(tab, "document.querySelector('.curves .end-label.beside0') && lab.run('beside0').count === 3")
    for patch, name in (({"damage": {"no_carry": 1}}, "undamaged"), ({"damage": {}, "seed": 5}, "Seed 7700"), ({"seed": 7700, "task": "own", "values": [[0.5]] * 9}, "Latch: keep the marked sign, Your numbers")):
        tab.evaluate("patch => lab.set({...patch, updates: 2})", patch)
        wait_until(tab, "document.querySelector('.curves .end-label.beside0')")
        assert tab.locator(".curves .end-label.beside0").first.text_content() == name
    tab.get_by_label("Compare with").select_option("none")


@pytest.mark.parametrize("kind, value, told", [("score", "0.7", "Stopped at update %d: the mean score of the last 10 updates"), ("updates", "35", "Stopped at update 35: 35 updates"),
                                              ("seconds", "0.01", "Stopped at update %d: trained for")])
def test_every_stop_condition_stops_and_the_run_goes_on_from_there(room, kind, value, told):
    tab = room.tab
    tab.get_by_label("Stop when").select_option(kind)
    if kind == "updates":
        assert tab.locator(".setup input.short").input_value() == "100", "so many more than there are"
    tab.locator(".setup input.short").fill(value)
    tab.keyboard.press("Enter")
    press(tab, "Train")
    tab.locator(".event").wait_for()
    stopped = room.experiment["updates"]
    assert tab.locator(".event").text_content().startswith(told % stopped if "%d" in told else told)
    if kind == "score":
        assert np.mean(in_cpython(stopped, seed=77).scores[-10:]) >= 0.7
    tab.get_by_role("button", name="Continue", exact=True).click()     # and does not stop again at once, for what it has reached
    wait_until(tab, "stopped => lab.run().count > stopped + 5", arg=stopped)
    tab.evaluate("lab.halt()")
    assert tab.get_by_label("Stop when").input_value() == "none"
    assert_same_curves(tab, tab.evaluate("lab.run().count"), seed=77)


def test_a_stop_condition_is_heard_by_a_training_that_goes_on(room):
    tab = room.tab
    press(tab, "Train")
    wait_until(tab, "lab.experiment.updates > 20")
    tab.get_by_label("Stop when").select_option("seconds")
    tab.locator(".setup input.short").fill("0.001")
    tab.keyboard.press("Enter")
    wait_until(tab, "document.querySelector('.event')?.textContent.includes('trained for')")
    assert tab.locator(".trainbar .primary").get_attribute("aria-label") == "Train"


def test_what_is_typed_while_it_trains_is_not_taken_away(room):
    """Every picture of a training writes the fields anew."""
    tab = room.tab
    tab.get_by_label("Stop when").select_option("seconds")
    press(tab, "Train")
    wait_until(tab, "lab.experiment.updates > 5")
    for box, text in ((tab.locator(".setup input.short"), "9000.5"), (tab.locator("[data-field=learning_rate] input"), "0.005"), (tab.locator("[data-field=seed] input"), "123")):
        box.click()
        tab.keyboard.press("Control+A")
        before = tab.evaluate("lab.experiment.updates")
        tab.keyboard.type(text, delay=60)
        wait_until(tab, "before => lab.experiment.updates > before + 10", arg=before)
        assert box.input_value() == text
        tab.keyboard.press("Enter")
    wait_until(tab, "lab.experiment.seed === 123 && lab.experiment.learning_rate === 0.005")
    tab.evaluate("lab.halt()")
    tab.get_by_label("Stop when").select_option("none")


def test_another_pace_is_taken_by_a_training_that_goes_on(room):
    tab = room.tab
    speed = tab.locator(".trainbar .by select")
    press(tab, "Train")
    wait_until(tab, "lab.experiment.updates > 20")
    speed.select_option("slow")
    wait_until(tab, "lab.wanted.updates < lab.experiment.updates + 5")
    tab.wait_for_timeout(600)                           # what was under way may still be shown
    slow = room.experiment["updates"]
    tab.wait_for_timeout(1200)
    assert slow <= room.experiment["updates"] <= slow + 5
    speed.select_option("full")
    wait_until(tab, "updates => lab.experiment.updates > updates", arg=slow + 100)
    press(tab, "Pause training")
    wait_until(tab, "lab.wanted.updates === lab.experiment.updates")
    assert_same_curves(tab, tab.evaluate("lab.run().count"), seed=77)


def test_break_looks_at_the_moment_to_which_a_training_has_come(room):
    tab = room.tab
    press(tab, "Train")
    wait_until(tab, "lab.experiment.updates > 20")
    room.enter("break")
    tab.locator(".numbers:not(.waiting):not(.faded)").wait_for()
    done = room.experiment["updates"]
    assert room.wanted["updates"] == done > 20
    room.enter("train")
    assert tab.locator(".trainbar .primary").get_attribute("aria-label") == "Train" and now(tab).startswith("update %d of" % done)


def test_a_stop_condition_that_is_no_number_is_told_beside_it(room):
    tab = room.tab
    tab.get_by_label("Stop when").select_option("loss")
    box = tab.locator(".setup input.short")
    for value, told in (("soon", "no number"), ("-1", "between 0 and")):
        box.fill(value)
        tab.keyboard.press("Enter")
        press(tab, "Train")
        wait_until(tab, "told => document.querySelector('.setup .refusal').textContent.includes(told)", arg=told)
        assert tab.locator(".refusal:not(:empty)").count() == 1 and tab.locator(".setup .refusal").text_content().startswith("Where to stop")
        assert box.get_attribute("aria-invalid") == "true" and room.experiment["updates"] == 0
    box.fill("0.5")
    tab.keyboard.press("Enter")
    wait_until(tab, "document.querySelectorAll('.refusal:not(:empty)').length === 0")
    press(tab, "Train")
    tab.locator(".event").wait_for()


def test_what_ended_a_run_is_not_said_of_the_next(room):
    tab = room.tab
    tab.get_by_label("Stop when").select_option("updates")
    tab.locator(".setup input.short").fill("15")
    tab.keyboard.press("Enter")
    for field, of in (("seed", "stopped"), ("learning_rate", "diverged")):
        if of == "diverged":
            tab.get_by_label("Stop when").select_option("none")
            tab.evaluate("lab.set({optimizer: 'sgd', learning_rate: 1000, weight_decay: 1000, clip_norm: 1e9})")
        press(tab, "Train")
        tab.locator(".event button").first.wait_for()
        wait_until(tab, "document.querySelector('.trainbar .primary').getAttribute('aria-label') === 'Train' && lab.wanted.updates === lab.experiment.updates")
        assert ("diverged" in tab.locator(".event").text_content()) == (of == "diverged")
        tab.locator("[data-field=%s] input" % field).last.fill("1")
        tab.keyboard.press("Enter")
        wait_until(tab, "!/diverged|Stopped/.test(document.querySelector('.event')?.textContent)")


def test_an_rnn_is_trained_beside_the_lstm_on_one_axis(room):
    tab = room.tab
    tab.get_by_label("Compare with").select_option("cells")
    wait_until(tab, "lab.experiment.updates === 0 && lab.run().count === 0")
    tab.evaluate("lab.set({updates: 60})")
    for name, cell in (("beside0", "rnn"), ("beside1", "gru")):
        rival = Trainer(Experiment.from_json({**DEFAULTS, "seed": 77}).baseline(cell))
        for _ in range(60):
            rival.update()
        ours = tab.evaluate("name => lab.run(name)", name)
        for kind, values in (("loss", rival.losses), ("norm", rival.gradient_norms), ("score", rival.scores)):
            assert np.max(np.abs(np.array(ours[kind]) - values)) <= BOUND, kind
    assert_same_curves(tab, 60, seed=77)
    assert {"RNN", "GRU", "this run"} <= set(tab.locator(".curves .end-label").all_text_contents())
    wait_until(tab, "['cell=rnn', 'cell=gru', 'updates=60'].every((part) => decodeURIComponent(location.hash).includes(part))")
    tab.goto(tab.url)
    tab.reload()
    wait_until(tab, "window.lab && document.documentElement.dataset.engine === 'live'")
    tab.evaluate("lab.ready")
    assert tab.evaluate("lab.run('beside1').count") == 60
    tab.get_by_label("Compare with").select_option("none")
    wait_until(tab, "document.querySelectorAll('.curves .end-label.beside0').length === 0")


def test_the_clip_line_follows_a_change_in_the_middle(room):
    tab = room.tab
    tab.evaluate("lab.set({updates: 30, changes: {10: {clip_norm: 0.3}}})")
    wait_until(tab, "document.querySelectorAll('.curves .level.clip').length === 2")
    assert [float(v) for v in tab.evaluate("[...document.querySelectorAll('.curves .level.clip')].map((at) => at.dataset.value)")] == [1, 0.3]
    ends = tab.evaluate("[...document.querySelectorAll('.curves .level.clip')].map((at) => [Number(at.getAttribute('x1')), Number(at.getAttribute('x2'))])")
    assert ends[0][0] == 0 and ends[0][1] == ends[1][0] > 0
    assert_same_curves(tab, 30, seed=77, changes={10: {"clip_norm": 0.3}})


@pytest.mark.parametrize("task, metric", [("latch", "share of signs right"), ("adding", "mean squared error"), ("reber", "share of sequences without an error"),
                                          ("brackets", "share of scored steps right"), ("copy", "share of symbols recalled"), ("text_zh", "bits per character")])
def test_every_score_has_its_name_and_its_lines(room, task, metric):
    """The lines stand where the numbers of py_lstm are, on the score's own axis."""
    tab, about = room.tab, TASKS[task]
    tab.evaluate("fields => lab.set(fields)", {**Experiment(task).to_json(), "hidden_size": 4, "updates": 2})
    wait_until(tab, "metric => [...document.querySelectorAll('.curves .pane-title')].some((at) => at.textContent.startsWith(metric))", arg=metric)
    known = about.clueless(Experiment(task).length)
    for style, value in (("clueless", known), ("goal", about.goal)):
        assert abs(float(tab.locator(".curves .level.%s" % style).get_attribute("data-value")) - value) < 1e-12
        assert any("%.3g" % value in label for label in tab.locator(".curves .level-label").all_text_contents())
    assert metric in tab.locator(".goal-note").text_content() and ("Published" in tab.locator(".goal-note").text_content()) == (not about.published.startswith("none"))


def test_a_run_that_leaves_the_numbers_is_told_and_what_was_before_stays(room):
    tab = room.tab
    tab.evaluate("lab.set({optimizer: 'sgd', learning_rate: 1000, weight_decay: 1000, clip_norm: 1e9})")
    press(tab, "Train")
    tab.locator(".event.diverged button").first.wait_for()
    wait_until(tab, "document.querySelector('.event.diverged')?.textContent.includes('diverged')")
    told = tab.locator(".event.diverged").text_content()
    wild = Trainer(Experiment.from_json({**DEFAULTS, "seed": 77, "optimizer": "sgd", "learning_rate": 1000, "weight_decay": 1000, "clip_norm": 1e9}))
    with pytest.raises(InvalidInput) as refused:
        wild.parameters_after(100_000)
    facts = refused.value.details
    assert "Training diverged at update %d" % facts["update"] in told and "norm of " + written(facts["norm"]) in told
    assert "The learning rate %s is too large; try %s." % (facts["got"], facts["remedy"]) in told
    assert "gradient of" in told if facts["of"] == "gradient" else "gradient of" not in told
    wait_until(tab, "count => lab.run().count === count && lab.wanted.updates === lab.experiment.updates", arg=facts["update"] - 1)
    assert facts["update"] - 8 <= room.experiment["updates"] < facts["update"]
    told, stands = tab.locator(".event.diverged").text_content(), room.experiment["updates"]
    assert "at update %d" % facts["update"] in told and "All %d updates" % (facts["update"] - 1) in told
    assert ("The page shows the network of update %d:" % stands in told) == (stands < facts["update"] - 1)     # where and why, if not at the last
    assert tab.evaluate("lab.run().count") > 0
    tab.get_by_role("button", name="Stay at update").click()
    wait_until(tab, "lab.wanted.updates === lab.experiment.updates")
    assert tab.locator(".event.diverged").filter(has_text="diverged").count() == 0


def test_a_dead_python_goes_on_from_what_was_kept_and_a_reload_offers_it(live_tabs):
    tab = live_tabs("#room=train")
    tab.evaluate("lab.set({updates: 0})")
    tab.evaluate("void lab.train()")
    wait_until(tab, "lab.experiment.updates >= 30")     # the curve of before has more until the first picture
    tab.evaluate("lab.halt()")
    done = tab.evaluate("lab.experiment.updates")
    wait_until(tab, "done => (%s).then((kept) => kept >= done)" % KEPT_UPDATES, arg=done)
    kept = tab.evaluate(KEPT_UPDATES)
    tab.goto(tab.url.split("#")[0] + "#room=train")
    tab.reload()
    tab.get_by_role("button", name="Continue it").click(timeout=60_000)
    wait_until(tab, "kept => lab.experiment.updates === kept && lab.run().count === kept", arg=kept)
    assert_same_curves(tab, kept)
    tab.context.close()


def test_a_link_to_an_experiment_is_not_answered_with_an_old_run(live_tabs):
    tab = live_tabs("#room=train&hidden_size=2&updates=3")
    tab.wait_for_timeout(500)
    assert tab.get_by_role("button", name="Continue it").count() == 0 and Lab(tab).experiment["hidden_size"] == 2
    tab.context.close()


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_the_header_has_two_lines_and_the_pace_is_read_whole(live_tabs, width):
    tab = live_tabs("#room=train&updates=0", viewport={"width": width, "height": 740})
    assert tab.evaluate("new Set([...document.querySelectorAll('.top > :is(h1, .more, .engine, nav, .theme)')].map((one) => Math.round((one.getBoundingClientRect().top + one.getBoundingClientRect().bottom) / 40))).size") == 2
    left = tab.evaluate("""(() => { const pace = document.querySelector('.trainbar .by select'), style = getComputedStyle(pace), ruler = document.createElement('canvas').getContext('2d');
        ruler.font = style.font;
        const longest = Math.max(...[...pace.options].map((option) => ruler.measureText(option.text).width));
        return pace.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - longest; })()""")
    assert left >= 12, left  # for the arrow
    tab.context.close()


def test_on_a_phone_the_run_can_be_played_within_the_thumbs_reach(live_tabs):
    tab = live_tabs("#room=train&updates=0", viewport={"width": 390, "height": 844})
    for name in ("Back to the start", "Train", "+1 update"):
        box = tab.locator(".trainbar").get_by_role("button", name=name, exact=True).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] > 700, name
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    press(tab, "Train")
    wait_until(tab, "lab.run().count > 5")
    tab.evaluate("lab.halt()")
    tab.context.close()


def test_a_training_is_watched_update_by_update_and_stops_when_the_task_is_learnt(live_tabs):
    """As a visitor meets it, who has chosen neither a pace nor when it stops; what is learnt goes on when it is asked to."""
    tab = live_tabs("#room=train&updates=0")
    tab.evaluate("() => { window.seen = []; new MutationObserver(() => window.seen.push(lab.experiment.updates))"
                 ".observe(document.querySelector('.trainbar .now'), { characterData: true, subtree: true, childList: true }); }")
    tab.evaluate("() => { window.signs = []; new MutationObserver(() => window.signs.push(document.querySelector('.engine').textContent))"
                 ".observe(document.querySelector('header'), { characterData: true, subtree: true, childList: true }); }")
    press(tab, "Train")
    tab.locator(".event").wait_for()
    wait_until(tab, "!lab.busy")
    assert tab.evaluate("signs") == ["learning", "live"], "one sign for all of it, not one for each update"
    stopped = tab.evaluate("lab.experiment.updates")
    means = [np.mean(in_cpython(stopped).scores[k - 10:k]) for k in range(10, stopped + 1)]
    assert means[-1] >= TASKS["latch"].goal and all(mean < TASKS["latch"].goal for mean in means[:-1])
    assert set(range(1, stopped)) <= set(tab.evaluate("seen")), "one picture for each update"
    tab.get_by_role("button", name="Continue", exact=True).click()
    wait_until(tab, "stopped => lab.experiment.updates > stopped + 15", arg=stopped)
    press(tab, "Pause training")
    tab.get_by_label("Compare with").select_option("seed")     # runs to be compared do not stop when one of them has learnt
    wait_until(tab, "lab.experiment.updates === 0 && !document.querySelector('[data-field=stop] option[value=learnt]')")
    tab.get_by_label("Compare with").select_option("none")
    tab.evaluate("lab.set({updates: 200})")
    press(tab, "Learn again")
    wait_until(tab, "lab.experiment.updates > 0 && lab.experiment.updates < 30")
    press(tab, "Pause training")
    tab.watch.check()
    tab.context.close()
