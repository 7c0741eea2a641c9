"""What one node of a traced graph gives for given values of the nodes that it reads."""

import operator
from collections.abc import Callable
from typing import Any

from torch import fx, nn


def performed(module: nn.Module, node: fx.Node, load: Callable[[fx.Node], Any]) -> Any:
    """Read or call what `node` of a graph of `module` says, no placeholder and no output; `load(source)`: what a source gave.

    What the call raises is raised, what it overwrites is overwritten.
    """
    target: Any = node.target
    args, kwargs = fx.node.map_arg((node.args, node.kwargs), load)
    if node.op == "get_attr":
        return operator.attrgetter(target)(module)
    if node.op == "call_module":
        return module.get_submodule(target)(*args, **kwargs)
    if node.op == "call_method":
        return getattr(args[0], target)(*args[1:], **kwargs)
    return target(*args, **kwargs)
