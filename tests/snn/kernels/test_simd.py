"""Vector instructions, each in a kernel of its own."""

import numpy as np
import pytest

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd import UNIT, add_vector, transpose_to

KINDS = pytest.mark.parametrize("kind", [np.float32, np.int32, np.int16])


@compiled
def add(target, to, source, at):
    add_vector(target, np.uint64(to), source, np.uint64(at))


@compiled
def transpose(target, to, stride, source, at, length, count):
    word = np.uint64
    transpose_to(target, word(to), word(stride), source, word(at), word(length), word(count))


@KINDS
def test_a_vector_is_added(kind):
    target, source = np.arange(3 * UNIT).astype(kind), np.arange(100, 100 + 2 * UNIT).astype(kind)
    wanted = target.copy()
    wanted[5 : 5 + UNIT] += source[3 : 3 + UNIT]
    add(target, 5, source, 3)
    np.testing.assert_array_equal(target, wanted)


@KINDS
@pytest.mark.parametrize("count", [1, UNIT - 1, UNIT, 3 * UNIT])
def test_a_square_is_transposed(kind, count):
    """As many of its columns as there are steps; nothing else is touched."""
    length, stride = UNIT + 4, UNIT + 2
    source, target = np.arange(UNIT * length).astype(kind), np.full(UNIT * stride, -1, kind)
    transpose(target, 1, stride, source, 0, length, count)
    rows = target.reshape(UNIT, stride)
    steps = min(count, UNIT)
    np.testing.assert_array_equal(rows[:steps, 1 : 1 + UNIT], source.reshape(UNIT, length)[:, :steps].T)
    assert (rows[steps:] == -1).all() and (rows[:, 0] == -1).all() and (rows[:, 1 + UNIT :] == -1).all()
