"""Share links in Python; tests/cli holds them against web/core/link.js."""

import math

import pytest

from py_lstm import Experiment, InvalidInput, link

ADDRESS = "https://example.org/lstm/#hidden_size=5&updates=40&t=7&quantity=c"


def test_a_link_gives_the_experiment_and_the_view():
    found = link.decode(ADDRESS)
    assert found == ({"hidden_size": 5, "updates": 40}, {"t": 7, "quantity": "c"})
    assert Experiment.from_json(found.experiment) == Experiment(hidden_size=5, updates=40)
    assert link.decode(ADDRESS.partition("#")[2]) == link.decode(ADDRESS[ADDRESS.index("#"):]) == found


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


def test_what_is_broken_is_passed_on_as_it_is():
    assert link.decode("task=%E0%A4%A&seed=%zz&%&=1&foo").experiment == {"task": "%E0%A4%A", "seed": "%zz", "%": "", "": 1, "foo": ""}
    assert link.decode("task=%E6%97%8B&__proto__=1&&&").experiment == {"task": "旋"}
    view = link.decode("t=&unit=many&room=train").view
    assert view["t"] == 0 and math.isnan(view["unit"]) and view["room"] == "train"
    with pytest.raises(InvalidInput, match="link is 3"):
        link.decode(3)
