"""Exact rewrites of the graph for max pooling: where it is compared, and without windows that reach over the end.

relu(max(x)) = max(relu(x))     for every activation that never falls: then neurons fire in front of the gate; but max pooling
                                comes first where the activation will be two populations, which are then smaller
borders of minus infinity       never win, nor do copies of the edge, which lies in the same window, or zeros beside what is not
                                negative
ceil_mode                       zeros at the end are never larger than activations that are not negative; of others the last
                                row or column is there again
"""

from typing import Any

import numpy as np
from torch import fx, nn
from torch.nn import functional as F

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.graph.inplace import is_inplace
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.view import view_of
from spikewright.snn import ReportRow

_POSITIVE = ("relu", "clamp", "quantised_relu")
_KEEPING = (
    "maxpool",
    "avgpool",
    "adaptive_avgpool",
    "concat",
    "add",
    "identity",
    "dropout",
    "upsample",
    "resampled",
    "avgpool_map",
    "pad",
    "moved",
    "joined",
)
"""What is not negative when its inputs are not."""
_RISING = (*_POSITIVE, "clip")


def swapped(view: GraphView, two_sided: bool = True) -> tuple[GraphView, tuple[ReportRow, ...]]:
    """The view with every max pool behind the activation that follows it, and a row for each change.

    `two_sided`: spikes have two signs; without, a leaky activation is two populations and max pooling goes in front of it.
    `view.graph_module` is changed in place; its output stays what it was.
    """
    rows = [_finite(view, node) for node in view if node.kind == "maxpool" and _pads_infinity(view, node.inputs[0])]
    view = view_of(view.graph_module, view.input_shape) if rows else view
    while (pair := _next_pair(view, two_sided)) is not None:
        _swap(view.graph_module, *pair)
        kinds = {node.name: node.kind for node in view}
        pool, other = pair if kinds[pair[0]] == "maxpool" else pair[::-1]
        rows.append(ReportRow(pool, "maxpool", "rewritten", f"swapped with {other}, which never falls: exact"))
        view = view_of(view.graph_module, view.input_shape)
    for node in [one for one in view if one.kind == "maxpool" and any(one.args["extra"])]:
        what = "zeros" if _never_negative(view, node.inputs[0]) else "the last row and column again"
        _extend(view.graph_module, node, zeros=what == "zeros")
        rows.append(ReportRow(node.name, "maxpool", "rewritten", f"ceil_mode became {what} at the end: exact"))
    return (view_of(view.graph_module, view.input_shape) if rows else view), tuple(rows)


def _pads_infinity(view: GraphView, name: str) -> bool:
    """Whether a node is a padding with minus infinity."""
    node, place = view.node(name), find(view.graph_module, name)
    pads = isinstance(node.module, nn.ConstantPad1d | nn.ConstantPad2d) or place.target is F.pad
    return node.kind == "moved" and pads and bool((node.args["map"].constants == -np.inf).any())


def _finite(view: GraphView, pool: GraphNode) -> ReportRow:
    """Zeros or copies of the edge in place of the minus infinity that only a max pool reads."""
    graph, padding = view.graph_module.graph, view.node(pool.inputs[0])
    place, reader = find(view.graph_module, padding.name), find(view.graph_module, pool.name)
    source, module = place.all_input_nodes[0], padding.module
    given: Any = (*place.args, place.kwargs.get("pad"))[1] if module is None else module.padding
    mode = "constant" if _never_negative(view, padding.inputs[0]) else "replicate"
    with graph.inserting_before(reader):
        wider = graph.call_function(F.pad, (source, tuple(given), mode))
    reader.replace_input_with(place, wider)
    graph.eliminate_dead_code()
    view.graph_module.recompile()
    told = "zeros" if mode == "constant" else "copies of the edge"
    return ReportRow(
        pool.name, "maxpool", "rewritten", f"minus infinity at the border became {told}, which never win either: exact"
    )


def _next_pair(view: GraphView, two_sided: bool) -> tuple[str, str] | None:
    """Two nodes, one behind the other, that are to change places."""
    known = {node.name: node for node in view}
    for node in view:
        place = find(view.graph_module, node.name)
        readers = list(place.users)
        after = known.get(readers[0].name) if len(readers) == 1 else None
        if after is None or not _belongs_behind(node, after, two_sided):
            continue
        if len(place.all_input_nodes[0].users) == 1 or not is_inplace(readers[0], view.graph_module):
            return node.name, after.name
    return None


def _belongs_behind(node: GraphNode, after: GraphNode, two_sided: bool) -> bool:
    """Whether `node` is better done behind `after`."""
    if node.kind == "maxpool":
        return after.kind in _RISING or (two_sided and after.kind == "leaky_relu")
    halves = node.kind == "prelu" or (node.kind == "leaky_relu" and not two_sided)
    return halves and after.kind == "maxpool" and min(node.args.get("slopes", (0.0,))) >= 0.0


def _swap(module: fx.GraphModule, first_name: str, second_name: str) -> None:
    first, second = find(module, first_name), find(module, second_name)
    source = first.all_input_nodes[0]
    second.replace_input_with(first, source)
    second.replace_all_uses_with(first)
    first.replace_input_with(source, second)
    second.append(first)
    module.graph.lint()
    module.recompile()


def _never_negative(view: GraphView, name: str) -> bool:
    node = view.node(name)
    if node.kind == "moved" and (node.args["map"].constants < 0).any():
        return False
    if node.kind == "resampled" and min(node.args["rows"].min(), node.args["columns"].min()) < 0:
        return False
    return node.kind in _POSITIVE or (
        node.kind in _KEEPING and bool(node.inputs) and all(_never_negative(view, one) for one in node.inputs)
    )


def _extend(module: fx.GraphModule, node: GraphNode, *, zeros: bool) -> None:
    place = find(module, node.name)
    source = place.all_input_nodes[0]
    rows, columns = node.args["extra"]
    widths = (0, columns) if len(node.shape) == 2 else (0, columns, 0, rows)
    with module.graph.inserting_before(place):
        wider = module.graph.call_function(F.pad, (source, widths, "constant" if zeros else "replicate"))
    place.replace_input_with(source, wider)
    module.graph.lint()
    module.recompile()
