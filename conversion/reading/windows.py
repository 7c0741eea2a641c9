"""Pooling and upsampling of Signals and Currents that keep their population, or turn into currents."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.algebra import Shapes, unframed
from spikewright.conversion.reading.layer import AffineLayer, averaging, padded_conv, summing
from spikewright.conversion.reading.merge import merged, read_signal
from spikewright.conversion.reading.shapes import grid, spread, ungrid
from spikewright.conversion.reading.terms import mapped
from spikewright.conversion.reading.values import Current, Kernel, Signal, SourceTerm
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
        return averaging(name, shape, self.kernel, self.stride, self.padding)


def average_signal(value: Signal, window: Window, name: str) -> Signal | Current:
    """Disjoint windows are an address map; others become currents."""
    if len(value.shape) == 3 and window.disjoint and not any(value.border):
        layer = window.layer(name, value.shape)
        offset = None if value.offset is None else _mapped(layer, value)
        pool = (value.pool[0] * window.kernel[0], value.pool[1] * window.kernel[1])
        gain = value.gain / float(prod(window.kernel))
        return replace(value, shape=layer.shape, pool=pool, gain=gain, offset=offset)
    current = read(value, window.layer(name, value.shape))
    if len(value.shape) == 3 and window.padding == (0, 0) and not any(value.border):
        gain, args = value.gain / float(prod(window.kernel)), {"kernel": window.kernel, "stride": window.stride}
        term = SourceTerm(value.source, "avgpool", value.pool, gain_in=gain, args=args)
        current = replace(current, terms=(term,))
    return replace(current, positive=value.positive)


def average_current(value: Current, window: Window, name: str, shapes: Shapes) -> Current | None:
    """Pooling swapped with 1x1 layers and sums before it, or merged with convolutions; None when it is neither."""
    if window.disjoint and len(value.shape) == 3 and all(map(_commutes, value.terms)):
        layer, area = window.layer(name, value.shape), float(prod(window.kernel))
        terms = tuple(replace(t, pool=_times(t.pool, window.kernel), gain_in=t.gain_in / area) for t in value.terms)
        bias = mapped(SourceTerm("", layer.op, kernel=layer.kernel, args=layer.args), value.bias, value.shape)
        return replace(value, terms=tuple(map(_as_windows, terms)), bias=bias, shape=layer.shape, node=None)
    found = merged(value, window.layer(name, value.shape), shapes)
    return None if found is None else replace(found, positive=value.positive, name=value.name)


def read(value: Signal, layer: AffineLayer) -> Current:
    """A convolution of a Signal; zeros around it become padding, which is exact for its offset too."""
    if not any(value.border):
        return read_signal(value, layer)
    kernel, args = padded_conv(layer.kernel, layer.args, value.border)
    inner = unframed(value)
    moved = replace(layer, kernel=kernel, args=args, inputs=inner.shape)
    bias = layer.bias_map if value.offset is None else layer.bias_map + _mapped(layer, value)
    return replace(read_signal(inner, moved), bias=bias)


def uneven(value: Signal, args: Mapping[str, Any], shape: Shape, name: str, shapes: Shapes) -> Current:
    """Windows of different sizes or divisors: whole numbers upsample, one divisor is a convolution, the rest is a map."""
    rows, columns = args["rows"], args["columns"]
    factor = _factor(value.shape, shape, (rows, columns))
    if factor is not None:
        return upsample(value, factor, shape, name)
    weights = {row[2] * column[2] for row in rows for column in columns}
    if len(weights) == 1 and "kernel" in args:
        extra = tuple(
            (count - 1) * step + size - extent - 2 * pad
            for count, step, size, extent, pad in zip(
                grid(shape)[1:], args["stride"], args["kernel"], grid(value.shape)[1:], args["padding"], strict=True
            )
        )
        layer = summing(name, value.shape, args, weights.pop(), (max(extra[0], 0), max(extra[1], 0)))
        return replace(read(value, layer), positive=value.positive)
    if any(value.border):
        raise Refusal("pooling with unequal windows of a padded map", "the padding argument of a convolution")
    term = SourceTerm(value.source, "map", value.pool, gain_in=value.gain, args={"rows": rows, "columns": columns})
    return Current((term,), _offset(value, term, shape), shape, name, positive=value.positive)


def upsample(value: Signal, factor: Pair, shape: Shape, name: str) -> Current:
    """Nearest neighbours repeated; `shape`: of the result."""
    if any(value.border):
        raise Refusal("upsampling of a padded map", "the padding after the upsampling")
    if len(value.shape) != 3:
        raise Refusal("upsampling of a sequence", "nn.ConvTranspose2d or upsampling of maps (C, H, W)")
    term = SourceTerm(value.source, "upsample", value.pool, gain_in=value.gain, args={"factor": factor})
    return Current((term,), _offset(value, term, shape), shape, name, positive=value.positive)


def transposed(value: Signal, kernel: Kernel, args: Mapping[str, Any], result: tuple[str, Shape]) -> Current:
    """A transposed convolution without its bias. `result`: name and shape."""
    name, shape = result
    layer = AffineLayer(name, "conv_transpose2d", kernel, np.zeros(()), value.shape, shape, args)
    return read_signal(value, layer)


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


def maximum_shape(args: Mapping[str, Any], shape: Shape) -> Shape:
    """Shape of a map after windows of `args` without any that reach over the end."""
    channels, *sizes = grid(shape)
    counts = [
        (size + 2 * pad - dil * (span - 1) - 1) // step + 1
        for size, pad, dil, span, step in zip(
            sizes, args["padding"], args["dilation"], args["kernel"], args["stride"], strict=True
        )
    ]
    return ungrid((channels, counts[0], counts[1]), shape)


def _factor(shape: Shape, out: Shape, windows: tuple[Any, Any]) -> Pair | None:
    """The whole factor when every window is one pixel, repeated equally often."""
    (_, high, wide), (_, rows, columns) = grid(shape), grid(out)
    single = all(stop - start == 1 and weight == 1.0 for axis in windows for start, stop, weight in axis)
    if not single or rows % high or columns % wide or len(shape) != 3:
        return None
    factor = (rows // high, columns // wide)
    straight = all(
        start == place // step
        for axis, step in zip(windows, factor, strict=True)
        for place, (start, _, _) in enumerate(axis)
    )
    return factor if straight else None


def _offset(value: Signal, term: SourceTerm, shape: Shape) -> Any:
    if value.offset is None:
        return np.zeros(shape)
    return mapped(replace(term, pool=(1, 1), gain_in=np.ones(())), value.offset, value.shape)


def _mapped(layer: AffineLayer, value: Signal) -> Any:
    assert value.offset is not None
    return mapped(SourceTerm("", layer.op, kernel=layer.kernel, args=layer.args), value.offset, value.shape)


def _commutes(term: SourceTerm) -> bool:
    if term.op != "conv2d" or term.kernel is None:
        return term.op == "identity"
    plain = term.args["stride"] == (1, 1) and term.args["padding"] == (0, 0)
    return plain and term.kernel.values.shape[2:] == (1, 1)


def _as_windows(term: SourceTerm) -> SourceTerm:
    """A pooled identity is an average pool."""
    if term.op != "identity":
        return term
    return replace(term, op="avgpool", pool=(1, 1), args={"kernel": term.pool, "stride": term.pool})


def _times(one: Pair, other: Pair) -> Pair:
    return one[0] * other[0], one[1] * other[1]
