"""The list of what is photographed: nothing that the page can show broken is left out."""
import pytest

from py_lstm.damage.puzzle import Puzzle
from py_lstm.damage.rules import DAMAGE
from web.build import screenshots, states
from web.build.console import Failure


def test_every_damage_is_photographed_with_its_usual_value():
    links = {link for link, _ in states.STATES.values()}
    for name, rule in DAMAGE.items():
        assert any("damage=%s" % (name if rule.switch else "%s:%g" % (name, rule.usual)) in link for link in links), name


def test_the_bug_that_is_found_is_the_one_that_is_named_and_its_proof_proves_it():
    puzzle = Puzzle(states.NO_CARRY)
    list(puzzle.follow(states.PROOF))
    verdict = puzzle.guess("no_carry")
    assert verdict.right and verdict.proven


def test_a_name_that_no_state_has_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(Failure, match="No state begins with trian; the states are forward, .*find-the-bug"):
        screenshots.take(tmp_path, ["trian"])
