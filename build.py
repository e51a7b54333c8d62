#!/usr/bin/env python3
"""Build, serve and test py_lstm and its page.

Whatever Python 3 is called `python3` can start this file: it needs the standard library only and is written in
syntax that old versions know. It finds a Python that is new enough, makes .venv with it and goes on in there.
"""
import argparse
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, ROOT)

from web.build import console, environment  # noqa: E402  (found through the line above)

DEFAULT_PORT = 8000


def parse(argv):
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS,
                        help="show the traceback and the tools' own output when something fails")
    parser = argparse.ArgumentParser(
        prog="build.py", parents=[common],
        description="Without a command: build the page, serve it on 127.0.0.1 and open the browser.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    build = commands.add_parser("build", parents=[common], help="build dist/, a folder any static host can serve")
    build.add_argument("--address", help="where the page will stand, such as https://example.org/lstm/, for the picture that messengers show")
    serve = commands.add_parser("serve", parents=[common], help="serve dist/ on 127.0.0.1 (built first if missing)")
    serve.add_argument("--port", type=int, help="default: %d or the next free one" % DEFAULT_PORT)
    test = commands.add_parser("test", parents=[common], help="build, then run every test")
    test.add_argument("part", nargs="?", choices=["unit", "browser", "parity"],
                      help="only tests/unit (in CPython and in Pyodide), only tests/browser, or tests/parity with PyTorch, "
                           "Keras and ONNX themselves, in an environment of their own")
    test.add_argument("files", nargs="*", help="with --repeat: only these files of tests/browser, such as test_offline")
    test.add_argument("--repeat", type=int, metavar="TIMES",
                      help="run each file of tests/browser so many times by itself and count the failures: test browser --repeat 10")
    bench = commands.add_parser("bench", parents=[common], help="build, then measure")
    bench.add_argument("what", nargs="?", choices=["startup", "training", "frames", "endurance", "random"],
                       help="startup: how long until Python answers, by both recipes and three lines; training: how fast a "
                            "training step is beside TensorFlow.js, brain.js and PyTorch; both if left out; "
                            "frames: how long the page takes to answer a hand; endurance: what a long training does to it; "
                            "random: what is left of it after random actions, with exit status 1 if anything is wrong")
    bench.add_argument("rounds", type=int, nargs="?")
    bench.add_argument("--seed", type=int, nargs="+", metavar="N", help="with random: one run for each; default: 1")
    bench.add_argument("--minutes", type=float, metavar="M", help="with random: how long each seed takes; default: 20")
    verify = commands.add_parser("verify", parents=[common], help="check every file of dist/, or of a copy, against SHA256SUMS")
    verify.add_argument("folder", nargs="?", help="default: dist/")
    verify.add_argument("--again", action="store_true",
                        help="build, build once more from nothing in another folder, and compare every byte (a minute or two)")
    shots = commands.add_parser("screenshots", parents=[common], help="photograph the page in every form")
    shots.add_argument("folder", nargs="?", help="where to; without one, README's picture and the one for messengers are made anew")
    shots.add_argument("states", nargs="*", help="only the states whose names begin so, such as train find-the-bug")
    commands.add_parser("clean", parents=[common], help="remove everything that building made in this folder")
    parser.set_defaults(first_port=DEFAULT_PORT)
    return parser.parse_args(argv)


def main(argv):
    arguments = parse(argv)
    if arguments.command == "clean":
        return environment.clean(ROOT)
    python = environment.prepare(ROOT)
    if not environment.is_running(ROOT):
        command = [python, os.path.join(ROOT, "build.py")] + argv
        sys.stdout.flush()
        if os.name == "nt":  # there, exec returns to the shell at once and leaves the program behind
            return subprocess.call(command)
        os.execv(python, command)
    from web.build import commands
    return commands.run(arguments)


if __name__ == "__main__":
    sys.exit(console.guard(lambda: main(sys.argv[1:]), debug="--debug" in sys.argv))
