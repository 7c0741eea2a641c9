"""What a traced graph computes of its parameters alone is computed once."""

from typing import Any

import torch
from torch import Tensor, fx, nn

from spikewright.compress.graph.performing import performed


def fold_constants(module: fx.GraphModule) -> None:
    """Replace every step that does not depend on the input by its value: a new parameter, or a number.

    Parameters and buffers that are read as they are stay. A step that gives another value each time stays too, and so does a
    layer in training mode.
    """
    values: dict[fx.Node, Any] = {}
    for node in list(module.graph.nodes):
        if node.op == "get_attr":
            values[node] = performed(module, node, values.__getitem__)
        elif node.op in _CALLS and all(source in values for source in node.all_input_nodes):
            value = _computed(module, node, values)
            if value is not None:
                _put(module, node, value, values)


_CALLS = ("call_function", "call_method", "call_module")
_SYMBOLIC = (torch.device, torch.dtype)
"""Known, but never written into the graph, which may run elsewhere and in float64."""


def _computed(module: fx.GraphModule, node: fx.Node, values: dict[fx.Node, Any]) -> Any:
    """What a node always gives, or None. Works on copies, so that nothing is overwritten."""
    layer = module.get_submodule(str(node.target)) if node.op == "call_module" else None
    if layer is not None and layer.training:
        return None

    def load(source: fx.Node) -> Any:
        return fx.node.map_aggregate(values[source], lambda one: one.clone() if isinstance(one, Tensor) else one)

    try:
        with torch.no_grad():
            once = performed(module, node, load)
            return once if _same(once, performed(module, node, load)) else None
    except Exception:  # whatever a user's own function raises: running the model will tell
        return None


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor):
        return torch.equal(one, other)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, int | float | torch.device | torch.dtype) and one == other


def _put(module: fx.GraphModule, node: fx.Node, value: Any, values: dict[fx.Node, Any]) -> None:
    """Let the readers of `node` read `value`, which is one of the known `values` from here on.

    Of several tensors each is put in its place when it is picked out.
    """
    if isinstance(value, tuple | list) and any(isinstance(one, Tensor) for one in value):
        values[node] = value
    elif isinstance(value, _SYMBOLIC):
        values[node] = value
    elif isinstance(value, Tensor):
        _put_tensor(module, node, value, values)
    else:
        _put_number(node, value)


def _put_number(node: fx.Node, value: Any) -> None:
    def read_by(given: Any) -> Any:
        return fx.node.map_arg(given, lambda one: value if one is node else one)

    for user in list(node.users):
        user.args, user.kwargs = read_by(user.args), read_by(user.kwargs)


def _put_tensor(module: fx.GraphModule, node: fx.Node, value: Tensor, values: dict[fx.Node, Any]) -> None:
    name = kept_parameter(module, node.name, value)
    with module.graph.inserting_before(node):
        read = module.graph.get_attr(name)
    values[read] = module.get_parameter(name)
    node.replace_all_uses_with(read)


def kept_parameter(module: fx.GraphModule, wanted: str, value: Tensor) -> str:
    """Keep a copy of `value` as a parameter of the module, and return its name: the one `wanted`, or one like it that is free."""
    name = wanted
    while hasattr(module, name):
        name += "_"
    module.register_parameter(name, nn.Parameter(value.clone(), requires_grad=value.is_floating_point()))
    return name
