"""A long short-term memory you can open: pure NumPy, exact, every gate, state and delta of every step.

`LSTM`, `GRU` and `RNN` are layers with PyTorch's interface that record what they compute. `load_weights` reads the weights of
a trained LSTM from a file of PyTorch, Keras or ONNX, and `to_lstm` makes a layer of them. `LstmLayer` is the tutorial's layer,
one step at a time. `cell.forward` and `cell.backward` are the equations over whole batches of sequences.

`run(Experiment(...))` trains, and returns a `Trace` of everything; `explain` says of any number in it which equation made it,
from which operands. `gradient_check` judges any gradient, of this package or of the caller's own code.

Examples
--------
>>> lstm = LSTM(3, 4)
>>> output, (h_n, c_n) = lstm(np.ones((5, 2, 3)))                             # 5 steps, 2 sequences, 3 numbers
>>> lstm.trace[0][0].f.shape                                                  # every forget gate
(5, 2, 4)
"""

from .activations import IdentityActivator, ReluActivator, SigmoidActivator, TanhActivator, element_wise_op
from .cell import Deltas, Steps, Weights
from .experiment import Experiment
from .explanation import Explanation, explain
from .gradient_check import GradientReport, TensorCheck, gradient_check
from .growth import Growth, growth
from .layers.gru import GRU
from .initializers import initialize
from .layers.lstm import LSTM
from .lstm_layer import LstmLayer
from .network import Network
from .objective import Objective
from .losses import binary_cross_entropy, cross_entropy, squared_error
from .clipping import clip_norm, clip_value
from .optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSProp
from .probe import Probe, probe
from .reach import Reach, reach
from .layers.rnn import RNN
from .sampling import sample
from .schedules import Schedule
from .tasks import TASKS, Sequences, Task  # noqa: F401, TASKS is a table and no class: it has no page of its own
from .trace import Trace, check, run
from .training import Progress, Trainer, train, trouble
from .tutorial import data_set, test
from .validation import InvalidInput
from .checkpoints import load_training, save_training
from .interchange.converting import convert
from .interchange.layouts import from_keras, from_onnx, from_pytorch, to_keras, to_onnx, to_pytorch
from .interchange.models import from_lstm, from_network, to_lstm, to_network
from .interchange.onnx_files import read_onnx, write_onnx
from .interchange.pytorch_script import pytorch_script
from .interchange.storage import load_weights, save_weights

__version__ = "0.1.0"

__all__ = [
    "Adagrad", "Adam", "AdamW", "Deltas", "Experiment", "Explanation", "GRU", "GradientReport", "Growth",
    "IdentityActivator", "InvalidInput", "LSTM", "LstmLayer", "Network", "Objective", "Optimizer",
    "Probe", "Progress", "RMSProp", "RNN", "Reach", "ReluActivator", "SGD", "Schedule", "Sequences",
    "SigmoidActivator", "Steps", "TanhActivator", "Task", "TensorCheck", "Trace", "Trainer", "Weights",
    "binary_cross_entropy", "check", "clip_norm", "clip_value", "convert", "cross_entropy", "data_set",
    "element_wise_op", "explain", "from_keras", "from_lstm", "from_network", "from_onnx", "from_pytorch",
    "gradient_check", "growth", "initialize", "load_training", "load_weights", "probe",
    "pytorch_script", "reach", "read_onnx", "run", "sample", "save_training", "save_weights", "squared_error",
    "test", "to_keras", "to_lstm", "to_network", "to_onnx", "to_pytorch", "train", "trouble", "write_onnx",
]
