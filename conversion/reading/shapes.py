"""Shapes and gains: maps `(C, H, W)`, sequences `(C, L)` and vectors `(N,)`, and numbers that multiply their channels."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.errors import Refusal
from spikewright.snn.synapses import Pair, Shape

Floats = NDArray[np.float64]
ONE: Floats = np.ones((), dtype=np.float64)
Border = tuple[int, int, int, int]
"""Rows and columns of zeros: (top, bottom, left, right)."""
NO_BORDER: Border = (0, 0, 0, 0)


def grid(shape: Shape) -> tuple[int, int, int]:
    """`(C, H, W)`; a sequence is a map of one row, a vector has one pixel a channel."""
    rows, columns = (1, 1, *shape[1:])[-2:]
    return shape[0], rows, columns


def ungrid(shape: tuple[int, int, int], like: Shape) -> Shape:
    """The shape of a map again as that of a sequence, where `like` is one."""
    return (shape[0], shape[2]) if len(like) == 2 else shape


def times(one: Pair, other: Pair) -> Pair:
    """Products of rows and of columns."""
    return one[0] * other[0], one[1] * other[1]


def pooled(shape: Shape, pool: Pair) -> Shape:
    """Shape after disjoint windows."""
    return shape if pool == (1, 1) else (shape[0], shape[1] // pool[0], shape[2] // pool[1])


def bordered(shape: Shape, border: Border) -> Shape:
    """Shape with (top, bottom, left, right) more rows and columns."""
    if border == NO_BORDER:
        return shape
    channels, rows, columns = grid(shape)
    top, bottom, left, right = border
    return ungrid((channels, rows + top + bottom, columns + left + right), shape)


def spread(gain: Floats, shape: Shape) -> Floats:
    """`gain` () or `(channels,)` so that it multiplies an array of `shape`."""
    return gain if gain.ndim == 0 else gain.reshape(-1, *[1] * (len(shape) - 1))


def per_channel(gain: Floats, channels: int) -> Floats:
    """() or `(channels,)`; a vector over all elements is reduced when it does not differ inside a channel."""
    if gain.ndim == 0 or gain.size == channels:
        return gain
    rows = gain.reshape(channels, -1)
    if not np.all(rows == rows[:, :1]):
        raise Refusal("a scale that differs from pixel to pixel", "one scale for each channel")
    return rows[:, 0]


def per_element(gain: Floats, shape: Shape) -> Floats:
    """() or one number for each element of a map of `shape`, row-major."""
    return gain if gain.ndim == 0 else np.repeat(gain, prod(shape) // gain.size)


def joined_axes(inside: Shape, view: Shape, axis: int) -> tuple[int, ...] | None:
    """The axes of `inside` that one axis of its row-major `view` runs over; None when it is not whole axes."""
    before, size = prod(view[:axis]), view[axis]
    start = next((place for place in range(len(inside) + 1) if prod(inside[:place]) == before), None)
    while start is not None and start < len(inside) and inside[start] == 1 and size > 1:
        start += 1
    if start is None:
        return None
    stop = next((place for place in range(start, len(inside) + 1) if prod(inside[start:place]) == size), None)
    return None if stop is None else tuple(range(start, stop))
