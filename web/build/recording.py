"""What the page shows before Python has arrived: the default experiment, run here by the same code."""
import importlib
import sys

from web.build.console import Failure, step
from web.build.paths import WEB


def record():
    """Return {"trace": ..., "explanations": ...} as the page's own bridge makes them."""
    with step("Recording the default experiment"):
        sys.path.insert(0, str(WEB / "python"))         # where bridge.py finds its neighbours
        try:
            recording = importlib.import_module("bridge").recording()
        except Exception as error:
            raise Failure("web/python/bridge.py could not record the default experiment (%s: %s): mend it or py_lstm; "
                          "--debug shows where." % (type(error).__name__, error)) from error
        finally:
            sys.path.remove(str(WEB / "python"))
    return {"trace": recording["trace"], "explanations": recording["explanations"]}
