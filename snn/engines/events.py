"""Events of a chunk of samples, in the address order of the engines."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn.engines.jit import compiled

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Events:
    """Engine addresses `index (samples, capacity)`, `ends (samples, steps + 1)`, and `value` like `index` when graded."""

    index: Array
    ends: Array
    value: Array | None = None


def events_of(dense: Array, public: Array, graded: np.dtype[Any] | None = None) -> Events:
    """Events of dense values `(samples, steps, neurons)` in public order: the places of what is not zero, step by step.

    `public`: the public address of each engine address. With `graded`, a number type, events carry their values.
    """
    samples, steps, size = dense.shape
    index = np.zeros((samples, steps * size), np.int32)
    ends = np.zeros((samples, steps + 1), np.int32)
    value = np.zeros(index.shape if graded else (samples, 0), graded or np.uint8)
    _collect_dense(dense, public, index, ends, value)
    return Events(index, ends, value if graded else None)


@compiled
def _collect_dense(dense, public, index, ends, value):
    for s in range(dense.shape[0]):
        count = 0
        for t in range(dense.shape[1]):
            for i in range(dense.shape[2]):
                x = dense[s, t, public[i]]
                if x != 0:
                    index[s, count] = i
                    if value.shape[1]:
                        value[s, count] = x
                    count += 1
            ends[s, t + 1] = count
