"""The worked example of taps, and the sums that taps make against a plain convolution."""

import numpy as np
import pytest

from spikewright.snn.event.taps import SlidingKernel, conv_taps, dense_taps, transposed_taps


def test_the_worked_example():
    """A 3x3 kernel with padding 1 on a 4x4 map: at the corner four taps are left, in the order of rows and columns."""
    weights = np.arange(9).reshape(1, 1, 3, 3)
    taps = conv_taps((1, 4, 4), (4, 4), SlidingKernel(padding=(1, 1)), weights)
    corner = np.array([0]), np.array([0])
    assert [int(part[0]) for part in taps.place(*corner)] == [1, 1, 0]
    distinct, whose = taps.patterns(*corner)
    inside = taps.inside(distinct[whose[0]])
    assert [(taps.taps[n].row, taps.taps[n].column) for n in inside] == [(-1, -1), (-1, 0), (0, -1), (0, 0)]
    assert [int(taps.weights[taps.taps[n].start]) for n in inside] == [4, 3, 1, 0]  # K[1,1] K[1,0] K[0,1] K[0,0]
    assert [run[2] for run in taps.runs(inside, 4, 1)] == [2, 2]  # two rows of the target, two neighbours in each


def summed(taps, shape, target, channels, inputs):
    """What inputs `(channels, rows, columns)` bring by the taps of every source, one by one."""
    sums = np.zeros((*target, channels), int)
    for c, y, x in np.ndindex(*shape):
        rows, columns, phases = taps.place(np.array([y]), np.array([x]))
        slab = int(taps.slabs(np.array([c]), np.array([y]), np.array([x]))[0]) * taps.slab
        for tap in taps.taps:
            row, column = int(rows[0]) + tap.row, int(columns[0]) + tap.column
            if tap.phase == phases[0] and 0 <= row < target[0] and 0 <= column < target[1]:
                first = int(taps.channel_base[c])
                weights = taps.weights[slab + tap.start : slab + tap.start + taps.length]
                sums[row, column, first : first + taps.length] += weights * inputs[c, y, x]
    return sums.transpose(2, 0, 1)


KERNELS = {
    "plain": SlidingKernel(),
    "padded": SlidingKernel(padding=(1, 2)),
    "strided": SlidingKernel(stride=(2, 3), padding=(1, 1)),
    "dilated": SlidingKernel(dilation=(2, 1), padding=(1, 0)),
    "both": SlidingKernel((3, 2), (2, 1), (2, 2)),
    "groups": SlidingKernel(padding=(1, 1), groups=2),
}


@pytest.mark.parametrize("name", KERNELS)
def test_convolutions(name):
    kernel, random = KERNELS[name], np.random.default_rng(0)
    shape, inputs = (4, 6, 7), random.integers(-4, 5, (4, 6, 7))
    weights = random.integers(-4, 5, (6, 4 // kernel.groups, 2, 3))
    padded = np.pad(inputs, ((0, 0), *((pad, pad) for pad in kernel.padding)))
    target = tuple(
        (padded.shape[axis + 1] - kernel.dilation[axis] * (weights.shape[axis + 2] - 1) - 1) // kernel.stride[axis] + 1
        for axis in (0, 1)
    )
    wanted, each = np.zeros((6, *target), int), 4 // kernel.groups
    for o, c, i, j in np.ndindex(*weights.shape):
        source = o // (6 // kernel.groups) * each + c
        rows = i * kernel.dilation[0] + kernel.stride[0] * np.arange(target[0])
        columns = j * kernel.dilation[1] + kernel.stride[1] * np.arange(target[1])
        wanted[o] += weights[o, c, i, j] * padded[source][np.ix_(rows, columns)]
    taps = conv_taps(shape, target, kernel, weights)
    assert taps.groups == kernel.groups
    np.testing.assert_array_equal(summed(taps, shape, target, 6, inputs), wanted)


def test_transposed_convolution():
    random, kernel = np.random.default_rng(1), SlidingKernel(stride=(2, 3), padding=(1, 0), dilation=(1, 2))
    inputs, weights, target = random.integers(-4, 5, (2, 3, 4)), random.integers(-4, 5, (3, 2, 2, 3)), (4, 14)
    wanted = np.zeros((3, *target), int)
    for o, c, i, j in np.ndindex(*weights.shape):
        for y, x in np.ndindex(3, 4):
            row, column = 2 * y - 1 + i, 3 * x + 2 * j
            if 0 <= row < target[0] and column < target[1]:
                wanted[o, row, column] += weights[o, c, i, j] * inputs[c, y, x]
    taps = transposed_taps((2, 3, 4), target, kernel, weights)
    np.testing.assert_array_equal(summed(taps, (2, 3, 4), target, 3, inputs), wanted)


def test_dense_layers_have_a_slab_at_every_site():
    random = np.random.default_rng(2)
    inputs, weights = random.integers(-4, 5, (2, 3, 4)), random.integers(-4, 5, (3, 4, 2, 5))
    taps = dense_taps((2, 3, 4), weights)
    wanted = np.einsum("yxco,cyx->o", weights, inputs)
    np.testing.assert_array_equal(summed(taps, (2, 3, 4), (1, 1), 5, inputs).reshape(-1), wanted)
