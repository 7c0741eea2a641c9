"""ONNX operators that become layers: convolutions, products, normalisation and activations."""

import operator
from collections.abc import Callable
from math import inf, prod

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.onnx.combining_rules import combined
from spikewright.compress.imports.onnx.windows import pads_of, transposed_pads_of, window_of, with_zeros
from spikewright.compress.imports.steps import ImportedValue

OnnxRule = Callable[[OnnxCall], OnnxValue | tuple[OnnxValue, ...]]


def conv(call: OnnxCall) -> ImportedValue:
    """Conv, with a layer of zeros in front of it where they differ between the two ends."""
    source, weight = call.value(), call.weight(1)
    window = window_of(call, weight.shape[2:], source)
    begin, end = pads_of(call, window, source)
    if begin != end:
        source, begin = with_zeros(call, source, (begin, end)), [0] * len(begin)
    settings = {**window.settings, "groups": int(call.attr("group", 1)), "padding": tuple(begin)}
    return call.layer(layers.conv(weight, call.tensor(2), settings), source)


def conv_transpose(call: OnnxCall) -> ImportedValue:
    """ConvTranspose; what is cut off at the end only is output_padding here, where torch takes it, else a step of its own."""
    source, weight = call.value(), call.weight(1)
    window = window_of(call, weight.shape[2:], source)
    extra = [int(one) for one in call.attr("output_padding") or [0] * len(window.kernel)]
    begin, end = transposed_pads_of(call, window, source, extra)
    settings = {**window.settings, "groups": int(call.attr("group", 1))}
    more = [wide + first - last for wide, first, last in zip(extra, begin, end, strict=True)]
    most = [max(pair) for pair in zip(window.stride, window.dilation, strict=True)]
    if all(0 <= wide < limit for wide, limit in zip(more, most, strict=True)):
        settings |= {"padding": tuple(begin), "output_padding": tuple(more)}
        return call.layer(layers.conv_transpose(weight, call.tensor(2), settings), source)
    whole = call.layer(layers.conv_transpose(weight, None, settings), source, "_whole")
    ends = [wide - last for wide, last in zip(extra, end, strict=True)]
    return _cut_and_shifted(call, whole, list(zip([-first for first in begin], ends, strict=True)))


def _cut_and_shifted(call: OnnxCall, whole: ImportedValue, widths: list[tuple[int, int]]) -> ImportedValue:
    """A transposed convolution's `whole` result, cut (below 0) or widened at the ends of each axis, and its bias."""
    flat = [width for pair in reversed(widths) for width in pair]
    result, bias = call.function(F.pad, whole, flat), call.tensor(2)
    if bias is None:
        return result
    return call.function(operator.add, result, bias.reshape(-1, *[1] * len(widths)))


def gemm(call: OnnxCall) -> ImportedValue:
    """Gemm: alpha A B + beta C with constants B and C."""
    source, weight = call.any_layout(), call.weight(1) * float(call.attr("alpha", 1.0))
    if call.attr("transA", 0) or source.rank != 2:
        raise Unsupported("a product with the transpose of a value", "x @ weight")
    weight = weight if call.attr("transB", 0) else weight.T
    return _linear(call, weight, _gemm_bias(call, weight.shape[0]))


def _gemm_bias(call: OnnxCall, outputs: int) -> torch.Tensor | None:
    """beta C, one number for each output; it broadcasts as numpy does."""
    bias = call.tensor(2)
    if bias is None:
        return None
    if bias.ndim > 2:
        raise Damaged(f"a bias of shape {tuple(bias.shape)}")
    if bias.ndim == 2 and bias.shape[0] != 1:
        raise Unsupported("a bias that differs between the images of a batch", "one number for each output")
    return (bias.reshape(-1) * float(call.attr("beta", 1.0))).expand(outputs)


def matmul(call: OnnxCall) -> ImportedValue:
    """MatMul of a value with a constant matrix."""
    if isinstance(call.given(1), ImportedValue):
        raise Unsupported("a product of two values that depend on the input, as in attention", "convolutions")
    return _linear(call, call.weight(1).T, None)


def _linear(call: OnnxCall, weight: torch.Tensor, bias: torch.Tensor | None) -> ImportedValue:
    """A Linear; where the input was flattened with channels last, its columns move to where their inputs are here."""
    source = call.any_layout()
    if source.order is None:
        return call.layer(layers.linear(weight, bias), call.value())
    if weight.ndim != 2 or weight.shape[1] != len(source.order):
        raise Damaged(f"a matrix of shape {tuple(weight.shape)} for {len(source.order)} inputs")
    placed = torch.empty_like(weight)
    placed[:, source.order] = weight
    return call.layer(layers.linear(placed, bias), ImportedValue(source.name, source.shape))


def batch_norm(call: OnnxCall) -> ImportedValue:
    """BatchNormalization with running statistics."""
    if call.attr("training_mode", 0) or call.extra_outputs:
        raise Unsupported("batch norm in training mode", "an export in evaluation mode")
    gamma, beta, mean, variance = (call.weight(index) for index in range(1, 5))
    source = call.value()
    eps = call.attr("epsilon", 1e-5)
    return call.layer(layers.batch_norm((gamma, beta), (mean, variance), eps, source.rank - 2), source)


def instance_norm(call: OnnxCall) -> ImportedValue:
    """InstanceNormalization, imported as it is, so that conversion can say why it refuses it."""
    source, weight, bias = call.value(), call.weight(1), call.weight(2)
    norm = layers.instance_norm(len(weight), source.rank - 2, float(call.attr("epsilon", 1e-5)))
    norm.load_state_dict({"weight": weight, "bias": bias})
    return call.layer(norm, source)


def layer_norm(call: OnnxCall) -> ImportedValue:
    """LayerNormalization, imported as it is too."""
    source, weight, bias = call.value(), call.weight(1), call.tensor(2)
    axis = int(call.attr("axis", -1)) % source.rank
    if axis == 0:
        raise Unsupported("a layer norm over the images of the batch", "a layer norm over axes behind the batch")
    shape = source.shape[axis - 1 :]
    norm = nn.LayerNorm(shape, eps=float(call.attr("epsilon", 1e-5)), bias=bias is not None)
    tensors = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    norm.load_state_dict({name: value.expand(shape) for name, value in tensors.items()})
    return call.layer(norm, source)


def clip(call: OnnxCall) -> ImportedValue:
    """Clip; its bounds are attributes or inputs."""
    low, high = call.number("min", 1, -inf), call.number("max", 2, inf)
    low, high = (-inf if low < -3e38 else low), (inf if high > 3e38 else high)
    if not low < high:
        raise Damaged(f"a clip from {low} to {high}")
    return call.layer(layers.clip(low, high), call.any_layout())


def bound(kind: str) -> OnnxRule:
    """The rule of Max and Min with a number, a clip at one end (and as exporters write clamp); of others a function."""

    def rule(call: OnnxCall) -> ImportedValue:
        places = [place for place, value in enumerate(call.inputs) if isinstance(value, ImportedValue)]
        limits = [value.size for value in call.inputs if isinstance(value, np.ndarray)]
        if len(places) != 1 or limits != [1]:
            return combined(call, torch.maximum if kind == "maximum" else torch.minimum)
        limit = call.number("", 1 - places[0], 0.0)
        module = layers.clip(limit, inf) if kind == "maximum" else layers.clip(-inf, limit)
        return call.layer(module, call.any_layout(places[0]))

    return rule


def prelu(call: OnnxCall) -> ImportedValue:
    """PRelu with one slope, or one for each channel."""
    source, slopes = call.value(), call.weight(1)
    axis = 0 if slopes.ndim == source.rank - 1 else 1
    each = slopes.ndim >= source.rank - 1 and slopes.numel() == slopes.shape[axis]
    if slopes.numel() != 1 and not each:
        raise Unsupported(f"PRelu with slopes of shape {tuple(slopes.shape)}", "one slope for each channel")
    return call.layer(layers.prelu(slopes), source)


def layer(make: Callable[[OnnxCall], nn.Module]) -> OnnxRule:
    """The rule of an operator that acts on each number, whatever the layout."""
    return lambda call: call.layer(make(call), call.any_layout())


def softmax(*, log: bool) -> OnnxRule:
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
