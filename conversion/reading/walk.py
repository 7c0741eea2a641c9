"""What a walk over a model's graph gathers: the units of a plan, and a report row for every node."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.weighted import by_output
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.activations import RELU, ActivationLaw, MaximumLaw, SignedLaw
from spikewright.conversion.reading.geometry import Kernel, WindowGeometry
from spikewright.conversion.reading.plan import Stored, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import copies
from spikewright.conversion.reading.values import Current, Flow, Piece, Signal, Value, View
from spikewright.snn import ReportRow
from spikewright.snn.synapses import Shape


@dataclass
class Walk:
    """The state of one reading: values by node, units and rows in the order in which they came up."""

    view: GraphView
    stored: Stored
    values: dict[str, Value] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    rows: list[ReportRow] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    relays: dict[str, Signal] = field(default_factory=dict)

    def flow(self, node: GraphNode, place: int = 0) -> Flow:
        """Input number `place` of `node`, in a shape that populations have. Raises Refusal when nothing may follow it."""
        value, shape = self.seen(node, place)
        if shape == value.view:
            return value
        if prod(shape) in (1, *shape):  # a vector, with axes of one number
            return algebra.flatten(value, self.shapes, node.inputs[place])
        raise Refusal(
            f"follows a reshape from {value.view} to {shape}, which no population has",
            "flatten(1) in front of the linear layers, or the layer in front of the reshape",
        )

    def seen(self, node: GraphNode, place: int = 0) -> tuple[Flow, Shape]:
        """Input number `place` of `node` as populations have it, and the shape that the graph sees. Raises Refusal."""
        value = self.values[node.inputs[place]]
        if value.ending is not None:
            raise Refusal(
                f"follows a {value.ending}",
                f"a {value.ending} at the very end only (or leave it out there: it changes no order), and ReLU inside",
            )
        return value.flow, value.view

    def arranged(self, value: Flow, shape: Shape, name: str) -> Flow | View:
        """`value` as the graph sees it: itself, a vector, or a view of another shape."""
        if shape == value.view:
            return value
        return algebra.flatten(value, self.shapes, name) if len(shape) == 1 else View(value, shape)

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
        law = known or (RELU if value.positive else SignedLaw())
        exact = "it is never negative" if value.positive else "its values have both signs, and so have its spikes"
        exact = "it repeats the levels of its source" if known else exact
        signal = self.fire(value, node, law)
        self.note(node, "rewritten", f"population of its own: {exact}", neurons=prod(value.shape))
        return signal

    def _common_staircase(self, value: Current) -> ActivationLaw | None:
        """The law whose levels a value has already, since it only repeats what its sources send, and zeros."""
        slices = sorted(term.channels or (0, value.shape[0]) for term in value.terms)
        apart = all(one[1] <= other[0] for one, other in pairwise(slices))
        if value.bias.any() or not apart or not all(map(copies, value.terms)):
            return None
        sent = {unit.name: unit.activation for unit in self.units}
        found = {sent.get(term.source, RELU) for term in value.terms}
        own = found.pop() if len(found) == 1 else RELU
        return own if own.grid else None

    def fire(self, current: Current, node: str, law: ActivationLaw = RELU) -> Signal:
        """A new population that is driven by `current`, and its activations."""
        current = algebra.emittable(current, self.shapes)
        name = self.unique(current.name)
        self.units.append(Unit(name, node, current.shape, current.terms, current.bias, law))
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
        weight = by_output(module, module.weight.detach())
        shift = np.zeros(len(weight)) if module.bias is None else module.bias.detach().double().numpy()
        stored = None if node.path is None else self.stored.get(node.path)
        return Kernel(weight.numpy()) if stored is None else Kernel.of(stored), shift

    def note(
        self, layer: str, action: Any, detail: str, parameters: int = 0, neurons: int = 0, kind: str | None = None
    ) -> None:
        """One row of the report; `kind` is that of the node unless another word says more."""
        self.rows.append(ReportRow(layer, kind or self.view.node(layer).kind, action, detail, parameters, neurons))


def is_constant(view: GraphView, node: GraphNode) -> bool:
    """True for a parameter or buffer of the graph: the node that uses it reads it."""
    return not node.inputs and node.name != view.input and find(view.graph_module, node.name).op == "get_attr"
