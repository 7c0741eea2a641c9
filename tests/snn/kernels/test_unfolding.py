"""Unfolding: the bytes of every source pixel in every column, and the operations that its spikes take."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.routes.digits import Digits
from spikewright.snn.event.routes.halves import halves_of
from spikewright.snn.event.routes.tiles import compile_tiles, tile_room
from spikewright.snn.event.routes.views import kept_bits
from spikewright.snn.kernels.unfolding import unfold_events, unfold_next
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_masks import masks_of
from tests.snn.kernels.test_trains import GRIDS, pooled, shared, sources_of

FEW = settings(max_examples=40)
CHANNELS = st.sampled_from([1, 3, 16, 17, 32, 33, 64, 70, 130])
DENSITIES = st.sampled_from([0.0, 0.03, 0.4, 1.0])
SAMPLES = 3


def alive_sources(channels, grid, pool, uneven=True):
    """Sources that all reach somebody, as their weights have it."""
    sources = sources_of(channels, 1, grid, pool, row_step=1)
    pixels = np.arange(grid[0] * grid[1])
    row, column = pixels // grid[1] // pool[0], pixels % grid[1] // pool[1]
    inside = (row < grid[0] // pool[0]) & (column < grid[1] // pool[1])
    slot = np.where(inside, row * (grid[1] // pool[1]) + column, -1)[:, None] * channels + np.arange(channels)
    slot = np.where(inside[:, None], slot, -1).reshape(-1).astype(np.int32)
    fanout = (
        np.random.default_rng(channels).integers(1, 1000, sources.fanout.size) if uneven else 0 * sources.fanout + 7
    )
    return sources._replace(slot=slot, fanout=fanout, kept=kept_bits(fanout, channels))


def tiles_of(sources, grid, pool, real=False):
    """Two target pixels that see the first and the last source pixel, through weights of a byte or `real` ones."""
    pixels = len(sources.windows)
    views = tuple(np.array(one, np.int32) for one in ([0, 1, 2], [0, pixels - 1], [0, 0]))
    shape = (sources.channels, grid[0] // pool[0], grid[1] // pool[1])
    ones: Any = Digits(np.ones(sources.channels * 6, np.int8), np.zeros(0, np.int32), 1)
    if real:
        ones = halves_of(np.ones(sources.channels * 6, np.float32))
    return compile_tiles(sources, views, shape, ones, 6)


def unfolded(tiles, work, columns):
    """Counts `(columns, slots)` in the squares, and whether each unit has any; of rows that are still there, others are -1."""
    channels, rows = tiles.sources.channels, work.unfolded.rows * work.unfolded.blocks
    found = np.full((columns, len(tiles.sources.windows), channels), -1)
    last = {int(at): row for row, at in enumerate(work.slab)}
    for row in last.values():
        for x in range(tiles.width):
            byte = x * tiles.pixel_bytes + np.arange(channels)
            at = int(work.slab[row]) + byte // 64 * 64 * rows + byte % 64
            found[:, row * tiles.width + x] = work.unfolded.sent[at + 64 * np.arange(columns)[:, None]]
    return found.reshape(columns, -1)


def fired_in(tiles, counts):
    """Whether units of counts `(columns, slots)` have any."""
    sent = counts.any(axis=0).reshape(-1, tiles.sources.channels)
    padded = np.pad(sent, ((0, 0), (0, tiles.units * -(-tiles.sources.channels // tiles.units) - sent.shape[1])))
    if tiles.units > 1:
        padded = np.pad(sent, ((0, 0), (0, tiles.pixel_bytes - sent.shape[1])))
    return padded.reshape(-1, padded.shape[1] // tiles.units).any(axis=1)


@FEW
@given(GRIDS, CHANNELS, DENSITIES, st.integers(1, 9), st.sampled_from([1, 20]), st.booleans(), st.integers(0, 2**20))
def test_events(grid, channels, density, steps, most, graded, seed):
    """Spikes, numbers of them and values, which take an operation for each target; nothing stays of an earlier sample."""
    random, sources = np.random.default_rng(seed), alive_sources(channels, *grid)
    tiles = tiles_of(sources, *grid)
    sent = (random.random((SAMPLES, steps, sources.slot.size)) < density) * random.integers(1, most + 1)
    work, operations = tile_room(tiles, steps, masked=False), np.zeros(SAMPLES, int)
    events = events_of(sent, np.int8 if most > 1 or graded else None, graded)
    for first, count in ((0, 1), (0, work.samples if work.samples < SAMPLES else SAMPLES), (2, 1)):
        operations[:] = 0
        unfold_events(events, shared(first, count, steps), tiles, work, operations, False)
        part = sent[first : first + count]
        columns = np.concatenate([pooled(one, sources) for one in part])
        np.testing.assert_array_equal(unfolded(tiles, work, len(columns)), columns)
        np.testing.assert_array_equal(work.fired.astype(bool), fired_in(tiles, columns))
        taken = np.array([pooled(one > 0 if graded else one, sources) for one in part])
        np.testing.assert_array_equal(operations[first : first + count], (taken * sources.fanout).sum(axis=(1, 2)))


@FEW
@given(GRIDS, CHANNELS, DENSITIES, st.sampled_from([1, 3, 8, 33, 64]), st.booleans(), st.integers(0, 2**20))
def test_masks(grid, channels, density, steps, uneven, seed):
    """Row after row in the order of target pixels; silent squares are not written, and marked so."""
    random, sources = np.random.default_rng(seed), alive_sources(channels, *grid, uneven)
    tiles = tiles_of(sources, *grid)._replace(held=10**6)
    sent = (random.random((SAMPLES, steps, sources.slot.size)) < density).astype(np.uint8)
    masks, work = masks_of(sent, channels).words, tile_room(tiles, steps, masked=True)
    for first in range(0, SAMPLES, work.samples):
        count, operations = min(work.samples, SAMPLES - first), np.zeros(SAMPLES, int)
        share, row, p, seen = shared(first, count, steps), np.uint64(0), np.uint64(0), []
        while p < 2 or row < work.slab.size:
            before = int(p)
            row, p = unfold_next(row, p, masks, share, tiles, work, operations)
            seen += [int(row)] * (int(p) - before)
            assert all(tiles.views.until[before : int(p)] <= row)
        columns = np.concatenate([pooled(one, sources) for one in sent[first : first + count]])
        fired = fired_in(tiles, columns)
        np.testing.assert_array_equal(work.fired.astype(bool), fired)
        found = unfolded(tiles, work, len(columns)).reshape(len(columns), -1, channels)
        written = fired.reshape(-1, tiles.units).repeat(tiles.pixel_bytes // tiles.units, axis=1)[:, :channels]
        written |= tiles.pixel_bytes < 64
        wanted = columns.reshape(found.shape)
        np.testing.assert_array_equal(np.where(written, found, 0), wanted)
        taken = np.array([pooled(one, sources) for one in sent[first : first + count]])
        np.testing.assert_array_equal(operations[first : first + count], (taken * sources.fanout).sum(axis=(1, 2)))


@pytest.mark.parametrize("steps", [63, 64])
def test_more_spikes_than_a_byte_counts(steps):
    """Four sources of a window in all of 64 steps are 256 spikes."""
    sources = alive_sources(64, (2, 2), (2, 2))
    tiles = tiles_of(sources, (2, 2), (2, 2))
    sent, work, operations = np.ones((1, steps, 256), np.uint8), tile_room(tiles, steps, masked=True), np.zeros(1, int)
    unfold_next(np.uint64(0), np.uint64(0), masks_of(sent, 64).words, shared(0, 1, steps), tiles, work, operations)
    assert operations[0] == 4 * steps * sources.fanout.sum()
    assert (unfolded(tiles, work, steps) == 4).all()


@FEW
@given(GRIDS, CHANNELS, st.integers(1, 9), st.booleans(), st.integers(0, 2**20))
def test_counts_of_two_bytes(grid, channels, steps, graded, seed):
    """All steps of a sample in two columns; sums of a window carry from one to the other."""
    random, sources = np.random.default_rng(seed), alive_sources(channels, *grid)
    tiles = tiles_of(sources, *grid)
    steps = 1 if graded else steps
    most = 65_535 // (len(sources.windows[0]) * steps)
    sent = (random.random((SAMPLES, steps, sources.slot.size)) < 0.5) * random.integers(1, most + 1)
    work, operations = tile_room(tiles, 2, masked=False), np.zeros(SAMPLES, int)
    unfold_events(events_of(sent, np.int32, graded), shared(0, SAMPLES, 2), tiles, work, operations, True)
    found = unfolded(tiles, work, 2 * SAMPLES).reshape(SAMPLES, 2, -1)
    counts = np.array([pooled(one, sources).sum(axis=0) for one in sent])
    np.testing.assert_array_equal(found[:, 0] + 256 * found[:, 1], counts)
    taken = np.array([pooled(one > 0 if graded else one, sources) for one in sent])
    np.testing.assert_array_equal(operations, (taken * sources.fanout).sum(axis=(1, 2)))


@FEW
@given(GRIDS, CHANNELS, DENSITIES, st.sampled_from([1, 3, 8, 33]), st.booleans(), st.integers(0, 2**20))
def test_bfloat16_numbers(grid, channels, density, steps, masked, seed):
    """Of every square that any source of it sent from, the same counts in two squares."""
    random, sources = np.random.default_rng(seed), alive_sources(channels, *grid)
    tiles = tiles_of(sources, *grid, real=True)._replace(held=10**6)
    sent = (random.random((SAMPLES, steps, sources.slot.size)) < density).astype(np.uint8)
    work, operations = tile_room(tiles, steps, masked=masked), np.zeros(SAMPLES, int)
    assert work.unfolded.tiled.size == 2 * work.unfolded.sent.size - 64
    share, row, p = shared(0, 1, steps), np.uint64(0), np.uint64(0)
    if masked:
        while p < 2 or row < work.slab.size:
            row, p = unfold_next(row, p, masks_of(sent, channels).words, share, tiles, work, operations)
    else:
        unfold_events(events_of(sent), share, tiles, work, operations, False)
    columns, height = work.unfolded.rows * work.unfolded.blocks, work.slab.size
    counts = work.unfolded.sent[:-64].reshape(height, -1, columns, 64)[:, :, :steps]
    bits = work.unfolded.tiled[:-64].view(np.uint16).reshape(height, -1, 2, columns, 32)[:, :, :, :steps]
    found = (bits.astype(np.uint32) << 16).view(np.float32).transpose(0, 1, 3, 2, 4).reshape(counts.shape)
    each = max(1, 64 // tiles.pixel_bytes)
    fired = work.fired.reshape(height, -1)
    fired = np.pad(fired, ((0, 0), (0, -fired.shape[1] % each))).reshape(height, -1, each).any(axis=2)
    np.testing.assert_array_equal(found[fired], counts[fired])
