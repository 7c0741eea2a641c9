"""The input, sums, concatenation, reshapes, and what does nothing."""

from math import prod

import numpy as np

from compress import GraphNode
from conversion import algebra
from conversion.advice import refusal
from conversion.constants import affine_of
from conversion.errors import Refusal
from conversion.values import Answer, Current, Parts, Signal, Value
from conversion.walk import INPUT, Walk


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
    parts: list[Signal | Current] = []
    for place in range(len(node.inputs)):
        value = walk.flow(node, place)
        parts += list(value.parts) if isinstance(value, Parts) else [value]
    walk.note(node.name, "folded", f"{len(parts)} parts side by side: who reads them has weights for each")
    return Parts(tuple(parts))


def flatten(walk: Walk, node: GraphNode) -> Value:
    """Maps as vectors."""
    walk.note(node.name, "folded", "addresses stay row-major (C, H, W)")
    return algebra.flatten(walk.flow(node), walk.shapes, node.name)


def dropped(walk: Walk, node: GraphNode) -> Value:
    """Identity, and dropout in evaluation."""
    walk.note(node.name, "folded", "does nothing in evaluation mode")
    return walk.flow(node)


def softmax(walk: Walk, node: GraphNode) -> Value:
    """A softmax over the classes at the end."""
    walk.note(node.name, "folded", "dropped: it changes no prediction; logits are what stands in front of it")
    return Answer(walk.flow(node), bool(node.args["log"]))


def elementwise(walk: Walk, node: GraphNode) -> Value:
    """Arithmetic with constants; anything else is refused."""
    found = affine_of(walk.view, node) if node.kind == "unsupported" else None
    if found is None:
        raise refusal(node)
    value = walk.values[found.data]
    if isinstance(value, Answer):
        raise Refusal("follows a softmax", "a softmax at the very end only")
    result = algebra.affine(value, found.gain, found.offset)
    text = "gain into the weights, offset into the bias, exact at padded borders too"
    walk.note(node.name, "folded", text, kind="arithmetic")
    return result
