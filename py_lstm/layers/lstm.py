"""`LSTM`: PyTorch's interface, stacked and bidirectional, with everything it computed to be looked at.

    lstm = LSTM(3, 8, num_layers=2)
    output, (h_n, c_n) = lstm(x)                        # x (T, N, 3), output (T, N, 8), h_n and c_n (2, N, 8)
    dx, (dh_0, dc_0) = lstm.backward(output - target)   # dL/doutput in, the rest of the derivative out
    lstm.grads["weight_hh_l1"]                          # gradients under PyTorch's names
    lstm.trace[1][0].f[t, n]                            # the second layer's forget gates; dz_f their error term

The plain cell is `cell`'s; what that cannot express is computed by `variants`. With record=False it is `fast_cell`'s.
"""

from __future__ import annotations

import copy
import math

import numpy as np

from ..cells import variants
from ..cells.lstm import GeneralCell, LSTMCell
from ..initializers import LAYER_INITIALIZERS, chrono_bias, draw
from ..parameters import Arrays
from ..validation import MOST_UNITS, InvalidInput, choice, flag, integer, number
from .options import dtype_named
from .recurrent import Recurrent
from .unrecorded import UnrecordedCell


class LSTM(Recurrent):
    """A long short-term memory with the interface of `torch.nn.LSTM`; see `Recurrent` for what is not said here.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int >= 1
    bias : bool, whether there are bias_ih and bias_hh
    batch_first, dropout, bidirectional, variational, learn_initial_state, stateful, dtype, rng : see `Recurrent`
    proj_size : int from 0 to hidden_size - 1; if not 0, h_t is projected to that many numbers
    initializer : str
        "uniform": weights U(±1/√H), biases 0. "pytorch": the same, biases drawn too. "glorot_orthogonal": Keras'
        weights, biases 0. "chrono": as "uniform", but with gate biases for memories of up to `longest_memory` steps
        (Tallec & Ollivier 2018). "tutorial": U(±1e-4).
    forget_bias : float or None
        What the forget gate's bias is at the start, in every layer and direction. None is the initializer's own: 1 for
        "uniform" and "glorot_orthogonal", 0 for "tutorial", drawn by "pytorch" and "chrono".
    longest_memory : int >= 3, for "chrono"
    variant : str
        "vanilla", or the changes of Greff et al. 2017, joined by "+": P (peepholes), NIG, NFG, NOG (no input, forget,
        output gate), NIAF, NOAF (no input, output activation), CIFG (forget gate = 1 - input gate), FGR (gates see all
        gates' last values; there is then a third state r, those values). Theirs have P throughout: "P+CIFG".
    layer_norm : bool, layer normalisation of both products and of the cell state (Ba et al. 2016)
    record : bool
        False to train faster, with the same outputs and gradients to rounding: there is then no `trace`. It goes with the
        plain cell only: no variant, proj_size, layer_norm or variational, and no other rule than "full". A small layer
        gains most: forward and back take about a third of the time for 16 units and 8 sequences, half to four fifths
        of it for 128 and 32.

    Threads may call one layer at the same time; to train in each, give each a copy of its own. See `Recurrent`.

    Parameters and their shapes, with the suffix _l0, _l0_reverse, _l1 ...; row blocks i, f, g, o
    -----------------------------------------------------------------------------------------------
    weight_ih (4H, I), weight_hh (4H, P), bias_ih, bias_hh (4H,); P = H but for weight_hr (P, H); peepholes weight_ci,
    weight_cf, weight_co (H,); weight_gg (3H, 3H); gain_ih, gain_hh (4H,), gain_c, bias_c (H,).

    Examples
    --------
    >>> lstm = LSTM(3, 4, num_layers=2, rng=0)
    >>> x = np.random.default_rng(1).normal(size=(5, 2, 3))                   # 5 steps, 2 sequences, 3 numbers
    >>> output, (h_n, c_n) = lstm(x)
    >>> output.shape, h_n.shape, c_n.shape
    ((5, 2, 4), (2, 2, 4), (2, 2, 4))
    >>> dx, (dh_0, dc_0) = lstm.backward(output)                              # of L = |output|² / 2
    >>> lstm.grads["weight_hh_l1"].shape, dx.shape
    ((16, 4), (5, 2, 3))
    >>> inside = lstm.trace[1][0]                                             # of the second layer
    >>> inside.f.shape, inside.dz_f.shape                                     # every forget gate and its error term
    ((5, 2, 4), (5, 2, 4))
    >>> np.allclose(inside.c[1:], inside.f[1:] * inside.c[:-1] + inside.i[1:] * inside.g[1:])
    True
    >>> quick = LSTM(3, 4, num_layers=2, rng=0, record=False)                 # the same numbers sooner, and no trace
    >>> np.allclose(quick(x)[0], output)
    True
    >>> LSTM(3, 4, variant="P+CIFG")(x)[0].shape                              # peepholes, forget gate = 1 - input gate
    (5, 2, 4)
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0, *,
                 forget_bias: float | None = None, initializer: str = "uniform", longest_memory: int | None = None,
                 variant: str = "vanilla", layer_norm: bool = False, variational: bool = False,
                 learn_initial_state: bool = False, stateful: bool = False, record: bool = True, dtype=np.float64,
                 rng=0):
        self.hidden_size = integer("hidden_size", hidden_size, 1, MOST_UNITS)
        self.proj_size = integer("proj_size", proj_size, 0, self.hidden_size - 1)
        self.bias = flag("bias", bias)
        self.layer_norm = flag("layer_norm", layer_norm)
        self.variant = variant
        self._how = _start(initializer, forget_bias, longest_memory, self.bias)
        self.initializer, self.forget_bias, self.longest_memory = initializer, forget_bias, longest_memory
        changes = variants.variant_named(variant)
        self.record = flag("record", record)
        if not self.record:
            _require_plain(variant=variant != "vanilla" and variant, proj_size=self.proj_size, layer_norm=self.layer_norm,
                           variational=variational, dtype=dtype_named(dtype).kind == "c" and "complex128")
            made: GeneralCell = UnrecordedCell(self.hidden_size, 2 * self.bias)
        elif changes == variants.PLAIN and not self.proj_size and not self.layer_norm:
            made = LSTMCell(self.hidden_size, 2 * self.bias)
        else:
            made = GeneralCell(self.hidden_size, 2 * self.bias, self.proj_size, changes, self.layer_norm)
        super().__init__(made, input_size, num_layers, batch_first=batch_first, dropout=dropout,
                         bidirectional=bidirectional, variational=variational, learn_initial_state=learn_initial_state,
                         stateful=stateful, dtype=dtype, rng=rng)

    def backward(self, d_output=None, d_states=None, *, rule: str = "full"):
        """Take the derivative of a scalar L back through the last call; fills `grads` and the trace.

        Parameters
        ----------
        d_output : dL/doutput in the shape of the output, or None for 0
        d_states : (dh_n, dc_n) in the shapes of the last states, or None for 0, as a whole or one of them
        rule : "full", "truncated 1997" (between steps along the cell only), "tutorial" (through h only); see `variants`

        Returns
        -------
        dx, (dh_0, dc_0) : in the shapes of x and of the states
        """
        if choice("rule", rule, variants.RULES) != "full" and not self.record:
            _require_plain(rule=rule)
        return self._backward(d_output, d_states, rule)

    @property
    def trace(self):
        """See `Recurrent.trace`; there is none with record=False."""
        if not self.record:
            raise InvalidInput("trace", "missing", "This layer keeps no trace, since it was made with record=False; make one "
                               "with record=True and load_state_dict(this one's state_dict()).")
        return super().trace

    def _release(self, passes) -> None:
        if isinstance(self._cell, UnrecordedCell):
            self._cell.release(passes)

    def __copy__(self) -> LSTM:
        twin = super().__copy__()
        if not self.record:                             # what the last call ran on is at the next one's disposal
            twin._cell, twin._last = copy.deepcopy((twin._cell, twin._last))
        return twin

    def _draw(self, shapes: dict[str, tuple[int, ...]]) -> Arrays:
        kind, forget_bias, longest = self._how
        drawn = draw(shapes, self.hidden_size, rng=self._rng, initializer="uniform" if kind == "chrono" else kind)
        H = self.hidden_size
        if kind == "chrono":
            drawn["bias_ih"][:2 * H] = np.concatenate(chrono_bias(H, longest, rng=self._rng))
        elif forget_bias is not None and self.bias:
            drawn["bias_ih"][H:2 * H], drawn["bias_hh"][H:2 * H] = forget_bias, 0
        return drawn


def _require_plain(**asked) -> None:
    """Refuse what goes beyond the plain cell, for record=False."""
    for name, value in asked.items():
        if value:
            raise InvalidInput("record", "choice", f"record=False is for the plain cell, and {name} is {value!r}; leave out one of "
                               "the two.", got=repr(value))


def _start(initializer, forget_bias, longest_memory, bias: bool) -> tuple[str, float | None, int | None]:
    """The arguments that decide the first values, checked against each other."""
    kind = choice("initializer", initializer, LAYER_INITIALIZERS)
    if kind == "chrono":
        if forget_bias is not None or not bias:
            name, value = ("forget_bias", forget_bias) if forget_bias is not None else ("bias", bias)
            raise InvalidInput(name, "choice", f"{name} is {value!r}, but initializer chrono draws the gates' biases "
                               "itself; leave it at its default.", got=repr(value))
        if longest_memory is None:
            raise InvalidInput("longest_memory", "missing", "longest_memory is missing; give initializer chrono the number "
                               "of steps, at least 3, that the task may ask to remember.", low=3)
        return kind, None, integer("longest_memory", longest_memory, 3, MOST_UNITS)
    if longest_memory is not None:
        raise InvalidInput("longest_memory", "choice", f"longest_memory is {longest_memory!r}, but only initializer chrono "
                           f"uses it; leave it out or give chrono instead of {kind}.", got=repr(longest_memory))
    if forget_bias is None:
        return kind, 1.0 if kind in ("uniform", "glorot_orthogonal") else None, None
    if not bias:
        raise InvalidInput("forget_bias", "choice", f"forget_bias is {forget_bias!r}, but bias=False leaves no bias to set; "
                           "leave it out or allow biases.", got=repr(forget_bias))
    return kind, number("forget_bias", forget_bias, -math.inf), None
