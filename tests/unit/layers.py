"""The gradient check of a whole LSTM, GRU or RNN: every parameter, the input and the states before the first step."""

import numpy as np

from py_lstm import LSTM, gradient_check


def check_layer(kind, sizes=(2, 3), T=4, N=2, lengths=None, states=True, seed=0, max_elements=3, **options):
    """The report on L = Σ dy·output + Σ dstate·state, which takes from everything the layer returns.

    All parameters, gains and biases too, are moved off the round numbers they start with. A generator seeded anew for
    each call makes the dropout masks repeat.
    """
    rng = np.random.default_rng(seed)
    layer = kind(*sizes, rng=seed, **options)
    first = {name: value + rng.uniform(-0.4, 0.4, value.shape) for name, value in layer.parameters.items()}
    values = first | {"x": rng.normal(size=(T, N, sizes[0]))}
    layer.load_state_dict(first)
    last = after(layer(values["x"], lengths=lengths))
    names = [f"start {k}" for k in range(len(last))] if states else []
    values |= {name: rng.uniform(-0.8, 0.8, state.shape) for name, state in zip(names, last)}
    d_states = [rng.normal(size=state.shape) for state in last]
    packed = tuple if kind is LSTM else (lambda parts: parts[0])

    def run(made, at):
        made.load_state_dict({name: at[name] for name in first})
        return made(at["x"], packed([at[name] for name in names]) if states else None, lengths)

    def loss(at):
        y, *_ = result = run(kind(*sizes, rng=seed, dtype=np.complex128, **options), at)
        return (y * dy).sum() + sum((state * d).sum() for state, d in zip(after(result), d_states))

    layer = kind(*sizes, rng=seed, **options)           # with the same masks as the layers of `loss`
    dy = rng.normal(size=run(layer, values)[0].shape)
    dx, before = layer.backward(dy, packed(d_states))
    gradients = layer.grads | {"x": dx} | dict(zip(names, before if kind is LSTM else (before,)))
    assert set(gradients) == set(values)
    return gradient_check(loss, values, gradients, max_elements=max_elements)


def after(result) -> tuple:
    """The states of what a layer returned, as a tuple also where there is one."""
    return result[1] if isinstance(result[1], tuple) else (result[1],)


def worst(report) -> float:
    return max(tensor.relative_error for tensor in report.tensors)
