"""What the page shows before Python has arrived: the default experiment, run here by the same code."""
import importlib.util

from web.build.console import Failure, step
from web.build.paths import WEB


def record():
    """Return {"trace": ..., "explanations": ...} as the page's own bridge makes them."""
    path = WEB / "python" / "bridge.py"
    with step("Recording the default experiment"):
        spec = importlib.util.spec_from_file_location("bridge", path)
        bridge = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(bridge)
            recording = bridge.recording()
        except Exception as error:
            raise Failure("web/python/bridge.py could not record the default experiment (%s: %s): mend it or py_lstm; "
                          "--debug shows where." % (type(error).__name__, error)) from error
    return {"trace": recording["trace"], "explanations": recording["explanations"]}
