"""Dot products: the sums that they are and the operations they take, into planes or straight into firing neurons."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.routes.digits import turned_twice
from spikewright.snn.event.routes.views import runs_of
from spikewright.snn.kernels.dot_products import FOURS, DotWork
from spikewright.snn.kernels.dots import Dots, deliver_dots, deliver_dots_of_masks, fire_dots, fire_dots_of_masks
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.simd_dots import row_order
from spikewright.snn.kernels.tile_ends import Beside
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_fire_masks import SAMPLES, assert_fired, firing_of, room_of
from tests.snn.kernels.test_masks import masks_of
from tests.snn.kernels.test_simd_fire import laws
from tests.snn.kernels.test_trains import DENSITIES, GRIDS, pooled, sources_of, trains_for

BLOCK, TAPS = 64, 3
FEW = settings(max_examples=40)
STEPS = st.sampled_from([1, 2, 4, 5, 8, 11, 33, 64])
SHARED = st.sampled_from([1, 1, 2, 5])
DIGITS = st.sampled_from([0, 0, 1, 2])
SHAPES = st.sampled_from([(5, 1), (70, 1), (6, 2), (66, 22), (130, 2)])
LENGTHS = st.one_of(st.integers(1, 200), st.sampled_from([16, 17, 32, 48, 64, 65, 128]))
SEEDS = st.integers(0, 2**20)


def plan_of(random, shape, grid, length, floats=False, pixels=2, digits=1):
    """Target pixels that see any source pixels through any taps, and the weights `(slots, targets)` that this comes to.

    `digits`: bytes of a weight times the unit of its target channel; 0: one byte, all units are one.
    """
    channels, groups = shape
    sources = sources_of(channels, groups, *grid, members=1 if floats else 4)
    weights = random.integers(-128, 128, (max(1, digits), TAPS * channels, length))
    pruned = random.random() < 0.5
    if pruned:  # most rows, or halves of them
        weights *= np.repeat(random.random((TAPS * channels, -(-length // 20))) < 0.3, 20, axis=1)[:, :length]
    unit = random.integers(1, 2**12, groups * length if digits else 0).astype(np.int32)
    acting = weights[0] + 256 * weights[1] if digits > 1 else weights[0]
    views = [np.flatnonzero(random.random(len(sources.windows)) < random.choice([0, 0.6, 1])) for _ in range(pixels)]
    seen, taps = np.concatenate(views), random.integers(0, TAPS, sum(map(len, views)))
    whole = np.zeros((len(sources.windows), channels, pixels, groups, length), np.int64)
    for p, q, tap in zip(np.repeat(range(pixels), [len(view) for view in views]), seen, taps, strict=True):
        for c in range(channels):
            whole[q, c, p, c // sources.each] += acting[tap + c * TAPS]
    whole *= unit.reshape(groups, length) if digits else 1
    rows = np.concatenate(weights)
    packed = padded_rows(rows) if floats else packed_rows(rows)
    first = np.concatenate([[0], np.cumsum([len(view) for view in views])])
    parts = runs_of(tuple(part.astype(np.int32) for part in (first, seen, taps)), joined=groups == 1)
    if digits > 1:
        parts = turned_twice(*parts, TAPS * channels)
    sources = sources._replace(row_step=TAPS * packed.shape[1])
    alive = alive_in(packed) if pruned else np.zeros(0, np.uint8)
    dots = Dots(
        sources, *parts, packed.reshape(-1), alive, length, packed.shape[1], groups, unit, max(1, digits)
    )  # fmt: skip
    return dots, whole.reshape(sources.fanout.size, -1)


def packed_rows(weights):
    """Bytes of each row, 64 after 64 and the last 16, 32 or 64, zeros behind them, as they are interleaved."""
    blocks = []
    for first in range(0, weights.shape[1], BLOCK):
        part = weights[:, first : first + BLOCK]
        width = min(one for one in (16, 32, 64) if one >= part.shape[1])
        padded = np.pad(part, ((0, 0), (0, width - part.shape[1])))
        blocks.append(padded[:, row_order(width)])
    return np.ascontiguousarray(np.concatenate(blocks, axis=1)).astype(np.int8)


def padded_rows(weights):
    """Float32 as they come, and zeros up to a whole number of vectors."""
    return np.pad(weights, ((0, 0), (0, -weights.shape[1] % 16))).astype(np.float32)


def alive_in(rows):
    """For each sixteen weights of packed rows whether the 64 that begin there have any; only where a block begins it counts."""
    found = np.full((len(rows), rows.shape[1] // 16), 9, np.uint8)
    for first in range(0, rows.shape[1], BLOCK):
        found[:, first // 16] = rows[:, first : first + BLOCK].any(axis=1)
    return found.reshape(-1)


def work_for(dots, planes, samples=1):
    trains, floats = trains_for(dots.sources, planes, samples), dots.weight.dtype.kind == "f"
    tile = np.full(trains.length * BLOCK, 99, np.float32 if floats else np.int32)
    placed = np.zeros(FOURS, np.uint64) if floats else np.zeros(FOURS * 4 * BLOCK, np.int8)
    return DotWork(trains, tile, placed, np.zeros(FOURS, np.uint64))


def sent_of(random, sources, steps, density, most=1):
    """What every source neuron sends in each step, and the same of each slot."""
    sent = (random.random((SAMPLES, steps, sources.slot.size)) < density) * random.integers(1, most + 1)
    return sent.astype(np.uint8), np.array([pooled(one, sources) for one in sent])


def planes_of(random, kind, steps, size, fresh):
    """Planes that hold something or are begun anew, from a plane or from zero; and what they are to begin with."""
    sums = random.integers(-99, 99, (SAMPLES, steps, size)).astype(kind)
    begin = random.integers(-99, 99, (SAMPLES, 1, size if fresh == "begin" else 0)).astype(kind)
    wanted = {"held": sums.astype(np.int64), "begin": np.repeat(begin, steps, axis=1), "zero": np.zeros_like(sums)}
    return Planes(sums, begin, fresh != "held"), wanted[fresh]


@FEW
@given(
    SHAPES, GRIDS, LENGTHS, STEPS, DENSITIES, st.sampled_from(["held", "begin", "zero"]),
    st.sampled_from([np.int16, np.int32, np.float32]), st.sampled_from(["events", "numbers", "masks"]), SHARED, DIGITS,
    SEEDS,
)  # fmt: skip
def test_planes(shape, grid, length, steps, density, fresh, kind, form, samples, digits, seed):
    """Sums of 16 bits, which are exact modulo these, of 32, and of whole numbers in float32."""
    random = np.random.default_rng(seed)
    floats = kind is np.float32
    dots, weights = plan_of(random, shape, grid, length, floats, digits=0 if floats else digits)
    sent, arrived = sent_of(random, dots.sources, steps, density, 20 if form == "numbers" else 1)
    planes, wanted = planes_of(random, kind, steps, weights.shape[1], fresh)
    work, operations = work_for(dots, steps, samples), np.full(SAMPLES, 5)
    if form == "masks":
        deliver_dots_of_masks(planes, masks_of(sent, shape[0]).words, dots, work, operations)
    else:
        deliver_dots(planes, events_of(sent, np.int8 if form == "numbers" else None), dots, work, operations)
    np.testing.assert_array_equal(planes.sums, (wanted + arrived @ weights).astype(kind))
    np.testing.assert_array_equal(operations, 5 + (arrived * dots.sources.fanout).sum(axis=(1, 2)))


@FEW
@given(
    SHAPES, GRIDS, LENGTHS, st.integers(1, 9), DENSITIES, st.sampled_from([np.int16, np.int32]), SHARED, DIGITS, SEEDS
)
def test_one_plane(shape, grid, length, steps, density, kind, samples, digits, seed):
    """Where all steps gather in it, and of values that are sent once."""
    random = np.random.default_rng(seed)
    dots, weights = plan_of(random, shape, grid, length, digits=digits)
    sent, arrived = sent_of(random, dots.sources, steps, density)
    planes, wanted = planes_of(random, kind, 1, weights.shape[1], "begin")
    for events, once in ((events_of(sent), False), (events_of(sent.sum(axis=1, keepdims=True), np.int32, True), True)):
        operations = np.zeros(SAMPLES, np.int64)
        deliver_dots(planes, events, dots, work_for(dots, 1, samples), operations)
        np.testing.assert_array_equal(planes.sums[:, 0], (wanted[:, 0] + arrived.sum(axis=1) @ weights).astype(kind))
        if not once:
            np.testing.assert_array_equal(operations, (arrived * dots.sources.fanout).sum(axis=(1, 2)))


@FEW
@given(
    st.sampled_from([5, 70, 130]), GRIDS, LENGTHS, STEPS, DENSITIES, st.sampled_from(["zero", "one plane", "planes"]),
    st.booleans(), st.booleans(), laws(st.sampled_from([0, 2])), SHARED, DIGITS, SEEDS,
)  # fmt: skip
def test_firing_in_the_tile(
    channels, grid, length, steps, density, begins, masked, around, law, samples, digits, seed
):  # fmt: skip
    """The same sums enter neurons at once, on top of planes or of nothing, and what a shortcut brings."""
    random = np.random.default_rng(seed)
    dots, weights = plan_of(random, (channels, 1), grid, length, digits=digits)
    sent, arrived = sent_of(random, dots.sources, steps, density)
    firing, room = firing_of(random, length, 2, np.int16, law), room_of(length, 2, steps)
    fired = (random.random((SAMPLES, steps, 2 * length)) < (0.3 if around else 0)).astype(np.uint8)
    gain = random.integers(-500, 500, -(-length // BLOCK) * BLOCK).astype(np.int32)
    around = Beside(masks_of(fired, length).words[: SAMPLES * around], gain)
    planes, wanted = planes_of(random, np.int32, steps, weights.shape[1], "zero" if begins == "zero" else "begin")
    begin = planes.begin
    if begins == "planes":
        begin = wanted = random.integers(-99, 99, wanted.shape).astype(np.int32)
    wanted = wanted + fired * np.tile(gain[:length], 2)
    before, work, operations = firing.potential.copy(), work_for(dots, steps, samples), np.zeros(SAMPLES, np.int64)
    if masked:
        fire_dots_of_masks(begin, masks_of(sent, channels).words, dots, work, around, firing, room, operations)
    else:
        fire_dots(begin, events_of(sent), dots, work, around, firing, room, operations)
    np.testing.assert_array_equal(firing.potential, assert_fired(firing, before, wanted + arrived @ weights, room))
    np.testing.assert_array_equal(operations, (arrived * dots.sources.fanout).sum(axis=(1, 2)))


def test_nothing_sent_and_nothing_seen():
    """Silent sources leave planes at their beginning, and so do views of no pixel."""
    random = np.random.default_rng(0)
    dots, _ = plan_of(random, (70, 1), ((2, 3), (1, 1)), 70)
    none = np.zeros(3, np.int32)
    blind = dots._replace(first_run=none, run=none[:1], seen=none[:0], row=none[:0])
    for plan, fired in ((dots, 0), (blind, 1)):
        planes, wanted = planes_of(random, np.int32, 9, 140, "begin")
        sent = np.full((SAMPLES, 9, 420), fired, np.uint8)
        deliver_dots_of_masks(planes, masks_of(sent, 70).words, plan, work_for(plan, 9), np.zeros(SAMPLES, np.int64))
        np.testing.assert_array_equal(planes.sums, wanted)
