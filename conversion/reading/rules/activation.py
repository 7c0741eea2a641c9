"""Activations: each makes a population of what it is given."""

from math import isfinite, prod
from typing import Any

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.activations import RELU, Activation, LeakyLaw, ReluLaw, StaircaseLaw
from spikewright.conversion.reading.values import Current, Flow, Parts, Signal, Value
from spikewright.conversion.reading.walk import Walk


def relu(walk: Walk, node: GraphNode) -> Value:
    """A ReLU; what cannot be negative passes."""
    return _activated(walk, node, RELU)


def clamp(walk: Walk, node: GraphNode) -> Value:
    """A ReLU that ends at a limit."""
    return _activated(walk, node, ReluLaw(float(node.args["limit"])))


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
    return _activated(walk, node, StaircaseLaw(alpha, levels))


def _activated(walk: Walk, node: GraphNode, activation: Activation) -> Value:
    value, shape = walk.seen(node)
    return walk.arranged(_active(walk, node, value, activation), shape, node.name)


def _active(walk: Walk, node: GraphNode, value: Flow, activation: Activation) -> Flow:
    idle = activation == RELU or isinstance(activation, LeakyLaw)
    if idle and not isinstance(value, Current) and value.positive and _all_signals(value):
        walk.note(node.name, "folded", "its input is never negative: nothing to do")
        return value
    if isinstance(activation, ReluLaw) and isinstance(value, Signal) and _below(walk, value, activation.limit):
        walk.note(node.name, "folded", f"its input is never above {activation.limit:g}: nothing to do")
        return value
    if isinstance(value, Parts) and _sizes_differ(value):
        signals = [
            _fired(walk, node, algebra.as_current(part, walk.shapes, node.name), activation) for part in value.parts
        ]
        walk.note(node.name, "rewritten", f"{len(signals)} populations", neurons=prod(node.shape))
        return Parts(tuple(signals))
    current = algebra.as_current(value, walk.shapes, node.name)
    walk.note(node.name, "rewritten", "", neurons=prod(current.shape))
    return _fired(walk, node, current, activation)


def _below(walk: Walk, value: Signal, limit: float | None) -> bool:
    """True for activations that end at a limit of their own which is not larger."""
    own = next((unit.activation for unit in walk.units if unit.name == value.source), None)
    top = own.limit if isinstance(own, ReluLaw) else own.alpha if isinstance(own, StaircaseLaw) else None
    return limit is not None and top is not None and value.plain and value.positive and top <= limit


def _fired(walk: Walk, node: GraphNode, current: Current, activation: Activation) -> Signal:
    return walk.fire(current, node.name, activation)


def _all_signals(value: Signal | Parts) -> bool:
    return isinstance(value, Signal) or all(isinstance(part, Signal) for part in value.parts)


def _sizes_differ(value: Parts) -> bool:
    """Flattened maps of different sizes, which no population can hold as slices."""
    shapes = {part.shape[1:] if isinstance(part, Current) else None for part in value.parts}
    return len(value.view) == 1 and len(shapes) > 1
