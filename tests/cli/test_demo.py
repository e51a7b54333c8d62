"""The command line, as somebody starts it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(*arguments, encoding="utf-8", **how):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    return subprocess.Popen([sys.executable, "-W", "error", "-m", "py_lstm", *arguments], cwd=ROOT.anchor, env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


def finished(*arguments, encoding="utf-8"):
    process = start(*arguments, encoding=encoding)
    out, err = process.communicate(timeout=120)
    return process.returncode, out.decode(encoding), err.decode(encoding)


def test_demo_prints_a_trace_a_gradient_check_and_the_tutorial():
    status, out, err = finished("demo")
    assert (status, err) == (0, "")
    assert "signs right 22 of 22" in out and "gradient check, complex step" in out and "WRONG" not in out
    assert out.count("right\n") == 8 + 12
    assert out.count("▼") == 4 and "after 100 updates" in out


def test_demo_in_a_terminal_without_the_marks():
    status, out, err = finished("demo", encoding="ascii")
    assert (status, err) == (0, "") and "?" in out


def test_a_reader_that_stops_early_gets_no_traceback():
    process = start("demo")
    assert process.stdout.readline().startswith(b"The latch")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert err == b"" and process.wait(timeout=120) == 0


def test_a_reader_that_was_never_there_gets_no_traceback():
    process = start("demo")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert err == b"" and process.wait(timeout=120) == 0


def test_an_unknown_command_is_refused_with_the_known_ones():
    status, out, err = finished("dmeo")
    assert status == 2 and out == "" and "demo" in err and "Traceback" not in err


def test_without_a_command_the_usage_is_shown():
    status, _, err = finished()
    assert status == 2 and "usage: py_lstm" in err
    status, out, _ = finished("--help")
    assert status == 0 and "demo" in out
