"""Fields: values of few channels that a convolution reads, laid out so that neighbouring target pixels are rows of a tile.

A field holds, for each row of target pixels and each column of the padded source, the values of all channels and kernel rows
side by side; what a target pixel sees is one stretch of it. Two channels and a kernel of 3 x 3, `a0` the first channel's row 0:

    row y of targets:     a0 a1 a2 b0 b1 b2 | a0 a1 a2 b0 b1 b2 | a0 a1 a2 b0 b1 b2 | ...          6 bytes a column
                          |------------- target 0 sees 18 bytes -------------------|
                                             |------------- target 1, 6 bytes on ...

So 16 target pixels times 64 bytes by 64 bytes times 16 channels is one product of tiles, all of one image.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import QUARTER
from spikewright.snn.kernels.fire_masks import fire_sample
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.levels import send_bytes
from spikewright.snn.kernels.simd_fields import multiply_field_of
from spikewright.snn.kernels.simd_tiles import TILE, configure, release

by_two, by_one = multiply_field_of(2), multiply_field_of(1)


class ValueFields(NamedTuple):
    """Where values go, and what target pixels see.

    The value of source i goes to the bytes place[first[i] : first[i + 1]] of a field of `size` bytes. `fanout (sources,)`: its
    targets. A block are `rows` neighbouring target pixels: what the first sees begins at at[b], what each next sees `stride`
    bytes on; their sums go to the neurons from to[b] on. Blocks may overlap. `weight`: tiles of 1,024 bytes, those of all
    `length` channels, a multiple of 16, of the first 64 bytes in view, then of the next.
    """

    first: NDArray[np.int32]
    place: NDArray[np.int32]
    fanout: NDArray[np.int64]
    at: NDArray[np.int32]
    to: NDArray[np.int32]
    weight: NDArray[np.int8]
    rows: int
    stride: int
    length: int
    size: int


class FieldWork(NamedTuple):
    """What the kernel works in: a `field`, and the `shape` of tiles."""

    field: NDArray[np.uint8]
    shape: NDArray[np.uint8]


@compiled
def deliver_fields(planes, events, fields, work, operations):
    """Set the one plane of each sample to what its values bring; `operations (samples,)` get the synaptic operations."""
    configure(work.shape)
    for s in range(np.uint64(events.address.shape[0])):
        operations[s] += _multiply(planes.sums[s, 0], events, s, fields, work)
    release()


@compiled
def fire_fields(events, fields, work, plane, firing, room, operations):
    """Fire in all steps of a run by what values bring to `plane (neurons,)`; see `snn.kernels.driven`."""
    configure(work.shape)
    for s in range(np.uint64(events.address.shape[0])):
        room.words[s] = 0
        operations[s] += _multiply(plane, events, s, fields, work)
        fire_sample(plane, np.uint64(0), firing, s, room)
    release()


@compiled
def fire_levels_of_fields(events, fields, work, plane, law, values, operations):
    """Send levels, `values (samples, neurons)`, by what values bring to the plane; see `snn.kernels.levels`."""
    configure(work.shape)
    for s in range(np.uint64(events.address.shape[0])):
        operations[s] += _multiply(plane, events, s, fields, work)
        send_bytes(plane, law, values[s])
    release()


@inlined
def _multiply(plane, events, s, fields, work):
    """Set a plane to what the values of sample s bring; the synaptic operations."""
    total = _fill(events, s, fields, work.field)
    field, weight, at, to, zero = work.field, fields.weight, fields.at, fields.to, np.uint64(0)
    rows, stride, length, two = np.uint64(fields.rows), np.uint64(fields.stride), np.uint64(fields.length), np.uint64(2)
    quarter, blocks = np.uint64(QUARTER), np.uint64(at.size)
    pitch = length // quarter * np.uint64(TILE)
    count = np.uint64(weight.size) // pitch
    for b in range(zero, blocks, two):
        other = min(b + np.uint64(1), blocks - np.uint64(1))
        seen, o = (np.uint64(at[b]), np.uint64(at[other])), zero
        while o < length:
            sums, first = (np.uint64(to[b]) + o, np.uint64(to[other]) + o), o // quarter * np.uint64(TILE)
            if o + two * quarter <= length:
                by_two(plane, sums, length, field, seen, stride, weight, first, pitch, count, rows)
            else:
                by_one(plane, sums, length, field, seen, stride, weight, first, pitch, count, rows)
            o += two * quarter
    return total


@inlined
def _fill(events, s, fields, field):
    """Write the values of sample s to the field; the synaptic operations, one for each target whatever the value."""
    address, value, total = events.address[s], events.value[s], np.int64(0)
    first, place, fanout = fields.first, fields.place, fields.fanout
    field[:] = 0
    for n in range(np.uint64(events.ends[s, 0]), np.uint64(events.ends[s, 1])):
        i, number = np.uint64(address[n]), np.uint8(value[n])
        for k in range(np.uint64(first[i]), np.uint64(first[i + np.uint64(1)])):
            field[np.uint64(place[k])] += number
        total += fanout[i]
    return total
