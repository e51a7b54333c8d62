"""Every control changes what it should, and nothing else: the experiment it asks for is the one that is computed."""
import pytest
from lab import DEFAULTS, Lab, assert_same_numbers, lab, live_tabs, shared_tab, wait_until  # noqa: F401

from py_lstm import Experiment

BOUND = 1e-12
QUICK = {"updates": 3}  # enough to see training; the default's 200 only where that matters


def settle(lab, **fields):
    """Wait until the page shows the default experiment with these fields, and compare all of its numbers."""
    experiment = Experiment.from_json({**DEFAULTS, **fields})
    wait_until(lab.tab, "wanted => Object.keys(wanted).every((name) => JSON.stringify(lab.experiment[name]) === JSON.stringify(wanted[name]))",
               arg=experiment.to_json())
    assert_same_numbers(lab, experiment.to_json(), BOUND)


def slide(lab, field, value):
    lab.field(field).locator("input[type=range]").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', { bubbles: true })); }", str(value))


@pytest.mark.parametrize("field, value", [("length", 11), ("input_size", 3), ("hidden_size", 5), ("forget_bias", -1.5),
                                          ("scale", 2.5), ("updates", 12)])
def test_a_slider(lab, field, value):
    lab.set(**QUICK)
    slide(lab, field, value)
    settle(lab, **{**QUICK, field: value})
    assert lab.field(field).locator("input[type=text]").input_value() == str(value)


@pytest.mark.parametrize("field, text, value", [
    ("length", "7", 7), ("hidden_size", "30", 30), ("seed", "99", 99), ("sequence_seed", "4294967295", 2**32 - 1),
    ("forget_bias", "−2.25", -2.25), ("scale", "1e-3", 0.001), ("updates", " 5 ", 5), ("learning_rate", "0.3", 0.3)])
def test_a_typed_number(lab, field, text, value):
    lab.set(**QUICK)
    box = lab.field(field).locator("input[type=text]")
    box.fill(text)
    box.press("Enter")
    settle(lab, **{**QUICK, field: value})


@pytest.mark.parametrize("field, text", [("hidden_size", "many"), ("length", "0"), ("seed", "-3"), ("updates", "1e99"),
                                         ("scale", ""), ("learning_rate", "1,000"), ("forget_bias", "1 2"),
                                         ("hidden_size", "2,5"), ("scale", "10²"), ("seed", "1D3"), ("learning_rate", "5%")])
def test_a_wrong_number_is_told_at_its_field_and_undone_by_the_next_change(lab, field, text):
    lab.set(**QUICK)
    box = lab.field(field).locator("input[type=text]")
    box.fill(text)
    box.press("Enter")
    lab.field(field).locator(".refusal:not(:empty)").wait_for()
    assert box.get_attribute("aria-invalid") == "true"
    described = box.get_attribute("aria-describedby")
    assert lab.tab.locator("[id='%s']" % described).text_content() == lab.refusal(field) != ""
    assert_same_numbers(lab, QUICK, BOUND)
    lab.field("gradient_of").locator("select").select_option("loss")
    settle(lab, **QUICK, gradient_of="loss")
    assert lab.refusal(field) == "" and box.get_attribute("aria-invalid") is None


@pytest.mark.parametrize("field, value", [("initializer", "glorot_orthogonal"), ("initializer", "tutorial"), ("optimizer", "sgd"),
                                          ("loss_at", "last"), ("gradient_of", "loss")])
def test_a_choice(lab, field, value):
    lab.set(**QUICK)
    lab.field(field).locator("select").select_option(value)
    settle(lab, **{**QUICK, field: value})


@pytest.mark.parametrize("field", ["seed", "sequence_seed"])
def test_another_seed(lab, field):
    lab.set(**QUICK)
    lab.field(field).locator("button").click()
    wait_until(lab.tab, "([field, before]) => lab.experiment[field] !== before", arg=[field, DEFAULTS[field]])
    settle(lab, **{**QUICK, field: lab.experiment[field]})


def test_one_update_and_start_again(lab):
    lab.set(**QUICK)
    lab.tab.get_by_role("button", name="One update").click()
    settle(lab, updates=4)
    lab.tab.get_by_role("button", name="Start again").click()
    settle(lab)


def test_learning_goes_on_until_it_is_paused(lab):
    lab.set(updates=0)
    lab.tab.get_by_role("button", name="Learn", exact=True).click()
    wait_until(lab.tab, "lab.experiment.updates >= 6")
    lab.tab.locator("button[aria-pressed=true]", has_text="Pause").click()
    lab.settle()
    updates = lab.experiment["updates"]
    lab.tab.wait_for_timeout(300)
    assert_same_numbers(lab, {"updates": updates}, BOUND)


def test_learning_stops_at_the_end_of_the_slider(lab):
    lab.set(updates=497, hidden_size=1, length=3)
    lab.tab.get_by_role("button", name="Learn", exact=True).click()
    wait_until(lab.tab, "lab.experiment.updates === 500")
    lab.tab.get_by_role("button", name="Learn", exact=True).wait_for()
    assert lab.tab.get_by_role("button", name="One update").is_disabled()


def test_the_output_that_is_differentiated(lab):
    lab.set(**QUICK)
    lab.field("output_step").locator("input").evaluate(
        "(slider) => { slider.value = 9; slider.dispatchEvent(new Event('input', { bubbles: true })); }")
    settle(lab, **QUICK, output_step=9)
    assert lab.trace()["dy"].ravel().nonzero()[0].tolist() == [8]


def test_tasks_back_and_forth(lab):
    """Whatever was chosen in between, a task comes back with the sizes it has."""
    lab.set(**QUICK)
    choice = lab.field("task").locator("select")
    for task, inputs in [("recall", 1), ("adding", 2), ("own", 1), ("wave", 1), ("own", 1), ("parity", 1), ("latch", 2)]:
        choice.select_option(task)
        wait_until(lab.tab, "task => lab.experiment.task === task", arg=task)
        lab.settle()
        experiment = lab.experiment
        assert experiment["input_size"] == inputs
        assert experiment["length"] == (8 if task == "own" else 24)
        assert_same_numbers(lab, experiment, BOUND)
        assert [text for text in lab.tab.locator(".refusal").all_text_contents() if text] == []


def own(lab, text, targets=None):
    lab.field("task").locator("select").select_option("own")
    wait_until(lab.tab, "lab.experiment.task === 'own'")
    lab.field("values").locator("textarea").fill(text)
    if targets is not None:
        lab.field("targets").locator("input").fill(targets)
        lab.field("targets").locator("input").press("Enter")


@pytest.mark.parametrize("text, targets, values, wanted", [
    ("1, 2, 3, 4", None, [[1], [2], [3], [4]], None),
    ("0.5 -0.25 1e-3", None, [[0.5], [-0.25], [0.001]], None),
    ("−1,5;2", None, [[-1.5], [2]], None),
    ("1 2\n3 4\n5 6\n\n", "1 0 1", [[1, 2], [3, 4], [5, 6]], [1, 0, 1]),
    ("1,5;2,5\n1,6;2,6", None, [[1.5, 2.5], [1.6, 2.6]], None),
    ("1\u202f234,5\n1\u202f235,5", None, [[1234.5], [1235.5]], None),
    ("１，２；３，４", "１，０", [[1, 2], [3, 4]], [1, 0]),
    ("0.1\t0.2\t0.3\t0.4\n1\t2\t3\t4", None, [[0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4]], None),
    ("7", "1", [[7]], [1]),                             # refused until its target is there
], ids=["a line", "spaces", "semicolons", "lines and targets", "a semicolon table", "thousands", "full width", "a table", "one step and its target"])
def test_own_numbers(lab, text, targets, values, wanted):
    lab.set(**QUICK)
    own(lab, text, targets)
    experiment = {**QUICK, "task": "own", "values": values, "targets": wanted}
    experiment = Experiment.from_json({**DEFAULTS, **experiment}).to_json()
    settle(lab, **experiment)


@pytest.mark.parametrize("text, targets, field, said", [
    ("1, two, 3", None, "values", "'two' in line 1, column 2 is not a number"),
    ("", None, "values", "at least two steps"),
    ("7", None, "values", "at least two steps"),
    ("1 2\n3", None, "values", "line 2 has 1 numbers, the first has 2"),
    ("1,2,,4,5", None, "values", "nothing stands in line 1, column 3"),
    ("1\n\n3\n4", None, "values", "line 2 is empty"),
    ("1\n10000000\n3", None, "values", "10000000 in row 2"),
    ("1,234\n1,235\n1,236", None, "values", "can be read in 3 ways"),
    ("1 2 3 4 5\n1 2 3 4 5", None, "values", "5 numbers in a row are too many: at most 200 steps of 1 to 4 numbers fit"),
    (" ".join("1" * 202), None, "values", "202 rows of numbers make 201 steps; at most 200 steps of 1 to 4 numbers fit"),
    ("\n".join("1" * 1002), None, "values", "1002 rows of numbers make 1001 steps; at most 200 steps of 1 to 4 numbers fit"),
    ("1, 2, 3", "1, 2", "targets", "each of the 3 steps"),
    ("1, 2, 3", "1, x, 2", "targets", "'x'"),
], ids=["text", "nothing", "one step", "ragged", "an empty cell", "an empty line", "too large", "thousands or decimals", "too wide", "too long", "far too long", "too few targets", "text as target"])
def test_own_numbers_that_cannot_be_used(lab, text, targets, field, said):
    lab.set(**QUICK)
    own(lab, text, targets)
    lab.field(field).locator(".refusal:not(:empty)").wait_for()
    assert said in lab.refusal(field)
    own(lab, "3 2 1", "")
    wait_until(lab.tab, "lab.experiment.values.length === 3")
    assert lab.refusal("values") == lab.refusal("targets") == ""


# All within one turn of the browser, so that no answer comes in between: Python is busy, the task is chosen, its field filled.
OWN_TEXT_AT_ONCE = """async text => {
    lab.set({hidden_size: 3}).catch(() => {});
    const task = document.querySelector('[data-field=task] select');
    task.value = 'own_text';
    task.dispatchEvent(new Event('change', { bubbles: true }));
    const field = () => document.querySelector('[data-field=text] textarea');
    for (let turn = 0; turn < 1000 && !field(); turn += 1) await null;
    field().value = text;
    field().dispatchEvent(new Event('change', { bubbles: true }));
}"""
TEXT_REFUSED = "document.querySelector('[data-field=text] .refusal')?.textContent.includes(%r)"


def put_text(lab, text):
    lab.field("text").locator("textarea").fill(text)
    lab.tab.keyboard.press("Tab")


@pytest.mark.parametrize("refused", [["a short text, too short"], ["a short text, too short", "shorter"]])
def test_an_own_text_refused_before_its_first_picture_leaves_the_task(lab, refused):
    lab.reset("room=train")
    lab.tab.evaluate(OWN_TEXT_AT_ONCE, refused[0])
    for text in refused:
        if text != refused[0]:
            put_text(lab, text)
        wait_until(lab.tab, TEXT_REFUSED % str(len(text)))
        assert lab.experiment["task"] == "latch", "no picture of the own text has come"
    good = "to be or not to be.\n" * 20
    put_text(lab, good)
    wait_until(lab.tab, "text => lab.experiment.text === text", arg=good)
    assert lab.experiment["task"] == "own_text" and lab.field("text").locator("textarea").input_value() == good
    lab.tab.evaluate("lab.halt()")


@pytest.mark.parametrize("before", [None, "to be or not to be.\n" * 20], ids=["no good text before", "a good text before"])
def test_a_refused_text_outlasts_a_change_of_something_else(lab, before):
    lab.reset("room=train")
    if before:
        lab.set(task="own_text", text=before, hidden_size=4, length=8, updates=1)
    lab.tab.evaluate(OWN_TEXT_AT_ONCE, "a short text, too short")
    wait_until(lab.tab, TEXT_REFUSED % "23")
    units = lab.field("hidden_size").locator("input[type=text]")
    units.fill("5")
    units.press("Enter")
    wait_until(lab.tab, "lab.wanted.hidden_size === 5 && %s" % TEXT_REFUSED % "23")
    assert lab.field("text").locator("textarea").input_value() == "a short text, too short"
    good = "the cat sat on the mat.\n" * 20
    put_text(lab, good)
    wait_until(lab.tab, "text => lab.experiment.text === text && lab.experiment.hidden_size === 5", arg=good)
    lab.tab.evaluate("lab.halt()")


def test_refused_numbers_outlast_a_change_of_something_else(lab):
    lab.set(**QUICK)
    own(lab, "1, two, 3", None)
    wait_until(lab.tab, "document.querySelector('[data-field=values] .refusal')?.textContent.includes('two')")
    units = lab.field("hidden_size").locator("input[type=text]")
    units.fill("5")
    units.press("Enter")
    wait_until(lab.tab, "lab.wanted.hidden_size === 5 && document.querySelector('[data-field=values] .refusal')?.textContent.includes('two')")
    assert lab.field("values").locator("textarea").input_value() == "1, two, 3"
    lab.field("values").locator("textarea").fill("1, 2, 3")
    wait_until(lab.tab, "lab.experiment.hidden_size === 5 && lab.experiment.values.length === 3")


def test_another_task_after_refused_own_texts_is_that_task(lab):
    lab.reset("room=train")
    lab.tab.evaluate(OWN_TEXT_AT_ONCE, "a short text, too short")
    wait_until(lab.tab, TEXT_REFUSED % "23")
    put_text(lab, "shorter")
    wait_until(lab.tab, TEXT_REFUSED % "7")
    lab.field("task").locator("select").select_option("adding")
    wait_until(lab.tab, "lab.experiment.task === 'adding' && !document.querySelector('[data-field=text]')")


def test_the_play_bar(lab):
    now = lab.tab.locator("output.now")
    for button, step in [("First step", 1), ("One step right", 2), ("Last step", 24), ("One step left", 23)]:
        lab.tab.get_by_role("button", name=button, exact=True).click()
        assert now.text_content() == "t = %d of 24" % step
    lab.tab.locator(".scrub").evaluate("(bar) => { bar.value = 5; bar.dispatchEvent(new Event('input', { bubbles: true })); }")
    assert now.text_content() == "t = 5 of 24"
    lab.tab.get_by_role("button", name="Play", exact=True).click()
    wait_until(lab.tab, "Number(document.querySelector('output.now')?.textContent.split(' ')[2]) >= 7")
    lab.tab.locator(".playbar .primary").click()
    stopped = now.text_content()
    lab.tab.wait_for_timeout(500)
    assert now.text_content() == stopped


def test_backward_plays_from_right_to_left(lab):
    lab.enter("backward")
    lab.select(t=4)
    lab.tab.locator(".playbar .primary").click()
    wait_until(lab.tab, "document.querySelector('output.now')?.textContent === 't = 1 of 24'")
    lab.tab.get_by_role("button", name="Play", exact=True).wait_for()


def test_the_rooms_keep_step_and_unit(lab):
    lab.select("f", 9, 3)
    lab.enter("backward")
    assert lab.tab.locator(".inspector h2").text_content() == "error term of the forget gate, unit 3, step 9"
    lab.enter("forward")
    assert lab.tab.locator(".inspector h2").text_content() == "forget gate, unit 3, step 9"


def test_a_play_head_that_nobody_has_moved_stands_where_the_backward_pass_begins(lab):
    """Further left, where little of the derivative arrives, the picture is pale. One that was moved stays."""
    at = lambda: int(lab.tab.locator("output.now").text_content().split(" ")[2])  # noqa: E731
    lab.enter("backward")
    assert at() == lab.experiment["length"]
    lab.enter("forward")
    assert at() == 13
    lab.set(output_step=20)
    lab.enter("backward")
    assert at() == 20
    lab.select(t=17)
    lab.enter("forward")
    assert at() == 17
    lab.enter("backward")
    assert at() == 17


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_name_of_every_task_is_read_whole(live_tabs, lang):
    tab = live_tabs("#lang=" + lang)
    cut = tab.evaluate("""(() => {
        const menu = document.querySelector("[data-field=task] select"), free = menu.cloneNode(false), there = menu.getBoundingClientRect().width;
        free.style.cssText = "width: auto; max-width: none; position: absolute; visibility: hidden";
        menu.parentElement.append(free);
        if (menu.options.length < 10) throw new Error("this is not the menu of tasks");
        const cut = [...menu.options].filter(({ text }) => { free.replaceChildren(new Option(text)); return free.getBoundingClientRect().width > there + 1; }).map(({ text }) => text);
        free.remove();
        return cut;
    })()""")
    assert cut == []
    tab.context.close()
