"""What was otherwise in earlier versions, where nobody says: so that an old link or file means for ever what it meant.

A link names only what differs from the defaults. When a default changes, its former value is written here, which raises the
version by one; nothing here is ever taken away. tests/defaults.json holds the defaults of every version whole, and the test
that reads it says what is to be written.
"""

from __future__ import annotations

from typing import Any

# One entry for every version but the present one: {task: {field: its default then, where the next version has another}}. The
# task "" stands for what a link leaves out whatever its task: "task" itself, and "quantity", "t" and "unit" of the view.
FORMER: list[dict[str, dict[str, Any]]] = []
VERSION = 1 + len(FORMER)


def former(version: Any, task: Any) -> dict[str, Any]:
    """What the fields of an experiment with this task were in that version, of those that are otherwise now."""
    found: dict[str, Any] = {}
    for differing in reversed(FORMER[version - 1:] if known(version) else []):
        found |= differing.get(task, {})
    return found


def known(version: Any) -> bool:
    """Whether that is the number of this version or of an earlier one."""
    return isinstance(version, int) and not isinstance(version, bool) and 1 <= version <= VERSION
