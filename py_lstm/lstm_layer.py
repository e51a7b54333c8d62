"""`LstmLayer`: the tutorial's step-at-a-time layer, on the equations of `cell`.

The names are the tutorial's: Wfh and Wfx multiply h_{t-1} and x_t in the forget gate, ct is the candidate (g
elsewhere in this package), delta_* are error terms, and everything is a column (n, 1). Lists run over time with the
state before the first step at index 0. One call of `forward` is one time step; `backward` walks back through all the
steps recorded since the last `reset_state` or `update`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import cell
from .activations import Activator, IdentityActivator, SigmoidActivator, TanhActivator
from .contraction import outer_sum
from .initializers import initialize
from .remembered import Claim
from .validation import MOST_UNITS, InvalidInput, array, as_array, floating, generator, integer, number, shown

# The tutorial's letter for each of the cell's gates.
LETTER = {"f": "f", "i": "i", "o": "o", "c": "g"}


class LstmLayer:
    """An LSTM layer that keeps what it computes.

    Parameters
    ----------
    input_width, state_width : int >= 1
    learning_rate : float >= 0, the step of `update`
    rng : a seed or a `numpy.random.Generator`
    initializer, scale, forget_bias : see `initializers.initialize`
    dtype : float64 or float32, kept throughout

    Attributes
    ----------
    Wfh, Wih, Woh, Wch : (state_width, state_width)
    Wfx, Wix, Wox, Wcx : (state_width, input_width)
    bf, bi, bo, bc : (state_width, 1)
    Wfh_grad, Wfx_grad, bf_grad, ... : the gradients of these, after `backward`
    times : int, steps recorded
    x_list, f_list, i_list, o_list, ct_list, c_list, h_list : columns for t = 0 ... times
    delta_h_list, delta_c_list, delta_f_list, delta_i_list, delta_o_list, delta_ct_list, delta_x_list : after
        `backward`, columns for t = 0 ... times. delta_h and delta_c are ∂L/∂h_t and ∂L/∂c_t (index 0: the initial
        state's); the gates' are taken at the pre-activations, as in the tutorial.

    Copies, by copy.copy, copy.deepcopy or pickle, have the recorded steps and go on by themselves. Threads: the steps of a
    sequence belong to the thread that recorded the first one, and another one is refused until `reset_state`.

    Examples
    --------
    >>> layer = LstmLayer(3, 2, learning_rate=0.1)
    >>> for x in np.eye(3):
    ...     layer.forward(x[:, np.newaxis])                                   # one step after the other, columns
    >>> layer.h_list[-1].shape, len(layer.f_list)                             # index 0 is before the first step
    ((2, 1), 4)
    >>> layer.backward(None, np.ones((2, 1)))                                 # ∂L/∂h of the last step
    >>> layer.Wfh_grad.shape, layer.delta_c_list[1].shape
    ((2, 2), (2, 1))
    >>> layer.update()
    """

    def __init__(self, input_width: int, state_width: int, learning_rate: float, *, rng=0,
                 initializer: str = "uniform", scale: float = 1.0, forget_bias: float = 1.0, dtype=np.float64):
        self.input_width = integer("input_width", input_width, 1, MOST_UNITS)
        self.state_width = integer("state_width", state_width, 1, MOST_UNITS)
        self.learning_rate = number("learning_rate", learning_rate, 0)
        self.dtype = floating("dtype", dtype)
        self.gate_activator: Activator = SigmoidActivator()
        self.output_activator: Activator = TanhActivator()
        self._claim = Claim("layer")                    # on the recorded steps
        self._start = (initializer, scale, forget_bias)
        self._rng = generator("rng", rng)
        drawn = initialize(input_width, state_width, rng=self._rng, initializer=initializer, scale=scale,
                           forget_bias=forget_bias, dtype=self.dtype)
        self._scatter("{}", *drawn)
        self.reset_state()

    # Forward -------------------------------------------------------------------------------------------------------

    def forward(self, x) -> None:
        """Take one time step: x is a column (input_width, 1). Appends to every recorded list."""
        x = array("x", x, (self.input_width, 1), self.dtype)
        self._claim.take("forward")
        weights = self._weights()
        h, c = (array(name, getattr(self, name)[-1], (self.state_width, 1), self.dtype) for name in ("h_list", "c_list"))
        steps = cell.forward(x.T[np.newaxis], h.T, c.T, weights, **self._activators)
        if self._outdated(weights) or not self._continued_by(steps):
            # The recorded steps belong to weights or states that have been replaced. The last state lives on (that is
            # stateful, truncated training); its history can no longer be differentiated.
            self._record(h, c)
        self.times += 1
        self._recorded.append(steps)
        self._weights_used, self._deltas = weights, None
        self.x_list.append(x)
        for letter, name in (LETTER | {"cell": "c", "h": "h"}).items():
            self._list(letter).append(getattr(steps, name)[0].T.copy())

    def calc_gate(self, x, Wx, Wh, b, activator: Activator) -> np.ndarray:
        """activator(Wx x + Wh h + b) with the last recorded h, as a column: one gate of the next step."""
        H = self.state_width
        _require_method(activator, "forward")
        x = array("x", x, (self.input_width, 1), self.dtype)
        Wx = array("Wx", Wx, (H, self.input_width), self.dtype)
        Wh = array("Wh", Wh, (H, H), self.dtype)
        b = array("b", b, (H, 1), self.dtype)
        h = array("h_list", self.h_list[-1], (H, 1), self.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            return activator.forward(Wx @ x + Wh @ h + b)

    # Backward ------------------------------------------------------------------------------------------------------

    def backward(self, x=None, delta_h=None, activator: Activator | None = None) -> None:
        """Back-propagate through all recorded steps; fills the delta lists and the `_grad` attributes.

        Parameters
        ----------
        x : column or None
            The tutorial hands the last input in once more. The recorded one is used; a different one is refused.
        delta_h : column (state_width, 1) or (times, state_width, 1) or a list of columns
            ∂L/∂h: for the last step alone, or for every step. Required.
        activator : activation or None
            Activation of the layer below, whose output x is: `delta_x_list` is taken through its derivative.
        """
        if delta_h is None:
            raise InvalidInput("delta_h", "missing", "delta_h is missing; give ∂L/∂h for the last step, shape "
                               f"({self.state_width}, 1), or for every step.")
        self._require_recording("backward")
        self._require_last_input(x)
        self.calc_delta(delta_h, activator)
        self.calc_gradient(x)

    def calc_delta(self, delta_h, activator: Activator | None = None) -> None:
        """The error terms of every recorded step, from ∂L/∂h. See `backward`."""
        self._require_recording("calc_delta")
        H, T = self.state_width, self.times
        below = IdentityActivator() if activator is None else activator
        _require_method(below, "backward")
        direct = np.zeros((T, H, 1), self.dtype)
        delta_h = as_array("delta_h", delta_h, (H, 1))
        if delta_h.ndim != 3:
            direct[-1] = array("delta_h", delta_h, (H, 1), self.dtype)
        else:
            direct[:] = array("delta_h", delta_h, (T, H, 1), self.dtype)
        deltas = cell.backward(self._steps(), self._weights(), direct.transpose(0, 2, 1), **self._activators)

        def columns(name: str, first: np.ndarray | None = None) -> list[np.ndarray]:
            start = np.zeros((H, 1), self.dtype) if first is None else first.T.copy()
            return [start] + [step.T.copy() for step in getattr(deltas, name)]

        dx = [np.zeros((self.input_width, 1), self.dtype)] + [step.T for step in deltas.dx]
        with np.errstate(over="ignore", invalid="ignore"):
            dx = [d * below.backward(x) for d, x in zip(dx, self.x_list)]
        if not np.isfinite(dx).all():
            raise InvalidInput("activator", "diverged", "delta_x is not finite: x cannot be an output of this activator; "
                               "give the one of the layer below, or None.")
        self.delta_x_list = dx
        self.delta_h_list, self.delta_c_list = columns("dh", deltas.dh_0), columns("dc", deltas.dc_0)
        for letter, name in LETTER.items():
            setattr(self, f"delta_{'ct' if letter == 'c' else letter}_list", columns(f"dz_{name}"))
        self._deltas = deltas

    def calc_gradient(self, x=None) -> None:
        """The gradients of all weights, summed over the recorded steps, from the error terms of `calc_delta`."""
        self._require_recording("calc_gradient")
        self._require_last_input(x)
        self._require_deltas("calc_gradient")
        self._scatter("{}_grad", self._deltas.weight_ih, self._deltas.weight_hh, self._deltas.bias)

    def update(self) -> None:
        """One step of gradient descent with the gradients of the last `backward`; may be repeated."""
        if not hasattr(self, "Wfh_grad"):
            raise InvalidInput("update", "order", "update() needs gradients; call forward(x) and backward(x, delta_h) first.")
        self._claim.take("update")
        rate = number("learning_rate", self.learning_rate, 0)
        moved = {}
        for name in [name for letter in LETTER for name in (f"W{letter}h", f"W{letter}x", f"b{letter}")]:
            weight = array(name, getattr(self, name), None, self.dtype)
            gradient = array(name + "_grad", getattr(self, name + "_grad"), weight.shape, self.dtype)
            with np.errstate(over="ignore", invalid="ignore"):
                moved[name] = weight - rate * gradient
            if not np.all(np.isfinite(moved[name])):
                raise InvalidInput("learning_rate", "diverged", f"update() would make {name} infinite; the learning rate "
                                   f"{rate:g} is too large for these gradients, lower it.", got=f"{rate:g}")
        for name, value in moved.items():
            setattr(self, name, value)
        self._deltas = None

    def reset_state(self) -> None:
        """Forget the recorded steps: the next `forward` is the first of a new sequence, from states of zero."""
        self._claim.release()
        self._record(*(np.zeros((self.state_width, 1), self.dtype) for _ in range(2)))

    # The tutorial's smaller steps --------------------------------------------------------------------------------------

    def calc_delta_k(self, k: int) -> None:
        """The error terms of step k once more, from `delta_h_list[k]` and what `delta_c_list[k + 1]` sends back.

        `calc_delta` does this for all steps; here one of them can be followed on its own.
        """
        self._require_deltas("calc_delta_k")
        k = integer("k", k, 1, self.times)
        from_c = None if k == self.times else (self.delta_c_list[k + 1] * self.f_list[k + 1]).T
        one = cell.backward(self._recorded[k - 1], self._weights(), self.delta_h_list[k].T[np.newaxis], dc_n=from_c,
                            **self._activators)
        self.delta_f_list[k], self.delta_i_list[k] = one.dz_f[0].T, one.dz_i[0].T
        self.delta_o_list[k], self.delta_ct_list[k] = one.dz_o[0].T, one.dz_g[0].T
        self.delta_c_list[k] = one.dc[0].T
        direct = self._deltas.dh_via_y[k - 2].T if k > 1 else 0         # what the loss takes from h_{k-1} itself
        self.delta_h_list[k - 1] = direct + one.dh_0.T

    def calc_gradient_t(self, t: int) -> tuple[np.ndarray, ...]:
        """What step t adds to the gradients: (Wfh, bf, Wih, bi, Woh, bo, Wch, bc), in the tutorial's order.

        Each is (state_width, state_width) or (state_width, 1); their sums over t are the `_grad` attributes.
        """
        self._require_deltas("calc_gradient_t")
        t = integer("t", t, 1, self.times)
        h_prev = self._recorded[t - 1].h_0
        deltas = (getattr(self._deltas, f"dz_{name}")[t - 1] for name in LETTER.values())
        return tuple(part for delta in deltas for part in (outer_sum(delta, h_prev), delta.T.copy()))

    def init_state_vec(self) -> list[np.ndarray]:
        """A recorded list with nothing but the zero column before the first step."""
        return [np.zeros((self.state_width, 1), self.dtype)]

    def init_delta(self) -> list[np.ndarray]:
        """A list of times + 1 zero columns."""
        return [np.zeros((self.state_width, 1), self.dtype) for _ in range(self.times + 1)]

    def init_weight_mat(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """New (Wh, Wx, b) of one gate, drawn by this layer's initializer from its generator; b is 0."""
        initializer, scale, _ = self._start
        H = self.state_width
        weight_ih, weight_hh, _ = initialize(self.input_width, H, rng=self._rng, initializer=initializer, scale=scale,
                                             dtype=self.dtype)
        return weight_hh[:H], weight_ih[:H], np.zeros((H, 1), self.dtype)

    def init_weight_gradient_mat(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Zero gradients (Wh, Wx, b) of one gate."""
        H = self.state_width
        return (np.zeros((H, H), self.dtype), np.zeros((H, self.input_width), self.dtype), np.zeros((H, 1), self.dtype))

    def __getstate__(self) -> dict[str, Any]:
        """With lists of its own: what a copy records is not recorded here."""
        return {name: list(value) if isinstance(value, list) else value for name, value in vars(self).items()} | {"_claim": Claim("layer")}

    def __repr__(self) -> str:
        return f"LstmLayer({self.input_width}, {self.state_width}, {self.learning_rate:g}; {self.times} steps recorded)"

    # Between the tutorial's twelve matrices and the cell's three ---------------------------------------------------------

    @property
    def _activators(self) -> dict[str, Activator]:
        return {"gate": self.gate_activator, "squash": self.output_activator}

    def _weights(self) -> cell.Weights:
        """The twelve matrices as the cell's three; read anew each time, since anyone may assign to them."""
        H, I = self.state_width, self.input_width
        letters = [letter for gate in cell.GATES for letter, name in LETTER.items() if name == gate]
        stack = lambda pattern, shape: np.concatenate(
            [array(pattern.format(k), getattr(self, pattern.format(k)), shape, self.dtype) for k in letters])
        return cell.Weights(stack("W{}x", (H, I)), stack("W{}h", (H, H)), stack("b{}", (H, 1))[:, 0])

    def _scatter(self, pattern: str, weight_ih: np.ndarray, weight_hh: np.ndarray, bias: np.ndarray) -> None:
        """Set the twelve attributes named by `pattern` from arrays in the cell's layout."""
        H = self.state_width
        for letter, name in LETTER.items():
            rows = slice(cell.GATES.index(name) * H, (cell.GATES.index(name) + 1) * H)
            setattr(self, pattern.format(f"W{letter}h"), weight_hh[rows].copy())
            setattr(self, pattern.format(f"W{letter}x"), weight_ih[rows].copy())
            setattr(self, pattern.format(f"b{letter}"), bias[rows, np.newaxis].copy())

    def _list(self, letter: str) -> list[np.ndarray]:
        return getattr(self, {"c": "ct_list", "cell": "c_list"}.get(letter, f"{letter}_list"))

    def _record(self, h: np.ndarray, c: np.ndarray) -> None:
        """Begin a recording with the states h and c before its first step."""
        self.times = 0
        self.h_list, self.c_list = [h], [c]
        self.x_list = [np.zeros((self.input_width, 1), self.dtype)]
        self.f_list, self.i_list, self.o_list, self.ct_list = (self.init_state_vec() for _ in range(4))
        self._recorded: list[cell.Steps] = []
        self._weights_used: cell.Weights | None = None
        self._deltas: cell.Deltas | None = None

    def _outdated(self, weights: cell.Weights) -> bool:
        """Whether the recording was made with other weights than these."""
        used = self._weights_used
        return used is not None and not all(np.array_equal(a, b) for a, b in zip(used, weights))

    def _continued_by(self, steps: cell.Steps) -> bool:
        """Whether `steps` begins where the recording ends; not so after an assignment to h_list[-1] or c_list[-1]."""
        return not self._recorded or (np.array_equal(self._recorded[-1].h[0], steps.h_0)
                                      and np.array_equal(self._recorded[-1].c[0], steps.c_0))

    def _steps(self) -> cell.Steps:
        """The recorded steps, one sequence in the cell's layout."""
        joined = {name: np.concatenate([getattr(step, name) for step in self._recorded]) for name in cell.Steps._fields}
        return cell.Steps(**joined | {"h_0": self._recorded[0].h_0, "c_0": self._recorded[0].c_0})

    def _require_recording(self, method: str) -> None:
        self._claim.take(method)
        if self.times == 0:
            raise InvalidInput(method, "order", f"{method}() needs at least one recorded step; call forward(x) first.")
        if self._outdated(self._weights()):
            raise InvalidInput(method, "order", f"{method}() needs steps computed with the present weights, and they have "
                               "changed since (update() does that); call forward(x) first.")

    def _require_deltas(self, method: str) -> None:
        self._require_recording(method)
        if self._deltas is None:
            raise InvalidInput(method, "order", f"{method}() needs the error terms of the recorded steps; call "
                               "calc_delta(delta_h) first.")

    def _require_last_input(self, x) -> None:
        if x is not None and not np.array_equal(array("x", x, (self.input_width, 1), self.dtype), self.x_list[-1]):
            raise InvalidInput("x", "order", "x is not the last input that forward() saw; give that one, or None.",
                               got=shown(x))


def _require_method(activator, method: str) -> None:
    if not callable(getattr(activator, method, None)):
        raise InvalidInput("activator", "type", f"activator is {shown(activator)}; give an activation such as "
                           "TanhActivator().", got=shown(activator))
