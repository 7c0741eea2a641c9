"""Instructions of tiles: the sums that they are, in blocks of any height, on top of anything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.dot_ways import BLOCK, TILES
from spikewright.snn.kernels.jit import CHECKED, compiled
from spikewright.snn.kernels.simd_tiles import MOST_KEPT, TILE, configure, multiply_of, release, tile_shape

IF_TILES = pytest.mark.skipif(not TILES, reason="no tiles on this processor")
COUNTS = st.sampled_from([0, 1, 2, 5, MOST_KEPT, MOST_KEPT + 1, 40])
two_by_two, one_by_four, one_by_one = multiply_of(2, 2), multiply_of(1, 4), multiply_of(1, 1)


@compiled
def multiplied(shape, sums, start, sent, weight, listed, form):
    """`start` (to, begin, begin step, more), `listed` (at, by, down, first), `form` (blocks and quarters as digits, count,
    rows)."""
    to, begin, begin_step, more = start
    at, by, down, first = listed
    kind, count, rows = form
    configure(shape)
    if kind == 22:
        two_by_two(sums, to, begin, begin_step, more, sent, down, weight, first, at, by, count, rows)
    elif kind == 14:
        one_by_four(sums, to, begin, begin_step, more, sent, down, weight, first, at, by, count, rows)
    else:
        one_by_one(sums, to, begin, begin_step, more, sent, down, weight, first, at, by, count, rows)
    release()


def run(sums, start, sent, weight, listed, form):
    word, (to, begin, step, more), (at, by, down, first) = np.uint64, start, listed
    places = at.astype(word), by.astype(word), word(down), word(first)
    shape = np.frombuffer(bytearray(tile_shape(form[2])), np.uint8)
    multiplied(shape, sums, (word(to), word(begin), word(step), more), sent, weight, places, tuple(map(word, form)))


@IF_TILES
@settings(max_examples=40)
@given(
    st.sampled_from([22, 14, 11]), st.integers(1, 16), COUNTS, st.sampled_from([None, 0, BLOCK]),
    st.sampled_from([(0, 256, -128, 128), (255, 256, -128, -127), (255, 256, 127, 128)]), st.integers(0, 2**20),
)  # fmt: skip
def test_products(form, rows, count, begins, numbers, seed):
    """All counts and weights of a byte, tiles anywhere, from zero, one row or what was there; nothing else is written."""
    random, (blocks, quarters) = np.random.default_rng(seed), divmod(form, 10)
    lines, width, to, begin = blocks * rows, 16 * quarters, BLOCK + 3, 5
    sums = random.integers(-(2**20), 2**20, (lines + 3) * BLOCK).astype(np.int32)
    sent = random.integers(*numbers[:2], 6000).astype(np.uint8)
    weight = random.integers(*numbers[2:], 10 * TILE).astype(np.int8)
    at, by = random.integers(0, 3000, count), random.integers(0, 5 * TILE, count)
    down, first = 64 * int(random.integers(0, 5)), 64
    start = 0 if begins is None else begins
    wanted, row = sums.copy(), np.arange(lines)
    target = to + row[:, None] * BLOCK + np.arange(width)
    held = 0 if begins is None else sums[begin + row[:, None] * start + np.arange(width)].astype(np.int64)
    for a, b in zip(at, by, strict=True):
        counts = sent[a + down + row[:, None] * 64 + np.arange(64)].astype(np.int64)
        parts = [weight[b + first + TILE * quarter :][:TILE].reshape(16, 16, 4) for quarter in range(quarters)]
        held = held + np.concatenate([counts @ one.transpose(0, 2, 1).reshape(64, 16) for one in parts], axis=1)
    wanted[target] = held
    run(sums, (to, begin, start, begins is not None), sent, weight, (at, by, down, first), (form, count, rows))
    np.testing.assert_array_equal(sums, wanted)


@IF_TILES
@pytest.mark.skipif(not CHECKED, reason="this process does not check indices")
@pytest.mark.parametrize("short", ["sums", "sent", "weight"])
def test_tiles_outside_of_their_arrays(short):
    sizes = {"sums": 16 * BLOCK - 48, "sent": TILE, "weight": TILE}
    for less in (0, 1):
        made = {name: size - less * (name == short) for name, size in sizes.items()}
        sums, sent = np.zeros(made["sums"], np.int32), np.zeros(made["sent"], np.uint8)
        arguments = (
            sums,
            (0, 0, 0, False),
            sent,
            np.zeros(made["weight"], np.int8),
            (np.zeros(1), np.zeros(1), 0, 0),
            (11, 1, 16),
        )
        if less:
            with pytest.raises(IndexError):
                run(*arguments)
        else:
            run(*arguments)


def test_shapes():
    """Palette 1, 64 bytes in each row; tiles of weights are always whole."""
    shape = tile_shape(5)
    assert len(shape) == 64 and shape[0] == 1 and not any(shape[1:16])
    assert [int.from_bytes(shape[16 + 2 * tile : 18 + 2 * tile], "little") for tile in range(16)] == [64] * 8 + [0] * 8
    assert list(shape[48:]) == [5] * 6 + [16] * 2 + [0] * 8
