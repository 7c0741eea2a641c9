"""Elementwise arithmetic with constants, `(x - self.mean) / self.std` and its like, read as y = gain x + offset.

The node is called on x = 0, 1 and 2 in float64: 0 gives the offset, 1 the gain, 2 the proof that nothing bends.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import fx

from spikewright.compress import GraphNode, GraphView
from spikewright.compress.graph.performing import performed
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.shapes import Floats

_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.neg,
    operator.iadd,
    operator.isub,
    operator.imul,
    operator.itruediv,
    torch.add,
    torch.sub,
    torch.mul,
    torch.div,
    torch.neg,
    torch.addcmul,
    torch.addcdiv,
)
_METHODS = ("add", "sub", "mul", "div", "neg", "addcmul", "addcdiv", "add_", "sub_", "mul_", "div_")
ARITHMETIC = (*_FUNCTIONS, *_METHODS)


@dataclass(frozen=True, eq=False)
class Affine:
    """y = gain x + offset; `gain` () or `(channels,)`, `offset` of the shape of x, or None where it is zero."""

    data: str
    gain: Floats
    offset: Floats | None


def affine_of(view: GraphView, node: GraphNode) -> Affine | None:
    """The affine map of `node`, or None when it is no arithmetic of one value with constants. Raises Refusal."""
    place = next(one for one in view.graph_module.graph.nodes if one.name == node.name)
    if not (place.target in _FUNCTIONS or (place.op == "call_method" and place.target in _METHODS)):
        return None
    varying = [one for one in place.all_input_nodes if one.op != "get_attr"]
    if len(varying) != 1:
        return None
    shape = view.node(varying[0].name).shape
    if shape != node.shape:
        raise Refusal(f"a constant that turns {shape} into {node.shape}", "a constant that broadcasts to the value")
    zero, one, two = (_call(view, place, varying[0], torch.full((1, *shape), float(x)).double()) for x in (0, 1, 2))
    return Affine(varying[0].name, *_line(zero, one, two))


def _line(zero: torch.Tensor, one: torch.Tensor, two: torch.Tensor) -> tuple[Floats, Floats | None]:
    gain = one - zero
    straight = torch.isfinite(zero) & torch.isfinite(gain) & torch.isclose(two - zero, 2 * gain, rtol=1e-9, atol=1e-12)
    if not bool(straight.all()):
        raise Refusal(
            "a product or quotient of activations, or a division by zero", "gain * x + offset, with constants"
        )
    rows = gain[0].reshape(gain.shape[1] if gain.ndim > 1 else 1, -1)
    # The gain is a difference of rounded sums, so equal constants differ in the last digits.
    if not torch.allclose(rows, rows[:, :1].expand_as(rows), rtol=1e-9, atol=1e-12):
        raise Refusal("a scale that differs from pixel to pixel", "one scale for each channel")
    offset = np.asarray(zero[0].numpy())
    return rows[:, 0].numpy(), offset if offset.any() else None


def _call(view: GraphView, place: fx.Node, data: fx.Node, value: torch.Tensor) -> torch.Tensor:
    def load(node: fx.Node) -> Any:
        return value.clone() if node is data else constant_of(view, node)

    with torch.no_grad():
        return torch.as_tensor(performed(view.graph_module, place, load), dtype=torch.float64)


def constant_of(view: GraphView, node: fx.Node) -> Any:
    """A parameter or buffer that a node reads, in float64 where it has real numbers."""
    value = operator.attrgetter(str(node.target))(view.graph_module)
    return value.detach().double() if torch.is_tensor(value) and value.is_floating_point() else value
