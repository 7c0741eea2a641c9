"""Which layers may take in a map of their channels: plain ones that are called once and own their weights."""

from collections.abc import Iterator
from typing import Any

from torch import fx, nn

from spikewright.compress.exact.channel_maps import CONVS, NORMS, TRANSPOSED, ChannelMap, Stuck, law_of
from spikewright.compress.graph.kinds.table import keeps_forward
from spikewright.compress.graph.view import GraphNode

_LAYERS = (*CONVS, *TRANSPOSED, *NORMS, nn.Linear)


def takes(node: GraphNode) -> bool:
    """True for a layer that can take in a map: a plain convolution, linear layer or batch norm."""
    module: Any = node.module
    if module is None or module._forward_hooks or module._forward_pre_hooks or _computed(module):
        return False
    if not any(keeps_forward(module, kind) for kind in _LAYERS):
        return False
    return node.kind == "batchnorm" or not isinstance(module, NORMS)


def _computed(module: nn.Module) -> bool:
    """True when a hook or a parametrisation computes the weight: what is written into it is lost."""
    weight = getattr(module, "weight", None)
    return weight is not None and module._parameters.get("weight") is not weight


def check_own(node: GraphNode, calls: Iterator[fx.Node], root: fx.GraphModule) -> None:
    """Raises Stuck when the layer at `node` is called again, or its parameters are read elsewhere."""
    layer: Any = node.module
    count = sum(1 for call in calls if root.get_submodule(str(call.target)) is layer)
    if count > 1:
        raise Stuck(f"{node.path} is called {count} times")
    mine = {id(value) for value in layer.parameters(recurse=False)}
    owners = [name for name, value in root.named_parameters(remove_duplicate=False) if id(value) in mine]
    loose = [other for other in root.graph.nodes if other.op == "get_attr" and str(other.target) in owners]
    if len(owners) > len(mine) or loose:
        raise Stuck(f"the weight of {node.path} is used elsewhere too")


def check_input(node: GraphNode, change: ChannelMap) -> None:
    """Raises Stuck when the layer cannot take `change` on its input: a shift ends where the layer pads with zeros."""
    if change.shifts:
        law_of(node.module).check_shift(node.name, node.module)
