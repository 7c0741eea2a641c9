"""The input, sums, concatenation, reshapes, and what does nothing."""

from math import prod

import numpy as np

from spikewright.compress import GraphNode
from spikewright.compress.graph.rewrite import find
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.arithmetic import affine_of
from spikewright.conversion.reading.map_joining import flat_pieces, joined
from spikewright.conversion.reading.obstacles.catalogue import advice_of
from spikewright.conversion.reading.plan import INPUT
from spikewright.conversion.reading.rules import linear
from spikewright.conversion.reading.values import Current, Ended, Flow, Parts, Piece, Signal, Value, View
from spikewright.conversion.reading.walk import Walk, is_constant
from spikewright.index_maps import IndexMap
from spikewright.last_functions import Ending


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
    return walk.arranged(current, node.shape, node.name)


def sub(walk: Walk, node: GraphNode) -> Value:
    """A difference: a sum with the sign of the second one changed."""
    second = algebra.affine(walk.flow(node, 1), np.asarray(-1.0), None)
    current = algebra.add(walk.flow(node, 0), second, walk.shapes, node.name)
    walk.note(
        node.name, "folded", f"{len(current.terms)} projections into one population, some with their sign changed"
    )
    return walk.arranged(current, node.shape, node.name)


def concat(walk: Walk, node: GraphNode) -> Value:
    """Values side by side along the channels: readers split their weights, populations have slices."""
    values = tuple(walk.given(node, place) for place in range(len(node.inputs)))
    if any(isinstance(value, View) and not value.map.in_order for value in values):
        together = joined(values)
        if together is not None:
            walk.note(node.name, "folded", f"{len(together[0].pieces)} parts in places of their own")
            return walk.viewed(*together, node.name)
    parts: list[Piece] = []
    for place in range(len(node.inputs)):
        parts += walk.flow(node, place).pieces
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
    inner = given.value if isinstance(given, Ended) else given
    if isinstance(inner, View):
        arranged = walk.viewed(inner.flow, inner.map.reshaped(node.shape), node.name)
    else:
        arranged = walk.arranged(inner, node.shape, node.name)
    if not isinstance(given, Ended):
        return arranged
    if given.ending in _BY_CLASS and prod(node.shape) not in (1, *node.shape[:1]):
        raise Refusal(
            f"a {given.ending} of {node.shape} in another shape", f"the reshape in front of the {given.ending}"
        )
    return Ended(arranged, given.ending, given.node)


def softmax(walk: Walk, node: GraphNode) -> Value:
    """A softmax over the classes at the end."""
    value, shape = walk.seen(node)
    walk.note(node.name, "folded", "dropped: it changes no prediction; logits are what stands in front of it")
    return Ended(walk.arranged(value, shape, node.name), "log_softmax" if node.args["log"] else "softmax", node.name)


def rising(walk: Walk, node: GraphNode) -> Value:
    """A sigmoid or tanh at the end."""
    value, shape = walk.seen(node)
    name: Ending = node.args["name"]
    middle = {"sigmoid": "0.5", "logsigmoid": "log 0.5"}.get(name, "0")
    told = f"dropped: a {name} at the end changes no order; logits are what stands in front of it, {middle} behind it is 0 there"
    if prod(node.shape) == 1:
        told += "; with one output decide by its sign, since the largest of one is always class 0"
    walk.note(node.name, "folded", told)
    return Ended(walk.arranged(value, shape, node.name), name, node.name)


def filled(walk: Walk, node: GraphNode) -> Value:
    """A value that is the same for every image: neurons without a synapse."""
    value = np.broadcast_to(np.asarray(node.args["value"], dtype=np.float64), node.shape)
    told = f"a constant {value.flat[0]:g}" if value.size and np.all(value == value.flat[0]) else "a map of constants"
    walk.note(node.name, "folded", f"{told}, into the biases of who reads it")
    inside = node.shape if len(node.shape) <= 3 else (prod(node.shape),)
    held = Current((), value.reshape(inside).copy(), inside, node.name, positive=bool(np.all(value >= 0)))
    return walk.arranged(held, node.shape, node.name)


def moved(walk: Walk, node: GraphNode) -> Value:
    """Slices, splits, permutations, crops, repetition: the weights of who reads it say where each number comes from."""
    walk.note(node.name, "folded", "the same numbers in other places: into the weights of who reads them, exact")
    return walk.moved(walk.given(node), node.args["map"], node.name)


def beside(walk: Walk, node: GraphNode) -> Value:
    """A concatenation along another axis than the channels, a stack: each input flat, then all numbers in their places."""
    values = [walk.given(node, place) for place in range(len(node.inputs))]
    together, places = flat_pieces(values, walk.shapes, node.name)
    walk.note(node.name, "folded", f"{len(together.pieces)} parts whose numbers stand in places of their own")
    return walk.viewed(together, places.then(node.args["map"]), node.name)


_BY_CLASS = ("softmax", "log_softmax")


def _widened(walk: Walk, node: GraphNode) -> Value | None:
    """A sum or difference of two values, one of which has axes of one number that repeat; None for other steps."""
    called = find(walk.view.graph_module, node.name)
    shapes = [walk.view.node(name).shape for name in node.inputs]
    two = len(node.inputs) == len(called.args) == 2 and not called.kwargs
    if (
        node.operation not in _SIGNS
        or not two
        or _reads_constants(walk, node)
        or {*map(len, shapes)} != {len(node.shape)}
    ):
        return None
    first, second = (_repeated(walk, node, place) for place in (0, 1))
    second = algebra.affine(second, np.asarray(_SIGNS[node.operation]), None)
    walk.note(node.name, "folded", "a sum, of numbers that repeat over the axes of the other")
    return walk.arranged(algebra.add(first, second, walk.shapes, node.name), node.shape, node.name)


_SIGNS = {"add": 1.0, "sub": -1.0}


def _reads_constants(walk: Walk, node: GraphNode) -> bool:
    """Whether one of the inputs is a parameter or buffer."""
    return any(is_constant(walk.view, walk.view.node(name)) for name in node.inputs)


def _repeated(walk: Walk, node: GraphNode, place: int) -> Flow:
    given = walk.given(node, place)
    if given.view == node.shape:
        return walk.flow(node, place)
    numbers = np.arange(prod(given.view)).reshape(given.view)
    moved = walk.moved(given, IndexMap.of(given.view, np.broadcast_to(numbers, node.shape)), node.name)
    return walk.settled(moved)


def elementwise(walk: Walk, node: GraphNode) -> Value:
    """Arithmetic with constants, sums that repeat; anything else is refused."""
    widened = _widened(walk, node) if node.kind == "unsupported" else None
    if widened is not None:
        return widened
    try:
        found = affine_of(walk.view, node) if node.kind == "unsupported" else None
    except Refusal as refused:
        return linear.linear_step(walk, node, refused)
    if found is None:
        advice = advice_of(node)
        return linear.linear_step(walk, node, Refusal(advice.reason, advice.substitute))
    value, shape = walk.seen(node, node.inputs.index(found.data))
    inside, gain = value.view, found.gain
    if gain.ndim and shape[:1] != inside[:1] and prod(shape) != 1:
        if len(inside) > 1:
            raise Refusal(f"arithmetic on a reshape from {inside} to {shape}", "the arithmetic in front of the reshape")
        gain = np.repeat(gain, prod(shape[1:]))  # a vector holds the pixels of each channel in a row
    offset = None if found.offset is None else found.offset.reshape(inside)
    result = algebra.affine(value, gain, offset)
    text = "gain into the weights, offset into the bias, exact at padded borders too"
    walk.note(node.name, "folded", text, kind="arithmetic")
    return walk.arranged(result, node.shape, node.name)
