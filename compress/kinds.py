"""What each node of a traced graph is: the canonical kinds that compression and conversion speak."""

import operator
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional as F

from compress import rules
from compress.quantizers import QuantReLU


def classify(call: rules.Call) -> rules.Found:
    """Kind, arguments and detail of a node; "unsupported" with a reason when no rule fits it exactly."""
    if call.node.op == "placeholder":
        return "input", {}, ""
    if call.node.op == "get_attr":
        return rules.unsupported(f"parameter or constant {call.node.target} used outside a layer")
    if call.node.op == "call_module":
        return _classify_module(call)
    rule = _CALLS.get(call.node.target)
    name = getattr(call.node.target, "__name__", call.node.target)
    return rule(call) if rule else rules.unsupported(f"{name} has no rule")


def _classify_module(call: rules.Call) -> rules.Found:
    module, name = call.module, type(call.module).__name__
    if module._forward_hooks or module._forward_pre_hooks:
        return rules.unsupported(f"{name} with forward hooks, which may change what it computes")
    for kind, rule in _MODULES.items():
        if keeps_forward(module, kind):
            return rule(call)
    return rules.unsupported(f"{name} has no rule")


def keeps_forward(module: Any, kind: Any) -> bool:
    """True for a layer of that kind, or of a subclass that computes the same."""
    return isinstance(module, kind) and type(module).forward is kind.forward


def is_inplace(node: fx.Node, root: nn.Module) -> bool:
    """True when the node overwrites its first argument."""
    if node.op == "call_module":
        return bool(getattr(root.get_submodule(str(node.target)), "inplace", False)) and bool(node.args)
    if not node.args or node.op not in ("call_function", "call_method"):
        return False
    name = str(getattr(node.target, "__name__", node.target))
    named = name.endswith("_") and not name.endswith("__")
    return named or name in ("iadd", "isub", "imul") or bool(node.kwargs.get("inplace", False))


_MODULES: dict[type, rules.Rule] = {
    nn.Conv2d: rules.conv("conv2d"),
    nn.Conv1d: rules.conv("conv1d"),
    nn.Linear: rules.linear,
    nn.ReLU: rules.plain("relu"),
    QuantReLU: rules.plain("quantised_relu"),
    nn.BatchNorm1d: rules.batchnorm,
    nn.BatchNorm2d: rules.batchnorm,
    nn.AvgPool2d: rules.avgpool,
    nn.MaxPool2d: rules.maxpool,
    nn.AdaptiveAvgPool2d: rules.adaptive,
    nn.Flatten: rules.reshape,
    nn.Dropout: rules.plain("dropout"),
    nn.Dropout2d: rules.plain("dropout"),
    nn.Identity: rules.plain("identity"),
    nn.Softmax: rules.softmax(log=False),
    nn.LogSoftmax: rules.softmax(log=True),
}
LEAVES = tuple(_MODULES)
"""Layers that tracing does not enter, nor their subclasses that keep `forward`."""


def _table(
    *rows: tuple[tuple[Any, ...], rules.Rule],
) -> dict[Any, rules.Rule]:
    return {target: rule for targets, rule in rows for target in targets}


_CALLS = _table(
    ((F.relu, F.relu_, torch.relu, torch.relu_, "relu", "relu_"), rules.plain("relu")),
    ((torch.clamp, torch.clamp_min, "clamp", "clamp_min", "clamp_", "clamp_min_"), rules.clamp),
    ((torch.flatten, torch.reshape, torch.squeeze, "flatten", "view", "reshape", "squeeze"), rules.reshape),
    (("contiguous", "clone", "float"), rules.plain("identity")),
    ((operator.add, operator.iadd, torch.add, "add", "add_"), rules.add),
    ((torch.cat, torch.concat), rules.concat),
    ((torch.mean, "mean"), rules.mean),
    ((F.avg_pool2d,), rules.avgpool),
    ((F.max_pool2d, torch.max_pool2d), rules.maxpool),
    ((F.adaptive_avg_pool2d,), rules.adaptive),
    ((F.dropout, F.dropout2d), rules.dropout),
    ((F.softmax, torch.softmax, "softmax"), rules.softmax(log=False)),
    ((F.log_softmax, torch.log_softmax, "log_softmax"), rules.softmax(log=True)),
)
