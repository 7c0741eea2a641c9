"""Activations with a slope below zero as two ReLUs: LeakyReLU, PReLU of any slopes, |x|; staircases of both sides likewise.

    y = relu(x) + (-slope) relu(-x)
    y = q(x) - s p(-s slope x), s the sign of the slope         a `compress.QuantizedHalves`
    y = origin + q(x - origin)                                  a `compress.QuantizedFrom`

Exact for every slope, above one and below zero too. The graph is rewritten, so that each half is a node of its own, with values
that can be measured. A code with spikes of both signs says a LeakyReLU in one population and needs no halves of it.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import fx
from torch.nn import functional as F

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.view import view_of
from spikewright.snn import ReportRow

HALF = "half of an activation"
"""In the `meta` of the two ReLUs."""


def halved(view: GraphView, two_sided: bool) -> tuple[GraphView, tuple[ReportRow, ...]]:
    """The view with two ReLUs in the place of each activation that has a slope below zero, and a row for each.

    `two_sided`: spikes have two signs, so that one positive slope for all channels can stay. `view.graph_module` is changed.
    """
    found = [node for node in view if node.kind in _PARTS and not (two_sided and node.kind == "leaky_relu")]
    for node in found:
        _take_apart(view.graph_module, node)
    rows = tuple(ReportRow(node.name, node.kind, "rewritten", f"{_PARTS[node.kind][1]}: exact") for node in found)
    return (view_of(view.graph_module, view.input_shape) if found else view), rows


def _take_apart(module: fx.GraphModule, node: GraphNode) -> None:
    place = find(module, node.name)
    with module.graph.inserting_before(place):
        joined = _PARTS[node.kind][0](module, node, place.all_input_nodes[0])
    place.replace_all_uses_with(joined)
    module.graph.erase_node(place)
    joined.name = node.name
    module.graph.lint()
    module.recompile()


def _relus(module: fx.GraphModule, node: GraphNode, source: fx.Node) -> fx.Node:
    graph = module.graph
    above = graph.create_node("call_function", F.relu, (source,), name=f"{node.name}_above")
    turned = graph.call_function(operator.neg, (source,))
    below = graph.create_node("call_function", F.relu, (turned,), name=f"{node.name}_below")
    slopes = torch.tensor(node.args["slopes"] if node.kind == "prelu" else (node.args["slope"],), dtype=torch.float64)
    scaled = graph.call_function(operator.mul, (below, _factors(module, node, -slopes)))
    above.meta[HALF] = below.meta[HALF] = True
    return graph.call_function(operator.add, (above, scaled))


def _staircases(module: fx.GraphModule, node: GraphNode, source: fx.Node) -> fx.Node:
    graph, layer = module.graph, _layer(node)
    slopes = layer.slopes.detach()
    above = graph.create_node("call_module", f"{node.path}.above", (source,), name=f"{node.name}_above")
    turned = graph.call_function(operator.mul, (source, _factors(module, node, -slopes.abs())))
    below = graph.create_node("call_module", f"{node.path}.below", (turned,), name=f"{node.name}_below")
    signs = torch.where(slopes < 0, 1.0, -1.0)
    scaled = graph.call_function(operator.mul, (below, _factors(module, node, signs)))
    above.meta[HALF] = below.meta[HALF] = True
    return graph.call_function(operator.add, (above, scaled))


def _from_origin(module: fx.GraphModule, node: GraphNode, source: fx.Node) -> fx.Node:
    graph, layer = module.graph, _layer(node)
    origin, way = float(layer.origin), -1.0 if layer.downwards else 1.0
    turned = graph.call_function(operator.mul, (source, way)) if layer.downwards else source
    moved = graph.call_function(operator.sub, (turned, way * origin)) if origin else turned
    steps = graph.create_node("call_module", f"{node.path}.steps", (moved,), name=f"{node.name}_steps")
    back = graph.call_function(operator.mul, (steps, way)) if layer.downwards else steps
    steps.meta[HALF] = True
    return graph.call_function(operator.add, (back, origin)) if origin else back


def _layer(node: GraphNode) -> Any:
    return node.module


def _factors(module: fx.GraphModule, node: GraphNode, values: torch.Tensor) -> fx.Node | float:
    """One number, or a new buffer of one for each channel, so that it multiplies the values."""
    if bool((values == values[0]).all()):
        return float(values[0])
    name = f"{node.name}_slopes"
    while hasattr(module, name):
        name += "_"
    module.register_buffer(name, values.float().reshape(-1, *[1] * (len(node.shape) - 1)))
    found: fx.Node = module.graph.get_attr(name)
    return found


_Make = Callable[[fx.GraphModule, GraphNode, fx.Node], fx.Node]
_LEAKY = "relu(x) - slope relu(-x), two populations"
_PARTS: Mapping[str, tuple[_Make, str]] = {
    "prelu": (_relus, _LEAKY),
    "leaky_relu": (_relus, _LEAKY),
    "quantised_halves": (_staircases, "q(x) - s p(-s slope x), s the sign of the slope, two populations"),
    "quantised_from": (_from_origin, "its levels begin at its origin, which goes into the layers around"),
}
