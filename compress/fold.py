"""Exact batch-norm folding, backward into the layer before and forward into the layer after.

Batch norm in evaluation mode is y = a*x + d with a = gamma / sqrt(var + eps), d = beta - mean*a for each channel.
Backward: W' = a*W, b' = a*b + d. Forward: W'_oc = W_oc*a_c, b'_o = b_o + sum_c d_c * sum_k W_ock, which zero padding
would spoil (it would pad with -d/a). (arXiv 2203.14646.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import fx, nn

from compress.graph import GraphNode, GraphView, trace
from compress.rewrite import Rewrite, apply, find
from spikewright import InvalidInput

AFFINE = ("conv1d", "conv2d", "linear")


@dataclass(frozen=True)
class FoldRow:
    """What became of one batch norm: action is "folded" or "kept", reason says where to, or why not."""

    node: str
    action: str
    reason: str


def fold_batchnorm(model: Any, sample: torch.Tensor | np.ndarray) -> tuple[fx.GraphModule, tuple[FoldRow, ...]]:
    """A copy of `model` without the batch norms that fold exactly, and one row for each batch norm.

    `sample` is an input batch `(batch, C, H, W)`. In evaluation mode the output is unchanged up to float rounding.
    Shared layers are left alone. Raises InvalidInput when the model cannot be traced, or when folding would change
    weights that are already integers.
    """
    view = trace(model, sample)
    rows, _ = fold_view(view)
    touched = [row for row in rows if row.action == "folded"]
    if touched and getattr(model, "integers", None):
        raise InvalidInput(f"expected folding before quantisation, got {touched[0].node}; try quantize first")
    return view.graph_module, rows


def fold_view(view: GraphView) -> tuple[tuple[FoldRow, ...], tuple[Rewrite, ...]]:
    """Fold inside `view.graph_module`; the rows, and the changes to replay on a fresh copy of the architecture."""
    rows: list[FoldRow] = []
    rewrites: list[Rewrite] = []
    kinds = {node.name: node for node in view}
    for norm in (node for node in view if node.kind == "batchnorm"):
        row, changes = _fold_one(view.graph_module, norm, kinds)
        rows.append(row)
        rewrites.extend(changes)
    return tuple(rows), tuple(rewrites)


def _fold_one(
    module: fx.GraphModule, norm: GraphNode, kinds: Mapping[str, GraphNode]
) -> tuple[FoldRow, tuple[Rewrite, ...]]:
    place = find(module, norm.name)
    before, why_not_before = _layer_before(place, kinds, module)
    after, why_not_after = _layer_after(place, kinds, module)
    target = before or after
    if target is None:
        return FoldRow(norm.name, "kept", f"before: {why_not_before}; after: {why_not_after}"), ()
    changes = (Rewrite("bias", str(target.path)), Rewrite("erase", norm.name))
    apply(module, changes[0])
    scale, shift = _affine_of(norm.module)
    _fold_backward(target.module, scale, shift) if before else _fold_forward(target.module, scale, shift)
    apply(module, changes[1])
    return FoldRow(norm.name, "folded", f"into {target.path} ({'backward' if before else 'forward'})"), changes


def _layer_before(
    place: fx.Node, kinds: Mapping[str, GraphNode], module: fx.GraphModule
) -> tuple[GraphNode | None, str]:
    source = place.all_input_nodes[0]
    while kinds[source.name].kind == "identity" and len(source.users) == 1:
        source = source.all_input_nodes[0]
    node = kinds[source.name]
    if node.kind not in AFFINE:
        return None, f"{node.name} is {node.kind}, no affine layer"
    if len(source.users) != 1:
        return None, f"{node.name} is also read elsewhere"
    return _unless_shared(node, kinds, module)


def _layer_after(
    place: fx.Node, kinds: Mapping[str, GraphNode], module: fx.GraphModule
) -> tuple[GraphNode | None, str]:
    reader = place
    while len(reader.users) == 1:
        reader = next(iter(reader.users))
        node = kinds.get(reader.name)
        if node is None or node.kind not in (*AFFINE, "identity", "flatten"):
            return None, f"{reader.name} is {node.kind if node else 'the output'}, no affine layer"
        if node.kind in AFFINE:
            if any(node.args.get("padding", ())):
                return None, f"{node.name} pads with zeros"
            return _unless_shared(node, kinds, module)
    return None, f"{reader.name} is read by {len(reader.users)} nodes"


def _unless_shared(
    node: GraphNode, kinds: Mapping[str, GraphNode], root: fx.GraphModule
) -> tuple[GraphNode | None, str]:
    layer: Any = node.module
    calls = sum(other.module is layer for other in kinds.values())
    if calls > 1:
        return None, f"{node.path} is called {calls} times"
    owners = [name for name, value in root.named_parameters(remove_duplicate=False) if value is layer.weight]
    loose = [other for other in root.graph.nodes if other.op == "get_attr" and str(other.target) in owners]
    if len(owners) > 1 or loose:
        return None, f"the weight of {node.path} is used elsewhere too"
    return node, ""


def _affine_of(norm: Any) -> tuple[torch.Tensor, torch.Tensor]:
    mean, variance = norm.running_mean.double(), norm.running_var.double()
    gamma = torch.ones_like(mean) if norm.weight is None else norm.weight.detach().double()
    beta = torch.zeros_like(mean) if norm.bias is None else norm.bias.detach().double()
    scale = gamma / torch.sqrt(variance + norm.eps)
    return scale, beta - mean * scale


def _fold_backward(layer: Any, scale: torch.Tensor, shift: torch.Tensor) -> None:
    weight, bias = layer.weight.detach().double(), layer.bias.detach().double()
    _set(layer, weight * scale.reshape(-1, *[1] * (weight.ndim - 1)), bias * scale + shift)


def _fold_forward(layer: Any, scale: torch.Tensor, shift: torch.Tensor) -> None:
    """Input channel c of group g sits at place c of the rows of that group; a flattened channel covers many inputs."""
    weight, bias = layer.weight.detach().double(), layer.bias.detach().double()
    groups = getattr(layer, "groups", 1)
    inputs = weight.shape[1] * groups
    rows = weight.reshape(groups, weight.shape[0] // groups, weight.shape[1], -1)
    spread = [value.repeat_interleave(inputs // value.numel()).reshape(groups, 1, -1, 1) for value in (scale, shift)]
    _set(layer, (rows * spread[0]).reshape(weight.shape), bias + (rows * spread[1]).sum(dim=(2, 3)).flatten())


def _set(layer: nn.Module, weight: torch.Tensor, bias: torch.Tensor) -> None:
    with torch.no_grad():
        layer.get_parameter("weight").copy_(weight)
        layer.get_parameter("bias").copy_(bias)
