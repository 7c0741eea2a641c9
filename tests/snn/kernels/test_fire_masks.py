"""Firing into masks: the law of every neuron of a map, whatever the number of its channels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.fire_masks import FiringCells, MaskRoom, fire_planes
from tests.snn.kernels.test_masks import sent_in_masks
from tests.snn.kernels.test_simd_fire import laws, stepped

SAMPLES, BLOCK = 2, 64
CHANNELS = st.sampled_from([1, 6, 15, 16, 17, 32, 48, 63, 64, 70, 113, 127, 129])
LEAKS = st.sampled_from([0, 0, 1, 3])
FEW = settings(max_examples=40)
WAYS = st.booleans(), st.booleans()
KINDS = st.sampled_from([(np.int16, np.int16), (np.int16, np.int32), (np.int32, np.int32)])


def firing_of(random, channels, pixels, kind, law, idle=False, own=True, alone=False):
    """Neurons at any potentials of their width, with thresholds of which some are never reached.

    `own`: each with constants of its own, else each channel; `alone`: they begin at one of these.
    """
    size, top = channels * pixels, int(law[2])
    count = size if own else max(64, channels) if channels in (16, 32) else channels

    def constant(low, high, kind):
        found = random.integers(low, high, size if own else channels).astype(kind)
        return np.resize(found, count)

    potential = random.integers(-top - 1, top + 1, (SAMPLES, size)).astype(kind)
    return FiringCells(
        potential=np.zeros((1, BLOCK), kind) if alone else potential,
        start=constant(-top - 1, top + 1, kind),
        bias=constant(-9, 10, np.int32),
        threshold=constant(1, min(top, 300) + 2, np.int32),
        apart=channels if own else 0,
        alone=alone,
        law=law,
        leaks=bool(law[1]),
        unit=np.int32(1 << int(law[0])),
        clamps=True,
        channels=channels,
        idle=idle,
    )


def at_first(firing, size):
    """The potentials before, of each sample and neuron."""
    if not firing.alone:
        return firing.potential.copy()
    return np.resize(firing.start[: size if firing.apart else firing.channels], (SAMPLES, size))


def room_of(channels, pixels, steps):
    """Masks with bits of an earlier chunk."""
    words = np.full((SAMPLES, pixels, steps, -(-channels // BLOCK)), 2**64 - 1, np.uint64)
    return MaskRoom(words, words.reshape(SAMPLES, -1).view(np.uint16))


def assert_fired(firing, before, sums, room):
    """`sums (samples, steps, neurons)` entered, from the potentials `before`."""
    size = sums.shape[2]
    count = size if firing.apart else firing.channels
    bias, threshold = (np.resize(one[:count], size) for one in (firing.bias, firing.threshold))
    wanted, fired = stepped(before, sums.transpose(1, 0, 2), bias, threshold, firing.law)
    np.testing.assert_array_equal(sent_in_masks(room.words, firing.channels), fired.transpose(1, 0, 2))
    return wanted


@FEW
@given(CHANNELS, KINDS, laws(LEAKS), st.integers(1, 3), st.integers(4, 9), *WAYS, st.integers(0, 2**20))
def test_a_plane_for_each_step(channels, kinds, law, pixels, steps, own, alone, seed):
    random = np.random.default_rng(seed)
    firing = firing_of(random, channels, pixels, kinds[0], law, own=own, alone=alone)
    sums, room = random.integers(-60, 60, (SAMPLES, steps, channels * pixels)), room_of(channels, pixels, steps)
    before = at_first(firing, channels * pixels)
    fire_planes(sums.astype(kinds[1]), firing, room)
    wanted = assert_fired(firing, before, sums, room)
    if not alone:
        np.testing.assert_array_equal(firing.potential, wanted)


@FEW
@given(CHANNELS, KINDS, laws(LEAKS), st.booleans(), st.integers(1, 9), st.integers(4, 9), *WAYS, st.integers(0, 2**20))
def test_one_plane_for_all(channels, kinds, law, idle, pixels, steps, own, alone, seed):
    """Blocks in which nobody can ever fire may be left alone; all others end at the potentials of the law."""
    random, idle = np.random.default_rng(seed), idle and not law[1]
    firing = firing_of(random, channels, pixels, kinds[0], law, idle, own, alone)
    room = room_of(channels, pixels, steps)
    sums = random.integers(-60, random.choice([-20, 60]), (SAMPLES, 1, channels * pixels))
    before = at_first(firing, channels * pixels)
    fire_planes(sums.astype(kinds[1]), firing, room)
    wanted = assert_fired(firing, before, np.repeat(sums, steps, axis=1), room)
    if alone:
        return
    left = (firing.potential != wanted) & idle
    np.testing.assert_array_equal(firing.potential[~left], wanted[~left])
    np.testing.assert_array_equal(firing.potential[left], before[left])
    count = channels * pixels if own else channels
    bias, threshold = (np.resize(one[:count], channels * pixels) for one in (firing.bias, firing.threshold))
    assert ((sums[:, 0] << int(law[0])) + bias)[left].max(initial=0) <= 0
    assert (before < threshold)[left].all()


@FEW
@given(CHANNELS, KINDS, st.booleans(), st.integers(1, 9), st.integers(4, 9), *WAYS, st.integers(0, 2**20))
def test_without_a_look_at_the_width(channels, kinds, one_plane, pixels, steps, own, alone, seed):
    """Potentials that stay within it are the same."""
    random, law = np.random.default_rng(seed), tuple(map(np.int32, (2, 0, 2**14 - 1, -(2**14), -1)))
    firing = firing_of(random, channels, pixels, kinds[0], (*law[:2], np.int32(999), *law[3:]), False, own, alone)
    firing = firing._replace(clamps=False, law=law, start=np.maximum(firing.start, -999).astype(kinds[0]))
    firing.potential[:] = np.maximum(firing.potential, -999)
    sums, room = (
        random.integers(-60, 60, (SAMPLES, 1 if one_plane else steps, channels * pixels)),
        room_of(channels, pixels, steps),
    )
    before = at_first(firing, channels * pixels)
    fire_planes(sums.astype(kinds[1]), firing, room)
    wanted = assert_fired(firing, before, np.repeat(sums, steps, axis=1) if one_plane else sums, room)
    if not alone:
        np.testing.assert_array_equal(firing.potential, wanted)


@FEW
@given(CHANNELS, KINDS, laws(st.just(0)), st.integers(4, 64), st.integers(0, 2**20))
def test_at_the_bounds_of_what_is_calm(channels, kinds, law, steps, seed):
    """Potentials and drives that reach the ends of the width within the steps or just do not, and thresholds below zero."""
    random, top = np.random.default_rng(seed), int(law[2])
    law = (np.int32(0), *law[1:])
    firing, room = firing_of(random, channels, 2, kinds[0], law), room_of(channels, 2, steps)
    near = random.integers(-1, 2, (SAMPLES, 2, channels)) * random.choice(
        [0, 1, top // 2, top // steps], (SAMPLES, 2, 1)
    )
    sums = (near + random.integers(-1, 2, near.shape)).reshape(SAMPLES, 1, -1)
    firing.potential[:] //= random.choice([1, 2, 99], (SAMPLES, 1)).astype(kinds[0])
    firing.bias[:] = random.integers(-1, 2, firing.bias.size)
    firing.threshold[:] = random.integers(random.choice([-2, 1]), min(top, 300) + 2, firing.threshold.size)
    before = firing.potential.copy()
    fire_planes(sums.astype(kinds[1]), firing, room)
    np.testing.assert_array_equal(firing.potential, assert_fired(firing, before, np.repeat(sums, steps, axis=1), room))
