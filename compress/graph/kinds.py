"""What each node of a traced graph is: the canonical kinds that compression and conversion speak."""

import operator
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.graph import kinds_activations as activations
from spikewright.compress.graph import kinds_layers as rules
from spikewright.compress.graph import kinds_pooling as pools
from spikewright.compress.graph import kinds_selections as select_rules
from spikewright.compress.imports.layers import filled
from spikewright.compress.quantisers.integers import QuantReLU


def classify(call: rules.Call) -> rules.Found:
    """Kind, arguments and detail of a node; "unsupported" with a reason when no rule fits it exactly."""
    if call.node.op == "placeholder":
        return "input", {}, ""
    if call.node.op == "get_attr":
        return rules.unsupported(f"parameter or constant {call.node.target} used outside a layer")
    if call.several:
        return rules.unsupported(f"{_name(call)} gives several tensors")
    if call.node.op == "call_module":
        return _classify_module(call)
    rule = _CALLS.get(call.node.target)
    return rule(call) if rule else rules.unsupported(f"{_name(call)} has no rule")


def _name(call: rules.Call) -> str:
    if call.module is not None:
        return type(call.module).__name__
    return str(getattr(call.node.target, "__name__", call.node.target))


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


_MODULES: dict[type, rules.Rule] = {
    nn.Conv2d: rules.conv("conv2d"),
    nn.Conv1d: rules.conv("conv1d"),
    nn.ConvTranspose2d: rules.conv_transpose,
    nn.Linear: rules.linear,
    nn.ReLU: rules.plain("relu"),
    nn.Hardtanh: activations.hardtanh,
    nn.LeakyReLU: activations.leaky,
    nn.PReLU: activations.prelu,
    QuantReLU: rules.plain("quantised_relu"),
    nn.BatchNorm1d: rules.batchnorm,
    nn.BatchNorm2d: rules.batchnorm,
    nn.AvgPool1d: pools.avgpool,
    nn.AvgPool2d: pools.avgpool,
    nn.MaxPool1d: pools.maxpool,
    nn.MaxPool2d: pools.maxpool,
    nn.AdaptiveAvgPool1d: pools.adaptive,
    nn.AdaptiveAvgPool2d: pools.adaptive,
    nn.AdaptiveMaxPool1d: pools.adaptive_max,
    nn.AdaptiveMaxPool2d: pools.adaptive_max,
    nn.Upsample: rules.upsample,
    nn.ZeroPad1d: rules.pad,
    nn.ZeroPad2d: rules.pad,
    nn.ConstantPad1d: rules.pad,
    nn.ConstantPad2d: rules.pad,
    nn.Flatten: rules.reshape,
    nn.Dropout: rules.plain("dropout"),
    nn.Dropout1d: rules.plain("dropout"),
    nn.Dropout2d: rules.plain("dropout"),
    nn.AlphaDropout: rules.plain("dropout"),
    nn.Identity: rules.plain("identity"),
    nn.Softmax: rules.softmax(log=False),
    nn.LogSoftmax: rules.softmax(log=True),
    nn.Sigmoid: rules.ending("sigmoid"),
    nn.LogSigmoid: rules.ending("logsigmoid"),
    nn.Tanh: rules.ending("tanh"),
    nn.Unflatten: rules.reshape,
}
LEAVES = tuple(_MODULES)
"""Layers that tracing does not enter, nor their subclasses that keep `forward`."""


def _table(
    *rows: tuple[tuple[Any, ...], rules.Rule],
) -> dict[Any, rules.Rule]:
    return {target: rule for targets, rule in rows for target in targets}


_CALLS = _table(
    ((F.relu, F.relu_, torch.relu, torch.relu_, "relu", "relu_"), rules.plain("relu")),
    ((torch.clamp, torch.clip, "clamp", "clip", "clamp_", "clip_"), activations.clamp),
    ((torch.clamp_min, "clamp_min", "clamp_min_"), activations.clamp),
    ((F.relu6,), activations.relu6),
    ((F.hardtanh, F.hardtanh_), activations.hardtanh),
    ((F.leaky_relu, F.leaky_relu_), activations.leaky),
    ((torch.flatten, torch.reshape, torch.squeeze, "flatten", "view", "reshape", "squeeze"), rules.reshape),
    ((torch.unsqueeze, torch.unflatten, torch.ravel, "unsqueeze", "unflatten", "ravel", "view_as"), rules.reshape),
    ((operator.getitem,), select_rules.item),
    ((torch.select, "select"), select_rules.select),
    ((torch.narrow, "narrow"), select_rules.narrow),
    ((torch.zeros, torch.ones, torch.full, "new_zeros", "new_ones", "new_full"), rules.filled),
    ((torch.zeros_like, torch.ones_like, torch.full_like, filled), rules.filled),
    ((torch.sigmoid, F.sigmoid, torch.special.expit, "sigmoid", "sigmoid_"), rules.ending("sigmoid")),
    ((F.logsigmoid,), rules.ending("logsigmoid")),
    ((torch.tanh, F.tanh, "tanh", "tanh_"), rules.ending("tanh")),
    (("contiguous", "clone", "float", "detach"), rules.plain("identity")),
    ((operator.add, operator.iadd, torch.add, "add", "add_"), rules.add),
    ((operator.sub, operator.isub, torch.sub, "sub", "sub_"), rules.sub),
    ((torch.cat, torch.concat), rules.concat),
    ((torch.mean, "mean"), rules.mean),
    ((torch.sum, "sum"), rules.total),
    ((F.avg_pool1d, F.avg_pool2d), pools.avgpool),
    ((F.max_pool1d, F.max_pool2d, torch.max_pool1d, torch.max_pool2d), pools.maxpool),
    ((F.adaptive_avg_pool1d, F.adaptive_avg_pool2d), pools.adaptive),
    ((F.adaptive_max_pool1d, F.adaptive_max_pool2d), pools.adaptive_max),
    ((torch.amax, "amax"), pools.largest),
    ((F.interpolate, F.upsample), rules.upsample),
    ((F.pad,), rules.pad),
    ((F.dropout, F.dropout1d, F.dropout2d, F.alpha_dropout), rules.dropout),
    ((F.softmax, torch.softmax, "softmax"), rules.softmax(log=False)),
    ((F.log_softmax, torch.log_softmax, "log_softmax"), rules.softmax(log=True)),
)
