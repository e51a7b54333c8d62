"""A static server for dist/, on this machine only: web/handout/serve.py's, which those get too who are given the folder."""
import contextlib
import errno
import threading

from web.build.console import Failure
from web.handout.serve import Handler, Server, address, listen  # noqa: F401  (also for those who import this)


def listen_near(folder, wanted, default):
    """The port that was asked for and no other, or else the default one or the next that is free."""
    for port in [wanted] if wanted is not None else range(default, default + 100):
        try:
            return listen(folder, port)
        except (OSError, OverflowError) as error:
            if wanted is not None:
                taken = getattr(error, "errno", None) == errno.EADDRINUSE
                raise Failure("Port %d %s: choose another with --port, or leave --port out."
                              % (port, "is taken" if taken else "cannot be used (%s)" % error)) from error
    raise Failure("Every port from %d to %d is taken: name a free one with --port." % (default, default + 99))


@contextlib.contextmanager
def serving(folder, prefix="/"):
    """Serve in the background; the value is the address."""
    server = listen(folder, prefix=prefix)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address(server, prefix)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
