"""Numbers as people type and paste them: single ones in every field, and tables of them, which Python reads and says how."""
import pytest
from lab import Lab, lab, live_tabs, shared_tab, wait_until  # noqa: F401
from test_controls import QUICK, own, settle


@pytest.mark.parametrize("field, text, value", [("learning_rate", "0,05", 0.05), ("learning_rate", "０.０５", 0.05), ("scale", "1，5", 1.5),
                                                ("hidden_size", "２", 2), ("forget_bias", "－1,5", -1.5), ("seed", "1'234", 1234), ("seed", "24。", 24)])
def test_a_number_is_taken_as_people_type_it(lab, field, text, value):
    lab.set(**QUICK)
    box = lab.field(field).locator("input[type=text]")
    box.fill(text)
    box.press("Enter")
    settle(lab, **{**QUICK, field: value})


def test_a_number_with_two_meanings_says_both(lab):
    lab.set(**QUICK)
    box = lab.field("learning_rate").locator("input[type=text]")
    box.fill("1,000")
    box.press("Enter")
    lab.field("learning_rate").locator(".refusal:not(:empty)").wait_for()
    assert "can mean 1000 or 1.000" in lab.refusal("learning_rate")


def test_an_index_is_a_whole_number_or_a_sentence(lab):
    lab.set(**QUICK)
    lab.tab.evaluate("lab.gradientCheck()")
    box = lab.tab.locator(".nudge .choose input").first
    for text, value, said in (("２", "2", ""), ("1,5", "2", "'1,5'"), ("99999", "2", "'99999'"), ("", "2", "''"), ("1", "1", "")):
        box.fill(text)
        box.press("Enter")
        box.blur()
        assert box.input_value() == value
        sentence = lab.tab.locator(".nudge .choose .refusal").first.text_content()
        assert said in sentence and bool(said) == bool(sentence)
    box.press("ArrowUp")
    assert box.input_value() == "2"
    lab.tab.locator(".check").get_by_role("button", name="Close").click()


def test_numbers_typed_elsewhere_are_read_by_the_same_rule(lab):
    lab.reset("room=break", damage={"clamp_f": 0.5}, **QUICK)
    box = lab.tab.locator("[data-rule=clamp_f] .amount input[type=text]")
    for text in ("0,25", "１", "0．75"):
        box.fill(text)
        box.press("Enter")
        wait_until(lab.tab, "value => lab.experiment.damage.clamp_f === value", arg={"0,25": 0.25, "１": 1, "0．75": 0.75}[text])
    lab.reset("room=train", **QUICK)
    lab.tab.locator("[data-field=stop] select").select_option("loss")
    stop = lab.tab.locator("[data-field=stop] input")
    stop.fill("0,05")
    stop.press("Enter")
    assert stop.input_value() == "0.05"


def readings(lab, field="values"):
    return lab.field(field).locator(".readings button")


def test_how_own_numbers_were_understood_is_said_before_they_are_used(lab):
    lab.set(**QUICK)
    own(lab, "1,5;2,5\n1,6;2,6\n1,7;2,7\n1,8;2,8")
    wait_until(lab.tab, "lab.experiment.values.length === 4")
    said = lab.field("values").locator(".understood").inner_text()
    assert said == "4 steps of 2 numbers: semicolons between numbers, commas as decimal marks. It begins (1.5, 2.5), (1.6, 2.6), (1.7, 2.7), …."
    assert readings(lab).count() == 0


def test_own_numbers_with_several_meanings_wait_for_a_choice(lab):
    lab.set(**QUICK)
    own(lab, "8 8 8")
    wait_until(lab.tab, "lab.experiment.values?.length === 3")
    lab.field("values").locator("textarea").fill("1,234\n1,235\n1,236")
    readings(lab).nth(2).wait_for()
    assert lab.experiment["values"] == [[8], [8], [8]], "nothing is taken before it is chosen"
    assert sorted(readings(lab).all_inner_texts()) == [
        "3 steps of 1 number: commas as decimal marks. It begins 1.234, 1.235, 1.236.",
        "3 steps of 1 number: commas between thousands. It begins 1234, 1235, 1236.",
        "3 steps of 2 numbers: commas between numbers. It begins (1, 234), (1, 235), (1, 236)."]
    for said, values, text in (("between thousands", [[1234], [1235], [1236]], "1234, 1235, 1236"), ("between numbers", [[1, 234], [1, 235], [1, 236]], "1, 234\n1, 235\n1, 236"),
                               ("decimal marks", [[1.234], [1.235], [1.236]], "1.234, 1.235, 1.236")):
        lab.field("values").locator("textarea").fill("1,234\n1,235\n1,236")
        readings(lab).filter(has_text=said).click()
        wait_until(lab.tab, "wanted => JSON.stringify(lab.experiment.values) === JSON.stringify(wanted)", arg=values)
        assert lab.field("values").locator("textarea").input_value() == text and lab.refusal("values") == ""


def test_own_numbers_that_are_likely_one_thing_can_be_read_as_another(lab):
    lab.set(**QUICK)
    own(lab, "0,5\n0,7\n0,9")
    wait_until(lab.tab, "JSON.stringify(lab.experiment.values) === '[[0.5],[0.7],[0.9]]'")
    readings(lab).first.click()
    wait_until(lab.tab, "JSON.stringify(lab.experiment.values) === '[[0,5],[0,7],[0,9]]'")


def test_a_long_column_is_asked_about_once_or_twice(lab):
    """A browser tells of pasted lines one by one; Python is not asked about each."""
    lab.set(**QUICK)
    own(lab, "\n".join(str(k % 7) for k in range(200)))
    wait_until(lab.tab, "lab.experiment.values?.length === 200", timeout=30_000)


def test_own_numbers_typed_before_python_is_there_are_read_when_it_comes(visit, site):
    tab = visit()
    held, free = [], []
    tab.context.route("**/pyodide-*/*", lambda route: route.continue_() if free else held.append(route))
    tab.goto(site + "#task=own&values=8;8;8&updates=1")
    field = tab.locator("[data-field=values]")
    field.locator("textarea").fill("0,5; 0,7; 0,9")
    field.get_by_text("This is read as soon as Python is there.").wait_for()
    free.append(True)
    for route in held:
        route.continue_()
    wait_until(tab, "JSON.stringify(lab.experiment.values) === '[[0.5],[0.7],[0.9]]'")
    assert field.locator("textarea").input_value() == "0,5; 0,7; 0,9"
    assert field.locator(".understood").inner_text().startswith("3 steps of 1 number: semicolons between numbers, commas as decimal marks.")


def test_a_refused_text_changes_nothing_and_goes_with_other_numbers(lab):
    lab.set(**QUICK)
    own(lab, "8 8 8")
    wait_until(lab.tab, "lab.experiment.values?.length === 3")
    lab.field("values").locator("textarea").fill("8 8 8%")
    lab.field("values").locator(".refusal:not(:empty)").wait_for()
    assert lab.experiment["values"] == [[8], [8], [8]] and "percentage" in lab.refusal("values")
    lab.set(values=[[1, 2], [3, 4]])
    assert lab.field("values").locator("textarea").input_value() == "1, 2\n3, 4" and lab.refusal("values") == ""
    lab.field("values").locator("textarea").fill("1;2\n3;5")
    wait_until(lab.tab, "JSON.stringify(lab.experiment.values) === '[[1,2],[3,5]]'")
    for task in ("latch", "own"):
        lab.field("task").locator("select").select_option(task)
    wait_until(lab.tab, "lab.experiment.task === 'own'")
    assert lab.field("values").locator(".understood").inner_text() == ""


def test_in_chinese_it_is_said_in_chinese(live_tabs):
    tab = live_tabs("#lang=zh-CN&task=own&values=8;8;8&updates=1")
    field = tab.locator("[data-field=values]")
    field.locator("textarea").fill("１，２；３，４")
    field.get_by_text("共 2 步，每步 2 个数：分号分隔各步，全角逗号或顿号分隔各数。开头是 (1、2)、(3、4)。").wait_for()
    field.locator("textarea").fill("1,2\n3,4")
    field.locator(".readings button").nth(1).wait_for()
    assert "有 2 种读法" in field.locator(".refusal").inner_text()
    field.locator("textarea").fill("1\n\n2")
    field.get_by_text("第 2 行是空行").wait_for()
    tab.watch.check()
    tab.context.close()
