"""Write golden_weights.json: weights as PyTorch, Keras and ONNX give them, and what each of them computes with them.

Run it with a Python that has the libraries (`pip install torch keras onnx safetensors`):
`KERAS_BACKEND=torch python tests/parity/make_golden_weights.py`. Everything is float64 from seeded generators, so a
second run writes the same file. The tests call the same functions where a library is installed.
"""

import base64
import json
import os
import warnings
from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).with_name("golden_weights.json")
T, N, I, H, O = 4, 2, 2, 3, 2


def rounded(rng, *shape):
    """Numbers in [-0.8, 0.8] with four decimals, short to store."""
    return rng.uniform(-0.8, 0.8, shape).round(4)


def pytorch():
    """State dicts of models of an LSTM and a linear layer, and their outputs."""
    import torch

    class Model(torch.nn.Module):
        def __init__(self, readout, **how):
            super().__init__()
            self.rnn = torch.nn.LSTM(I, H, **how)
            width = (how.get("proj_size") or H) * (2 if how.get("bidirectional") else 1)
            self.fc = torch.nn.Linear(width, O) if readout else None

        def forward(self, x):
            h, last = self.rnn(x)
            return self.fc(h) if self.fc else h, *last

    examples = []
    for seed, (readout, how) in enumerate([
            (True, {}), (True, {"num_layers": 2}), (True, {"num_layers": 2, "bidirectional": True}),
            (False, {"bias": False}), (True, {"num_layers": 2, "proj_size": 2})]):
        rng = np.random.default_rng(seed)
        model = Model(readout, **how).double()
        for parameter in model.parameters():
            parameter.data = torch.from_numpy(rounded(rng, *parameter.shape))
        x = rounded(rng, T, N, I)
        with torch.no_grad():
            y, h_n, c_n = model(torch.from_numpy(x))
        examples.append({"weights": {name: value.numpy() for name, value in model.state_dict().items()}, "x": x,
                         "y": y.numpy(), "h_n": h_n.numpy(), "c_n": c_n.numpy()})
    return {"version": torch.__version__, "examples": examples}


def keras():
    """get_weights() of sequential models, and their outputs (N, T, ·) turned into (T, N, ·)."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras
    from keras import layers
    keras.config.set_floatx("float64")
    examples = []
    for seed, (bidirectional, count, dense, bias) in enumerate([
            (False, 1, False, True), (False, 2, True, True), (True, 1, True, True), (True, 2, False, True),
            (False, 1, True, False)]):
        rng = np.random.default_rng(seed)
        stack = [layers.LSTM(H, return_sequences=True, use_bias=bias, name=f"lstm_{k}") for k in range(count)]
        if bidirectional:
            stack = [layers.Bidirectional(layer, name=f"both_{k}") for k, layer in enumerate(stack)]
        model = keras.Sequential([keras.Input((None, I)), *stack, *([layers.Dense(O)] if dense else [])], name="model")
        weights = [rounded(rng, *variable.shape) for variable in model.weights]
        model.set_weights(weights)
        x = rounded(rng, T, N, I)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")             # about Keras 3.15, torch's tensors and NumPy's copy argument
            y = keras.ops.convert_to_numpy(model(np.swapaxes(x, 0, 1)))
            assert all(np.array_equal(mine, right) for mine, right in zip(weights, model.get_weights(), strict=True))
        examples.append({"weights": weights, "bidirectional": bidirectional, "x": x, "y": np.swapaxes(y, 0, 1),
                         "paths": [variable.path for variable in model.weights]})
    return {"version": keras.__version__, "backend": keras.backend.backend(), "examples": examples}


def onnx():
    """Inputs of one LSTM node, and what ONNX' own reference evaluator makes of them: Y (T, 1, N, H), Y_h, Y_c.

    In onnx 1.23 that evaluator computes one direction only.
    """
    import onnx
    from onnx import helper
    from onnx.reference import ReferenceEvaluator
    examples = []
    for seed, parts in enumerate([["W", "R"], ["W", "R", "B"], ["W", "R", "B", "initial_h", "initial_c"],
                                  ["W", "R", "B", "initial_h", "initial_c", "P"]]):
        rng = np.random.default_rng(seed)
        shapes = {"X": (T, N, I), "W": (1, 4 * H, I), "R": (1, 4 * H, H), "B": (1, 8 * H), "P": (1, 3 * H),
                  "initial_h": (1, 1, H), "initial_c": (1, 1, H)}
        given = {name: rounded(rng, *shapes[name]) for name in ("X", *parts)}
        order = ["X", "W", "R", "B", "", "initial_h", "initial_c", "P"]
        inputs = [name if name in given else "" for name in order]
        node = helper.make_node("LSTM", inputs, ["Y", "Y_h", "Y_c"], hidden_size=H)
        double = onnx.TensorProto.DOUBLE
        graph = helper.make_graph([node], "lstm", [helper.make_tensor_value_info(name, double, None) for name in given],
                                  [helper.make_tensor_value_info(name, double, None) for name in ("Y", "Y_h", "Y_c")])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
        states = {name: np.repeat(given[name], N, axis=1) for name in given if name.startswith("initial")}
        Y, Y_h, Y_c = ReferenceEvaluator(model).run(None, given | states)
        examples.append({"weights": {name: given[name] for name in parts}, "x": given["X"],
                         "Y": Y, "Y_h": Y_h, "Y_c": Y_c})
    return {"version": onnx.__version__, "examples": examples}


def safetensors():
    """Files that the safetensors package writes, in base64, with the tensors' numbers."""
    import safetensors
    from safetensors.numpy import save
    rng = np.random.default_rng(0)
    arrays = {"weight_hh_l0": rounded(rng, 4, 1), "weight_ih_l0": rounded(rng, 4, 2), "bias_ih_l0": rounded(rng, 4),
              "bias_hh_l0": rounded(rng, 4)}
    examples = []
    for dtype, metadata in ((np.float64, None), (np.float32, {"format": "pt"}), (np.float16, None)):
        stored = {name: value.astype(dtype) for name, value in arrays.items()}
        examples.append({"file": base64.b64encode(save(stored, metadata)).decode("ascii"),
                         "dtype": np.dtype(dtype).name, "metadata": metadata,
                         "arrays": {name: value.astype(float) for name, value in stored.items()}})
    return {"version": safetensors.__version__, "examples": examples}


LIBRARIES = {"torch": pytorch, "keras": keras, "onnx": onnx, "safetensors": safetensors}


def plain(value):
    """The same in plain values, as it comes back from JSON."""
    return json.loads(json.dumps(value, default=lambda array: array.tolist()))


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(plain({name: make() for name, make in LIBRARIES.items()})) + "\n", encoding="utf-8")
    print(f"{GOLDEN}: {GOLDEN.stat().st_size} bytes")
