"""A model read as units: what every recipe starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from spikewright.answers import Head, head_of_answer
from spikewright.compress import GraphView
from spikewright.conversion.reading.activations import RELU, ActivationLaw
from spikewright.conversion.reading.ordered_sources import OrderedSource
from spikewright.conversion.reading.shapes import Floats, spread
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.index_maps import IndexMap
from spikewright.last_functions import Ending
from spikewright.linear_tails import Tail
from spikewright.snn import ReportRow
from spikewright.snn.synapses import Shape
from spikewright.weights import Expression

INPUT = "input"
Stored = Mapping[str, Expression]
"""By path of a layer how its weights are stored, where that is more than real numbers one by one."""


DEARER = 6.0
"""Of a code that rounds what it sends: a population between two layers rounds once more, and takes longer."""
MANY_TERMS = 8
"""A sum of more terms that has a population of its own, for one of its readers, is read from there by all that come later; a
map of rows and columns does not go into each of more terms, but makes it have one."""


@dataclass(frozen=True)
class CodeTraits:
    """What of a plan depends on the code that it is for.

    `two_sided`: spikes have two signs, so that a leaky ReLU can be one population; else it is two. `dearer`: how many times the
    additions of two affine layers in a row their merger may take; beyond that a population is between them. `tail`: whether a
    linear map behind the last layer is applied to what is read out instead (`reading.tails`), so that nothing of it is rounded.
    `precise`: what is folded into weights is kept in float64 until they are stored, for codes that round nothing else.
    """

    two_sided: bool = True
    dearer: float = DEARER
    tail: bool = False
    precise: bool = False


@dataclass(frozen=True, eq=False)
class Below:
    """How far below zero the values of a unit go: it sends value + `by`, () or `(channels,)`; `told`: where that comes from.

    `halves`: two units send what is above and what is below zero instead, and nothing is added.
    """

    by: Floats = field(default_factory=lambda: np.zeros(()))
    told: str = ""
    halves: bool = False

    def over(self, shape: Shape) -> Floats:
        """`by` for every neuron of a unit of this shape."""
        return np.broadcast_to(spread(self.by, shape), shape)


@dataclass(frozen=True, eq=False)
class Unit:
    """A population to be. `node`: the graph node whose value it carries. `adds_up`: it integrates and never fires.

    `below`: what is added to that value, see `reading.shifts`; None for nothing.
    `order`: where its numbers stand among those of the node, None in their own order.
    """

    name: str
    node: str
    shape: Shape
    terms: tuple[SourceTerm, ...]
    bias: Floats
    activation: ActivationLaw = RELU
    adds_up: bool = False
    below: Below | None = None
    order: IndexMap | None = None

    @property
    def gate(self) -> bool:
        """Whether it passes on a maximum of what its one source sends."""
        return self.activation.gate

    @property
    def shift(self) -> Floats | None:
        """What it sends besides its value, () or `(channels,)`; None for nothing."""
        return None if self.below is None or self.below.halves else self.below.by

    @property
    def signed(self) -> bool:
        """Whether it sends values of both signs."""
        return self.activation.signed and self.below is None


@dataclass(frozen=True, eq=False)
class Plan:
    """A model read as units: what every recipe starts from. `units` run forwards, the last one is the output.

    `ending`: "softmax", "sigmoid" or the like when the model ends in one, which the units leave out. `ordered`: what terms read
    besides the input and units, the numbers of these in other places. `tail`: the linear map from the output to the answer.
    """

    view: GraphView
    units: tuple[Unit, ...]
    rows: tuple[ReportRow, ...]
    ending: Ending | None = None
    ordered: tuple[OrderedSource, ...] = ()
    tail: Tail | None = None

    @property
    def heads(self) -> tuple[Head, ...]:
        """What the numbers of the output mean: several chosen outputs, or the answer of the model."""
        several: tuple[Head, ...] = self.view.graph_module.meta.get("heads", ())
        return several or (head_of_answer(self.view.node(self.view.output).shape, self.ending),)

    def answered(self, values: Any) -> Any:
        """Numbers of the output `(n, neurons)` as those of the answer `(n, outputs)`: arrays, or tensors of torch."""
        return values if self.tail is None else self.tail.apply(values)

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shapes of the input, of all units and of all that is read in another order, by name."""
        shapes = {INPUT: self.view.input_shape} | {unit.name: unit.shape for unit in self.units}
        return shapes | {one.name: one.order.shape for one in self.ordered}

    @property
    def output(self) -> Unit:
        """The unit that answers."""
        return self.units[-1]

    @property
    def hidden(self) -> tuple[Unit, ...]:
        """The units with a neuron that a recipe chooses: all but an integrating output and the gates of maxima."""
        return tuple(unit for unit in self.units if not unit.adds_up and not unit.gate)

    @property
    def gates(self) -> tuple[Unit, ...]:
        """The units that pass on a maximum of what their one source sends."""
        return tuple(unit for unit in self.units if unit.gate)

    def population(self, name: str) -> str:
        """The population whose numbers a term reads under a name."""
        return next((one.source for one in self.ordered if one.name == name), name)

    def read(self, name: str, values: Floats) -> Floats:
        """`values` of a population, one for each neuron, as a term reads them under a name."""
        order = next((one.order for one in self.ordered if one.name == name), None)
        return values if order is None else order.apply(values)

    def readers(self, name: str) -> list[SourceTerm]:
        """The terms of all units that read the unit `name`, in whatever order."""
        names = {name, *(one.name for one in self.ordered if one.source == name)}
        return [term for unit in self.units for term in unit.terms if term.source in names]

    def integrated(self) -> "Plan":
        """The plan with an output that adds up: values sent in time cannot be counted."""
        last = self.output
        if last.adds_up:
            return self
        term = SourceTerm(last.name)
        unit = Unit(f"{last.name}_values", last.node, last.shape, (term,), np.zeros(last.shape), adds_up=True)
        return replace(self, units=(*self.units, unit))
