"""Instructions of fields: the sums of two blocks of target pixels, anywhere and any number of bytes apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.jit import CHECKED, compiled
from spikewright.snn.kernels.simd_fields import multiply_field_of
from spikewright.snn.kernels.simd_tiles import TILE, configure, release, tile_shape

pytestmark = pytest.mark.skipif(not TILES, reason="no tiles on this processor")
by_one, by_two = multiply_field_of(1), multiply_field_of(2)


@compiled
def multiplied(shape, sums, to, apart, sent, at, stride, weight, first, form):
    """`form` (quarters, bytes from chunk to chunk, chunks, rows)."""
    quarters, pitch, count, rows = form
    configure(shape)
    if quarters == 2:
        by_two(sums, to, apart, sent, at, stride, weight, first, pitch, count, rows)
    else:
        by_one(sums, to, apart, sent, at, stride, weight, first, pitch, count, rows)
    release()


def run(sums, to, apart, sent, at, stride, weight, first, form):
    word = np.uint64
    to, at, form = (tuple(map(word, one)) for one in (to, at, form))
    shape = np.frombuffer(bytearray(tile_shape(int(form[3]))), np.uint8)
    multiplied(shape, sums, to, word(apart), sent, at, word(stride), weight, word(first), form)


@settings(max_examples=40)
@given(
    st.sampled_from([1, 2]), st.integers(1, 16), st.integers(0, 3), st.integers(1, 90), st.booleans(),
    st.sampled_from([(0, 256, -128, 128), (255, 256, -128, -127), (255, 256, 127, 128)]), st.integers(0, 2**20),
)  # fmt: skip
def test_products(quarters, rows, count, stride, same, numbers, seed):
    """All values and weights of a byte, rows that overlap, one block twice; nothing else is written."""
    random, apart, first = np.random.default_rng(seed), 16 * quarters + 16 * int(seed % 2), 64
    to, at = random.permutation(3)[:2] * rows * apart + 3, random.integers(0, 300, 2)
    if same:
        to[1], at[1] = to[0], at[0]
    sums = random.integers(-(2**20), 2**20, 3 * rows * apart + 3).astype(np.int32)
    sent = random.integers(*numbers[:2], 2000).astype(np.uint8)
    weight, pitch = random.integers(*numbers[2:], 7 * TILE).astype(np.int8), 2 * TILE
    wanted, row = sums.copy(), np.arange(rows)[:, None]
    for block in range(2):
        held = np.zeros((rows, 16 * quarters), np.int64)
        for k in range(count):
            values = sent[at[block] + 64 * k + row * stride + np.arange(64)].astype(np.int64)
            tiles = [weight[first + k * pitch + TILE * q :][:TILE].reshape(16, 16, 4) for q in range(quarters)]
            held += np.concatenate([values @ one.transpose(0, 2, 1).reshape(64, 16) for one in tiles], axis=1)
        wanted[to[block] + row * apart + np.arange(16 * quarters)] = held
    run(sums, to, apart, sent, at, stride, weight, first, (quarters, pitch, count, rows))
    np.testing.assert_array_equal(sums, wanted)


@pytest.mark.skipif(not CHECKED, reason="this process does not check indices")
@pytest.mark.parametrize("short", ["sums", "sent", "weight"])
def test_fields_outside_of_their_arrays(short):
    sizes = {"sums": 16 * 20 - 4, "sent": 15 * 5 + 64, "weight": TILE}
    for less in (0, 1):
        made = {name: size - less * (name == short) for name, size in sizes.items()}
        sums, sent, weight = (
            np.zeros(made[name], kind) for name, kind in zip(made, (np.int32, np.uint8, np.int8), strict=True)
        )
        arguments = sums, (0, 0), 20, sent, (0, 0), 5, weight, 0, (1, TILE, 1, 16)
        if less:
            with pytest.raises(IndexError):
                run(*arguments)
        else:
            run(*arguments)
