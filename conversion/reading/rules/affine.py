"""Layers with weights: convolutions, linear layers, and batch norms that are left."""

from dataclasses import replace
from typing import Any

import numpy as np

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, TransposedGeometry
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.map_folding import folded
from spikewright.conversion.reading.shapes import NO_BORDER, Floats, spread
from spikewright.conversion.reading.values import Current, Flow, Value, View
from spikewright.conversion.reading.walk import Walk
from spikewright.snn.synapses import Shape
from spikewright.weights import unscaled


def conv(walk: Walk, node: GraphNode) -> Value:
    """Conv2d, and Conv1d as one of a single row."""
    kernel, bias = walk.kernel(node)
    if node.kind == "conv1d":
        kernel = replace(kernel, values=kernel.values[:, :, None])
    stride, padding, dilation, less = (_pair(node.args[name], fill) for name, fill in _CONV)
    plain = ConvGeometry(stride, padding, dilation, int(node.args["groups"]))
    kernel, geometry = plain.framed(kernel, NO_BORDER, less)
    return _applied(walk, node, AffineLayer(node.name, geometry, kernel, bias, _input(walk, node), node.shape))


def conv_transpose(walk: Walk, node: GraphNode) -> Value:
    """ConvTranspose2d; the kernel's output channel comes first here."""
    kernel, bias = walk.kernel(node)
    stride, padding, more, dilation = (_pair(node.args[name], 0) for name in _TRANSPOSED)
    geometry = TransposedGeometry(stride, padding, more, dilation, int(node.args["groups"]))
    return _applied(walk, node, AffineLayer(node.name, geometry, kernel, bias, _input(walk, node), node.shape))


def linear(walk: Walk, node: GraphNode) -> Value:
    """A linear layer on vectors."""
    kernel, bias = walk.kernel(node)
    return _applied(walk, node, AffineLayer(node.name, DENSE, kernel, bias, _input(walk, node), node.shape))


def batchnorm(walk: Walk, node: GraphNode) -> Value:
    """A batch norm that did not fold: scale and shift of what comes in."""
    gain, offset = _statistics(node)
    value, shape = walk.seen(node)
    inside = value.view
    if inside[0] != shape[0]:
        raise Refusal(f"a batch norm behind a reshape from {inside} to {shape}", "the batch norm in front of it")
    shaped = np.ascontiguousarray(np.broadcast_to(spread(offset, inside), inside))
    walk.note(node.name, "folded", "scale and shift carried into the layers around it", 2 * gain.size)
    return walk.arranged(algebra.affine(value, gain, shaped), shape, node.name)


def _applied(walk: Walk, node: GraphNode, layer: AffineLayer) -> Value:
    (value, layer, offset), sums = _behind_map(walk, node, layer), len(walk.units)
    current = walk.applied(value, layer)
    if offset is not None:
        current = replace(current, bias=current.bias + offset)
    if value.positive and np.all(layer.kernel.values >= 0) and np.all(current.bias >= 0):
        current = replace(current, positive=True)
    told = _weights(walk, node)
    if isinstance(value, Current) and len(walk.units) == sums and node.inputs[0] not in walk.relays:
        told += "; merged with the layers in front of it, since no ReLU is between them"
    walk.note(node.name, "kept", told, _parameters(node))
    return current


def _behind_map(walk: Walk, node: GraphNode, layer: AffineLayer) -> tuple[Flow, AffineLayer, Floats | None]:
    """What a layer reads, with the map in front of it taken into its weights, and what the constants of that bring."""
    given = walk.given(node)
    found = folded(layer, given.map) if isinstance(given, View) and not given.map.in_order else None
    if found is None:
        return walk.flow(node), layer, None
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
    gain = (1.0 if gamma is None else gamma.detach().double().numpy()) / np.sqrt(variance + node.args["eps"])
    return gain, (0.0 if beta is None else beta.detach().double().numpy()) - mean * gain


def _weights(walk: Walk, node: GraphNode) -> str:
    stored = None if node.path is None else walk.stored.get(node.path)
    if stored is None:
        return "float weights"
    return "integer weights" if not unscaled(stored)[0].real else f"{stored.told} weights"


def _parameters(node: GraphNode) -> int:
    return sum(value.numel() for value in node.module.parameters()) if node.module else 0
