"""Which of very many designs no other beats, by arrays; `spikewright.dominance` says what that means."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def front_of(costs: NDArray[np.float64]) -> NDArray[np.int64]:
    """The rows of `costs (points, objectives)` that no other row dominates, of equal ones the first; rising numbers.

    Rows are taken by their sum, which is never larger for a row that dominates another: the first one is on the front, what
    is no better than it in any objective goes, and so on until nothing is left.
    """
    left = np.lexsort((*costs.T[::-1], _sums(costs)))
    rest, found = costs[left], []
    while left.size:
        found.append(left[0])
        better = (rest < rest[0]).any(axis=1)
        left, rest = left[better], rest[better]
    return np.sort(np.array(found, np.int64))


def _sums(costs: NDArray[np.float64]) -> Any:
    """Each objective over its largest, so that none drowns the others."""
    scale = np.abs(costs).max(axis=0, initial=0.0)
    return (costs / np.where(scale > 0, scale, 1.0)).sum(axis=1)
