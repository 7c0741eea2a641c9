"""Events of a chunk of samples, in the address order of the engines: sorted by address within a step, one for a neuron."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Events:
    """Engine addresses `index (samples, capacity)` and `ends (samples, steps + 1)`: step t has index[ends[t]:ends[t + 1]].

    `value`: like `index`; None where each event is one spike, else signed numbers of spikes, or what a graded neuron sends.
    `graded`: a value is sent once and held, it is no number of spikes.
    """

    index: Array
    ends: Array
    value: Array | None = None
    graded: bool = False

    @property
    def values(self) -> Array:
        """`value`, with no columns where each event is one spike: kernels take the same types then."""
        return np.zeros((len(self.index), 0), np.int8) if self.value is None else self.value

    @property
    def steps(self) -> int:
        """Steps at hand."""
        return int(self.ends.shape[1] - 1)

    def part(self, first: int, stop: int) -> "Events":
        """The events of some of the steps."""
        return Events(self.index, np.ascontiguousarray(self.ends[:, first : stop + 1]), self.value, self.graded)


def padded(size: int) -> int:
    """Places for `size` flags that are looked at eight at a time."""
    return (size + 7) // 8 * 8


@compiled
def collect_spikes(flags, size, index, ends):
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
                    index[place] = first + k
                    place += np.uint64(fired[first + k])
        ends[t + 1] = place


@compiled
def collect_values(flags, size, index, value, ends):
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
                        index[place], value[place] = i, sent[i]
                        place += 1
        ends[t + 1] = place


@compiled
def collect_flags(flags, size, index, value, ends):
    """Events of flags `(samples, steps, padded neurons)`; with values where `value` has columns."""
    for s in range(flags.shape[0]):
        if value.shape[1]:
            collect_values(flags[s], size, index[s], value[s], ends[s])
        else:
            collect_spikes(flags[s], size, index[s], ends[s])


def graded_events(dense: Array) -> Events:
    """Graded events of values `(samples, neurons)` in engine order: the places of what is not zero."""
    index = np.zeros(dense.shape, np.int32)
    ends = np.zeros((len(dense), 2), np.int32)
    value = np.zeros(dense.shape, dense.dtype)
    _collect_dense(np.ascontiguousarray(dense), index, ends, value)
    return Events(index, ends, value, True)


@compiled
def _collect_dense(dense, index, ends, value):
    for s in range(dense.shape[0]):
        count = 0
        for i in range(dense.shape[1]):
            if dense[s, i] != 0:
                index[s, count], value[s, count] = i, dense[s, i]
                count += 1
        ends[s, 1] = count
