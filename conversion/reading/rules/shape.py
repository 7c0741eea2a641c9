"""The input, sums, concatenation, reshapes, and what does nothing."""

from dataclasses import replace
from math import prod

import numpy as np

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.advice import refusal
from spikewright.conversion.reading.arithmetic import affine_of
from spikewright.conversion.reading.layer import selection
from spikewright.conversion.reading.plan import INPUT
from spikewright.conversion.reading.rules.affine import applied
from spikewright.conversion.reading.values import Current, Ended, Parts, Piece, Signal, Value
from spikewright.conversion.reading.walk import Walk


def entry(walk: Walk, node: GraphNode) -> Value:
    """The input."""
    if len(node.shape) not in (1, 2, 3):
        raise Refusal(f"an input of shape {node.shape}", "images (C, H, W), sequences (C, L) or vectors (N,)")
    walk.note(node.name, "kept", f"input of shape {node.shape}", neurons=prod(node.shape))
    return Signal(INPUT, node.shape)


def add(walk: Walk, node: GraphNode) -> Value:
    """A sum: the projections of both into one population."""
    current = algebra.add(walk.flow(node, 0), walk.flow(node, 1), walk.shapes, node.name)
    walk.note(node.name, "folded", f"{len(current.terms)} projections into one population")
    return current


def sub(walk: Walk, node: GraphNode) -> Value:
    """A difference: a sum with the sign of the second one changed."""
    second = algebra.affine(walk.flow(node, 1), np.asarray(-1.0), None)
    current = algebra.add(walk.flow(node, 0), second, walk.shapes, node.name)
    walk.note(
        node.name, "folded", f"{len(current.terms)} projections into one population, some with their sign changed"
    )
    return current


def concat(walk: Walk, node: GraphNode) -> Value:
    """Values side by side along the channels: readers split their weights, populations have slices."""
    parts: list[Piece] = []
    for place in range(len(node.inputs)):
        value = walk.flow(node, place)
        parts += value.pieces
    walk.note(node.name, "folded", f"{len(parts)} parts side by side: who reads them has weights for each")
    return Parts(tuple(parts))


def flatten(walk: Walk, node: GraphNode) -> Value:
    """Maps as vectors."""
    walk.note(node.name, "folded", "addresses stay row-major (C, H, W)")
    return _arranged(walk, node)


def reshape(walk: Walk, node: GraphNode) -> Value:
    """Another shape of the same numbers."""
    walk.note(node.name, "folded", f"the same numbers, row-major, in the shape {node.shape}")
    return _arranged(walk, node)


def dropped(walk: Walk, node: GraphNode) -> Value:
    """Identity, and dropout in evaluation."""
    walk.note(node.name, "folded", "does nothing in evaluation mode")
    return _arranged(walk, node)


def _arranged(walk: Walk, node: GraphNode) -> Value:
    given = walk.values[node.inputs[0]]
    arranged = walk.arranged(given.flow, node.shape, node.name)
    if given.ending is None:
        return arranged
    if given.ending in _BY_CLASS and prod(node.shape) not in (1, *node.shape[:1]):
        raise Refusal(
            f"a {given.ending} of {node.shape} in another shape", f"the reshape in front of the {given.ending}"
        )
    return Ended(arranged, given.ending)


def softmax(walk: Walk, node: GraphNode) -> Value:
    """A softmax over the classes at the end."""
    value, shape = walk.seen(node)
    walk.note(node.name, "folded", "dropped: it changes no prediction; logits are what stands in front of it")
    return Ended(walk.arranged(value, shape, node.name), "log_softmax" if node.args["log"] else "softmax")


def rising(walk: Walk, node: GraphNode) -> Value:
    """A sigmoid or tanh at the end."""
    value, shape = walk.seen(node)
    name = str(node.args["name"])
    middle = {"sigmoid": "0.5", "logsigmoid": "log 0.5"}.get(name, "0")
    told = f"dropped: a {name} at the end changes no order; logits are what stands in front of it, {middle} behind it is 0 there"
    if prod(node.shape) == 1:
        told += "; with one output decide by its sign, since the largest of one is always class 0"
    walk.note(node.name, "folded", told)
    return Ended(walk.arranged(value, shape, node.name), name)


def filled(walk: Walk, node: GraphNode) -> Value:
    """A value that is the same for every image: neurons without a synapse."""
    walk.note(node.name, "folded", f"a constant {node.args['value']:g}, into the biases of who reads it")
    return Current((), np.full(node.shape, node.args["value"]), node.shape, node.name, positive=node.args["value"] >= 0)


def select(walk: Walk, node: GraphNode) -> Value:
    """Every so many pixels, rows, or channels: a convolution with one weight of one, on each channel where all are kept."""
    value = walk.flow(node)
    layer = selection(node.name, value.view, node.args["ranges"])
    found = applied(walk, value, layer)
    walk.note(node.name, "rewritten", "a convolution with a single one in each kernel: exact")
    return walk.arranged(replace(found, positive=value.positive), node.shape, node.name)


_BY_CLASS = ("softmax", "log_softmax")


def elementwise(walk: Walk, node: GraphNode) -> Value:
    """Arithmetic with constants; anything else is refused."""
    found = affine_of(walk.view, node) if node.kind == "unsupported" else None
    if found is None:
        raise refusal(node)
    value, shape = walk.seen(node, node.inputs.index(found.data))
    inside = value.view
    if shape != inside and shape[:1] != inside[:1] and prod(shape) != 1:
        raise Refusal(f"arithmetic on a reshape from {inside} to {shape}", "the arithmetic in front of the reshape")
    offset = None if found.offset is None else found.offset.reshape(inside)
    result = algebra.affine(value, found.gain, offset)
    text = "gain into the weights, offset into the bias, exact at padded borders too"
    walk.note(node.name, "folded", text, kind="arithmetic")
    return walk.arranged(result, node.shape, node.name)
