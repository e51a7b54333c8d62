"""What is refused where it is typed: said in the reader's language, within the screen, and in nobody's way."""
import re

import pytest
from lab import DEFAULTS, lab, live_tabs, shared_tab, wait_until  # noqa: F401

REFUSED = "document.querySelector('.refused-note')?.textContent ?? ''"


def press(tab, button):
    """As a hand does: down, a while, up at the same place of the screen, wherever the button is by then."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.wait_for_timeout(400)
    tab.mouse.up()


@pytest.mark.parametrize("name, came", [
    ("Learn", "lab.experiment.updates > 4"), ("One update", "lab.experiment.updates === 5"), ("Check gradients", "document.querySelector('.report')"),
    ("Start again", "lab.experiment.updates === 200")])
def test_a_button_pressed_after_a_refused_entry_does_what_it_says(lab, name, came):
    lab.set(updates=4)
    field = lab.field("hidden_size").locator("input[type=text]")
    field.fill("x")
    button = lab.tab.locator(".controls").get_by_role("button", name=name, exact=True)
    before = button.bounding_box()["y"]
    press(lab.tab, button)
    wait_until(lab.tab, came, timeout=20_000)
    if name == "Check gradients":                       # the sentence came, and moved what stands below it
        assert button.bounding_box()["y"] > before
        wait_until(lab.tab, "document.querySelectorAll('.report tbody tr').length === 8")
    lab.tab.evaluate("lab.halt()")


@pytest.mark.parametrize("name, came", [
    ("Learn", "lab.experiment.updates > 4"), ("One update", "lab.experiment.updates === 5"), ("Start again", "lab.experiment.updates === 200")])
def test_a_button_pressed_before_the_entry_is_refused_does_what_it_says(lab, name, came):
    """As on a slow machine: both are asked for before Python has answered."""
    lab.set(updates=4)
    lab.tab.evaluate("""name => {
        lab.set({ hidden_size: "x" }).catch(() => {});
        [...document.querySelectorAll(".controls button")].find((one) => one.textContent.trim() === name).click();
    }""", name)
    wait_until(lab.tab, f"{came} && lab.experiment.hidden_size === {DEFAULTS['hidden_size']}")
    lab.tab.evaluate("lab.halt()")


def test_a_press_that_is_let_go_elsewhere_is_no_click(lab):
    lab.set(updates=4)
    lab.field("hidden_size").locator("input[type=text]").fill("x")
    box = lab.tab.locator(".controls").get_by_role("button", name="One update", exact=True).bounding_box()
    lab.tab.mouse.move(box["x"] + 5, box["y"] + 5)
    lab.tab.mouse.down()
    lab.tab.mouse.move(box["x"] + 300, box["y"] + 5)
    lab.tab.mouse.up()
    lab.tab.wait_for_timeout(500)
    assert lab.experiment == {**DEFAULTS, "updates": 4}


@pytest.mark.parametrize("width", [390, 360])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("fragment", ["task=" + "x" * 80, "hidden_size=" + "9" * 80, "y" * 90 + "=1", "edits=" + "weight_hh" * 9 + ":1",
                                      "task=own&values=" + "z" * 90, "updates=3&utm_" + "w" * 90 + "=1"])
def test_a_sentence_is_never_wider_than_a_phone(live_tabs, fragment, lang, width):
    tab = phone(live_tabs, width)
    tab.evaluate("hash => { location.hash = hash; }", f"lang={lang}&{fragment}")
    wait_until(tab, "document.querySelector('.refused-note, .link-note')")
    assert tab.locator(".refused-note, .link-note").first.is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.evaluate("location.hash = 'room=break&&'")


PHONES = {}


def phone(live_tabs, width):
    """One page for all of them."""
    if width not in PHONES:
        PHONES[width] = live_tabs(viewport={"width": width, "height": 800})
    return PHONES[width]


CHINESE = [
    ({"momentum": 0.5}, "Adam 不使用动量（现为 0.5）。请把优化器改为 SGD或RMSProp，或去掉动量。"),
    ({"text": "abc"}, "只用于任务“"), ({"targets": [1, 2]}, "只用于任务“"), ({"damage": {"clamp_f": 1, "no_forget_gate": 1}}, "“去掉遗忘门”对同一个数说法不同"),
    ({"task": "sorting"}, "没有“sorting”这个任务"), ({"foo": 1}, "不认识“foo”。"), ({"scale": -1}, "权重缩放系数是 −1，应在 0 到 100 之间"),
    ({"optimizer": "lion"}, "没有“lion”这一项。可选：Adam、SGD、"),
]


@pytest.mark.parametrize("patch, said", CHINESE, ids=lambda value: str(value)[:40])
def test_a_chinese_refusal_names_things_in_chinese_and_has_its_own_signs(lab, patch, said):
    lab.reset("lang=zh-CN", updates=3)
    lab.tab.evaluate("patch => lab.set(patch).then(() => null, () => null)", patch)
    wait_until(lab.tab, f"said => ({REFUSED}).includes(said)", arg=said)
    sentence = lab.tab.evaluate(REFUSED)
    assert not re.search(r"['\"]|[a-z]+_[a-z]+|[\u4e00-\u9fff][,;:]|undefined", sentence), sentence
