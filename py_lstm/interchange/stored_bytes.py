"""What both kinds of files of weights share: their kinds of numbers, arrays from bytes, and refusals of a file."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

from ..validation import InvalidInput, shown

MOST_ARRAYS = 10_000                # in a file
AGAIN = "copy or download it again, or write it anew"

# safetensors' names of what NumPy can hold. BF16 is the upper half of a float32 and is read as one.
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
          "I8": "|i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1"}
CODES = {np.dtype(kind): code for code, kind in DTYPES.items() if code != "BF16"}


class Odd:
    """Stands for what is stored in a way that no weights of an LSTM are, such as texts, objects or eight-bit floats.

    It is refused with its sentence where it is used as an array, and not before: it may belong to another part of a model.
    """

    def __init__(self, sentence: str):
        self.sentence = sentence

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise InvalidInput("weights", "type", self.sentence)


def from_bytes(content: memoryview, dtype: np.dtype, sizes: tuple[int, ...], name: str, key: str,
               order: str = "C") -> np.ndarray:
    """A copy of `content` as an array, if it is exactly as long as dtype and shape say."""
    if len(sizes) > 32 or max(sizes, default=0) > 2**48:
        refuse(name, f"is damaged: {shown(key)} claims the shape {shown(sizes)}; {AGAIN}")
    wanted = math.prod(sizes) * dtype.itemsize
    if wanted != len(content):
        refuse(name, f"is cut off or damaged: {shown(key)} of shape {shown(sizes)} takes {shown(wanted)} bytes and "
               f"has {len(content)}; {AGAIN}")
    try:
        array = np.frombuffer(content, dtype).reshape(sizes, order=order)
    except ValueError:                                # nothing times too much, such as (0, 2**48, 2**48)
        refuse(name, f"is damaged: {shown(key)} claims the shape {shown(sizes)}; {AGAIN}")
    if dtype.kind == "b":
        return np.ascontiguousarray(array.view(np.uint8) != 0)
    return array.astype(np.float32 if dtype.kind == "f" and dtype.itemsize == 2 else dtype.newbyteorder("="), order="C")


def refuse(name: str, what: str) -> NoReturn:
    raise InvalidInput("source", "file", f"{name} {what}.", file=name) from None


def odd(name: str, what: str, keep: bool) -> Odd:
    if not keep:
        refuse(name, what)
    return Odd(f"The file {what}.")
