"""The files that a restored interpreter starts without.

It has imported everything that the page needs. The rest of the standard library and of NumPy is fetched when something
else is imported, which the visitor's own code may do.
"""

import importlib
import importlib.util
import sys


class Latecomers:
    """The last resort of an import: `bring` puts the missing files there, and the import looks again."""

    def __init__(self, bring):
        self.bring = bring

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top != "numpy" and top not in sys.stdlib_module_names:
            return None
        sys.meta_path.remove(self)
        self.bring()
        importlib.invalidate_caches()
        return importlib.util.find_spec(name)


def expect(bring):
    sys.meta_path.append(Latecomers(bring))
