"""Outputs side by side that end in a softmax or sigmoid of their own: the graph goes on without, and their heads remember it."""

from dataclasses import replace
from math import prod
from typing import Any

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.compress import GraphNode, GraphView
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.view import view_of
from spikewright.last_functions import Ending
from spikewright.snn import ReportRow

MOST_WEIGHTS = 1 << 27
"""Of a layer that gives a map beside outputs of another size, written out."""
_ARRANGED = ("flatten", "reshape", "identity", "dropout")
"""What may stand between the end of an output and its place among the others: the order of its numbers stays."""


def without_endings(view: GraphView) -> tuple[GraphView, tuple[ReportRow, ...]]:
    """The view of a graph with several chosen outputs without the functions that these end in, and a row for each.

    Changed in place; `meta["heads"]` of the graph says what was taken off. Other graphs stay as they are.
    """
    heads: tuple[Head, ...] = view.graph_module.meta.get("heads", ())
    together = view.node(view.output)
    if not heads or together.kind != "concat" or len(together.inputs) != len(heads):
        return view, ()
    last = [_last(view, name) for name in together.inputs]
    _check_sizes(view, heads, last)
    found = [_ending(node, head) for node, head in zip(last, heads, strict=True)]
    rows = []
    for place, (head, end) in enumerate(zip(heads, found, strict=True)):
        if end is not None:
            _take_off(view, together, place)
            heads = (*heads[:place], _with(head, end), *heads[place + 1 :])
            told = f"dropped: output {head.name!r} ends in it; logits are what stands in front, and activity.answers has it again"
            rows.append(ReportRow(end.name, end.kind, "folded", told))
    view.graph_module.graph.eliminate_dead_code()
    view.graph_module.recompile()
    view.graph_module.meta["heads"] = heads
    return view_of(view.graph_module, view.input_shape), tuple(rows)


def _last(view: GraphView, name: str) -> GraphNode:
    """The node that computes an output, in front of what only arranges it."""
    node = view.node(name)
    while node.kind in _ARRANGED and len(node.inputs) == 1:
        node = view.node(node.inputs[0])
    return node


def _check_sizes(view: GraphView, heads: tuple[Head, ...], last: list[GraphNode]) -> None:
    """Raise InvalidInput where the layer of a map would be one large matrix, since others beside it have another size."""
    if len({(head.shape or ())[1:] for head in heads}) == 1:
        return
    for head, node in zip(heads, last, strict=True):
        while node.kind in ("softmax", "rising"):
            node = _last(view, node.inputs[0])
        weights = prod(node.shape) * sum(prod(view.node(name).shape) for name in node.inputs)
        if node.kind.startswith("conv") and prod(node.shape[1:]) > 1 and weights > MOST_WEIGHTS:
            raise InvalidInput(
                f"expected outputs that fit beside each other, got the map {head.name!r} {node.shape} beside others of another "
                f"size, which takes up to {weights:,} weights; try output={head.name!r} and the others in a network of their own"
            )


def _ending(node: GraphNode, head: Head) -> GraphNode | None:
    """The node of the function that an output ends in, over the classes of its head; None for none."""
    vector = prod(node.shape) in (1, *node.shape[:1]) and len(head.shape or ()) == 1
    return node if node.kind in ("softmax", "rising") and (node.shape == head.shape or vector) else None


def _take_off(view: GraphView, together: GraphNode, place: int) -> None:
    """Let the last step of an output read what its ending reads; others who read the ending go on doing so."""
    reader = find(view.graph_module, together.name)
    given: Any = reader.args[0] if reader.args else reader.kwargs["tensors"]
    listed = list(given)
    last = listed[place]
    while view.node(last.name).kind in _ARRANGED:
        reader, last = last, last.all_input_nodes[0]
    if reader.name == together.name:
        listed[place] = last.all_input_nodes[0]
        reader.args = (listed, *reader.args[1:])
    else:
        reader.replace_input_with(last, last.all_input_nodes[0])


def _with(head: Head, end: GraphNode) -> Head:
    ending: Ending = end.args["name"] if end.kind == "rising" else "log_softmax" if end.args["log"] else "softmax"
    single = prod(head.shape or ()) == 1 and ending in ("sigmoid", "logsigmoid")
    return replace(head, ending=ending, kind="multilabel" if single else head.kind)
