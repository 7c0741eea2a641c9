"""Inputs of another range than 0 to 1: the graph begins with what brings them back, and its first layers take that in."""

import operator

from torch import fx

from spikewright.compress import GraphView
from spikewright.compress.graph.view import view_of
from spikewright.snn.running import InputRange


def in_unit(view: GraphView, known: InputRange) -> GraphView:
    """The view of a graph that takes u in [0, 1] and computes what `view` computes of x = (high - low) u + low; changed in place.

    Scale and shift are read as any affine map is: the scale goes into the weights, the shift into biases, as a map where a
    layer pads with zeros.
    """
    graph: fx.Graph = view.graph_module.graph
    given = next(node for node in graph.nodes if node.op == "placeholder")
    readers = list(given.users)
    with graph.inserting_after(given):
        scaled = graph.call_function(operator.mul, (given, known.high - known.low))
    with graph.inserting_after(scaled):
        shifted = graph.call_function(operator.add, (scaled, known.low))
    for reader in readers:
        reader.replace_input_with(given, shifted)
    graph.lint()
    view.graph_module.recompile()
    return view_of(view.graph_module, view.input_shape)
