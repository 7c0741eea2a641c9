"""Weights in float32 for tiles of bfloat16 numbers: W = first + second + third, each of 8 bits, exactly.

    W = 1.1    first 1.09375, second 0.0062256, third 0.0000245

Each takes from what is left the 8 highest bits of it, so that none is larger than the weight or has another sign, and sums that
float32 holds exactly whatever their order are still exact.
"""

import numpy as np
from numpy.typing import NDArray

SMALLEST = -126
"""Tiles take numbers below 2**-126 for zero; weights that are multiples of it never lead to any."""
_HIGH = np.uint32(0xFFFF0000)


def halves_of(weights: NDArray[np.float32]) -> NDArray[np.uint16] | None:
    """The bits of the numbers that weights are the sums of, `(one to three, weights)`; None where some weight has none.

    Those are infinities, and weights that are no multiple of 2**-126. Numbers that are zero in all weights are left out.
    """
    if not _are_exact(weights):
        return None
    left, found = weights + np.float32(0), []  # no -0.0, whose bits are not zero
    for _ in range(3):
        part = (left.view(np.uint32) & _HIGH).view(np.float32)
        found.append((part.view(np.uint32) >> 16).astype(np.uint16))
        left = left - part
    used = [part for part in found[1:] if part.any()]
    return np.stack([found[0], *used])


def _are_exact(weights: NDArray[np.float32]) -> bool:
    if not np.isfinite(weights).all():
        return False
    scaled = np.ldexp(weights.astype(np.float64), -SMALLEST)
    return bool((scaled == np.rint(scaled)).all())
