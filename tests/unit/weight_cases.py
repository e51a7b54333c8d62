"""Weights for tests: any layers, directions and parts, none of them zero, and files that hold them in every form."""

import io
import json

import numpy as np

from py_lstm import weight_files, weights
from py_lstm.layouts import LAYOUTS, to_layout

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
