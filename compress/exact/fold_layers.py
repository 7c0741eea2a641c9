"""Which layers may take in a map of their channels: plain ones that are called once and own their weights."""

from collections import Counter
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
    if isinstance(module, nn.Linear) and len(node.shape) > 1:
        return False  # over the last axis, which is not that of the channels
    return node.kind == "batchnorm" or not isinstance(module, NORMS)


def _computed(module: nn.Module) -> bool:
    """True when a hook or a parametrisation computes the weight: what is written into it is lost."""
    weight = getattr(module, "weight", None)
    return weight is not None and module._parameters.get("weight") is not weight


class Uses:
    """How often each layer of a graph is called, and under which names its parameters are known: counted once, then kept up."""

    def __init__(self, root: fx.GraphModule) -> None:
        self.root = root
        self._calls = Counter(str(node.target) for node in root.graph.nodes if node.op == "call_module")
        self._read = {str(node.target) for node in root.graph.nodes if node.op == "get_attr"}
        self._layers = Counter[int]()
        for path, count in self._calls.items():
            self._layers[id(root.get_submodule(path))] += count
        self._names: dict[int, set[str]] = {}
        for name, value in root.named_parameters(remove_duplicate=False):
            self._names.setdefault(id(value), set()).add(name)

    def forget(self, call: fx.Node) -> None:
        """A call that leaves the graph; with its last one a layer leaves too, and the names of its parameters."""
        path = str(call.target)
        layer = self.root.get_submodule(path)
        self._calls[path] -= 1
        self._layers[id(layer)] -= 1
        if not self._calls[path]:
            for name, value in layer.named_parameters(path, recurse=False):
                self._names.get(id(value), set()).discard(name)

    def calls(self, layer: nn.Module) -> int:
        """How often a layer is called, under all its paths."""
        return self._layers[id(layer)]

    def shares(self, layer: nn.Module) -> bool:
        """Whether a parameter of a layer has another name too, or is read without the layer."""
        names = [self._names.get(id(value), set()) for value in layer.parameters(recurse=False)]
        return any(len(one) > 1 or not self._read.isdisjoint(one) for one in names)


def check_own(node: GraphNode, uses: Uses) -> None:
    """Raises Stuck when the layer at `node` is called again, or its parameters are read elsewhere."""
    layer: Any = node.module
    count = uses.calls(layer)
    if count > 1:
        raise Stuck(f"{node.path} is called {count} times")
    if uses.shares(layer):
        raise Stuck(f"the weight of {node.path} is used elsewhere too")


def check_input(node: GraphNode, change: ChannelMap) -> None:
    """Raises Stuck when the layer cannot take `change` on its input: a shift ends where the layer pads with zeros."""
    if change.shifts:
        law_of(node.module).check_shift(node.name, node.module)
