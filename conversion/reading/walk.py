"""What a walk over a model's graph gathers: the units of a plan, and a report row for every node."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.exact.precision import finest, unrounded
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.weighted import by_output
from spikewright.conversion.errors import Obstacle, Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.activations import RELU, ActivationLaw, ClipLaw, MaximumLaw
from spikewright.conversion.reading.geometry import Kernel, WindowGeometry
from spikewright.conversion.reading.layer import AffineLayer, restricted
from spikewright.conversion.reading.map_folding import of_channels, picking, slices_of, used
from spikewright.conversion.reading.merging import merged
from spikewright.conversion.reading.obstacles.span import Span
from spikewright.conversion.reading.ordered_sources import OrderedSources
from spikewright.conversion.reading.plan import DEARER, MANY_TERMS, Stored, Unit
from spikewright.conversion.reading.reordering import in_order
from spikewright.conversion.reading.resampling import composed_flow
from spikewright.conversion.reading.separable_forms import selection
from spikewright.conversion.reading.shapes import Floats, pooled
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.taking import taken
from spikewright.conversion.reading.terms import copies
from spikewright.conversion.reading.values import Current, Ended, Flow, Parts, Piece, Signal, Value, View
from spikewright.conversion.reading.windows import read_framed
from spikewright.index_maps import IndexMap
from spikewright.snn import ReportRow
from spikewright.snn.synapses import Shape

OWN = "population of its own"
"""How the row of a relay begins."""


@dataclass
class Walk:
    """The state of one reading: values by node, units and rows in the order in which they came up."""

    view: GraphView
    stored: Stored
    dearer: float = DEARER
    values: dict[str, Value] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    rows: list[ReportRow] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    relays: dict[str, Signal] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    obstacles: list[Obstacle] = field(default_factory=list)
    ordered: OrderedSources = field(init=False)

    def __post_init__(self) -> None:
        self.ordered = OrderedSources(self.shapes)

    def flow(self, node: GraphNode, place: int = 0) -> Flow:
        """Input number `place` of `node`, in a shape that populations have. Raises Refusal when nothing may follow it."""
        return self.shaped(self.given(node, place), node.inputs[place])

    def shaped(self, given: Flow | View, name: str) -> Flow:
        """A value that `name` gives, in the shape that the graph sees. Raises Refusal where no population has that."""
        value, shape = self.settled(given), given.view
        if shape == value.view:
            return value
        if prod(shape) in (1, *shape):  # a vector, with axes of one number
            flat = algebra.flatten(value, self.shapes, name)
            if len(shape) == 1 or not (self._in_a_row(shape) or any(map(self._has_pixels, flat.pieces))):
                return flat
        seen = IndexMap.identity(value.view).reshaped(shape)
        return _given_by(name, in_order(value, seen, name, self.ordered, self.relay))

    def _in_a_row(self, shape: Shape) -> bool:
        """Whether a vector stands along the pixels of one channel."""
        return shape[0] == 1 and prod(shape) > 1

    def _has_pixels(self, piece: Piece) -> bool:
        """Whether a flat piece is a map of several pixels in its population, which no layer of single pixels can read."""
        inside = pooled(self.shapes[piece.source], piece.pool) if isinstance(piece, Signal) else piece.shape
        return prod(inside[1:]) > 1

    def seen(self, node: GraphNode, place: int = 0) -> tuple[Flow, Shape]:
        """Input number `place` of `node` as populations have it, and the shape that the graph sees. Raises Refusal."""
        value = self.given(node, place)
        return self.settled(value), value.view

    def given(self, node: GraphNode, place: int = 0) -> Flow | View:
        """Input number `place` of `node` as it is. Raises Refusal when nothing may follow it."""
        value = self.values[node.inputs[place]]
        if isinstance(value, Ended):
            way = f"a {value.ending} at the very end only"
            raise Refusal(f"follows a {value.ending}", way, ending=value.node)
        if isinstance(value, Current) and len(value.terms) > MANY_TERMS and value.node in self.relays:
            return algebra.seen_as(self.relays[value.node], value.view)
        return value

    def arranged(self, value: Flow, shape: Shape, name: str) -> Flow | View:
        """`value` as the graph sees it: itself, a vector, or a view of another shape."""
        if shape == value.view:
            return value
        if len(shape) == 1:
            return algebra.flatten(value, self.shapes, name)
        return View(value, IndexMap.identity(value.view).reshaped(shape))

    def viewed(self, value: Flow, moved: IndexMap, name: str) -> Flow | View:
        """`value` in other places: without pieces that nobody reads, and as it is where the order stays."""
        value, moved = used(value, moved)
        return self.arranged(value, moved.shape, name) if moved.in_order else View(value, moved)

    def moved(self, value: Flow | View, further: IndexMap, name: str) -> Flow | View:
        """A value in other places, on top of those in which it is."""
        whole = value.map.then(further) if isinstance(value, View) else further.over(value.view)
        return self.viewed(value.flow, whole, name)

    def turned(self, node: GraphNode) -> View | None:
        """The input of `node` where it orders whole channels anew: averages may as well be taken in front of that."""
        given = self.given(node)
        if not isinstance(given, View) or given.map.in_order or not given.map.one_to_one:
            return None
        found = slices_of(given.map)
        return given if found is not None and found.whole else None

    def turned_back(self, value: Flow, turned: View | None, node: GraphNode) -> Flow | View:
        """What `node` makes of a value in its first order, in the order of `turned` again."""
        found = None if turned is None else slices_of(turned.map)
        if found is None:
            return self.arranged(value, node.shape, node.name)
        return self.viewed(value, of_channels(found.channels, value.view).reshaped(node.shape), node.name)

    def settled(self, value: Flow | View) -> Flow:
        """A moved value as currents that read what it was before, with single ones as weights, or as it is read in that order.

        Raises Refusal.
        """
        if not isinstance(value, View) or value.map.in_order:
            return value.flow
        name = value.node or "moved"
        flow, moved = value.flow, value.map
        if len(moved.shape) == 1:
            flow, moved = algebra.flatten(flow, self.shapes, name), moved.over((prod(moved.source),))
        rows = taken(flow, moved, name, self.applied)
        if rows is not None:
            return self._moved_current(rows, value, None)
        found, picked = picking(name, moved), selection(moved)
        if found is not None:
            return self._moved_current(self.applied(flow, found.layer), value, found.offset)
        whole = None if picked is None else composed_flow(flow, picked, name, self.shapes)
        if whole is None:
            return _given_by(value.node, in_order(flow, moved, name, self.ordered, self.relay))
        return self._moved_current(algebra.as_current(whole, self.shapes, name), value, moved.constants)

    def _moved_current(self, current: Current, value: View, offset: Floats | None) -> Current:
        if not np.isfinite(value.map.constants).all():
            raise Refusal("constants that are infinite, in front of no maximum", "a finite number")
        bias = current.bias if offset is None else current.bias + offset
        positive = value.flow.positive and not np.any(value.map.constants < 0)
        return replace(current, bias=bias, positive=positive, node=value.node)

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


def _given_by(node: str | None, value: Flow) -> Flow:
    """A sum that no step was known to give, which is what `node` gives."""
    return value.at(node) if isinstance(value, Current) and node is not None and value.node is None else value


def _within(outer: tuple[int, int] | None, inner: tuple[int, int] | None) -> tuple[int, int] | None:
    if outer is None or inner is None:
        return outer or inner
    return outer[0] + inner[0], outer[0] + inner[1]


def is_constant(view: GraphView, node: GraphNode) -> bool:
    """True for a parameter or buffer of the graph: the node that uses it reads it."""
    return not node.inputs and node.name != view.input and find(view.graph_module, node.name).op == "get_attr"
