"""How a layer with weights takes in an affine map of its input or of its output channels, exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from spikewright import SpikewrightError
from spikewright.compress.graph.kinds.table import keeps_forward
from spikewright.compress.graph.view import GraphNode

CONVS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
_LAYERS = (*CONVS, *TRANSPOSED, *NORMS, nn.Linear)


class Stuck(SpikewrightError):
    """A map cannot go this way; the text says where it stopped and why."""


@dataclass(frozen=True, eq=False)
class ChannelMap:
    """y_c = scale_c * x_c + shift_c, float64, both `(channels,)`."""

    scale: torch.Tensor
    shift: torch.Tensor

    def part(self, start: int, stop: int) -> "ChannelMap":
        """The map of the channels from `start` to `stop`."""
        return ChannelMap(self.scale[start:stop], self.shift[start:stop])

    def only_scale(self) -> "ChannelMap":
        """The same scale without the shift."""
        return ChannelMap(self.scale, torch.zeros_like(self.shift))

    @property
    def shifts(self) -> bool:
        """True when some channel is shifted."""
        return bool(self.shift.any())


@dataclass(frozen=True, eq=False)
class Edit:
    """A layer that takes in `change` on its "output" (backward) or "input" (forward) channels."""

    path: str
    side: str
    change: ChannelMap


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
    layer: Any = node.module
    if not change.shifts or isinstance(layer, (nn.Linear, *NORMS)):
        return
    if isinstance(layer, TRANSPOSED):
        if set(layer.kernel_size) | set(layer.stride) != {1} or any(layer.padding) or any(layer.output_padding):
            raise Stuck(f"{node.name} is a transposed convolution that spreads a shift unevenly")
    elif layer.padding_mode == "zeros" and layer.padding != "valid" and any(layer.padding):
        if layer.padding != "same" or set(layer.kernel_size) != {1}:
            raise Stuck(f"{node.name} pads with zeros")


def map_of(norm: Any) -> ChannelMap:
    """A batch norm in evaluation mode: scale = gamma / sqrt(var + eps), shift = beta - mean * scale."""
    mean, variance = norm.running_mean.double(), norm.running_var.double()
    gamma = torch.ones_like(mean) if norm.weight is None else norm.weight.detach().double()
    beta = torch.zeros_like(mean) if norm.bias is None else norm.bias.detach().double()
    scale = gamma / torch.sqrt(variance + norm.eps)
    return ChannelMap(scale, beta - mean * scale)


def needs(layer: Any, edit: Edit) -> str | None:
    """The parameters that the layer lacks for this edit: "bias", "affine" (batch norm), or None."""
    if isinstance(layer, NORMS):
        return "affine" if layer.weight is None else None
    return "bias" if layer.bias is None and edit.change.shifts else None


def take(layer: Any, edit: Edit) -> None:
    """Change weight and bias in place."""
    change, weight = edit.change, layer.weight.detach().double()
    bias = None if layer.bias is None else layer.bias.detach().double()
    offset: torch.Tensor | None
    if isinstance(layer, NORMS):
        new, offset = _norm(layer, edit)
    elif edit.side == "output":
        new = weight * _spread(change.scale, weight, layer, output=True)
        offset = None if bias is None else bias * change.scale + change.shift
    else:
        shift = (weight * _spread(change.shift, weight, layer, output=False)) if change.shifts else None
        new = weight * _spread(change.scale, weight, layer, output=False)
        offset = bias if bias is None or shift is None else bias + _per_output(shift, layer)
    with torch.no_grad():
        layer.weight.copy_(new)
        if offset is not None:
            layer.bias.copy_(offset)


def _norm(norm: Any, edit: Edit) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias that give scale * (old) + shift, or old(scale * x + shift), with the statistics as they are."""
    old, change = map_of(norm), edit.change
    if edit.side == "output":
        scale, shift = old.scale * change.scale, old.shift * change.scale + change.shift
    else:
        scale, shift = old.scale * change.scale, old.scale * change.shift + old.shift
    deviation = torch.sqrt(norm.running_var.double() + norm.eps)
    return scale * deviation, shift + norm.running_mean.double() * scale


def _spread(values: torch.Tensor, weight: torch.Tensor, layer: Any, *, output: bool) -> torch.Tensor:
    """`values` of the output or input channels in a shape that multiplies the weight.

    A convolution has rows `(out, in/groups, ...)`, a transposed one `(in, out/groups, ...)`; on the second axis channel c
    of group g sits at place c of the rows of that group.
    """
    on_rows = output != isinstance(layer, TRANSPOSED)
    rest = [1] * (weight.ndim - 2)
    if on_rows:
        return values.reshape(-1, 1, *rest)
    groups = getattr(layer, "groups", 1)
    return (
        values.reshape(groups, weight.shape[1])
        .repeat_interleave(weight.shape[0] // groups, 0)
        .reshape(*weight.shape[:2], *rest)
    )


def _per_output(products: torch.Tensor, layer: Any) -> torch.Tensor:
    """The sum over everything but the output channels, `(out,)`."""
    if not isinstance(layer, TRANSPOSED):
        return products.flatten(1).sum(1)
    rows = products.reshape(layer.groups, -1, products.shape[1], *products.shape[2:])
    return rows.flatten(3).sum(dim=(1, 3)).flatten() if rows.ndim > 3 else rows.sum(1).flatten()
