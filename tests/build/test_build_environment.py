"""build.py finds a Python that really runs and really is the version its name says.

The stand-ins are shell scripts, so this needs a system that runs those.
"""
import subprocess
import sys

import pytest

from web.build import environment
from web.build.console import Failure
from web.build.paths import ROOT


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with no Python that is new enough: stand-ins are added with machine(path, output)."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setattr(sys, "version_info", (3, 6, 15))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))

    (tmp_path / ".python-version").write_text("3.13\n")

    def add(path, line):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n%s\n" % line)
        file.chmod(0o755)
        return str(file)
    return add


def test_the_preferred_version_comes_first(machine, tmp_path):
    machine("bin/python3.12", "echo 3.12 True /twelve")
    machine("bin/python3.13", "echo 3.13 True /thirteen")
    machine("bin/python3.14", "echo 3.14 True /fourteen")
    assert environment.find_python(tmp_path) == "/thirteen"


def test_a_shim_that_does_not_run_is_passed_over(machine, tmp_path):
    machine("bin/python3.13", "echo 'pyenv: python3.13: command not found'; exit 127")
    machine("bin/python3.12", "echo 3.12 True /twelve")
    assert environment.find_python(tmp_path) == "/twelve"


def test_a_python_of_another_version_than_its_name_says_is_passed_over(machine, tmp_path):
    machine("bin/python3.13", "echo 3.9 True /nine")
    machine("bin/python3.14", "echo 3.14 True /fourteen")
    assert environment.find_python(tmp_path) == "/fourteen"


@pytest.mark.parametrize("place", ["home/.pyenv", "elsewhere"])
def test_one_that_only_pyenv_knows_is_found(machine, place, tmp_path, monkeypatch):
    machine(place + "/versions/3.13.7/bin/python", "echo 3.13 True /pyenv")
    if place == "elsewhere":
        monkeypatch.setenv("PATH", str(tmp_path / place / "shims"))
    assert environment.find_python(tmp_path) == "/pyenv"


def test_none_is_one_sentence_with_the_remedy(machine, tmp_path):
    with pytest.raises(Failure, match=r"only 3\.6 was found: install Python 3\.13 .*run this again\.$"):
        environment.find_python(tmp_path)


def test_one_without_venv_says_what_to_install(machine, tmp_path):
    machine("bin/python3.13", "echo 3.13 False /bare")
    with pytest.raises(Failure, match="/bare cannot make environments: .*apt install python3.13-venv"):
        environment.find_python(tmp_path)


@pytest.mark.parametrize("arguments, said", [
    (["--help"], "COMMAND"),
    (["test", "--help"], "unit"),
])
def test_help_needs_no_environment(arguments, said):
    output = subprocess.run([sys.executable, "-I", ROOT / "build.py", *arguments], capture_output=True, text=True)
    assert output.returncode == 0 and said in output.stdout
