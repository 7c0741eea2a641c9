"""Obstacles that span several steps of a graph, each found as one."""

from collections.abc import Mapping

from spikewright.compress import GraphView
from spikewright.conversion.reading.obstacles import attention, products, regions
from spikewright.conversion.reading.obstacles.span import Span
from spikewright.conversion.reading.obstacles.wiring import Wiring

_ENDING_IN = (attention.whole_attention, products.norm, products.written, products.gate, regions.index)
"""By the node that they end in, outer ones first: what a later one finds inside an earlier one belongs to that."""


def spans_of(view: GraphView) -> Mapping[str, Span]:
    """By node the span that it is part of; nodes in none are obstacles of their own, or none."""
    wiring, taken = Wiring(view), dict[str, Span]()
    for finder in _ENDING_IN:
        for node in reversed(view.nodes):
            span = finder(wiring, node.name) if node.kind == "unsupported" and node.name not in taken else None
            if span is not None:
                _take(span, taken)
    for region in (regions.several, regions.displaced):
        for span in list(region(wiring, taken)):
            _take(span, taken)
    return taken


def _take(span: Span, taken: dict[str, Span]) -> None:
    """Its nodes, and those of the spans inside it."""
    inside = {taken[name].node for name in span.nodes if name in taken}
    for name, other in list(taken.items()):
        if other.node in inside and set(other.nodes) <= set(span.nodes):
            taken[name] = span
    for name in span.nodes:
        taken.setdefault(name, span)
