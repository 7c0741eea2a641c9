"""Trains of masks: the same as those of the events that they stand for, with and without an instruction that moves bytes."""

from functools import cache
from types import FunctionType

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn.kernels.jit import OPTIONS
from spikewright.snn.kernels.mask_trains import pack_masks
from tests.snn.kernels.test_masks import masks_of
from tests.snn.kernels.test_trains import (
    DENSITIES,
    FEW,
    GRIDS,
    GROUPS,
    MEMBERS,
    assert_packed,
    pooled,
    shared,
    sources_of,
    trains_for,
)


@cache
def without_instructions():
    """`pack_masks` as processors compile it that have no instruction for moving bytes together."""
    plain = pack_masks.py_func
    plain = FunctionType(plain.__code__, {**plain.__globals__, "COMPRESSES": False}, "plain_masks")
    return numba.njit(plain, **{**OPTIONS, "cache": False})


@pytest.mark.parametrize("pack", [lambda: pack_masks, without_instructions], ids=["as here", "plain"])
@FEW
@given(GRIDS, GROUPS, DENSITIES, st.integers(1, 9), MEMBERS, st.integers(0, 2**20))
def test_masks(pack, grid, groups, density, steps, members, seed):
    random, sources = np.random.default_rng(seed), sources_of(*groups, *grid, members=members)
    sent = (random.random((3, steps, sources.slot.size)) < density).astype(np.uint8)
    masks, trains, operations = masks_of(sent, sources.channels), trains_for(sources, steps, 2), np.zeros(3, int)
    for first, count in ((0, 1), (0, 2), (2, 1)):
        operations[:] = 0
        pack()(masks.words, shared(first, count, steps), sources, trains, operations)
        columns = np.concatenate([pooled(one, sources) for one in sent[first : first + count]])
        assert_packed(operations.sum(), columns, sources, trains)
