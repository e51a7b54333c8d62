"""Share links in Python; tests/cli holds them against web/core/link.js."""

import json
import math
from pathlib import Path

import pytest

from py_lstm import Experiment, InvalidInput, link

ADDRESS = "https://example.org/lstm/#hidden_size=5&updates=40&t=7&quantity=c"


def test_a_link_gives_the_experiment_and_the_view():
    found = link.decode(ADDRESS)
    assert found == ({"hidden_size": 5, "updates": 40}, {"t": 7, "quantity": "c"})
    assert Experiment.from_json(found.experiment) == Experiment(hidden_size=5, updates=40)
    assert link.decode(ADDRESS.partition("#")[2]) == link.decode(ADDRESS[ADDRESS.index("#"):]) == found


OLD = json.loads((Path(__file__).parents[1] / "links.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("old", OLD, ids=lambda old: old["link"][:60])
def test_a_link_of_an_older_page_says_the_same_for_ever(old):
    """What is added to the file stays there: somebody has the link in a lesson."""
    assert link.whole(link.decode(old["link"])) == (old["experiment"], old["view"])
    Experiment.from_json(old["experiment"])


def test_rows_targets_and_edits_are_read():
    fields = link.decode("task=own&values=0.1,-2;1e-9,3&targets=1,%2D1&edits=weight_hh[0,2]:0.5;c_0[1]:−1e-7").experiment
    assert fields == {"task": "own", "values": [[0.1, -2], [1e-9, 3]], "targets": [1, -1],
                      "edits": {"weight_hh[0,2]": 0.5, "c_0[1]": -1e-7}}
    assert link.decode("edits=bias;c_0[1]:much;").experiment == {"edits": {"bias": "", "c_0[1]": "much"}}


@pytest.mark.parametrize("text, value", [
    ("5", 5), (" 5\n", 5), ("-.5", -0.5), ("−3", -3), ("5.", 5), ("1e3", 1000), ("1E-3", 0.001), ("+2", 2), ("-0", 0),
    ("1e999", "1e999"), ("1e400", "1e400"), ("", ""), (" ", " "), ("0x10", "0x10"), ("1_0", "1_0"), ("e5", "e5"), ("--1", "--1"),
    ("NaN", "NaN"), ("Infinity", "Infinity"), ("many", "many"), ("٣", "٣"), ("1e21", 1e21), ("12345678901234567890", 12345678901234567000),
])
def test_a_number_is_one_only_if_it_is_one_in_the_page(text, value):
    found = link.number(text)
    assert found == value and type(found) is type(value)


def test_what_is_written_is_read_back():
    e = Experiment("own_text", text="the cat sat on the mat, " * 20, hidden_size=7, damage={"clamp_f": 0.5, "no_carry": 1}, damage_from=0,
                   edits={"bias[0]": 1e-7}, changes={100: {"learning_rate": 0.002}, 250: {"clip_norm": 0.5}})
    for _ in range(2):                                  # twice in a row: nothing is left over
        text = link.encode(e, {"room": "train", "answer": "yes", "t": None})
        assert "~text=" in text and "~answer=" in text and "room=train" in text and "yes" not in text and len(text) < 300
        found = link.whole(link.decode(text))
        assert Experiment.from_json(found.experiment) == e and found.view == {"room": "train", "answer": "yes"}
    assert link.encode(Experiment()) == ""
    with pytest.raises(InvalidInput, match="cut off"):
        link.whole(link.decode("~text=AAAA"))


def test_nothing_stands_for_no_value_where_there_may_be_none():
    assert link.decode("values=&targets=&text=&damage_from=&length=").experiment == {
        "values": None, "targets": None, "text": None, "damage_from": None, "length": ""}


def test_what_is_broken_is_passed_on_as_it_is():
    assert link.decode("task=%E0%A4%A&seed=%zz&%&=1&foo").experiment == {"task": "%E0%A4%A", "seed": "%zz", "%": "", "": 1, "foo": ""}
    assert link.decode("task=%E6%97%8B&__proto__=1&&&").experiment == {"task": "旋"}
    view = link.decode("t=&unit=many&room=train").view
    assert view["t"] == 0 and math.isnan(view["unit"]) and view["room"] == "train"
    with pytest.raises(InvalidInput, match="link is 3"):
        link.decode(3)
