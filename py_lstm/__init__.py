"""A long short-term memory you can open: pure NumPy, exact, every gate, state and delta of every step.

`LstmLayer` is the tutorial's layer, one step at a time. `cell.forward` and `cell.backward` are the equations over whole
batches of sequences. `run(Experiment(...))` gives a `Trace` of everything, and `explain` says of any number in it
which equation made it, from which operands.
"""

from .activations import IdentityActivator, ReluActivator, SigmoidActivator, TanhActivator, element_wise_op
from .cell import Deltas, Steps, Weights
from .experiment import Experiment
from .explain import Explanation, explain
from .gradient_check import GradientReport, TensorCheck, gradient_check
from .growth import Growth, growth
from .gru import GRU
from .initializers import initialize
from .lstm import LSTM
from .lstm_layer import LstmLayer
from .network import Network
from .objective import Objective
from .optimizers import SGD, Adam, clip_norm
from .losses import squared_error
from .probe import Probe, probe
from .reach import Reach, reach
from .rnn import RNN
from .trace import Trace, check, run
from .training import Progress, Trainer, train
from .tutorial import data_set, test
from .validation import InvalidInput

__version__ = "0.1.0"

__all__ = [
    "Adam", "Deltas", "Experiment", "Explanation", "GRU", "GradientReport", "Growth", "IdentityActivator", "InvalidInput",
    "LSTM", "LstmLayer", "Network", "Objective", "Probe", "Progress", "RNN", "Reach", "ReluActivator", "SGD",
    "SigmoidActivator", "Steps", "TanhActivator", "TensorCheck", "Trace", "Trainer", "Weights", "check", "clip_norm",
    "data_set", "element_wise_op", "explain", "gradient_check", "growth", "initialize", "probe", "reach", "run",
    "squared_error", "test", "train",
]
