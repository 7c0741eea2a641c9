"""Events of a chunk of samples, in the address order of the engines: sorted by address within a step, one for a neuron."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled

Array = NDArray[Any]
SLACK = 8
"""Places behind the last event that a collecting kernel may write to."""


class Events(NamedTuple):
    """What a population sends in some steps, of each sample.

    `address (samples, places)` int32, the engine's; those of step t are address[ends[t]:ends[t + 1]].
    `ends (samples, steps + 1)` int32.
    `value (samples, places)`: signed numbers of spikes, or what a graded neuron sends; int8 without columns where each event
    is one spike. `graded`: a value is sent once and held, it is no number of spikes.
    """

    address: Array
    ends: Array
    value: Array
    graded: bool = False

    @property
    def valued(self) -> bool:
        """Whether events have values."""
        return bool(self.value.shape[1])

    @property
    def steps(self) -> int:
        """Steps at hand."""
        return int(self.ends.shape[1] - 1)

    def part(self, first: int, stop: int) -> "Events":
        """The events of some of the steps."""
        return self._replace(ends=np.ascontiguousarray(self.ends[:, first : stop + 1]))


def no_values(samples: int) -> Array:
    """The `value` of events that are one spike each."""
    return np.zeros((samples, 0), np.int8)


def padded(size: int) -> int:
    """Places for `size` flags that are looked at eight at a time."""
    return (size + 7) // 8 * 8


@compiled
def collect_spikes(flags, size, address, ends):
    """Addresses of the flags that are set, step by step; eight flags at a look, without a branch for each."""
    place = np.uint64(0)
    ends[0] = 0
    for t in range(flags.shape[0]):
        fired = flags[t]
        fired[size:] = 0
        words = fired.view(np.uint64)
        for w in range(np.uint64(words.size)):
            if words[w] != 0:
                first = np.uint64(8) * w
                for k in range(np.uint64(8)):
                    address[place] = first + k
                    place += np.uint64(fired[first + k])
        ends[t + 1] = place


@compiled
def collect_values(flags, size, address, value, ends):
    """The same for flags that are signed numbers of spikes: `value` gets them."""
    place = 0
    ends[0] = 0
    for t in range(flags.shape[0]):
        sent = flags[t]
        sent[size:] = 0
        words = sent.view(np.uint64)
        for w in range(words.size):
            if words[w] != 0:
                for i in range(8 * w, 8 * w + 8):
                    if sent[i] != 0:
                        address[place], value[place] = i, sent[i]
                        place += 1
        ends[t + 1] = place


@compiled
def collect_flags(flags, size, events):
    """Events of flags `(samples, steps, padded neurons)`; with values where `events` has them."""
    for s in range(flags.shape[0]):
        if events.value.shape[1]:
            collect_values(flags[s], size, events.address[s], events.value[s], events.ends[s])
        else:
            collect_spikes(flags[s], size, events.address[s], events.ends[s])


def graded_events(dense: Array) -> Events:
    """Graded events of values `(samples, neurons)` in engine order: the places of what is not zero."""
    events = Events(np.zeros(dense.shape, np.int32), np.zeros((len(dense), 2), np.int32), np.zeros_like(dense), True)
    _collect_dense(np.ascontiguousarray(dense), events)
    return events


@compiled
def _collect_dense(dense, events):
    for s in range(dense.shape[0]):
        count = 0
        for i in range(dense.shape[1]):
            if dense[s, i] != 0:
                events.address[s, count], events.value[s, count] = i, dense[s, i]
                count += 1
        events.ends[s, 1] = count


@compiled
def place_values(events, dense):
    """Write graded events to `dense (samples, neurons)`."""
    for s in range(events.ends.shape[0]):
        for n in range(events.ends[s, 0], events.ends[s, 1]):
            dense[s, events.address[s, n]] = events.value[s, n]


@compiled
def write_events(events, raster, public, samples, start):
    """Write events of the steps from `start` on to `raster (steps, batch, neurons)`, at their public addresses."""
    for s in range(events.ends.shape[0]):
        for t in range(events.ends.shape[1] - 1):
            for n in range(events.ends[s, t], events.ends[s, t + 1]):
                sent = events.value[s, n] if events.value.shape[1] else 1
                raster[start + t, samples[s], public[events.address[s, n]]] = sent


@compiled
def add_magnitudes(events, total):
    """Add the sum of |value| of each sample to `total (samples,)`."""
    for s in range(events.ends.shape[0]):
        for n in range(events.ends[s, -1]):
            total[s] += abs(np.int64(events.value[s, n]))
