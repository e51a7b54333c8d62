"""A static server for dist/, on this machine only: py_lstm's own, which those get too who are given the folder."""
import contextlib
import threading

from py_lstm import serving as package
from py_lstm.serving import Handler, Server, address, keep_serving, listen  # noqa: F401  (also for those who import this)
from web.build.console import Failure


def listen_near(folder, wanted, default):
    """The port that was asked for and no other, or else the default one or the next that is free."""
    try:
        return package.listen_near(folder, wanted, default)
    except package.NoPort as refused:
        raise Failure(str(refused)) from refused


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
