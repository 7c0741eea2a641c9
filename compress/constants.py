"""What a traced graph computes of its parameters alone is computed once."""

import operator
from typing import Any

import torch
from torch import Tensor, fx, nn


def fold_constants(module: fx.GraphModule) -> None:
    """Replace every step that does not depend on the input by its value: a new parameter, or a number.

    Parameters and buffers that are read as they are stay. A step that gives another value each time stays too.
    """
    values: dict[fx.Node, Any] = {}
    for node in list(module.graph.nodes):
        if node.op == "get_attr":
            values[node] = operator.attrgetter(str(node.target))(module)
        elif node.op in ("call_function", "call_method") and all(source in values for source in node.all_input_nodes):
            value = _computed(node, values)
            if value is not None:
                _put(module, node, value, values)


def _computed(node: fx.Node, values: dict[fx.Node, Any]) -> Any:
    """What a node always gives, or None. Works on copies, so that nothing is overwritten."""

    def load(source: fx.Node) -> Any:
        return values[source].clone() if isinstance(values[source], Tensor) else values[source]

    def call() -> Any:
        args, kwargs = fx.node.map_arg(node.args, load), fx.node.map_arg(node.kwargs, load)
        if callable(node.target):
            return node.target(*args, **kwargs)
        return getattr(args[0], node.target)(*args[1:], **kwargs)

    try:
        with torch.no_grad():
            once, again = call(), call()
    except Exception:  # whatever a user's own function raises: running the model will tell
        return None
    if isinstance(once, Tensor):
        return once if torch.equal(once, again) else None
    return once if isinstance(once, int | float | tuple) and once == again else None


def _put(module: fx.GraphModule, node: fx.Node, value: Any, values: dict[fx.Node, Any]) -> None:
    """Let the readers of `node` read `value`, which is one of the known `values` from here on."""
    if not isinstance(value, Tensor):

        def read_by(given: Any) -> Any:
            return fx.node.map_arg(given, lambda one: value if one is node else one)

        for user in list(node.users):
            user.args, user.kwargs = read_by(user.args), read_by(user.kwargs)
        return
    name = node.name
    while hasattr(module, name):
        name += "_"
    module.register_parameter(name, nn.Parameter(value.clone(), requires_grad=value.is_floating_point()))
    with module.graph.inserting_before(node):
        read = module.graph.get_attr(name)
    values[read] = module.get_parameter(name)
    node.replace_all_uses_with(read)
