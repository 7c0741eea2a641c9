"""Symbolic tracing that knows the sizes of what it traces: Python that reads shapes, not data, runs as it does in the model.

`x.shape`, `x.size(2)`, `x.dim()` are plain numbers while the forward pass is recorded, but for the size of the batch, so that
`b, c, h, w = x.shape`, arithmetic, `assert`, `if` and windows computed of sizes say what they say for the sample. Sizes that
follow the batch stay symbolic; two of them may be compared with each other, not with a number. What is asked of the type of the
numbers and of the device (`x.dtype == torch.float16`, `x.device.type`) is answered too; they themselves stay symbolic, since
the graph is also run in float64.
"""

import functools
import inspect
import operator
from types import FunctionType
from typing import Any

import torch
from torch import fx, nn

from spikewright.compress.graph.inplace import is_inplace
from spikewright.compress.graph.kinds.table import LEAVES, keeps_forward
from spikewright.compress.graph.sizes import ATTRIBUTES, SYMBOLIC, BatchSizes, differ

_FACTORIES = ("zeros", "ones", "full", "rand", "randn", "empty")
_PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class TracedSizes(tuple[Any, ...]):
    """The shape of a traced value: numbers, and a proxy where the batch stands."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return TracedSizes(found) if isinstance(place, slice) else found

    def numel(self) -> Any:
        """The product."""
        total: Any = 1
        for size in self:
            total = total * size
        return total


class SizedProxy(fx.Proxy):
    """A proxy whose shape and type of numbers are recorded at once, not when they are first used."""

    tracer: "SizedTracer"

    def __getattr__(self, k: str) -> Any:
        if k in ATTRIBUTES or self.node in self.tracer.sizes:
            return self.tracer.create_proxy("call_function", getattr, (self, k), {})
        return super().__getattr__(k)


class SizedTracer(fx.Tracer):
    """Stops at torch.nn modules, at activations with levels, and at subclasses of known layers that do not change `forward`.

    `sample (1, ...)`: what sizes are those of; None leaves all of them symbolic. Arguments of `forward` that have defaults
    keep them: a model with one input that must be given has one input.
    """

    def __init__(self, sample: torch.Tensor | None = None) -> None:
        super().__init__()
        self.sample = sample
        self.sizes: BatchSizes

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        if super().is_leaf_module(m, module_qualified_name):
            return True
        return any(keeps_forward(m, leaf) for leaf in LEAVES)

    def trace(self, root: Any, concrete_args: Any = None) -> fx.Graph:
        """As of `fx.Tracer`; torch.zeros and the like, which no proxy can stop, are recorded where a size is traced."""
        self.sizes = BatchSizes(root, self.sample)
        kept = {name: getattr(torch, name) for name in _FACTORIES}
        try:
            for name, made in kept.items():
                setattr(torch, name, functools.wraps(made)(functools.partial(self._made, made)))
            graph = super().trace(root, concrete_args)
            _unmarked(graph)
            return graph
        finally:
            for name, made in kept.items():
                setattr(torch, name, made)

    def _made(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        found: list[Any] = []
        fx.node.map_aggregate((args, kwargs), lambda one: found.append(one) if isinstance(one, fx.Proxy) else None)
        return self.create_proxy("call_function", function, args, kwargs) if found else function(*args, **kwargs)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        """A recorded call, or a real one while values are computed."""
        return forward(*args, **kwargs) if self.sizes.runs_now else super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: Any) -> Any:
        """A recorded parameter, or the real one while values are computed."""
        return attr_val if self.sizes.runs_now else super().getattr(attr, attr_val, parameter_proxy_cache)

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return SizedProxy(node, self)

    def create_args_for_root(self, root_fn: Any, is_module: bool, concrete_args: Any = None) -> tuple[Any, list[Any]]:
        """Placeholders for what must be given, `self` apart; everything else keeps its default."""
        listed = list(inspect.signature(root_fn).parameters.values())[1:]
        given = [one for one in listed if one.kind in _PLACED and one.default is one.empty] or listed[:1]
        return root_fn, [self.root, *(self.create_proxy("placeholder", one.name, (), {}) for one in given)]

    def create_proxy(self, kind: str, target: Any, args: Any, kwargs: Any, *rest: Any, **more: Any) -> Any:
        """As of `fx.Tracer`; sizes become numbers, and functions that `torch.fx.wrap` hides are followed where that goes."""
        if kind == "call_function" and _is_own(target):
            inside = self._inside(target, args, kwargs)
            if inside is not None:
                return inside
        proxy = super().create_proxy(kind, target, args, kwargs, *rest, **more)
        values = self.sizes.add(proxy.node)
        if values is None:
            return proxy
        if isinstance(values[0], torch.Size | tuple):
            return TracedSizes(operator.getitem(proxy, axis) for axis in range(len(values[0])))
        if isinstance(values[0], SYMBOLIC) or differ(values) or self.sizes.judges_the_batch(proxy.node):
            return proxy
        self.sizes.forget(proxy.node)
        self.graph.erase_node(proxy.node)
        return values[0]

    def _inside(self, function: Any, args: Any, kwargs: Any) -> fx.Proxy | None:
        """What a function of the model's own makes of traced values.

        None, and nothing recorded, where it cannot be followed, or overwrites what a graph of values does not know.
        """
        before = set(self.graph.nodes)
        try:
            found = function(*args, **kwargs)
        except Exception:  # whatever a function raises on proxies: its call is recorded as one step
            found = None
        made = [node for node in reversed(self.graph.nodes) if node not in before]
        if isinstance(found, fx.Proxy) and not any(is_inplace(node, self.root) for node in made):
            return found
        for node in made:
            self.sizes.forget(node)
            self.graph.erase_node(node)
        return None


def _is_own(target: Any) -> bool:
    """Whether a function is neither one of torch's nor built in."""
    return isinstance(target, FunctionType) and target.__module__.partition(".")[0] not in ("torch", "spikewright")


def _unmarked(graph: fx.Graph) -> None:
    """Take the mark of wrapped functions off the steps that they were followed to, or the code of the graph wraps these."""
    for node in graph.nodes:
        if not _is_own(node.target):
            node.meta.pop("is_wrapped", None)
