"""What a walk over a model's graph gathers: the units of a plan, and a report row for every node."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.graph.rewrite import find
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.gathering import GatheredUnits
from spikewright.conversion.reading.map_folding import of_channels, picking, slices_of
from spikewright.conversion.reading.map_joining import used
from spikewright.conversion.reading.obstacles.span import Span
from spikewright.conversion.reading.plan import MANY_TERMS
from spikewright.conversion.reading.reordering import in_order
from spikewright.conversion.reading.resampling import composed_flow
from spikewright.conversion.reading.separable_forms import selection
from spikewright.conversion.reading.shapes import Floats, pooled
from spikewright.conversion.reading.taking import taken
from spikewright.conversion.reading.values import Current, Ended, Flow, Piece, Signal, Value, View
from spikewright.index_maps import IndexMap
from spikewright.snn.synapses import Shape


@dataclass
class Walk(GatheredUnits):
    """The state of one reading: values by node, units and rows in the order in which they came up."""

    values: dict[str, Value] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)

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


def _given_by(node: str | None, value: Flow) -> Flow:
    """A sum that no step was known to give, which is what `node` gives."""
    return value.at(node) if isinstance(value, Current) and node is not None and value.node is None else value


def is_constant(view: GraphView, node: GraphNode) -> bool:
    """True for a parameter or buffer of the graph: the node that uses it reads it."""
    return not node.inputs and node.name != view.input and find(view.graph_module, node.name).op == "get_attr"
