"""Sixteen neurons and more through all steps in registers, against a step of the law in numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_fire import LANES, fire_of

part_that_leaks, two_that_keep, two_that_stay = fire_of(0, True), fire_of(2), fire_of(2, clamps=False)
calm_part, calm_two, calm_pixels = fire_of(0, calm=True), fire_of(2, calm=True), fire_of(4, calm=True, pixels=2)
STEPS, FIRST, BESIDE = 5, 3, 4
FEW = settings(max_examples=25)
KINDS = pytest.mark.parametrize("kinds", [(np.int16, np.int16), (np.int32, np.int32)], ids=["16", "32"])


@compiled
def part(cells, biases, thresholds, sums, stride, masks, law, count):
    word = np.uint64
    part_that_leaks(
        cells, word(FIRST), cells, word(FIRST), biases, thresholds, word(FIRST), sums, word(2), word(stride), masks, word(1),
        word(3), word(STEPS), law, word(count), False,
    )  # fmt: skip


@compiled
def two(cells, biases, thresholds, sums, stride, masks, law, count):
    word = np.uint64
    two_that_keep(
        cells, word(FIRST), cells, word(FIRST), biases, thresholds, word(FIRST), sums, word(2), word(stride), masks, word(1),
        word(3), word(STEPS), law, word(count), False,
    )  # fmt: skip


@compiled
def staying(cells, biases, thresholds, sums, stride, masks, law, count):
    word = np.uint64
    two_that_stay(
        cells, word(FIRST), cells, word(FIRST), biases, thresholds, word(FIRST), sums, word(2), word(stride), masks, word(1),
        word(3), word(STEPS), law, word(count), False,
    )  # fmt: skip


@compiled
def part_in_calm(cells, biases, thresholds, sums, stride, masks, law, count):
    word = np.uint64
    calm_part(
        cells, word(FIRST), cells, word(FIRST), biases, thresholds, word(FIRST), sums, word(2), word(stride), masks, word(1),
        word(3), word(STEPS), law, word(count), False,
    )  # fmt: skip


@compiled
def two_in_calm(cells, biases, thresholds, sums, stride, masks, law, count):
    word = np.uint64
    calm_two(
        cells, word(FIRST), cells, word(FIRST), biases, thresholds, word(FIRST), sums, word(2), word(stride), masks, word(1),
        word(3), word(STEPS), law, word(count), False,
    )  # fmt: skip


@compiled
def pixels_in_calm(start, cells, biases, thresholds, sums, masks, law, idle):
    word = np.uint64
    calm_pixels(
        start, word(1), cells, word(FIRST), biases, thresholds, word(2), sums, word(2), word(0), masks, word(1), word(3),
        word(STEPS), law, word(0), idle,
    )  # fmt: skip


def stepped(V, sums, bias, threshold, law):
    """Potentials after all steps, and who fired in each: U = sat(V - (V >> leak) + (S << shift) + b)."""
    shift, leak, top, bottom, rests = (int(number) for number in law)
    fired, V = [], V.astype(np.int64)
    for S in sums.astype(np.int64):
        U = np.clip(V - (V >> leak if leak else 0) + (S << shift) + bias, bottom, top)
        fired.append(U >= threshold)
        V = np.where(fired[-1], U - threshold if rests else 0, U)
    return V, np.array(fired)


@st.composite
def laws(draw, leaks):
    """(shift, leak, top, bottom, what rests): widths that saturate often, and ones that do not."""
    top = 2 ** draw(st.sampled_from([5, 6, 15])) - 1
    return tuple(map(np.int32, (draw(st.integers(0, 3)), draw(leaks), top, -top - 1, draw(st.sampled_from([-1, 0])))))


def given_for(seed, count, kinds, top):
    """`count` neurons that end where the arrays end: potentials, biases, thresholds, and planes of sums."""
    random, size = np.random.default_rng(seed), FIRST + count
    cells = random.integers(-top - 1, top + 1, size).astype(kinds[0])
    biases, thresholds = random.integers(-9, 10, size), random.integers(1, min(top, 300) + 2, size)
    sums = random.choice([-1, 1], (STEPS, count + BESIDE)) * random.integers(0, 60, (STEPS, count + BESIDE))
    flat = np.concatenate([[99, 99], sums.reshape(-1)[: sums.size - BESIDE]])
    return cells, biases.astype(np.int32), thresholds.astype(np.int32), sums[:, :count], flat.astype(kinds[1])


def assert_law(run, seed, count, kinds, law):
    cells, biases, thresholds, sums, flat = given_for(seed, count, kinds, int(law[2]))
    masks, seen = np.full(1 + 3 * STEPS, 2**16 - 1, np.uint16), slice(FIRST, FIRST + count)
    wanted, fired = stepped(cells[seen], sums, biases[seen], thresholds[seen], law)
    before = cells[:FIRST].copy()
    run(cells, biases, thresholds, flat, count + BESIDE, masks, law, count)
    np.testing.assert_array_equal(cells[seen], wanted)
    np.testing.assert_array_equal(cells[:FIRST], before)
    words = -(-count // LANES)
    bits = np.unpackbits(masks[1:].reshape(STEPS, 3)[:, :words].copy().view(np.uint8), axis=1, bitorder="little")
    np.testing.assert_array_equal(bits[:, :count], fired)
    assert not bits[:, count:].any() and masks[0] == 2**16 - 1
    assert (masks[1:].reshape(STEPS, 3)[:, words:] == 2**16 - 1).all()


@KINDS
@FEW
@given(data=st.data())
def test_part_of_a_vector_that_leaks(kinds, data):
    count, law = data.draw(st.integers(1, LANES - 1)), data.draw(laws(st.integers(1, 4)))
    assert_law(part, data.draw(st.integers(0, 2**20)), count, kinds, law)


@KINDS
@FEW
@given(data=st.data())
def test_two_vectors_that_keep(kinds, data):
    law = data.draw(laws(st.just(0)))
    assert_law(two, data.draw(st.integers(0, 2**20)), 2 * LANES, kinds, law)


@FEW
@given(st.integers(1, LANES - 1), st.booleans(), st.sampled_from([0, 1]), st.integers(0, 2**20))
def test_float32_is_rounded_as_the_law_says(count, leaks, rests, seed):
    """U = decay V + (S + b), in any float32; no threshold is below what no neuron is there to reach."""
    random, size = np.random.default_rng(seed), FIRST + (count if leaks else 2 * LANES)
    cells, biases, sums = (random.normal(size=n).astype(np.float32) for n in (size, size, 2 + STEPS * size))
    thresholds, masks = random.uniform(0.1, 2, size).astype(np.float32), np.zeros(1 + 3 * STEPS, np.uint16)
    law, V = tuple(map(np.float32, (0, 0.7, 0, 0, rests))), cells[FIRST:].copy()
    (part if leaks else two)(cells, biases, thresholds, sums, size, masks, law, count)
    bits = np.unpackbits(masks[1:].reshape(STEPS, 3).copy().view(np.uint8), axis=1, bitorder="little")
    for t in range(STEPS):
        S = sums[2 + t * size :][: V.size]
        U = (np.float32(0.7) * V if leaks else V) + (S + biases[FIRST:])
        fires = U >= thresholds[FIRST:]
        V = np.where(fires, U - thresholds[FIRST:] if rests else np.float32(0), U)
        np.testing.assert_array_equal(bits[t, : V.size], fires)
        assert not bits[t, V.size :].any()
    np.testing.assert_array_equal(cells[FIRST:], V)


def test_saturation_at_top_and_bottom():
    """Potentials stay inside their width, however much arrives; at the top a threshold is reached, or none that is above."""
    law = tuple(map(np.int32, (3, 0, 2**15 - 1, -(2**15), -1)))
    cells = np.repeat(np.array([2**15 - 1, -(2**15)], np.int16), LANES)
    biases, masks = np.zeros(FIRST + 32, np.int32), np.zeros(1 + 3 * STEPS, np.uint16)
    thresholds = np.full(FIRST + 32, 2**15, np.int32)
    sums = np.tile(np.repeat(np.array([2**15 - 1, -(2**15)], np.int16), LANES), STEPS)
    all_cells = np.concatenate([np.zeros(FIRST, np.int16), cells])
    two(all_cells, biases, thresholds, np.concatenate([np.zeros(2, np.int16), sums]), 32, masks, law, 0)
    np.testing.assert_array_equal(all_cells[FIRST:], cells)
    assert not masks.any()


@KINDS
@FEW
@given(st.integers(1, 15), st.sampled_from([0, 3]), st.sampled_from([-1, 0]), st.integers(0, 2**20))
def test_in_calm(kinds, count, shift, rests, seed):
    """The sums of the first step enter in all of them; far from the ends of the width nothing else is different."""
    law = tuple(map(np.int32, (shift, 0, 2**15 - 1, -(2**15), rests)))
    for run, several in ((part_in_calm, count), (two_in_calm, 32)):
        cells, biases, thresholds, sums, flat = given_for(seed, several, kinds, 99)
        masks, seen = np.zeros(1 + 3 * STEPS, np.uint16), slice(FIRST, FIRST + several)
        every = np.repeat(sums[:1], STEPS, axis=0)
        wanted, fired = stepped(cells[seen], every, biases[seen], thresholds[seen], law)
        run(cells, biases, thresholds, flat, several + BESIDE, masks, law, several)
        np.testing.assert_array_equal(cells[seen], wanted)
        words = -(-several // LANES)
        bits = np.unpackbits(masks[1:].reshape(STEPS, 3)[:, :words].copy().view(np.uint8), axis=1, bitorder="little")
        np.testing.assert_array_equal(bits[:, :several], fired)


@KINDS
@FEW
@given(st.integers(0, 2**20), st.sampled_from([-1, 0]))
def test_without_a_look_at_the_width(kinds, seed, rests):
    """Where no potential leaves it nothing is different."""
    law = tuple(map(np.int32, (2, 0, 2**15 - 1, -(2**15), rests)))
    cells, biases, thresholds, _, flat = given_for(seed, 32, kinds, 99)
    kept, found, masks = cells.copy(), np.zeros(1 + 3 * STEPS, np.uint16), np.zeros(1 + 3 * STEPS, np.uint16)
    two(kept, biases, thresholds, flat, 32 + BESIDE, masks, law, 0)
    staying(cells, biases, thresholds, flat, 32 + BESIDE, found, law, 0)
    np.testing.assert_array_equal(cells, kept)
    np.testing.assert_array_equal(found, masks)


@FEW
@given(st.booleans(), st.sampled_from([0, -40]), st.integers(0, 2**20))
def test_two_pixels_that_begin_elsewhere(idle, most, seed):
    """Each of 32 channels, from one row of constants; left alone only where nobody can ever fire."""
    random, law = np.random.default_rng(seed), tuple(map(np.int32, (1, 0, 2**15 - 1, -(2**15), -1)))
    start, biases = random.integers(-50, 30 + most, 65).astype(np.int32), random.integers(-9, 1, 66).astype(np.int32)
    thresholds, sums = (
        random.integers(1, 90, 66).astype(np.int32),
        random.integers(-20, 20 + most // 2 + 1, 66).astype(np.int32),
    )
    cells, masks = np.full(FIRST + 64, 77, np.int32), np.zeros(1 + 2 * 3 * STEPS, np.uint16)
    pixels_in_calm(start, cells, biases, thresholds, sums, masks, law, idle)
    wanted, fired = stepped(start[1:], np.repeat(sums[None, 2:], STEPS, axis=0), biases[2:], thresholds[2:], law)
    words = masks[1:].reshape(2, STEPS, 3)
    bits = np.unpackbits(words[:, :, :2].copy().view(np.uint8), axis=2, bitorder="little")
    np.testing.assert_array_equal(bits.transpose(1, 0, 2).reshape(STEPS, 64), fired)
    assert not words[:, :, 2].any()
    able = ((2 * sums[2:] + biases[2:] > 0) | (start[1:] >= thresholds[2:])).any()
    np.testing.assert_array_equal(cells[FIRST:], wanted if able or not idle else np.full(64, 77))
    assert (cells[:FIRST] == 77).all()
