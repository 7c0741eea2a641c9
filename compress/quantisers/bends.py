"""Activations that are straight but for a few bends, as steps of a graph: ReLUs, clamps, leaky ones of any slopes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import torch
from torch import fx, nn

from spikewright.compress.graph.kinds.call import Found, GraphCall
from spikewright.compress.graph.kinds.table import activation_of
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.view import GraphNode, GraphView
from spikewright.compress.quantisers.sides import QuantizedFrom, QuantizedHalves


@dataclass(frozen=True)
class Bend:
    """y = clip(f(x), low, high), f(x) = x above zero and `slopes` times x below it.

    node: the step that gives y.
    entering: the step that x enters, the node itself unless another one in front of it is part of this.
    slopes: one number, or one for each channel (dimension 1 of x).
    learned: whether the slopes are a parameter of the model.
    single: whether one staircase stands for it already, wherever zero is.
    path, what: of the layer, if it is one, and its kind or that of the function, in a word.
    """

    node: str
    entering: str
    slopes: tuple[float, ...] = (1.0,)
    learned: bool = False
    low: float = -inf
    high: float = inf
    single: bool = False
    path: str = ""
    what: str = ""

    @property
    def one_sided(self) -> bool:
        """Whether it is a ReLU, clipped or not."""
        return self.low == 0.0 and not self.single

    @property
    def has_sides(self) -> bool:
        """Whether both sides of zero are there."""
        return self.low < 0.0 < self.high and not self.single

    @property
    def origin(self) -> float:
        """Where its staircases begin: the y that is nearest to zero."""
        if self.single:
            return self.high if self.low == -inf else self.low
        return min(max(0.0, self.low), self.high)

    @property
    def downwards(self) -> bool:
        """Whether y is its origin or less."""
        return self.origin == self.high

    @property
    def ends(self) -> tuple[float, float]:
        """How far y goes above its origin and below it."""
        return self.high - self.origin, self.origin - self.low

    def shown(self, x: torch.Tensor) -> torch.Tensor:
        """x as its staircases see it: a x below zero, with the sign of x, and from the origin."""
        slopes = torch.tensor(self.slopes, dtype=x.dtype).abs()
        by_channel = slopes.reshape(-1, *[1] * (x.ndim - 2)) if len(slopes) > 1 else slopes
        return torch.where(x < 0, by_channel * x, x) - self.origin if self.has_sides else x - self.origin


def bends_of(view: GraphView) -> dict[str, Bend]:
    """By node, in their order, the activations of a model that can get levels; a clamp behind a leaky one is one with it."""
    return _together(view.graph_module, (_bend(node, find(view.graph_module, node.name)) for node in view))


def bends_without_shapes(module: fx.GraphModule) -> dict[str, Bend]:
    """The same of a graph whose shapes nobody knows."""
    return _together(module, (_bend(_unshaped(node, module), node) for node in module.graph.nodes))


def _together(module: fx.GraphModule, found: Iterable[Bend | None]) -> dict[str, Bend]:
    bends = {one.node: one for one in found if one is not None}
    for name in list(bends):
        source = next(iter(find(module, name).all_input_nodes))
        before = bends.get(source.name)
        if before is not None and len(source.users) == 1 and _is_end_of(bends[name], before):
            bends[name] = replace(before, node=name, low=bends[name].low, high=bends[name].high)
            del bends[source.name]
    return bends


def _is_end_of(clip: Bend, leaky: Bend) -> bool:
    """Whether a clamp around zero behind a leaky activation that never falls is one with it."""
    free = leaky.low == -inf and leaky.high == inf and min(leaky.slopes) >= 0.0
    return free and clip.slopes == (1.0,) and clip.has_sides


def _bend(node: GraphNode | None, place: fx.Node) -> Bend | None:
    if node is None or node.kind not in _READ:
        return None
    what = type(node.module).__name__ if node.path else node.kind
    return replace(_READ[node.kind](node), node=place.name, entering=place.name, path=node.path or "", what=what)


def _unshaped(node: fx.Node, module: fx.GraphModule) -> GraphNode | None:
    called = module.get_submodule(str(node.target)) if node.op == "call_module" else None
    found: Found | None = activation_of(GraphCall(node, called, (), ()))
    if found is None:
        return None
    path = None if called is None else str(node.target)
    return GraphNode(node.name, found.kind, (), (), called, path, found.arguments, found.detail)


def _leaky(node: GraphNode) -> Bend:
    module: Any = node.module
    if isinstance(module, nn.PReLU):
        return Bend("", "", tuple(module.weight.detach().tolist()), learned=True)
    return Bend("", "", tuple(node.args["slopes"]) if node.kind == "prelu" else (float(node.args["slope"]),))


def _clip(node: GraphNode) -> Bend:
    low, high = node.args["low"], node.args["high"]
    return Bend("", "", low=-inf if low is None else low, high=inf if high is None else high)


def _halves(node: GraphNode) -> Bend:
    module: Any = node.module
    assert isinstance(module, QuantizedHalves)
    return Bend("", "", tuple(module.slopes.detach().tolist()), module.learned)


def _from(node: GraphNode) -> Bend:
    module: Any = node.module
    assert isinstance(module, QuantizedFrom)
    origin = float(module.origin)
    low, high = (-inf, origin) if module.downwards else (origin, inf)
    return Bend("", "", low=low, high=high, single=True)


_READ = {
    "relu": lambda node: Bend("", "", low=0.0),
    "quantised_relu": lambda node: Bend("", "", low=0.0),
    "clamp": lambda node: Bend("", "", low=0.0, high=float(node.args["limit"])),
    "clip": _clip,
    "leaky_relu": _leaky,
    "prelu": _leaky,
    "quantised_halves": _halves,
    "quantised_from": _from,
}
