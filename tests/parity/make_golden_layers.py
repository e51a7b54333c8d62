"""Write golden_layers.npz: what PyTorch's LSTM, GRU and RNN compute, in float64, for test_torch_lstm.py.

Run it with a Python that has torch: `python tests/parity/make_golden_layers.py`. Every option is combined with every
other; inputs come from seeded generators, so a second run writes the same numbers.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import torch

GOLDEN = Path(__file__).with_name("golden_layers.npz")
T, N, I, H, P = 4, 3, 2, 3, 2
LENGTHS = [2, 4, 1]
# How a module is called: one sequence or a batch, with lengths or not, with states or not.
CALLS = [{"unbatched": True}, {"unbatched": True, "states": True}, {}, {"states": True}, {"lengths": True},
         {"lengths": True, "states": True}]


def settings():
    """Every combination of a module and a call."""
    for kind, options in (("LSTM", {"proj_size": [0, P]}), ("GRU", {}), ("RNN", {"nonlinearity": ["tanh", "relu"]})):
        options = {"num_layers": [1, 2, 3], "bidirectional": [False, True], "bias": [True, False]} | options
        for chosen in itertools.product(*options.values()):
            module = dict(zip(options, chosen))
            for call in CALLS:
                yield kind, module, call
            # A transposition, whatever the layers: one module of each kind is enough.
            if module["num_layers"] == 2 and module["bidirectional"] and module["bias"]:
                for call in CALLS[2:]:
                    yield kind, module | {"batch_first": True}, call


def rounded(values):
    """To the next 1/64: such numbers are exact, and the file is half as big."""
    return np.round(values * 64) / 64


def example(kind, module, call, seed):
    """One forward and backward: L = Σ dy·output + Σ dstate·state. What went in and all that came out, by name."""
    rng = np.random.default_rng(seed)
    layer = getattr(torch.nn, kind)(I, H, dtype=torch.float64, **module)
    given = {name: rounded(rng.uniform(-0.7, 0.7, value.shape)) for name, value in layer.named_parameters()}
    layer.load_state_dict({name: torch.from_numpy(value) for name, value in given.items()})
    rows, out = module["num_layers"] * (1 + module["bidirectional"]), module.get("proj_size") or H
    time, batch = (T, ()) if call.get("unbatched") else (T, (N,))
    sequence = (N, T) if module.get("batch_first") else (time, *batch)
    given["x"] = rounded(rng.normal(size=(*sequence, I)))
    widths = {"h": out, "c": H} if kind == "LSTM" else {"h": H}
    for name, width in widths.items():
        given[f"{name}_0"] = rounded(rng.uniform(-0.8, 0.8, (rows, *batch, width)))
        given[f"d{name}_n"] = rounded(rng.normal(size=(rows, *batch, width)))
    given["dy"] = rounded(rng.normal(size=(*sequence, (1 + module["bidirectional"]) * out)))

    x = torch.tensor(given["x"], requires_grad=True)
    before = [torch.tensor(given[f"{name}_0"], requires_grad=True) for name in widths] if call.get("states") else []
    states = (tuple(before) if kind == "LSTM" else before[0]) if before else None
    fed, first = x, bool(module.get("batch_first"))
    if call.get("lengths"):
        fed = torch.nn.utils.rnn.pack_padded_sequence(x, LENGTHS, batch_first=first, enforce_sorted=False)
    y, after = layer(fed, states)
    if call.get("lengths"):
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=first, total_length=T)
    after = after if kind == "LSTM" else (after,)
    loss = (y * torch.from_numpy(given["dy"])).sum()
    for name, state in zip(widths, after):
        loss = loss + (state * torch.from_numpy(given[f"d{name}_n"])).sum()
    loss.backward()
    right = {"y": y, "dx": x.grad} | {f"{name}_n": state for name, state in zip(widths, after)}
    right |= {f"d{name}_0": state.grad for name, state in zip(widths, before)}
    right |= {f"grad {name}": value.grad for name, value in layer.named_parameters()}
    return given, {name: value.detach().numpy() for name, value in right.items()}


def everything():
    """All examples, computed now: (kind, module, call, given, right)."""
    return [(*setting, *example(*setting, seed)) for seed, setting in enumerate(settings())]


def packed(examples):
    """The examples as one array of numbers and an index that says what they are."""
    index, numbers = [], []
    for kind, module, call, *arrays in examples:
        index.append([kind, module, call, *({name: value.shape for name, value in part.items()} for part in arrays)])
        numbers += [value.ravel() for part in arrays for value in part.values()]
    return {"torch": torch.__version__, "index": json.dumps(index), "numbers": np.concatenate(numbers)}


if __name__ == "__main__":
    examples = everything()
    np.savez_compressed(GOLDEN, **packed(examples))
    print(f"{GOLDEN}: {len(examples)} examples, {GOLDEN.stat().st_size} bytes, torch {torch.__version__}")
