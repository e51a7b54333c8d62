"""Named arrays in a file: NumPy's .npz and .safetensors, read without trusting a byte of them.

    read_arrays("weights.safetensors") -> {"weight_ih_l0": array, ...}
    write_arrays("weights.npz", arrays)
    decode_arrays(data, name), encode_arrays(arrays, format): the same on bytes, for a page that holds no files

What a file holds is told from its first bytes, not from its name. Nothing is ever unpickled. Every size is checked
against the bytes that are there before memory is taken, and an answer is given only after the whole file has been read
without a fault; anything else is `InvalidInput` with one sentence: the file, what is wrong, what to do.

There is one reader and writer of .safetensors, this one, in the terminal and in the page alike. The format is a length,
a JSON header and the bytes, so that a second way through the `safetensors` package would save little, while files and
faults would be treated differently where that package is installed and where it is not (the page has NumPy only). It
also reads bfloat16, for which that package's NumPy side needs a further one. The tests hold both against each other:
the same bytes written, the same files read, no file taken that the package refuses.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
from typing import Any, Mapping, NoReturn

import numpy as np

from ..validation import InvalidInput, as_array, choice, cut, integer, parsed, shown

Arrays = dict[str, np.ndarray]

FORMATS = ("npz", "safetensors")
LARGEST = 2**30                     # bytes that a file may hold, packed or unpacked
_LARGEST_HEADER = 10_000_000        # of a .safetensors file; an LSTM's takes a few hundred
_MOST_ARRAYS = 10_000

# safetensors' names of what NumPy can hold. BF16 is the upper half of a float32 and is read as one.
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
           "I8": "|i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1"}
_CODES = {np.dtype(kind): code for code, kind in _DTYPES.items() if code != "BF16"}
# In the order in which the `safetensors` package lays tensors out, so that the same arrays give the same bytes.
_ORDER = ("U64", "I64", "F64", "F32", "U32", "I32", "F16", "U16", "I16", "I8", "U8", "BOOL")

_ITEM = r"'descr': *'([<>|=]?[biufc]\d{1,2})'|'fortran_order': *(True|False)|'shape': *\(([\d, L]*)\)"
_HEADER = re.compile(rf"\{{ *(?:(?:{_ITEM}) *(?:, *|(?=\}}))){{3}}\}}\s*")

_AGAIN = "copy or download it again, or write it anew"
_FOREIGN = (
    (b"\x80", "a pickle, which can run any program when it is opened, so it is never opened here; in Python, write "
              "numpy.savez('weights.npz', **arrays)"),
    (b"\x89HDF", "HDF5, Keras' own format; in Keras, write numpy.savez('weights.npz', *model.get_weights())"),
    (b"\x93NUMPY", "a single NumPy array; put all arrays into one file with numpy.savez"),
    (b"version https://git-lfs", "a pointer of Git LFS and not the file; fetch the file with `git lfs pull`"),
    (b"<", "a web page; download the file itself"),
)


def read_arrays(path: str | os.PathLike, *, largest: int = LARGEST) -> Arrays:
    """The arrays of a .npz or .safetensors file by name, in the file's order.

    float16 and bfloat16 come as float32, which holds them exactly, all else as it is stored, in the machine's byte
    order. A file of more than `largest` bytes, packed or unpacked, is refused.
    """
    return decode_arrays(read_bytes(path, largest=largest), file_name(path), largest=largest)


def read_bytes(path: str | os.PathLike, *, largest: int = LARGEST, kind: str = ".npz or .safetensors") -> bytes:
    """The bytes of a file of weights, at most `largest`."""
    name = file_name(path)
    largest = integer("largest", largest, 1)
    try:
        size = os.path.getsize(path)
        if size > largest:
            _too_large(name, size, largest)
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except FileNotFoundError:
        raise InvalidInput("source", "missing", f"{name} is not there; give the path of a {kind} file.",
                           file=name) from None
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput("source", "file", f"{name} cannot be read ({_reason(error)}); give a {kind} file that you "
                           "may read.", file=name) from None
    if len(data) > largest:
        _too_large(name, len(data), largest)
    return data


def decode_arrays(data: bytes, name: str = "the file", *, largest: int = LARGEST) -> Arrays:
    """The arrays of the bytes of a .npz or .safetensors file; `name` stands in the sentence if they are refused."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise InvalidInput("data", "type", f"data is {shown(data)}; give the bytes of a .npz or .safetensors file.",
                           got=shown(data))
    data = bytes(data)
    if len(data) > largest:
        _too_large(name, len(data), largest)
    if data[:2] == b"PK":
        return _from_npz(data, name, largest)
    if data[8:9] == b"{":
        return _from_safetensors(data, name)
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            _refuse(name, f"is {what}")
    if not data:
        _refuse(name, f"is empty; {_AGAIN}")
    _refuse(name, "is neither .npz nor .safetensors: its first bytes are of neither; write one with numpy.savez or "
            "with safetensors' save_file")


def write_arrays(path: str | os.PathLike, arrays: Mapping[str, Any]) -> None:
    """Write arrays to a file whose name ends in .npz or .safetensors. The file appears whole or not at all."""
    replace_file(path, encode_arrays(arrays, file_format(path)))


def encode_arrays(arrays: Mapping[str, Any], format: str) -> bytes:
    """The bytes of a file in `format`, "npz" or "safetensors"; the same arrays always give the same bytes."""
    format = choice("format", format, FORMATS)
    clean = {}
    for key, value in arrays.items():
        value = as_array(str(key), value)
        value = value.astype(value.dtype.newbyteorder("<"), order="C", copy=False)
        if not isinstance(key, str) or value.dtype not in _CODES:
            raise InvalidInput("arrays", "type", f"{key} is {value.dtype}; give arrays of numbers by name.",
                               got=shown(key))
        clean[key] = value
    return _to_npz(clean) if format == "npz" else _to_safetensors(clean)


def file_format(path: str | os.PathLike) -> str:
    """The format that a file's name asks for."""
    name = file_name(path)
    ending = os.path.splitext(name)[1].lower().lstrip(".")
    if ending not in FORMATS:
        raise InvalidInput("destination", "choice", f"{name} ends in neither .npz nor .safetensors; give it "
                           "one of these endings.", got=ending, choices=list(FORMATS))
    return ending


def replace_file(path: str | os.PathLike, data: bytes) -> None:
    """Put `data` into the file at `path` in one move, so that a failure leaves what was there before."""
    import tempfile                                   # here and not above: the page pays for every module it loads
    path = os.path.abspath(os.fspath(path))
    try:
        mode = 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(prefix=".py_lstm-", dir=os.path.dirname(path))
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise InvalidInput("destination", "file", f"{file_name(path)} cannot be written ({_reason(error)}); give a "
                           "path in a folder that you may write to.", file=file_name(path)) from None


# --- .npz: a zip archive of .npy files -------------------------------------------------------------------------------

def _from_npz(data: bytes, name: str, largest: int) -> Arrays:
    import zipfile
    # It lists no closed set of what it raises on a damaged archive: struct.error, zlib.error, NotImplementedError,
    # RuntimeError (encryption), UnicodeDecodeError, OverflowError and more have all been seen.
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except Exception as error:
        _refuse(name, f"is a damaged .npz ({_reason(error)}); {_AGAIN}")
    names = [entry.filename for entry in entries]
    if any(entry.endswith("/data.pkl") for entry in names):
        _refuse(name, "is PyTorch's own format, a pickle, which can run any program when it is opened, so it is never "
                "opened here; in PyTorch, write safetensors.torch.save_file(model.state_dict(), 'weights.safetensors')")
    if "model.weights.h5" in names:
        _refuse(name, "is Keras' own format; in Keras, write numpy.savez('weights.npz', *model.get_weights())")
    if len(entries) > _MOST_ARRAYS:
        _refuse(name, f"holds {len(entries)} arrays; write only the LSTM's weights to a file")
    if len(set(names)) < len(names):
        _refuse(name, f"holds two arrays of one name; {_AGAIN}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > largest:
        _too_large(name, unpacked, largest)
    arrays = {}
    for entry in entries:
        if not entry.filename.endswith(".npy"):
            _refuse(name, f"holds {shown(entry.filename)}, which is no array; write it with numpy.savez")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            _refuse(name, f"packs {shown(entry.filename)} in a way that NumPy does not; write it with numpy.savez")
        try:
            # read() alone would unpack all there is before it looks at the size that the archive claims.
            with archive.open(entry) as file:
                content = file.read(entry.file_size)            # refuses a wrong checksum
        except Exception as error:
            _refuse(name, f"is damaged at {shown(entry.filename)} ({_reason(error)}); {_AGAIN}")
        key = entry.filename[:-len(".npy")]
        arrays[key] = _from_npy(content, name, key)
    return arrays


def _from_npy(content: bytes, name: str, key: str) -> np.ndarray:
    version = content[6:8]
    width = 2 if version == b"\1\0" else 4
    if content[:6] != b"\x93NUMPY" or version not in (b"\1\0", b"\2\0", b"\3\0") or len(content) < 8 + width:
        _refuse(name, f"is damaged: {shown(key)} is no array of NumPy; {_AGAIN}")
    start = 8 + width + int.from_bytes(content[8:8 + width], "little")
    header = content[8 + width:start].decode("latin-1")
    if start > len(content) or len(header) > 10_000:
        _refuse(name, f"is damaged: the header of {shown(key)} claims to be longer than it is; {_AGAIN}")
    if "'|O'" in header or "'O'" in header:
        _refuse(name, f"holds Python objects in {shown(key)}, whose loading can run any program; write plain numbers: "
                "numpy.asarray(value, float)")
    if not _HEADER.fullmatch(header):
        _refuse(name, f"has a header at {shown(key)} that is not of plain numbers; write plain arrays with numpy.savez")
    found = [match.groups() for match in re.finditer(_ITEM, header)]
    descr, order, shape = ([group[k] for group in found if group[k] is not None] for k in range(3))
    if not len(descr) == len(order) == len(shape) == 1:
        _refuse(name, f"is damaged: the header of {shown(key)} says something twice; {_AGAIN}")
    try:
        dtype = np.dtype(descr[0])
        sizes = tuple(int(size) for size in shape[0].replace("L", "").split(",") if size.strip())
    except (TypeError, ValueError):
        _refuse(name, f"is damaged: the header of {shown(key)} cannot be read; {_AGAIN}")
    if dtype.newbyteorder("<") not in _CODES:
        _refuse(name, f"stores {shown(key)} as {shown(descr[0])}; write it as float32 or float64")
    return _as_array(memoryview(content)[start:], dtype, sizes, name, key, "F" if order[0] == "True" else "C")


def _to_npz(arrays: Arrays) -> bytes:
    import zipfile
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for key, value in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, value, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(key + ".npy"), content.getvalue())     # dated 1980: no clock in the bytes
    return out.getvalue()


# --- .safetensors: length of the header (8 bytes), header (JSON), the tensors' bytes ---------------------------------

def _from_safetensors(data: bytes, name: str) -> Arrays:
    length = int.from_bytes(data[:8], "little")
    if length > min(len(data) - 8, _LARGEST_HEADER):
        _refuse(name, f"is damaged: its header claims {length} bytes, the file has {len(data)}; {_AGAIN}")
    try:
        header = parsed("header", data[8:8 + length].decode("utf-8"), object_pairs_hook=_without_twins)
    except ValueError:
        _refuse(name, f"is damaged: its header is no JSON that names each tensor once; {_AGAIN}")
    if not isinstance(header, dict):
        _refuse(name, f"is damaged: its header is no JSON object; {_AGAIN}")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        _refuse(name, f"is damaged: its metadata is no table of texts; {_AGAIN}")
    if len(header) > _MOST_ARRAYS:
        _refuse(name, f"holds {len(header)} tensors; write only the LSTM's weights to a file")
    body = memoryview(data)[8 + length:]
    spans, arrays = [], {}
    for key, entry in header.items():
        dtype, sizes, (start, stop) = _entry(entry, name, key)
        if not start <= stop <= len(body):
            _refuse(name, f"is cut off or damaged: {shown(key)} claims bytes {start} to {stop}, the file has "
                    f"{len(body)}; {_AGAIN}")
        spans.append((start, stop))
        array = _as_array(body[start:stop], np.dtype(_DTYPES[dtype]), sizes, name, key)
        if dtype == "BF16":
            array = (array.astype(np.uint32) << 16).view(np.float32)
        arrays[key] = array
    position = 0
    for start, stop in sorted(spans):
        if start != position:
            _refuse(name, f"is damaged: its tensors overlap or leave gaps at byte {start}; {_AGAIN}")
        position = stop
    if position != len(body):
        _refuse(name, f"is damaged: its tensors end at byte {position}, the file has {len(body)}; {_AGAIN}")
    return arrays


def _entry(entry: Any, name: str, key: str) -> tuple[str, tuple[int, ...], tuple[int, int]]:
    """dtype, shape and first and last byte of one tensor in the header, each of the right type."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        _refuse(name, f"is damaged: the header's entry for {shown(key)} is not of dtype, shape and data_offsets; "
                f"{_AGAIN}")
    dtype, sizes, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not _naturals(sizes) or not _naturals(offsets) or len(offsets) != 2 or not isinstance(dtype, str):
        _refuse(name, f"is damaged: the header's entry for {shown(key)} cannot be read; {_AGAIN}")
    if dtype not in _DTYPES:
        _refuse(name, f"stores {shown(key)} as {shown(dtype)}; write it as F32, F64, F16 or BF16")
    return dtype, tuple(sizes), tuple(offsets)


def _to_safetensors(arrays: Arrays) -> bytes:
    names = sorted(arrays, key=lambda key: (_ORDER.index(_CODES[arrays[key].dtype]), key))
    header, position = {}, 0
    for key in names:
        if key == "__metadata__":
            raise InvalidInput("arrays", "choice", "An array is called __metadata__, a name that .safetensors keeps "
                               "for itself; give it another name.", got=key)
        value = arrays[key]
        header[key] = {"dtype": _CODES[value.dtype], "shape": list(value.shape),
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


# --- both ------------------------------------------------------------------------------------------------------------

def _as_array(content: memoryview, dtype: np.dtype, sizes: tuple[int, ...], name: str, key: str,
              order: str = "C") -> np.ndarray:
    """A copy of `content` as an array, if it is exactly as long as dtype and shape say."""
    if len(sizes) > 32 or max(sizes, default=0) > 2**48:
        _refuse(name, f"is damaged: {shown(key)} claims the shape {shown(sizes)}; {_AGAIN}")
    wanted = math.prod(sizes) * dtype.itemsize
    if wanted != len(content):
        _refuse(name, f"is cut off or damaged: {shown(key)} of shape {shown(sizes)} takes {shown(wanted)} bytes and "
                f"has {len(content)}; {_AGAIN}")
    try:
        array = np.frombuffer(content, dtype).reshape(sizes, order=order)
    except ValueError:                                # nothing times too much, such as (0, 2**48, 2**48)
        _refuse(name, f"is damaged: {shown(key)} claims the shape {shown(sizes)}; {_AGAIN}")
    if dtype.kind == "b":
        return np.ascontiguousarray(array.view(np.uint8) != 0)
    return array.astype(np.float32 if dtype.kind == "f" and dtype.itemsize == 2 else dtype.newbyteorder("="), order="C")


def _refuse(name: str, what: str) -> NoReturn:
    raise InvalidInput("source", "file", f"{name} {what}.", file=name) from None


def _too_large(name: str, size: int, largest: int) -> NoReturn:
    raise InvalidInput("source", "range", f"{name} holds {size} bytes and at most {largest} are read; write only the "
                       "LSTM's weights to a file.", file=name, got=size, high=largest)


def file_name(path: Any) -> str:
    """A file's own name, without its folders, and at most 100 characters of it."""
    try:
        name = os.path.basename(os.fsdecode(path))
        return (name if len(name) <= 100 else f"...{name[-97:]}") or shown(path)
    except TypeError:
        raise InvalidInput("source", "type", f"{shown(path)} is no path; give the path of a file.",
                           got=shown(path)) from None


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return cut(text, 100)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
