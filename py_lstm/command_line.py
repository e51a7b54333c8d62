"""The command line: every command of `python -m py_lstm`.

Results go to standard output, everything else to standard error. The exit status is 0 when all went well; 1 when a
gradient is wrong, a training diverged or it was stopped; 2 when something given cannot be used, which takes one sentence.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Sequence

from .commands import check, convert, damage, demo, explain, gates, lab, picture, run, sample, tasks, trace, train
from .commands.output import OK, REFUSED, WRONG
from .validation import InvalidInput, out_of_memory

COMMANDS = (run, train, check, damage, trace, explain, picture, gates, sample, tasks, convert, lab, demo)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status and lets no exception out but `SystemExit` of the parser."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")        # a terminal without ▼ shows ? instead
    try:
        given = parser().parse_args(arguments)
        status = given.run(given)
        sys.stdout.flush()
        return status
    except InvalidInput as refused:
        print(f"py_lstm: {refused}", file=sys.stderr)
        return WRONG if refused.code == "diverged" else REFUSED
    except (MemoryError, ValueError) as error:
        if not out_of_memory(error):
            raise
        print("py_lstm: There is not enough memory for this; take fewer units, steps or sequences.", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("py_lstm: Stopped.", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # The reader has seen enough (`py_lstm demo | head`). What is left goes nowhere, also at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        print(f"py_lstm: The output cannot be written ({error.strerror}).", file=sys.stderr)
        return REFUSED


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`, a function of the parsed arguments that returns the exit status."""
    whole = argparse.ArgumentParser("py_lstm", description="A long short-term memory you can open.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return whole
