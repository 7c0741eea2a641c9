"""Layers that a forward pass writes as functions of its own parameters become modules, whose weights can be found."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported

Values = Mapping[str, Any]
"""Arguments of a call by name, but for the input."""


def as_modules(module: fx.GraphModule) -> None:
    """Put an nn.Module where a function of `torch.nn.functional` is called with weights of the model.

    A parameter stays shared with the model. What no module computes stays as it is.
    """
    for node in list(module.graph.nodes):
        if node.op != "call_function" or node.target not in _MADE:
            continue
        names, make = _MADE[node.target]
        given = dict(zip(names, node.args, strict=False)) | node.kwargs
        data = given.pop("input", None)
        if not isinstance(data, fx.Node) or data.op == "get_attr" or not all(map(_is_known, given.values())):
            continue
        try:
            made = make({name: _read(module, value) for name, value in given.items()})
        except (Unsupported, Damaged, TypeError, ValueError):
            continue
        if made is not None:
            _replace(module, node, data, made.train(module.training))


def _is_known(value: Any) -> bool:
    return value.op == "get_attr" if isinstance(value, fx.Node) else True


def _read(module: fx.GraphModule, value: Any) -> Any:
    return operator.attrgetter(str(value.target))(module) if isinstance(value, fx.Node) else value


class AnyNorm(nn.BatchNorm2d):
    """Batch norm over values of any rank, as `F.batch_norm` is."""

    def _check_input_dim(self, input: Tensor) -> None:
        """Any rank will do."""


def _replace(module: fx.GraphModule, node: fx.Node, data: fx.Node, made: nn.Module) -> None:
    path = node.name
    while hasattr(module, path):
        path += "_"
    module.add_submodule(path, made)
    with module.graph.inserting_before(node):
        call = module.graph.call_module(path, (data,))
    node.replace_all_uses_with(call)
    module.graph.erase_node(node)
    call.name = node.name


def _conv(values: Values) -> nn.Module:
    settings = {name: values[name] for name in ("stride", "padding", "dilation", "groups") if name in values}
    return _own(layers.conv(values["weight"], values.get("bias"), settings), values)


def _conv_transpose(values: Values) -> nn.Module:
    names = ("stride", "padding", "output_padding", "groups", "dilation")
    settings = {name: values[name] for name in names if name in values}
    return _own(layers.conv_transpose(values["weight"], values.get("bias"), settings), values)


def _linear(values: Values) -> nn.Module:
    return _own(layers.linear(values["weight"], values.get("bias")), values)


def _product(values: Values) -> nn.Module | None:
    weight = values["weight"]
    return layers.linear(weight.t().contiguous(), None) if isinstance(weight, Tensor) and weight.ndim == 2 else None


def _prelu(values: Values) -> nn.Module:
    return _own(layers.prelu(values["weight"]), values)


def _batch_norm(values: Values) -> nn.Module | None:
    """Batch norm that uses its running statistics."""
    if values.get("training"):
        return None
    affine, statistics = (values.get("weight"), values.get("bias")), (values["running_mean"], values["running_var"])
    made: Any = _own(layers.batch_norm(affine, statistics, values.get("eps", 1e-5), 2), values)
    made.__class__ = AnyNorm
    norm: nn.Module = made
    return norm


def _own(layer: nn.Module, values: Values) -> nn.Module:
    """The layer with the model's own parameters where they were given as they are; buffers stay untrained."""
    for name in ("weight", "bias"):
        value = values.get(name)
        if isinstance(value, nn.Parameter) and value.shape == getattr(layer, name).shape:
            setattr(layer, name, value)
        elif isinstance(value, Tensor):
            getattr(layer, name).requires_grad_(value.requires_grad)
    return layer


_WEIGHTED = ("input", "weight", "bias", "stride", "padding")
_Made = tuple[tuple[str, ...], Callable[[Values], nn.Module | None]]
_MADE: dict[Any, _Made] = {
    F.conv1d: ((*_WEIGHTED, "dilation", "groups"), _conv),
    F.conv2d: ((*_WEIGHTED, "dilation", "groups"), _conv),
    F.conv_transpose2d: ((*_WEIGHTED, "output_padding", "groups", "dilation"), _conv_transpose),
    F.linear: (("input", "weight", "bias"), _linear),
    torch.matmul: (("input", "weight"), _product),
    operator.matmul: (("input", "weight"), _product),
    torch.mm: (("input", "weight"), _product),
    F.prelu: (("input", "weight"), _prelu),
    F.batch_norm: (
        ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"),
        _batch_norm,
    ),
}
