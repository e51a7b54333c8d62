"""What LSTM, GRU and RNN have in common: layers, directions, dropout, states, names.

`Recurrent` stacks a cell as PyTorch's recurrent modules do and keeps their conventions: parameter names, shapes, the
order of (layer, direction) in the states. It differs in one: with `batch_first=True` the states are batch-first too.
"""

from __future__ import annotations

import copy
from typing import Any, Mapping

import numpy as np

from ..overflow import finite_gradient, finite_input
from ..parameters import Arrays
from ..remembered import REMEDY, TURN, Claim, Remembered
from ..validation import MOST_UNITS, InvalidInput, array, flag, generator, integer, number, shown
from . import direction
from .axes import Axes, read_input
from .direction import Cell, Recording
from .options import as_made, dtype_named


class Recurrent:
    """Base of `LSTM`, `GRU` and `RNN`; those say which cell.

    Parameters
    ----------
    cell : what computes one layer in one direction
    input_size, num_layers : int >= 1
    batch_first : bool
        x, output and *also the states* have the batch in front: (N, T, ·) and (N, layers, ·). PyTorch leaves the states
        as they are.
    dropout : float from 0 to 1
        While training, the share of each layer's outputs that the next layer does not see (drawn for every step).
    variational : bool
        Dropout after Gal & Ghahramani 2016 instead: one mask per sequence, the same at all its steps, on the inputs of
        every layer, the first too, and on h_{t-1} on its way into the recurrent weights.
    bidirectional : bool, a second set of weights reads each sequence from its end
    learn_initial_state : bool
        Without given states, a call starts from the parameters h_0 (and c_0, ...), (layers * directions, ·), the same
        for each sequence; they get gradients like all others.
    stateful : bool
        Without given states, a call goes on from the last states of the call before, until `reset_state()`. `backward`
        stays within the last call: that is truncated back-propagation through time.
    dtype : float64 or float32; complex128 for the complex-step check
    rng : a seed or a `numpy.random.Generator`, for the first weights and then the dropout masks

    Attributes
    ----------
    parameters : dict of arrays by PyTorch's names; may be changed in place or replaced, each call checks them
    grads : dict of arrays under the same names, after `backward`; each call starts anew
    training : bool, whether dropout acts; see `train` and `eval`

    Copies: copy.deepcopy and pickle give a layer that shares nothing with this one; it can go back through the last call
    as well. copy.copy gives one that shares the parameters' arrays.

    Threads: calls may come from several threads at a time, and each gets its own output and states. For `backward`, `grads`
    and `trace` the layer remembers its last call only, and a stateful layer has one sequence of calls: a thread that
    another one has overtaken there is refused. Give each thread a copy of its own to train in it.
    """

    def __init__(self, cell: Cell, input_size: int, num_layers: int, *, batch_first: bool, dropout: float,
                 bidirectional: bool, variational: bool, learn_initial_state: bool, stateful: bool, dtype, rng):
        self._cell = cell
        self.input_size = integer("input_size", input_size, 1, MOST_UNITS)
        self.num_layers = integer("num_layers", num_layers, 1, MOST_UNITS)
        self.batch_first = flag("batch_first", batch_first)
        self.bidirectional = flag("bidirectional", bidirectional)
        self.learn_initial_state = flag("learn_initial_state", learn_initial_state)
        self.stateful = flag("stateful", stateful)
        self.variational = flag("variational", variational)
        self.dropout = number("dropout", dropout, 0, 1)
        self.dtype = dtype_named(dtype)
        self.training = True
        if self.stateful and self.bidirectional:
            raise InvalidInput("stateful", "choice", "stateful does not go with bidirectional: the reverse direction "
                               "begins at the end, which is yet to come; choose one of the two.")
        if self.dropout and self.num_layers == 1 and not self.variational:
            raise InvalidInput("dropout", "choice", f"dropout is {self.dropout:g} and acts between layers, but there is "
                               "one layer; give num_layers of at least 2 or variational=True.", got=f"{self.dropout:g}")
        self._rng = generator("rng", rng)
        self._suffixes = [f"_l{k}{reverse}" for k in range(self.num_layers)
                          for reverse in (("", "_reverse") if self.bidirectional else ("",))]
        self.parameters: Arrays = {}
        for row, suffix in enumerate(self._suffixes):
            shapes = cell.shapes(self._inputs(row // self._directions))
            self.parameters |= {name + suffix: np.asarray(value, self.dtype)
                                for name, value in self._draw(shapes).items()}
        if self.learn_initial_state:
            self.parameters |= {f"{name}_0": np.zeros((len(self._suffixes), width), self.dtype)
                                for name, width in cell.states.items()}
        self._shapes = {name: value.shape for name, value in self.parameters.items()}
        self._carried: tuple | None = None
        self._claim = Claim("layer")                    # on what is carried
        self._last: Remembered[dict[str, Any] | None] = Remembered(None, "layer")      # what backward and trace need of the last call
        self._grads: Remembered[Arrays] = Remembered({}, "layer")

    def _draw(self, shapes: dict[str, tuple[int, ...]]) -> Arrays:
        """First values of one layer's parameters in one direction."""
        raise NotImplementedError

    # Forward -------------------------------------------------------------------------------------------------------

    def __call__(self, x, states=None, lengths=None):
        """Run a batch of sequences, or one.

        Parameters
        ----------
        x : (T, N, I), with batch_first (N, T, I), or one sequence (T, I)
        states : the states before the first step, in the order and shapes in which they are returned; None for zeros
        lengths : N whole numbers from 0 to T, or None
            How many steps of each sequence count. What stands in x after them is not read, not even if it is NaN; the
            output there is 0, and the states returned are each sequence's own last ones.

        Returns
        -------
        output : (T, N, D * H), with batch_first (N, T, D * H), or (T, D * H); D is the number of directions
        states : each (L * D, N, ·), with batch_first (N, L * D, ·), or (L * D, ·); L is the number of layers
        """
        x, lengths, axes = read_input(x, lengths, self.input_size, self.batch_first, self.dtype)
        parameters = self._checked(self.parameters)     # anyone may assign to them; backward wants them as they are now
        before, origin = self._start(states, axes, parameters)
        drawn = self._rng.bit_generator.state
        passes, masks, y = [], [], x
        try:
            for layer in range(self.num_layers):
                masks.append(self._input_mask(layer, y.shape))
                with np.errstate(over="ignore"):
                    y = y if masks[-1] is None else y * masks[-1]
                finite_input(y)
                for reverse in range(self._directions):
                    row = layer * self._directions + reverse
                    passes.append(direction.forward(self._cell, self._parameters_of(row, parameters), y,
                                                    tuple(state[row] for state in before), lengths, bool(reverse),
                                                    self._recurrent_mask(axes.N)))
                y = np.concatenate([done.output for done in passes[-self._directions:]], axis=2)
        except InvalidInput:
            self._rng.bit_generator.state = drawn       # a refused call draws nothing
            if self._carried is None:
                self._claim.release()
            raise
        after = tuple(np.stack(state) for state in zip(*(done.after for done in passes)))
        self._keep({"passes": passes, "masks": masks, "axes": axes, "origin": origin, "deltas": None, "d_before": None,
                    "trace": None, "going_back": False})
        if self.stateful:
            self._carried = after
        return axes.out(y), self._packed([axes.out(state) for state in after])

    def _keep(self, last: dict[str, Any]) -> None:
        """What backward and trace need of the call that has come to its end."""
        with TURN:
            before = self._last.value
            self._last.leave(last)
            if before is not None and not before["going_back"]:
                self._release(before["passes"])

    def _release(self, passes: list[direction.Pass]) -> None:
        """Nothing will go back through these passes any more."""

    # Backward ------------------------------------------------------------------------------------------------------

    def _backward(self, d_output, d_states, rule: str):
        with TURN:
            last = self._require_call("backward")
            if last["going_back"]:
                raise InvalidInput("backward", "order", "backward() of this call is at work in another thread; "
                                   f"{REMEDY.format('layer')}.")
            last["going_back"] = True
        try:
            return self._go_back(last, d_output, d_states, rule)
        finally:
            last["going_back"] = False

    def _go_back(self, last: dict[str, Any], d_output, d_states, rule: str):
        axes, width = last["axes"], self._directions * self._width
        if d_output is None and d_states is None:
            raise InvalidInput("d_output", "missing", "backward() needs a derivative to start from; give that of the "
                               "output, of the last states, or both.")
        dy = np.zeros((axes.T, axes.N, width), self.dtype)
        if d_output is not None:
            dy = axes.sequence_in("d_output", d_output, width)      # past the ends it is not read
        d_after = self._states_in("d{}_n", d_states, axes)
        with np.errstate(over="ignore", invalid="ignore"):
            dx, d_before, grads, deltas = self._walk_back(last, dy, d_after, rule)
        finite_gradient(dx, *d_before, *grads.values())
        self.grads = {name: grads[name] for name in self._shapes}
        last |= {"deltas": deltas, "d_before": d_before, "trace": None}
        return axes.out(dx), self._packed([axes.out(state) for state in d_before])

    def _walk_back(self, last: dict[str, Any], dy: np.ndarray, d_after: tuple, rule: str) -> tuple:
        """dx, the derivatives of the first states, the gradients by name, the deltas of each layer and direction."""
        passes, D = last["passes"], self._directions
        d_before = [np.zeros_like(state) for state in d_after]
        grads, deltas = {}, [None] * len(passes)
        for layer in reversed(range(self.num_layers)):
            dx = 0
            for reverse, part in enumerate(np.split(dy, D, axis=2)):
                row = layer * D + reverse
                d_input, d_states_0, gradients, deltas[row] = direction.backward(
                    self._cell, passes[row], part, tuple(state[row] for state in d_after), rule)
                dx = dx + d_input
                for whole, state in zip(d_before, d_states_0):
                    whole[row] = state
                grads |= {name + self._suffixes[row]: value for name, value in gradients.items()}
            mask = last["masks"][layer]
            dy = dx if mask is None else dx * mask
        if self.learn_initial_state:
            for name, state in zip(self._cell.states, d_before):
                grads[f"{name}_0"] = state.sum(axis=1) if last["origin"] == "learned" else np.zeros_like(state[:, 0])
        return dy, d_before, grads, deltas

    # What happened, and what is known ----------------------------------------------------------------------------------

    @property
    def grads(self) -> Arrays:
        """The gradients of all parameters by name, of the last `backward`; empty before."""
        return self._grads.get("grads")

    @grads.setter
    def grads(self, grads: Arrays) -> None:
        self._grads.leave(grads)

    @property
    def trace(self) -> tuple[tuple[Recording, ...], ...]:
        """Everything the last call computed: trace[layer][direction] holds arrays (time, batch, ·) by name.

        After `backward` also its error terms. One sequence given without a batch axis has a batch of 1 here.
        """
        last = self._require_call("trace")
        self._grads.get("trace")                        # its derivatives are those of the last backward
        if last["trace"] is None:
            deltas, rows = last["deltas"], []
            for row, done in enumerate(last["passes"]):
                made = direction.recording(self._cell, done, last["axes"][2:4], deltas and deltas[row],
                                           deltas and tuple(state[row] for state in last["d_before"]))
                mask = last["masks"][row // self._directions]
                rows.append(made if mask is None else Recording(made | {"mask_x": mask}))
            D = self._directions
            last["trace"] = tuple(tuple(rows[k:k + D]) for k in range(0, len(rows), D))
        return last["trace"]

    def state_dict(self) -> Arrays:
        """Copies of all parameters by name."""
        return {name: value.copy() for name, value in self.parameters.items()}

    def load_state_dict(self, parameters: Mapping[str, Any]) -> None:
        """Take over parameters by name: each must be there, none more, in its shape; else nothing changes."""
        self.parameters = self._checked(parameters)

    def reset_state(self) -> None:
        """Forget the states carried over from call to call (stateful=True)."""
        self._carried = None
        self._claim.release()

    def train(self, mode: bool = True) -> Recurrent:
        """Let dropout act (mode True) or not, and return the layer."""
        self.training = flag("mode", mode)
        return self

    def eval(self) -> Recurrent:
        """Let nothing be dropped, and return the layer: the same as train(False)."""
        return self.train(False)

    def __getstate__(self) -> dict[str, Any]:
        last = self._last.value
        return vars(self) | {"parameters": dict(self.parameters), "_claim": Claim("layer"), "_grads": Remembered(self._grads.value, "layer"),
                             "_last": Remembered(last and last | {"going_back": False}, "layer")}

    def __copy__(self) -> Recurrent:
        twin = object.__new__(type(self))
        vars(twin).update(self.__getstate__())
        if self.dropout:
            twin._rng = copy.deepcopy(self._rng)
        return twin

    def __repr__(self) -> str:
        return as_made(self, {"dtype": self.dtype.name}) + ("" if self.training else ".eval()")

    # Helpers -----------------------------------------------------------------------------------------------------------

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _width(self) -> int:
        """How many numbers h is."""
        return self._cell.states["h"]

    def _checked(self, parameters) -> Arrays:
        """Parameters by name as new arrays, if each is there, none more, in its shape, and finite."""
        if not isinstance(parameters, Mapping):
            raise InvalidInput("parameters", "type", f"parameters is {shown(parameters)}; give a dict of arrays by name, "
                               "as state_dict() returns it.", got=shown(parameters))
        missing = [name for name in self._shapes if name not in parameters]
        unknown = [str(name) for name in parameters if name not in self._shapes]
        if missing or unknown:
            wrong = [f"{what} {', '.join(names)}" for what, names in (("lacks", missing), ("has unknown", unknown)) if names]
            raise InvalidInput("parameters", "missing" if missing else "unknown", f"parameters {' and '.join(wrong)}; give "
                               f"exactly {', '.join(self._shapes)}.", missing=missing, unknown=unknown)
        return {name: array(name, parameters[name], shape, self.dtype) for name, shape in self._shapes.items()}

    def _inputs(self, layer: int) -> int:
        """How many numbers layer `layer` reads at a step."""
        return self._directions * self._width if layer else self.input_size

    def _parameters_of(self, row: int, parameters: Arrays) -> Arrays:
        """One layer's parameters in one direction, without the suffix."""
        names = self._cell.shapes(self._inputs(row // self._directions))
        return {name: parameters[name + self._suffixes[row]] for name in names}

    def _input_mask(self, layer: int, shape: tuple[int, ...]) -> np.ndarray | None:
        """What the input of a layer is multiplied with: one mask for all steps, or one for each."""
        if not (self.dropout and self.training and (layer or self.variational)):
            return None
        return self._drawn_mask((1, *shape[1:]) if self.variational else shape)

    def _recurrent_mask(self, N: int) -> np.ndarray | None:
        if not (self.dropout and self.training and self.variational):
            return None
        return self._drawn_mask((N, self._width))

    def _drawn_mask(self, shape: tuple[int, ...]) -> np.ndarray:
        """0 with probability `dropout`, else 1 / (1 - dropout), so that the mean stays."""
        kept = self._rng.random(shape) >= self.dropout
        return (kept / (1 - self.dropout) if self.dropout < 1 else np.zeros(shape)).astype(self.dtype)

    def _start(self, states, axes: Axes, parameters: Arrays) -> tuple[tuple, str]:
        """The states to begin with, each (L * D, N, ·), and where they are from."""
        if self.stateful:
            self._claim.take("x")
        if states is None and self._carried is not None:
            if self._carried[0].shape[1] != axes.N:
                raise InvalidInput("x", "shape", f"x holds {axes.N} sequences, the states carried over belong to "
                                   f"{self._carried[0].shape[1]}; call reset_state() before other sequences.", got=axes.N)
            return self._carried, "carried"
        if states is None and self.learn_initial_state:
            return tuple(np.repeat(parameters[f"{name}_0"][:, np.newaxis], axes.N, axis=1)
                         for name in self._cell.states), "learned"
        return self._states_in("{}_0", states, axes), "given"

    def _states_in(self, pattern: str, states, axes: Axes) -> tuple:
        """States or their derivatives as (L * D, N, ·); zeros for None, as a whole or one of them."""
        names = [pattern.format(name) for name in self._cell.states]
        if states is None:
            states = (None,) * len(names)
        elif len(names) == 1:
            states = (states,)
        elif not isinstance(states, (tuple, list)) or len(states) != len(names):
            raise InvalidInput("states", "type", f"states is {shown(states)}; give the tuple ({', '.join(names)}), where "
                               "None stands for zeros.", got=shown(states))
        return tuple(axes.state_in(name, value, len(self._suffixes), width)
                     for name, value, width in zip(names, states, self._cell.states.values()))

    def _packed(self, states: list):
        """The states as the caller sees them: a tuple, or the only one."""
        return tuple(states) if len(states) > 1 else states[0]

    def _require_call(self, name: str) -> dict[str, Any]:
        last = self._last.get(name)
        if last is None:
            raise InvalidInput(name, "order", f"{name} needs a forward pass; call the layer with an x first.")
        return last
