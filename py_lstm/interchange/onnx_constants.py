"""The constants of an ONNX model: decoded, and what the nodes that only cut and rearrange them make of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..validation import InvalidInput, cut

FOLDED = ("Identity", "Dropout", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Slice", "Concat", "Gather")
_MOST = 2**30                       # bytes of a constant that is put together from others


def attribute(onnx: Any, node: Any, name: str, default: Any = None) -> Any:
    """An attribute of a node, a list where it has several values."""
    for each in node.attribute:
        if each.name == name:
            value = onnx.helper.get_attribute_value(each)
            return list(value) if hasattr(value, "__len__") and not isinstance(value, (bytes, str)) else value
    return default


def decoded(onnx: Any, tensor: Any) -> np.ndarray:
    """A constant of the file; one that is kept in another file is not followed."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise InvalidInput("weights", "file", "the weights are kept in another file; save the model as one file, "
                           "onnx.save(model, path, save_as_external_data=False).")
    try:
        return onnx.numpy_helper.to_array(tensor)
    except Exception as error:
        raise InvalidInput("weights", "file", f"a tensor is cut off or damaged ({cut(str(error), 100)}); copy or download "
                           "the file again, or export it anew.") from None


def folded(onnx: Any, node: Any, given: list[Any]) -> np.ndarray:
    """What one of the nodes `FOLDED` makes of constants; any exception says that it makes nothing of them."""
    kind, value = node.op_type, given[0]
    if kind in ("Identity", "Dropout", "Cast"):
        return value.astype(onnx.helper.tensor_dtype_to_np_dtype(attribute(onnx, node, "to"))) if kind == "Cast" else value
    if kind == "Concat":
        if sum(part.nbytes for part in given) > _MOST:
            raise ValueError
        return np.concatenate(given, axis=attribute(onnx, node, "axis"))
    if kind == "Transpose":
        return np.transpose(value, attribute(onnx, node, "perm"))
    if kind == "Gather":
        if given[1].size > value.shape[attribute(onnx, node, "axis", 0)]:
            raise ValueError
        return np.take(value, given[1], axis=attribute(onnx, node, "axis", 0))
    if kind == "Reshape":
        sizes = [value.shape[k] if size == 0 and not attribute(onnx, node, "allowzero", 0) else size
                 for k, size in enumerate(given[1].tolist())]
        return value.reshape(sizes)
    if kind == "Slice":
        starts, ends = (list(map(int, part)) for part in given[1:3])
        axes = given[3].tolist() if len(given) > 3 else range(len(starts))
        steps = given[4].tolist() if len(given) > 4 else [1] * len(starts)
        cut = [slice(None)] * value.ndim
        for axis, start, end, step in zip(axes, starts, ends, steps):
            cut[axis] = slice(start, None if step < 0 and end < -value.shape[axis] else end, step)
        return value[tuple(cut)]
    axes = given[1].tolist() if len(given) > 1 else attribute(onnx, node, "axes")
    if kind == "Squeeze":
        return np.squeeze(value, None if axes is None else tuple(axes))
    return np.expand_dims(value, tuple(axes))
