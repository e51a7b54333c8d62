"""Links that other programs changed on their way, and links that are refused: what is of use is used, and what is not is said."""
import json
import re
from pathlib import Path

import pytest
from lab import DEFAULTS, Lab, lab, live_tabs, shared_tab, wait_until  # noqa: F401
from test_link import go_to, written

CHANGED = json.loads((Path(__file__).parents[1] / "changed_links.json").read_text(encoding="utf-8"))
BY_HOW = {one["how"]: one for one in CHANGED}
NOTE = "document.querySelector('.link-note span')?.textContent ?? null"


@pytest.mark.parametrize("how", ["& as &amp;", "percent-encoded twice", "a bracket and a stop", "a Chinese comma and what follows",
                                 "tracking marks", "a line break in a number", "#/", "a smart dash in edits", "as it was shared",
                                 "cut short in a packed answer"])
def test_a_link_changed_on_its_way_opens_as_it_was_shared_and_says_what_was_done(lab, how):
    one = BY_HOW[how]
    go_to(lab, one["link"].lstrip("#") if one["link"].startswith("#") else one["link"])
    wanted = {**DEFAULTS, **one.get("experiment", {"hidden_size": 5, "updates": 40})}
    wait_until(lab.tab, "wanted => JSON.stringify(lab.experiment) === JSON.stringify(wanted)", arg=wanted)
    said = lab.tab.evaluate(NOTE)
    if not one.get("notes"):
        assert said is None
        return
    assert said.startswith("The link was changed on its way here. ") and all(what.lower() in said.lower() for what in one["notes"].values())
    assert lab.tab.locator(".link-note").is_visible()
    # What is lost is told as a refusal is, what was only mended is not.
    assert lab.tab.locator(".link-note.refusal").count() == ("cut" in one["notes"])
    wait_until(lab.tab, "!/amp|%25|utm|\\)|%0A|–|~/.test(location.hash)")              # and the address is the page's own again
    lab.set(hidden_size=4)
    wait_until(lab.tab, NOTE + " === null")             # it is not said of another experiment


@pytest.mark.parametrize("query, kept", [("?hidden_size=5&updates=40", ""),
                                         ("?boot=plain&hidden_size=5&updates=40&utm_source=mail", "?boot=plain"),
                                         ("?hidden_size%3D5%26updates%3D40#", "")])
def test_a_link_whose_sign_became_a_question_mark_opens_and_the_address_says_one_thing(live_tabs, query, kept):
    tab = live_tabs(query)
    assert Lab(tab).experiment == {**DEFAULTS, "hidden_size": 5, "updates": 40}
    assert "? where a # belongs" in tab.evaluate(NOTE)
    wait_until(tab, "kept => location.search === kept && location.hash === '#hidden_size=5&updates=40'", arg=kept)
    Lab(tab).set(**DEFAULTS)
    wait_until(tab, "location.hash === ''")
    assert tab.evaluate("location.search") == kept
    tab.watch.check()
    tab.context.close()


def test_a_query_of_the_host_is_left_alone(live_tabs):
    tab = live_tabs("?version=7&t=1700000000&fbclid=x#hidden_size=5&updates=3")
    assert Lab(tab).experiment == {**DEFAULTS, "hidden_size": 5, "updates": 3}
    assert tab.evaluate(NOTE) is None
    Lab(tab).set(updates=4)
    wait_until(tab, "location.hash === '#hidden_size=5&updates=4'")
    assert tab.evaluate("location.search") == "?version=7&t=1700000000&fbclid=x"
    tab.context.close()


@pytest.mark.parametrize("lang, wrong, instead", [("en", "From the link: Hidden units", "On the screen instead: Latch"),
                                                   ("zh-CN", "链接里的问题：隐藏", "目前显示的是：锁存")])
@pytest.mark.parametrize("room", ["forward", "backward", "train", "break"])
def test_a_refused_link_is_told_in_every_room_with_what_is_shown_instead(lab, room, lang, wrong, instead):
    lab.set(updates=4)
    go_to(lab, f"room={room}&hidden_size=99&lang={lang}")
    note = lab.tab.locator(".refused-note")
    wait_until(lab.tab, "document.querySelector('.refused-note.shown')")
    assert note.is_visible() and wrong in note.text_content() and instead in note.text_content()
    assert "4" in note.text_content().partition(instead)[2]
    assert "hidden_size=99" in lab.tab.evaluate("location.hash")
    lab.set(hidden_size=2)
    assert note.count() == 0
    wait_until(lab.tab, "!location.hash.includes('hidden_size=99')")


@pytest.mark.parametrize("fragment", ["foo=3", "puzzle=3&hidden_size=99", "task=own&values=0.1,0.2,0.3&damage=longer:2", "momentum=0.5"])
def test_a_refused_link_to_the_break_room_is_told_when_the_page_opens(live_tabs, fragment):
    tab = live_tabs("#room=break&" + fragment)
    assert Lab(tab).experiment == DEFAULTS
    note = tab.locator(".refused-note")
    assert note.is_visible() and "On the screen instead: Latch" in note.text_content() and "undefined" not in note.text_content()
    tab.context.close()


def test_a_change_made_during_the_opening_is_in_the_address_and_can_be_undone_by_going_back(browser, site):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="no-preference")
    tab = context.new_page()
    tab.goto(site)
    wait_until(tab, "document.documentElement.dataset.engine === 'live'")
    before = tab.evaluate("history.length")
    # The play head of the opening moves on every third of a second, for some eight seconds: so it does here for ever.
    tab.evaluate("""() => { let t = 0; window.moving = setInterval(() => lab.select({ t: 1 + (t++ % 24) }), 150); }""")
    tab.evaluate("lab.set({ updates: 3 })")
    wait_until(tab, "location.hash.includes('updates=3')", timeout=5000)
    assert tab.evaluate("history.length") == before + 1
    tab.evaluate("clearInterval(window.moving)")
    tab.go_back()
    wait_until(tab, "lab.experiment.updates === 200")
    context.close()
