"""Gates: products of a value with factors that the model computes and squashes between two bounds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from torch import fx

from spikewright.compress.adapting.operations import POINTWISE, PRODUCTS, SHAPING, SQUASHING, operation, read_values
from spikewright.compress.adapting.regions import Regions
from spikewright.compress.graph.view import DISPLACED, GraphView

_OPEN = frozenset(["tanh"])
"""Squashes to both signs: of two candidates the other is the factor."""


@dataclass(frozen=True)
class GateNodes:
    """One gate in a graph: `node` multiplies `value` by `factor`."""

    node: fx.Node
    value: fx.Node
    factor: fx.Node


def gates_of(view: GraphView) -> Iterator[GateNodes]:
    """The gates of a graph in its order; an activation that is written out, such as x * sigmoid(x), is none."""
    nodes = fed(view, view.graph_module.graph.nodes)
    regions = Regions(view, nodes)
    for node in nodes:
        operands = read_values(node)
        if operation(node, view.graph_module) in PRODUCTS and len(operands) == 2 and node not in regions.sources:
            yield from _gate(view, node, *operands)


def fed(view: GraphView, nodes: Iterable[fx.Node]) -> tuple[fx.Node, ...]:
    """Those of `nodes`, which are in order, that depend on the image and have the batch in front, as all that they read."""
    known = {node.name: node for node in view}
    found: dict[fx.Node, None] = {}
    for node in nodes:
        read = any(
            one in found for one in node.all_input_nodes
        )  # its size, which is no value of the graph, is not read of
        if node.name in known and (node.op == "placeholder" or read):
            found[node] = None
    return tuple(node for node in found if known[node.name].args != DISPLACED)


def live_without(view: GraphView, values: Mapping[str, str]) -> tuple[fx.Node, ...]:
    """The steps that the answer needs, if each gate that is named passes on its value as it is; in order."""
    nodes = list(view.graph_module.graph.nodes)
    live = {node for node in nodes if node.op == "output"}
    for node in reversed(nodes):
        if node in live:
            passed = values.get(node.name)
            live |= {one for one in node.all_input_nodes if passed is None or one.name == passed}
    return tuple(node for node in nodes if node in live)


def _gate(view: GraphView, node: fx.Node, one: fx.Node, other: fx.Node) -> Iterator[GateNodes]:
    """One gate or none: of two operands that may be its factor, the one that is never negative, else the smaller."""
    shapes = {each.name: each.shape for each in view}
    found = []
    for value, factor in ((one, other), (other, one)):
        squash = _squash(view, factor)
        if squash and shapes.get(value.name) == shapes[node.name] and factor.name in shapes:
            size = len([length for length in shapes[factor.name] if length > 1])
            found.append(((squash in _OPEN, size), GateNodes(node, value, factor)))
    if found:
        yield min(found, key=lambda each: each[0])[1]


def _squash(view: GraphView, node: fx.Node) -> str:
    """The squashing operation that a value comes from, over steps that only shape, shift or scale it; empty for none."""
    while True:
        name = operation(node, view.graph_module)
        if name in SQUASHING:
            return name
        if name not in POINTWISE | SHAPING or not node.all_input_nodes:
            return ""
        node = node.all_input_nodes[0]
