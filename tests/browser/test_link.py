"""The address: it holds the whole experiment, and a wrong one is a sentence at its field, never a broken page."""
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from lab import (DEFAULTS, SAME, Lab, assert_same_numbers, difference, follow, fragment_of, in_cpython, lab,  # noqa: F401
                 live_tabs, shared_tab, wait_until)

from py_lstm import Experiment, link

RICH = {"task": "adding", "length": 30, "hidden_size": 5, "seed": 8, "initializer": "glorot_orthogonal", "scale": 1.5,
        "forget_bias": -0.5, "updates": 7, "optimizer": "sgd", "learning_rate": 1e-3, "loss_at": "last",
        "gradient_of": "loss", "edits": {"weight_hh[0,2]": 0.5, "c_0[1]": -1e-7}}
OWN = {"task": "own", "values": [[0.1, -2.0], [1e-9, 3.0], [0.3333333333333333, 0.0]], "targets": [1.0, -1.0, 0.5],
       "updates": 2}
# One column of numbers, and no targets.
LINE = {"task": "own", "values": [[0.1], [0.2], [-0.3]], "updates": 1}

OLD = json.loads((Path(__file__).parents[1] / "links.json").read_text(encoding="utf-8"))
TEXT = "the cat sat on the mat, the rat sat by the cat. " * 5


def fragment_with_text():
    return link.encode(Experiment("own_text", text=TEXT, updates=1))


def go_to(page_lab, fragment):
    """Follow a link within the page, and wait for what comes of it."""
    follow(page_lab.tab, fragment)
    page_lab.tab.wait_for_function("JSON.stringify(lab.wanted) === JSON.stringify(lab.experiment) || "
                                   "[...document.querySelectorAll('.refusal')].some((place) => place.textContent)")


def written(tab, fragment):
    """Wait until the page has written this into its address."""
    wait_until(tab, "text => location.hash.replace(/^#/, '') === text", arg=fragment)


def stays_written(tab, fragment):
    """Nothing else is written in the time that it takes the page to write something."""
    tab.wait_for_timeout(500)
    assert tab.evaluate("location.hash") == "#" + fragment


@pytest.mark.parametrize("experiment", [RICH, OWN, LINE], ids=["rich", "own rows", "own line"])
def test_what_is_on_the_page_comes_back_from_its_link(lab, live_tabs, site, experiment):
    lab.set(**experiment)
    lab.select("c", 2, 2)
    wait_until(lab.tab, "location.hash.includes('task=') && location.hash.endsWith('quantity=c&t=2&unit=2')")
    fragment = lab.tab.evaluate("location.hash.slice(1)")
    tab = live_tabs("#" + fragment)
    assert Lab(tab).experiment == Experiment.from_json({**DEFAULTS, **experiment}).to_json()
    assert difference(Lab(tab).trace(), lab.trace()) == 0
    assert tab.locator(".inspector h2").text_content() == lab.tab.locator(".inspector h2").text_content()
    stays_written(tab, fragment)
    tab.context.close()


def test_a_link_holds_the_view_as_well(live_tabs):
    tab = live_tabs("#length=40&t=35&unit=3&quantity=dc&room=backward&lang=zh-CN&theme=dark&updates=0")
    root = tab.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("data-theme")) == ("zh-CN", "dark")
    # Step 35 is beyond the recording, and must not be lost on the way.
    assert tab.locator("output.now").text_content() == "t = 35 / 40"
    assert "单元 3" in tab.locator(".inspector h2").text_content()
    assert tab.locator("nav button[aria-pressed=true]").text_content() == "反向"
    tab.wait_for_timeout(500)
    assert fragment_of(tab) == {"length": "40", "updates": "0", "room": "backward", "quantity": "dc", "t": "35",
                                "unit": "3", "lang": "zh-CN", "theme": "dark"}
    tab.context.close()


def test_the_default_has_a_bare_address_and_only_differences_are_written(lab):
    written(lab.tab, "")
    lab.set(updates=3)
    written(lab.tab, "updates=3")


def test_the_link_is_kept_while_python_loads(visit, site):
    tab = visit()
    tab.context.route("**/pyodide-*/**", lambda route: route.abort())
    tab.watch.expect("ERR_FAILED")
    tab.goto(site + "#hidden_size=5&length=40&t=35")
    tab.wait_for_timeout(800)
    assert fragment_of(tab) == {"hidden_size": "5", "length": "40", "t": "35", **{
        name: value for name, value in fragment_of(tab).items() if name in ("quantity", "unit")}}


def test_a_link_followed_in_the_moment_the_page_writes_its_own_is_followed(lab):
    """The page's timer may be due between a visitor's change of the address and the event that tells of it."""
    written(lab.tab, "")
    lab.tab.evaluate("""lab.set({ updates: 3 }).then(() => {
        setTimeout(() => { location.hash = "#updates=9"; }, 50);
        const until = performance.now() + 600;          // both timers are due, this one first, and wait for this to end
        while (performance.now() < until);
    })""")
    wait_until(lab.tab, "lab.experiment.updates === 9")
    stays_written(lab.tab, "updates=9")


def test_the_address_is_written_also_where_the_last_picture_comes_late(lab):
    """Python is at work until its last picture is painted, and the address is due before that."""
    written(lab.tab, "")
    lab.tab.evaluate("""() => { window.paint = requestAnimationFrame;
        window.requestAnimationFrame = (painted) => setTimeout(() => window.paint(painted), 600); }""")
    try:
        lab.set(updates=3)
        written(lab.tab, "updates=3")
    finally:
        lab.tab.evaluate("() => { window.requestAnimationFrame = window.paint; }")


def test_following_a_link_within_the_page_changes_the_picture(lab):
    go_to(lab, "hidden_size=2&length=9&updates=0&quantity=h&t=9")
    assert_same_numbers(lab, {"hidden_size": 2, "length": 9, "updates": 0})
    assert "hidden state, unit 2, step 9" in lab.tab.locator(".inspector h2").text_content()
    go_to(lab, "updates=1&t=24")
    assert lab.experiment == {**DEFAULTS, "updates": 1}


def test_back_goes_back_to_the_experiment_before(lab):
    go_to(lab, "updates=5&hidden_size=4")
    go_to(lab, "updates=6&hidden_size=2")
    lab.tab.go_back()
    wait_until(lab.tab, "lab.experiment.hidden_size === 4 && lab.experiment.updates === 5")
    assert lab.experiment == {**DEFAULTS, "updates": 5, "hidden_size": 4}


# Fragment, and the field at which the sentence stands; None where it has no control of its own.
WRONG = {
    "an unknown field": ("foo=1", None),
    "an unknown field without a value": ("foo", None),
    "a number too large": ("hidden_size=65", "hidden_size"),
    "a number too small": ("length=0", "length"),
    "a negative number": ("updates=-1", "updates"),
    "a huge number": ("seed=1e300", "seed"),
    "beyond every float": ("seed=1e999", "seed"),
    "text": ("length=many", "length"),
    "nothing": ("length=", "length"),
    "NaN": ("scale=NaN", "scale"),
    "Infinity": ("learning_rate=Infinity", "learning_rate"),
    "half a step": ("length=2.5", "length"),
    "an unknown task": ("task=sorting", "task"),
    "a task that every object has": ("task=constructor", "task"),
    "a broken escape": ("task=%E0%A4%A", "task"),
    "a broken escape as a field": ("%", None),
    "a field without a name": ("=1", None),
    "a script": ("task=" + quote("<img src=x onerror=window.injected=1>"), "task"),
    "a script as a field": (quote("<img src=x onerror=window.injected=1>") + "=1", None),
    "a script as own numbers": ("task=own&values=" + quote("<script>window.injected=1</script>"), "values"),
    "own numbers with text": ("task=own&values=1,2;3,many", "values"),
    "own numbers of two widths": ("task=own&values=1,2;3", "values"),
    "too few own numbers": ("task=own&values=1", "values"),
    "too many own numbers": ("task=own&values=" + ";".join("1" * 202), "values"),
    "too many targets": ("task=own&values=1;2;3&targets=1,2,3,4", "targets"),
    "own numbers for another task": ("values=1;2;3", "values"),
    "an edit of nothing": ("edits=weight_hh[99,0]:1", None),
    "an edit that is no number": ("edits=bias[0]:much", None),
    "another version": ("version=7", None),
    "a huge batch": ("batch_size=1e9", None),
}


def sentences(tab):
    return [text for text in tab.locator(".refusal").all_text_contents() if text]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_link_is_a_sentence_at_its_field_and_the_page_goes_on(lab, name):
    fragment, field = WRONG[name]
    lab.set(updates=4, hidden_size=2)
    good = lab.trace()
    go_to(lab, fragment)
    wait_until(lab.tab, "[...document.querySelectorAll('.refusal')].some((place) => place.textContent)")
    assert len(sentences(lab.tab)) == 1
    if field:
        assert lab.refusal(field) == sentences(lab.tab)[0]
    assert len(sentences(lab.tab)[0]) > 20 and "{" not in sentences(lab.tab)[0]
    assert difference(lab.trace(), good) == 0, "the last good picture went away"
    assert lab.tab.evaluate("window.injected") is None
    assert lab.tab.evaluate("document.documentElement.dataset.engine") == "live"
    lab.set(seed=2)
    assert sentences(lab.tab) == []
    assert lab.experiment == {**DEFAULTS, "updates": 4, "hidden_size": 2, "seed": 2}


@pytest.mark.parametrize("view", ["t=999&unit=99", "t=-5&unit=0", "t=NaN", "t=1e400", "t=2.6", "quantity=weight_ih", "quantity=bias",
                                  "quantity=constructor", "quantity=__proto__", "quantity=%00", "room=attic", "lang=xx",
                                  "theme=blue", "t", "&&&", "__proto__=1", "quantity=x_grad&t=" + "9" * 400])
def test_a_wrong_view_is_the_nearest_there_is(lab, view):
    go_to(lab, view + "&updates=0")
    assert lab.experiment["updates"] == 0
    wait_until(lab.tab, "document.querySelector('.inspector data') !== null")
    assert sentences(lab.tab) == []
    assert 1 <= int(lab.tab.locator("output.now").text_content().split()[2]) <= 24


@pytest.mark.parametrize("name", ["text", "a script", "an unknown field", "a huge batch"])
def test_a_page_opened_with_a_wrong_link_shows_the_default_and_says_why(live_tabs, name):
    fragment, field = WRONG[name]
    tab = live_tabs("#" + fragment)
    assert len(sentences(tab)) == 1
    page_lab = Lab(tab)
    if field:
        assert page_lab.refusal(field) == sentences(tab)[0]
    assert page_lab.experiment == DEFAULTS
    assert difference(page_lab.trace(), in_cpython({})) <= SAME
    page_lab.set(updates=1)
    assert sentences(tab) == []
    tab.watch.check()
    tab.context.close()


def test_the_address_is_not_written_from_a_picture_that_is_about_to_go(lab):
    """A long training is under way: until its picture is there, the visitor's own address stays."""
    lab.set(updates=3)
    written(lab.tab, "updates=3")
    lab.tab.evaluate("location.hash = 'room=backward&hidden_size=40&length=180&updates=150&batch_size=64'")
    for _ in range(8):
        lab.tab.wait_for_timeout(100)
        assert "hidden_size=40" in lab.tab.evaluate("location.hash")
    lab.set(**DEFAULTS)


def test_a_link_that_was_cut_off_on_its_way_is_told(lab):
    packed = fragment_with_text()
    lab.tab.evaluate("hash => { location.hash = hash; }", packed)
    wait_until(lab.tab, "lab.experiment.task === 'own_text' && lab.experiment.updates === 1")
    assert lab.experiment["text"] == TEXT
    lab.set(**DEFAULTS)
    go_to(lab, packed.partition("&updates")[0][:-4])
    wait_until(lab.tab, "[...document.querySelectorAll('.refusal')].some((place) => place.textContent)")
    assert "cut off" in sentences(lab.tab)[0] and lab.experiment == DEFAULTS
    lab.set(updates=1)
    assert sentences(lab.tab) == []


@pytest.mark.parametrize("old", OLD, ids=lambda old: old["link"][:60])
def test_a_link_of_an_older_page_opens(lab, old):
    lab.tab.evaluate("hash => { location.hash = hash; }", old["link"])
    wanted = Experiment.from_json(old["experiment"]).to_json()
    wait_until(lab.tab, "wanted => JSON.stringify(lab.experiment) === JSON.stringify(wanted)", arg=wanted)
    assert sentences(lab.tab) == []


def test_a_good_link_after_a_wrong_one_is_followed(lab):
    go_to(lab, "length=many")
    wait_until(lab.tab, "[...document.querySelectorAll('.refusal')].some((place) => place.textContent)")
    go_to(lab, "length=11&updates=0")
    wait_until(lab.tab, "lab.experiment.length === 11")
    assert sentences(lab.tab) == []
    assert_same_numbers(lab, {"length": 11, "updates": 0})


def test_the_sentence_of_a_wrong_link_can_be_seen_on_a_phone(live_tabs):
    tab = live_tabs("#hidden_size=99", viewport={"width": 390, "height": 844})
    assert [place for place in tab.get_by_text("Hidden units is 99").all() if place.is_visible()]
    tab.context.close()
