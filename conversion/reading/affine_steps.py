"""Steps of a graph that are affine in one value: matmul, einsum, cumulative sums, means over channels, masks of constants.

The node is called in float64; whether it is affine, the calls show.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import torch
from torch import Tensor, fx

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.graph.performing import performed
from spikewright.compress.graph.rewrite import find
from spikewright.conversion.reading.arithmetic import ARITHMETIC, constant_of
from spikewright.conversion.reading.shapes import Floats
from spikewright.snn.synapses import Shape

EQUAL = 1e-9
"""Share of the largest number by which rounding may change one."""
LINEAR: frozenset[Any] = frozenset({
    torch.matmul, torch.mm, torch.mv, torch.bmm, torch.addmm, torch.baddbmm, torch.einsum, torch.tensordot, operator.matmul,
    torch.cumsum, torch.mean, torch.sum, torch.diff, torch.tril, torch.triu, torch.nn.functional.grid_sample,
    "matmul", "mm", "bmm", "cumsum", "mean", "sum", "diff", "tril", "triu", *ARITHMETIC,
})  # fmt: skip
"""What may be affine in one of its inputs; whether it is, the calls show."""


@dataclass(frozen=True, eq=False)
class AffineStep:
    """y = W x + offset. `place`: which input of the node x is; `apply`: x `(n, *source)` to y `(n, *shape)`, float64."""

    place: int
    source: Shape
    shape: Shape
    apply: Callable[[Tensor], Tensor]
    offset: Floats

    def linear(self, x: Tensor) -> Tensor:
        """W x."""
        return self.apply(x) - torch.tensor(self.offset)

    def of_a_map(self) -> "AffineStep":
        """The same of x `(C, H, W)`, where x has more axes: the first ones joined."""
        if len(self.source) < 4:
            return self
        whole, together = self.source, (prod(self.source[:-2]), *self.source[-2:])
        return replace(self, source=together, apply=lambda x: self.apply(x.reshape(-1, *whole)))


def affine_step(view: GraphView, node: GraphNode) -> AffineStep | None:
    """The node as an affine map of its one input that depends on the images; None where it is no such map."""
    place: fx.Node = find(view.graph_module, node.name)
    varying = [one for one in node.inputs if find(view.graph_module, one).op != "get_attr"]
    varying = [one for one in varying if view.node(one).kind != "filled"]
    if place.op == "call_module" or place.target not in LINEAR or len(set(varying)) != 1:
        return None
    data, source = varying[0], view.node(varying[0]).shape

    def apply(x: Tensor) -> Tensor:
        return _called(view, place, data, x)

    try:
        zero = apply(torch.zeros(2, *source, dtype=torch.float64))
        step = AffineStep(node.inputs.index(data), source, node.shape, apply, zero[0].numpy())
        return step if _is_affine(step) else None
    except Exception:  # whatever an operation raises for other numbers of images
        return None


def _is_affine(step: AffineStep) -> bool:
    """Whether it is, image by image, on drawn ones."""
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(2, *step.source, generator=generator, dtype=torch.float64) for _ in range(2))
    both, alone = step.linear(3 * x - y), step.linear(x[:1])
    parts = 3 * step.linear(x) - step.linear(y)
    whole = float(parts.abs().max()) + 1e-300
    fits = tuple(both.shape) == (2, *step.shape) and bool(torch.isfinite(parts).all())
    return fits and float((both - parts).abs().max()) <= EQUAL * whole and torch.allclose(alone[0], step.linear(x)[0])


def _called(view: GraphView, place: fx.Node, data: str, x: Tensor) -> Tensor:
    def load(node: fx.Node) -> Any:
        if node.name == data:
            return x.clone()
        if node.op == "get_attr":
            return constant_of(view, node)
        value = torch.tensor(view.node(node.name).args["value"], dtype=torch.float64)
        return value.expand(len(x), *view.node(node.name).shape)

    result: Tensor = performed(view.graph_module, place, load)
    return result.double()
