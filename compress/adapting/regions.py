"""Activations that a model writes out, such as x * sigmoid(x): several steps that are one function of each number of a value."""

from collections.abc import Iterable, Mapping

from torch import fx

from spikewright.compress.adapting.operations import (
    NONLINEAR,
    POINTWISE,
    PRODUCTS,
    QUOTIENTS,
    SUMS,
    operation,
    read_values,
)
from spikewright.compress.graph.view import GraphView, Shape

REFUSED = ("unsupported", "rising")
"""Kinds of steps without a spiking form in the middle of a model."""


class Regions:
    """The pointwise steps of a graph.

    sources: for each pointwise step the one value that it is a function of, number by number.
    """

    def __init__(self, view: GraphView, live: Iterable[fx.Node]) -> None:
        self.root, self.kinds = view.graph_module, {node.name: node.kind for node in view}
        self.shapes: Mapping[str, Shape] = {node.name: node.shape for node in view}
        self.sources: dict[fx.Node, fx.Node] = {}
        for node in live:
            read = {self.sources.get(one, one) for one in node.all_input_nodes}
            if self._name(node) in POINTWISE and len(read) == 1 and self._keeps_shape(node):
                self.sources[node] = read.pop()

    def tops(self) -> tuple[fx.Node, ...]:
        """The last step of each activation, in the order of the graph.

        Steps inside of a longer one are not listed unless they are read outside of it too; a sum of two values is a residual.
        """
        found: list[fx.Node] = []
        covered: set[fx.Node] = set()
        for node in reversed(self.sources):
            inside = set(self.inside(node))
            if node in covered or self._is_residual(node) or not any(map(self.bends, inside)):
                continue
            found.append(node)
            covered |= {one for one in inside if all(user in inside for user in one.users)}
        return tuple(reversed(found))

    def inside(self, top: fx.Node) -> tuple[fx.Node, ...]:
        """The steps from the source of `top` to `top`."""
        found, waiting = dict.fromkeys([top]), [top]
        while waiting:
            for one in waiting.pop().all_input_nodes:
                if one in self.sources and one not in found:
                    found[one] = None
                    waiting.append(one)
        return tuple(found)

    def bends(self, node: fx.Node) -> bool:
        """Whether a pointwise step is no linear function of its source by itself: a product of two values is none."""
        name = self._name(node)
        return name in NONLINEAR or (name in PRODUCTS | QUOTIENTS and len(read_values(node)) == 2)

    def refused(self, top: fx.Node) -> bool:
        """Whether some bend in the activation that ends in `top` has no spiking form."""
        return any(self.bends(node) and self.kinds.get(node.name) in REFUSED for node in self.inside(top))

    def told(self, top: fx.Node) -> str:
        """The activation in a word: the operations that bend, as in "mul+sigmoid"."""
        names = {self._name(node) for node in self.inside(top) if self.bends(node)}
        return "+".join(sorted(names))

    def _is_residual(self, node: fx.Node) -> bool:
        return self._name(node) in SUMS and len(node.all_input_nodes) + len(read_values(node)) > 2

    def _keeps_shape(self, node: fx.Node) -> bool:
        shape = self.shapes.get(node.name)
        return shape is not None and all(self.shapes.get(one.name) == shape for one in node.all_input_nodes)

    def _name(self, node: fx.Node) -> str:
        return operation(node, self.root)
