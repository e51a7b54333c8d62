"""README's example prints what README says."""
import doctest
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_example_prints_what_it_shows():
    result = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert result.attempted > 8 and result.failed == 0
