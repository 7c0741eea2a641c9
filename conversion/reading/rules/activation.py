"""Activations: each makes a population of what it is given."""

from math import inf, isfinite, prod
from typing import Any

import numpy as np

from spikewright.compress import GraphNode
from spikewright.compress.graph.rewrite import find
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.activations import (
    RELU,
    ActivationLaw,
    ClipLaw,
    HalfLaw,
    HalfStaircaseLaw,
    LeakyLaw,
    ReluLaw,
    StaircaseLaw,
)
from spikewright.conversion.reading.halves import HALF
from spikewright.conversion.reading.map_folding import picking
from spikewright.conversion.reading.values import Current, Flow, Parts, Signal, Value, View
from spikewright.conversion.reading.walk import Walk
from spikewright.index_maps import IndexMap


def relu(walk: Walk, node: GraphNode) -> Value:
    """A ReLU; what cannot be negative passes."""
    return _activated(walk, node, HalfLaw() if _is_half(walk, node) else RELU)


def _is_half(walk: Walk, node: GraphNode) -> bool:
    return bool(find(walk.view.graph_module, node.name).meta.get(HALF, False))


def clamp(walk: Walk, node: GraphNode) -> Value:
    """A ReLU that ends at a limit."""
    return _activated(walk, node, ReluLaw(float(node.args["limit"])))


def clip(walk: Walk, node: GraphNode) -> Value:
    """A clamp that does not begin at zero; of what cannot be negative one that does."""
    low, high = node.args["low"], node.args["high"]
    if walk.given(node).flow.positive and (low is None or low <= 0) and (high is None or high > 0):
        return _activated(walk, node, RELU if high is None else ReluLaw(high))
    return _activated(walk, node, ClipLaw(low, high))


def leaky(walk: Walk, node: GraphNode) -> Value:
    """A leaky ReLU: spikes of both signs."""
    return _activated(walk, node, LeakyLaw(float(node.args["slope"])))


def quantised_relu(walk: Walk, node: GraphNode) -> Value:
    """A `compress.QuantizedReLU`."""
    module: Any = node.module
    alpha, levels = float(module.alpha.detach()), int(module.levels)
    if not (isfinite(alpha) and alpha > 0 and levels >= 1):
        raise Refusal(
            f"a QuantReLU whose learned threshold is {alpha:g} over {levels} levels, so that it can send nothing",
            "an earlier checkpoint, or training on from a threshold above zero",
        )
    law = HalfStaircaseLaw if _is_half(walk, node) else StaircaseLaw
    return _activated(walk, node, law(alpha, levels))


def _activated(walk: Walk, node: GraphNode, law: ActivationLaw) -> Value:
    return activated(walk, node, walk.given(node), law)


def activated(walk: Walk, node: GraphNode, given: Flow | View, law: ActivationLaw) -> Value:
    """`law` of a value that `node` is given. Raises Refusal for an order that no population has."""
    if isinstance(given, View) and _passes(given.flow, law) and not np.any(given.map.constants < 0):
        return walk.viewed(_active(walk, node, given.flow, law), given.map.reshaped(node.shape), node.name)
    if isinstance(given, View) and _turned(given):
        fired = _active(walk, node, given.flow, law, given.map.inverse())
        return walk.viewed(fired, given.map.reshaped(node.shape), node.name)
    return walk.arranged(_active(walk, node, walk.settled(given), law), given.view, node.name)


def _turned(given: View) -> bool:
    """Whether a sum in another order is best activated in its own: where its layer was, and where nothing says that order."""
    if not isinstance(given.flow, Current) or given.map.in_order or not given.map.one_to_one:
        return False
    return given.flow.order is not None or picking("", given.map) is None


def _passes(value: Flow, law: ActivationLaw) -> bool:
    """Whether an activation does nothing to values that are sent already."""
    return value.ready and value.positive and law.unchanged_up_to == inf


def _active(walk: Walk, node: GraphNode, value: Flow, law: ActivationLaw, order: IndexMap | None = None) -> Flow:
    if _passes(value, law):
        walk.note(node.name, "folded", "its input is never negative: nothing to do")
        return value
    if _largest(walk, value) <= law.unchanged_up_to < inf:
        walk.note(node.name, "folded", f"its input is never above {law.unchanged_up_to:g}: nothing to do")
        return value
    if isinstance(value, Parts) and _sizes_differ(value):
        currents = [algebra.as_current(piece, walk.shapes, node.name) for piece in value.pieces]
        walk.note(node.name, "rewritten", f"{len(currents)} populations", neurons=prod(node.shape))
        return Parts(tuple(walk.fire(current, node.name, law) for current in currents))
    current = algebra.as_current(value, walk.shapes, node.name)
    walk.note(node.name, "rewritten", "", neurons=prod(current.shape))
    return walk.fire(current, node.name, law, order)


def _largest(walk: Walk, value: Flow) -> float:
    """The largest value of activations that are there as they are and end at a top of their own; else infinity."""
    plain = isinstance(value, Signal) and value.plain and value.positive
    source = value.pieces[0].source if plain else None
    return next((unit.activation.top or inf for unit in walk.units if unit.name == source), inf)


def _sizes_differ(value: Parts) -> bool:
    """Flattened maps of different sizes, which no population can hold as slices."""
    shapes = {None if piece.ready else piece.shape[1:] for piece in value.pieces}
    return len(value.view) == 1 and len(shapes) > 1
