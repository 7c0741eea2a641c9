"""What was sent before: the events of a source that delays, or the other populations of a circle, may still ask for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.checks import check_kept
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.jit import compiled

Array = NDArray[Any]


class History:
    """Events of a source in the `longest` steps before a chunk and in the chunk, which has at most `length` steps.

    `ends` has a column for each step from `first` on and one more. Before step 0 nothing was sent. When the columns are full,
    what is too old is forgotten: there are enough of them that this is rare, and few enough that memory follows the delay.
    """

    def __init__(self, samples: int, longest: int, length: int) -> None:
        self.longest, self.first = longest, -longest
        self.ends = np.zeros((samples, longest + max(length, longest) + 1), np.int32)
        self.index = np.zeros((samples, 0), np.int32)
        self.value: Array | None = None

    def begin(self, steps: slice) -> None:
        """Make room for the chunk `steps`; what came more than `longest` steps before it may go."""
        if steps.stop - self.first >= self.ends.shape[1]:
            oldest = steps.start - self.longest
            _forget(self._kept(), oldest - self.first, steps.start - self.first)
            self.first = oldest

    def append(self, events: Events, start: int) -> None:
        """Add the events of the steps from `start` on, the next ones."""
        column = start - self.first
        needed = int((self.ends[:, column].astype(np.int64) + events.ends[:, -1] - events.ends[:, 0]).max(initial=0))
        if needed > self.index.shape[1]:
            check_kept(2 * needed)
            self._grow(2 * needed)
        if events.value is not None and self.value is None:  # also of a chunk in which nothing was sent
            self.value = np.zeros(self.index.shape, events.value.dtype)
        _append(self._kept(), (events.index, events.ends, events.values), column)

    def window(self, steps: slice, delay: int) -> Events:
        """What arrives in `steps` after `delay`; a delay beyond `longest` brings what one of `longest` does, nothing in a run."""
        column = steps.start - min(delay, self.longest) - self.first
        ends = self.ends[:, column : column + steps.stop - steps.start + 1]
        return Events(self.index, np.ascontiguousarray(ends), self.value)

    def keep(self, rows: Array) -> None:
        """Go on with these samples only."""
        self.index, self.ends = self.index[rows], self.ends[rows]
        self.value = None if self.value is None else self.value[rows]

    def _kept(self) -> tuple[Array, Array, Array]:
        return self.index, self.ends, Events(self.index, self.ends, self.value).values

    def _grow(self, capacity: int) -> None:
        index = np.zeros((len(self.index), capacity), np.int32)
        index[:, : self.index.shape[1]] = self.index
        if self.value is not None:
            value = np.zeros(index.shape, self.value.dtype)
            value[:, : self.value.shape[1]] = self.value
            self.value = value
        self.index = index


def joined(parts: list[Events], steps: int) -> Events:
    """Events of one step each as those of `steps`."""
    whole = History(len(parts[0].index), 0, steps)
    for step, part in enumerate(parts):
        whole.append(part, step)
    return Events(whole.index, whole.ends, whole.value)


@compiled
def _append(kept, new, column):
    index, ends, value = kept
    new_index, new_ends, new_value = new
    for s in range(index.shape[0]):
        begin, first = ends[s, column], new_ends[s, 0]
        for n in range(new_ends[s, -1] - first):
            index[s, begin + n] = new_index[s, first + n]
            if new_value.shape[1]:
                value[s, begin + n] = new_value[s, first + n]
        for t in range(1, new_ends.shape[1]):
            ends[s, column + t] = begin + new_ends[s, t] - first


@compiled
def _forget(kept, oldest, stop):
    """The events of the columns from `oldest` to `stop` become the first."""
    index, ends, value = kept
    for s in range(index.shape[0]):
        gone = ends[s, oldest]
        for n in range(gone, ends[s, stop]):
            index[s, n - gone] = index[s, n]
            if value.shape[1]:
                value[s, n - gone] = value[s, n]
        for column in range(oldest, stop + 1):
            ends[s, column - oldest] = ends[s, column] - gone
