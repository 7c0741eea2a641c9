"""Views: the source pixels that reach each target pixel, for the routes that walk target pixel by target pixel."""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import Grid
from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.routes.wanted import places_of
from spikewright.snn.event.taps import Ints, Taps


def slots_of(source: Grid, pool: tuple[int, int], pooled: Grid) -> NDArray[np.int32]:
    """For each source neuron its pixel * channels + channel after pooling, -1 where no window holds it."""
    channel, rows, columns, kept = places_of(source, pool)
    return as_int32(np.where(kept, (rows * pooled[2] + columns) * pooled[0] + channel, -1))


def views_of(taps: Taps, pooled: Grid) -> tuple[NDArray[np.int32], ...]:
    """The source pixels that reach each target pixel, and by which weight row: where those of each begin, pixels, rows."""
    pairs = _pairs(taps, pooled)
    order = np.argsort(pairs[:, 0], kind="stable")
    first_seen = np.searchsorted(pairs[order, 0], np.arange(taps.target[0] * taps.target[1] + 1))
    return as_int32(first_seen), as_int32(pairs[order, 1]), as_int32(pairs[order, 2])


def _pairs(taps: Taps, pooled: Grid) -> Ints:
    """(target pixel, source pixel, weight row of channel 0) wherever a source pixel reaches a target pixel."""
    pixels = np.arange(pooled[1] * pooled[2])
    rows, columns = pixels // pooled[2], pixels % pooled[2]
    base_row, base_column, phase = taps.place(rows, columns)
    first = taps.slabs(np.zeros_like(pixels), rows, columns) * len(taps.taps)
    found = []
    for number, tap in enumerate(taps.taps):
        row, column = base_row + tap.row, base_column + tap.column
        inside = (phase == tap.phase) & (row >= 0) & (row < taps.target[0])
        inside &= (column >= 0) & (column < taps.target[1])
        found.append(np.stack([row * taps.target[1] + column, pixels, first + number], axis=1)[inside])
    return np.concatenate(found)


def runs_of(views: tuple[NDArray[np.int32], ...], *, joined: bool) -> tuple[NDArray[np.int32], ...]:
    """The views of `views_of` by runs of neighbouring source pixels, or pixel by pixel unless they are `joined`.

    Returns where the runs of each target pixel begin, where the pixels of each run begin, pixels and rows; pixels ascend.
    """
    first_seen, seen, row = views
    target = np.repeat(np.arange(first_seen.size - 1), np.diff(first_seen))
    order = np.lexsort((seen, target))
    target, seen, row = target[order], seen[order], row[order]
    begins = np.ones(seen.size, bool)
    if joined:
        begins[1:] = (np.diff(seen) != 1) | (np.diff(target) != 0)
    run = np.flatnonzero(begins)
    first_run = np.searchsorted(target[run], np.arange(first_seen.size))
    return as_int32(first_run), as_int32(np.append(run, seen.size)), seen, row


def windows_of(slots: NDArray[np.int32], channels: int, pooled: Grid) -> NDArray[np.int32]:
    """The source pixels `(pixels, n)` in the window of each pooled pixel, in their order; `slots` as `slots_of` gives them."""
    of_pixel = slots.reshape(-1, channels)[:, 0] // channels
    inside = np.flatnonzero(slots.reshape(-1, channels)[:, 0] >= 0)
    order = inside[np.argsort(of_pixel[inside], kind="stable")]
    return as_int32(order.reshape(pooled[1] * pooled[2], -1))


def kept_bits(fanout: NDArray[np.int64], channels: int) -> NDArray[np.uint64]:
    """The slots that reach anybody, as bits of words of 64 channels `(pixels, words)`; `fanout (pixels * channels,)`."""
    reach = np.pad(fanout.reshape(-1, channels) > 0, ((0, 0), (0, -channels % 64)))
    return np.packbits(reach, axis=1, bitorder="little").view("<u8").astype(np.uint64)
