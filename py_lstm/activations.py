"""Activation functions, each with its derivative taken from its own output.

`forward(z)` is the activation, `backward(a)` its derivative at the point where the output was `a`. Expressing the
derivative through the output is what lets a backward pass do with the recorded gates alone. All work elementwise on
scalars and arrays of any shape, keep float32 in float32, raise no NumPy warning for any finite input, and accept
complex numbers so that a gradient can be checked with the complex step.
"""

from __future__ import annotations

from typing import Callable, Protocol

import numpy as np

from .validation import InvalidInput, as_array, operand, shown


class Activator(Protocol):
    """What a layer asks of an activation function."""

    def forward(self, weighted_input): ...

    def backward(self, output): ...


class SigmoidActivator:
    """σ(z) = 1 / (1 + e^-z), an opening between 0 (shut) and 1 (open).

    Examples
    --------
    >>> y = SigmoidActivator().forward(np.array([-1000.0, 0.0, 1000.0]))
    >>> y, SigmoidActivator().backward(y)                                     # the slope from the output: y (1 - y)
    (array([0. , 0.5, 1. ]), array([0.  , 0.25, 0.  ]))
    """

    def forward(self, weighted_input):
        """σ(z), elementwise; same shape and dtype as `weighted_input`."""
        # 1 / (1 + e^-z) where z is positive, e^z / (e^z + 1) where it is negative: no power can overflow, and σ(-40)
        # keeps all its digits (0.5 * (1 + tanh(z / 2)) would round it to 0).
        if type(weighted_input) is not np.ndarray:
            weighted_input = operand("weighted_input", weighted_input)
        rise = np.exp(np.minimum(weighted_input, 0))
        return rise / (rise + np.exp(-np.maximum(weighted_input, 0)))

    def backward(self, output):
        """dσ/dz = σ (1 - σ), from σ itself."""
        if type(output) is not np.ndarray:
            output = operand("output", output)
        return output * (1 - output)


class TanhActivator:
    """tanh(z), a signed value between -1 and 1.

    Examples
    --------
    >>> y = TanhActivator().forward(np.array([0.0, 1e-17]))
    >>> y, TanhActivator().backward(y)                                        # the slope from the output: 1 - y²
    (array([0.e+00, 1.e-17]), array([1., 1.]))
    """

    def forward(self, weighted_input):
        """tanh(z), elementwise; exact near 0, where 2σ(2z) - 1 cancels."""
        if type(weighted_input) is not np.ndarray:
            weighted_input = operand("weighted_input", weighted_input)
        return np.tanh(weighted_input)

    def backward(self, output):
        """dtanh/dz = 1 - tanh², from tanh itself."""
        if type(output) is not np.ndarray:
            output = operand("output", output)
        return 1 - output * output


class ReluActivator:
    """max(0, z). Its derivative at 0 is taken as 0.

    Examples
    --------
    >>> y = ReluActivator().forward(np.array([-2.0, 3.0]))
    >>> y, ReluActivator().backward(y)
    (array([0., 3.]), array([0., 1.]))
    """

    def forward(self, weighted_input):
        """max(0, z), elementwise."""
        z = np.asarray(operand("weighted_input", weighted_input))
        return np.where(z.real > 0, z, np.zeros_like(z))

    def backward(self, output):
        """1 where the output is positive, else 0."""
        output = np.asarray(operand("output", output))
        return np.where(output.real > 0, np.ones_like(output), np.zeros_like(output))


class IdentityActivator:
    """z itself.

    Examples
    --------
    >>> IdentityActivator().forward(np.array([-2.0, 3.0])), IdentityActivator().backward(np.array([-2.0, 3.0]))
    (array([-2.,  3.]), array([1., 1.]))
    """

    def forward(self, weighted_input):
        """z."""
        return operand("weighted_input", weighted_input)

    def backward(self, output):
        """1 everywhere, in the shape of `output`."""
        return np.ones_like(operand("output", output))


def element_wise_op(array: np.ndarray, op: Callable[[float], float]) -> None:
    """Replace every element of `array` by `op(element)`, in place.

    The result is the same for any memory layout. If `op` raises or returns no number of the array's kind, `array`
    is left as it was.

    Examples
    --------
    >>> array = np.array([[1.0, -2.0], [3.0, -4.0]])
    >>> element_wise_op(array, abs)
    >>> array
    array([[1., 2.],
           [3., 4.]])
    """
    if not isinstance(array, np.ndarray) or not array.flags.writeable:
        raise InvalidInput("array", "type", f"array is {shown(array)}; give a writable NumPy array.", got=shown(array))
    as_array("array", array)                            # which refuses what a mask hides
    if not callable(op):
        raise InvalidInput("op", "type", f"op is {shown(op)}; give a function of one number.", got=shown(op))
    if array.size == 0:
        return
    results = [op(value) for value in array.ravel()]
    try:
        given = np.array(results).reshape(array.shape)
        fits = given.dtype.kind in "buifc" and np.can_cast(given.dtype, array.dtype, "same_kind")
    except ValueError:
        fits = False
    if not fits:
        raise InvalidInput("op", "type", f"op returned {shown(results[0])} for {shown(array.flat[0])}; it must return "
                           f"one number for one number, of a kind that an array of {array.dtype} holds.",
                           got=shown(results[0]))
    with np.errstate(over="ignore"):
        array[...] = given
