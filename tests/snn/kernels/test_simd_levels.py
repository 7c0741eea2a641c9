"""Sixteen neurons by their sums, one vector against Python's integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_levels import GATHERS, levels_of

pytestmark = pytest.mark.skipif(
    not GATHERS, reason="expected a processor that moves chosen integers together (AVX-512)"
)
AT, OWN, COUNT = 5, 2, 3


@compiled
def levels(sums, biases, multiplier, since, until, numbers, address, value):
    if GATHERS:
        word = np.uint64
        return levels_of(
            sums, biases, word(AT), multiplier, since, until, word(OWN), numbers, address, value, word(COUNT)
        )
    return np.uint64(0)


@given(st.integers(0, 3), st.integers(0, 40), st.integers(1, 2**16 - 1), st.integers(0, 2**20))
def test_a_vector(shift, product_shift, highest, seed):
    """Products that leave 32 bits, potentials of both signs; neurons below `since` send nothing."""
    random = np.random.default_rng(seed)
    sums, biases = (random.integers(-(2**20), 2**20, AT + 16).astype(np.int32) for _ in range(2))
    multiplier = random.integers(1, 2**31, OWN + 16)
    until = random.integers(0, 2**22, OWN + 16).astype(np.int32)
    half = (1 << product_shift) >> 1
    since = np.array([max(0, -(-(half or 1) // int(m))) for m in multiplier]).clip(0, 2**31 - 1).astype(np.int32)
    address, value = np.full(COUNT + 16, -7, np.int32), np.full(COUNT + 16, -7, np.int32)
    stop = levels(sums, biases, multiplier, since, until, (shift, product_shift, half, highest), address, value)
    wanted = []
    for i in range(16):
        V = (int(sums[AT + i]) << shift) + int(biases[AT + i])
        level = min((min(max(V, 0), int(until[OWN + i])) * int(multiplier[OWN + i]) + half) >> product_shift, highest)
        wanted += [(AT + i, level)] if level > 0 and any_able(sums, biases, since, shift) else []
    assert stop == COUNT + len(wanted)
    assert list(zip(address[COUNT:stop].tolist(), value[COUNT:stop].tolist(), strict=True)) == wanted
    assert (address[:COUNT] == -7).all() and (value[:COUNT] == -7).all()


def any_able(sums, biases, since, shift):
    """Whether any of the sixteen reaches what it sends from on; the others are looked at with it."""
    V = (sums[AT:].astype(np.int64) << shift) + biases[AT:]
    return bool((V >= since[OWN:]).any())
