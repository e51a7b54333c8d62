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

from .validation import InvalidInput, array, as_array, choice, integer, mapping, number, shown

METHODS = {"complex": 1e-30, "central": 1e-5}        # and the ε each is best used with
# What a right gradient stays below, per tensor: the complex step is exact, the central difference is not.
LIMITS = {"complex": 1e-10, "central": 1e-6}

# A gradient below this is judged as if it were as large: where every gate is saturated, 1 - a² is 0 to all digits that a
# has, and what the slope still shows is round-off.
NEGLIGIBLE = 1e-16


class TensorCheck(NamedTuple):
    """The verdict on one tensor: |analytic - numeric| / max(|analytic|, |numeric|, NEGLIGIBLE) in Euclidean norm.

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
                f"  {'right' if t.right else 'WRONG'}" for t in self.tensors]
        return "\n".join([f"gradient check, {self.method} step, ε = {self.eps:g}", head, *rows])


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
    dtype = np.complex128 if method == "complex" else np.float64
    at = {name: array(name, value, None).astype(dtype) for name, value in mapping("values", values).items()}

    for name, gradient in gradients.items():
        gradient = _numbers(name, gradient)
        if name not in at or gradient.shape != at[name].shape:
            raise InvalidInput(str(name), "shape", f"The gradient {name} has shape {gradient.shape}; its tensor has "
                               f"{f'shape {at[name].shape}' if name in at else 'not been given'}.", got=str(gradient.shape))
        elements = _spread(at[name].size, max_elements)
        flat = at[name].reshape(-1)                     # a view: nudging it nudges at[name]
        numeric = np.zeros(len(elements))
        for place, k in enumerate(elements):
            numeric[place] = _slope(loss, at, flat, k, method, eps)
            yield None
        analytic = gradient.astype(np.float64).reshape(-1)[elements]
        floor = NEGLIGIBLE
        if rounding is not None and name in rounding:
            floor = max(floor, float(np.linalg.norm(np.reshape(rounding[name], -1)[elements])) / LIMITS[method])
        with np.errstate(invalid="ignore", over="ignore"):      # an infinite gradient is wrong, not an accident
            norm = float(np.linalg.norm(analytic))
            largest = max(norm, np.linalg.norm(numeric), floor)
            error = float(np.linalg.norm(analytic - numeric) / largest)
        yield TensorCheck(name, error, norm, len(elements), at[name].size, bool(error <= LIMITS[method]))


def _slope(loss, at: dict[str, np.ndarray], flat: np.ndarray, k: int, method: str, eps: float) -> float:
    """∂loss/∂flat[k], where flat is a view into one tensor of `at`; everything is put back."""
    before = flat[k]
    try:
        if method == "complex":
            flat[k] = before + 1j * eps
            return float(np.imag(_scalar(loss(at))) / eps)
        flat[k] = before + eps
        above = _scalar(loss(at), "buif")
        flat[k] = before - eps
        with np.errstate(over="ignore"):
            return float((above - _scalar(loss(at), "buif")) / (2 * eps))
    finally:
        flat[k] = before


def _numbers(name: str, gradient) -> np.ndarray:
    """A gradient as an array of numbers, not necessarily finite: to be infinite is a way to be wrong."""
    given = as_array(str(name), gradient)
    if given.dtype.kind not in "buif":
        raise InvalidInput(str(name), "number", f"The gradient {name} is {shown(gradient)}; give an array of numbers.",
                           got=shown(gradient))
    return given


def _scalar(value, kinds: str = "buifc"):
    given = as_array("loss", value, ())
    if given.ndim != 0 or given.dtype.kind not in kinds:
        raise InvalidInput("loss", "shape", f"loss returned {shown(value)}; it must return one number.", got=shown(value))
    return value


def _spread(size: int, most: int | None) -> np.ndarray:
    if most is None or size <= most:
        return np.arange(size)
    return np.linspace(0, size - 1, most).round().astype(int)
