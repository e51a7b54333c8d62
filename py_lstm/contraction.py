"""The products an LSTM is made of, and the one place that chooses how NumPy computes them.

Natively `@` runs on BLAS. WebAssembly NumPy has no BLAS: there `einsum` over contiguous rows is the faster one once
the rows are long, and `@` collapses on a long transposed product (measured in Pyodide: 7 against 0.3 GFLOP/s).

Inputs may be tokens: integers (T, N) that stand for one-hot rows. They pick rows of a weight instead of multiplying it.
"""

from __future__ import annotations

import sys
from typing import Callable

import numpy as np

HAS_BLAS = sys.platform != "emscripten"

# In WebAssembly einsum takes 0.27 ns for one multiplication, 6 more for each row and 2 µs for each call; `@` takes 0.5 ns.
EINSUM_PAYS_FROM = 8192
EINSUM_PAYS_FROM_LENGTH = 32

# How many kinds of tokens BLAS multiplies with their one-hot rows in less time than it takes to sort the rows by token.
ONE_HOT_PAYS_UP_TO = 128


def by_rows(length: int, multiplications: int) -> bool:
    """Whether so many multiplications, along rows of this length, are best done by einsum."""
    return not HAS_BLAS and length >= EINSUM_PAYS_FROM_LENGTH and multiplications >= EINSUM_PAYS_FROM


def are_tokens(x: np.ndarray) -> bool:
    """Whether x (T, N) holds integers that stand for one-hot rows."""
    return x.ndim == 2 and x.dtype.kind in "iu"


def project(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """x Wᵀ: rows x (..., K), or tokens (T, N), through weight (M, K) give (..., M)."""
    if are_tokens(x):
        return weight.T[x]
    if x.ndim == 3:                                     # one product of many rows, and not many products of few
        return project(x.reshape(-1, x.shape[2]), weight).reshape(*x.shape[:2], len(weight))
    if by_rows(x.shape[-1], x.size * weight.shape[0]):
        return np.einsum("...k,mk->...m", x, weight)
    return x @ weight.T


def outer_sum(delta: np.ndarray, x: np.ndarray, width: int | None = None) -> np.ndarray:
    """Σ delta xᵀ over all leading axes: delta (..., M) and x (..., K) give (M, K), the gradient of a weight.

    Where x are tokens (T, N), `width` is K, how many kinds of them there are.
    """
    delta = delta.reshape(-1, delta.shape[-1])
    if are_tokens(x):
        return sum_by_token(delta, x, width)
    x = x.reshape(-1, x.shape[-1])
    if by_rows(len(x), delta.size * x.shape[1]):
        return row_products(np.ascontiguousarray(delta.T), np.ascontiguousarray(x.T))
    return delta.T @ x


def row_products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a bᵀ, every row of a (M, R) times every row of b (K, R): (M, K)."""
    if by_rows(a.shape[1], a.size * len(b)):
        return np.einsum("mr,kr->mk", a, b)
    return a @ b.T


def sum_by_token(rows: np.ndarray, tokens: np.ndarray, width: int) -> np.ndarray:
    """For each of `width` tokens the sum of the rows (T N, M) where it stands, tokens being (T, N): (M, width)."""
    tokens = tokens.reshape(-1)
    if HAS_BLAS and width <= ONE_HOT_PAYS_UP_TO:
        one_hot = np.zeros((len(tokens), width), rows.dtype)
        one_hot[np.arange(len(tokens)), tokens] = 1
        return rows.T @ one_hot
    rows = np.ascontiguousarray(rows)
    order = np.argsort(tokens, kind="stable")
    tokens = tokens[order]
    starts = np.flatnonzero(np.diff(tokens, prepend=-1))
    present, stops = tokens[starts], np.append(starts[1:], len(order))
    rows, sums = rows[order], np.zeros((width, rows.shape[1]), rows.dtype)
    # Row by row as they lie in memory; `np.add.reduceat` takes about three times as long.
    for token, start, stop in zip(present.tolist(), starts.tolist(), stops.tolist()):
        np.add.reduce(rows[start:stop], axis=0, out=sums[token])
    return sums.T


def columns_for(weights: tuple[int, int], count: int, width: int, dtype) -> np.ndarray:
    """Zeros (count, K, width), each matrix laid out as its product with a weight of shape (M, K) is fastest."""
    M, K = weights
    if by_rows(K, M * K * width):
        return np.zeros((count, width, K), dtype).swapaxes(1, 2)
    return np.zeros((count, K, width), dtype)


def multiplier(weights: tuple[int, int], width: int) -> Callable[[np.ndarray, np.ndarray, np.ndarray], object]:
    """The function that multiplies a weight of shape (M, K) by columns (K, width) into (M, width), its third argument."""
    M, K = weights
    return _multiply_rows if by_rows(K, M * K * width) else np.matmul


def _multiply_rows(weight: np.ndarray, columns: np.ndarray, out: np.ndarray) -> None:
    np.einsum("mk,nk->mn", weight, np.ascontiguousarray(columns.T), out=out)
