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
import os
import re
from typing import Any, Mapping, NoReturn

import numpy as np

from .safetensors_file import from_safetensors, to_safetensors
from .stored_bytes import AGAIN, CODES, MOST_ARRAYS, Odd, from_bytes, odd, refuse
from ..validation import InvalidInput, as_array, choice, cut, integer, shown

Arrays = dict[str, np.ndarray]

FORMATS = ("npz", "safetensors")
LARGEST = 2**30                     # bytes that a file may hold, packed or unpacked
_ITEM = r"'descr': *'([<>|=]?[biufc]\d{1,2})'|'fortran_order': *(True|False)|'shape': *\(([\d, L]*)\)"
_HEADER = re.compile(rf"\{{ *(?:(?:{_ITEM}) *(?:, *|(?=\}}))){{3}}\}}\s*")

_TORCH = ("PyTorch's own format, a pickle, which can run any program when it is opened, so it is never opened here; in PyTorch, d = "
          "torch.load(FILE, map_location='cpu') and safetensors.torch.save_file(d, 'weights.safetensors'), where d is a state_dict, "
          "in a checkpoint one of its entries, such as d['state_dict']")
_KERAS = ("in Keras, write the LSTM's own weights, numpy.savez('weights.npz', *model.get_layer('lstm').get_weights()), with its name in "
          "model.summary()")
_FOREIGN = (
    (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", _TORCH),       # before PyTorch 1.6: pickles one after the other, first a number
    (b"\x80", "a pickle, which can run any program when it is opened, so it is never opened here; in Python, write "
              "numpy.savez('weights.npz', **arrays)"),
    (b"\x89HDF", "HDF5, Keras' own format; " + _KERAS),
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


def decode_arrays(data: bytes, name: str = "the file", *, largest: int = LARGEST, keep_odd: bool = False) -> Arrays:
    """The arrays of the bytes of a .npz or .safetensors file; `name` stands in the sentence if they are refused.

    With `keep_odd`, what is no array of numbers comes as `Odd`, instead of refusing the file for it.
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise InvalidInput("data", "type", f"data is {shown(data)}; give the bytes of a .npz or .safetensors file.",
                           got=shown(data))
    data = bytes(data)
    if len(data) > largest:
        _too_large(name, len(data), largest)
    if data[:2] == b"PK":
        return _from_npz(data, name, largest, keep_odd)
    if data[8:9] == b"{":
        return from_safetensors(data, name, keep_odd)
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            refuse(name, f"is {what}")
    if not data:
        refuse(name, f"is empty; {AGAIN}")
    refuse(name, "is neither .npz nor .safetensors: its first bytes are of neither; write one with numpy.savez or "
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
        if not isinstance(key, str) or value.dtype not in CODES:
            raise InvalidInput("arrays", "type", f"{key} is {value.dtype}; give arrays of numbers by name.",
                               got=shown(key))
        clean[key] = value
    return _to_npz(clean) if format == "npz" else to_safetensors(clean)


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
    file_name(path)                                   # a path at all
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

def _from_npz(data: bytes, name: str, largest: int, keep_odd: bool) -> Arrays:
    import zipfile
    # It lists no closed set of what it raises on a damaged archive: struct.error, zlib.error, NotImplementedError,
    # RuntimeError (encryption), UnicodeDecodeError, OverflowError and more have all been seen.
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except Exception as error:
        refuse(name, f"is a damaged .npz ({_reason(error)}); {AGAIN}")
    names = [entry.filename for entry in entries]
    if any(entry.endswith("/data.pkl") for entry in names):
        refuse(name, "is " + _TORCH)
    if "model.weights.h5" in names:
        refuse(name, "is Keras' own format; " + _KERAS)
    if len(entries) > MOST_ARRAYS:
        refuse(name, f"holds {len(entries)} arrays; write only the LSTM's weights to a file")
    if len(set(names)) < len(names):
        refuse(name, f"holds two arrays of one name; {AGAIN}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > largest:
        _too_large(name, unpacked, largest)
    arrays = {}
    for entry in entries:
        if not entry.filename.endswith(".npy"):
            refuse(name, f"holds {shown(entry.filename)}, which is no array; write it with numpy.savez")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            refuse(name, f"packs {shown(entry.filename)} in a way that NumPy does not; write it with numpy.savez")
        try:
            # read() alone would unpack all there is before it looks at the size that the archive claims.
            with archive.open(entry) as file:
                content = file.read(entry.file_size)            # refuses a wrong checksum
        except Exception as error:
            refuse(name, f"is damaged at {shown(entry.filename)} ({_reason(error)}); {AGAIN}")
        key = entry.filename[:-len(".npy")]
        arrays[key] = _from_npy(content, name, key, keep_odd)
    return arrays


def _from_npy(content: bytes, name: str, key: str, keep_odd: bool) -> np.ndarray | Odd:
    version = content[6:8]
    width = 2 if version == b"\1\0" else 4
    if content[:6] != b"\x93NUMPY" or version not in (b"\1\0", b"\2\0", b"\3\0") or len(content) < 8 + width:
        refuse(name, f"is damaged: {shown(key)} is no array of NumPy; {AGAIN}")
    start = 8 + width + int.from_bytes(content[8:8 + width], "little")
    header = content[8 + width:start].decode("latin-1")
    if start > len(content) or len(header) > 10_000:
        refuse(name, f"is damaged: the header of {shown(key)} claims to be longer than it is; {AGAIN}")
    if "'|O'" in header or "'O'" in header:
        return odd(name, f"holds Python objects in {shown(key)}, whose loading can run any program; write plain numbers: "
                    "numpy.asarray(value, float)", keep_odd)
    if not _HEADER.fullmatch(header):
        return odd(name, f"has a header at {shown(key)} that is not of plain numbers; write plain arrays with numpy.savez", keep_odd)
    found = [match.groups() for match in re.finditer(_ITEM, header)]
    descr, order, shape = ([group[k] for group in found if group[k] is not None] for k in range(3))
    if not len(descr) == len(order) == len(shape) == 1:
        refuse(name, f"is damaged: the header of {shown(key)} says something twice; {AGAIN}")
    try:
        dtype = np.dtype(descr[0])
        sizes = tuple(int(size) for size in shape[0].replace("L", "").split(",") if size.strip())
    except (TypeError, ValueError):
        refuse(name, f"is damaged: the header of {shown(key)} cannot be read; {AGAIN}")
    if dtype.newbyteorder("<") not in CODES:
        return odd(name, f"stores {shown(key)} as {shown(descr[0])}; write it as float32 or float64", keep_odd)
    return from_bytes(memoryview(content)[start:], dtype, sizes, name, key, "F" if order[0] == "True" else "C")


def _to_npz(arrays: Arrays) -> bytes:
    import zipfile
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for key, value in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, value, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(key + ".npy"), content.getvalue())     # dated 1980: no clock in the bytes
    return out.getvalue()


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
