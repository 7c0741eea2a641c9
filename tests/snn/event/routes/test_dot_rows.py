"""Rows of weights for dot products: what is packed for them, and the room that they work in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes.dot_rows import alive_share
from tests.snn.event.routes.test_dots import by_rows, wanted_of
from tests.snn.kernels.test_dots import packed_rows

BLOCK = 64


@settings(max_examples=25)
@given(st.integers(6, 200), st.integers(1, 3), st.integers(0, 2**20))
def test_packed_weights(targets, channels, seed):
    """Row after row, those of neighbouring channels `row_step` apart."""
    weights = np.random.default_rng(seed).integers(-128, 128, (targets, channels, 2, 1))
    dots = by_rows(wanted_of(weights, (channels, 3, 1), (targets, 2, 1))).dots
    bytes_of_last = next(one for one in (16, 32, 64) if one >= (targets - 1) % BLOCK + 1)
    assert dots.row_places == (targets - 1) // BLOCK * BLOCK + bytes_of_last
    rows = dots.weight.reshape(-1, dots.row_places)
    assert (dots.length, dots.groups, dots.sources.row_step) == (targets, 1, 2 * dots.row_places)
    in_order = packed_rows(weights[..., 0].transpose(1, 2, 0).reshape(-1, targets))
    for p in range(2):
        view = slice(dots.run[dots.first_run[p]], dots.run[dots.first_run[p + 1]])
        assert dots.seen[view].tolist() == [p, p + 1] and dots.first_run[p + 1] - dots.first_run[p] == 1
        for q, row in zip(dots.seen[view], dots.row[view], strict=True):
            for c in range(channels):
                found = rows[row + c * dots.sources.row_step // dots.row_places]
                np.testing.assert_array_equal(found, in_order[2 * c + q - p])


@pytest.mark.parametrize("groups", [1, 2, 22])
@pytest.mark.parametrize("channels", [66, 128, 132, 192])
def test_there_is_room_for_all_that_fires(channels, groups):
    """Four by four, the last four of a cell alone; those of a group that lies in two words of a mask are never together."""
    if channels % groups:
        channels += groups - channels % groups
    each = channels // groups
    weights = np.ones((groups * 6, each, 1, 1))
    route = by_rows(wanted_of(weights, (channels, 1, 2), (groups * 6, 1, 2), synapse={"groups": groups}))
    trains = route.work(9, 2, Buffers()).trains
    needed = 0
    for first in range(0, channels, each):
        counts = np.bincount(np.arange(first, first + each) // BLOCK)
        needed += 2 * int((-(-counts // 4)).sum())
    assert trains.length == 12 and len(trains.member) >= needed and trains.words.size >= needed * trains.length
    assert trains.first.size == 2 * groups + 1 and trains.active.size >= min(channels, BLOCK)
    assert trains.square_words.base is trains.square or np.shares_memory(trains.square_words, trains.square)


@pytest.mark.parametrize("width", [6, 64, 70, 128])
def test_the_share_of_weights_that_are_alive(width):
    """64 after 64, the last ones fewer; all of them where there are no rows."""
    weights = np.zeros((4, width), np.int8)
    blocks = -(-width // BLOCK)
    assert alive_share(weights, width) == 0.0
    weights[2, -1], weights[3, 0] = 1, -1
    assert alive_share(weights, width) == 2 / (4 * blocks)
    assert alive_share(np.ones((4, width)), width) == alive_share(np.ones((0, width)), width) == 1.0
