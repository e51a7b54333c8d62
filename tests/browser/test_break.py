"""The Break room: every switch changes what is on the screen to what CPython says, and a bug can be found."""
import numpy as np
import pytest
from lab import DEFAULTS, SAME, Lab, difference, fragment_of, in_cpython, live_tabs, wait_until  # noqa: F401
from test_accessibility import violations
from test_picture import expected_colour

from py_lstm import Experiment, Trainer, run
from py_lstm.damage import DAMAGE, effect
from py_lstm.damage.checking import check_blocks
from py_lstm.damage.puzzle import BASE, Puzzle
from web.build.paths import MODULES

# Small, and with as many inputs as units, so that every rule applies and each takes a moment.
SMALL = {"length": 8, "hidden_size": 2, "updates": 4, "batch_size": 4}


@pytest.fixture(scope="module")
def tab(live_tabs):
    tab = live_tabs("#room=break&length=8&hidden_size=2&updates=4&batch_size=4")
    tab.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";undefined")
    yield tab
    tab.context.close()


@pytest.fixture
def lab(tab):
    tab.watch.problems.clear()
    page_lab = Lab(tab)
    page_lab.reset("room=break", **SMALL)
    yield page_lab
    tab.watch.check()


def experiment(**fields):
    return Experiment.from_json({**DEFAULTS, **SMALL, **fields})


def answered(lab, e):
    """Wait until all that is told belongs to the experiment and the table is full."""
    wait_until(lab.tab, "wanted => JSON.stringify(lab.experiment.damage) === JSON.stringify(wanted)", arg=e.to_json()["damage"])
    wait_until(lab.tab, """steps => document.querySelector('.numbers:not(.faded):not(.waiting)') && !document.querySelector('.one.faded')
        && document.querySelectorAll('.onset-table:not(.faded) thead th').length === steps + 3""", arg=min(8, e.steps - 1))


def number(tab, name):
    return float(tab.locator("[data-number='%s']" % name).get_attribute("data-value"))


def wrong_blocks(tab, steps="all"):
    return set(tab.evaluate("""steps => [...document.querySelectorAll('.onset-table tbody tr')].filter((row) =>
        row.querySelector(`[data-steps="${steps}"]`).dataset.right === "false").map((row) => row.dataset.block)""", str(steps)))


def height_of(tab, line, pane):
    """The values of a line's corners, read off the ticks of its linear axis."""
    ticks = tab.locator(pane).last.locator(".tick-label").evaluate_all("all => all.map((text) => [parseFloat(text.textContent.replace('−', '-')), Number(text.getAttribute('y'))])")
    (low, bottom), (high, top) = ticks[0], ticks[-1]
    drawn = [part.split(" ") for part in tab.locator(line).get_attribute("d").replace("L", "M").split("M")[1:]]
    return [low + (bottom - float(y)) / (bottom - top) * (high - low) for _, y in drawn]


@pytest.mark.parametrize("name", DAMAGE)
def test_a_switch_changes_the_screen_to_what_cpython_says(lab, name):
    switch = lab.tab.locator("[data-rule=%s] input[role=switch]" % name)
    switch.click()
    e = experiment(damage={name: DAMAGE[name].usual})
    answered(lab, e)
    assert switch.is_checked() and lab.experiment == e.to_json()
    assert difference(lab.trace(), in_cpython(e.to_json())) <= SAME
    trainer = Trainer(experiment())
    for of, one in (("before", experiment()), ("after", e)):
        right = effect.score(one, effect.subject(one, trainer))
        assert abs(number(lab.tab, "loss." + of) - right.loss) <= SAME * max(1, right.loss)
        assert number(lab.tab, "score." + of) == right.score
    report = check_blocks(e, zero_states=True, max_elements=6, trainer=trainer)
    assert wrong_blocks(lab.tab) == {block.name for block in report.tensors if not block.right}
    assert (name in ("noise", "dropped", "longer") or DAMAGE[name].kind == "gate") == (wrong_blocks(lab.tab) == set())
    switch.click()
    wait_until(lab.tab, "Object.keys(lab.experiment.damage).length === 0")


def test_the_table_says_from_when_on_a_gradient_is_wrong(lab):
    lab.set(damage={"no_carry": 1})
    e = experiment(damage={"no_carry": 1})
    for zero in (True, False):
        answered(lab, e)
        for steps in (1, 2, 4):
            right = {block.name: block.right for block in check_blocks(e, steps=steps, zero_states=zero, max_elements=3).tensors}
            wait_until(lab.tab, """([steps, wrong]) => [...document.querySelectorAll(`.onset-table [data-steps="${steps}"][data-right="false"]`)]
                .length === wrong""", arg=[steps, sum(not ok for ok in right.values())])
            assert wrong_blocks(lab.tab, steps) == {block for block, ok in right.items() if not ok}
        lab.tab.locator(".onset .states input").click()
    wait_until(lab.tab, "!document.querySelector('.onset .states input').checked")


def test_the_whole_sequence_has_one_column_however_short_it_is(lab):
    """Of 8 steps the first eight are all there are: one column for both, the one with the error beside it."""
    answered(lab, experiment())
    assert lab.tab.locator(".onset-table thead th").all_text_contents() == ["steps", *map(str, range(1, 9)), "error"]
    assert set(lab.tab.locator(".onset-table tbody tr").evaluate_all("rows => rows.map((row) => row.querySelectorAll('.cell[data-right]').length)")) == {8}


def test_a_value_is_typed_and_a_wrong_one_is_told(lab):
    lab.tab.locator("[data-rule=clamp_f] input[role=switch]").click()
    box = lab.tab.locator("[data-rule=clamp_f] .number")
    box.fill("0.25")
    box.press("Enter")
    wait_until(lab.tab, "lab.experiment.damage.clamp_f === 0.25")
    assert (lab.trace()["f"] == 0.25).all()
    box.fill("7")
    box.press("Enter")
    wait_until(lab.tab, "document.querySelector('[data-field=damage] .refusal')?.textContent")
    assert (lab.trace()["f"] == 0.25).all() and box.get_attribute("aria-invalid") == "true"
    lab.tab.locator(".repair").click()
    wait_until(lab.tab, "Object.keys(lab.experiment.damage).length === 0 && !document.querySelector('[data-field=damage] .refusal').textContent")


def test_the_sentence_says_where_a_damage_shows(lab):
    for damage, told in (({"clamp_f": 0.5}, "every gradient is right"), ({"noise": 0.5}, "The network is intact"), ({"no_carry": 1}, "The outputs are unchanged"),
                         ({"peepholes": 1}, "Nothing changes until you train on"), ({"clamp_f": 0.5, "noise": 0.5}, "Forget gate held at 0.5; Noise, standard deviation 0.5.")):
        lab.set(damage=damage)
        wait_until(lab.tab, "told => document.querySelector('.break-caption').textContent.includes(told)", arg=told)
    lab.set(damage={"no_carry": 1}, damage_from=0)
    wait_until(lab.tab, "document.querySelector('.break-caption').textContent.includes('in training too')")
    assert "The outputs are unchanged" not in lab.tab.locator(".break-caption").text_content()
    lab.set(damage={"longer": 2}, damage_from=None)
    wait_until(lab.tab, "document.querySelector('.train-on').textContent.includes('the training keeps its length')")


def test_before_and_after_have_one_scale(lab):
    """The same colour is the same number in both: the scale of c is that of the larger."""
    lab.set(length=24, updates=60, damage={"clamp_f": 1, "clamp_i": 1})
    most = max(abs(in_cpython({**SMALL, "length": 24, "updates": 60, "damage": damage})["c"]).max() for damage in ({}, {"clamp_f": 1, "clamp_i": 1}))
    assert most > 3
    wait_until(lab.tab, "most => document.querySelector('.one .ranges')?.textContent.includes('±' + most)", arg="%#.3g" % most)
    # A cell of the whole network, faint as its number is small beside the damaged one's.
    assert lab.tab.locator(".two figure").count() == 2 and lab.tab.locator(".pair:not(.inside) .legend").count() == 1


def test_a_sequence_too_long_to_stand_beside_another_stands_below_it_with_its_scales(lab):
    lab.set(length=24, damage={"longer": 3})
    wait_until(lab.tab, "document.querySelectorAll('.one canvas').length === 2 && document.querySelector('.two.stacked')")
    right = lab.tab.locator("main").bounding_box()
    scales = lab.tab.evaluate("""[...document.querySelectorAll('.one .ranges span')].filter((scale) => scale.textContent)
        .map((scale) => [scale.textContent, scale.getBoundingClientRect().right])""")
    assert scales and [text for text, end in scales if end > right["x"] + right["width"]] == []
    lab.set(damage={"clamp_f": 1})
    wait_until(lab.tab, "!document.querySelector('.two.stacked')")


def test_a_selection_that_moves_paints_neither_picture_again(lab):
    """One of 64 units and 200 steps takes a quarter of a second."""
    lab.set(damage={"no_carry": 1})
    answered(lab, experiment(damage={"no_carry": 1}))
    lab.tab.evaluate("""() => {
        window.plain = CanvasRenderingContext2D.prototype.clearRect;
        window.painted = 0;
        CanvasRenderingContext2D.prototype.clearRect = function (...box) { window.painted += 1; window.plain.apply(this, box); }; }""")
    try:
        places = set()
        for t in (3, 4):
            lab.select(quantity="c", t=t, unit=1)
            wait_until(lab.tab, "t => document.querySelector('.inspector data')?.dataset.place === `c,${t},1`", arg=t)
            places.add(lab.tab.evaluate("document.querySelector('#picture .selected').style.left"))
        assert len(places) == 2 and lab.tab.evaluate("window.painted") == 0
        lab.set(damage={})
        wait_until(lab.tab, "window.painted > 0")       # another trace is
    finally:
        lab.tab.evaluate("CanvasRenderingContext2D.prototype.clearRect = window.plain, undefined")


def test_a_set_up_brings_its_story_into_sight(lab):
    lab.tab.get_by_role("button", name="RNN and LSTM over a long gap").click()
    wait_until(lab.tab, "document.querySelector('.memory .curve-line.gru') && document.querySelector('.memory').getBoundingClientRect().top < innerHeight / 2")
    lab.tab.get_by_role("button", name="The gradient of hanbingtao’s tutorial").click()
    wait_until(lab.tab, "document.querySelector('.train-on .lesson') && document.querySelector('.train-on').getBoundingClientRect().top < innerHeight / 2")
    lab.tab.get_by_role("button", name="Forget gate stuck at 0").click()
    wait_until(lab.tab, "document.querySelector('.break-caption').getBoundingClientRect().top > 0 && lab.experiment.damage.clamp_f === 0")


def test_a_falling_loss_proves_nothing(lab):
    lab.set(updates=40, damage={"no_carry": 1})
    lab.tab.get_by_role("button", name="Train with it from the start").click()
    wait_until(lab.tab, "document.querySelector('.lesson')")
    e = experiment(updates=40, damage={"no_carry": 1}, damage_from=0)
    trainer = Trainer(e)
    trainer.parameters_after(40)
    right = list(effect.direction(e, trainer))
    wait_until(lab.tab, "count => Number(document.querySelector('[data-points]')?.dataset.points) === count", arg=len(right))
    told = height_of(lab.tab, ".train-on [data-points]", ".train-on .pane")
    assert len(told) == len(right) and max(abs(a - cosine) for a, (_, cosine) in zip(told, right)) < 0.005
    assert "%#.3g" % min(cosine for _, cosine in right) in lab.tab.locator(".lesson").text_content()
    assert lab.experiment["damage_from"] == 0
    lab.tab.get_by_role("button", name="Train on with it").click()
    wait_until(lab.tab, "lab.experiment.updates === 140")
    lab.tab.get_by_role("button", name="Damage it after training").click()
    wait_until(lab.tab, "lab.experiment.damage_from === null && !document.querySelector('.lesson')")


@pytest.mark.parametrize("damage", [{"clamp_f": 0}, {"peepholes": 1}, {"coupled": 1}])
def test_a_trained_network_is_trained_on_with_its_damage(lab, damage):
    """Beside it stands what it would have become without; the scores are those of both."""
    lab.set(updates=30, damage=damage)
    lab.tab.get_by_role("button", name="Train on with it").click()
    wait_until(lab.tab, "lab.experiment.updates === 130 && lab.experiment.damage_from === 30")
    e = experiment(updates=130, damage=damage, damage_from=30)
    answered(lab, e)
    for of, one in (("before", experiment(updates=130)), ("after", e)):
        trainer = Trainer(one)
        trainer.parameters_after(130)
        right = effect.score(one, effect.subject(one, trainer))
        wait_until(lab.tab, "([of, score]) => Number(document.querySelector(`[data-number='score.${of}']`).dataset.value) === score", arg=[of, right.score])
        assert abs(number(lab.tab, "loss." + of) - right.loss) < 1e-9
    assert difference(lab.trace(), in_cpython(e.to_json())) < 1e-9
    for names in (".numbers thead th", ".one figcaption", ".memory .end-label"):  # one network has one name
        assert sorted(lab.tab.locator(names).all_text_contents()) == ["damaged", "undamaged"]
    wait_until(lab.tab, "document.querySelector('.lesson')?.textContent.length > 20")


@pytest.mark.parametrize("fields, name", [({"damage": {"clamp_f": 0.5}}, "share of signs right"), ({"task": "adding_2015"}, "mean squared error (less is better)"),
                                          ({"task": "reber", "damage": {"clamp_i": 0}}, "share of sequences without an error")])
def test_how_far_memory_holds_is_what_cpython_says(lab, fields, name):
    """The curve's corners, which stand at every step or length that has a score."""
    e = Experiment.from_json({**Experiment(fields.get("task", "latch")).to_json(), **SMALL, **fields})
    lab.set(**e.to_json())
    answered(lab, e)
    wait_until(lab.tab, "document.querySelector('.memory .curve-line.after')")
    wait_until(lab.tab, "name => document.querySelector('.memory .pane-title').textContent === name && document.querySelector('.numbers tbody th').textContent === name", arg=name)
    held = effect.memory(e, effect.subject(e)).score
    places = [k + 1 for k, value in enumerate(held) if value == value]
    told = [height / (1 if "less" in name else 100) for height in height_of(lab.tab, ".memory .curve-line.after", ".memory .pane")]
    assert len(told) == len(places) and max(abs(a - held[place - 1]) for a, place in zip(told, places)) < 0.005 * max(1, max(held[p - 1] for p in places))
    assert (lab.tab.locator(".memory .level.trained").count() == 1) == (e.task != "reber")


def test_an_own_sequence_is_not_called_held_out(lab):
    e = experiment(task="own", values=[[0.1], [0.5], [0.9], [0.2], [0.3]], damage={"clamp_f": 0})
    lab.set(**e.to_json())
    answered(lab, e)
    wait_until(lab.tab, "document.querySelector('.memory .curve-line.after') && document.querySelector('.memory .note').textContent === 'The score at each step of your sequence.'")
    told = lab.tab.locator(".numbers").first.text_content()
    assert "the sequence it is trained on" in told and "held-out" not in told and lab.tab.locator(".memory .level.trained").count() == 0


def test_other_cells_are_trained_beside_it_and_shown_on_its_sequence(lab):
    lab.tab.get_by_role("button", name="Train an RNN and a GRU").click()
    lab.tab.locator(".inside .one canvas").nth(1).wait_for()
    # Their rows stand at different heights: each has its own letters and ends of scales, and nothing of them is cut off.
    assert lab.tab.locator(".inside .one").evaluate_all("all => all.map((one) => one.querySelector('.ranges').textContent)") == ["±1.00", "0–10–1±1.00±1.00"]
    assert lab.tab.locator(".inside .one").evaluate_all("all => all.every((one) => one.scrollWidth <= one.clientWidth)")
    for k, cell in enumerate(("rnn", "gru")):
        rival = Trainer(experiment().baseline(cell))
        for _ in range(4):
            rival.update()
        assert abs(number(lab.tab, "loss." + cell) - effect.score(experiment(), effect.Subject(rival.network.predict)).loss) < 1e-12
        h = run(experiment().baseline(cell)).arrays["h"]
        for t, unit in ((1, 1), (3, 2), (len(h), 1)):
            lab.select("h", t, unit)
            wait_until(lab.tab, "new Promise((done) => requestAnimationFrame(() => done(true)))")
            seen = lab.tab.locator(".inside .one").nth(k).evaluate("""one => {
                const { left, top, width, height } = one.querySelector('.selected').style;
                const middle = (start, size) => Math.round(parseFloat(start) + parseFloat(size) / 2);
                return [...one.querySelector('canvas').getContext('2d').getImageData(middle(left, width), middle(top, height), 1, 1).data].slice(0, 3); }""")
            assert np.abs(np.array(seen) - expected_colour(h[t - 1, unit - 1], 1, "light")).max() <= 3, (cell, t, unit)
    assert lab.tab.locator(".inside .letter .katex-mathml").count() == 3 + 6, "x, h, y and x, r, z, n, h, y"


def test_the_other_rooms_say_that_something_is_broken(lab):
    lab.set(damage={"clamp_i": 0.5})
    lab.tab.locator("header nav button", has_text="Forward").click()
    assert "Input gate held at 0.5" in lab.tab.locator(".damage-note").text_content()
    lab.select(quantity="i", t=3, unit=1)
    wait_until(lab.tab, "document.querySelector('.inspector')?.textContent.includes('i_t = 0.5')")
    told = lab.tab.locator(".inspector").text_content()
    assert "Held at this value at every step; nothing is computed." in told and lab.tab.locator(".inspector .rows").count() == 0
    lab.tab.locator(".damage-note button", has_text="Break").click()
    # Cells that were trained beside it are a pair of their own, kept while only the damage changes.
    lab.tab.locator(".pair:not(.inside)").wait_for()


def test_keys_work_the_switches_and_the_picture(lab):
    switch = lab.tab.locator("[data-rule=coupled] input[role=switch]")
    switch.focus()
    lab.tab.keyboard.press("Space")
    answered(lab, experiment(damage={"coupled": 1}))
    lab.tab.locator("#picture").focus()
    lab.tab.keyboard.press("Home")
    lab.tab.keyboard.press("ArrowRight")
    assert lab.tab.locator(".pair:not(.inside) .selected").count() == 2


def test_axe_finds_nothing_serious(lab):
    lab.set(damage={"no_carry": 1, "clamp_f": 0.5})
    answered(lab, experiment(damage={"no_carry": 1, "clamp_f": 0.5}))
    assert violations(lab.tab) == []
    for button in ("header button[lang]", "header button.theme"):
        lab.tab.locator(button).click()
        assert violations(lab.tab) == []
    lab.tab.locator("header button[lang]").click()
    lab.tab.locator("header button.theme").click()


# Find the bug -------------------------------------------------------------------------------------------------------

def test_a_bug_is_found_by_measuring_and_the_page_keeps_the_secret(lab):
    tab, seed = lab.tab, 7
    truth = Puzzle(seed, None)._answer
    tab.evaluate("location.hash = '#room=break&puzzle=%d'" % seed)
    tab.locator("[data-puzzle=count]").wait_for(timeout=60_000)
    assert lab.experiment["damage"] == {} and truth not in str(tab.evaluate("JSON.stringify([lab.experiment, lab.wanted])"))
    assert violations(tab) == []
    over = lambda: ("Start over" in tab.locator(".puzzle > .note").text_content(), tab.locator(".puzzle header button", has_text="Start over").count() == 1)
    assert over() == (False, False)                     # no word of a button that is not there
    puzzle = Puzzle(seed)
    puzzle.trainer.parameters_after(BASE.updates)
    *_, proof = puzzle.fewest()
    wrong = next(name for name in puzzle.possible() if name != truth)
    tab.locator("[data-suspect=%s]" % wrong).click()
    wait_until(tab, "document.querySelector('.tally')?.textContent.includes('1 wrong guess')")
    assert over() == (True, True)
    for m in proof:
        if m.kind == "check":
            tab.locator("[data-puzzle=tensor]").select_option(m.what)
            tab.locator("[data-puzzle=steps]").fill(str(m.steps))
            if tab.locator("[data-puzzle=given]").is_checked() == m.zero_states:
                tab.locator("[data-puzzle=given]").click()
            tab.locator("[data-puzzle=check]").click()
        elif m.kind == "watch":
            tab.locator("[data-puzzle=quantity]").select_option(m.what)
            tab.locator("[data-puzzle=watch]").click()
        else:
            tab.locator("[data-puzzle=score]").click()
    wait_until(tab, "count => document.querySelectorAll('.measurements li').length === count", arg=len(proof))
    shown = puzzle.measure(proof[0]._asdict())
    if proof[0].kind == "check":
        for block in shown["blocks"]:
            entry = tab.locator(".measurements li").first.locator("[data-block='%s']" % block["name"])
            assert (entry.get_attribute("data-right") == "true") == block["right"]
    assert tab.locator(".solved").count() == 0
    tab.locator("[data-suspect=%s]" % truth).click()
    tab.locator("[data-puzzle=fewest]").wait_for(timeout=60_000)
    assert "proved" in tab.locator(".solved").text_content()
    wait_until(tab, "location.hash.includes('puzzle=%d')" % seed)
    assert fragment_of(tab)["puzzle"] == str(seed)
    tab.locator(".puzzle header button", has_text="Leave").click()
    tab.locator(".pair").wait_for()


def told(tab):
    """All that is said of the measurements: their names, results and the full numbers behind them."""
    return tab.evaluate("""[...document.querySelectorAll('.measurements li')].map((entry) =>
        [entry.textContent, ...[...entry.querySelectorAll('[title]')].map((place) => place.title)])""")


def begun(tab, count):
    wait_until(tab, "count => document.querySelectorAll('.measurements li').length === count && document.querySelector('.tally')", arg=count)


def test_a_bug_is_found_by_keys_alone_and_the_focus_never_falls_out(lab):
    """Whatever goes when it is pressed hands the focus on, and what comes of it is said."""
    tab = lab.tab
    focus = "document.activeElement.closest('h2')?.textContent ?? document.activeElement.textContent"
    press = lambda selector, key="Enter": (tab.locator(selector).focus(), tab.keyboard.press(key))  # noqa: E731
    press(".rules .find")
    wait_until(tab, focus + ".startsWith('Find the bug no.')")
    tab.locator(".tally").wait_for()
    names = tab.locator("[data-puzzle=check], [data-puzzle=watch], [data-puzzle=score]").evaluate_all("all => all.map((button) => button.ariaLabel)")
    assert len(set(names)) == 3 and all(name.startswith("Measure: ") for name in names)
    tab.locator("[data-puzzle=tensor]").focus()
    tab.keyboard.press("ArrowDown")
    for _ in range(4):
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.locator("[role=log] .measurements li").wait_for()
    assert tab.evaluate(focus) == "Measure"
    answer = tab.locator("[data-suspect]")
    for name in answer.evaluate_all("all => all.map((button) => button.dataset.suspect)"):
        press("[data-suspect=%s]" % name)
        wait_until(tab, "name => document.querySelector(`[data-suspect=${name}]`).ariaDisabled === 'true'", arg=name)
        assert tab.evaluate("document.activeElement.dataset.suspect") == name
        told = tab.locator("[role=status] :is(.wrong-guess, .solved b)")
        wait_until(tab, "document.querySelector('[role=status] :is(.wrong-guess, .solved)')")
        if told.inner_text().startswith("Found: "):
            break
    tab.locator("[data-puzzle=fewest]").wait_for()
    assert answer.evaluate_all("all => all.every((button) => button.ariaDisabled === 'true')")
    press(".solved button")
    wait_until(tab, focus + ".startsWith('Find the bug no.')")
    tab.locator(".tally").wait_for()
    press(".puzzle header button:last-child")
    wait_until(tab, "document.activeElement.tagName === 'MAIN'")


def test_a_link_shows_others_the_same_measurements_with_the_same_results(lab):
    tab = lab.tab
    truth = Puzzle(7, None)._answer
    wrong = next(name for name in ("noise", "coupled") if name != truth)
    tab.evaluate("location.hash = '#room=break&puzzle=7'")
    begun(tab, 0)
    tab.locator("[data-puzzle=score]").click()
    begun(tab, 1)
    tab.locator("[data-puzzle=tensor]").select_option("weight_hh")
    tab.locator("[data-puzzle=steps]").fill("2")
    tab.locator("[data-puzzle=check]").click()
    begun(tab, 2)
    tab.locator("[data-suspect=%s]" % wrong).click()
    wait_until(tab, "document.querySelector('.tally')?.textContent.includes('1 wrong guess')")
    path = "score;weight_hh:2;not:" + wrong
    wait_until(tab, "path => location.hash.includes('puzzle=7&measured=' + path)", arg=path)
    shown = told(tab)
    puzzle = Puzzle(7)
    puzzle.trainer.parameters_after(BASE.updates)
    score, check = puzzle.follow(path)
    assert "%.1f%% now" % (100 * score["values"]["after"]) in shown[0][0]
    assert [right for right in tab.evaluate("[...document.querySelectorAll('[data-block]')].map((place) => place.dataset.right)")] \
        == [str(block["right"]).lower() for block in check["blocks"]]
    # Somebody else opens it, here another experiment away; the measurements are there, and it goes on from them.
    tab.evaluate("location.hash = '#room=break'")
    tab.locator(".pair").wait_for()
    tab.evaluate("path => { location.hash = '#room=break&puzzle=7&measured=' + path; }", path)
    begun(tab, 2)
    assert told(tab) == shown
    assert "2 measurements" in tab.locator(".tally").text_content() and "1 wrong guess" in tab.locator(".tally").text_content()
    tab.locator("[data-puzzle=watch]").click()
    begun(tab, 3)
    assert told(tab)[:2] == shown
    # What cannot be read is said, and what stands before it is shown.
    tab.evaluate("location.hash = '#room=break&puzzle=7&measured=score;<b>;f'")      # as the end of a link in HTML
    tab.locator(".link-note", has_text="<b>").wait_for()
    begun(tab, 1)
    tab.evaluate("location.hash = '#room=break&puzzle=7&measured=score;nothing;f'")
    tab.locator(".puzzle .refusal", has_text="nothing").wait_for()
    begun(tab, 1)
    tab.locator(".puzzle header button", has_text="Start over").click()
    begun(tab, 0)
    wait_until(tab, "location.hash.includes('puzzle=7') && !location.hash.includes('measured')")
    assert tab.locator(".puzzle .refusal").count() == 0
    tab.locator(".puzzle header button", has_text="Leave").click()
    tab.locator(".pair").wait_for()


@pytest.mark.parametrize("fragment, damaged", [
    ("damage=nonsense", False), ("damage=clamp_f:9", False), ("damage=clamp_f:1;no_forget_gate", False), ("damage=__proto__:1", True),
    ("damage=constructor", False), ("damage=longer:1e9", False), ("damage_from=-1", False), ("damage_from=x", False),
    ("puzzle=<script>", True), ("puzzle=-1", True), ("puzzle=1e9", True), ("damage=", True)])
def test_a_hostile_link_is_refused_with_a_sentence(lab, fragment, damaged):
    lab.tab.evaluate("hash => { location.hash = '#room=break&' + hash; }", fragment)
    if damaged:                                         # it says nothing that could be wrong
        wait_until(lab.tab, "lab.wanted.hidden_size === 3 && document.documentElement.dataset.engine === 'live'")
        lab.tab.locator(".pair:not(.inside)").wait_for()
        return
    wait_until(lab.tab, "[...document.querySelectorAll('.rules .refusal')].some((place) => place.textContent.length > 20)")
    assert lab.tab.evaluate("document.documentElement.dataset.engine") == "live"
    lab.set(damage={}, damage_from=None)


def test_on_a_phone_the_switches_stand_behind_a_button(live_tabs):
    tab = live_tabs("#room=break&updates=3&length=8&hidden_size=2&damage=clamp_f:0", viewport={"width": 390, "height": 844})
    tab.locator(".two.stacked canvas").last.wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.locator(".open-controls").click()
    tab.locator("[data-rule=clamp_f] input[role=switch]").click()
    tab.locator(".rules > .close").click()
    wait_until(tab, "Object.keys(lab.experiment.damage).length === 0")
    tab.watch.check()
    tab.context.close()


def test_on_a_phone_the_numbers_of_four_cells_and_all_curves_stand_within_the_screen(live_tabs):
    tab = live_tabs("#room=break&length=8&hidden_size=2&updates=20&batch_size=4&damage=no_carry&damage_from=0", viewport={"width": 360, "height": 740}, has_touch=True)
    tab.get_by_role("button", name="Train an RNN and a GRU").click()
    wait_until(tab, "document.querySelector('[data-number=\"score.gru\"]') && document.querySelector('.train-on .lesson')")
    wide = tab.evaluate("""[...document.querySelectorAll('main :is(table.numbers, p, button, .chart-svg text)')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.textContent)""")
    assert wide == [] and tab.evaluate("document.documentElement.scrollWidth") == 360
    assert "256" in tab.locator(".numbers-note").inner_text()
    tab.context.close()


def test_on_a_phone_the_hunt_begins_with_what_is_measured_and_not_behind_the_suspects(live_tabs):
    tab = live_tabs("#room=break&updates=3&length=8&hidden_size=2", viewport={"width": 390, "height": 844})
    tab.locator(".open-controls").click()
    tab.locator(".rules .find").click()
    tab.locator(".tally").wait_for()
    assert not tab.locator(".left.open").count()
    tab.context.close()


def test_on_a_phone_a_guess_shows_what_it_was(live_tabs):
    wrong = next(name for name in ("noise", "dropped") if name != Puzzle(7)._answer)
    tab = live_tabs("#room=break&puzzle=7", viewport={"width": 390, "height": 844})
    wait_until(tab, "document.querySelector('.tally')")
    tab.get_by_role("button", name="What is it?").click()
    tab.locator("[data-suspect=%s]" % wrong).click()
    wait_until(tab, "document.querySelector('.wrong-guess') && !document.querySelector('.left.open')")
    assert tab.locator(".wrong-guess").text_content().startswith("Not: ")
    box = tab.locator(".wrong-guess").bounding_box()
    assert 0 < box["y"] < 844
    tab.context.close()


def test_every_rule_has_its_words():
    import json

    from web.build.paths import WEB
    for language in ("en", "zh-CN"):
        words = json.loads((WEB / "locales" / (language + ".json")).read_text(encoding="utf-8"))
        assert all("break.rule." + name in words and "break.rule.%s.note" % name in words for name in DAMAGE)




def test_a_damage_that_a_link_could_not_bring_does_not_keep_the_others_from_being_switched_on(live_tabs):
    tab = live_tabs("#room=break&damage=clamp_f:0.5;no_such:1&damage_from=0&updates=6")
    tab.get_by_text("The damage 'no_such' is not known here.").first.wait_for()
    tab.get_by_text("Nothing is broken.").wait_for()
    tab.locator("[data-rule=clamp_i] input[role=switch]").click()
    wait_until(tab, "JSON.stringify(lab.experiment.damage) === '{\"clamp_i\":0.5}' && !lab.busy")
    assert tab.locator(".refusal:not(:empty), .refused-note.shown").count() == 0
    tab.watch.check()
    tab.context.close()
