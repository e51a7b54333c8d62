"""Write golden_training.json: PyTorch's losses, optimizers and schedules in float64, for test_torch_training.py.

Run it with a Python that has torch: `python tests/parity/make_golden_training.py`. A second run writes the same file.
"""

import json
from pathlib import Path

import numpy as np
import torch

GOLDEN = Path(__file__).with_name("golden_training.json")

OPTIMIZERS = [
    ("SGD", {"lr": 0.05, "momentum": 0.9}), ("SGD", {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.02}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {"lr": 0.01}), ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-6, "momentum": 0.7, "weight_decay": 0.03}),
    ("Adagrad", {"lr": 0.1}), ("Adagrad", {"lr": 0.2, "weight_decay": 0.05, "eps": 1e-7}),
    ("AdamW", {"lr": 0.02, "weight_decay": 0.0}), ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "betas": [0.8, 0.95]}),
]


def counted(at, mask):
    """The steps that count, as (T, N) of bool."""
    keep = torch.ones(mask.shape, dtype=torch.bool) if at == "every" else torch.zeros(mask.shape, dtype=torch.bool)
    if at == "last":
        for n in range(mask.shape[1]):
            keep[int(np.flatnonzero(mask[:, n])[-1]), n] = True
    return keep & torch.from_numpy(mask)


def loss(kind, at, masked, seed):
    """One loss and its derivative on (T, N, O) = (5, 3, 4)."""
    rng = np.random.default_rng(seed)
    T, N, O = 5, 3, 4
    y = rng.normal(size=(T, N, O)) * 10.0 ** rng.integers(-1, 3)
    mask = rng.random((T, N)) < 0.6 if masked else np.ones((T, N), bool)
    mask[rng.integers(0, T, N), np.arange(N)] = True
    if kind == "classes":
        target = rng.integers(0, O, (T, N))
    elif kind == "probabilities":
        target = rng.dirichlet(np.ones(O), (T, N))
    else:
        target = rng.random((T, N, O))
    prediction = torch.tensor(y, requires_grad=True)
    keep = counted(at, mask)
    function = {"squared": torch.nn.MSELoss, "binary": torch.nn.BCEWithLogitsLoss}.get(kind, torch.nn.CrossEntropyLoss)()
    value = function(prediction[keep], torch.from_numpy(target)[keep])
    value.backward()
    return {"kind": kind, "at": at, "mask": mask if masked else None, "y": y, "target": target, "loss": value.item(),
            "dy": prediction.grad.numpy()}


def optimizer(name, settings, seed):
    """20 steps on two tensors with given gradients of very different sizes; the learning rate halves after ten."""
    rng = np.random.default_rng(seed)
    start = {"a": rng.normal(size=(3, 2)), "b": rng.normal(size=4)}
    gradients = [{"a": rng.normal(size=(3, 2)) * 10.0 ** rng.integers(-6, 3), "b": rng.normal(size=4)} for _ in range(20)]
    parameters = {key: torch.nn.Parameter(torch.tensor(value)) for key, value in start.items()}
    made = getattr(torch.optim, name)(parameters.values(), **settings)
    schedule = torch.optim.lr_scheduler.StepLR(made, 10, 0.5)
    path = []
    for step in gradients:
        for key, parameter in parameters.items():
            parameter.grad = torch.tensor(step[key])
        made.step()
        schedule.step()
        path.append({key: parameter.detach().numpy().copy() for key, parameter in parameters.items()})
    return {"name": name, "settings": settings, "start": start, "gradients": gradients, "path": path}


def schedule(settings, build):
    """The learning rates of 40 updates."""
    made = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedules = torch.optim.lr_scheduler
    scheduler, rates = build(schedules, made), []
    for _ in range(40):
        rates.append(made.param_groups[0]["lr"])
        made.step()
        scheduler.step()
    return {"settings": settings, "rates": rates}


def clipping(limit, seed):
    """clip_grad_value_ on two tensors."""
    rng = np.random.default_rng(seed)
    gradients = {"a": rng.normal(size=(3, 2)), "b": rng.normal(size=4)}
    parameters = {name: torch.nn.Parameter(torch.zeros(value.shape, dtype=torch.float64)) for name, value in gradients.items()}
    for name, parameter in parameters.items():
        parameter.grad = torch.tensor(gradients[name])
    torch.nn.utils.clip_grad_value_(parameters.values(), limit)
    return {"limit": limit, "gradients": gradients, "clipped": {name: p.grad.numpy() for name, p in parameters.items()}}


def everything():
    """All golden values, computed now."""
    kinds = [(kind, at, masked) for kind in ("classes", "probabilities", "binary", "squared") for at in ("every", "last")
             for masked in (False, True)]
    return {
        "torch": torch.__version__,
        "losses": [loss(*kind, seed) for seed, kind in enumerate(kinds)],
        "optimizers": [optimizer(name, settings, seed) for seed, (name, settings) in enumerate(OPTIMIZERS)],
        "schedules": [
            schedule({"kind": "step", "span": 7, "factor": 0.3}, lambda s, o: s.StepLR(o, 7, 0.3)),
            schedule({"kind": "exponential", "span": 1, "factor": 0.9}, lambda s, o: s.ExponentialLR(o, 0.9)),
            schedule({"kind": "cosine", "span": 40, "factor": 0.1}, lambda s, o: s.CosineAnnealingLR(o, 40, 0.1)),
            schedule({"kind": "constant", "warmup": 8}, lambda s, o: s.LinearLR(o, 1 / 8, 1.0, 7)),
            schedule({"kind": "inverse", "span": 5}, lambda s, o: s.LambdaLR(o, lambda k: 1 / (1 + k / 5))),
        ],
        "clipping": [clipping(0.5, 1), clipping(100.0, 2)],
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(everything(), default=lambda array: array.tolist()) + "\n")
    print(f"{GOLDEN}: {GOLDEN.stat().st_size} bytes, torch {torch.__version__}")
