"""Pooling, padding and upsampling."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra, resampling
from spikewright.conversion.reading import windows as pooling
from spikewright.conversion.reading.geometry import SeparableGeometry
from spikewright.conversion.reading.rules import linear
from spikewright.conversion.reading.shapes import joined_axes
from spikewright.conversion.reading.values import Current, Flow, Parts, Piece, Signal, Value, View
from spikewright.conversion.reading.walk import Walk
from spikewright.conversion.reading.windows import Window
from spikewright.index_maps import IndexMap
from spikewright.snn.synapses import Pair, Shape


def average(walk: Walk, node: GraphNode) -> Value:
    """Average pooling with one divisor."""
    window, turned = Window(*(node.args[name] for name in ("kernel", "stride", "padding"))), walk.turned(node)
    if turned is not None:
        return walk.turned_back(_averaged(walk, node, turned.flow, window), turned, node)
    value, shape = walk.seen(node)
    if shape != value.view and window.covers(shape):
        return _over(walk, node, tuple(range(2, len(shape) + 1)))
    return _averaged(walk, node, walk.flow(node), window)


def mean(walk: Walk, node: GraphNode) -> Value:
    """A mean over axes of pixels, also of a map whose axes were joined or taken away."""
    return _over(walk, node, node.args["dims"])


def total(walk: Walk, node: GraphNode) -> Value:
    """A sum over axes of pixels: their mean, times how many they are."""
    shape = walk.given(node).view
    pixels = prod(shape[dim - 1] for dim in node.args["dims"])
    return _over(walk, node, node.args["dims"], float(pixels))


def uneven(walk: Walk, node: GraphNode) -> Value:
    """Average pooling whose windows differ in size or divisor."""
    args, value = node.args, walk.flow(node)
    like = Window(args["kernel"], args["stride"], args["padding"]) if "kernel" in args else None
    geometry = SeparableGeometry.of_stretches(args["rows"], args["columns"], value.view)

    def one(signal: Signal) -> Current:
        return resampling.uneven(signal, geometry, like, node.name)

    return _resampled(walk, node, geometry, one)


def resample(walk: Walk, node: GraphNode) -> Value:
    """Interpolation: one matrix for the rows and one for the columns."""
    geometry = SeparableGeometry(node.args["rows"], node.args["columns"])
    return _resampled(walk, node, geometry, lambda signal: resampling.resampled(signal, geometry, node.name))


def _resampled(walk: Walk, node: GraphNode, geometry: SeparableGeometry, read: Callable[[Signal], Current]) -> Value:
    """A separable map of each piece: composed with such a map in front of it, or over activations, as `read` says."""
    told: set[str] = set()

    def one(piece: Piece) -> Piece:
        swapped = resampling.composed(piece, geometry, node.name, walk.shapes, walk.dearer)
        result = read(walk.relay(piece)) if swapped is None else swapped
        own = any(isinstance(term.geometry, SeparableGeometry) for term in result.terms)
        told.add(
            "one map together with the maps in front of it"
            if swapped is not None
            else "a map of rows and of columns, exact at the borders too"
            if own
            else "currents of windows"
        )
        return result

    result = each(walk, walk.flow(node), one)
    walk.note(node.name, "rewritten", " and ".join(sorted(told)))
    return result


def upsample(walk: Walk, node: GraphNode) -> Value:
    """Nearest-neighbour upsampling; behind 1x1 convolutions in their weights, unless a convolution follows and takes it in."""
    convolved = any(node.name in other.inputs and other.kind == "conv2d" for other in walk.view)

    def one(piece: Piece) -> Piece:
        factor = node.args["factor"]
        swapped = None if convolved else resampling.upsampled_current(piece, factor, node.name)
        return resampling.upsample(walk.relay(piece), factor, node.name) if swapped is None else swapped

    walk.note(node.name, "rewritten", "each spike is passed on to all pixels of its block")
    return each(walk, walk.flow(node), one)


def pad(walk: Walk, node: GraphNode) -> Value:
    """Zeros around the map."""
    channels = node.args["channels"]
    if any(node.args["widths"]) and any(channels):
        walk.note(node.name, "folded", "zeros on all sides: places that nothing is read from")
        given = walk.given(node)
        return walk.moved(given, _surrounded(given.view, channels, node.args["widths"]), node.name)
    value = walk.flow(node)
    if any(node.args["widths"]):
        value = each(walk, value, lambda piece: algebra.framed(walk.relay(piece), node.args["widths"]))
    told = "zeros become the padding of what reads it"
    if any(channels):
        value = algebra.with_zeros(value, channels, walk.shapes, node.name)
        told = f"{sum(channels)} channels without a synapse"
    walk.note(node.name, "folded", told)
    return value


def _surrounded(shape: Shape, channels: Pair, widths: tuple[int, int, int, int]) -> IndexMap:
    """Zeros around the channels and the pixels of a map or a sequence."""
    around = ((widths[0], widths[1]), (widths[2], widths[3]))[-(len(shape) - 1) :]
    return IndexMap.of(shape, np.pad(np.arange(prod(shape)).reshape(shape), (channels, *around), constant_values=-1))


def _over(walk: Walk, node: GraphNode, dims: tuple[int, ...], factor: float = 1.0) -> Value:
    """`factor` times the mean over windows as long as the axes `dims` (the batch is 0)."""
    turned, shape = walk.turned(node), walk.given(node).view
    if all(shape[dim - 1] == 1 for dim in dims if dim):
        return _same_numbers(walk, node)
    what = "mean" if factor == 1 else "sum"
    refused = Refusal(f"a {what} over the dimensions {dims}", "one over height and width, (2, 3)")
    if len(shape) > 3 and turned is None and not _in_order(walk.given(node)):
        return linear.linear_step(walk, node, refused)
    value = walk.seen(node)[0] if turned is None else turned.flow
    inside = value.view
    runs = [joined_axes(inside, shape, dim - 1) for dim in dims]
    axes = [axis for run in runs if run is not None for axis in run]
    if 0 in axes or None in runs or len(inside) not in (2, 3):
        return linear.linear_step(walk, node, refused)
    window = tuple(size if axis in axes else 1 for axis, size in enumerate(inside) if axis)
    whole = window if len(window) == 2 else (1, *window)
    pooled = _averaged(walk, node, value, Window((whole[0], whole[1]), (whole[0], whole[1])))
    if factor != 1:
        pooled = algebra.affine(pooled, np.full(inside[0], factor), None)
    return walk.turned_back(pooled, turned, node)


def _in_order(given: Flow | View) -> bool:
    return not isinstance(given, View) or given.map.in_order


def _same_numbers(walk: Walk, node: GraphNode) -> Value:
    """What a reduction makes of axes of one number."""
    given = walk.given(node)
    moved = given.map if isinstance(given, View) else IndexMap.identity(given.view)
    walk.note(node.name, "folded", "the mean of one number")
    return walk.viewed(given.flow, moved.reshaped(node.shape), node.name)


def _averaged(walk: Walk, node: GraphNode, value: Flow, window: Window) -> Flow:
    told: set[str] = set()

    def one(piece: Piece) -> Piece:
        swapped = None if piece.ready else _swapped(walk, node, piece, window)
        if swapped is not None:
            told.add("swapped or merged with the layers before it")
            return swapped
        result = pooling.average_signal(walk.relay(piece), window, node.name)
        told.add("address map in front of the next layer" if result.ready else "currents of windows")
        return result

    pooled = each(walk, value, one)
    rows, columns = window.kernel
    text = f"{' and '.join(sorted(told))}: sums over {rows}x{columns}, the divisor goes into the weights"
    walk.note(node.name, "rewritten", text)
    return pooled


def _swapped(walk: Walk, node: GraphNode, current: Any, window: Window) -> Piece | None:
    return pooling.average_current(current, window, node.name, walk.shapes, walk.dearer)


def each(walk: Walk, value: Flow, rule: Callable[[Piece], Piece]) -> Flow:
    """The rule for a value, or for each piece of a concatenation; pieces that no step of the model gives are joined."""
    if isinstance(value, Parts) and any(not piece.ready and piece.node is None for piece in value.pieces):
        value = algebra.as_current(value, walk.shapes, value.node or "concatenation")
    if len(value.view) == 1:
        raise Refusal("pools a vector", "the pooling in front of the flattening")
    return Parts(tuple(map(rule, value.pieces))) if isinstance(value, Parts) else rule(value)
