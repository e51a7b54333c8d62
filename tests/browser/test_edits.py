"""Numbers edited in place: what they change, the picture of the change, and the way back."""
import numpy as np
import pytest
from lab import Lab, assert_same_numbers, in_cpython, lab, live_tabs, shared_tab, wait_until  # noqa: F401  (fixtures)
from test_walk import told


@pytest.fixture
def open_sum(lab):
    """The forget gate of unit 2 at step 13, its weighted inputs unfolded."""
    lab.select("f", 13, 2)
    told(lab.tab, "f", 13, 2)
    fold = lab.tab.locator(".inspector .fold").first
    if fold.get_attribute("aria-expanded") == "false":
        fold.click()
    yield lab.tab
    dismiss = lab.tab.get_by_role("button", name="Dismiss")
    if dismiss.count():
        dismiss.click()


def test_a_typed_weight_changes_every_number_it_should(lab, open_sum):
    open_sum.locator(".part .editable").first.click()
    open_sum.keyboard.type("1.5")
    open_sum.keyboard.press("Enter")
    lab.settle()
    assert lab.experiment["edits"] == {"weight_ih[4,0]": 1.5}
    assert_same_numbers(lab, {"edits": {"weight_ih[4,0]": 1.5}}, 1e-9)


def test_arrow_keys_and_dragging_nudge(lab, open_sum):
    weight = open_sum.locator(".part .editable").nth(2)
    before = in_cpython({})["weight_ih"][4, 1]
    weight.focus()
    open_sum.keyboard.press("ArrowUp")
    lab.settle()
    nudged = lab.experiment["edits"]["weight_ih[4,1]"]
    assert nudged == pytest.approx(before + 0.1 * abs(before), rel=1e-4)
    box = open_sum.locator(".part .editable").nth(2).bounding_box()
    open_sum.mouse.move(box["x"] + 5, box["y"] + 5)
    open_sum.mouse.down()
    open_sum.mouse.move(box["x"] + 55, box["y"] + 5, steps=5)
    open_sum.mouse.up()
    lab.settle()
    assert lab.experiment["edits"]["weight_ih[4,1]"] > nudged + 0.2


def test_the_picture_shows_the_change_until_it_is_dismissed(lab, open_sum):
    lab.select("f", 13, 2)
    open_sum.locator(".part .editable").first.click()
    open_sum.keyboard.type("3")
    open_sum.keyboard.press("Enter")
    note = open_sum.locator(".changes")
    note.wait_for()
    change = np.max(np.abs(in_cpython({"edits": {"weight_ih[4,0]": 3.0}})["c"] - in_cpython({})["c"]))
    ends = open_sum.locator(".ranges span").all_text_contents()
    assert f"±{change:.3f}" in ends
    note.get_by_role("button", name="Dismiss").click()
    assert note.count() == 0


def test_undo_and_redo_go_through_experiments(lab):
    lab.set(updates=30)                                 # so that what the page did before is no part of the same stroke
    lab.set(forget_bias=2)
    lab.set(hidden_size=4)
    undo, redo = (lab.tab.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    undo.click()
    lab.settle()
    assert (lab.experiment["hidden_size"], lab.experiment["forget_bias"]) == (3, 2)
    undo.click()
    lab.settle()
    assert lab.experiment["forget_bias"] == 1
    redo.click()
    lab.settle()
    assert lab.experiment["forget_bias"] == 2


KEYS = {"Windows": ("Control+z", ["Control+Shift+z", "Control+y"]), "Mac": ("Meta+z", ["Meta+Shift+z"])}


@pytest.mark.parametrize("system", KEYS)
def test_keys_take_back_and_do_again(lab, system):
    tab, (undo, redos) = lab.tab, KEYS[system]
    lab.set(updates=30)                                 # so that what the page did before is no part of the same stroke
    lab.set(edits={"bias[4]": 0.5})
    tab.locator("#picture").focus()
    for redo in redos:
        tab.keyboard.press(undo)
        wait_until(tab, "Object.keys(lab.experiment.edits).length === 0")
        tab.keyboard.press(redo)
        wait_until(tab, "lab.experiment.edits['bias[4]'] === 0.5")
    lab.settle()
    assert_same_numbers(lab, {"updates": 30, "edits": {"bias[4]": 0.5}}, 1e-9)
    for words in ("Ctrl+Z", "⌘Z"):
        assert words in tab.get_by_role("button", name="Undo", exact=True).first.get_attribute("title")


def test_in_a_text_field_the_keys_are_the_fields_own(lab, open_sum):
    lab.set(edits={"bias[4]": 0.5})
    told(open_sum, "f", 13, 2)
    open_sum.locator(".part .editable").first.click()
    field = open_sum.locator(".editable-input")
    open_sum.keyboard.type("7")
    open_sum.keyboard.press("Control+z")
    wait_until(open_sum, "document.querySelector('.editable-input').value !== '7'")
    field.press("Escape")
    lab.settle()
    assert lab.experiment["edits"] == {"bias[4]": 0.5}


@pytest.mark.parametrize("place, value", [("x[12,0]", 0.5), ("h_0[1]", 0.3), ("c_0[2]", -1.2), ("bias[4]", 0.0)])
def test_inputs_states_and_biases_can_be_set(lab, place, value):
    lab.set(edits={place: value})
    assert_same_numbers(lab, {"edits": {place: value}}, 1e-9)


def test_edits_leave_with_the_network_they_were_made_in(lab):
    lab.set(edits={"weight_hh[0,0]": 1, "x[20,0]": 0.5})
    lab.set(length=10)
    assert lab.experiment["edits"] == {"weight_hh[0,0]": 1}
    lab.set(hidden_size=5)
    assert lab.experiment["edits"] == {}


def test_an_edit_that_is_no_number_is_refused_and_the_picture_stays(lab, open_sum):
    before = lab.trace()["y"]
    open_sum.locator(".part .editable").first.click()
    open_sum.keyboard.type("much")
    open_sum.keyboard.press("Enter")
    wait_until(open_sum, "[...document.querySelectorAll('.refusal')].some((r) => r.textContent.includes('much'))")
    assert np.array_equal(lab.trace()["y"], before)


# Where a weight stands in a sum: the quantity told, and the weight that is changed there.
WEIGHT_OF_ROOM = {"forward": "z_f", "backward": "dx"}


@pytest.mark.parametrize("room", WEIGHT_OF_ROOM)
def test_the_keyboard_alone_edits_and_takes_back(lab, room):
    tab = lab.tab
    lab.enter(room)
    lab.select(WEIGHT_OF_ROOM[room], 13, 1)
    told(tab, WEIGHT_OF_ROOM[room], 13, 1)
    tab.evaluate("document.activeElement.blur()")

    def tab_to(selector, text=""):
        for _ in range(200):
            tab.keyboard.press("Tab")
            if tab.evaluate("([selector, text]) => document.activeElement.matches(selector) && document.activeElement.textContent.includes(text)",
                            [selector, text]):
                return
        raise AssertionError(f"Tab does not come to {selector}")

    if tab.locator(".inspector .editable").count() == 0:
        tab_to(".inspector .fold")
        tab.keyboard.press("Enter")
    tab_to(".inspector .editable")
    tab.keyboard.press("Enter")
    tab.keyboard.type("1.25")
    tab.keyboard.press("Enter")
    wait_until(tab, "Object.keys(lab.experiment.edits).length === 1")
    lab.settle()
    assert list(lab.experiment["edits"].values()) == [1.25]
    assert_same_numbers(lab, {"edits": lab.experiment["edits"]}, 1e-9)
    tab_to("button", "Undo")
    tab.keyboard.press("Enter")
    wait_until(tab, "Object.keys(lab.experiment.edits).length === 0")
    lab.settle()
    assert_same_numbers(lab, {}, 1e-9)


def test_keys_go_back_and_forth_but_not_while_letters_are_typed(lab, open_sum):
    weight = open_sum.locator(".part .editable").first
    weight.focus()
    open_sum.keyboard.press("ArrowUp")
    wait_until(open_sum, "Object.keys(lab.experiment.edits).length === 1")
    edited = lab.experiment["edits"]
    for back, forth in (("Control+z", "Control+y"), ("Meta+z", "Meta+Shift+z"), ("Control+z", "Control+Shift+Z")):
        open_sum.keyboard.press(back)
        wait_until(open_sum, "Object.keys(lab.experiment.edits).length === 0")
        open_sum.keyboard.press(forth)
        wait_until(open_sum, "edits => JSON.stringify(lab.experiment.edits) === JSON.stringify(edits)", arg=edited)
    number = lab.field("length").locator("input.number")
    number.fill("30")
    number.press("Control+z")
    assert lab.wanted["edits"] == edited
    number.press("Escape")


@pytest.fixture(scope="module")
def phone(live_tabs):
    tab = live_tabs(viewport={"width": 390, "height": 844}, has_touch=True)
    yield Lab(tab)
    tab.watch.check()


@pytest.mark.parametrize("room", WEIGHT_OF_ROOM)
def test_a_thumb_edits(phone, room):
    tab = phone.tab
    phone.reset()
    phone.enter(room)
    phone.select(WEIGHT_OF_ROOM[room], 13, 1)
    told(tab, WEIGHT_OF_ROOM[room], 13, 1)
    while tab.locator(".grips button").last.is_enabled():       # at rest the sheet shows the number alone
        tab.locator(".grips button").last.tap()
    if tab.locator(".inspector .editable").count() == 0:
        tab.locator(".inspector .fold").first.tap()
    tab.locator(".inspector .editable").first.tap()
    entry = tab.locator(".inspector .editable-input")
    entry.fill("1.25")
    entry.press("Enter")
    wait_until(tab, "Object.keys(lab.experiment.edits).length === 1")
    phone.settle()
    assert list(phone.experiment["edits"].values()) == [1.25]
    assert_same_numbers(phone, {"edits": phone.experiment["edits"]}, 1e-9)


@pytest.mark.parametrize("field, value", [("task", "brackets"), ("task", "reber"), ("task", "copy"), ("input_size", 3), ("input_size", 1),
                                          ("seed", 2), ("updates", 201), ("length", 30)])
def test_what_an_edit_changed_is_not_said_of_another_change(lab, open_sum, field, value):
    worker = open_sum.workers[0]
    open_sum.locator(".part .editable").first.click()
    open_sum.keyboard.type("-1")
    open_sum.keyboard.press("Enter")
    open_sum.locator(".changes").wait_for()
    if field == "task":
        lab.field("task").locator("select").select_option(value)
    else:
        lab.set(**{field: value})
    wait_until(open_sum, "([field, value]) => lab.experiment[field] === value", arg=[field, value])
    lab.settle()
    assert open_sum.locator(".changes").count() == 0
    ends = open_sum.locator(".ranges span").all_text_contents()
    assert "0–1" in ends, "the picture shows the values: of a change, gates have signs"
    assert open_sum.workers[0] == worker, "Python was started anew"


@pytest.mark.parametrize("back", ["Control+z", "start again"])
def test_the_picture_of_an_edit_goes_with_the_edit(lab, open_sum, back):
    before = open_sum.locator(".ranges span").all_text_contents()
    open_sum.locator(".part .editable").first.click()
    open_sum.keyboard.type("3")
    open_sum.keyboard.press("Enter")
    open_sum.locator(".changes").wait_for()
    if back == "start again":
        open_sum.get_by_role("button", name="Start again").click()
    else:
        open_sum.keyboard.press(back)
    wait_until(open_sum, "Object.keys(lab.experiment.edits).length === 0")
    lab.settle()
    assert open_sum.locator(".changes").count() == 0
    assert open_sum.locator(".ranges span").all_text_contents() == before
    if back == "Control+z":
        open_sum.keyboard.press("Control+Shift+z")
        open_sum.locator(".changes").wait_for()
