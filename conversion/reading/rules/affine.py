"""Layers with weights: convolutions, linear layers, and batch norms that are left."""

from dataclasses import replace
from typing import Any

import numpy as np

from spikewright.compress import GraphNode
from spikewright.compress.exact.precision import unrounded
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, TransposedGeometry
from spikewright.conversion.reading.layer import AffineLayer, over_vector
from spikewright.conversion.reading.map_folding import depthwise_in_place, folded, picking
from spikewright.conversion.reading.reordering import placed
from spikewright.conversion.reading.separable_forms import selection
from spikewright.conversion.reading.shapes import NO_BORDER, Floats, spread
from spikewright.conversion.reading.shares import shares_of
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import mapped
from spikewright.conversion.reading.values import Current, Flow, Signal, Value, View
from spikewright.conversion.reading.walk import Walk
from spikewright.index_maps import IndexMap
from spikewright.snn.synapses import Shape
from spikewright.weights import unscaled


def conv(walk: Walk, node: GraphNode) -> Value:
    """Conv2d, and Conv1d as one of a single row."""
    kernel, bias = walk.kernel(node)
    if node.kind == "conv1d":
        kernel = kernel.changed(lambda values: values[:, :, None])
    stride, padding, dilation, less = (_pair(node.args[name], fill) for name, fill in _CONV)
    plain = ConvGeometry(stride, padding, dilation, int(node.args["groups"]))
    kernel, geometry = plain.framed(kernel, NO_BORDER, less)
    given, inputs = walk.given(node), _input(walk, node)
    if "around" in node.args:
        around = node.args["around"]
        given, inputs = walk.moved(given, around, node.name), around.shape
    layer = AffineLayer(node.name, geometry, kernel, bias, inputs, node.shape)
    vector = _over_vectors(walk, node, layer, given)
    if vector is not None:
        return vector
    turned = depthwise_in_place(layer, given.map) if isinstance(given, View) else None
    if turned is None:
        return _applied(walk, node, layer, given)
    return turned_back(walk, node, _applied(walk, node, turned.layer, given.flow), turned.back)


def _over_vectors(walk: Walk, node: GraphNode, layer: AffineLayer, given: Flow | View) -> Value | None:
    """A layer of a value that is seen as channels of one pixel, but comes from populations that are vectors; else None."""
    shapes = (walk.shapes[one.source] if isinstance(one, Signal) else one.shape for one in given.flow.pieces)
    single = over_vector(layer) if any(len(shape) == 1 for shape in shapes) else None
    if single is None:
        return None
    vector = walk.arranged(walk.settled(given), single.inputs, node.name)
    return walk.arranged(_applied(walk, node, single, vector), node.shape, node.name)


def conv_transpose(walk: Walk, node: GraphNode) -> Value:
    """ConvTranspose2d; the kernel's output channel comes first here."""
    kernel, bias = walk.kernel(node)
    stride, padding, more, dilation = (_pair(node.args[name], 0) for name in _TRANSPOSED)
    geometry = TransposedGeometry(stride, padding, more, dilation, int(node.args["groups"]))
    layer = AffineLayer(node.name, geometry, kernel, bias, _input(walk, node), node.shape)
    vector = _over_vectors(walk, node, layer, walk.given(node))
    return _applied(walk, node, layer, walk.given(node)) if vector is None else vector


def linear(walk: Walk, node: GraphNode) -> Value:
    """A linear layer on vectors."""
    kernel, bias = walk.kernel(node)
    layer = AffineLayer(node.name, DENSE, kernel, bias, _input(walk, node), node.shape)
    return _applied(walk, node, layer, walk.given(node))


def turned_back(walk: Walk, node: GraphNode, current: Current, back: IndexMap) -> Flow | View:
    """What a layer makes in an order of its own, in that of its node, which knows where its numbers are."""
    return walk.viewed(replace(current, node=node.name, order=back.inverse()), back, node.name)


def batchnorm(walk: Walk, node: GraphNode) -> Value:
    """A batch norm that did not fold: scale and shift of what comes in."""
    gain, offset = _statistics(node)
    value, shape = walk.seen(node)
    inside = value.view
    if inside[0] != shape[0] or inside[0] != gain.size:
        raise Refusal(f"a batch norm behind a reshape from {inside} to {shape}", "the batch norm in front of it")
    shaped = np.ascontiguousarray(np.broadcast_to(spread(offset, inside), inside))
    walk.note(node.name, "folded", "scale and shift carried into the layers around it", 2 * gain.size)
    return walk.arranged(algebra.affine(value, gain, shaped), shape, node.name)


def _applied(walk: Walk, node: GraphNode, layer: AffineLayer, given: Flow | View) -> Current:
    """`layer` of a value as it is given, with the map in front of it where there is one."""
    ordered = _in_order(walk, node, layer, given)
    if ordered is not None:
        walk.note(
            node.name, "kept", f"{_weights(walk, node)}; reads in the order of {node.inputs[0]}", _parameters(node)
        )
        return _known_positive(ordered, given.flow.positive, layer)
    sums = len(walk.units)
    value, layer, offset = _behind_map(walk, node, layer, given)
    current = walk.applied(value, layer)
    if offset is not None:
        current = replace(current, bias=current.bias + offset)
    current = _known_positive(current, value.positive, layer)
    told = _weights(walk, node)
    if isinstance(value, Current) and len(walk.units) == sums and node.inputs[0] not in walk.relays:
        told += "; merged with the layers in front of it, since no ReLU is between them"
    walk.note(node.name, "kept", told, _parameters(node))
    return current


def _known_positive(current: Current, source: bool, layer: AffineLayer) -> Current:
    """What a layer makes; never negative where its `source` is not, and neither are its weights and what is added."""
    above = source and bool(np.all(layer.kernel.values >= 0) and np.all(current.bias >= 0))
    return replace(current, positive=True) if above else current


def _in_order(walk: Walk, node: GraphNode, layer: AffineLayer, given: Flow | View) -> Current | None:
    """A layer over a moved value that neither its weights nor single ones say: each piece read in the order of the map."""
    if not isinstance(given, View) or given.map.in_order or len(given.map.shape) > 3:
        return None
    moved, name = given.map, node.inputs[0]
    if folded(layer, moved) is not None or picking(name, moved) is not None:
        return None
    if selection(moved) is not None and not all(piece.ready for piece in given.flow.pieces):
        return None  # composed with the sum that it selects of
    terms: list[SourceTerm] = []
    bias = layer.bias_map + mapped(layer.term(), moved.constants, layer.inputs)
    for share in shares_of(given.flow, moved):
        piece = placed(share, name, walk.ordered, walk.relay)
        current = walk.applied_part(piece, layer, share.start, share.stop)
        terms += current.terms
        bias = bias + current.bias
    return Current(tuple(terms), bias, layer.shape, layer.name)


def _behind_map(
    walk: Walk, node: GraphNode, layer: AffineLayer, given: Flow | View
) -> tuple[Flow, AffineLayer, Floats | None]:
    """What a layer reads, with the map in front of it taken into its weights, and what the constants of that bring."""
    found = folded(layer, given.map) if isinstance(given, View) and not given.map.in_order else None
    if found is None:
        return walk.shaped(given, node.inputs[0]), layer, None
    flow = given.flow
    if layer.geometry is DENSE:
        flow = algebra.flatten(flow, walk.shapes, node.inputs[0])
    return flow, found.layer, found.offset


_CONV = (("stride", 1), ("padding", 0), ("dilation", 1), ("less", 0))
_TRANSPOSED = ("stride", "padding", "output_padding", "dilation")


def _pair(value: Any, fill: int) -> tuple[int, int]:
    """(rows, columns); of a sequence (fill, columns)."""
    return (fill, int(value[0])) if len(value) == 1 else (int(value[0]), int(value[1]))


def _input(walk: Walk, node: GraphNode) -> Shape:
    return walk.view.node(node.inputs[0]).shape


def _statistics(node: GraphNode) -> tuple[Floats, Floats]:
    norm: Any = node.module
    mean, variance = (getattr(norm, name).double().numpy() for name in ("running_mean", "running_var"))
    gamma, beta = (getattr(norm, name) for name in ("weight", "bias"))
    gain = (1.0 if gamma is None else unrounded(gamma).numpy()) / np.sqrt(variance + node.args["eps"])
    return gain, (0.0 if beta is None else unrounded(beta).numpy()) - mean * gain


def _weights(walk: Walk, node: GraphNode) -> str:
    stored = None if node.path is None else walk.stored.get(node.path)
    if stored is None:
        return "float weights"
    return "integer weights" if not unscaled(stored)[0].real else f"{stored.told} weights"


def _parameters(node: GraphNode) -> int:
    return sum(value.numel() for value in node.module.parameters()) if node.module else 0
