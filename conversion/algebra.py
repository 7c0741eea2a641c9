"""The arithmetic of Signals and Currents: every step exact, or a Refusal."""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from conversion.errors import Refusal
from conversion.values import Current, Floats, Kernel, Signal, Term
from snn.synapses import Pair, Shape

Flow = Signal | Current
RELU_FIRST = "a ReLU in between, or one merged layer"


def affine(value: Flow, gain: Floats, offset: Floats | None) -> Flow:
    """gain * value + offset; `gain` () or one for each channel of the view, `offset` of the view's shape or None."""
    positive = value.positive and bool(np.all(gain >= 0)) and (offset is None or bool(np.all(offset >= 0)))
    if isinstance(value, Signal):
        moved = None if value.offset is None else value.offset * spread(gain, value.shape)
        total = moved if offset is None else offset if moved is None else moved + offset
        return replace(value, gain=value.gain * gain, offset=total, positive=positive)
    channels = per_channel(gain, value.shape[0])
    bias = value.bias * spread(channels, value.shape)
    bias = bias if offset is None else bias + offset.reshape(value.shape)
    return replace(value, terms=tuple(_scaled(term, channels) for term in value.terms), bias=bias, positive=positive)


def flatten(value: Flow) -> Flow:
    """The same numbers as a vector, row-major: nothing but addresses."""
    if isinstance(value, Current):
        return replace(value, flat=True)
    size = prod(value.shape)
    gain = value.gain if value.gain.ndim == 0 else np.repeat(value.gain, size // value.shape[0])
    offset = None if value.offset is None else value.offset.reshape(-1)
    return replace(value, shape=(size,), gain=gain, offset=offset)


def add(left: Flow, right: Flow, shapes: dict[str, Shape], name: str) -> Current:
    """left + right as one current. `shapes`: of the populations."""
    first, second = as_current(left, shapes, name), as_current(right, shapes, name)
    if first.shape != second.shape:
        raise Refusal(
            f"adds {first.shape} and {second.shape}, one of them flattened", "the sum in front of the flattening"
        )
    terms, bias = first.terms + second.terms, first.bias + second.bias
    weighted = next((one.name for one in (first, second) if any(term.kernel for term in one.terms)), name)
    return Current(terms, bias, first.shape, weighted, first.flat or second.flat, first.positive and second.positive)


def as_current(value: Flow, shapes: dict[str, Shape], name: str) -> Current:
    """A Signal as the input of neurons: neuron by neuron, or averages of its windows."""
    if isinstance(value, Current):
        return value
    flat = len(value.shape) == 1 and len(shapes[value.source]) == 3
    shape = pooled(shapes[value.source], value.pool) if flat else value.shape
    gain = per_channel(value.gain, shape[0])
    bias = np.zeros(shape) if value.offset is None else value.offset.reshape(shape)
    if value.pool == (1, 1):
        term = Term(value.source, "identity", gain_in=gain)
    else:
        term = Term(value.source, "avgpool", gain_in=gain, args={"kernel": value.pool, "stride": value.pool})
    return Current((term,), bias, shape, name, flat, value.positive)


def average(value: Flow, window: tuple[Pair, Pair, Pair], name: str) -> Flow:
    """Average pooling with (kernel, stride, padding); padded zeros count."""
    kernel, stride, padding = window
    if len(value.shape) != 3:
        raise Refusal("pools a vector", "the pooling in front of the flattening")
    disjoint = kernel == stride and padding == (0, 0)
    if isinstance(value, Signal):
        return _average_signal(value, kernel) if disjoint else _overlapping(value, window, name)
    if not disjoint or not commutes(value):
        raise Refusal("average pooling of a sum that no ReLU has passed", "the ReLU in front of the pooling")
    area = float(kernel[0] * kernel[1])
    terms = tuple(replace(t, pool=_times(t.pool, kernel), gain_in=t.gain_in / area) for t in value.terms)
    bias = _average_map(value.bias, kernel, kernel, (0, 0))
    return replace(value, terms=tuple(map(_as_windows, terms)), bias=bias, shape=bias.shape)


def conv(value: Signal, kernel: Kernel, bias: Floats, args: Mapping[str, Any], result: tuple[str, Shape]) -> Current:
    """A convolution of a Signal; an offset becomes a bias map, exact at zero-padded borders. `result`: name, shape."""
    name, shape = result
    total = np.broadcast_to(bias.reshape(-1, 1, 1), shape)
    if value.offset is not None:
        total = total + conv_map(value.offset, kernel.real(), args)
    term = Term(value.source, "conv2d", value.pool, kernel, value.gain, args=args)
    return Current((term,), total, shape, name)


def linear(value: Signal, kernel: Kernel, bias: Floats, name: str) -> Current:
    """A linear layer of a Signal."""
    total = bias if value.offset is None else bias + kernel.real() @ value.offset
    return Current((Term(value.source, "linear", value.pool, kernel, value.gain),), total, bias.shape, name)


def conv_map(values: Floats, weights: Floats, args: Mapping[str, Any]) -> Floats:
    """Cross-correlation of one map `(C, H, W)` in float64."""
    image, kernel = torch.tensor(values[None]), torch.tensor(weights)
    moved = F.conv2d(image, kernel, None, args["stride"], args["padding"], args["dilation"], args["groups"])
    result: Floats = moved[0].numpy()
    return result


def commutes(value: Current) -> bool:
    """True when pooling may come before the layers of the sum: 1x1 convolutions of stride 1 and identities."""
    return all(_commutes(term) for term in value.terms)


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


def pooled(shape: Shape, pool: Pair) -> Shape:
    """Shape after disjoint windows."""
    return shape if pool == (1, 1) else (shape[0], shape[1] // pool[0], shape[2] // pool[1])


def _scaled(term: Term, gain: Floats) -> Term:
    if term.kernel is None:
        return replace(term, gain_in=term.gain_in * gain)
    return replace(term, gain_out=term.gain_out * gain)


def _average_signal(value: Signal, kernel: Pair) -> Signal:
    offset = None if value.offset is None else _average_map(value.offset, kernel, kernel, (0, 0))
    gain = value.gain / float(kernel[0] * kernel[1])
    return replace(value, shape=pooled(value.shape, kernel), pool=_times(value.pool, kernel), gain=gain, offset=offset)


def _overlapping(value: Signal, window: tuple[Pair, Pair, Pair], name: str) -> Current:
    kernel, stride, padding = window
    area, channels = float(kernel[0] * kernel[1]), value.shape[0]
    offset = np.zeros(value.shape) if value.offset is None else value.offset
    bias = _average_map(offset, kernel, stride, padding)
    if padding == (0, 0):
        args = {"kernel": kernel, "stride": stride}
        term = Term(value.source, "avgpool", value.pool, gain_in=value.gain / area, args=args)
    else:
        ones = Kernel(np.full((channels, 1, *kernel), 1.0 / area))
        options = {"stride": stride, "padding": padding, "dilation": (1, 1), "groups": channels}
        term = Term(value.source, "conv2d", value.pool, ones, value.gain, args=options)
    return Current((term,), bias, bias.shape, name, positive=value.positive)


def _average_map(values: Floats, kernel: Pair, stride: Pair, padding: Pair) -> Floats:
    image = torch.tensor(values[None])
    result: Floats = F.avg_pool2d(image, kernel, stride, padding)[0].numpy()
    return result


def _commutes(term: Term) -> bool:
    if term.op != "conv2d" or term.kernel is None:
        return term.op == "identity"
    plain = term.args["stride"] == (1, 1) and term.args["padding"] == (0, 0)
    return plain and term.kernel.values.shape[2:] == (1, 1)


def _as_windows(term: Term) -> Term:
    """A pooled identity is an average pool."""
    if term.op != "identity":
        return term
    return replace(term, op="avgpool", pool=(1, 1), args={"kernel": term.pool, "stride": term.pool})


def _times(one: Pair, other: Pair) -> Pair:
    return one[0] * other[0], one[1] * other[1]
