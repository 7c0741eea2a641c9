"""Counts of two bytes: the sums that they are and the operations they take, in a plane that all steps share."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.wide_dots import WideWork, deliver_wide
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_dots import DIGITS, LENGTHS, SEEDS, SHAPES, plan_of, planes_of, sent_of, work_for
from tests.snn.kernels.test_fire_masks import SAMPLES
from tests.snn.kernels.test_trains import DENSITIES, GRIDS

FEW = settings(max_examples=40)


@FEW
@given(
    SHAPES, GRIDS, LENGTHS, DENSITIES, st.sampled_from(["held", "begin", "zero"]), st.sampled_from([np.int16, np.int32]),
    st.sampled_from([1, 2, 8]), DIGITS, st.sampled_from([1, 200, 255, 9_000]), SEEDS,
)  # fmt: skip
def test_values(shape, grid, length, density, fresh, kind, samples, digits, largest, seed):
    """Sent once, windows of them up to two bytes; sums of 16 bits are exact modulo these."""
    random = np.random.default_rng(seed)
    dots, weights = plan_of(random, shape, grid, length, digits=digits)
    largest = min(largest, (2**16 - 1) // dots.sources.windows.shape[1])
    sent = (random.random((SAMPLES, 1, dots.sources.slot.size)) < density) * random.integers(0, largest + 1)
    arrived = arriving(sent, dots)
    planes, wanted = planes_of(random, kind, 1, weights.shape[1], fresh)
    work, operations = wide_work(dots, samples), np.full(SAMPLES, 5)
    deliver_wide(planes, events_of(sent, np.int32, True), dots, work, operations)
    np.testing.assert_array_equal(planes.sums[:, 0], (wanted[:, 0] + arrived.sum(axis=1) @ weights).astype(kind))
    spent = (arriving(sent > 0, dots) * dots.sources.fanout).sum(axis=(1, 2))
    np.testing.assert_array_equal(operations, 5 + spent)
    trains = work.low.trains
    assert not (work.counts.any() or trains.counts.any() or trains.mark.any() or trains.fired.any())


@FEW
@given(SHAPES, GRIDS, LENGTHS, st.sampled_from([1, 90, 300]), st.booleans(), SEEDS)
def test_spikes_of_many_steps(shape, grid, length, steps, numbered, seed):
    """More of a window than a byte counts; a number of spikes takes as many operations."""
    random = np.random.default_rng(seed)
    dots, weights = plan_of(random, shape, grid, length)
    sent, arrived = sent_of(random, dots.sources, steps, 0.9, 8 if numbered else 1)
    planes, wanted = planes_of(random, np.int32, 1, weights.shape[1], "held")
    operations = np.zeros(SAMPLES, np.int64)
    events = events_of(sent, np.int8 if numbered else None)
    deliver_wide(planes, events, dots, wide_work(dots, 4), operations)
    np.testing.assert_array_equal(planes.sums[:, 0], (wanted[:, 0] + arrived.sum(axis=1) @ weights).astype(np.int32))
    np.testing.assert_array_equal(operations, (arrived * dots.sources.fanout).sum(axis=(1, 2)))


def wide_work(dots, samples):
    """Room for so many samples side by side."""
    low, high = (work_for(dots, 1, samples) for _ in range(2))
    counts = np.zeros(dots.sources.fanout.size * low.trains.length, np.uint16)
    return WideWork(low, low._replace(trains=high.trains), counts)


def arriving(sent, dots):
    """Numbers of the neurons as those of the slots `(samples, steps, slots)`."""
    found = np.zeros((*sent.shape[:2], dots.sources.fanout.size), np.int64)
    kept = dots.sources.slot >= 0
    np.add.at(found, (slice(None), slice(None), dots.sources.slot[kept]), sent[:, :, kept])
    return found
