"""Layer normalisation (Ba et al. 2016), forward and backward, over the last axis."""

from __future__ import annotations

import numpy as np

EPS = 1e-5


def normalise(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """n = (a - mean a) / √(var a + ε) and its factor 1 / √(var a + ε): shapes (..., K) and (..., 1)."""
    centred = a - a.mean(axis=-1, keepdims=True)
    factor = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPS)
    return centred * factor, factor


def normalise_backward(dn: np.ndarray, n: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """The derivative for a from that for n: what would move the mean or stretch the variance has no effect."""
    return factor * (dn - dn.mean(axis=-1, keepdims=True) - n * (dn * n).mean(axis=-1, keepdims=True))
