"""Pooling, padding and upsampling."""

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading import windows as pooling
from spikewright.conversion.reading.activations import MaximumLaw
from spikewright.conversion.reading.shapes import joined_axes
from spikewright.conversion.reading.values import Current, Flow, Parts, Signal, Value
from spikewright.conversion.reading.walk import INPUT, Walk
from spikewright.conversion.reading.windows import Window


def average(walk: Walk, node: GraphNode) -> Value:
    """Average pooling with one divisor."""
    value, shape = walk.seen(node)
    window = Window(*(node.args[name] for name in ("kernel", "stride", "padding")))
    if shape != algebra.view_of(value) and window.covers(shape):
        return _over(walk, node, tuple(range(2, len(shape) + 1)))
    return _averaged(walk, node, walk.flow(node), window)


def mean(walk: Walk, node: GraphNode) -> Value:
    """A mean over axes of pixels, also of a map whose axes were joined or taken away."""
    return _over(walk, node, node.args["dims"])


def total(walk: Walk, node: GraphNode) -> Value:
    """A sum over axes of pixels: their mean, times how many they are."""
    _, shape = walk.seen(node)
    pixels = prod(shape[dim - 1] for dim in node.args["dims"])
    return _over(walk, node, node.args["dims"], float(pixels))


def _over(walk: Walk, node: GraphNode, dims: tuple[int, ...], factor: float = 1.0) -> Value:
    """`factor` times the mean over windows as long as the axes `dims` (the batch is 0)."""
    value, shape = walk.seen(node)
    inside = algebra.view_of(value)
    runs = [joined_axes(inside, shape, dim - 1) for dim in dims]
    axes = [axis for run in runs if run is not None for axis in run]
    if 0 in axes or None in runs or len(inside) not in (2, 3):
        raise Refusal(
            f"a {'mean' if factor == 1 else 'sum'} over the dimensions {dims}", "one over height and width, (2, 3)"
        )
    window = tuple(size if axis in axes else 1 for axis, size in enumerate(inside) if axis)
    whole = window if len(window) == 2 else (1, *window)
    pooled = _averaged(walk, node, value, Window((whole[0], whole[1]), (whole[0], whole[1])))
    if factor != 1:
        pooled = algebra.affine(pooled, np.full(inside[0], factor), None)
    return walk.arranged(pooled, node.shape, node.name)


def uneven(walk: Walk, node: GraphNode) -> Value:
    """Average pooling whose windows differ in size or divisor."""

    def one(part: Signal | Current) -> Current:
        signal = _signal(walk, part)
        shape = (signal.shape[0], *node.shape[1:])
        return pooling.uneven(signal, node.args, shape, node.name, walk.shapes)

    result = _each(walk, walk.flow(node), one)
    ops = {term.op for part in _currents(result) for term in part.terms}
    how = "windows of their own size, exact in front of a linear layer" if "map" in ops else "one currents' synapse"
    walk.note(node.name, "rewritten", how.replace("one currents' synapse", "currents of windows"))
    return result


def upsample(walk: Walk, node: GraphNode) -> Value:
    """Nearest-neighbour upsampling."""

    def one(part: Signal | Current) -> Current:
        signal = _signal(walk, part)
        return pooling.upsample(signal, node.args["factor"], (signal.shape[0], *node.shape[1:]), node.name)

    walk.note(node.name, "rewritten", "each spike is passed on to all pixels of its block")
    return _each(walk, walk.flow(node), one)


def pad(walk: Walk, node: GraphNode) -> Value:
    """Zeros around the map."""
    value, channels = walk.flow(node), node.args["channels"]
    if any(node.args["widths"]):
        value = _each(walk, value, lambda part: algebra.framed(_signal(walk, part), node.args["widths"]))
    told = "zeros become the padding of what reads it"
    if any(channels):
        value, told = (
            algebra.with_zeros(value, channels, walk.shapes, node.name),
            f"{sum(channels)} channels without a synapse",
        )
    walk.note(node.name, "folded", told)
    return value


def maximum(walk: Walk, node: GraphNode) -> Value:
    """Max pooling: a gate that passes on the largest count of each window."""
    if node.args["dilation"] != (1, 1):
        raise Refusal("max pooling with dilation: a gate compares neighbours", "max pooling without dilation")
    value = walk.flow(node)
    if isinstance(value, Parts) and not all(isinstance(part, Signal) and _comparable(part) for part in value.parts):
        value = replace(algebra.as_current(value, walk.shapes, node.name), node=node.inputs[0])
    result = _each(walk, value, lambda part: _largest(walk, node, part))
    walk.note(node.name, "rewritten", "", neurons=sum(_size(walk, part) for part in _signals(result)))
    return walk.arranged(result, node.shape, node.name)


def _largest(walk: Walk, node: GraphNode, part: Signal | Current) -> Signal:
    if isinstance(part, Signal) and part.source == INPUT:
        raise Refusal("the largest pixel of the image itself, which is a current and no spikes", "the pooled image")
    signal = _signal(walk, part)
    args = node.args
    if any(args["extra"]):
        raise Refusal("ceil_mode: windows that reach over the end of values of both signs", "a ReLU before the pooling")
    if not _comparable(signal):
        signal = _own(walk, signal, node)
    shape = pooling.maximum_shape(args, signal.shape)
    window = MaximumLaw(args["kernel"], args["stride"], args["padding"], args["dilation"])
    return pooling.after_gate(signal, walk.gate(signal, node, window, shape), shape)


def _comparable(signal: Signal) -> bool:
    return not any(signal.border) and pooling.alignable(signal)


def _own(walk: Walk, signal: Signal, node: GraphNode) -> Signal:
    """A population for averages, padded maps or negative scales, which a gate cannot compare as they are."""
    current = algebra.as_current(signal, walk.shapes, node.inputs[0])
    return _signal(walk, replace(current, node=node.inputs[0]))


def _averaged(walk: Walk, node: GraphNode, value: Flow, window: Window) -> Flow:
    told: set[str] = set()

    def one(part: Signal | Current) -> Signal | Current:
        if isinstance(part, Current):
            swapped = pooling.average_current(part, window, node.name, walk.shapes)
            if swapped is not None:
                told.add("swapped or merged with the layers before it")
                return swapped
            part = _signal(walk, part)
        result = pooling.average_signal(part, window, node.name)
        told.add("address map in front of the next layer" if isinstance(result, Signal) else "currents of windows")
        return result

    pooled = _each(walk, value, one)
    rows, columns = window.kernel
    text = f"{' and '.join(sorted(told))}: sums over {rows}x{columns}, the divisor goes into the weights"
    walk.note(node.name, "rewritten", text)
    return pooled


def _each(walk: Walk, value: Flow, rule: Any) -> Flow:
    """The rule for a value, or for each part of a concatenation; parts that no step of the model gives are joined."""
    if isinstance(value, Parts) and any(isinstance(part, Current) and part.node is None for part in value.parts):
        value = algebra.as_current(value, walk.shapes, value.node or "concatenation")
    if isinstance(value, Parts):
        if len(value.view) == 1:
            raise Refusal("pools a vector", "the pooling in front of the flattening")
        return Parts(tuple(rule(part) for part in value.parts))
    if len(algebra.view_of(value)) == 1:
        raise Refusal("pools a vector", "the pooling in front of the flattening")
    result: Flow = rule(value)
    return result


def _signal(walk: Walk, value: Signal | Current) -> Signal:
    signal = walk.relay(value)
    assert isinstance(signal, Signal)
    return signal


def _signals(value: Flow) -> list[Signal]:
    parts = value.parts if isinstance(value, Parts) else (value,)
    return [part for part in parts if isinstance(part, Signal)]


def _currents(value: Flow) -> list[Current]:
    parts = value.parts if isinstance(value, Parts) else (value,)
    return [part for part in parts if isinstance(part, Current)]


def _size(walk: Walk, signal: Signal) -> int:
    size = 1
    for extent in walk.shapes[signal.source]:
        size *= extent
    return size
