"""The Train room with a text: what the network reads and writes is what py_lstm says, letter by letter and unit by unit."""
import json

import numpy as np
import pytest
from lab import Lab, live_tabs, wait_until  # noqa: F401
from test_accessibility import violations

from py_lstm import Experiment, Trainer, sample
from py_lstm.reading.followers import followers
from py_lstm.reading.passage import LONGEST, joined, passage, read
from py_lstm.reading.traits import traits
from web.build.paths import MODULES

SMALL = {"task": "text_en", "hidden_size": 12, "batch_size": 4, "updates": 30}
LINK = "#room=train&task=text_en&hidden_size=12&batch_size=4&updates=30"
BOUND = 1e-9                                            # after training; see test_numbers.py


@pytest.fixture(scope="module")
def tab(live_tabs):
    tab = live_tabs(LINK)
    tab.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";undefined")
    yield tab
    tab.context.close()


@pytest.fixture
def room(tab):
    tab.watch.problems.clear()
    page = Lab(tab)
    page.reset(LINK[1:], **{**Experiment("text_en").to_json(), **SMALL})
    tab.get_by_role("button", name="as text", exact=True).click()
    tab.locator("[data-text=passage]").wait_for()
    tab.get_by_label("Start the text with").fill("")
    tab.keyboard.press("Enter")
    tab.get_by_role("slider", name="temperature").fill("0.7")
    page.select(quantity="f", t=3, unit=1)
    told(tab, 30)
    yield page
    tab.watch.check()


def told(tab, updates, letters=241):
    """Wait until passage and writing belong to that moment and are whole."""
    wait_until(tab, """([updates, letters]) => ['passage', 'written'].every((name) =>
        document.querySelector(`[data-text=${name}]`)?.dataset.updates === String(updates))
        && document.querySelectorAll('[data-text=written] .ch').length === letters""", arg=[updates, letters])


def trained(updates, **fields):
    trainer = Trainer(Experiment.from_json({**SMALL, **fields, "updates": updates}))
    trainer.parameters_after(updates)
    return trainer


def reading(trainer):
    text = trainer.experiment.about.text
    begin, _ = passage(text)
    numbers = text.numbers[begin:begin + LONGEST]
    return "".join(text.characters[k] for k in numbers), joined(list(read(trainer.network, numbers)))


def values(tab, name):
    return np.array(tab.evaluate("name => [...document.querySelectorAll(`[data-text=${name}] .ch`)].map((at) => Number(at.dataset.value))", name))


def letters(tab, name):
    return tab.evaluate("name => document.querySelector(`[data-text=${name}]`).textContent.replace(/↵/g, '')", name)


def test_every_letter_has_the_state_of_the_selected_unit(room):
    text, right = reading(trained(30))
    for quantity, unit in (("c", 7), ("h", 2), ("c", 12)):
        room.select(quantity=quantity, unit=unit)
        wait_until(room.tab, "unit => document.querySelector('.coloured-by input')?.value === String(unit)", arg=unit)
        assert np.abs(values(room.tab, "passage") - getattr(right, quantity)[:600, unit - 1]).max() < BOUND
    assert letters(room.tab, "passage") == text[:600]


def test_the_units_that_follow_something_are_those_that_python_finds(room):
    text, right = reading(trained(30))
    best = followers({"c": right.c, "h": right.h}, traits(text))
    shown = room.tab.evaluate("[...document.querySelectorAll('.follower')].map(({ dataset }) => [dataset.trait, Number(dataset.correlation)])")
    assert [trait for trait, _ in shown] == [one.trait for one in best]
    assert max(abs(r - one.correlation) for (_, r), one in zip(shown, best)) < BOUND
    room.tab.locator(".follower").last.click()
    wait_until(room.tab, "document.querySelector('.follower:last-child[aria-pressed=true], li:last-child .follower[aria-pressed=true]')")
    assert np.abs(values(room.tab, "passage") - getattr(right, best[-1].quantity)[:600, best[-1].unit - 1]).max() < BOUND


def test_it_writes_what_the_command_line_writes(room):
    tab = room.tab
    assert letters(tab, "written") == "\n" + "".join(sample(trained(30), "", 240, temperature=0.7, rng=1))
    tab.get_by_label("Start the text with").fill("the ")
    tab.keyboard.press("Enter")
    told(tab, 30, 244)
    tab.get_by_role("slider", name="temperature").fill("0")
    right = "the " + "".join(sample(trained(30), "the ", 240, temperature=0.0, rng=1))
    wait_until(tab, "text => document.querySelector('[data-text=written]')?.textContent.replace(/↵/g, '') === text", arg=right)
    tab.get_by_label("Start the text with").fill("§")
    tab.keyboard.press("Enter")
    wait_until(tab, "document.querySelector('.asked .refusal')?.textContent.includes('§')")
    assert tab.locator(".asked .refusal").text_content() == ("The text has no '§' anywhere, so the network cannot read it. "
                                                             "Go on from something in the text’s own characters.")
    assert letters(tab, "written") == right                 # nothing is lost
    tab.get_by_label("Start the text with").fill("")
    tab.keyboard.press("Enter")
    wait_until(tab, "!document.querySelector('.asked .refusal').textContent")
    tab.get_by_role("slider", name="temperature").fill("0.7")
    told(tab, 30)


def test_text_and_units_follow_the_moments_of_the_run(room):
    tab = room.tab
    for updates in (0, 10, 31):
        tab.evaluate("updates => lab.set({updates})", updates)
        told(tab, updates)
        room.select(quantity="c", unit=3)
        wait_until(tab, "document.querySelector('.coloured-by input')?.value === '3'")
        assert np.abs(values(tab, "passage") - reading(trained(updates))[1].c[:600, 2]).max() < BOUND
    tab.evaluate("void lab.train()")
    wait_until(tab, "Number(document.querySelector('[data-text=passage]')?.dataset.updates) > 31", timeout=60_000)
    tab.evaluate("lab.halt()")
    done = tab.evaluate("lab.experiment.updates")
    told(tab, done)


def test_a_letter_is_read_with_pointer_and_keys(room):
    tab = room.tab
    room.select(quantity="c", unit=5)
    text, right = reading(trained(30))
    tab.locator("[data-text=passage] [data-k='20']").hover()
    number = tab.locator(".text-reading [data-number=state]")
    wait_until(tab, "document.querySelector('.text-reading')?.textContent.includes('character 21')")
    assert float(number.get_attribute("title").replace("−", "-")) == pytest.approx(right.c[20, 4], abs=BOUND)
    tab.locator("[data-text=passage]").focus()
    tab.keyboard.press("ArrowRight")
    wait_until(tab, "document.querySelector('.text-reading')?.textContent.includes('character 22')")
    tab.keyboard.press("Home")
    wait_until(tab, "document.querySelector('.text-reading')?.textContent.includes('character 1:')")
    told_of = tab.locator(".text-reading").text_content()
    assert "%.0f%%" % (100 * right.p_guess[0]) in told_of or "%.1f%%" % (100 * right.p_guess[0]) in told_of


def test_sign_is_told_without_hue_and_letters_can_be_read(room):
    """Below its line is less than 0; whatever the colour, letter and ground are 4.5 to 1 apart."""
    tab = room.tab
    room.select(quantity="c", unit=4)
    wait_until(tab, "document.querySelector('.coloured-by input')?.value === '4'")
    for _ in range(2):
        wrong = tab.evaluate("""() => {
            const light = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
              .map((u) => (u <= 0.04045 ? u / 12.92 : ((u + 0.055) / 1.055) ** 2.4)).reduce((sum, u, k) => sum + u * [0.2126, 0.7152, 0.0722][k], 0.05);
            return [...document.querySelectorAll('.ch')].filter((at) => {
              const { color, backgroundColor } = getComputedStyle(at);
              const [a, b] = [light(color), light(backgroundColor)].sort((x, y) => x - y);
              return b / a < 4.5 || at.classList.contains('down') !== (Number(at.dataset.value) < 0);
            }).length; }""")
        assert wrong == 0
        tab.locator("header button.theme").click()             # the other theme, and back


def test_axe_finds_nothing_serious_in_both_languages_and_as_gates(room):
    tab = room.tab
    assert violations(tab) == []
    tab.locator("header button[lang]").click()
    assert violations(tab) == []
    tab.locator("header button[lang]").click()
    tab.get_by_role("button", name="as gates", exact=True).click()
    tab.locator("#picture canvas").wait_for()
    assert violations(tab) == []


def test_the_foretold_letters_are_above_the_fold_with_64_units(room):
    tab = room.tab
    room.set(hidden_size=64, updates=1)
    tab.get_by_role("button", name="as gates", exact=True).click()
    box = tab.locator("#picture canvas").bounding_box()
    assert box["y"] + 20 + 44 < 900, "letters read, foretold and right"
    tab.get_by_role("button", name="as text", exact=True).click()
    told(tab, 1)
    assert tab.locator("[data-text=passage]").bounding_box()["y"] + 60 < 900


def test_an_own_text_is_read_from_before_where_it_is_held_out(room):
    tab = room.tab
    own = "a (b) c.\n" * 20
    tab.evaluate("fields => lab.set(fields)", {"task": "own_text", "text": own, "hidden_size": 3, "length": 8, "updates": 2})
    told(tab, 2)
    assert letters(tab, "passage") == own and "held out" in tab.locator(".texts figcaption").first.text_content()
    assert tab.locator("[data-text=passage] .learnt").count() == 162
    assert json.loads(tab.evaluate("JSON.stringify(lab.experiment)"))["text"] == own


def test_letters_that_cannot_be_seen_stand_for_themselves(room):
    """Joiners, marks, controls and odd spaces of a text that somebody pastes; each is one step of the network."""
    tab = room.tab
    seen = {"\u200b": "▯", "\u0301": "◌\u0301", "\u3000": "\u3000", "\t": "⇥", "\U0001f431": "\U0001f431", "\ufeff": "▯"}
    own = ("a" + "".join(seen) + ".\n") * 10
    tab.evaluate("fields => lab.set(fields)", {"task": "own_text", "text": own, "hidden_size": 3, "length": 8, "updates": 2})
    told(tab, 2)
    shown = tab.locator("[data-text=passage] .ch").all_text_contents()
    assert shown[:9] == ["a", *seen.values(), ".", "↵\n"] and len(shown) == len(own)
    for place, name in ((1, "▯ U+200B"), (2, "◌\u0301 U+0301"), (3, "␣ U+3000"), (4, "⇥"), (5, "\U0001f431"), (8, "↵")):
        tab.locator("[data-text=passage] [data-k='%d']" % place).hover()
        wait_until(tab, "name => document.querySelector('.text-reading b')?.textContent === name", arg=name)


def test_an_own_text_is_refused_in_words_and_the_one_before_stays(room):
    tab = room.tab
    tab.evaluate("fields => lab.set(fields)", {"task": "own_text", "text": "so it goes.\r\n" * 6, "hidden_size": 3, "length": 8, "updates": 2})
    told(tab, 2)
    assert room.experiment["text"] == "so it goes.\n" * 6, "a line end is one character"
    box = tab.locator("[data-field=text] textarea")
    for text, told_of in (("", "0 characters"), ("too short", "9 characters"), ("a" * 99, "1 different"), ("x" * 60 + "\ud83d", "half a character at place 61"),
                          ("".join(map(chr, range(0x4e00, 0x4e00 + 501))), "501 different")):
        box.evaluate("(box, units) => { box.value = String.fromCharCode(...units); box.dispatchEvent(new Event('change', { bubbles: true })); }",
                     [ord(one) for one in text])
        wait_until(tab, "words => document.querySelector('[data-field=text] .refusal').textContent.includes(words)", arg=told_of)
        assert letters(tab, "passage") == room.experiment["text"] == "so it goes.\n" * 6
    box.fill("so it went.\n" * 6)
    box.blur()
    wait_until(tab, "lab.experiment.text.includes('went') && !document.querySelector('[data-field=text] .refusal').textContent")


@pytest.mark.parametrize("heat", [0.1, 1, 2])
def test_every_temperature_writes_what_the_command_line_writes(room, heat):
    room.tab.get_by_role("slider", name="temperature").fill(str(heat))
    right = "\n" + "".join(sample(trained(30), "", 240, temperature=heat, rng=1))
    wait_until(room.tab, "text => document.querySelector('[data-text=written]')?.textContent.replace(/↵/g, '') === text", arg=right)


def test_on_a_phone_a_tapped_letter_is_told_in_sight_of_it(live_tabs):
    tab = live_tabs(LINK, viewport={"width": 390, "height": 844}, has_touch=True)
    letter = tab.locator("[data-text=passage] .ch").nth(40)
    letter.scroll_into_view_if_needed()
    letter.tap()
    wait_until(tab, "document.querySelector('.text-reading')?.textContent.includes('character 41')")
    told, sheet = tab.locator(".text-reading").bounding_box(), tab.locator("aside.right").bounding_box()
    assert 0 < told["y"] and told["y"] + told["height"] <= sheet["y"] + 1
    tab.context.close()


def test_on_a_phone_in_chinese_nothing_is_wider_than_the_window(live_tabs):
    tab = live_tabs(LINK.replace("text_en", "text_zh").replace("updates=30", "updates=2") + "&lang=zh-CN", viewport={"width": 390, "height": 844})
    told(tab, 2)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.locator("[data-text=passage] [data-k='7']").click()
    wait_until(tab, "document.querySelector('.text-reading')?.textContent.includes('第 8 个字符')")
    tab.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";undefined")
    assert violations(tab) == []
    tab.watch.check()
    tab.context.close()
