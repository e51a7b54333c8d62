"""Is a gradient right? Compare it, element by element, with the slope of the loss itself.

Two independent slopes are offered. The central difference (L(p + ε) - L(p - ε)) / 2ε works for any code; its error is
the sum of truncation (∝ ε²) and round-off (∝ 1/ε), at best about 1e-9 relative. The complex step Im L(p + iε) / ε
subtracts nothing, so ε can be 1e-30 and the slope is right to the last bits (Squire & Trapp 1998); it asks that the
loss be computed by analytic functions all the way, which this package does.

Errors are relative and judged per tensor: an absolute tolerance passes any gradient of small weights, right or wrong.
"""

from __future__ import annotations

from typing import Callable, Iterable, Iterator, Mapping, NamedTuple

import numpy as np

from .slopes import METHODS, Slopes
from .validation import InvalidInput, array, as_array, choice, integer, mapping, number, shown

# What a right gradient stays below, per tensor: the complex step is exact, the central difference is not.
LIMITS = {"complex": 1e-10, "central": 1e-6}
# A gradient in float32 is right to what sums in float32 leave of its digits: so many units in the last place.
ROUNDED = 200
ROUNDED_AT_MOST = 1e-2
# Where the error of the slopes may be larger than this, relatively, they can tell nothing.
UNCERTAIN = 1e-3

# A gradient below this is judged as if it were as large: where every gate is saturated, 1 - a² is 0 to all digits that a
# has, and what the slope still shows is round-off.
NEGLIGIBLE = 1e-16

NOTES = {
    "dropped": "The loss drops the complex step along {names} (abs, .real, conj, a norm, functions of math and casts to real numbers do); "
               "checked by the central difference instead.",
    "random": "The loss is not the same at two calls with the same values, so that {names} cannot be judged; turn dropout off with "
              "layer.eval(), or let the loss draw the same random numbers at every call.",
    "rounding": "The loss has too few digits to judge {names}; compute it in float64.",
}


class TensorCheck(NamedTuple):
    """The verdict on one tensor: |analytic - numeric| / max(|analytic|, |numeric|, NEGLIGIBLE) in Euclidean norm.

    `method` is that of its slopes. `note` is "" or a key of `NOTES`: with "random" and "rounding" it is not judged, and not
    `right`.

    Examples
    --------
    >>> tensor = check(Experiment(updates=0), tensors=["bias"]).tensors[0]
    >>> tensor.name, tensor.size, tensor.relative_error < 1e-12
    ('bias', 12, True)
    """

    name: str
    relative_error: float
    norm: float
    checked: int
    size: int
    right: bool
    method: str = "complex"
    note: str = ""

    @property
    def verdict(self) -> str:
        """In a word."""
        return "right" if self.right else "not judged" if self.note in ("random", "rounding") else "WRONG"


class GradientReport(NamedTuple):
    """All tensors checked, and whether every one of them is right.

    Examples
    --------
    >>> report = check(Experiment(updates=0), tensors=["weight_hh", "c_0"])
    >>> [(tensor.name, tensor.checked, tensor.right) for tensor in report.tensors]
    [('weight_hh', 36, True), ('c_0', 3, True)]
    """

    method: str
    eps: float
    tensors: tuple[TensorCheck, ...]

    @property
    def right(self) -> bool:
        return all(tensor.right for tensor in self.tensors)

    def __str__(self) -> str:
        head = f"{'tensor':<16}{'elements':>10}{'|gradient|':>13}{'relative error':>17}"
        rows = [f"{t.name:<16}{f'{t.checked}/{t.size}':>10}{t.norm:>13.4g}{t.relative_error:>17.1e}"
                f"  {t.verdict}" for t in self.tensors]
        return "\n".join([f"gradient check, {self.method} step, ε = {self.eps:g}", head, *rows, *self.notes])

    @property
    def notes(self) -> list[str]:
        """What there is to say of how tensors were checked, a sentence for each kind of trouble with the loss."""
        named = {note: [t.name for t in self.tensors if t.note == note] for note in NOTES}
        return [sentence.format(names=", ".join(named[note])) for note, sentence in NOTES.items() if named[note]]


def gradient_check(loss: Callable[[dict[str, np.ndarray]], complex], values: Mapping[str, np.ndarray],
                   gradients: Mapping[str, np.ndarray], *, method: str = "complex", eps: float | None = None,
                   max_elements: int | None = None, rounding: Mapping[str, np.ndarray] | None = None) -> GradientReport:
    """Check `gradients` against numeric slopes of `loss` at `values`.

    Parameters
    ----------
    loss : function of a dict shaped like `values`, giving the scalar L; it must not change its argument
    values : the tensors to nudge, by name: parameters, inputs, initial states
    gradients : the analytic ∂L/∂tensor under the same names; each name here is checked
    method : "complex" or "central"
    eps : step size; default 1e-30 and 1e-5
    max_elements : at most so many elements of each tensor, evenly spread; all if None
    rounding : by name, how large the rounding error of each element of a gradient is; see `rounding.rounding`

    A gradient is judged to the digits of its own dtype. A tensor along which the loss drops the complex step is checked by the
    central difference; where the loss is not the same at two calls, nothing is judged. The report says so.

    Raises
    ------
    InvalidInput
        For an unknown method, a gradient whose shape is not its tensor's, a step that is not positive, a loss that is
        not one number, or nothing to check.

    Examples
    --------
    >>> def loss(values):
    ...     return (values["w"] ** 3).sum()
    >>> w = np.array([0.5, -2.0])
    >>> gradient_check(loss, {"w": w}, {"w": 3 * w ** 2}).right
    True
    >>> gradient_check(loss, {"w": w}, {"w": 2 * w ** 2}).right               # a wrong derivative is found
    False
    """
    return report(method, eps, checks_in_pieces(loss, values, gradients, method=method, eps=eps, max_elements=max_elements,
                                                rounding=rounding))


def report(method: str, eps: float | None, checks: Iterable[TensorCheck | None]) -> GradientReport:
    """What `checks_in_pieces` found, with the method and the step it was given."""
    found = tuple(check for check in checks if check is not None)
    return GradientReport(method, step_size(method, eps), found)


def step_size(method: str, eps: float | None = None) -> float:
    """ε, by itself the one that the method is best used with."""
    return METHODS[choice("method", method, METHODS)] if eps is None else float(eps)


def checks_in_pieces(loss: Callable[[dict[str, np.ndarray]], complex], values: Mapping[str, np.ndarray],
                     gradients: Mapping[str, np.ndarray], *, method: str = "complex", eps: float | None = None,
                     max_elements: int | None = None, rounding: Mapping[str, np.ndarray] | None = None
                     ) -> Iterator[TensorCheck | None]:
    """The rows of `gradient_check` one by one, and None after each element, where the work may be cut."""
    method = choice("method", method, METHODS)
    if not callable(loss):
        raise InvalidInput("loss", "type", f"loss is {shown(loss)}; give a function of the values that returns the scalar L.",
                           got=shown(loss))
    eps = number("eps", step_size(method) if eps is None else eps, 0)
    if eps == 0:
        raise InvalidInput("eps", "range", "eps is 0; give a positive step.", got="0", low=0, high=None)
    if max_elements is not None:
        max_elements = integer("max_elements", max_elements, 1)
    if not mapping("gradients", gradients):
        raise InvalidInput("gradients", "missing", "gradients is empty; give at least one, or there is nothing to check.")
    at = {name: array(name, value, None) for name, value in mapping("values", values).items()}
    slopes = Slopes(loss, at, method, eps)
    yield from slopes.look_around()

    for name, gradient in gradients.items():
        gradient = _numbers(name, gradient)
        if name not in at or gradient.shape != at[name].shape:
            raise InvalidInput(str(name), "shape", f"The gradient {name} has shape {gradient.shape}; its tensor has "
                               f"{f'shape {at[name].shape}' if name in at else 'not been given'}.", got=str(gradient.shape))
        elements = _spread(at[name].size, max_elements)
        analytic = gradient.astype(np.float64).reshape(-1)[elements]
        of_rounding = 0.0 if rounding is None or name not in rounding else float(np.linalg.norm(np.reshape(rounding[name], -1)[elements]))
        found = None
        if slopes.carries and slopes.repeats:
            numeric = yield from _along(slopes, name, elements, central=False)
            found = _judged(name, gradient, analytic, numeric, at[name].size, "complex", of_rounding)
            if (slopes.suspect or not found.right) and (yield from slopes.drops(name, elements, numeric)):
                found = None
        if found is None:
            numeric = yield from _along(slopes, name, elements, central=True)
            found = _judged(name, gradient, analytic, numeric, at[name].size, "central", of_rounding,
                            slopes.error(len(elements)) if method == "complex" or slopes.noise.coarse else 0.0)
            found = found._replace(note=found.note or ("dropped" if method == "complex" else ""))
        if not slopes.still_repeats():
            found = found._replace(right=False, note="random")
        yield found


def _along(slopes: Slopes, name: str, elements: np.ndarray, central: bool) -> Iterator[None]:
    """The slopes along these elements."""
    numeric = np.zeros(len(elements))
    for place, k in enumerate(elements):
        numeric[place] = slopes.along(name, k, central)
        yield None
    return numeric


def _judged(name: str, gradient: np.ndarray, analytic: np.ndarray, numeric: np.ndarray, size: int, method: str, of_rounding: float,
            of_slopes: float = 0.0) -> TensorCheck:
    """The verdict; what the rounding of the gradient and the error of the slopes may come to, in norm, is no mistake."""
    eps = np.finfo(gradient.dtype).eps if gradient.dtype.kind == "f" else np.finfo(float).eps
    coarser = float(eps / np.finfo(float).eps)
    limit = max(LIMITS[method], min(ROUNDED * float(eps), ROUNDED_AT_MOST) if coarser > 1 else 0.0)
    with np.errstate(invalid="ignore", over="ignore"):      # an infinite gradient is wrong, not an accident
        norm = float(np.linalg.norm(analytic))
        difference = float(np.linalg.norm(analytic - numeric))
        largest = max(norm, float(np.linalg.norm(numeric)), NEGLIGIBLE * coarser)
        error = difference / max(largest, of_rounding / limit)
    right = error <= limit
    if not right and difference <= of_slopes:
        right = of_slopes < UNCERTAIN * largest
        return TensorCheck(name, error, norm, len(analytic), size, right, method, "" if right else "rounding")
    return TensorCheck(name, error, norm, len(analytic), size, bool(right), method)


def _numbers(name: str, gradient) -> np.ndarray:
    """A gradient as an array of numbers, not necessarily finite: to be infinite is a way to be wrong."""
    given = as_array(str(name), gradient)
    if given.dtype.kind not in "buif":
        raise InvalidInput(str(name), "number", f"The gradient {name} is {shown(gradient)}; give an array of numbers.",
                           got=shown(gradient))
    return given


def _spread(size: int, most: int | None) -> np.ndarray:
    if most is None or size <= most:
        return np.arange(size)
    return np.linspace(0, size - 1, most).round().astype(int)
