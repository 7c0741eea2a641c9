"""Integers of any width in bytes, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.weights.packing import as_signed, pack, size, unpack


@given(st.integers(0, 64), st.integers(0, 40), st.integers(0, 99))
def test_what_is_packed_is_unpacked(width: int, count: int, seed: int) -> None:
    words = np.random.default_rng(seed).integers(-(2**63), 2**63, count, np.int64)
    packed = pack(words, width)
    assert len(packed) == size(count * width)
    low = words if width == 64 else words & np.int64((1 << width) - 1)
    assert np.array_equal(unpack(packed, width, count), low)


@given(st.integers(1, 64), st.integers(0, 99))
def test_two_s_complement_survives(width: int, seed: int) -> None:
    half = 1 << (width - 1)
    words = np.random.default_rng(seed).integers(-half, half, 9, np.int64)
    assert np.array_equal(as_signed(unpack(pack(words, width), width, 9), width), words)


def test_the_highest_bit_comes_first() -> None:
    assert pack(np.array([1, 2, 3]), 3).tolist() == [0b00101001, 0b10000000]
    assert pack(np.array([1, 258]), 16).tolist() == [0, 1, 1, 2]


def test_too_few_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 bytes"):
        unpack(np.zeros(1, np.uint8), 5, 3)
