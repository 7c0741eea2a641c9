"""Pooling of Signals and Currents that keep their population, or turn into currents."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from spikewright.conversion.reading.algebra import Shapes, unframed
from spikewright.conversion.reading.geometry import PoolGeometry
from spikewright.conversion.reading.layer import AffineLayer, summing
from spikewright.conversion.reading.merging import merged, read_signal
from spikewright.conversion.reading.plan import DEARER
from spikewright.conversion.reading.shapes import grid, spread, times
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


def average_current(
    value: Current, window: Window, name: str, shapes: Shapes, dearer: float = DEARER
) -> Current | None:
    """Pooling swapped with 1x1 layers and sums before it, or merged with convolutions; None when it is neither.

    `dearer`: see `CodeTraits`.
    """
    layer = window.layer(name, value.shape)
    pointwise = all(term.geometry.pointwise(term.kernel) for term in value.terms)
    if window.disjoint and len(value.shape) == 3 and pointwise:
        terms = tuple(_pooled(term, window) for term in value.terms)
        bias = mapped(layer.term(), value.bias, value.shape)
        return replace(value, terms=terms, bias=bias, shape=layer.shape, node=None)
    found = merged(value, layer, shapes, dearer)
    return None if found is None else replace(found, positive=value.positive, name=value.name)


def read_framed(value: Signal, layer: AffineLayer) -> Current:
    """`layer` of a Signal; zeros around it become padding, which is exact for its offset too. Raises Refusal."""
    if not value.bordered:
        return read_signal(value, layer)
    inner = unframed(value)
    bias = layer.bias_map if value.offset is None else layer.bias_map + mapped(layer.term(), value.offset, value.shape)
    return replace(read_signal(inner, layer.framed(value.border, inner.shape)), bias=bias)


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


def _pooled(term: SourceTerm, window: Window) -> SourceTerm:
    """A pointwise term of the averages of its source."""
    geometry, pool = term.geometry.over_pool(times(term.pool, window.kernel))
    return replace(term, geometry=geometry, pool=pool, gain_in=term.gain_in / float(prod(window.kernel)))
