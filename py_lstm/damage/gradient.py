"""Damage to the backward pass: what goes back from step to step, and how the parameters' gradients are put together."""

from __future__ import annotations

from typing import Mapping

import numpy as np

from ..cell import blocks
from ..contraction import outer_sum
from ..cells.variants import Rule
from ..parameters import Arrays


def rule(damage: Mapping[str, float]) -> Rule:
    """What a backward pass with this damage lets through."""
    return Rule(through_gates="rule_1997" not in damage, through_cell="no_carry" not in damage,
                slope_of_cell="no_cell_slope" not in damage, slope_of_gates="no_gate_slope" not in damage,
                window=int(damage.get("truncated", 0)))


def weight_gradients(damage: Mapping[str, float], dz: np.ndarray, x: np.ndarray, h_before: np.ndarray,
                     steps: slice = slice(None)) -> Arrays:
    """The gradients of weight_ih, weight_hh and bias, as a damaged backward pass puts them together.

    Parameters
    ----------
    dz : (T, N, 4H), the errors at the pre-activations, blocks i, f, g, o; x : (T, N, I); h_before : (T, N, H), h_{t-1}
    steps : the steps whose contributions are summed
    """
    for_input, for_hidden, for_bias = dz, dz, dz
    if "last_step_only" in damage:
        for_input = np.concatenate([0 * dz[:-1], dz[-1:]])
    dz_i, dz_f, dz_g, dz_o = blocks(dz)
    if "bias_i_from_f" in damage or "bias_o_from_f" in damage:
        for_bias = np.concatenate([dz_f if "bias_i_from_f" in damage else dz_i, dz_f, dz_g,
                                   dz_f if "bias_o_from_f" in damage else dz_o], axis=-1)
    if "shared_bias" in damage:
        for_bias = np.concatenate([dz_o, dz_o, dz_g, dz_o], axis=-1)
    if "gate_order" in damage:
        for_input, for_hidden, for_bias = (_swapped(errors) for errors in (for_input, for_hidden, for_bias))
    gradients = {"weight_ih": outer_sum(for_input[steps], x[steps]), "weight_hh": outer_sum(for_hidden[steps], h_before[steps]),
                 "bias": for_bias[steps].sum(axis=(0, 1))}
    if "wrong_matrix" in damage:
        H = h_before.shape[-1]
        gradients["weight_ih"][:H] = gradients["weight_hh"][:H]
    return gradients


def _swapped(errors: np.ndarray) -> np.ndarray:
    """Blocks i, f, g, o as i, g, f, o."""
    i, f, g, o = blocks(errors)
    return np.concatenate([i, g, f, o], axis=-1)
