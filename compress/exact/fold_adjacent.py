"""Batch norms right behind a layer, folded without an image and without its shape: the model stays a plain module.

Every other way of a batch norm into layers (over sums, pools, reshapes, into the layer behind) needs shapes: see `fold`.
"""

import copy
from typing import Any

import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.exact.channel_maps import CONVS, NORMS, TRANSPOSED, Edit, map_of, needs, take
from spikewright.compress.exact.fold import FoldRow
from spikewright.compress.graph.equality import check_equal
from spikewright.compress.graph.kinds.table import keeps_forward
from spikewright.compress.graph.rewrite import Rewrite, apply
from spikewright.compress.graph.tracing import traced

_LAYERS = (*CONVS, *TRANSPOSED, nn.Linear)


def fold_plain(model: nn.Module) -> tuple[tuple[FoldRow, ...], tuple[Rewrite, ...]]:
    """Fold, in place, each batch norm of `model` whose input is the output of one layer and nothing else.

    W' = a W, b' = a b + d for each output channel; an nn.Identity takes the place of the batch norm. The rows say what became
    of each batch norm, the changes are to be replayed on a fresh copy. Raises InvalidInput where the forward pass cannot be
    followed without an input.
    """
    graph = traced(model).graph
    folds = [_fold(node, model) for node in graph.nodes if _is(node, model, NORMS)]
    return tuple(row for row, _ in folds), tuple(change for _, changes in folds for change in changes)


def _fold(node: fx.Node, model: nn.Module) -> tuple[FoldRow, list[Rewrite]]:
    """Fold the batch norm that is called at `node`; what became of it, and the changes."""
    path, layer = str(node.target), _layer_before(node, model)
    if isinstance(layer, str):
        return FoldRow(path, "kept", layer), []
    edit = Edit(str(node.all_input_nodes[0].target), "output", map_of(model.get_submodule(path)))
    lacks = needs(layer, edit)
    changes = [Rewrite(lacks, edit.path)] if lacks else []
    for change in changes:
        apply(model, change)
    before = copy.deepcopy(nn.Sequential(layer, model.get_submodule(path)))
    take(layer, edit)
    _check_folded(before, layer, path)
    changes.append(Rewrite("identity", path))
    apply(model, changes[-1])
    return FoldRow(path, "folded", f"into {edit.path} (backward)"), changes


def _check_folded(before: nn.Module, layer: Any, path: str) -> None:
    """Raises InvalidInput unless the layer alone computes what it did with its batch norm, on a small input of its own."""
    rank = layer.weight.ndim - 2
    inputs = layer.in_features if isinstance(layer, nn.Linear) else layer.in_channels
    reach = (
        [step * (size - 1) + 2 for step, size in zip(layer.dilation, layer.kernel_size, strict=True)] if rank else []
    )
    alone = traced(nn.Sequential(layer))
    check_equal(before.eval(), alone, torch.zeros(1, inputs, *reach), f"{path} folded", "data=(images, labels)")


def _is(node: fx.Node, model: nn.Module, kinds: tuple[type, ...]) -> bool:
    if node.op != "call_module":
        return False
    try:
        module = model.get_submodule(str(node.target))
    except AttributeError:  # a layer that tracing made of a function
        return False
    return any(keeps_forward(module, kind) for kind in kinds)


def _layer_before(norm: fx.Node, model: nn.Module) -> Any:
    """The layer that a batch norm folds into, or why there is none."""
    source = norm.all_input_nodes[0]
    if not _is(source, model, _LAYERS):
        return f"behind {source.name}, which is no layer with weights"
    if len(source.users) > 1:
        return f"{source.name} is also read elsewhere"
    calls = [one.target for one in norm.graph.nodes if one.op in ("call_module", "get_attr")]
    layer: Any = model.get_submodule(str(source.target))
    owned = [id(value) for value in layer.parameters(recurse=False)]
    owners = [id(value) for _, value in model.named_parameters(remove_duplicate=False) if id(value) in owned]
    if calls.count(source.target) > 1 or calls.count(norm.target) > 1 or len(owners) > len(owned):
        return f"{source.target} or {norm.target} is used more than once"
    if _hooked(layer) or _hooked(model.get_submodule(str(norm.target))):
        return f"{source.target} or {norm.target} has forward hooks"
    statistics: Any = model.get_submodule(str(norm.target))
    return layer if statistics.running_mean is not None else f"{norm.target} has no running statistics"


def _hooked(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)


def without_shape(model: nn.Module) -> tuple[tuple[FoldRow, ...], tuple[Rewrite, ...]]:
    """`fold_plain`, all or nothing: raises InvalidInput, with what helps, where one batch norm is kept."""
    norms = [path for path, module in model.named_modules() if isinstance(module, NORMS)]
    if not norms:
        return (), ()
    way = "settings=QuantizeSettings(input_shape=(C, H, W)), or data=(images, labels)"
    try:
        rows, changes = fold_plain(model)
    except InvalidInput as error:
        raise InvalidInput(f"expected an input shape to fold {norms[0]} with, got none ({error}); try {way}") from error
    kept = next((row for row in rows if row.action == "kept"), None)
    if kept is not None:
        raise InvalidInput(
            f"expected batch norms right behind layers, or an input shape, got {kept.node}: {kept.reason}; try {way}"
        )
    return rows, changes
