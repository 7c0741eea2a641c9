"""Values that are sent once and the neurons that they drive, sample by sample: the plane of sums stays near the processor."""

import numpy as np

from spikewright.snn.kernels.channel_levels import send_levels
from spikewright.snn.kernels.fire_masks import fire_sample
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.rows import add_values


@compiled
def fire_values(events, rows, plane, firing, room, operations):
    """Fire in all steps of a run by what graded events bring to `plane (neurons,)`, whatever it holds.

    `firing`, `room`: see `snn.kernels.fire_masks`, neurons alone; `operations (samples,)` get the synaptic operations.
    """
    for s in range(np.uint64(events.address.shape[0])):
        plane[:] = 0
        room.words[s] = 0
        operations[s] += add_values(plane, events, s, 0, rows)
        fire_sample(plane, np.uint64(0), firing, s, room)


@compiled
def fire_levels_of_values(events, rows, plane, bias, law, answer, operations):
    """Send levels, see `snn.kernels.channel_levels`, by what graded events bring to the plane."""
    for s in range(np.uint64(events.address.shape[0])):
        plane[:] = 0
        operations[s] += add_values(plane, events, s, 0, rows)
        send_levels(plane, bias, law, answer, s)
