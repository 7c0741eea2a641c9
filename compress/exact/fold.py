"""Exact batch-norm folding, backward into the layers before and forward into the layers after.

Batch norm in evaluation mode is y = a*x + d with a = gamma / sqrt(var + eps), d = beta - mean*a for each channel.
Backward: W' = a*W, b' = a*b + d. Forward: W'_oc = W_oc*a_c, b'_o = b_o + sum_c d_c * sum_k W_ock, which zero padding
would spoil (it would pad with -d/a). Sums, concatenations, averages, flattening and the like lie on the way: a batch norm
folds exactly when every path from it, in one of the two directions, meets a layer that can take its share before
anything that the map cannot pass (the condition of arXiv 2203.14646).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import fx

from spikewright import InvalidInput
from spikewright.compress.exact.channel_maps import ChannelMap, Edit, Stuck, map_of, needs, take
from spikewright.compress.exact.fold_layers import Uses
from spikewright.compress.exact.fold_paths import Paths
from spikewright.compress.graph.choosing import choose
from spikewright.compress.graph.copies import passing_copy
from spikewright.compress.graph.equality import check_equal
from spikewright.compress.graph.outputs import Output
from spikewright.compress.graph.rewrite import Rewrite, change, tidy
from spikewright.compress.graph.view import GraphNode, GraphView, trace
from spikewright.progress import watched


@dataclass(frozen=True)
class FoldRow:
    """What became of one batch norm: action is "folded" or "kept", reason says where to, or why not."""

    node: str
    action: str
    reason: str


@watched
def fold_batchnorm(
    model: Any,
    sample: torch.Tensor | np.ndarray,
    *,
    output: Output | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> tuple[fx.GraphModule, tuple[FoldRow, ...]]:
    """A copy of `model` without the batch norms that fold exactly, and one row for each batch norm.

    `sample` is an input batch `(batch, C, H, W)`. In evaluation mode the output is unchanged up to float rounding.
    Backward comes first: into convolutions, transposed ones, linear layers and other batch norms, through sums (both
    branches), concatenations (their slices), average pooling, flattening; forward likewise. Layers that are called twice
    or share weights are left alone. Raises InvalidInput when the model cannot be traced, or when folding would change
    weights that are already integers. `output`, `fixed`: as of `choose`.
    """
    model = choose(model, output, fixed)
    view = trace(model, sample)
    rows, _ = fold_view(view, torch.as_tensor(sample))
    touched = [row for row in rows if row.action == "folded"]
    if touched and getattr(model, "integers", None):
        raise InvalidInput(f"expected folding before quantisation, got {touched[0].node}; try quantize first")
    return view.graph_module, rows


def fold_view(
    view: GraphView, samples: torch.Tensor | None = None, *, remember: bool = False
) -> tuple[tuple[FoldRow, ...], tuple[Rewrite, ...]]:
    """Fold inside `view.graph_module`; the rows, and the changes to replay on a fresh copy of the architecture.

    The result is compared with what it came from, on `samples (n, ...)` and drawn inputs. Raises InvalidInput if they differ.
    `remember`: parameters know what they were before they were rounded (see `precision`).
    """
    if not any(node.kind == "batchnorm" for node in view):
        return (), ()
    shown = torch.zeros(1, *view.input_shape) if samples is None else samples
    with passing_copy(view.graph_module) as before:
        nodes = [node for node in view if node.kind == "batchnorm"]
        rows, rewrites = _fold_nodes(view, nodes, map_of, remember)
        check_equal(before, view.graph_module, shown, "folded batch norms", "the model without them folded")
    return rows, rewrites


def fold_scales(view: GraphView, names: Collection[str]) -> tuple[tuple[FoldRow, ...], tuple[Rewrite, ...]]:
    """As `fold_view`, for the nodes `names` alone: 1x1 convolutions with one weight for each channel, and no bias."""
    with passing_copy(view.graph_module) as before:
        rows, rewrites = _fold_nodes(view, [node for node in view if node.name in names], _scale_of)
        shown = torch.zeros(1, *view.input_shape)
        check_equal(before, view.graph_module, shown, "folded scales", "the model without them folded")
    return rows, rewrites


def _scale_of(layer: Any) -> ChannelMap:
    scale = layer.weight.detach().double().flatten()
    return ChannelMap(scale, torch.zeros_like(scale))


def _fold_nodes(
    view: GraphView, nodes: Sequence[GraphNode], map_at: Callable[[Any], ChannelMap], remember: bool = False
) -> tuple[tuple[FoldRow, ...], tuple[Rewrite, ...]]:
    """Fold the calls of layers that are `map_at(layer)` of their channels, one after the other: one may take in another."""
    rows: list[FoldRow] = []
    rewrites: list[Rewrite] = []
    root = view.graph_module
    paths = Paths({node.name: node for node in view}, Uses(root))
    places = {node.name: node for node in root.graph.nodes}
    for node in nodes:
        row, changes = _fold_one(paths, map_at(node.module), places[node.name], remember)
        rows.append(row)
        rewrites.extend(changes)
    if rewrites:
        tidy(root)  # once: it goes over the whole graph
    return tuple(rows), tuple(rewrites)


def _fold_one(paths: Paths, wanted: ChannelMap, place: fx.Node, remember: bool) -> tuple[FoldRow, tuple[Rewrite, ...]]:
    root = paths.uses.root
    try:
        edits, direction = _plan(paths, wanted, place)
    except Stuck as stuck:
        return FoldRow(place.name, "kept", str(stuck)), ()
    changes = [made for edit in edits for made in _apply_edit(root, edit, remember)]
    changes.append(Rewrite("erase", place.name))
    paths.uses.forget(place)
    change(root, changes[-1])
    names = ", ".join(dict.fromkeys(edit.path for edit in edits))
    return FoldRow(place.name, "folded", f"into {names} ({direction})"), tuple(changes)


def _plan(paths: Paths, wanted: ChannelMap, place: fx.Node) -> tuple[tuple[Edit, ...], str]:
    try:
        return paths.backward(place.all_input_nodes[0], wanted, place), "backward"
    except Stuck as before:
        try:
            return paths.forward(place, wanted), "forward"
        except Stuck as after:
            raise Stuck(f"before: {before}; after: {after}") from None


def _apply_edit(root: fx.GraphModule, edit: Edit, remember: bool) -> list[Rewrite]:
    """Change the layer, and give it the parameters that it lacks first."""
    layer = root.get_submodule(edit.path)
    lacks = needs(layer, edit)
    changes = [Rewrite(lacks, edit.path)] if lacks else []
    for lacking in changes:
        change(root, lacking)
    take(layer, edit, remember=remember)
    return changes
