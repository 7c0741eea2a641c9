"""Pooling and upsampling of Signals and Currents that keep their population, or turn into currents."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.algebra import Shapes, unframed
from spikewright.conversion.reading.geometry import (
    Geometry,
    PoolGeometry,
    TransposedGeometry,
    UnevenGeometry,
    UpsampleGeometry,
)
from spikewright.conversion.reading.layer import AffineLayer, summing
from spikewright.conversion.reading.merging import merged, read_signal
from spikewright.conversion.reading.shapes import Floats, grid, spread, times
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import mapped
from spikewright.conversion.reading.values import Current, Signal
from spikewright.snn.synapses import Pair, Shape


@dataclass(frozen=True)
class Window:
    """Windows of an average pool whose padded zeros count."""

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)

    @property
    def disjoint(self) -> bool:
        """True when they neither overlap nor leave gaps nor reach over the border."""
        return self.kernel == self.stride and self.padding == (0, 0)

    def covers(self, shape: Shape) -> bool:
        """True when one window is the whole of a map of `shape`."""
        return self.padding == (0, 0) and self.kernel == grid(shape)[1:]

    def layer(self, name: str, shape: Shape) -> AffineLayer:
        """The pooling of a map of `shape` as a depthwise convolution."""
        return summing(name, shape, (self.kernel, self.stride, self.padding), 1.0 / prod(self.kernel))

    def beyond(self, shape: Shape, outside: Shape) -> Pair:
        """Rows and columns that the last windows reach over the end, where there are as many as in `outside`."""
        rows, columns = (
            max((count - 1) * step + size - extent - 2 * pad, 0)
            for count, step, size, extent, pad in zip(
                grid(outside)[1:], self.stride, self.kernel, grid(shape)[1:], self.padding, strict=True
            )
        )
        return rows, columns


def average_signal(value: Signal, window: Window, name: str) -> Signal | Current:
    """Disjoint windows are an address map; others become currents."""
    layer, gain = window.layer(name, value.shape), value.gain / float(prod(window.kernel))
    plain = len(value.shape) == 3 and not value.bordered
    if plain and window.disjoint:
        offset = None if value.offset is None else mapped(layer.term(), value.offset, value.shape)
        return replace(value, shape=layer.shape, pool=times(value.pool, window.kernel), gain=gain, offset=offset)
    current = read_framed(value, layer)
    if plain and window.padding == (0, 0):
        term = SourceTerm(value.source, PoolGeometry(window.kernel, window.stride), value.pool, gain_in=gain)
        current = replace(current, terms=(term,))
    return replace(current, positive=value.positive)


def average_current(value: Current, window: Window, name: str, shapes: Shapes) -> Current | None:
    """Pooling swapped with 1x1 layers and sums before it, or merged with convolutions; None when it is neither."""
    layer = window.layer(name, value.shape)
    pointwise = all(term.geometry.pointwise(term.kernel) for term in value.terms)
    if window.disjoint and len(value.shape) == 3 and pointwise:
        terms = tuple(_pooled(term, window) for term in value.terms)
        bias = mapped(layer.term(), value.bias, value.shape)
        return replace(value, terms=terms, bias=bias, shape=layer.shape, node=None)
    found = merged(value, layer, shapes)
    return None if found is None else replace(found, positive=value.positive, name=value.name)


def read_framed(value: Signal, layer: AffineLayer) -> Current:
    """`layer` of a Signal; zeros around it become padding, which is exact for its offset too. Raises Refusal."""
    if not value.bordered:
        return read_signal(value, layer)
    inner = unframed(value)
    bias = layer.bias_map if value.offset is None else layer.bias_map + mapped(layer.term(), value.offset, value.shape)
    return replace(read_signal(inner, layer.framed(value.border, inner.shape)), bias=bias)


def uneven(value: Signal, windows: UnevenGeometry, like: Window | None, target: tuple[str, Shape]) -> Current:
    """Windows of different sizes or divisors: whole numbers upsample, one divisor is a convolution, the rest is a map.

    `like`: the windows of one size that they would be without borders, None where there are none. `target`: name and shape.
    """
    name, shape = target
    factor = _factor(value.shape, shape, windows)
    if factor is not None:
        return upsample(value, factor, target)
    weights = {row[2] * column[2] for row in windows.rows for column in windows.columns}
    if len(weights) == 1 and like is not None:
        sizes = (like.kernel, like.stride, like.padding)
        layer = summing(name, value.shape, sizes, weights.pop(), like.beyond(value.shape, shape))
        return replace(read_framed(value, layer), positive=value.positive)
    if value.bordered:
        raise Refusal("pooling with unequal windows of a padded map", "the padding argument of a convolution")
    return _of_one_term(value, windows, target)


def upsample(value: Signal, factor: Pair, target: tuple[str, Shape]) -> Current:
    """Nearest neighbours repeated. `target`: name and shape of the result."""
    if value.bordered:
        raise Refusal("upsampling of a padded map", "the padding after the upsampling")
    if len(value.shape) != 3:
        raise Refusal("upsampling of a sequence", "nn.ConvTranspose2d or upsampling of maps (C, H, W)")
    return _of_one_term(value, UpsampleGeometry(factor), target)


def upsampled_current(value: Current, factor: Pair, target: tuple[str, Shape]) -> Current | None:
    """Repetition of a sum of 1x1 convolutions and copies: each weight stands at every place of its block. None for other sums."""
    name, shape = target
    found = [_repeated(term, factor) for term in value.terms]
    terms = tuple(term for term in found if term is not None)
    if len(value.shape) != 3 or len(terms) < len(found):
        return None
    bias = value.bias.repeat(factor[0], axis=1).repeat(factor[1], axis=2)
    return Current(terms, bias, shape, name, positive=value.positive)


def _repeated(term: SourceTerm, factor: Pair) -> SourceTerm | None:
    """A pointwise term whose outputs are repeated: a transposed convolution with blocks of equal taps."""
    if not term.geometry.pointwise(term.kernel):
        return None
    if term.kernel is None:
        return replace(term, geometry=UpsampleGeometry(factor))
    values = np.broadcast_to(term.kernel.values, (*term.kernel.values.shape[:2], *factor))
    geometry = TransposedGeometry(factor, groups=term.geometry.group_count)
    return replace(term, geometry=geometry, kernel=replace(term.kernel, values=np.ascontiguousarray(values)))


def alignable(value: Signal) -> bool:
    """True when a gate may read the population itself: one positive scale and one offset for each channel."""
    if value.pool != (1, 1) or not np.all(value.gain > 0):
        return False
    if value.offset is None:
        return True
    rows = value.offset.reshape(value.offset.shape[0], -1)
    return bool(np.all(rows == rows[:, :1]))


def after_gate(value: Signal, name: str, shape: Shape) -> Signal:
    """The maxima of a Signal, sent by the gate `name`."""
    offset = None
    if value.offset is not None:
        rows = value.offset.reshape(value.offset.shape[0], -1)
        offset = np.ascontiguousarray(np.broadcast_to(spread(rows[:, 0], shape), shape))
    return Signal(name, shape, gain=value.gain, offset=offset, positive=value.positive)


def _factor(shape: Shape, out: Shape, windows: UnevenGeometry) -> Pair | None:
    """The whole factor when every window is one pixel, repeated equally often."""
    (_, high, wide), (_, rows, columns) = grid(shape), grid(out)
    axes = (windows.rows, windows.columns)
    single = all(stop - start == 1 and weight == 1.0 for axis in axes for start, stop, weight in axis)
    if not single or rows % high or columns % wide or len(shape) != 3:
        return None
    factor = (rows // high, columns // wide)
    straight = all(
        start == place // step
        for axis, step in zip(axes, factor, strict=True)
        for place, (start, _, _) in enumerate(axis)
    )
    return factor if straight else None


def _of_one_term(value: Signal, geometry: Geometry, target: tuple[str, Shape]) -> Current:
    """A geometry without weights over a Signal; the bias is what it makes of the offset."""
    name, shape = target
    term = SourceTerm(value.source, geometry, value.pool, gain_in=value.gain)
    bias: Floats = (
        np.zeros(shape) if value.offset is None else mapped(SourceTerm("", geometry), value.offset, value.shape)
    )
    return Current((term,), bias, shape, name, positive=value.positive)


def _pooled(term: SourceTerm, window: Window) -> SourceTerm:
    """A pointwise term of the averages of its source."""
    geometry, pool = term.geometry.over_pool(times(term.pool, window.kernel))
    return replace(term, geometry=geometry, pool=pool, gain_in=term.gain_in / float(prod(window.kernel)))
