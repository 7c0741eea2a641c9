"""The few changes that compression makes to a graph, as data: a saved file replays them on a fresh architecture."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.inplace import is_inplace
from spikewright.compress.graph.standing import built
from spikewright.compress.graph.view import Shape, trace
from spikewright.compress.quantisers.activations import QuantizedReLU

_WITH_BIAS: tuple[type[nn.Module], ...] = (
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
    nn.Linear,
)
_IN_GRAPH = ("erase", "quantise", "substitute", "insert")
_NORMS: tuple[type[nn.Module], ...] = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@dataclass(frozen=True)
class Rewrite:
    """One change: "trace" the module, "erase" a node, give a layer a "bias" or a batch norm its "affine" parameters, put an
    "identity" in the place of a batch norm, "quantise" a ReLU node, let a layer "substitute" for a node, or "insert" one in front
    of it; these are the layers that `made` describes (`compress.graph.standing`)."""

    op: str
    target: str = ""
    levels: int = 0
    made: str = ""


def replay(model: nn.Module, input_shape: Shape | None, rewrites: Iterable[Rewrite]) -> nn.Module:
    """Apply `rewrites` in order to `model`. Raises InvalidInput when one does not fit this architecture."""
    pending: list[Rewrite] = []
    for rewrite in rewrites:
        if rewrite.op != "trace":
            pending.append(rewrite)
            continue
        if input_shape is None:
            raise InvalidInput("expected an input shape to trace with, got none")
        apply(model, *pending)
        model, pending = trace(model, torch.zeros(1, *input_shape)).graph_module, []
    apply(model, *pending)
    return model


def apply(module: nn.Module, *rewrites: Rewrite) -> None:
    """Apply changes other than "trace" in place, in order. Raises InvalidInput for an unknown change or target."""
    for rewrite in rewrites:
        change(module, rewrite)
    if any(rewrite.op in _IN_GRAPH for rewrite in rewrites):
        tidy(module)


def change(module: nn.Module, rewrite: Rewrite) -> None:
    """One change, without compiling the graph that it is made in: whoever makes several calls `tidy` behind the last."""
    if rewrite.op == "bias":
        _add_bias(module, rewrite.target)
    elif rewrite.op == "affine":
        _make_affine(module, rewrite.target)
    elif rewrite.op == "identity":
        _layer(module, rewrite.target, _NORMS, "a batch norm")
        module.set_submodule(rewrite.target, nn.Identity())
    elif rewrite.op == "erase" and isinstance(module, fx.GraphModule):
        _erase(module, rewrite.target)
    elif rewrite.op == "quantise" and isinstance(module, fx.GraphModule):
        _quantise(module, rewrite.target, rewrite.levels)
    elif rewrite.op == "substitute" and isinstance(module, fx.GraphModule):
        _substitute(module, rewrite.target, rewrite.made)
    elif rewrite.op == "insert" and isinstance(module, fx.GraphModule):
        _insert(module, rewrite.target, rewrite.made)
    else:
        raise InvalidInput(f"expected a change that a {type(module).__name__} can take, got {rewrite.op!r}")


def tidy(module: nn.Module) -> None:
    """Check a changed graph, drop the layers that it no longer calls, and compile it; a module without a graph stays."""
    if isinstance(module, fx.GraphModule):
        module.graph.lint()
        module.delete_all_unused_submodules()
        module.recompile()


def find(module: fx.GraphModule, name: str) -> fx.Node:
    """The fx node of that name. Raises InvalidInput when there is none."""
    found: fx.Node | None = next((node for node in module.graph.nodes if node.name == name), None)
    if found is not None:
        return found
    raise InvalidInput(f"expected a node {name!r} in the graph, got another architecture")


def quantised_path(name: str) -> str:
    """Where the QuantizedReLU that replaces the ReLU node `name` lives."""
    return name if name.startswith("quantised_") else f"quantised_{name}"


def substitute_path(name: str) -> str:
    """Where the layer that stands in for the node `name` lives."""
    return f"substitute_{name}"


def inserted_path(name: str) -> str:
    """Where the layer that stands in front of the node `name` lives."""
    return f"inserted_{name}"


def _erase(module: fx.GraphModule, name: str) -> None:
    node = find(module, name)
    source = node.all_input_nodes[0]
    node.replace_all_uses_with(source)
    module.graph.erase_node(node)
    _keep_whole(source, module)


def _keep_whole(value: fx.Node, module: fx.GraphModule) -> None:
    """One value now has the readers of two: none may overwrite it."""
    for reader in tuple(value.users):
        _use_own_memory(reader, value, module)


def _substitute(module: fx.GraphModule, name: str, text: str) -> None:
    """Put a new layer (its numbers to be set) in the place of the node `name`, and drop the steps that only this one needed."""
    made, source_name = built(text)
    node, source, path = find(module, name), find(module, source_name), substitute_path(name)
    module.add_submodule(path, made)
    with module.graph.inserting_after(source):  # before any step that overwrites it
        new = module.graph.call_module(path, (source,))
    node.replace_all_uses_with(new)
    module.graph.erase_node(node)
    new.name = name
    if isinstance(made, nn.Identity):
        _keep_whole(source, module)
        _keep_whole(new, module)
    module.graph.eliminate_dead_code()


def _insert(module: fx.GraphModule, name: str, text: str) -> None:
    """Let the node `name` read what a new layer (its numbers to be set) makes of what it read first."""
    made, source_name = built(text)
    node, source, path = find(module, name), find(module, source_name), inserted_path(name)
    if source not in node.all_input_nodes:
        raise InvalidInput(f"expected {name!r} to read {source_name!r}, got another architecture")
    module.add_submodule(path, made)
    with module.graph.inserting_before(node):
        new = module.graph.call_module(path, (source,))
    node.replace_input_with(source, new)


def _use_own_memory(node: fx.Node, value: fx.Node, module: fx.GraphModule) -> None:
    """Let an operation that overwrites `value` make a new tensor."""
    if not is_inplace(node, module) or node.args[0] is not value:
        return
    if node.op == "call_module":
        module.get_submodule(str(node.target)).inplace = False  # type: ignore[assignment]
    elif node.kwargs.get("inplace"):
        node.kwargs = {**node.kwargs, "inplace": False}
    else:
        with module.graph.inserting_before(node):
            node.args = (module.graph.call_method("clone", (value,)), *node.args[1:])


def _layer(module: nn.Module, path: str, kinds: tuple[type[nn.Module], ...], what: str) -> Any:
    try:
        layer = module.get_submodule(path)
    except AttributeError as error:
        raise InvalidInput(f"expected a layer {path!r}, got another architecture") from error
    if not isinstance(layer, kinds):
        raise InvalidInput(f"expected {what} at {path!r}, got {type(layer).__name__}")
    return layer


def _add_bias(module: nn.Module, path: str) -> None:
    layer = _layer(module, path, _WITH_BIAS, "a convolution or linear layer")
    if layer.bias is None:
        outputs = layer.out_features if isinstance(layer, nn.Linear) else layer.out_channels
        layer.bias = nn.Parameter(torch.zeros(outputs))


def _make_affine(module: nn.Module, path: str) -> None:
    """Give a batch norm without weight and bias those that change nothing."""
    norm = _layer(module, path, _NORMS, "a batch norm")
    if norm.weight is None:
        norm.affine = True
        norm.weight = nn.Parameter(torch.ones(norm.num_features))
        norm.bias = nn.Parameter(torch.zeros(norm.num_features))


def _quantise(module: fx.GraphModule, name: str, levels: int) -> None:
    """Put a new QuantizedReLU (alpha 1, to be set) in the place of the ReLU, or older QuantizedReLU, called `name`."""
    node = find(module, name)
    path = quantised_path(name)
    module.add_submodule(path, QuantizedReLU(levels, 1.0))
    with module.graph.inserting_after(node):
        new = module.graph.call_module(path, (node.all_input_nodes[0],))
    node.replace_all_uses_with(new)
    module.graph.erase_node(node)
