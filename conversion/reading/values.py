"""What a tensor of the model is in spiking terms: a view of a population's activations, or a sum of currents.

    Signal:  y = gain * border(sum of a population's activations over windows `pool`) + offset
    Current: y = sum over terms of W x + bias
    Parts:   several of them side by side, along the channels

Affine layers turn a Signal into a Current, activations a Current into a new population. All three are a `Flow`: they say their
`view`, the shape that the graph sees, whether they are `positive`, and their `pieces`. View and Ended are a Flow with a word
about what the graph makes of it.
"""

from dataclasses import dataclass, field, replace
from math import prod
from typing import ClassVar, Self

import numpy as np

from spikewright.conversion.reading.shapes import NO_BORDER, ONE, Border, Floats
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.index_maps import IndexMap
from spikewright.last_functions import Ending
from spikewright.snn.synapses import Pair, Shape


@dataclass(frozen=True, eq=False)
class GraphValue:
    """What a node gives. `ending`: the function that the model ends in after it, None for none."""

    ending: ClassVar[Ending | None] = None

    @property
    def flow(self) -> Self:
        """The value as populations have it, whatever the graph sees in it."""
        return self

    def at(self, node: str) -> Self:
        """The same, known to be what the graph node `node` gives."""
        return self


@dataclass(frozen=True, eq=False)
class Signal(GraphValue):
    """Activations as the graph sees them. `shape` is the view's, `(C, H, W)`, `(C, L)` or flat `(N,)`.

    `gain`: () or `(shape[0],)`. `offset`: array of `shape`, or None. `positive`: no value can be below zero. `border`:
    zeros around the map, after the pool and before the offset; never on a flat view.
    """

    source: str
    shape: Shape
    pool: Pair = (1, 1)
    gain: Floats = field(default_factory=lambda: ONE)
    offset: Floats | None = None
    positive: bool = False
    border: Border = NO_BORDER

    ready = True
    """It is sent already: nobody needs to make a population of it."""
    terms: ClassVar[tuple[SourceTerm, ...]] = ()
    node: ClassVar[str | None] = None

    @property
    def plain(self) -> bool:
        """True when it is the population itself, at most flattened."""
        return self.pool == (1, 1) and not self.bordered and self.offset is None and bool(np.all(self.gain == 1))

    @property
    def bordered(self) -> bool:
        """Whether zeros are around the map."""
        return any(self.border)

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        return self.shape

    @property
    def pieces(self) -> "tuple[Piece, ...]":
        """Itself."""
        return (self,)


@dataclass(frozen=True, eq=False)
class Current(GraphValue):
    """A sum of terms. `shape` is that of the neurons, `bias` an array of it; `flat`: the graph sees it as a vector.

    `positive`: a sum of activations that cannot be below zero. `node`: the graph node that has these very values, or
    None when there is none. `order`: where these stand among its values, None in their own order.
    """

    terms: tuple[SourceTerm, ...]
    bias: Floats
    shape: Shape
    name: str
    flat: bool = False
    positive: bool = False
    node: str | None = None
    order: IndexMap | None = None

    ready = False
    bordered = False
    source: ClassVar[str | None] = None

    def at(self, node: str) -> Self:
        """The same sum, which the node gives."""
        return replace(self, node=node, order=None)

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        return (prod(self.shape),) if self.flat else self.shape

    @property
    def pieces(self) -> "tuple[Piece, ...]":
        """Itself."""
        return (self,)


Piece = Signal | Current


@dataclass(frozen=True, eq=False)
class Parts(GraphValue):
    """A concatenation along the channels (of vectors along their only axis)."""

    pieces: tuple[Piece, ...]
    node: str | None = None

    def at(self, node: str) -> Self:
        """The same pieces, which the node gives."""
        return replace(self, node=node)

    @property
    def ready(self) -> bool:
        """True when all pieces are sent already."""
        return all(piece.ready for piece in self.pieces)

    @property
    def views(self) -> tuple[Shape, ...]:
        """The shape of each piece as the graph sees it."""
        return tuple(piece.view for piece in self.pieces)

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        views = self.views
        return (sum(view[0] for view in views), *views[0][1:])

    @property
    def positive(self) -> bool:
        """True when no piece can be below zero."""
        return all(piece.positive for piece in self.pieces)


Flow = Signal | Current | Parts


@dataclass(frozen=True, eq=False)
class View:
    """The numbers of a flow in other places, or in a shape that no population has; `map` leads from the flow's view to it.

    `node`: the graph node that gives them, or None.
    """

    flow: Flow
    map: IndexMap
    node: str | None = None

    ending = None

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        return self.map.shape

    def at(self, node: str) -> Self:
        """The same, which the node gives; its flow too, where that is in order and no node was known to give it."""
        own = self.map.in_order and self.flow.node is None
        return replace(self, node=node, flow=self.flow.at(node) if own else self.flow)


@dataclass(frozen=True, eq=False)
class Ended:
    """The output after an `ending` that changes no prediction, such as "softmax" or "sigmoid"; nothing may follow it.

    `node`: the graph node that ends it.
    """

    value: "Flow | View"
    ending: Ending
    node: str

    @property
    def flow(self) -> Flow:
        """What stands in front of the ending."""
        return self.value.flow

    @property
    def view(self) -> Shape:
        """The shape that the graph sees."""
        return self.value.view

    def at(self, node: str) -> Self:
        """Itself."""
        return self


Value = Flow | View | Ended
