"""Layers with weights: convolutions, linear layers, and batch norms that are left."""

from dataclasses import replace
from typing import Any

import numpy as np

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, TransposedGeometry
from spikewright.conversion.reading.layer import AffineLayer, restricted
from spikewright.conversion.reading.merging import merged
from spikewright.conversion.reading.shapes import NO_BORDER, Floats, spread
from spikewright.conversion.reading.values import Current, Flow, Parts, Value
from spikewright.conversion.reading.walk import Walk
from spikewright.conversion.reading.windows import read_framed
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


def applied(walk: Walk, value: Flow, layer: AffineLayer) -> Current:
    """`layer` of a value: piece by piece of a concatenation, merged with what has no ReLU behind it, or of a relay."""
    if isinstance(value, Parts):
        return _of_pieces(walk, value, layer)
    if isinstance(value, Current) and layer.geometry.merges:
        together = merged(value, layer, walk.shapes)
        if together is not None:
            return together
    return read_framed(walk.relay(value), layer)


def _of_pieces(walk: Walk, value: Parts, layer: AffineLayer) -> Current:
    if not all(piece.ready or piece.node or not piece.terms for piece in value.pieces):
        whole = algebra.as_current(value, walk.shapes, layer.name)
        return applied(walk, whole, layer)
    terms, bias, start = [], layer.bias_map.copy(), 0
    for piece in value.pieces:
        stop = start + piece.view[0]
        part, channels = restricted(layer, start, stop)
        current = applied(walk, piece, replace(part, bias=np.zeros(())))
        terms += [replace(term, channels=_within(channels, term.channels)) for term in current.terms]
        bias[slice(*(channels or (0, layer.shape[0])))] += current.bias
        start = stop
    return Current(tuple(terms), bias, layer.shape, layer.name)


def _within(outer: tuple[int, int] | None, inner: tuple[int, int] | None) -> tuple[int, int] | None:
    if outer is None or inner is None:
        return outer or inner
    return outer[0] + inner[0], outer[0] + inner[1]


def _applied(walk: Walk, node: GraphNode, layer: AffineLayer) -> Value:
    value = walk.flow(node)
    sums = len(walk.units)
    current = applied(walk, value, layer)
    told = _weights(walk, node)
    if isinstance(value, Current) and len(walk.units) == sums and node.inputs[0] not in walk.relays:
        told += "; merged with the layers in front of it, since no ReLU is between them"
    walk.note(node.name, "kept", told, _parameters(node))
    return current


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
