"""Weights for tests: any layers, directions and parts, none of them zero, and files that hold them in every form."""

import io
import json
import os
import random
import zipfile

import numpy as np

from py_lstm.interchange import weight_files, weights
from py_lstm.interchange.layouts import LAYOUTS, to_layout

HOW_MANY = int(os.environ.get("PY_LSTM_FUZZ", "500"))      # damaged files in each test; for long, 10000
SMALL = dict(layers=1, directions=1, inputs=3, hidden=4, outputs=0, bias=True, projection=0, peepholes=False,
             states=False)


def some(seed=0, dtype=np.float64, **other):
    """Random weights under py_lstm's names; see SMALL for the arguments."""
    s = SMALL | other
    sizes = weights.Sizes(s["layers"], s["directions"], s["inputs"], s["hidden"], s["projection"] or s["hidden"],
                          s["outputs"], s["bias"], bool(s["projection"]), s["peepholes"])
    rng = np.random.default_rng(seed)
    drawn = {name: rng.uniform(-1, 1, shape).astype(dtype) for name, shape in sizes.shapes().items()}
    return {name: value for name, value in drawn.items() if s["states"] or name not in ("h_0", "c_0")}


SHAPES = [dict(layers=L, directions=D, outputs=O, bias=bias) for L in (1, 2, 3) for D in (1, 2) for O in (0, 2)
          for bias in (True, False)]


def same(a, b, rtol=0.0):
    """Whether two sets of arrays have the same names in the same order and the same numbers."""
    return list(a) == list(b) and all(
        a[name].shape == b[name].shape and np.allclose(a[name], b[name], rtol=rtol, atol=0) for name in a)


def files():
    """Whole, valid files: each layout in each format, packed, half precision, and Fortran order."""
    given = some(layers=2, directions=2, outputs=2)
    made = {f"{layout}.{form}": weight_files.encode_arrays(to_layout(given, layout), form)
            for layout in LAYOUTS for form in weight_files.FORMATS}
    packed = io.BytesIO()
    np.savez_compressed(packed, **{name: np.asfortranarray(value, np.float32) for name, value in given.items()})
    half = {name: value.astype(np.float16) for name, value in some(states=True).items()}
    return made | {"packed.npz": packed.getvalue(), "half.safetensors": weight_files.encode_arrays(half, "safetensors"),
                   "brain.safetensors": bfloat16({name: np.float32(value) for name, value in some().items()})}


def safetensors(header, body=b""):
    """A .safetensors file from its parts; a header that is not bytes becomes JSON."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def bfloat16(arrays):
    header, body = {}, b""
    for name, value in arrays.items():
        content = (value.view(np.uint32) >> 16).astype("<u2").tobytes()
        span = [len(body), len(body) + len(content)]
        header[name] = {"dtype": "BF16", "shape": list(value.shape), "data_offsets": span}
        body += content
    return safetensors(header, body)


def npz(**entries):
    """An archive of these bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name + ".npy", content)
    return out.getvalue()


# Damage ---------------------------------------------------------------------------------------------------------------

NUMBERS = [0, 1, 2, 3, 7, 8, 255, 256, 2**15, 2**16 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1]


def damaged(data: bytes, rng: random.Random) -> bytes:
    """One of several ways in which a file can be wrong, anywhere in it, its first 400 bytes more often."""
    where = lambda: rng.randrange(min(len(data), rng.choice([9, 64, 400, 10**9])))
    kind, at, other = rng.randrange(8), where(), where()
    if kind == 0:
        return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:]
    if kind == 1:
        return data[:rng.randrange(len(data))]
    if kind == 2:
        return data[:at] + rng.randbytes(rng.choice([1, 2, 8, 60])) + data[at:]
    if kind == 3:
        return data[:min(at, other)] + data[max(at, other):]
    if kind == 4:
        width = rng.choice([2, 4, 8])
        return data[:at] + (rng.choice(NUMBERS) % 256**width).to_bytes(width, "little") + data[at + width:]
    if kind == 5:
        return data[:at] + data[other:other + rng.choice([4, 30, 300])] + data[at + 30:]
    if kind == 6:                                      # a number in the text of a header
        digits = [k for k in range(min(len(data), 2000)) if data[k:k + 1].isdigit()]
        at = rng.choice(digits)
        other = rng.choice([b"0", b"9", b"-1", b"1e9", b"99999999999999999999", b"[", b'"', b"NaN"])
        return data[:at] + other + data[at + 1:]
    return data[:at] + rng.choice([b"'", b'"', b"{", b"(", b"|O", b"F16", b"\\", b"\0", b"PK"]) + data[at + 1:]


def repacked(data: bytes, rng: random.Random) -> bytes:
    """A damaged array in an archive that is right about it, or a damaged header of which the length is right."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}
        victim = rng.choice(sorted(content))
        return npz(**content | {victim: damaged(content[victim], rng)})
    start = 8 + int.from_bytes(data[:8], "little")
    return safetensors(damaged(data[8:start], rng), data[start:])
