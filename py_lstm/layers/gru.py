"""`GRU`: the gated recurrent unit with PyTorch's interface. Its equations are in cells/gru.py."""

from __future__ import annotations

import numpy as np

from ..cells.gru import GRUCell
from .one_state import OneState


class GRU(OneState):
    """A gated recurrent unit with the interface of `torch.nn.GRU`: `output, h_n = gru(x, h_0, lengths)`.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int >= 1
    bias : bool, whether there are bias_ih and bias_hh
    initializer : "uniform", "pytorch", "glorot_orthogonal" or "tutorial"; see `LSTM`. Biases not drawn are 0
    batch_first, dropout, bidirectional, variational, learn_initial_state, stateful, dtype, rng : see `Recurrent`

    Threads may call one layer at the same time; to train in each, give each a copy of its own. See `Recurrent`.

    Parameters and shapes, with the suffix _l0, _l0_reverse, _l1 ...; row blocks r, z, n
    -------------------------------------------------------------------------------------
    weight_ih (3H, I), weight_hh (3H, H), bias_ih, bias_hh (3H,).

    Examples
    --------
    >>> gru = GRU(3, 4, bidirectional=True, rng=0)
    >>> output, h_n = gru(np.ones((5, 2, 3)), lengths=[5, 2])
    >>> output.shape, h_n.shape
    ((5, 2, 8), (2, 2, 4))
    >>> np.array_equal(output[2:, 1], np.zeros((3, 8)))                       # past the end of the shorter sequence
    True
    >>> dx, dh_0 = gru.backward(np.ones_like(output))
    >>> gru.grads["weight_ih_l0_reverse"].shape, np.array_equal(dx[2:, 1], np.zeros((3, 3)))
    ((12, 3), True)
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
                 initializer: str = "uniform", variational: bool = False, learn_initial_state: bool = False,
                 stateful: bool = False, dtype=np.float64, rng=0):
        super().__init__(GRUCell, input_size, hidden_size, num_layers, bias, initializer, batch_first=batch_first,
                         dropout=dropout, bidirectional=bidirectional, variational=variational,
                         learn_initial_state=learn_initial_state, stateful=stateful, dtype=dtype, rng=rng)
