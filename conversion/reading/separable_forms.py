"""Terms and layers as one matrix for the rows and one for the columns, where they are that; and such maps one behind the other.

A kernel is that where it is an outer product, the same in all channels but for a factor of each:

    1 2 1       1
    2 4 2   =   2  (1 2 1)          zeros that a convolution pads, and strides, are rows of its matrices like any other
    1 2 1       1
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.geometry import (
    ConvGeometry,
    Geometry,
    IdentityGeometry,
    Kernel,
    PoolGeometry,
    SeparableGeometry,
    UpsampleGeometry,
    dilated,
)
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.shapes import ONE, Floats, grid
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.index_maps import IndexMap
from spikewright.snn.synapses import Shape

EQUAL = 1e-7
"""Entries of float32 kernels may differ so much, beside the largest, from those of the outer product that they were made as."""


@dataclass(frozen=True, eq=False)
class SeparableForm:
    """A separable map, and what it multiplies each channel with, () or `(channels,)`."""

    map: SeparableGeometry
    gain: Floats


def form_of(geometry: Geometry, kernel: Kernel | None, inside: Shape) -> SeparableForm | None:
    """A geometry over maps of shape `inside`, with its kernel if it has one, as a separable map; else None."""
    found: Any = geometry
    _, high, wide = grid(inside)
    if isinstance(geometry, SeparableGeometry):
        return SeparableForm(geometry, ONE)
    if isinstance(geometry, IdentityGeometry):
        return SeparableForm(SeparableGeometry(np.eye(high), np.eye(wide)), ONE)
    if isinstance(geometry, UpsampleGeometry):
        return SeparableForm(SeparableGeometry.repeating(geometry.factor, inside), ONE)
    if isinstance(geometry, PoolGeometry):
        return _slid(ConvGeometry(found.stride), (np.ones(found.kernel[0]), np.ones(found.kernel[1])), inside, ONE)
    return _of_kernel(geometry, kernel, inside) if isinstance(geometry, ConvGeometry) and kernel is not None else None


def behind_separable(term: SourceTerm, layer: AffineLayer, inside: Shape) -> SourceTerm | None:
    """A depthwise layer behind a separable term, where it is separable too: both as one map; else None."""
    first: Any = term.geometry
    found = form_of(layer.geometry, layer.kernel, layer.inputs)
    if found is None:
        return None
    return replace(term, geometry=found.map.behind(first), gain_in=term.gain_in * found.gain, channels=None)


def separable_behind(term: SourceTerm, layer: SeparableGeometry, inside: Shape) -> SourceTerm | None:
    """A separable map behind a term over maps of shape `inside`, where that is separable too; else None."""
    found = None if term.integer else form_of(term.geometry, term.kernel, inside)
    if found is None:
        return None
    gain = term.gain_in * found.gain * term.gain_out
    return replace(term, geometry=layer.behind(found.map), kernel=None, gain_in=gain, gain_out=ONE)


def selection(moved: IndexMap) -> SeparableGeometry | None:
    """A map between maps that picks rows and columns, the same of every channel, or zeros; None where it does more."""
    if len(moved.shape) not in (2, 3) or len(moved.shape) != len(moved.source) or moved.shape[0] != moved.source[0]:
        return None
    (channels, high, wide), places = grid(moved.source), moved.addresses.reshape(grid(moved.shape))
    read = places[0] >= 0
    rows, columns = (np.where(read, one, -1) for one in np.divmod(places[0], wide))
    down, across = rows.max(axis=1), columns.max(axis=0)
    first = np.where((down[:, None] >= 0) & (across >= 0), down[:, None] * wide + across, -1)
    every = np.where(first >= 0, first + np.arange(channels)[:, None, None] * high * wide, -1)
    if not np.array_equal(every, places):
        return None
    return SeparableGeometry(_picks(down, high), _picks(across, wide))


def _picks(places: NDArray[np.int64], size: int) -> Floats:
    """The matrix that has for each output a one at its place, or nothing for -1."""
    matrix: Floats = (places[:, None] == np.arange(size)).astype(np.float64)
    return matrix


def _of_kernel(geometry: ConvGeometry, kernel: Kernel, inside: Shape) -> SeparableForm | None:
    """A depthwise convolution whose kernels are one outer product, times a factor of each channel."""
    out, width = kernel.shape[:2]
    if kernel.integer or width != 1 or geometry.groups != out or out != inside[0]:
        return None
    values = dilated(kernel.real(), geometry.dilation)[:, 0]
    whole = float(np.abs(values).max())
    _, i, j = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    gain = values[:, i, j]
    pattern = values[int(np.abs(gain).argmax())]
    if whole == 0.0:
        return None
    pattern = pattern / pattern[i, j]
    made = np.multiply.outer(gain, np.multiply.outer(pattern[:, j], pattern[i]))
    if np.abs(made - values).max() > EQUAL * whole:
        return None
    return _slid(replace(geometry, dilation=(1, 1)), (pattern[:, j], pattern[i]), inside, gain)


def _slid(geometry: ConvGeometry, taps: tuple[Floats, Floats], inside: Shape, gain: Floats) -> SeparableForm:
    """Taps along rows and along columns that slide over maps of shape `inside`."""
    axes = zip(taps, grid(inside)[1:], geometry.stride, geometry.padding, strict=True)
    rows, columns = (_band(*axis) for axis in axes)
    return SeparableForm(SeparableGeometry(rows, columns), gain)


def _band(taps: Floats, size: int, step: int, pad: int) -> Floats:
    """The matrix of a kernel that slides along one axis, zeros beyond both ends."""
    count = (size + 2 * pad - len(taps)) // step + 1
    matrix = np.zeros((count, size + 2 * pad))
    for place, row in enumerate(matrix):
        row[place * step : place * step + len(taps)] = taps
    return matrix[:, pad : pad + size]
