"""The two products an LSTM is made of, and the one place that chooses how NumPy computes them.

Natively `@` runs on BLAS. WebAssembly NumPy has no BLAS: there `einsum` over contiguous rows is the faster one once
the operands are large, and `@` collapses on a long transposed product (measured in Pyodide: 7 against 0.3 GFLOP/s).
"""

from __future__ import annotations

import sys

import numpy as np

HAS_BLAS = sys.platform != "emscripten"

# Multiplications below which the overhead of einsum's set-up (about 2 µs) exceeds what it gains.
EINSUM_PAYS_FROM = 8192


def project(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """x Wᵀ: rows x (..., K) through weight (M, K) give (..., M)."""
    if HAS_BLAS or x.size * weight.shape[0] < EINSUM_PAYS_FROM:
        return x @ weight.T
    return np.einsum("...k,mk->...m", x, weight)


def outer_sum(delta: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Σ delta xᵀ over all leading axes: delta (..., M) and x (..., K) give (M, K), the gradient of a weight."""
    delta = delta.reshape(-1, delta.shape[-1])
    x = x.reshape(-1, x.shape[-1])
    if HAS_BLAS or delta.size * x.shape[1] < EINSUM_PAYS_FROM:
        return delta.T @ x
    return np.einsum("mn,kn->mk", np.ascontiguousarray(delta.T), np.ascontiguousarray(x.T))
