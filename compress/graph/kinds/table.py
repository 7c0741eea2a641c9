"""What each node of a traced graph is: the canonical kinds that compression and conversion speak."""

import operator
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.graph.kinds import activations, arithmetic, layers, moving, pooling, shapes
from spikewright.compress.graph.kinds.call import Found, GraphCall, Rule, plain, unsupported
from spikewright.compress.imports.layers import filled
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.compress.quantisers.sides import QuantizedFrom, QuantizedHalves


def classify(call: GraphCall) -> Found:
    """Kind, arguments and detail of a node; "unsupported" with a reason when no rule fits it exactly."""
    if call.node.op == "placeholder":
        return Found("input")
    if call.node.op == "get_attr":
        return unsupported(f"parameter or constant {call.node.target} used outside a layer")
    if call.several:
        return Found("unsupported", {"several": True}, f"{_name(call)} gives several tensors")
    if call.node.op == "call_module":
        return _classify_module(call)
    rule = _CALLS.get(call.node.target)
    return rule(call) if rule else unsupported(f"{_name(call)} has no rule")


def activation_of(call: GraphCall) -> Found | None:
    """As `classify`, of a call whose shapes nobody knows: its kind if it is an activation that bends, else None."""
    module, rule = call.module, _BENT_CALLS.get(call.node.target)
    if call.node.op == "call_module":
        hooked = bool(module._forward_hooks or module._forward_pre_hooks)
        rule = (
            None if hooked else next((one for kind, one in _BENT_MODULES.items() if keeps_forward(module, kind)), None)
        )
    elif call.node.op not in ("call_function", "call_method"):
        return None
    found = None if rule is None else rule(call)
    return None if found is None or found.kind in ("unsupported", "identity") else found


def _name(call: GraphCall) -> str:
    if call.module is not None:
        return type(call.module).__name__
    return str(getattr(call.node.target, "__name__", call.node.target))


def operation_of(call: GraphCall) -> str:
    """What a node calls in one word for all its spellings: `nn.LayerNorm` and `F.layer_norm` are "layernorm". "" for no call."""
    if call.node.op in ("placeholder", "get_attr"):
        return ""
    name = _name(call).lower().replace("_", "")
    return _SAME.get(name, name)


_SAME = {
    "imul": "mul",
    "iadd": "add",
    "isub": "sub",
    "itruediv": "div",
    "truediv": "div",
    "ipow": "pow",
    "clip": "clamp",
}


def _classify_module(call: GraphCall) -> Found:
    module, name = call.module, type(call.module).__name__
    if module._forward_hooks or module._forward_pre_hooks:
        return unsupported(f"{name} with forward hooks, which may change what it computes")
    for kind, rule in _MODULES.items():
        if keeps_forward(module, kind):
            return rule(call)
    return unsupported(f"{name} has no rule")


def keeps_forward(module: Any, kind: Any) -> bool:
    """True for a layer of that kind, or of a subclass that computes the same."""
    return isinstance(module, kind) and type(module).forward is kind.forward


_BENT_MODULES: dict[type, Rule] = {
    nn.ReLU: plain("relu"),
    nn.Hardtanh: activations.hardtanh,
    nn.LeakyReLU: activations.leaky,
    nn.PReLU: activations.prelu,
    nn.RReLU: activations.rrelu,
    QuantizedReLU: plain("quantised_relu"),
    QuantizedHalves: plain("quantised_halves"),
    QuantizedFrom: plain("quantised_from"),
}
"""Activations that are straight but for a few bends."""
_MODULES: dict[type, Rule] = {
    nn.Conv2d: layers.conv("conv2d"),
    nn.Conv1d: layers.conv("conv1d"),
    nn.ConvTranspose2d: layers.conv_transpose,
    nn.Linear: layers.linear,
    **_BENT_MODULES,
    nn.BatchNorm1d: layers.batchnorm,
    nn.BatchNorm2d: layers.batchnorm,
    nn.AvgPool1d: pooling.avgpool,
    nn.AvgPool2d: pooling.avgpool,
    nn.MaxPool1d: pooling.maxpool,
    nn.MaxPool2d: pooling.maxpool,
    nn.AdaptiveAvgPool1d: pooling.adaptive,
    nn.AdaptiveAvgPool2d: pooling.adaptive,
    nn.AdaptiveMaxPool1d: pooling.adaptive_max,
    nn.AdaptiveMaxPool2d: pooling.adaptive_max,
    nn.Upsample: shapes.upsample,
    nn.ZeroPad1d: shapes.pad,
    nn.ZeroPad2d: shapes.pad,
    nn.ConstantPad1d: shapes.pad,
    nn.ConstantPad2d: shapes.pad,
    nn.Flatten: moving.reshape,
    nn.Dropout: plain("dropout"),
    nn.Dropout1d: plain("dropout"),
    nn.Dropout2d: plain("dropout"),
    nn.AlphaDropout: plain("dropout"),
    nn.Identity: plain("identity"),
    nn.Softmax: arithmetic.softmax(log=False),
    nn.LogSoftmax: arithmetic.softmax(log=True),
    nn.Sigmoid: layers.ending("sigmoid"),
    nn.LogSigmoid: layers.ending("logsigmoid"),
    nn.Tanh: layers.ending("tanh"),
    nn.Unflatten: moving.reshape,
    nn.ChannelShuffle: moving.moved,
    nn.PixelShuffle: moving.moved,
    nn.PixelUnshuffle: moving.moved,
    nn.ReflectionPad1d: moving.moved,
    nn.ReflectionPad2d: moving.moved,
    nn.ReplicationPad1d: moving.moved,
    nn.ReplicationPad2d: moving.moved,
    nn.CircularPad1d: moving.moved,
    nn.CircularPad2d: moving.moved,
}
LEAVES = tuple(_MODULES)
"""Layers that tracing does not enter, nor their subclasses that keep `forward`."""


def _table(
    *rows: tuple[tuple[Any, ...], Rule],
) -> dict[Any, Rule]:
    return {target: rule for targets, rule in rows for target in targets}


_BENT_CALLS = _table(
    ((F.relu, F.relu_, torch.relu, torch.relu_, "relu", "relu_"), plain("relu")),
    ((torch.clamp, torch.clip, "clamp", "clip", "clamp_", "clip_"), activations.clamp),
    ((torch.clamp_, torch.clip_, torch.clamp_min_), activations.clamp),
    ((torch.clamp_min, "clamp_min", "clamp_min_"), activations.clamp),
    ((torch.clamp_max, torch.clamp_max_, "clamp_max", "clamp_max_"), activations.clamp_max),
    ((torch.abs, torch.abs_, "abs", "abs_"), activations.absolute),
    ((F.relu6,), activations.relu6),
    ((F.hardtanh, F.hardtanh_), activations.hardtanh),
    ((F.leaky_relu, F.leaky_relu_), activations.leaky),
)
_CALLS = _BENT_CALLS | _table(
    ((torch.flatten, torch.reshape, torch.squeeze, "flatten", "view", "reshape", "squeeze"), moving.reshape),
    (
        (torch.unsqueeze, torch.unflatten, torch.ravel, "unsqueeze", "unflatten", "ravel", "view_as", "reshape_as"),
        moving.reshape,
    ),
    ((operator.getitem, torch.select, "select", torch.narrow, "narrow", moving.piece_of), moving.moved),
    ((torch.permute, "permute", torch.transpose, "transpose", torch.swapaxes, "swapaxes"), moving.moved),
    ((torch.movedim, "movedim", torch.moveaxis, "moveaxis", torch.swapdims, "swapdims"), moving.moved),
    ((F.pixel_shuffle, F.pixel_unshuffle, F.channel_shuffle, torch.channel_shuffle), moving.moved),
    ((torch.index_select, "index_select", torch.take_along_dim, torch.gather, "gather"), moving.moved),
    ((torch.flip, "flip", torch.roll, "roll", torch.tile, "tile", "repeat"), moving.moved),
    (
        (torch.repeat_interleave, "repeat_interleave", "expand", "expand_as", torch.broadcast_to, "broadcast_to"),
        moving.moved,
    ),
    ((torch.zeros, torch.ones, torch.full, "new_zeros", "new_ones", "new_full"), shapes.filled),
    ((torch.zeros_like, torch.ones_like, torch.full_like, filled), shapes.filled),
    ((torch.sigmoid, F.sigmoid, torch.special.expit, "sigmoid", "sigmoid_"), layers.ending("sigmoid")),
    ((F.logsigmoid,), layers.ending("logsigmoid")),
    ((torch.tanh, F.tanh, "tanh", "tanh_"), layers.ending("tanh")),
    (("contiguous", "clone", "float", "double", "detach"), plain("identity")),
    (("to", "type", "type_as"), arithmetic.cast),
    ((operator.add, operator.iadd, torch.add, "add", "add_"), arithmetic.add),
    ((operator.sub, operator.isub, torch.sub, "sub", "sub_"), arithmetic.sub),
    ((torch.cat, torch.concat), shapes.concat),
    ((torch.stack, torch.hstack, torch.vstack, torch.dstack), moving.joined),
    ((torch.mean, "mean"), arithmetic.mean),
    ((torch.sum, "sum"), arithmetic.total),
    ((F.avg_pool1d, F.avg_pool2d), pooling.avgpool),
    ((F.max_pool1d, F.max_pool2d, torch.max_pool1d, torch.max_pool2d), pooling.maxpool),
    ((F.adaptive_avg_pool1d, F.adaptive_avg_pool2d), pooling.adaptive),
    ((F.adaptive_max_pool1d, F.adaptive_max_pool2d), pooling.adaptive_max),
    ((torch.amax, "amax"), pooling.largest),
    ((F.interpolate, F.upsample), shapes.upsample),
    ((F.pad,), shapes.pad),
    ((F.dropout, F.dropout1d, F.dropout2d, F.alpha_dropout), layers.dropout),
    ((F.softmax, torch.softmax, "softmax"), arithmetic.softmax(log=False)),
    ((F.log_softmax, torch.log_softmax, "log_softmax"), arithmetic.softmax(log=True)),
)
