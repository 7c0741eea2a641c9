"""Cells for each feature, none below zero, such that relative errors are small."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SMALL = 4.0
"""Cells that are added to a size before an error is taken of it, so that a module of one cell does not decide a law."""
ROUNDS = 2000
LEAST = 1e-9
"""A gradient below this is none."""


def relative_fit(features: Floats, sizes: Floats) -> Floats:
    """The c >= 0 that makes the sum of ((features c - size) / (size + SMALL))**2 least; 0 for a feature that is always 0.

    >>> relative_fit(np.array([[1.0, 8.0], [1.0, 16.0], [1.0, 32.0]]), np.array([19.0, 35.0, 67.0])).round(6)
    array([3., 2.])
    """
    scaled = features / (sizes + SMALL)[:, None]
    norms = np.linalg.norm(scaled, axis=0)
    used = norms > 0
    found = np.zeros(features.shape[1])
    found[used] = nonnegative(scaled[:, used] / norms[used], sizes / (sizes + SMALL)) / norms[used]
    return found


def relative_error(found: Floats, sizes: Floats) -> float:
    """The root mean square of (found - size) / (size + SMALL)."""
    return float(np.sqrt(np.mean(((found - sizes) / (sizes + SMALL)) ** 2))) if len(sizes) else 0.0


def nonnegative(matrix: Floats, wanted: Floats) -> Floats:
    """The x >= 0 that makes |matrix x - wanted| least: Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23."""
    passive, found = np.zeros(matrix.shape[1], bool), np.zeros(matrix.shape[1])
    for _ in range(ROUNDS):
        gradient = np.where(passive, -np.inf, matrix.T @ (wanted - matrix @ found))
        if passive.all() or gradient.max() <= LEAST:
            break
        passive[int(np.argmax(gradient))] = True
        found = _settled(matrix, wanted, passive, found)
    return found


def _settled(matrix: Floats, wanted: Floats, passive: NDArray[np.bool_], found: Floats) -> Floats:
    """The least squares over the passive columns; those that would fall below zero leave, one after the other."""
    while True:
        best = np.zeros_like(found)
        best[passive] = np.linalg.lstsq(matrix[:, passive], wanted, rcond=1e-10)[0]
        below = passive & (best <= 0)
        if not below.any():
            return best
        ratios = np.full(len(found), np.inf)
        ratios[below] = found[below] / np.maximum(found[below] - best[below], 1e-300)
        found = found + ratios.min() * (best - found)
        passive[int(np.argmin(ratios))] = False
        found[~passive] = 0.0
