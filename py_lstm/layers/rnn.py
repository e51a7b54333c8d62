"""`RNN`: the plain recurrent network with PyTorch's interface. Its equations are in cells/rnn.py."""

from __future__ import annotations

import numpy as np

from ..cells.rnn import ACTIVATIONS, RNNCell
from ..validation import choice
from .one_state import OneState


class RNN(OneState):
    """A plain recurrent network with the interface of `torch.nn.RNN`: `output, h_n = rnn(x, h_0, lengths)`.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int >= 1
    nonlinearity : "tanh" or "relu"
    bias : bool, whether there are bias_ih and bias_hh
    initializer : "uniform", "pytorch", "glorot_orthogonal" or "tutorial"; see `LSTM`. Biases not drawn are 0
    batch_first, dropout, bidirectional, variational, learn_initial_state, stateful, dtype, rng : see `Recurrent`

    Threads may call one layer at the same time; to train in each, give each a copy of its own. See `Recurrent`.

    Parameters and shapes, with the suffix _l0, _l0_reverse, _l1 ...
    -----------------------------------------------------------------
    weight_ih (H, I), weight_hh (H, H), bias_ih, bias_hh (H,).

    Examples
    --------
    >>> rnn = RNN(3, 4, nonlinearity="relu", rng=0)
    >>> output, h_n = rnn(np.ones((5, 3)))                                    # one sequence, no batch axis
    >>> np.array_equal(output[-1], h_n[0])
    True
    >>> dx, dh_0 = rnn.backward(None, np.ones((1, 4)))                        # L = sum of h_n
    >>> sorted(rnn.grads)
    ['bias_hh_l0', 'bias_ih_l0', 'weight_hh_l0', 'weight_ih_l0']
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
                 initializer: str = "uniform", variational: bool = False, learn_initial_state: bool = False,
                 stateful: bool = False, dtype=np.float64, rng=0):
        self.nonlinearity = choice("nonlinearity", nonlinearity, ACTIVATIONS)
        super().__init__(lambda H, bias: RNNCell(H, bias, self.nonlinearity), input_size, hidden_size, num_layers, bias,
                         initializer, batch_first=batch_first, dropout=dropout, bidirectional=bidirectional,
                         variational=variational, learn_initial_state=learn_initial_state, stateful=stateful,
                         dtype=dtype, rng=rng)
