"""Write golden.json: what PyTorch computes, in float64, for tests/parity/test_torch.py to compare with.

Run it with a Python that has torch (`pip install torch`): `python tests/parity/make_golden.py`. The inputs come from
seeded generators, so a second run writes the same file.
"""

import json
from pathlib import Path

import numpy as np
import torch

GOLDEN = Path(__file__).with_name("golden.json")
SIZES = [(4, 2, 3, 4), (6, 3, 1, 1), (5, 1, 4, 2), (12, 2, 2, 5), (1, 2, 3, 2), (40, 1, 1, 3)]     # T, N, I, H


def lstm(T, N, I, H, seed):
    """One LSTM forward and backward: L = Σ dh·h + dh_n·h_T + dc_n·c_T. Inputs and all results by name."""
    rng = np.random.default_rng(seed)
    given = {
        "x": rng.normal(size=(T, N, I)), "h_0": rng.uniform(-0.8, 0.8, (N, H)), "c_0": rng.normal(size=(N, H)),
        "weight_ih": rng.uniform(-0.7, 0.7, (4 * H, I)), "weight_hh": rng.uniform(-0.7, 0.7, (4 * H, H)),
        "bias_ih": rng.uniform(-0.7, 0.7, 4 * H), "bias_hh": rng.uniform(-0.7, 0.7, 4 * H),
        "dh": rng.normal(size=(T, N, H)), "dh_n": rng.normal(size=(N, H)), "dc_n": rng.normal(size=(N, H)),
    }
    layer = torch.nn.LSTM(I, H, dtype=torch.float64)
    with torch.no_grad():
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(layer, name + "_l0").copy_(torch.from_numpy(given[name]))
    x, h_0, c_0 = (torch.tensor(given[name], requires_grad=True) for name in ("x", "h_0", "c_0"))
    h, (h_n, c_n) = layer(x, (h_0[None], c_0[None]))
    loss = (h * torch.from_numpy(given["dh"])).sum() + (h_n[0] * torch.from_numpy(given["dh_n"])).sum() \
        + (c_n[0] * torch.from_numpy(given["dc_n"])).sum()
    loss.backward()
    right = {"h": h, "c_n": c_n[0], "weight_ih": layer.weight_ih_l0.grad, "weight_hh": layer.weight_hh_l0.grad,
             "bias": layer.bias_ih_l0.grad, "dx": x.grad, "dh_0": h_0.grad, "dc_0": c_0.grad}
    return {"given": given, "right": {name: value.detach().numpy() for name, value in right.items()}}


def squared_error(at, seed):
    """MSELoss over every step or the last, and its derivative."""
    rng = np.random.default_rng(seed)
    y, target = rng.normal(size=(5, 3, 2)), rng.normal(size=(5, 3, 2))
    prediction = torch.tensor(y, requires_grad=True)
    counted = slice(None) if at == "every" else slice(-1, None)
    loss = torch.nn.MSELoss()(prediction[counted], torch.from_numpy(target)[counted])
    loss.backward()
    return {"at": at, "y": y, "target": target, "loss": loss.item(), "dy": prediction.grad.numpy()}


def optimizer(name, settings, seed):
    """20 steps of an optimizer on two tensors with given gradients, of very different sizes."""
    rng = np.random.default_rng(seed)
    start = {"a": rng.normal(size=(3, 2)), "b": rng.normal(size=4)}
    gradients = [{"a": rng.normal(size=(3, 2)) * 10.0 ** rng.integers(-6, 3), "b": rng.normal(size=4)} for _ in range(20)]
    parameters = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in start.items()}
    torch_optimizer = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[name](parameters.values(), **settings)
    path = []
    for step in gradients:
        for key, parameter in parameters.items():
            parameter.grad = torch.tensor(step[key])
        torch_optimizer.step()
        path.append({key: parameter.detach().numpy().copy() for key, parameter in parameters.items()})
    return {"name": name, "settings": settings, "start": start, "gradients": gradients, "path": path}


def clipping(limit, seed):
    """clip_grad_norm_ on two tensors."""
    rng = np.random.default_rng(seed)
    gradients = {"a": rng.normal(size=(3, 2)), "b": rng.normal(size=4)}
    parameters = {name: torch.nn.Parameter(torch.zeros(value.shape, dtype=torch.float64)) for name, value in gradients.items()}
    for name, parameter in parameters.items():
        parameter.grad = torch.tensor(gradients[name])
    norm = torch.nn.utils.clip_grad_norm_(parameters.values(), limit)
    return {"limit": limit, "gradients": gradients, "norm": norm.item(),
            "clipped": {name: parameter.grad.numpy() for name, parameter in parameters.items()}}


def everything():
    """All golden values, computed now."""
    return {
        "torch": torch.__version__,
        "lstm": [lstm(*sizes, seed=seed) for seed, sizes in enumerate(SIZES)],
        "squared_error": [squared_error(at, seed) for seed, at in enumerate(("every", "last"))],
        "optimizers": [optimizer("adam", {"lr": 0.02, "weight_decay": 0.0}, 1),
                       optimizer("adam", {"lr": 0.1, "weight_decay": 0.03}, 2),
                       optimizer("sgd", {"lr": 0.02, "weight_decay": 0.0}, 3),
                       optimizer("sgd", {"lr": 0.1, "weight_decay": 0.03}, 4)],
        "clipping": [clipping(1.0, 1), clipping(100.0, 2)],
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(everything(), default=lambda array: array.tolist()) + "\n")
    print(f"{GOLDEN}: {GOLDEN.stat().st_size} bytes, torch {torch.__version__}")
