"""`python -m py_lstm`, and the script `py_lstm`: see `command_line`."""

import sys

from .command_line import main

if __name__ == "__main__":
    sys.exit(main())
