"""Events of a chunk of samples, in the address order of the engines."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Events:
    """Engine addresses `index (samples, capacity)`, `ends (samples, steps + 1)`, and `value` like `index` when graded."""

    index: Array
    ends: Array
    value: Array | None = None


def events_of(dense: Array, graded: np.dtype[Any] | None = None) -> Events:
    """Events of dense values `(samples, steps, neurons)`: the places of what is not zero, step by step; values when `graded`."""
    samples, steps, _ = dense.shape
    sample, step, place = np.nonzero(dense)
    ends = np.zeros((samples, steps + 1), np.int32)
    np.add.at(ends, (sample, step + 1), 1)
    ends = ends.cumsum(axis=1, dtype=np.int32)
    first = np.concatenate([[0], ends[:-1, -1].cumsum()])
    column = np.arange(place.size) - np.repeat(first, ends[:, -1])
    index = np.zeros((samples, max(1, int(ends[:, -1].max()))), np.int32)
    index[sample, column] = place
    if graded is None:
        return Events(index, ends)
    value = np.zeros(index.shape, graded)
    value[sample, column] = dense[sample, step, place]
    return Events(index, ends, value)
