"""ONNX operators that normalise: batch norm folds into the layer before it, the others are imported as they are."""

import operator
from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue

_TINY = 1e-37
"""Norms below it count as zero."""
_RESPONSE = {"alpha": 1e-4, "beta": 0.75, "bias": 1.0}
"""What LRN takes where the file says nothing."""


def batch_norm(call: OnnxCall) -> ImportedValue:
    """BatchNormalization with running statistics."""
    if call.attr("training_mode", 0) or call.extra_outputs:
        raise Unsupported("batch norm in training mode", "an export in evaluation mode")
    gamma, beta, mean, variance = (call.weight(index) for index in range(1, 5))
    source = call.value()
    eps = call.attr("epsilon", 1e-5)
    return call.layer(layers.batch_norm((gamma, beta), (mean, variance), eps, source.rank - 2), source)


def instance_norm(call: OnnxCall) -> ImportedValue:
    """InstanceNormalization: each channel of each image by itself."""
    source, weight, bias = call.value(), call.weight(1), call.weight(2)
    norm = layers.instance_norm(len(weight), source.rank - 2, float(call.attr("epsilon", 1e-5)))
    norm.load_state_dict({"weight": weight, "bias": bias})
    return call.layer(norm, source)


def group_norm(call: OnnxCall) -> ImportedValue:
    """GroupNormalization; before operators of version 21 its weights are one for each group."""
    source, weight, bias = call.value(), call.weight(1), call.weight(2)
    groups, channels = int(call.attr("num_groups", 0)), source.shape[0]
    if groups < 1 or channels % groups:
        raise Damaged(f"{channels} channels in {groups} groups")
    if call.opset < 21:
        weight, bias = (one.repeat_interleave(channels // groups) for one in (weight, bias))
    norm = nn.GroupNorm(groups, channels, eps=float(call.attr("epsilon", 1e-5)))
    norm.load_state_dict({"weight": weight, "bias": bias})
    return call.layer(norm, source)


def layer_norm(call: OnnxCall) -> ImportedValue:
    """LayerNormalization over the last axes."""
    bias = call.tensor(2)
    settings = {"bias": bias is not None}
    return _over_last(call, lambda shape, eps: nn.LayerNorm(shape, eps=eps, **settings), bias)


def rms_norm(call: OnnxCall) -> ImportedValue:
    """RMSNormalization over the last axes."""
    return _over_last(call, lambda shape, eps: nn.RMSNorm(shape, eps=eps), None)


def _over_last(call: OnnxCall, make: Callable[[Any, float], nn.Module], bias: torch.Tensor | None) -> ImportedValue:
    """The norm that `make` makes for a shape and an epsilon, with the weights of the file."""
    source, weight = call.value(), call.weight(1)
    axis = int(call.attr("axis", -1)) % source.rank
    if axis == 0:
        raise Unsupported("a layer norm over the images of the batch", "a layer norm over axes behind the batch")
    shape = source.shape[axis - 1 :]
    norm = make(shape, float(call.attr("epsilon", 1e-5)))
    tensors = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    norm.load_state_dict({name: value.expand(shape) for name, value in tensors.items()})
    return call.layer(norm, source)


def standardised(call: OnnxCall) -> ImportedValue:
    """MeanVarianceNormalization over axes behind the batch: minus the mean, by the deviation and 1e-9."""
    source = call.value()
    axes = [axis % source.rank for axis in call.ints("axes") or (0, 2, 3)]
    if 0 in axes:
        raise Unsupported(
            "a normalisation over the images of the batch", "an instance norm, or a batch norm with running statistics"
        )
    apart = call.function(operator.sub, source, call.function(torch.mean, source, dim=axes, keepdim=True))
    square = call.function(torch.mean, call.function(operator.mul, apart, apart), dim=axes, keepdim=True)
    return call.function(operator.truediv, apart, call.function(operator.add, call.function(torch.sqrt, square), 1e-9))


def local_response(call: OnnxCall) -> ImportedValue:
    """LRN over an odd number of channels."""
    size = int(call.attr("size", 0))
    if size < 1 or size % 2 == 0:
        raise Unsupported(f"local response normalisation over {size} channels", "an odd number of channels")
    alpha, beta, bias = (float(call.attr(name, value)) for name, value in _RESPONSE.items())
    return call.layer(nn.LocalResponseNorm(size, alpha, beta, bias), call.value())


def lp_norm(call: OnnxCall) -> ImportedValue:
    """LpNormalization: an axis divided by its norm."""
    source = call.any_layout() if call.any_layout().order is None else call.value()
    place = source.here(int(call.attr("axis", -1)))
    if place == 0:
        raise Unsupported("a norm over the images of the batch", "a norm over channels")
    return call.function(F.normalize, source, p=float(call.attr("p", 2)), dim=place, eps=_TINY)


def softmax(*, log: bool) -> Callable[[OnnxCall], ImportedValue]:
    """The rule of Softmax and LogSoftmax over an axis, before opset 13 over that axis and all behind it."""

    def rule(call: OnnxCall) -> ImportedValue:
        source = call.value()
        axis = int(call.attr("axis", -1 if call.opset >= 13 else 1)) % source.rank
        if axis == 0:
            raise Unsupported("a softmax over the images of the batch", "a softmax over the classes")
        wide = [place for place in range(axis, source.rank) if source.shape[place - 1] > 1]
        if call.opset >= 13 or len(wide) <= 1:
            return call.layer(layers.softmax(wide[0] if wide and call.opset < 13 else axis, log=log), source)
        flat = arranging.reshaped(call, source, (*source.shape[: axis - 1], prod(source.shape[axis - 1 :])))
        return arranging.reshaped(call, call.layer(layers.softmax(axis, log=log), flat), source.shape)

    return rule
