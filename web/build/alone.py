"""One build at a time in a folder: a second one waits instead of tearing dist/ from under the first."""
import contextlib

from web.build.console import say
from web.build.paths import SCRATCH

try:
    import fcntl
except ImportError:  # Windows, where two builds at once are left to the person who starts them
    fcntl = None


@contextlib.contextmanager
def alone():
    SCRATCH.mkdir(exist_ok=True)
    with open(SCRATCH / "lock", "w") as file:
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Waiting for another build in this folder to finish")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield  # the lock goes with the file, also when the program is killed
