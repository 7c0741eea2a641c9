"""ONNX operators that become layers: convolutions, products, normalisation and activations."""

from collections.abc import Callable
from math import inf

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.windows import pads_of, transposed_pads_of, window_of, with_zeros
from spikewright.compress.imports.steps import ImportedValue

OnnxRule = Callable[[OnnxCall], ImportedValue]


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
    """ConvTranspose; what is cut off at the end only is output_padding here."""
    source, weight = call.value(), call.weight(1)
    window = window_of(call, weight.shape[2:], source)
    extra = [int(one) for one in call.attr("output_padding") or [0] * len(window.kernel)]
    begin, end = transposed_pads_of(call, window, source, extra)
    extra = [more + first - last for more, first, last in zip(extra, begin, end, strict=True)]
    if min(extra) < 0 or min(begin) < 0:
        raise Unsupported(f"a transposed convolution padded {begin} and {end}", "equal padding at both ends")
    settings = {**window.settings, "groups": int(call.attr("group", 1))}
    settings |= {"padding": tuple(begin), "output_padding": tuple(extra)}
    return call.layer(layers.conv_transpose(weight, call.tensor(2), settings), source)


def gemm(call: OnnxCall) -> ImportedValue:
    """Gemm: alpha A B + beta C with constants B and C."""
    source, weight = call.any_layout(), call.weight(1) * float(call.attr("alpha", 1.0))
    if call.attr("transA", 0) or source.rank != 2:
        raise Unsupported("a product with the transpose of a value", "x @ weight")
    weight = weight if call.attr("transB", 0) else weight.T
    bias = call.tensor(2)
    return _linear(call, weight, None if bias is None else bias * float(call.attr("beta", 1.0)))


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
    norm = nn.LayerNorm(tuple(weight.shape), eps=float(call.attr("epsilon", 1e-5)), bias=bias is not None)
    norm.load_state_dict({"weight": weight} if bias is None else {"weight": weight, "bias": bias})
    return call.layer(norm, source)


def clip(call: OnnxCall) -> ImportedValue:
    """Clip; its bounds are attributes or inputs."""
    low, high = call.number("min", 1, -inf), call.number("max", 2, inf)
    low, high = (-inf if low < -3e38 else low), (inf if high > 3e38 else high)
    if not low < high:
        raise Damaged(f"a clip from {low} to {high}")
    return call.layer(layers.clip(low, high), call.any_layout())


def bound(kind: str) -> OnnxRule:
    """The rule of Max and Min with a number, a clip at one end (and as exporters write clamp)."""

    def rule(call: OnnxCall) -> ImportedValue:
        places = [place for place, value in enumerate(call.inputs) if isinstance(value, ImportedValue)]
        if len(places) != 1 or len(call.inputs) != 2:
            raise Unsupported(f"the {kind} of several values", "max pooling or ReLU")
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
    """The rule of Softmax and LogSoftmax over the classes."""

    def rule(call: OnnxCall) -> ImportedValue:
        source = call.value()
        axis = int(call.attr("axis", -1 if call.opset >= 13 else 1)) % source.rank
        if call.opset < 13 and axis != source.rank - 1:
            raise Unsupported("a softmax over several axes", "an export with opset 13 or later")
        return call.layer(layers.softmax(axis, log=log), source)

    return rule
