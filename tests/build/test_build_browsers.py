"""The browser tests are never left out: a browser is found, installed, or its absence is a sentence."""
import pytest

from web.build import browsers
from web.build.console import Failure


@pytest.fixture
def machine(monkeypatch):
    """A machine where nothing is found until an installer that works has run; the value lists what was tried."""
    tried = []

    def set_up(works):
        monkeypatch.setattr(browsers, "find", lambda engine: "/found" if works in tried else None)
        for name in ("playwright_install", "debian_install"):
            monkeypatch.setattr(browsers, name, lambda engine, name=name: tried.append(name) or name == works)
        return tried
    return set_up


@pytest.mark.parametrize("works, expected", [
    ("playwright_install", ["playwright_install"]),
    ("debian_install", ["playwright_install", "debian_install"]),
])
def test_installers_are_tried_in_turn(machine, works, expected):
    tried = machine(works)
    assert browsers.path_of("chromium") == "/found"
    assert tried == expected


def test_none_at_all_fails_with_the_remedy(machine):
    machine(works=None)
    with pytest.raises(Failure, match="need Chromium or Chrome .* and run this again"):
        browsers.path_of("chromium")
    with pytest.raises(Failure, match="playwright install firefox"):
        browsers.path_of("firefox")


def test_a_notice_in_the_browsers_place_does_not_count(tmp_path):
    notice = tmp_path / "chromium-browser"
    notice.write_text("#!/bin/sh\necho 'install the snap'; exit 1\n")
    notice.chmod(0o755)
    assert not browsers.starts(str(notice))
    assert not browsers.starts(str(tmp_path / "missing"))
