"""What a person sees while building: one line per step, with its time, and one sentence when something fails.

Written in old syntax, since build.py needs it before there is an environment.
"""
import contextlib
import re
import subprocess
import sys
import time
import traceback

_line_is_open = False
_debug = False


class Failure(Exception):
    """Something a person can mend. The message is one sentence that says what happened and what to do."""


def say(text):
    """Print a line of its own, indented if it belongs to a step that is under way."""
    global _line_is_open
    if _line_is_open:
        sys.stdout.write("\n")
        _line_is_open = False
    print(text)
    sys.stdout.flush()


@contextlib.contextmanager
def step(what):
    global _line_is_open
    if _line_is_open:
        sys.stdout.write("\n")
    sys.stdout.write(what + " ... ")
    sys.stdout.flush()
    _line_is_open = True
    start = time.time()
    try:
        yield
    except BaseException:
        if _line_is_open:
            say("  stopped here")
        raise
    took = "%.1f s" % (time.time() - start)
    if _line_is_open:
        _line_is_open = False
        print(took)
    else:
        print("  done: " + took)
    sys.stdout.flush()


class Progress:
    """Bytes and a bar on a terminal; in a log file, where nothing can be overwritten, a line now and then."""

    def __init__(self, label, total):
        self.label, self.total, self.shown, self.tty = label, max(total, 1), 0, sys.stdout.isatty()
        if total:
            say("  %s, %.1f MB" % (label, total / 1e6))

    def update(self, done):
        share = min(done / float(self.total), 1.0)
        mark = int(share * 200) if self.tty else int(done / max(self.total / 10.0, 5e6))
        if mark == self.shown:
            return
        self.shown = mark
        if self.tty:
            bar = ("#" * int(share * 30)).ljust(30, ".")
            sys.stdout.write("\r  [%s] %6.1f of %.1f MB" % (bar, done / 1e6, self.total / 1e6))
            if share >= 1.0:
                sys.stdout.write("\n")
        else:
            sys.stdout.write("  %3d %%  %.1f of %.1f MB\n" % (share * 100, done / 1e6, self.total / 1e6))
        sys.stdout.flush()


def run(command, doing, remedy, cwd=None, env=None):
    """Run a tool quietly and return what it printed. If it fails, its last words and the remedy make the sentence."""
    try:
        result = subprocess.run([str(part) for part in command], cwd=cwd and str(cwd), env=env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        raise Failure("%s did not start (%s). %s" % (doing, error, remedy))
    output = result.stdout.decode("utf-8", "replace")
    if result.returncode != 0:
        if _debug:
            say(output)
        raise Failure(("%s failed: %s. %s" % (doing, telling_line(output), remedy)).strip())
    return output


def telling_line(output):
    """The line of a tool's output that a person would point at: an exception, else an error, else the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    exceptions = [line for line in lines if re.match(r"[\w.]*(Error|Exception): ", line)]
    errors = [line for line in lines if re.match(r"(npm )?error\b", line, re.IGNORECASE)]
    return (exceptions[-1:] or errors[:1] or lines[-1:] or ["it said nothing"])[0][:300].rstrip(".")


def guard(action, debug):
    """Run the whole program: exit codes and one sentence instead of tracebacks, unless --debug asks for them."""
    global _debug
    _debug = debug
    try:
        return action()
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    except Failure as failure:
        if debug:
            traceback.print_exc()
        sys.stdout.flush()
        print("\n%s" % failure, file=sys.stderr)
    except Exception as error:
        if debug:
            raise
        sys.stdout.flush()
        print("\nSomething unexpected happened (%s: %s); the same command with --debug shows where."
              % (type(error).__name__, error), file=sys.stderr)
    return 1
