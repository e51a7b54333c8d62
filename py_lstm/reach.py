"""How far a derivative reaches back: its size at every step, measured on a trace, beside what would be without the cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .layers.lstm import LSTM
from .layers.rnn import RNN
from .network import recordings
from .parameters import Arrays
from .pieces import Pieces, whole
from .trace import Trace
from .training import Trainer, loss_of
from .validation import InvalidInput, instance, integer


class Reach(NamedTuple):
    """Sizes over time, arrays (T,).

    Attributes
    ----------
    dh, dc : Euclidean norms of ∂L/∂h_t and ∂L/∂c_t
    dc_unit : |∂L/∂c_t| of one unit
    kept : Π f_s for s = t+1 ... T in that unit, the share of c_t that would still stand in c_T if nothing were added, and
        the factor by which the cell path alone carries ∂L/∂c_T back to ∂L/∂c_t
    dc_1997 : norm of what stands for ∂L/∂c_t by the rule of Hochreiter & Schmidhuber 1997, along the cell only
    dc_tutorial : the same by the tutorial's rule, which leaves the cell's own path out
    dh_rnn : norm of ∂L/∂h_t in a plain, untrained RNN of the same size and seed, fed the same sequence and the same ∂L/∂h

    Examples
    --------
    >>> trace = run(Experiment())
    >>> measured = reach(trace, unit=2)
    >>> bool(np.isclose(measured.kept[0], trace.arrays["f"][1:, 1].prod()))
    True
    """

    dh: np.ndarray
    dc: np.ndarray
    dc_unit: np.ndarray
    kept: np.ndarray
    dc_1997: np.ndarray
    dc_tutorial: np.ndarray
    dh_rnn: np.ndarray


def reach(trace: Trace, unit: int) -> Reach:
    """Measure a trace; `unit` (from 1) is the one whose forget gate is multiplied up.

    Examples
    --------
    >>> measured = reach(run(Experiment()), unit=2)
    >>> measured.dc.shape, bool(measured.dc[0] < measured.dc[-1])             # it fades towards the first step
    ((24,), True)
    """
    return whole(reach_in_pieces(trace, unit))


def reach_in_pieces(trace: Trace, unit: int) -> Pieces[Reach]:
    """As `reach`."""
    a = instance("trace", trace, Trace).arrays
    if not trace.experiment.is_plain:
        raise InvalidInput("trace", "choice", "reach() is for one layer of the LSTM, and this trace is of another network; reach_in() "
                           "takes any.")
    H = a["h"].shape[1]
    of_unit = _of_unit(trace, unit)
    lstm = LSTM(a["x"].shape[1], H)
    lstm.load_state_dict({"weight_ih_l0": a["weight_ih"], "weight_hh_l0": a["weight_hh"], "bias_ih_l0": a["bias"],
                          "bias_hh_l0": np.zeros_like(a["bias"])})
    rnn = RNN(a["x"].shape[1], H, rng=trace.experiment.seed)

    def backward(layer, quantity: str, **rule) -> np.ndarray:
        layer.backward(a["dh_via_y"], **rule)
        return size(layer.trace[0][0][quantity][:, 0])

    def size(steps: np.ndarray) -> np.ndarray:
        return np.linalg.norm(steps, axis=1)

    lstm(a["x"], (a["h_0"][np.newaxis], a["c_0"][np.newaxis]))
    yield
    dc_1997 = backward(lstm, "dc", rule="truncated 1997")
    yield
    dc_tutorial = backward(lstm, "dc", rule="tutorial")
    yield
    rnn(a["x"], a["h_0"][np.newaxis])
    return Reach(size(a["dh"]), size(a["dc"]), **of_unit, dc_1997=dc_1997, dc_tutorial=dc_tutorial, dh_rnn=backward(rnn, "dh"))


def in_unit(reached: Reach, trace: Trace, unit: int) -> Reach:
    """What was measured of one unit of a trace, of another: all but two of its arrays are the same.

    Examples
    --------
    >>> trace = run(Experiment())
    >>> other = in_unit(reach(trace, unit=2), trace, unit=3)
    >>> np.array_equal(other.kept, reach(trace, unit=3).kept)
    True
    """
    return instance("reached", reached, Reach)._replace(**_of_unit(instance("trace", trace, Trace), unit))


def _of_unit(trace: Trace, unit: int) -> Arrays:
    a = trace.arrays
    u = integer("unit", unit, 1, a["h"].shape[1]) - 1
    after = np.append(a["f"][1:, u], 1.0)                                       # f_{t+1}, and nothing behind the end
    return {"dc_unit": np.abs(a["dc"][:, u]), "kept": np.cumprod(after[::-1])[::-1]}


def reach_in(trainer: Trainer, trace: Trace) -> np.ndarray:
    """Norm of ∂L/∂h_t (T,) in another network, on the sequence of a trace and for the same L as there.

    L is that network's own: its output where the trace's is differentiated, or its loss, through its own readout. It is as
    far trained as its trainer has come; its experiment has the sizes and the task of the trace's. Of several layers it is
    the last one's.

    Examples
    --------
    >>> trace = run(Experiment(updates=3))
    >>> trainer = Trainer(trace.experiment.baseline("rnn"))
    >>> while len(trainer.losses) < trace.experiment.updates:
    ...     _ = trainer.update()
    >>> reach_in(trainer, trace).shape
    (24,)
    """
    e, network = instance("trace", trace, Trace).experiment, instance("trainer", trainer, Trainer).network
    done = network.forward(trace.arrays["x"][:, np.newaxis])
    dy = loss_of(e, done.y, e.example())[1] if e.gradient_of == "loss" else trace.arrays["dy"][:, np.newaxis]
    recorded = recordings(network.architecture, done, network.back(done, dy))[-network.architecture.directions:]
    return np.linalg.norm(np.concatenate([one["dh"][:, 0] for one in recorded], axis=1), axis=1)
