"""The units that a reading gathers, with a row of the report for each node: layers become terms, sums get populations."""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.exact.precision import finest, unrounded
from spikewright.compress.graph.weighted import by_output
from spikewright.conversion.errors import Obstacle, Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.activations import RELU, ActivationLaw, ClipLaw, MaximumLaw
from spikewright.conversion.reading.geometry import Kernel, WindowGeometry
from spikewright.conversion.reading.layer import AffineLayer, restricted
from spikewright.conversion.reading.merging import merged
from spikewright.conversion.reading.ordered_sources import OrderedSources
from spikewright.conversion.reading.plan import DEARER, Stored, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import copies
from spikewright.conversion.reading.values import Current, Flow, Parts, Piece, Signal
from spikewright.conversion.reading.windows import read_framed
from spikewright.index_maps import IndexMap
from spikewright.snn import ReportRow
from spikewright.snn.synapses import Shape

OWN = "population of its own"
"""How the row of a relay begins."""


@dataclass
class GatheredUnits:
    """Units, populations with their shapes, relays by the node whose sum they are, obstacles, and rows of the report."""

    view: GraphView
    stored: Stored
    dearer: float = DEARER
    units: list[Unit] = field(default_factory=list)
    rows: list[ReportRow] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    relays: dict[str, Signal] = field(default_factory=dict)
    obstacles: list[Obstacle] = field(default_factory=list)
    ordered: OrderedSources = field(init=False)

    def __post_init__(self) -> None:
        self.ordered = OrderedSources(self.shapes)

    def applied(self, value: Flow, layer: AffineLayer) -> Current:
        """`layer` of a value: piece by piece of a concatenation, merged with what has no ReLU behind it, or of a relay."""
        if isinstance(value, Parts):
            return self._of_pieces(value, layer)
        if isinstance(value, Current) and layer.geometry.merges:
            together = merged(value, layer, self.shapes, self.dearer)
            if together is not None:
                return together
        return read_framed(self.relay(value), layer)

    def _of_pieces(self, value: Parts, layer: AffineLayer) -> Current:
        if not all(piece.ready or piece.node or not piece.terms for piece in value.pieces):
            whole = algebra.as_current(value, self.shapes, layer.name)
            return self.applied(whole, layer)
        terms: list[SourceTerm] = []
        bias, start = layer.bias_map.copy(), 0
        for piece in value.pieces:
            stop = start + piece.view[0]
            current = self.applied_part(piece, layer, start, stop)
            terms += current.terms
            bias += current.bias
            start = stop
        return Current(tuple(terms), bias, layer.shape, layer.name)

    def applied_part(self, piece: Flow, layer: AffineLayer, start: int, stop: int) -> Current:
        """What the input channels `start` to `stop` of a layer, which are `piece`, bring to all its outputs, without its bias."""
        part, channels = restricted(layer, start, stop)
        current = self.applied(piece, replace(part, bias=np.zeros(())))
        terms = tuple(replace(term, channels=_within(channels, term.channels)) for term in current.terms)
        bias = np.zeros(layer.shape)
        bias[slice(*(channels or (0, layer.shape[0])))] = current.bias
        return Current(terms, bias, layer.shape, layer.name)

    def relay(self, value: Piece) -> Signal:
        """The same values as activations: what is a sum gets a population of its own, once for all its readers."""
        if isinstance(value, Signal):
            return value
        if value.node is None:
            raise Refusal("a sum between two layers that no step of the model gives", "a ReLU after the first of them")
        if value.node not in self.relays:
            self.relays[value.node] = self._relayed(value, value.node)
        return algebra.seen_as(self.relays[value.node], value.view)

    def _relayed(self, value: Current, node: str) -> Signal:
        """A population for a sum: with the levels that its values have, else a ReLU, or signed where they have both signs."""
        known = self._common_staircase(value)
        law = known or (RELU if value.positive else ClipLaw())
        exact = "it is never negative" if value.positive else "its values have both signs"
        exact = "it repeats the levels of its source" if known else exact
        moved = known is not None and bool(value.bias.any())
        sent = replace(value, bias=np.zeros_like(value.bias)) if moved else value
        signal = self.fire(sent, node, law, value.order)
        self.note(node, "rewritten", f"{OWN}: {exact}", neurons=prod(value.shape))
        return replace(signal, offset=value.bias.reshape(value.view), positive=value.positive) if moved else signal

    def _common_staircase(self, value: Current) -> ActivationLaw | None:
        """The law whose levels a value has already, since it only repeats what its sources send, and zeros, plus its bias."""
        slices = sorted(term.channels or (0, value.shape[0]) for term in value.terms)
        apart = all(one[1] <= other[0] for one, other in pairwise(slices))
        rows = value.bias.reshape(len(value.bias), -1)
        if np.any(rows != rows[:, :1]) or not apart or not all(map(copies, value.terms)):
            return None
        sent = {unit.name: unit.activation for unit in self.units}
        found = {sent.get(self.ordered.population(term.source), RELU) for term in value.terms}
        own = found.pop() if len(found) == 1 else RELU
        return own if own.grid else None

    def fire(self, current: Current, node: str, law: ActivationLaw = RELU, order: IndexMap | None = None) -> Signal:
        """A new population that is driven by `current`, and its activations; `order`: where these stand among those of `node`."""
        name = self.unique(current.name)
        self.units.append(Unit(name, node, current.shape, current.terms, current.bias, law, order=order))
        self.shapes[name] = current.shape
        return Signal(name, current.view, positive=not law.signed)

    def add_gate(self, source: Signal, node: GraphNode, windows: WindowGeometry) -> str:
        """Add a gate over the windows of a population; gives its name."""
        name, shape = self.unique(node.name), windows.output_shape(source.shape)
        term = SourceTerm(source.source, windows)
        self.units.append(Unit(name, node.name, shape, (term,), np.zeros(shape), MaximumLaw()))
        self.shapes[name] = shape
        return name

    def unique(self, name: str) -> str:
        """`name`, numbered when a population has it already."""
        chosen, count = name, 2
        while chosen in self.shapes:
            chosen, count = f"{name}_{count}", count + 1
        return chosen

    def kernel(self, node: GraphNode) -> tuple[Kernel, Floats]:
        """The weights of a layer, `(out, in / groups, ...)`, integers where they are, and its bias `(out,)`."""
        module: Any = node.module
        weight = by_output(module, finest(module.weight))
        shift = np.zeros(len(weight)) if module.bias is None else unrounded(module.bias).numpy()
        stored = None if node.path is None else self.stored.get(node.path)
        return Kernel(weight.numpy()) if stored is None else Kernel.of(stored), shift

    def refuse(self, obstacle: Obstacle) -> None:
        """Name what stands in the way, once, with its row."""
        if obstacle not in self.obstacles:
            self.obstacles.append(obstacle)
            self.rows.append(obstacle.row())

    def note(
        self, layer: str, action: Any, detail: str, parameters: int = 0, neurons: int = 0, kind: str | None = None
    ) -> None:
        """One row of the report; `kind` is that of the node unless another word says more."""
        self.rows.append(ReportRow(layer, kind or self.view.node(layer).kind, action, detail, parameters, neurons))


def _within(outer: tuple[int, int] | None, inner: tuple[int, int] | None) -> tuple[int, int] | None:
    if outer is None or inner is None:
        return outer or inner
    return outer[0] + inner[0], outer[0] + inner[1]
