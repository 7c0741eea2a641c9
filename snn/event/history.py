"""What was sent before: the events of a source that delays, or the other populations of a circle, may still ask for."""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.checks import check_kept
from spikewright.snn.kernels.delays import append_columns, drop_columns
from spikewright.snn.kernels.events import Events, no_values


class History:
    """Events of a source in the `longest` steps before a chunk and in the chunk, which has at most `length` steps.

    `kept.ends` has a column for each step from `first` on and one more. Before step 0 nothing was sent. When the columns are
    full, what is too old is forgotten: there are enough of them that this is rare, and few enough that memory follows the
    delay. There is room for an event at least, so that events with values are told from others.
    """

    def __init__(self, samples: int, longest: int, length: int) -> None:
        self.longest, self.first = longest, -longest
        ends = np.zeros((samples, longest + max(length, longest) + 1), np.int32)
        self.kept = Events(np.zeros((samples, 1), np.int32), ends, no_values(samples))

    def begin(self, steps: slice) -> None:
        """Make room for the chunk `steps`; what came more than `longest` steps before it may go."""
        if steps.stop - self.first >= self.kept.ends.shape[1]:
            oldest = steps.start - self.longest
            drop_columns(self.kept, oldest - self.first, steps.start - self.first)
            self.first = oldest

    def append(self, events: Events, start: int) -> None:
        """Add the events of the steps from `start` on, the next ones."""
        column = start - self.first
        kept = self.kept
        needed = int((kept.ends[:, column].astype(np.int64) + events.ends[:, -1] - events.ends[:, 0]).max(initial=0))
        if needed > kept.address.shape[1]:
            check_kept(2 * needed)
            self._grow(2 * needed)
        if events.valued and not kept.valued:  # also of a chunk in which nothing was sent
            self.kept = self.kept._replace(value=np.zeros(self.kept.address.shape, events.value.dtype))
        append_columns(self.kept, events, column)

    def window(self, steps: slice, delay: int) -> Events:
        """What arrives in `steps` after `delay`; a delay beyond `longest` brings what one of `longest` does, nothing in a run."""
        column = steps.start - min(delay, self.longest) - self.first
        return self.kept.part(column, column + steps.stop - steps.start)

    def keep(self, samples: NDArray[np.int64]) -> None:
        """Go on with these samples only."""
        address, ends, value, graded = self.kept
        self.kept = Events(address[samples], ends[samples], value[samples], graded)

    def _grow(self, places: int) -> None:
        address, value = self.kept.address, self.kept.value
        more = np.zeros((len(address), places), np.int32)
        more[:, : address.shape[1]] = address
        if self.kept.valued:
            wider = np.zeros(more.shape, value.dtype)
            wider[:, : value.shape[1]] = value
            value = wider
        self.kept = self.kept._replace(address=more, value=value)


def joined(parts: list[Events]) -> Events:
    """Events of one step each as those of all their steps."""
    whole = History(len(parts[0].address), 0, len(parts))
    for step, part in enumerate(parts):
        whole.append(part, step)
    return whole.kept
