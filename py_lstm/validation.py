"""Refusing bad input: one exception, one sentence, and the same facts as data.

Every check raises `InvalidInput`, a `ValueError` whose text names the value that came, the limit it broke and the
remedy. The same facts stand in its attributes, so that a program (the page, in another language) can say it too.
"""

from __future__ import annotations

import json
import math
import numbers
import re
from typing import Any, Iterator, Mapping

import numpy as np

from .numerals import doubt

# Beyond these, a size or a count is a slip of the pen.
MOST_UNITS = 1_000_000
MOST_UPDATES = 1_000_000
MOST_NESTED = 50


class InvalidInput(ValueError):
    """A value that cannot be used.

    Attributes
    ----------
    field : str
        Name of the argument or experiment field.
    code : str
        What is wrong, as a stable word: "unknown", "missing", "type", "integer", "number", "range", "choice",
        "shape", "finite", "order", "diverged" or "file" (one that is damaged or cannot be opened).
    details : dict
        The values the sentence was made from (`got`, `low`, `high`, `choices`, ...), all JSON-able.

    Examples
    --------
    >>> try:
    ...     Experiment(hidden_size=0)
    ... except InvalidInput as refused:
    ...     print(refused.field, refused.code, "|", refused)
    hidden_size range | hidden_size is 0; give a value from 1 to 1024.
    """

    def __init__(self, field: str, code: str, sentence: str, **details: Any):
        super().__init__(sentence)
        self.field = field
        self.code = code
        self.details = details

    def __reduce__(self):
        return _restored, (type(self), self.field, self.code, str(self), self.details)      # as it comes back from a worker process


def _restored(kind: type[InvalidInput], field: str, code: str, sentence: str, details: dict[str, Any]) -> InvalidInput:
    return kind(field, code, sentence, **details)


def shown(value: Any) -> str:
    """`value` as it is quoted in a sentence, cut where a long text or array would hide the point."""
    try:
        text = repr(value)
    except Exception:                                   # an integer of 5000 digits, an object with a broken repr
        text = f"a {type(value).__name__}"
    return cut(text, 60)


def cut(text: str, most: int) -> str:
    """A text of at most so many characters; where some are left out, dots say so."""
    return text if len(text) <= most else text[:most - 3] + "..."


def integer(field: str, value: Any, low: int, high: int | None = None) -> int:
    """`value` as an int in [low, high]; a float such as 3.0 counts, True does not."""
    _not_doubtful(field, value)
    whole = isinstance(value, numbers.Integral) or (isinstance(value, float | np.floating) and float(value).is_integer())
    if isinstance(value, (bool, np.bool_)) or not whole:
        raise InvalidInput(field, "integer", f"{field} is {shown(value)}; give a whole number{_between(low, high)}.",
                           got=shown(value), low=low, high=high)
    return int(_in_range(field, int(value), low, high))


def number(field: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """`value` as a finite float in [low, high]."""
    _not_doubtful(field, value)
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise InvalidInput(field, "number", f"{field} is {shown(value)}; give a number{_between(low, high)}.",
                           got=shown(value), low=_jsonable(low), high=_jsonable(high))
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise InvalidInput(field, "number", f"{field} is {shown(value)}; give a finite number{_between(low, high)}.",
                           got=shown(value), low=_jsonable(low), high=_jsonable(high))
    return _in_range(field, result, low, high)


def _not_doubtful(field: str, value: Any) -> None:
    """Refuse a text such as "1,000", which means one number here and another there."""
    if isinstance(value, str) and (two := doubt(value)):
        raise InvalidInput(field, "comma", f"{field} is {shown(value)}, which can mean {two[0]} or {two[1]}; write one of these.",
                           got=shown(value), whole=two[0], decimal=two[1])


def choice(field: str, value: Any, choices) -> str:
    """`value` if it is one of `choices`."""
    choices = list(choices)
    if not isinstance(value, str) or value not in choices:
        raise InvalidInput(field, "choice", f"{field} is {shown(value)}; choose one of {', '.join(choices)}.",
                           got=shown(value), choices=choices)
    return value


def flag(field: str, value: Any) -> bool:
    """`value` if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise InvalidInput(field, "type", f"{field} is {shown(value)}; give True or False.", got=shown(value))
    return bool(value)


def array(field: str, value: Any, shape: tuple | None, dtype=np.float64) -> np.ndarray:
    """`value` as a finite array of `dtype` and `shape`.

    In `shape` an int must match, a string names an axis of any length >= 1: ("time", "batch", 3). None is any shape.
    """
    given = value if type(value) is np.ndarray else as_array(field, value, shape)
    # Text and objects are refused, not parsed; a complex number passes only where the caller computes in complex.
    if given.dtype.kind not in ("c" if np.dtype(dtype).kind == "c" else "") + "buif":
        raise _not_numbers(field, value, given, _described(shape))
    with np.errstate(over="ignore"):                    # what float32 cannot hold becomes ∞ and is refused below
        result = given.astype(dtype)
    if shape is not None and (result.ndim != len(shape) or any(
            have == 0 if isinstance(want, str) else have != want for want, have in zip(shape, result.shape))):
        empty = [want for want, have in zip(shape, result.shape) if isinstance(want, str) and have == 0]
        least = f", with at least one {' and one '.join(map(_one_of, empty))}" if empty and result.ndim == len(shape) else ""
        raise InvalidInput(field, "shape", f"{field} has shape {given.shape}; give shape {_described(shape)}{least}.",
                           got=str(given.shape), wanted=_described(shape))
    if not np.isfinite(result).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(result))[0])
        raise InvalidInput(field, "finite", f"{field} holds {result[where]} at {list(where)}; give finite numbers only.",
                           got=str(result[where]), where=list(where))
    return result


def numeric(field: str, value: Any, shape: tuple | None) -> np.ndarray:
    """`array` in the dtype that `value` has, float64 if it is no floating-point or complex one."""
    given = as_array(field, value, shape)
    numbers_ = given if given.dtype.kind in "buifc" else value      # else `array` says what stands there instead
    return array(field, numbers_, shape, given.dtype if given.dtype in (np.float32, np.float64, np.complex128) else np.float64)


def inputs(field: str, value: Any, width: int) -> np.ndarray:
    """`value` as inputs (time, batch, width), or as tokens: integers (time, batch) from 0 to width - 1."""
    if not (isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind in "iu"):
        return numeric(field, value, ("time", "batch", width))
    tokens = as_array(field, value)
    if tokens.size == 0:
        raise InvalidInput(field, "shape", f"{field} has shape {tokens.shape}; give shape (time, batch), with at least one step "
                           "and one sequence.", got=str(tokens.shape), wanted="(time, batch)")
    if tokens.min() < 0 or tokens.max() >= width:
        raise InvalidInput(field, "range", f"{field} holds tokens from {tokens.min()} to {tokens.max()}; give whole numbers from 0 "
                           f"to {width - 1}, one for each input.", low=0, high=width - 1)
    return tokens


def as_array(field: str, value: Any, shape: tuple | None = None) -> np.ndarray:
    """`value` as an array of whatever it holds, by every way in: what cannot become one is refused, and so is what a mask hides.

    `shape` is only said, not looked at.
    """
    return _open(field, converted(field, value, shape))


def leave_out(field: str, value: Any, left_out: np.ndarray | None, shape: tuple | None = None) -> np.ndarray:
    """As `as_array`, with 0 wherever `left_out` is true: what stands there is not read, and may be hidden or not finite.

    The axes of `left_out` are the first ones of `value`; where they do not fit, nothing is left out.
    """
    given = converted(field, value, shape)
    if left_out is None or given.shape[:left_out.ndim] != left_out.shape or given.dtype.kind not in "buifc":
        return _open(field, given)
    left_out = left_out.reshape(left_out.shape + (1,) * (given.ndim - left_out.ndim))
    if isinstance(given, np.ma.MaskedArray):
        given = np.ma.array(given.data, mask=np.ma.getmaskarray(given) & ~left_out)
    return np.where(left_out, given.dtype.type(0), _open(field, given))


def operand(field: str, value: Any) -> Any:
    """What an elementwise function computes with: as it is where NumPy's functions take it, else as an array."""
    if type(value) is np.ndarray or not isinstance(value, np.ma.MaskedArray) and (
            isinstance(value, (numbers.Number, np.generic)) or hasattr(type(value), "__array_ufunc__")):
        return value
    given = as_array(field, value)
    if given.dtype.kind not in "buifc":
        raise _not_numbers(field, value, given, "any")
    return given


def converted(field: str, value: Any, shape: tuple | None = None) -> np.ndarray:
    """As `as_array`, but that it may have a mask: for callers that look at its shape first."""
    if type(value) is np.ndarray:
        return value
    try:
        if isinstance(value, (list, tuple)):            # in lists NumPy drops the masks
            for part in _arrays_in(value):
                _open(field, np.asanyarray(part))
        return np.asanyarray(value)
    except InvalidInput:
        raise
    except Exception as error:
        if not isinstance(error, (TypeError, ValueError)) or any(True for _ in _arrays_in(value)):
            # A tensor that takes part in a gradient, that is on another device, or of a kind that NumPy has not.
            raise InvalidInput(field, "type", f"{field} cannot be made an array ({cut(str(error), 100)}); in PyTorch, give "
                               "tensor.detach().cpu().numpy(), of bfloat16 tensor.detach().cpu().float().numpy().",
                               got=type(value).__name__) from None
        wanted = f", shape {_described(shape)}" if shape is not None else ", its rows of one length"
        raise InvalidInput(field, "type" if shape is None else "number", f"{field} is {shown(value)}; give an array of numbers{wanted}.",
                           got=shown(value), wanted=_described(shape)) from None


def _open(field: str, given: Any) -> np.ndarray:
    """An array without its mask, which may hide nothing."""
    if isinstance(given, np.ma.MaskedArray) and given.dtype.names is None and np.ma.is_masked(given):
        hidden = np.argwhere(np.ma.getmaskarray(given))
        raise InvalidInput(field, "finite", f"{field} is a masked array, whose mask hides {len(hidden)} of {given.size} numbers, the "
                           f"first at {hidden[0].tolist()}; put numbers there with .filled(value), or leave them out by mask or lengths "
                           "where there are such arguments.", got="masked", where=hidden[0].tolist())
    return np.asarray(given)


def _arrays_in(value: Any, depth: int = 8) -> Iterator[Any]:
    """The arrays, of whatever library, that `value` is or holds in its lists."""
    if hasattr(type(value), "__array__"):
        if not isinstance(value, np.generic):
            yield value
    elif isinstance(value, (list, tuple)) and depth:
        for one in value:
            if type(one) not in (float, int):
                yield from _arrays_in(one, depth - 1)


def _not_numbers(field: str, value: Any, given: np.ndarray, wanted: str) -> InvalidInput:
    """What to say of an array of something else."""
    remedy = f"give an array of numbers, shape {wanted}"
    if given.dtype.kind in "US":
        what = f"holds text, such as {shown(given.flat[0].item())}" if given.size else "is an empty array of text"
        remedy += "; convert each text with float(text), which wants a decimal point"
    elif given.dtype == object and hasattr(type(value), "__array__") and given.size:
        what = f"holds Python objects (dtype object), such as {shown(given.flat[0])}"
        remedy += f"; if each is a number, {field}.astype(float) converts them"
    elif hasattr(type(value), "__array__"):
        what = f"holds {given.dtype}"
    else:
        what = f"is {shown(value)}"
    return InvalidInput(field, "number", f"{field} {what}; {remedy}.", got=shown(value), wanted=wanted)


def _one_of(axis: str) -> str:
    return {"time": "step", "batch": "sequence"}.get(axis, axis.removesuffix("s"))


def _described(shape: tuple | None) -> str:
    return "any" if shape is None else "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def floating(field: str, value: Any) -> np.dtype:
    """`value` as the dtype float32 or float64."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        dtype = None
    if value is None or dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise InvalidInput(field, "choice", f"{field} is {shown(value)}; give float32 or float64.", got=shown(value),
                           choices=["float32", "float64"])
    return dtype


def parsed(field: str, text: str, **how: Any) -> Any:
    """JSON text as plain values; `how` goes on to `json.loads`.

    Nesting is limited before the parser sees it: in WebAssembly a deeper one than the stack holds ends the process.
    """
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MOST_NESTED:
            raise InvalidInput(field, "type", f"The {field} is nested more than {MOST_NESTED} deep, which no {field} is.",
                               got=shown(text))
    try:
        return json.loads(text, **how)
    except ValueError as error:
        raise InvalidInput(field, "type", f"The {field} is no JSON ({error}); give the text of a JSON object.",
                           got=shown(text)) from None


def mapping(field: str, value: Any) -> Mapping[str, Any]:
    """`value` if it is a dict or another mapping."""
    if not isinstance(value, Mapping):
        raise InvalidInput(field, "type", f"{field} is {shown(value)}; give a dict of arrays by name.", got=shown(value))
    return value


def instance(field: str, value: Any, kind: type) -> Any:
    """`value` if it is a `kind`."""
    if not isinstance(value, kind):
        raise InvalidInput(field, "type", f"{field} is {shown(value)}; give {_article(kind.__name__)}.", got=shown(value))
    return value


def generator(field: str, value: Any) -> np.random.Generator:
    """A NumPy random generator from a seed (int >= 0) or from a generator, which is used as it is."""
    if isinstance(value, np.random.Generator):
        return value
    return np.random.default_rng(integer(field, value, 0))


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there is not enough memory.

    Where addresses have 32 bits, as in WebAssembly, NumPy says of an array beyond them that it is too big, as a ValueError.
    """
    return isinstance(error, MemoryError) or (isinstance(error, ValueError) and not isinstance(error, InvalidInput) and any(
        words in str(error) for words in ("array is too big", "Maximum allowed dimension exceeded", "Maximum allowed size exceeded")))


def _in_range(field: str, value: float, low: float, high: float | None) -> float:
    if value < low or (high is not None and value > high):
        raise InvalidInput(field, "range", f"{field} is {shown(value)}; give a value{_between(low, high)}.",
                           got=shown(value), low=_jsonable(low), high=_jsonable(high))
    return value


def _between(low: float, high: float | None) -> str:
    has_low, has_high = math.isfinite(low), high is not None and math.isfinite(high)
    if has_low and has_high:
        return f" from {low:.15g} to {high:.15g}"
    return f" of at least {low:.15g}" if has_low else f" of at most {high:.15g}" if has_high else ""


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'AEIO' else 'a'} {noun}"


def _jsonable(bound: float | None) -> float | None:
    return bound if bound is not None and math.isfinite(bound) else None
