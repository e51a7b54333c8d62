"""What goes into dist/ besides the files themselves."""
import hashlib
import json

import pytest

from web.build import template, wheel
from web.build.console import Failure, telling_line


def test_json_in_the_page_cannot_end_its_element():
    text = template.inline_json({"text": "</script><!--"})
    assert "<" not in text
    assert json.loads(text) == {"text": "</script><!--"}


def test_a_number_that_json_does_not_have_is_refused():
    with pytest.raises(ValueError):
        template.inline_json({"loss": float("nan")})


def test_an_unknown_placeholder_is_named():
    assert template.fill("a {{x}} b", {"x": r"\1"}) == r"a \1 b"
    with pytest.raises(Failure, match="{{y}}"):
        template.fill("{{y}}", {"x": ""})


def test_the_same_sources_give_the_same_wheel(tmp_path, monkeypatch):
    digests = []
    for name in ("first", "second"):
        monkeypatch.setattr(wheel, "SCRATCH", tmp_path / name)
        digests.append(hashlib.sha256(wheel.build().read_bytes()).hexdigest())
    assert digests[0] == digests[1]


@pytest.mark.parametrize("output, line", [
    ("Traceback\n  File x\nKeyError: 'a'\n  [end of output]\n", "KeyError: 'a'"),
    ("npm error code E404\nnpm error more\n", "npm error code E404"),
    ("warming up\nit broke.\n", "it broke"),
    ("", "it said nothing"),
])
def test_the_telling_line_of_a_failure(output, line):
    assert telling_line(output) == line
