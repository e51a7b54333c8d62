"""What the interpreter imports whose memory web/build/snapshot.mjs keeps."""
import importlib
import importlib.machinery
import json
import sys

sys.path.remove("")  # Pyodide puts it there again
importlib.invalidate_caches()


# NumPy's docstrings are a tenth of the download. Those of py_lstm and its sources stay.
def without_docstrings(self, data, path):
    return compile(data, path, "exec", dont_inherit=True, optimize=2)


importlib.machinery.SourceFileLoader.source_to_code = without_docstrings
import numpy.random  # noqa: E402

del importlib.machinery.SourceFileLoader.source_to_code

import bridge  # noqa: E402
import latecomers  # noqa: E402, F401

# What is imported only at its first use is used once, and forgotten.
bridge.call("begin", "[{}]")
bridge.call("advance", json.dumps([0, bridge.FIRST_SELECTION]))
bridge.call("check", '["bias"]')
importlib.reload(bridge)
