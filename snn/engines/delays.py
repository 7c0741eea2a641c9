"""What was sent before: the events of a source with delayed projections, kept for the steps in which they arrive."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn.engines.events import Events
from snn.engines.jit import compiled

Array = NDArray[Any]


class History:
    """Events of a source from the first step on; `columns` without any come before it, as many as the largest delay."""

    def __init__(self, samples: int, longest: int, steps: int) -> None:
        self.longest = longest
        self.ends = np.zeros((samples, longest + steps + 1), np.int32)
        self.index = np.zeros((samples, 0), np.int32)
        self.value: Array | None = None

    def append(self, events: Events, start: int) -> None:
        """Add the events of the steps from `start` on, the next ones."""
        first = self.longest + start
        needed = int((self.ends[:, first] + events.ends[:, -1]).max(initial=0))
        if needed > self.index.shape[1]:
            self._grow(2 * needed, events)
        if events.value is not None and self.value is None:  # also of a chunk in which nothing was sent
            self.value = np.zeros(self.index.shape, events.value.dtype)
        kept = Events(self.index, self.ends, self.value).values
        _append((self.index, self.ends, kept), (events.index, events.ends, events.values), first)

    def window(self, steps: slice, delay: int) -> Events:
        """What arrives in `steps` after `delay`."""
        first = self.longest + steps.start - delay
        ends = self.ends[:, first : first + steps.stop - steps.start + 1]
        return Events(self.index, np.ascontiguousarray(ends), self.value)

    def keep(self, rows: Array) -> None:
        """Go on with these samples only."""
        self.index, self.ends = self.index[rows], self.ends[rows]
        self.value = None if self.value is None else self.value[rows]

    def _grow(self, capacity: int, events: Events) -> None:
        index = np.zeros((len(self.index), capacity), np.int32)
        index[:, : self.index.shape[1]] = self.index
        if events.value is not None:
            value = np.zeros(index.shape, events.value.dtype)
            if self.value is not None:
                value[:, : self.index.shape[1]] = self.value
            self.value = value
        self.index = index


def joined(parts: list[Events], steps: int) -> Events:
    """Events of one step each as those of `steps`."""
    whole = History(len(parts[0].index), 0, steps)
    for step, part in enumerate(parts):
        whole.append(part, step)
    return Events(whole.index, whole.ends, whole.value)


@compiled
def _append(kept, new, first):
    index, ends, value = kept
    new_index, new_ends, new_value = new
    for s in range(index.shape[0]):
        begin, count = ends[s, first], new_ends[s, -1]
        for n in range(count):
            index[s, begin + n] = new_index[s, n]
            if new_value.shape[1]:
                value[s, begin + n] = new_value[s, n]
        for t in range(1, new_ends.shape[1]):
            ends[s, first + t] = begin + new_ends[s, t]
