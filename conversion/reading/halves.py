"""Activations with a slope below zero as two ReLUs: LeakyReLU, PReLU of any slopes, |x|.

    y = relu(x) + (-slope) relu(-x)

Exact for every slope, above one and below zero too. The graph is rewritten, so that each half is a node of its own, with values
that can be measured. A code with spikes of both signs says a LeakyReLU in one population and needs no halves of it.
"""

import operator

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
    kinds = ("prelu",) if two_sided else ("prelu", "leaky_relu")
    found = [node for node in view if node.kind in kinds]
    for node in found:
        _halve(view.graph_module, node)
    told = "relu(x) - slope relu(-x), two populations: exact"
    rows = tuple(ReportRow(node.name, node.kind, "rewritten", told) for node in found)
    return (view_of(view.graph_module, view.input_shape) if found else view), rows


def _halve(module: fx.GraphModule, node: GraphNode) -> None:
    place = find(module, node.name)
    source, graph = place.all_input_nodes[0], module.graph
    with graph.inserting_before(place):
        above = graph.create_node("call_function", F.relu, (source,), name=f"{node.name}_above")
        turned = graph.call_function(operator.neg, (source,))
        below = graph.create_node("call_function", F.relu, (turned,), name=f"{node.name}_below")
        scaled = graph.call_function(operator.mul, (below, _factors(module, node)))
        joined = graph.call_function(operator.add, (above, scaled))
    above.meta[HALF] = below.meta[HALF] = True
    place.replace_all_uses_with(joined)
    graph.erase_node(place)
    joined.name = node.name
    graph.lint()
    module.recompile()


def _factors(module: fx.GraphModule, node: GraphNode) -> fx.Node | float:
    """-slope: one number, or a new buffer of one for each channel, so that it multiplies the values."""
    slopes = node.args["slopes"] if node.kind == "prelu" else (node.args["slope"],)
    if len(slopes) == 1:
        return -float(slopes[0])
    name = f"{node.name}_slopes"
    while hasattr(module, name):
        name += "_"
    module.register_buffer(name, -torch.tensor(slopes).reshape(-1, *[1] * (len(node.shape) - 1)))
    found: fx.Node = module.graph.get_attr(name)
    return found
