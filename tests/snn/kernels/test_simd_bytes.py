"""Vectors of bytes against Python's integers: levels of sixteen neurons, sums of windows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.jit import CHECKED, compiled
from spikewright.snn.kernels.simd_bytes import level_bytes, window_bytes_of

pytestmark = pytest.mark.skipif(not TILES, reason="no tiles on this processor, where alone these serve")
AT, OWN, BIAS, TO = 5, 2, 3, 1
four_wide, four_narrow, one_half = window_bytes_of(4, 32, True), window_bytes_of(4, 16), window_bytes_of(1, 32)
one_whole = window_bytes_of(1, 64)


@compiled
def levels(sums, biases, multiplier, since, until, numbers, target):
    word = np.uint64
    own = word(BIAS), word(OWN)
    level_bytes(sums, word(AT), biases, own[0], multiplier, since, until, own[1], numbers, target, word(TO))


@compiled
def windows(form, sent, to, flat, places):
    if form == 432:
        return four_wide(sent, to, flat, places)
    if form == 416:
        return four_narrow(sent, to, flat, places)
    if form == 132:
        return one_half(sent, to, flat, (places[0],))
    return one_whole(sent, to, flat, (places[0],))


@given(
    st.integers(0, 3), st.integers(0, 40), st.integers(1, 255), st.sampled_from([np.int16, np.int32]),
    st.sampled_from([np.int32, np.int64]), st.sampled_from([-(2**20), 0, 2**20]), st.integers(0, 2**20),
)  # fmt: skip
def test_levels(shift, product_shift, highest, kind, factors, about, seed):
    """Products that leave 32 bits, potentials of both signs, vectors of which nobody reaches a level; nothing else is written."""
    random = np.random.default_rng(seed)
    reach = 2**15 if kind == np.int16 else 2**20
    sums = random.integers(-reach, reach, AT + 16).astype(kind)
    biases = (random.integers(-(2**20), 2**20, BIAS + 16) + about).astype(np.int32)
    multiplier = random.integers(1, 2**31 if factors == np.int32 else 2**36, OWN + 16).astype(factors)
    until = random.integers(0, 2**22, OWN + 16).astype(np.int32)
    half = (1 << product_shift) >> 1
    since = np.array([max(0, -(-(half or 1) // int(m))) for m in multiplier]).clip(0, 2**31 - 1).astype(np.int32)
    target = np.full(TO + 17, 7, np.uint8)
    levels(sums, biases, multiplier, since, until, (shift, product_shift, half, highest), target)
    V = [(int(sums[AT + i]) << shift) + int(biases[BIAS + i]) for i in range(16)]
    level = [
        min((min(max(v, 0), int(until[OWN + i])) * int(multiplier[OWN + i]) + half) >> product_shift, highest)
        for i, v in enumerate(V)
    ]
    anybody = any(v >= since[OWN + i] for i, v in enumerate(V))
    assert target[TO : TO + 16].tolist() == [one * anybody for one in level]
    assert target[:TO].tolist() == [7] * TO and target[TO + 16] == 7


@settings(max_examples=60)
@given(st.sampled_from([432, 416, 132, 164]), st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.integers(0, 2**20))
def test_windows(form, density, full, seed):
    """Sums, their higher bytes where they have any, and where any value is not zero; nothing else is written."""
    random, (count, width) = np.random.default_rng(seed), divmod(form, 100)
    most = 255 if count == 1 or form == 432 else 63
    flat = np.where(random.random(400) < density, most if full else random.integers(1, most + 1, 400), 0).astype(
        np.uint8
    )
    places = tuple(np.uint64(one) for one in random.integers(0, 400 - width, 4))
    sent = np.full(200, 9, np.uint8)
    found = windows(form, sent, np.uint64(3), flat, places)
    parts = np.stack([flat[int(one) : int(one) + width] for one in places[:count]]).astype(np.int64)
    wanted = np.full(200, 9)
    wanted[3 : 3 + width] = parts.sum(axis=0) & 255
    if form == 432:
        wanted[67 : 67 + width] = parts.sum(axis=0) >> 8
    np.testing.assert_array_equal(sent, wanted)
    assert [int(found) >> i & 1 for i in range(64)] == [*parts.any(axis=0).astype(int), *[0] * (64 - width)]


@pytest.mark.skipif(not CHECKED, reason="this process does not check indices")
def test_windows_outside_of_their_arrays():
    places = (np.uint64(0),) * 4
    for sent, flat in ((95, 32), (96, 31)):
        with pytest.raises(IndexError):
            windows(432, np.zeros(sent, np.uint8), np.uint64(0), np.zeros(flat, np.uint8), places)
    windows(432, np.zeros(96, np.uint8), np.uint64(0), np.zeros(32, np.uint8), places)
