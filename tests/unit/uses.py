"""One use of everything that the package exports, small and with good arguments: for tests of all of it at once.

`USES` maps each exported name to a function that is given a folder and returns (what to call, its arguments by name).
A class is used further by the function in `FURTHER`; what is called then is computed twice with one and the same object.
"""

import itertools

import numpy as np

import py_lstm
from py_lstm import (SGD, Adagrad, Adam, AdamW, TASKS, Experiment, LSTM, Network, RMSProp, Trainer, cell, from_lstm,
                     initialize, run, save_training, save_weights, to_keras, to_onnx)

TINY = Experiment(hidden_size=2, length=5, updates=2, batch_size=2)
X = np.random.default_rng(0).normal(size=(4, 2, 3))
W = np.array([0.5, -2.0])


def trained():
    trainer = Trainer(TINY)
    trainer.update()
    return trainer


def weights():
    return from_lstm(LSTM(3, 2, rng=1))


def saved_training(folder):
    save_training(folder / "given.npz", trained())
    return folder / "given.npz"


def saved_weights(folder):
    save_weights(folder / "given.safetensors", weights())
    return folder / "given.safetensors"


def steps():
    return cell.forward(X, np.zeros((2, 2)), np.zeros((2, 2)), initialize(3, 2))


def cubes(values):
    with np.errstate(over="ignore", invalid="ignore"):
        return (values["w"] ** 3).sum()


def of(name, /, **arguments):
    return lambda folder: (getattr(py_lstm, name), arguments)


def losses(y, target):
    return dict(y=y, target=target, at="every", mask=None)


LOGITS = np.random.default_rng(1).normal(size=(4, 2, 3))
trace = run(TINY)
USES = {
    **{name: of(name, learning_rate=0.1, weight_decay=0.0) for name in ("Adagrad", "Adam", "AdamW", "Optimizer", "RMSProp", "SGD")},
    **{name: of(name, input_size=3, hidden_size=2, num_layers=2, bias=True, batch_first=False, dropout=0.3, bidirectional=False,
                initializer="uniform", rng=0) for name in ("LSTM", "GRU", "RNN")},
    **{name: of(name) for name in ("IdentityActivator", "ReluActivator", "SigmoidActivator", "TanhActivator", "data_set", "test")},
    "LstmLayer": of("LstmLayer", input_width=3, state_width=2, learning_rate=0.1, rng=0, initializer="uniform", scale=1.0, forget_bias=1.0),
    "Network": of("Network", input_size=3, hidden_size=2, output_size=1, rng=0),
    "initialize": of("initialize", input_size=3, hidden_size=2, rng=0, initializer="uniform", scale=1.0, forget_bias=1.0),
    "Experiment": of("Experiment", task="latch", length=5, hidden_size=2, seed=1, initializer="uniform", scale=1.0, forget_bias=1.0,
                     updates=2, batch_size=2, optimizer="adam", learning_rate=0.01, clip_norm=1.0, loss_at="every",
                     gradient_of="output", output_step=0, edits={}),
    "Trainer": of("Trainer", experiment=TINY),
    "Objective": of("Objective", experiment=TINY),
    "Schedule": of("Schedule", kind="step", span=10, factor=0.5, warmup=2),
    "run": of("run", experiment=TINY),
    "check": of("check", experiment=TINY, tensors=["bias"], method="complex", max_elements=2),
    "explain": of("explain", trace=trace, quantity="c", t=3, unit=1),
    "growth": of("growth", trace=trace, t=2),
    "reach": of("reach", trace=trace, unit=1),
    "probe": of("probe", experiment=TINY, tensor="bias", index=(0,), eps=1e-3),
    "gradient_check": of("gradient_check", loss=cubes, values={"w": W}, gradients={"w": 3 * W ** 2}, method="complex", eps=None,
                         max_elements=None),
    "train": of("train", experiment=TINY),
    "trouble": lambda folder: (py_lstm.trouble, dict(training=trained())),
    "sample": lambda folder: (py_lstm.sample, dict(trainer=TEXT, prompt="the ", length=5, temperature=0.8, rng=0)),
    "squared_error": of("squared_error", **losses(LOGITS, np.zeros_like(LOGITS))),
    "binary_cross_entropy": of("binary_cross_entropy", **losses(LOGITS, np.ones_like(LOGITS))),
    "cross_entropy": of("cross_entropy", **losses(LOGITS, np.ones((4, 2), int))),
    "clip_norm": of("clip_norm", gradients={"w": W}, limit=1.0),
    "clip_value": of("clip_value", gradients={"w": W}, limit=1.0),
    "element_wise_op": lambda folder: (py_lstm.element_wise_op, dict(array=np.array([1.0, -2.0]), op=abs)),
    "convert": lambda folder: (py_lstm.convert, dict(source=saved_weights(folder), destination=folder / "made.npz", layout="keras",
                                                     overwrite=True)),
    "save_training": lambda folder: (py_lstm.save_training, dict(destination=folder / "made.npz", training=trained())),
    "load_training": lambda folder: (py_lstm.load_training, dict(source=saved_training(folder))),
    "save_weights": lambda folder: (py_lstm.save_weights, dict(destination=folder / "made.npz", weights=weights(), layout="pytorch")),
    "load_weights": lambda folder: (py_lstm.load_weights, dict(source=saved_weights(folder), layout=None)),
    "from_keras": lambda folder: (py_lstm.from_keras, dict(arrays=to_keras(weights()), bidirectional=None, activation="tanh",
                                                           recurrent_activation="sigmoid")),
    "from_onnx": lambda folder: (py_lstm.from_onnx, dict(layers=to_onnx(weights()))),
    "from_pytorch": lambda folder: (py_lstm.from_pytorch, dict(state_dict=weights(), lstm=None, readout=None)),
    "from_lstm": lambda folder: (py_lstm.from_lstm, dict(lstm=LSTM(3, 2))),
    "from_network": lambda folder: (py_lstm.from_network, dict(network=Network(3, 2))),
    "pytorch_script": lambda folder: (py_lstm.pytorch_script, dict(weights=weights(), module="network")),
    "read_onnx": lambda folder: (py_lstm.read_onnx, dict(source=onnx_file(folder), name="the file")),
    "write_onnx": lambda folder: (py_lstm.write_onnx, dict(destination=folder / "made.onnx", weights=weights())),
    **{name: (lambda name: lambda folder: (getattr(py_lstm, name), dict(weights=weights())))(name)
       for name in ("to_keras", "to_lstm", "to_network", "to_onnx", "to_pytorch")},
    # What others return: named tuples and data that check nothing themselves. They are made by what returns them.
    "Deltas": lambda folder: (cell.backward, dict(steps=steps(), weights=initialize(3, 2), dh_via_y=np.ones((4, 2, 2)))),
    "Steps": lambda folder: (cell.forward, dict(x=X, h_0=np.zeros((2, 2)), c_0=np.zeros((2, 2)), weights=initialize(3, 2))),
    "Weights": of("initialize", input_size=3, hidden_size=2),
    "Explanation": of("explain", trace=trace, quantity="dc", t=2, unit=2),
    "GradientReport": of("check", experiment=TINY, tensors=["c_0"]),
    "TensorCheck": of("check", experiment=TINY, tensors=["x"], max_elements=2),
    "Growth": of("growth", trace=trace, t=1),
    "Reach": of("reach", trace=trace, unit=2),
    "Probe": of("probe", experiment=TINY, tensor="c_0", index=(1,), eps=1e-4),
    "Task": lambda folder: ((lambda name: TASKS[name]), dict(name="copy")),
    "Sequences": lambda folder: (lambda seed: TASKS["copy"].draw(np.random.default_rng(seed), 5, 2), dict(seed=0)),
    "Progress": lambda folder: (lambda: next(iter(py_lstm.train(TINY))), {}),
    "Trace": of("run", experiment=TINY),
    "InvalidInput": of("InvalidInput", field="n", code="range", sentence="n is 0; give 1.", got="0"),
}
TEXT = Trainer(Experiment("text_en", hidden_size=3))


def onnx_file(folder):
    py_lstm.write_onnx(folder / "given.onnx", weights())
    return folder / "given.onnx"


# What an object of a class is for: called twice with the same one; what it returns is compared where `SAME` says so.

def descend(optimizer):
    return optimizer.step({"w": W}, {"w": 2 * W})["w"]


def both_ways(layer):
    output, states = layer(X)
    dx, _ = layer.backward(output)
    layer.trace
    optimizer = SGD(0.1)
    layer.parameters = optimizer.step(layer.parameters, layer.grads)
    return output, dx


def tutorial_step(layer):
    layer.reset_state()
    for column in X[:, 0]:
        layer.forward(column[:, np.newaxis])
    layer.backward(None, np.ones((2, 1)))
    layer.update()
    return layer.h_list[-1]


def network_step(network):
    done = network.forward(X)
    _, gradients = network.backward(done, done.y)
    network.parameters = SGD(0.1).step(network.parameters, {name: gradients[name] for name in network.parameters})
    return done.y


def activated(activation):
    y = activation.forward(X)
    return y, activation.backward(y)


FURTHER = {
    **{kind.__name__: descend for kind in (Adagrad, Adam, AdamW, RMSProp, SGD)},
    "LSTM": both_ways, "GRU": both_ways, "RNN": both_ways, "LstmLayer": tutorial_step, "Network": network_step,
    **{name: activated for name in ("IdentityActivator", "ReluActivator", "SigmoidActivator", "TanhActivator")},
    "Trainer": lambda trainer: trainer.update(),
    "Objective": lambda objective: objective(objective.values), "Schedule": lambda schedule: [schedule.at(k) for k in (1, 2, 3, 13)],
    "Experiment": lambda experiment: run(experiment).loss,
    "Task": lambda task: task.draw(np.random.default_rng(0), 5, 2).x,
    "Trace": lambda trace: py_lstm.explain(trace, "h", 2, 1).value,
    "train": lambda progress: list(itertools.islice(progress, 1)), "sample": lambda letters: next(letters, None),
}
# A second call of these gives something else than the first, as it should: something has moved.
MOVES = {"Adagrad", "Adam", "AdamW", "RMSProp", "LSTM", "GRU", "RNN", "LstmLayer", "Network", "Trainer", "train", "sample"}
