"""Linear steps without a layer of their own: a matrix along the channels, rows or columns, or over all numbers."""

from dataclasses import replace
from math import prod

import numpy as np

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.affine_steps import AffineStep, affine_step
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, Kernel, SeparableGeometry
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.linear_maps import AxisMatrices, is_identity, matrices_of, matrix_of
from spikewright.conversion.reading.map_folding import folded
from spikewright.conversion.reading.resampling import through
from spikewright.conversion.reading.rules.affine import turned_back
from spikewright.conversion.reading.shapes import Floats, grid, ungrid
from spikewright.conversion.reading.values import Current, Flow, Value, View
from spikewright.conversion.reading.walk import Walk
from spikewright.index_maps import IndexMap
from spikewright.snn.synapses import Shape


def linear_step(walk: Walk, node: GraphNode, refused: Refusal) -> Value:
    """A node that is affine in one value. Raises `refused` where it is not, or a Refusal with figures where it is too large."""
    step = affine_step(walk.view, node)
    if step is None:
        raise refused
    step = step.of_a_map()
    axes = matrices_of(step)
    made = None if axes is None else _along(walk, node, step, axes)
    told = "a matrix over all numbers" if made is None else "a matrix along an axis"
    current = _over_all(walk, node, step) if made is None else made
    moved = current.bias.size == step.offset.size and bool(step.offset.any())
    bias = current.bias + step.offset.reshape(current.shape) if moved else current.bias
    positive = current.positive and not np.any(step.offset < 0)
    walk.note(node.name, "rewritten", f"{told}, constant", kind="linear map")
    return walk.arranged(replace(current, bias=bias, positive=positive), node.shape, node.name)


def over_last_axis(walk: Walk, node: GraphNode) -> Value:
    """A linear layer over the last axis: a 1x1 convolution of maps whose channels were turned to the end, else columns."""
    kernel, bias = walk.kernel(node)
    given, source = walk.given(node), walk.view.node(node.inputs[0]).shape
    if prod(source[:-1]) == 1:
        return _of_one_place(walk, node, kernel, bias)
    flow = given.flow
    map_ = given.map if isinstance(given, View) else IndexMap.identity(flow.view)
    turned = map_.then(_turned(source))
    walk.note(node.name, "kept", "weights that are the same at every place", prod(kernel.shape) + bias.size)
    if turned.in_order and flow.view[0] == source[-1] and len(flow.view) in (2, 3):
        shape = (len(bias), *flow.view[1:])
        pixel = kernel.changed(lambda values: values[:, :, None, None])
        layer = AffineLayer(node.name, ConvGeometry(), pixel, bias, flow.view, shape)
        back = _turned((*node.shape[-1:], *node.shape[:-1]), front=False).over(shape)
        return turned_back(walk, node, walk.applied(flow, layer), back)
    return _columns(walk, node, kernel, bias)


def _of_one_place(walk: Walk, node: GraphNode, kernel: Kernel, bias: Floats) -> Value:
    """A linear layer of a vector, with axes of one number around it."""
    flat = algebra.flatten(walk.flow(node), walk.shapes, node.inputs[0])
    walk.note(node.name, "kept", "weights of the only place", prod(kernel.shape) + bias.size)
    layer = AffineLayer(node.name, DENSE, kernel, bias, (kernel.shape[1],), (len(bias),))
    return walk.arranged(walk.applied(flat, layer), node.shape, node.name)


def _columns(walk: Walk, node: GraphNode, kernel: Kernel, bias: Floats) -> Value:
    source = walk.view.node(node.inputs[0]).shape
    value = _joined(walk, node, 0, source if len(source) < 4 else (prod(source[:-1]), source[-1]))
    rows = grid(value.view)[1]
    made = through(value, SeparableGeometry(np.eye(rows), kernel.real()), node.name, walk)
    current = algebra.as_current(made, walk.shapes, node.name)
    current = replace(current, bias=current.bias + bias, positive=False)
    return current if len(source) < 4 else View(current, IndexMap.identity(current.view).reshaped(node.shape))


def _joined(walk: Walk, node: GraphNode, place: int, shape: Shape) -> Flow:
    """Input number `place` of `node` with axes joined, in a `shape` that populations have."""
    given = walk.given(node, place)
    if given.view == shape:
        return walk.flow(node, place)
    moved = given.map if isinstance(given, View) else IndexMap.identity(given.view)
    return walk.shaped(View(given.flow, moved.reshaped(shape), node.inputs[place]), node.inputs[place])


def _turned(shape: tuple[int, ...], front: bool = True) -> IndexMap:
    """The last axis of `shape` to the front, or the first to the end."""
    axes = np.moveaxis(np.arange(prod(shape)).reshape(shape), *((-1, 0) if front else (0, -1)))
    return IndexMap.of(shape, axes)


def _along(walk: Walk, node: GraphNode, step: AffineStep, axes: AxisMatrices) -> Current | None:
    """As a 1x1 convolution, or a map of rows and columns; None for both at once."""
    mixed, stretched = not is_identity(axes.channels), not (is_identity(axes.rows) and is_identity(axes.columns))
    if mixed and stretched:
        return None
    value = _joined(walk, node, step.place, step.source)
    if value.view != step.source:
        return None
    if not mixed:
        whole: Flow = through(value, SeparableGeometry(axes.rows, axes.columns), node.name, walk)
        return algebra.as_current(whole, walk.shapes, node.name)
    shape = ungrid((len(axes.channels), *grid(step.source)[1:]), step.source)
    kernel = Kernel(axes.channels[:, :, None, None])
    layer = AffineLayer(node.name, ConvGeometry(), kernel, np.zeros(()), step.source, shape)
    current = walk.applied(value, layer)
    return replace(current, positive=value.positive and bool((axes.channels >= 0).all()))


def _over_all(walk: Walk, node: GraphNode, step: AffineStep) -> Current:
    """As a matrix over all numbers, in their order or in another one."""
    weights, given = matrix_of(step), walk.given(node, step.place)
    layer = AffineLayer(node.name, DENSE, Kernel(weights), np.zeros(()), (prod(step.source),), (len(weights),))
    flat = algebra.flatten(given.flow, walk.shapes, node.name)
    moved = given.map.reshaped((prod(step.source),)) if isinstance(given, View) else None
    found = None if moved is None or moved.in_order else folded(layer, moved)
    if found is None:
        return walk.applied(flat, layer)
    current = walk.applied(flat, found.layer)
    return current if found.offset is None else replace(current, bias=current.bias + found.offset)
