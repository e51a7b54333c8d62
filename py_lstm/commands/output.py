"""What commands hand back: exit statuses, JSON, files and the lines that several of them print."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Iterable, Sequence

from ..experiment import Experiment
from ..interchange import weight_files
from ..trace import Trace
from ..validation import InvalidInput

OK, WRONG, REFUSED = 0, 1, 2


def print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, allow_nan=False))


def tell(notes: Iterable[str]) -> None:
    """What there is to say about a result, a line each, where it disturbs no program that reads the result."""
    for note in notes:
        print(f"py_lstm: {note}", file=sys.stderr)


def write(path: str | None, data: str | bytes) -> None:
    """To a file, whole or not at all, or to standard output."""
    if path is not None:
        weight_files.replace_file(path, data if isinstance(data, bytes) else data.encode())
    elif isinstance(data, bytes):
        sys.stdout.buffer.write(data)
    else:
        sys.stdout.write(data)


def writable(path: str, formats: Sequence[str]) -> None:
    """Refuse a destination before the work is done and not after."""
    name, folder = weight_files.file_name(path), os.path.dirname(os.path.abspath(path))
    ending = os.path.splitext(path)[1].lower().lstrip(".")
    if ending not in formats:
        raise InvalidInput("destination", "choice", f"{name} does not end in .{' or .'.join(formats)}; give it that ending.",
                           got=name)
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise InvalidInput("destination", "file", f"{name} cannot be written there; give a path in a folder that exists and "
                           "that you may write to.", got=name)


def network(e: Experiment) -> str:
    more = [f"{len(e.edits)} number{'s'[:len(e.edits) != 1]} set by hand"] if e.edits else []
    more += [f"damaged by {', '.join(e.damage)}"] if e.damage else []
    return ", ".join([e.headline, *more])


def result(trace: Trace) -> str:
    signs = f", signs right {trace.right} of {trace.counted}" if trace.counted is not None else ""
    return f"loss {trace.loss:.6g}{signs}"
