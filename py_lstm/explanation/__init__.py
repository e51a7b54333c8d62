"""Where a number comes from: its equation, its operands with their values, and the line of Python that computed it.

Every quantity of a trace has one rule here. A rule lists the terms that add up to the number, and each term lists the
numbers it is a product of, so that a reader, a page or a screen reader can walk from any number to its operands and on.
Steps and units count from 1, as in the equations; step 0 is the state before the sequence.
"""

from __future__ import annotations

from ..damage.rules import of_kind
from ..trace import Trace
from ..validation import InvalidInput, choice, instance, integer
from . import backward, forward
from .damaged import damaged
from .parts import Explanation, Line, Operand, Source, Term
from .place import Place

__all__ = ["Explanation", "Line", "Operand", "Source", "Term", "explain"]

RULES = forward.RULES | backward.RULES


def explain(trace: Trace, quantity: str, t: int, unit: int) -> Explanation:
    """Explain one number of a trace.

    Parameters
    ----------
    quantity : one of `trace.quantities`
    t : time step, 1 to T
    unit : hidden unit, input or output, from 1

    Raises
    ------
    InvalidInput
        If there is no such number, or if the trace is not of one layer of the LSTM.

    Examples
    --------
    >>> trace = run(Experiment(updates=0))
    >>> told = explain(trace, "c", t=13, unit=2)
    >>> [f"{term.value:.4f}" for term in told.lines[-1].terms], f"{told.value:.4f}"
    (['-0.1719', '0.0755'], '-0.0964')
    >>> told.lines[-1].sources[0].code                                        # the line of code that computed it
    'c[t] = f[t] * c_prev + i[t] * g[t]'
    """
    if not instance("trace", trace, Trace).experiment.is_plain:
        raise InvalidInput("trace", "choice", "explain() is for one layer of the LSTM, and this trace is of another network; its numbers are "
                           "in trace.arrays.")
    choice("quantity", quantity, trace.quantities)
    T, width = trace.arrays[quantity].shape
    t, unit = integer("t", t, 1, T), integer("unit", unit, 1, width)
    at = Place(trace, t, unit - 1)
    lines = RULES[quantity](at)
    if of_kind(trace.experiment.damage, "gate", "gradient"):
        lines = damaged(at, quantity, lines)
    return Explanation(quantity, t, unit, at.value(quantity), tuple(lines))
