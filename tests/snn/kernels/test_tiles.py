"""Dot products by tiles: the sums that they are and the operations they take, into planes or straight into firing neurons."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.routes.digits import Digits
from spikewright.snn.event.routes.halves import halves_of
from spikewright.snn.event.routes.tiles import compile_tiles, tile_room
from spikewright.snn.kernels.dot_ways import REAL_TILES, TILES
from spikewright.snn.kernels.fire_masks import FiringCells, fire_planes
from spikewright.snn.kernels.tile_ends import Beside
from spikewright.snn.kernels.tiles import deliver_tiles, deliver_tiles_of_masks, fire_tiles, fire_tiles_of_masks
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_dots import LENGTHS, SEEDS, planes_of, sent_of
from tests.snn.kernels.test_fire_masks import SAMPLES, assert_fired, firing_of, room_of
from tests.snn.kernels.test_masks import masks_of
from tests.snn.kernels.test_simd_fire import laws
from tests.snn.kernels.test_trains import DENSITIES, GRIDS
from tests.snn.kernels.test_unfolding import alive_sources

pytestmark = pytest.mark.skipif(not TILES, reason="no tiles on this processor")
IF_REAL = pytest.mark.skipif(not REAL_TILES, reason="no tiles of bfloat16 numbers on this processor")
TAPS = 3
FEW = settings(max_examples=50)
CHANNELS = st.sampled_from([1, 5, 16, 24, 32, 64, 70, 130])
STEPS = st.sampled_from([1, 2, 4, 5, 8, 11, 16, 17, 31, 32, 33, 48, 64])


def plan_of(random, channels, grid, length, pixels=3, real=None):
    """Target pixels that see any source pixels through any taps, and the weights `(slots, targets)` that this comes to.

    `real`: rows of weights in float32 of the taps of that many channels.
    """
    sources = alive_sources(channels, *grid)._replace(row_step=TAPS)
    shape = channels, grid[0][0] // grid[1][0], grid[0][1] // grid[1][1]
    digits, factors = int(random.integers(1, 3)), bool(random.integers(0, 2))
    rows = random.integers(-128, 128, (digits, TAPS * channels, length)).astype(np.int8)
    rows *= random.random((TAPS * channels, 1)) < random.choice([0.0, 0.3, 1.0])
    unit = random.integers(1, 300, length) if factors else np.ones(length, int)
    weights = (256 ** np.arange(digits)[:, None, None] * rows).sum(axis=0) * unit
    held = Digits(rows.reshape(-1), unit.astype(np.int32) if factors or digits > 1 else np.zeros(0, np.int32), digits)
    if real is not None:
        weights, held = real.astype(float), halves_of(real.reshape(-1))
    views = [np.flatnonzero(random.random(len(sources.windows)) < random.choice([0, 0.6, 1])) for _ in range(pixels)]
    seen, taps = np.concatenate(views), random.integers(0, TAPS, sum(map(len, views)))
    whole = np.zeros((len(sources.windows), channels, pixels, length), weights.dtype)
    for p, q, tap in zip(np.repeat(range(pixels), [len(view) for view in views]), seen, taps, strict=True):
        whole[q, :, p] += weights[tap::TAPS]
    first = np.concatenate([[0], np.cumsum([len(view) for view in views])])
    parts = tuple(part.astype(np.int32) for part in (first, seen, taps))
    return compile_tiles(sources, parts, shape, held, length), whole.reshape(sources.fanout.size, -1)


def soiled(tiles, planes, masked):
    """Room with numbers of an earlier chunk wherever nothing is promised."""
    work = tile_room(tiles, planes, masked)
    for array in (work.unfolded.sent, work.fired, work.tile, work.listed.at, work.listed.by, work.totals):
        array[:] = 99
    return work


@FEW
@given(
    CHANNELS, GRIDS, LENGTHS, STEPS, DENSITIES, st.sampled_from(["held", "begin", "zero"]),
    st.sampled_from([np.int16, np.int32]), st.sampled_from(["events", "numbers", "masks"]), SEEDS,
)  # fmt: skip
def test_planes(channels, grid, length, steps, density, fresh, kind, form, seed):
    """Sums of 16 bits, which are exact modulo these, and of 32."""
    random = np.random.default_rng(seed)
    tiles, weights = plan_of(random, channels, grid, length)
    sent, arrived = sent_of(random, tiles.sources, steps, density, 20 if form == "numbers" else 1)
    planes, wanted = planes_of(random, kind, steps, weights.shape[1], fresh)
    work, operations = soiled(tiles, steps, form == "masks"), np.full(SAMPLES, 5)
    if form == "masks":
        deliver_tiles_of_masks(planes, masks_of(sent, channels).words, tiles, work, operations)
    else:
        deliver_tiles(planes, events_of(sent, np.int8 if form == "numbers" else None), tiles, work, operations)
    np.testing.assert_array_equal(planes.sums, (wanted + arrived @ weights).astype(kind))
    np.testing.assert_array_equal(operations, 5 + (arrived * tiles.sources.fanout).sum(axis=(1, 2)))


@FEW
@given(CHANNELS, GRIDS, LENGTHS, st.integers(1, 9), DENSITIES, SEEDS)
def test_one_plane(channels, grid, length, steps, density, seed):
    """Where all steps gather in it, and of values that are sent once, up to the largest byte; exact modulo 2**32."""
    random = np.random.default_rng(seed)
    tiles, weights = plan_of(random, channels, grid, length)
    sent, arrived = sent_of(random, tiles.sources, steps, density)
    planes, wanted = planes_of(random, np.int32, 1, weights.shape[1], "begin")
    values = sent.sum(axis=1, keepdims=True)
    if grid[1] == (1, 1) and values.max():
        values = values * (255 // values.max())
    once = np.array([np.bincount(tiles.sources.slot[tiles.sources.slot >= 0], one[0][tiles.sources.slot >= 0], weights.shape[0])
                     for one in values]).astype(int)  # fmt: skip
    for events, counts in ((events_of(sent), arrived.sum(axis=1)), (events_of(values, np.int32, True), once)):
        operations = np.zeros(SAMPLES, np.int64)
        deliver_tiles(planes, events, tiles, soiled(tiles, 1, False), operations)
        np.testing.assert_array_equal(planes.sums[:, 0], (wanted[:, 0] + counts @ weights).astype(np.int32))


@FEW
@given(
    CHANNELS, GRIDS, LENGTHS, STEPS, DENSITIES, st.sampled_from(["zero", "one plane", "planes"]), st.booleans(), st.booleans(),
    laws(st.sampled_from([0, 2])), SEEDS,
)  # fmt: skip
def test_firing_in_the_tile(channels, grid, length, steps, density, begins, masked, around, law, seed):
    """The same sums enter neurons at once, on top of planes or of nothing, and what a shortcut brings."""
    random = np.random.default_rng(seed)
    tiles, weights = plan_of(random, channels, grid, length)
    sent, arrived = sent_of(random, tiles.sources, steps, density)
    firing, room = firing_of(random, length, 3, np.int16, law), room_of(length, 3, steps)
    fired = (random.random((SAMPLES, steps, 3 * length)) < (0.3 if around else 0)).astype(np.uint8)
    gain = random.integers(-500, 500, -(-length // 64) * 64).astype(np.int32)
    beside = Beside(masks_of(fired, length).words[: SAMPLES * around], gain)
    planes, wanted = planes_of(random, np.int32, steps, weights.shape[1], "zero" if begins == "zero" else "begin")
    begin = planes.begin
    if begins == "planes":
        begin = wanted = random.integers(-99, 99, wanted.shape).astype(np.int32)
    wanted = wanted + fired * np.tile(gain[:length], 3)
    before, work, operations = firing.potential.copy(), soiled(tiles, steps, masked), np.zeros(SAMPLES, np.int64)
    if masked:
        fire_tiles_of_masks(begin, masks_of(sent, channels).words, tiles, work, beside, firing, room, operations)
    else:
        fire_tiles(begin, events_of(sent), tiles, work, beside, firing, room, operations)
    np.testing.assert_array_equal(firing.potential, assert_fired(firing, before, wanted + arrived @ weights, room))
    np.testing.assert_array_equal(operations, (arrived * tiles.sources.fanout).sum(axis=(1, 2)))


def test_a_ring_of_rows_serves_a_high_map():
    """A convolution over many rows holds only those that a target pixel sees."""
    random, (height, width, channels) = np.random.default_rng(0), (40, 3, 32)
    sources = alive_sources(channels, (height, width), (1, 1))._replace(row_step=9)
    pairs = [
        (y * width + x, (y + i - 1) * width + x + j - 1, 3 * i + j)
        for y in range(height) for x in range(width) for i in range(3) for j in range(3)
        if 0 <= y + i - 1 < height and 0 <= x + j - 1 < width
    ]  # fmt: skip
    target, seen, row = np.array(pairs).T
    first = np.searchsorted(target, np.arange(height * width + 1))
    weights = random.integers(-128, 128, (9 * channels, 20)).astype(np.int8)
    views = tuple(part.astype(np.int32) for part in (first, seen, row))
    held = Digits(weights.reshape(-1), np.zeros(0, np.int32), 1)
    tiles = compile_tiles(sources, views, (channels, height, width), held, 20)
    sent, _ = sent_of(random, sources, 32, 0.2)
    work, whole = soiled(tiles, 32, True), np.zeros((height * width, channels, height * width, 20))
    assert tiles.held == 3 and work.unfolded.sent.size * 13 < tile_room(tiles, 32, False).unfolded.sent.size
    for p, q, tap in pairs:
        whole[q, :, p] = weights[tap::9]
    planes, _ = planes_of(random, np.int32, 32, height * width * 20, "zero")
    deliver_tiles_of_masks(planes, masks_of(sent, channels).words, tiles, work, np.zeros(SAMPLES, np.int64))
    np.testing.assert_array_equal(planes.sums, sent.astype(np.float64) @ whole.reshape(sources.fanout.size, -1))


def test_threads_have_tiles_of_their_own():
    """Those that were made before tiles were used, too: sizes of tiles are not shared."""
    from concurrent.futures import ThreadPoolExecutor

    def one(seed):
        random = np.random.default_rng(seed)
        tiles, weights = plan_of(random, 32, ((4, 5), (1, 1)), 70)
        sent, arrived = sent_of(random, tiles.sources, steps := 4 + seed, 0.3)
        planes, _ = planes_of(random, np.int32, steps, weights.shape[1], "zero")
        for _ in range(20):
            deliver_tiles_of_masks(
                planes, masks_of(sent, 32).words, tiles, soiled(tiles, steps, True), np.zeros(SAMPLES, np.int64)
            )
            np.testing.assert_array_equal(planes.sums, arrived @ weights)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(12)))


def real_rows(random, channels, length, exact):
    """Weights of all taps, many of them zero: small multiples of a fraction, or any numbers."""
    rows = random.normal(0, 1, (TAPS * channels, length)) * 10.0 ** random.integers(-20, 20)
    if exact:
        rows = random.integers(-99, 99, rows.shape) / 64
    return (rows * (random.random((TAPS * channels, 1)) < random.choice([0.3, 1.0]))).astype(np.float32)


def added(tiles, counts):
    """The sums `(samples, columns, neurons)` of `counts (samples, columns, slots)`, one after the other as it is stated."""
    quarters, views, channels = -(-tiles.length // 16), tiles.views, tiles.sources.channels
    bits = tiles.weight.view(np.uint16).reshape(-1, quarters, 16, 16, 2).transpose(0, 2, 4, 1, 3)
    weight = (bits.astype(np.uint32) << 16).view(np.float32).reshape(len(bits), 32, 16 * quarters)[..., : tiles.length]
    maps = counts.reshape(*counts.shape[:2], -1, tiles.width, channels)
    maps = np.pad(maps, [(0, 0)] * 4 + [(0, tiles.pixel_bytes - channels)]).reshape(*maps.shape[:3], -1)
    maps = np.pad(maps, [(0, 0)] * 3 + [(0, -maps.shape[3] % 64)]).astype(np.float32)
    found = np.zeros((*counts.shape[:2], views.until.size, tiles.length), np.float32)
    for p in range(views.until.size):
        for row, square, _, _, number in views.tile[views.first[p] : views.first[p + 1]]:
            products = maps[:, :, row, 32 * square :][..., :32, None] * weight[number]
            turns = np.zeros((2, *products[:, :, 0].shape), np.float32)
            for i in range(0, 32, 2):
                turns += products[:, :, i], products[:, :, i + 1]
            found[:, :, p] += turns[0] + turns[1]
    return found.reshape(*counts.shape[:2], -1)


def real_cells(channels, pixels):
    """Neurons of a map that leak, with a threshold and a bias for all."""
    size, one = channels * pixels, np.float32
    law = tuple(map(one, (0, 0.75, 0, 0, 1)))
    return FiringCells(
        potential=np.zeros((SAMPLES, size), one), start=np.zeros(size, one), bias=np.full(size, 0.1, one),
        threshold=np.full(size, 1.5, one), apart=channels, alone=False, law=law, leaks=True, unit=one(1), clamps=False,
        channels=channels, idle=False,
    )  # fmt: skip


@IF_REAL
@FEW
@given(
    CHANNELS, GRIDS, LENGTHS, STEPS, DENSITIES, st.sampled_from(["held", "begin", "zero"]), st.booleans(),
    st.sampled_from(["events", "numbers", "masks"]), SEEDS,
)  # fmt: skip
def test_real_planes(channels, grid, length, steps, density, fresh, exact, form, seed):
    """To the last bit in the order that is stated, whatever lies beside a sample; exact where float32 holds all of it."""
    random = np.random.default_rng(seed)
    rows = real_rows(random, channels, length, exact)
    tiles, weights = plan_of(random, channels, grid, length, real=rows)
    sent, arrived = sent_of(random, tiles.sources, steps, density, 20 if form == "numbers" else 1)
    planes, wanted = planes_of(random, np.float32, steps, weights.shape[1], fresh)
    work, operations = soiled(tiles, steps, form == "masks"), np.full(SAMPLES, 5)
    if form == "masks":
        deliver_tiles_of_masks(planes, masks_of(sent, channels).words, tiles, work, operations)
    else:
        deliver_tiles(planes, events_of(sent, np.int8 if form == "numbers" else None), tiles, work, operations)
    stated = added(tiles, arrived)
    np.testing.assert_array_equal(planes.sums, wanted.astype(np.float32) + stated)
    if exact:
        np.testing.assert_array_equal(stated, (arrived @ weights).astype(np.float32))
    np.testing.assert_array_equal(operations, 5 + (arrived * tiles.sources.fanout).sum(axis=(1, 2)))


@IF_REAL
@FEW
@given(CHANNELS, GRIDS, LENGTHS, STEPS, DENSITIES, st.booleans(), st.booleans(), st.booleans(), SEEDS)
def test_real_neurons_fire_in_the_tile(channels, grid, length, steps, density, begins, masked, around, seed):
    """By the same sums, in the end what they begin with, then a shortcut."""
    random = np.random.default_rng(seed)
    tiles, _ = plan_of(random, channels, grid, length, real=real_rows(random, channels, length, exact=True))
    sent, arrived = sent_of(random, tiles.sources, steps, density)
    fired = (random.random((SAMPLES, steps, 3 * length)) < (0.3 if around else 0)).astype(np.uint8)
    gain = random.normal(0, 1, -(-length // 64) * 64).astype(np.float32)
    beside = Beside(masks_of(fired, length).words[: SAMPLES * around], gain)
    begin = random.normal(0, 1, (SAMPLES, steps if begins else 1, 3 * length)).astype(np.float32)
    sums = begin + added(tiles, arrived) + fired * np.tile(gain[:length], 3)
    work, operations = soiled(tiles, steps, masked), np.zeros(SAMPLES, np.int64)
    firing, room = real_cells(length, 3), room_of(length, 3, steps)
    if masked:
        fire_tiles_of_masks(begin, masks_of(sent, channels).words, tiles, work, beside, firing, room, operations)
    else:
        fire_tiles(begin, events_of(sent), tiles, work, beside, firing, room, operations)
    again, apart = real_cells(length, 3), room_of(length, 3, steps)
    fire_planes(sums.astype(np.float32), again, apart)
    np.testing.assert_array_equal(room.words, apart.words)
    np.testing.assert_array_equal(firing.potential, again.potential)
    np.testing.assert_array_equal(operations, (arrived * tiles.sources.fanout).sum(axis=(1, 2)))
