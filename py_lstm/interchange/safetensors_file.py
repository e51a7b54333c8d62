"""The .safetensors format: the length of the header (8 bytes), the header (JSON), the tensors' bytes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from .stored_bytes import AGAIN, CODES, DTYPES, MOST_ARRAYS, from_bytes, odd, refuse
from ..validation import InvalidInput, parsed, shown

_LARGEST_HEADER = 10_000_000        # bytes; an LSTM's takes a few hundred
# In the order in which the `safetensors` package lays tensors out, so that the same arrays give the same bytes.
_ORDER = ("U64", "I64", "F64", "F32", "U32", "I32", "F16", "U16", "I16", "I8", "U8", "BOOL")


def from_safetensors(data: bytes, name: str, keep_odd: bool) -> dict[str, Any]:
    """The arrays of a file, as `weight_files.decode_arrays` gives them."""
    length = int.from_bytes(data[:8], "little")
    if length > min(len(data) - 8, _LARGEST_HEADER):
        refuse(name, f"is damaged: its header claims {length} bytes, the file has {len(data)}; {AGAIN}")
    try:
        header = parsed("header", data[8:8 + length].decode("utf-8"), object_pairs_hook=_without_twins)
    except ValueError:
        refuse(name, f"is damaged: its header is no JSON that names each tensor once; {AGAIN}")
    if not isinstance(header, dict):
        refuse(name, f"is damaged: its header is no JSON object; {AGAIN}")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        refuse(name, f"is damaged: its metadata is no table of texts; {AGAIN}")
    if len(header) > MOST_ARRAYS:
        refuse(name, f"holds {len(header)} tensors; write only the LSTM's weights to a file")
    body = memoryview(data)[8 + length:]
    spans, arrays = [], {}
    for key, entry in header.items():
        dtype, sizes, (start, stop) = _entry(entry, name, key)
        if not start <= stop <= len(body):
            refuse(name, f"is cut off or damaged: {shown(key)} claims bytes {start} to {stop}, the file has "
                    f"{len(body)}; {AGAIN}")
        spans.append((start, stop))
        if dtype not in DTYPES:
            arrays[key] = odd(name, f"stores {shown(key)} as {shown(dtype)}; write it as F32, F64, F16 or BF16", keep_odd)
            continue
        array = from_bytes(body[start:stop], np.dtype(DTYPES[dtype]), sizes, name, key)
        if dtype == "BF16":
            array = (array.astype(np.uint32) << 16).view(np.float32)
        arrays[key] = array
    position = 0
    for start, stop in sorted(spans):
        if start != position:
            refuse(name, f"is damaged: its tensors overlap or leave gaps at byte {start}; {AGAIN}")
        position = stop
    if position != len(body):
        refuse(name, f"is damaged: its tensors end at byte {position}, the file has {len(body)}; {AGAIN}")
    return arrays


def _entry(entry: Any, name: str, key: str) -> tuple[str, tuple[int, ...], tuple[int, int]]:
    """dtype, shape and first and last byte of one tensor in the header, each of the right type."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        refuse(name, f"is damaged: the header's entry for {shown(key)} is not of dtype, shape and data_offsets; "
                f"{AGAIN}")
    dtype, sizes, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not _naturals(sizes) or not _naturals(offsets) or len(offsets) != 2 or not isinstance(dtype, str):
        refuse(name, f"is damaged: the header's entry for {shown(key)} cannot be read; {AGAIN}")
    return dtype, tuple(sizes), tuple(offsets)


def to_safetensors(arrays: dict[str, np.ndarray]) -> bytes:
    """The bytes of a file of these arrays."""
    names = sorted(arrays, key=lambda key: (_ORDER.index(CODES[arrays[key].dtype]), key))
    header, position = {}, 0
    for key in names:
        if key == "__metadata__":
            raise InvalidInput("arrays", "choice", "An array is called __metadata__, a name that .safetensors keeps "
                               "for itself; give it another name.", got=key)
        value = arrays[key]
        header[key] = {"dtype": CODES[value.dtype], "shape": list(value.shape),
                       "data_offsets": [position, position + value.nbytes]}
        position += value.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)                   # so that the tensors begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text + b"".join(arrays[key].tobytes() for key in names)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a name stands twice")
    return table


def _naturals(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 2**63 for value in values)
