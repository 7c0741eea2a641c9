"""What a walk over a model's graph gathers: the units of a plan, and a report row for every node."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compress import GraphNode, GraphView
from conversion import algebra
from conversion.activations import RELU, Activation, Maximum
from conversion.errors import Refusal
from conversion.values import Answer, Current, Floats, Kernel, Signal, Term, Unit, Value
from snn import ReportRow
from snn.synapses import Shape

INPUT = "input"
Integers = Mapping[str, tuple[NDArray[Any], NDArray[Any]]]
"""For each quantised module path its codes int8 and their scale `(out,)`."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A model read as units: what every recipe starts from. `units` run forwards, the last one is the output."""

    view: GraphView
    units: tuple[Unit, ...]
    rows: tuple[ReportRow, ...]

    @property
    def output(self) -> Unit:
        """The unit that answers."""
        return self.units[-1]

    @property
    def hidden(self) -> tuple[Unit, ...]:
        """The units with a neuron that a recipe chooses: all but an integrating output and the gates of maxima."""
        return tuple(u for u in self.units if not u.answers and not isinstance(u.activation, Maximum))

    @property
    def gates(self) -> tuple[Unit, ...]:
        """The units that pass on a maximum of what their one source sends."""
        return tuple(unit for unit in self.units if isinstance(unit.activation, Maximum))

    def integrated(self) -> "Plan":
        """The plan with an output that adds up: values sent in time cannot be counted."""
        last = self.output
        if last.answers:
            return self
        term = Term(last.name, "identity")
        unit = Unit(f"{last.name}_values", last.node, last.shape, (term,), np.zeros(last.shape), answers=True)
        return replace(self, units=(*self.units, unit))


@dataclass
class Walk:
    """The state of one reading: values by node, units and rows in the order in which they came up."""

    view: GraphView
    integers: Integers
    values: dict[str, Value] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    rows: list[ReportRow] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)

    def flow(self, node: GraphNode, place: int = 0) -> algebra.Flow:
        """Input number `place` of `node`. Raises Refusal when nothing may follow it."""
        value = self.values[node.inputs[place]]
        if isinstance(value, Answer):
            raise Refusal("follows a softmax", "a softmax at the very end only")
        return value

    def signal(self, node: GraphNode) -> Signal:
        """The input of a layer with weights: activations of one population, a new one where it is a sum of such."""
        value = self.flow(node)
        if isinstance(value, Signal):
            return value
        if not value.positive:
            raise Refusal("an affine layer that follows another without a ReLU", algebra.RELU_FIRST)
        signal = self.fire(value, node.inputs[0])
        self.values[node.inputs[0]] = signal
        self.note(node.inputs[0], "rewritten", "population of its own, exact: it is never negative")
        return signal

    def fire(self, current: Current, node: str, activation: Activation = RELU) -> Signal:
        """A new population that is driven by `current`, and its activations."""
        name = self.unique(current.name)
        self.units.append(Unit(name, node, current.shape, current.terms, current.bias, activation))
        self.shapes[name] = current.shape
        return Signal(name, current.view, positive=True)

    def unique(self, name: str) -> str:
        """`name`, numbered when a population has it already."""
        chosen, count = name, 2
        while chosen in self.shapes:
            chosen, count = f"{name}_{count}", count + 1
        return chosen

    def kernel(self, node: GraphNode) -> tuple[Kernel, Floats]:
        """The weights of a layer, integers where they are, and its bias `(out,)`."""
        module: Any = node.module
        bias = module.bias
        shift = np.zeros(module.weight.shape[0]) if bias is None else bias.detach().double().numpy()
        if node.path is not None and node.path in self.integers:
            codes, scale = self.integers[node.path]
            return Kernel(np.asarray(codes), np.asarray(scale, dtype=np.float64)), shift
        return Kernel(module.weight.detach().double().numpy()), shift

    def note(self, layer: str, action: Any, detail: str, parameters: int = 0, neurons: int = 0) -> None:
        """One row of the report."""
        kind = self.view.node(layer).kind
        self.rows.append(ReportRow(layer, kind, action, detail, parameters, neurons))


def is_constant(view: GraphView, node: GraphNode) -> bool:
    """True for a parameter or buffer of the graph: the node that uses it reads it."""
    return not node.inputs and node.name != view.input
