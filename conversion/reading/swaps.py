"""Exact rewrites of the graph for max pooling: behind the activation, and without windows that reach over the end.

relu(max(x)) = max(relu(x))     for every activation that never falls: then neurons fire in front of the gate
ceil_mode                       zeros at the end are never larger than activations that are not negative
"""

from torch import fx
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
    "pad",
    "moved",
)
"""What is not negative when its inputs are not."""
_RISING = (*_POSITIVE, "leaky_relu")


def swapped(view: GraphView) -> tuple[GraphView, tuple[ReportRow, ...]]:
    """The view with every max pool behind the activation that follows it, and a row for each change.

    `view.graph_module` is changed in place; its output stays what it was.
    """
    rows: list[ReportRow] = []
    while (pair := _next_pair(view)) is not None:
        pool, activation = pair
        _swap(view.graph_module, pool, activation)
        rows.append(ReportRow(pool, "maxpool", "rewritten", f"swapped with {activation}, which never falls: exact"))
        view = view_of(view.graph_module, view.input_shape)
    for node in [one for one in view if _reaches_over(one, view)]:
        _extend(view.graph_module, node)
        rows.append(ReportRow(node.name, "maxpool", "rewritten", "ceil_mode became zeros at the end: exact"))
    return (view_of(view.graph_module, view.input_shape) if rows else view), tuple(rows)


def _next_pair(view: GraphView) -> tuple[str, str] | None:
    kinds = {node.name: node.kind for node in view}
    for node in view:
        if node.kind != "maxpool":
            continue
        place = find(view.graph_module, node.name)
        readers, source = list(place.users), place.all_input_nodes[0]
        if len(readers) != 1 or kinds.get(readers[0].name) not in _RISING:
            continue
        if len(source.users) == 1 or not is_inplace(readers[0], view.graph_module):
            return node.name, readers[0].name
    return None


def _swap(module: fx.GraphModule, pool_name: str, activation_name: str) -> None:
    pool, activation = find(module, pool_name), find(module, activation_name)
    source = pool.all_input_nodes[0]
    activation.replace_input_with(pool, source)
    activation.replace_all_uses_with(pool)
    pool.replace_input_with(source, activation)
    activation.append(pool)
    module.graph.lint()
    module.recompile()


def _reaches_over(node: GraphNode, view: GraphView) -> bool:
    return node.kind == "maxpool" and any(node.args["extra"]) and _never_negative(view, node.inputs[0])


def _never_negative(view: GraphView, name: str) -> bool:
    node = view.node(name)
    if node.kind == "moved" and (node.args["map"].constants < 0).any():
        return False
    return node.kind in _POSITIVE or (
        node.kind in _KEEPING and bool(node.inputs) and all(_never_negative(view, one) for one in node.inputs)
    )


def _extend(module: fx.GraphModule, node: GraphNode) -> None:
    place = find(module, node.name)
    source = place.all_input_nodes[0]
    rows, columns = node.args["extra"]
    with module.graph.inserting_before(place):
        wider = module.graph.call_function(F.pad, (source, (0, columns, 0, rows)))
    place.replace_input_with(source, wider)
    module.graph.lint()
    module.recompile()
