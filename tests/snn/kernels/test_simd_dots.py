"""Dot products of four sources and sixteen targets: every way that this processor can run, against the sums that they are."""

from functools import cache

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.registry import cpu_target

from spikewright.snn.kernels.dot_ways import BLOCK, DOT, DOTS, QUARTER
from spikewright.snn.kernels.jit import OPTIONS, compiled
from spikewright.snn.kernels.simd_dots import dots_of, interleave_of, row_order

FEATURES = {one[1:] for one in cpu_target.target_context.codegen().magic_tuple()[2].split(",") if one.startswith("+")}
AS_GOOD = {"vnni halves": {"avx512vnni", "avx512vl"}}
"""Features that run a way as well, on processors that have a better one."""
STEPS, QUARTERS, FIRST = 3, 2, 16
WEIGHTS = st.sampled_from([(-128, 128), (-128, -127), (127, 128), (-1, 2)])


def runs(name):
    return not DOTS[name].needs or FEATURES & {*DOTS[name].needs} or AS_GOOD.get(name, {""}) <= FEATURES


@cache
def kernel_of(way):
    """The instruction of a way in a kernel of its own, not kept on disk, where it could not be told from the others."""
    dots = dots_of(way, STEPS, QUARTERS)

    def run(tile, places, placed, weights, trains, step, firsts, groups, more):
        to, stride, column = places
        dots(tile, to, stride, placed, column, weights, trains, step, firsts, groups, more)

    return numba.njit(run, **{**OPTIONS, "cache": False})


interleave_one, interleave_two, interleave_four = interleave_of(1), interleave_of(2), interleave_of(4)


@compiled
def interleaved(target, number, source, rows, width):
    if width == 16:
        interleave_one(target, number, source, rows)
    elif width == 32:
        interleave_two(target, number, source, rows)
    else:
        interleave_four(target, number, source, rows)


@pytest.mark.parametrize("way", [name for name in DOTS if runs(name)])
@settings(max_examples=30)
@given(data=st.data())
def test_every_way_adds_the_products(way, data):
    """Any counts up to the largest, in any step of trains that lie anywhere, to what the tile holds or to nothing; what is
    beside the tile stays as it was."""
    random, groups = np.random.default_rng(data.draw(st.integers(0, 2**20))), data.draw(st.integers(0, 5))
    most, word = DOTS[way].most, np.uint64
    least = data.draw(st.sampled_from([0, 0, most]))
    trains = random.integers(least, most + 1, (40, 4)).astype(np.uint8)
    weights = random.integers(*data.draw(WEIGHTS), (groups, BLOCK, 4)).astype(np.int8)
    firsts = random.integers(0, 30, groups).astype(np.uint64)
    tile = random.integers(-(2**20), 2**20, (STEPS, 50)).astype(np.int32)
    wanted, more, inside = tile.astype(np.int64), data.draw(st.booleans()), slice(7, 7 + QUARTERS * QUARTER)
    wanted[:, inside] *= more
    for group in range(groups):
        counts = trains[int(firsts[group]) + 5 :][:STEPS].astype(np.int64)
        wanted[:, inside] += np.einsum("tk,ok->to", counts, weights[group, FIRST : FIRST + QUARTERS * QUARTER])
    places = word(7), word(50), word(FIRST)
    words = trains.reshape(-1).view(np.uint32)
    placed = weights.reshape(-1)
    kernel_of(way)(tile.reshape(-1), places, placed, placed, words, word(5), firsts, word(groups), more)
    np.testing.assert_array_equal(tile, wanted)


@settings(max_examples=20)
@given(st.integers(0, 5), st.booleans(), st.integers(0, 2**20))
def test_floats_one_source_at_a_time(groups, more, seed):
    """Rows stay where they are, whole numbers are exact, whatever the way of bytes."""
    random, word = np.random.default_rng(seed), np.uint64
    weights, trains = random.integers(-99, 99, (4, 50)).astype(np.float32), random.integers(0, 9, 40).astype(np.float32)
    rows, firsts = random.integers(0, 4, groups), random.integers(0, 30, groups).astype(np.uint64)
    tile = random.integers(-99, 99, (STEPS, 50)).astype(np.float32)
    wanted, inside, placed = tile.copy(), slice(7, 7 + QUARTERS * QUARTER), np.zeros(6, np.uint64)
    wanted[:, inside] *= more
    for group, row in enumerate(rows):
        interleaved(placed, word(group), weights.reshape(-1), (word(50 * row),) * 4, 32)
        counts = trains[int(firsts[group]) + 5 :][:STEPS]
        wanted[:, inside] += np.outer(counts, weights[row, FIRST : FIRST + QUARTERS * QUARTER])
    places = word(7), word(50), word(FIRST)
    kernel_of(DOT)(tile.reshape(-1), places, placed, weights.reshape(-1), trains, word(5), firsts, word(groups), more)
    np.testing.assert_array_equal(tile, wanted)


@pytest.mark.parametrize("width", [16, 32, 64])
def test_interleaved_rows_have_four_sources_side_by_side(width):
    """Rows in their order leave the four weights of each target next to each other, the targets in order."""
    random, word, to = np.random.default_rng(width), np.uint64, 4 * BLOCK
    weights = random.integers(-128, 128, (6, width)).astype(np.int8)
    target, rows = np.full(9 * BLOCK, 99, np.int8), (5, 0, 3, 3)
    packed = np.ascontiguousarray(weights[:, row_order(width)]).reshape(-1)
    interleaved(target, word(1), packed, tuple(word(row * width) for row in rows), width)
    np.testing.assert_array_equal(target[to:][: 4 * width].reshape(width, 4), weights[[*rows]].T)
    assert (target[:to] == 99).all() and (target[to + 4 * width :] == 99).all()
    assert sorted(row_order(width)) == list(range(width))
