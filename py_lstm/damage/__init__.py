"""Damage done on purpose: to the gates, to the gradient, to the input. Every damage is a named rule, see `rules.DAMAGE`.

`cell` and the layers know nothing of it. A network with damage is one of a `DamagedCell`, on the equations of
`cells.variants`; an `Experiment` says which damage in its field `damage`.
"""

from .cell import DamagedCell, damaged
from .rules import DAMAGE, DamageRule

__all__ = ["DAMAGE", "DamageRule", "DamagedCell", "damaged"]
