"""Bits that are counted, and sums that are multiplied sixteen at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_counts import multiply_by, ones


@compiled
def counted(words):
    total = np.uint64(0)
    for n in range(words.size):
        total += ones(words[n])
    return total


@compiled
def multiplied(target, source):
    multiply_by(target, np.uint64(3), source, np.uint64(5))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_bits(words):
    assert counted(np.array(words, np.uint64)) == sum(word.bit_count() for word in words)


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_products(kind):
    random = np.random.default_rng(0)
    target, source = random.integers(-(2**20), 2**20, 22).astype(kind), random.integers(-9, 9, 30).astype(np.int32)
    wanted = target.copy()
    wanted[3:19] *= source[5:21].astype(kind)
    multiplied(target, source)
    np.testing.assert_array_equal(target, wanted)


def test_products_that_leave_32_bits():
    """They are exact modulo 2**32."""
    target, source = np.full(22, 2**30 + 1, np.int32), np.full(30, 5, np.int32)
    multiplied(target, source)
    assert (target[3:19] == np.int64(5 * (2**30 + 1)).astype(np.int32)).all() and (target[:3] == 2**30 + 1).all()
