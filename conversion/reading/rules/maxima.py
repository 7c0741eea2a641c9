"""Max pooling: gates that pass on the largest of what arrives, and what has to be sent for that."""

from dataclasses import replace
from math import prod

import numpy as np

from spikewright.compress import GraphNode
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading import windows as pooling
from spikewright.conversion.reading.activations import ActivationLaw
from spikewright.conversion.reading.geometry import WindowGeometry
from spikewright.conversion.reading.plan import INPUT
from spikewright.conversion.reading.rules.pooling import each
from spikewright.conversion.reading.shapes import spread
from spikewright.conversion.reading.values import Parts, Piece, Signal, Value
from spikewright.conversion.reading.walk import Walk


def maximum(walk: Walk, node: GraphNode) -> Value:
    """Max pooling: a gate that passes on the largest count of each window."""
    if node.args["dilation"] != (1, 1):
        raise Refusal("max pooling with dilation: a gate compares neighbours", "max pooling without dilation")
    value = walk.flow(node)
    if isinstance(value, Parts) and not all(_comparable(walk, one) or _turnable(walk, one) for one in value.pieces):
        value = algebra.as_current(value, walk.shapes, node.name).at(node.inputs[0])
    made: list[Signal] = []

    def one(piece: Piece) -> Piece:
        made.append(_largest(walk, node, piece))
        return made[-1]

    result = each(walk, value, one)
    walk.note(node.name, "rewritten", "", neurons=sum(prod(walk.shapes[signal.source]) for signal in made))
    return walk.arranged(result, node.shape, node.name)


def _largest(walk: Walk, node: GraphNode, piece: Piece) -> Signal:
    signal = walk.relay(piece)
    if walk.ordered.population(signal.source) == INPUT or not _comparable(walk, signal):
        signal = _turned_over(walk, signal, node) if _turnable(walk, signal) else _own(walk, signal, node)
    windows = WindowGeometry(*(node.args[name] for name in ("kernel", "stride", "padding")))
    return pooling.after_gate(signal, walk.add_gate(signal, node, windows), windows.output_shape(signal.shape))


def _comparable(walk: Walk, piece: Piece) -> bool:
    """Whether a gate can compare the values as they are sent."""
    if not isinstance(piece, Signal) or piece.bordered or not pooling.alignable(piece):
        return False
    return walk.ordered.comparable(piece.source)


def _own(walk: Walk, signal: Signal, node: GraphNode) -> Signal:
    """A population for averages, padded maps, negative scales and the image, which a gate cannot compare as they are."""
    return walk.relay(algebra.as_current(signal, walk.shapes, node.inputs[0]).at(node.inputs[0]))


def _turnable(walk: Walk, piece: Piece) -> bool:
    """Whether a gate could compare the values but for the sign of their scale, and they are levels from zero to a top."""
    if not isinstance(piece, Signal) or piece.bordered or _levels(walk, piece.source) is None:
        return False
    sizes = replace(piece, gain=np.where(piece.gain == 0, 1.0, np.abs(piece.gain)))
    return pooling.alignable(sizes) and walk.ordered.comparable(piece.source)


def _turned_over(walk: Walk, signal: Signal, node: GraphNode) -> Signal:
    """A Signal of levels whose channels of negative scale count from the top: a gate then compares them as they are sent.

    x is one of the levels 0, top / L, .. top. With g < 0 it is g x = |g| (top - x) + g top, and top - x are the same levels: a
    population of their own sends them, without any rounding. Channels that a scale of zero has silenced need none.
    """
    law = _levels(walk, signal.source)
    gain = np.broadcast_to(signal.gain, signal.shape[:1])
    if law is None or law.top is None or not np.any(gain < 0):
        return signal
    down = np.broadcast_to(spread((gain < 0).astype(np.float64), signal.shape), signal.shape)
    turned = replace(signal, gain=np.where(gain < 0, -1.0, 1.0), offset=law.top * down)
    sent = walk.fire(algebra.as_current(turned, walk.shapes, node.inputs[0]), node.inputs[0], law)
    told = f"population of its own: {np.count_nonzero(gain < 0)} channels of negative scale count their levels from the top"
    walk.note(node.inputs[0], "rewritten", told, neurons=prod(signal.shape))
    below = law.top * down * spread(gain, signal.shape)
    offset = below if signal.offset is None else signal.offset + below
    return replace(sent, shape=signal.shape, gain=np.abs(gain), offset=offset, positive=signal.positive)


def _levels(walk: Walk, name: str) -> ActivationLaw | None:
    """The law whose levels a population sends, through gates; None for real numbers and for levels of both signs."""
    units = {unit.name: unit for unit in walk.units}
    unit = units.get(walk.ordered.population(name))
    while unit is not None and unit.gate:
        unit = units.get(walk.ordered.population(unit.terms[0].source))
    return None if unit is None or not unit.activation.grid or unit.activation.signed else unit.activation
