"""ONNX operators that become layers: convolutions, products, normalisation, activations and pooling."""

from collections.abc import Callable
from math import inf
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx_call import Call
from spikewright.compress.imports.steps import Flow

Pads = tuple[list[int], list[int]]
"""Places added at the beginning and at the end of each axis of pixels."""


def conv(call: Call) -> Flow:
    """Conv, with zeros of its own in front where they differ between the two ends."""
    source, weight = call.flow(), call.weight(1)
    settings = _window(call, list(weight.shape[2:]), source)
    begin, end = _pads(call, settings, source)
    if begin != end:
        source = _padded(call, source, (begin, end), 0.0)
        begin = [0] * len(begin)
    given = {"stride": settings["stride"], "dilation": settings["dilation"], "groups": int(call.attr("group", 1))}
    layer = layers.conv(weight, call.tensor(2), {**given, "padding": tuple(begin)})
    return call.builder.layer(call.name, layer, source)


def conv_transpose(call: Call) -> Flow:
    """ConvTranspose; what is cut off at the end only is output_padding here."""
    source, weight = call.flow(), call.weight(1)
    settings = _window(call, list(weight.shape[2:]), source)
    extra = [int(one) for one in call.attr("output_padding") or [0] * len(settings["kernel"])]
    begin, end = _transposed_pads(call, settings, source, extra)
    extra = [more + first - last for more, first, last in zip(extra, begin, end, strict=True)]
    if min(extra) < 0 or min(begin) < 0:
        raise Unsupported(f"a transposed convolution padded {begin} and {end}", "equal padding at both ends")
    given = {"stride": settings["stride"], "dilation": settings["dilation"], "groups": int(call.attr("group", 1))}
    given |= {"padding": tuple(begin), "output_padding": tuple(extra)}
    return call.builder.layer(call.name, layers.conv_transpose(weight, call.tensor(2), given), source)


def gemm(call: Call) -> Flow:
    """Gemm: alpha A B + beta C with constants B and C."""
    source, weight = call.any_flow(), call.weight(1) * float(call.attr("alpha", 1.0))
    if call.attr("transA", 0) or source.rank != 2:
        raise Unsupported("a product with the transpose of a value", "x @ weight")
    weight = weight if call.attr("transB", 0) else weight.T
    bias = call.tensor(2)
    return _linear(call, source, weight, None if bias is None else bias * float(call.attr("beta", 1.0)))


def matmul(call: Call) -> Flow:
    """MatMul of a value with a constant matrix."""
    if isinstance(call.value(1), Flow):
        raise Unsupported("a product of two values that depend on the input, as in attention", "convolutions")
    return _linear(call, call.any_flow(), call.weight(1).T, None)


def _linear(call: Call, source: Flow, weight: torch.Tensor, bias: torch.Tensor | None) -> Flow:
    if source.axes is not None:
        call.flow()
    if source.order is not None:
        if weight.ndim != 2 or weight.shape[1] != len(source.order):
            raise Damaged(f"a matrix of shape {tuple(weight.shape)} for {len(source.order)} inputs")
        placed = torch.empty_like(weight)
        placed[:, source.order] = weight
        source, weight = Flow(source.name, source.shape), placed
    return call.builder.layer(call.name, layers.linear(weight, bias), source)


def batch_norm(call: Call) -> Flow:
    """BatchNormalization with running statistics."""
    if call.attr("training_mode", 0) or call.extra_outputs:
        raise Unsupported("batch norm in training mode", "an export in evaluation mode")
    gamma, beta, mean, variance = (call.weight(index) for index in range(1, 5))
    source = call.flow()
    layer = layers.batch_norm((gamma, beta), (mean, variance), call.attr("epsilon", 1e-5), source.rank - 2)
    return call.builder.layer(call.name, layer, source)


def clip(call: Call) -> Flow:
    """Clip; its bounds are attributes or inputs."""
    low, high = call.number("min", 1, -inf), call.number("max", 2, inf)
    low, high = (-inf if low < -3e38 else low), (inf if high > 3e38 else high)
    if not low < high:
        raise Damaged(f"a clip from {low} to {high}")
    return call.builder.layer(call.name, layers.clip(low, high), call.any_flow())


def bound(kind: str) -> Callable[[Call], Flow]:
    """Max and Min with a number, a clip at one end (and as exporters write clamp)."""

    def rule(call: Call) -> Flow:
        places = [place for place, value in enumerate(call.inputs) if isinstance(value, Flow)]
        if len(places) != 1 or len(call.inputs) != 2:
            raise Unsupported(f"the {kind} of several values", "max pooling or ReLU")
        limit = call.number("", 1 - places[0], 0.0)
        module = layers.clip(limit, inf) if kind == "maximum" else layers.clip(-inf, limit)
        return call.builder.layer(call.name, module, call.any_flow(places[0]))

    return rule


def prelu(call: Call) -> Flow:
    """PRelu with one slope, or one for each channel."""
    source, slopes = call.flow(), call.weight(1)
    rest = 1 if slopes.ndim == source.rank - 1 else 2
    channels = slopes.shape[rest - 1 : rest] if slopes.ndim >= source.rank - 1 else (0,)
    if slopes.numel() != 1 and slopes.numel() != (channels[0] if channels else 0):
        raise Unsupported(f"PRelu with slopes of shape {tuple(slopes.shape)}", "one slope for each channel")
    return call.builder.layer(call.name, layers.prelu(slopes), source)


def max_pool(call: Call) -> Flow:
    """MaxPool. Windows that reach over the end are those of ceil_mode."""
    if call.extra_outputs:
        raise Unsupported("max pooling that returns indices", "upsampling instead of unpooling")
    source = call.flow()
    settings = _window(call, call.ints("kernel_shape") or [], source)
    begin, end = _pads(call, settings, source)
    given = {"stride": settings["stride"], "dilation": settings["dilation"]}
    wanted = _pooled_sizes(call, settings, source, (begin, end))
    return _fitting_pool(call, source, "max", settings["kernel"], {**given, "padding": tuple(begin)}, wanted)


def average_pool(call: Call) -> Flow:
    """AveragePool; whether zeros at the border count is an attribute, and by default they do not."""
    source = call.flow()
    settings = _window(call, call.ints("kernel_shape") or [], source)
    if set(settings["dilation"]) != {1}:
        raise Unsupported("average pooling with gaps", "a depthwise convolution")
    begin, end = _pads(call, settings, source)
    include = bool(call.attr("count_include_pad", 0))
    wanted = _pooled_sizes(call, settings, source, (begin, end))
    if include and begin != end:
        source, begin = _padded(call, source, (begin, end), 0.0), [0] * len(begin)
    given = {"stride": settings["stride"], "padding": tuple(begin), "count_include_pad": include}
    return _fitting_pool(call, source, "mean", settings["kernel"], given, wanted)


def _fitting_pool(
    call: Call, source: Flow, kind: str, kernel: list[int], given: dict[str, Any], wanted: list[int]
) -> Flow:
    """The pooling, with or without ceil_mode, whose windows are as many as the file wants."""
    for ceil in (False, True):
        module = layers.pool(kind, kernel, {**given, "ceil_mode": ceil})
        if list(module(torch.empty(1, 1, *source.shape[1:], device="meta")).shape[2:]) == wanted:
            return call.builder.layer(call.name, module, source)
    raise Unsupported(f"{kind} pooling of {source.shape} to {wanted}", "equal padding at both ends")


def _pooled_sizes(call: Call, settings: dict[str, Any], source: Flow, pads: Pads) -> list[int]:
    """How many windows ONNX has; with ceil_mode none begins in the padding at the end."""
    if call.attr("auto_pad", "NOTSET") in ("SAME_UPPER", "SAME_LOWER"):
        return [-(-size // step) for size, step in zip(source.shape[1:], settings["stride"], strict=True)]
    counts = []
    for axis, size in enumerate(source.shape[1:]):
        begin, end, step = pads[0][axis], pads[1][axis], settings["stride"][axis]
        room = size + begin + end - ((settings["kernel"][axis] - 1) * settings["dilation"][axis] + 1)
        count = room // step + 1
        if call.attr("ceil_mode", 0) and room % step and count * step < size + begin:
            count += 1
        counts.append(count)
    return counts


def whole_pool(kind: str) -> Callable[[Call], Flow]:
    """GlobalAveragePool and GlobalMaxPool."""

    def rule(call: Call) -> Flow:
        source = call.flow()
        return call.builder.layer(call.name, layers.whole(kind, [1] * (source.rank - 2)), source)

    return rule


def layer(make: Callable[[Call], nn.Module]) -> Callable[[Call], Flow]:
    """An operator that acts on each number, whatever the layout."""
    return lambda call: call.builder.layer(call.name, make(call), call.any_flow())


def softmax(log: bool) -> Callable[[Call], Flow]:
    """Softmax and LogSoftmax over the classes."""

    def rule(call: Call) -> Flow:
        source = call.flow()
        axis = int(call.attr("axis", -1 if call.opset >= 13 else 1)) % source.rank
        if call.opset < 13 and axis != source.rank - 1:
            raise Unsupported("a softmax over several axes", "an export with opset 13 or later")
        return call.builder.layer(call.name, layers.softmax(axis, log=log), source)

    return rule


def _window(call: Call, kernel: list[int], source: Flow) -> dict[str, Any]:
    """Kernel, stride and dilation for each axis of pixels."""
    declared = call.ints("kernel_shape") or kernel
    stride, dilation = call.ints("strides") or [1] * len(kernel), call.ints("dilations") or [1] * len(kernel)
    if not kernel or declared != kernel or not len(kernel) == len(stride) == len(dilation) == source.rank - 2:
        raise Damaged(f"a window {declared} with weights {kernel}, steps {stride}, on a value of shape {source.shape}")
    if min(*kernel, *stride, *dilation) < 1:
        raise Damaged(f"a window {kernel} with steps {stride} and gaps {dilation}")
    return {"kernel": kernel, "stride": tuple(stride), "dilation": tuple(dilation)}


def _pads(call: Call, settings: dict[str, Any], source: Flow) -> Pads:
    """Explicit pads, or those of auto_pad for this input size."""
    mode, axes = call.attr("auto_pad", "NOTSET") or "NOTSET", len(settings["kernel"])
    if mode == "VALID":
        return [0] * axes, [0] * axes
    if mode == "NOTSET":
        pads = call.ints("pads") or [0] * (2 * axes)
        if len(pads) != 2 * axes or min(pads) < 0:
            raise Damaged(f"padding {pads} for {axes} axes")
        return pads[:axes], pads[axes:]
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise Damaged(f"auto_pad {mode!r}")
    begin, end = [], []
    windows = zip(source.shape[1:], settings["kernel"], settings["stride"], settings["dilation"], strict=True)
    for size, kernel, step, gap in windows:
        total = max((-(-size // step) - 1) * step + (kernel - 1) * gap + 1 - size, 0)
        begin.append(total // 2 if mode == "SAME_UPPER" else total - total // 2)
        end.append(total - begin[-1])
    return begin, end


def _transposed_pads(call: Call, settings: dict[str, Any], source: Flow, extra: list[int]) -> Pads:
    wanted = call.ints("output_shape")
    mode = call.attr("auto_pad", "NOTSET") or "NOTSET"
    if mode in ("NOTSET", "VALID") and wanted is None:
        return _pads(call, settings, source)
    sizes = source.shape[1:]
    wanted = wanted or [size * step for size, step in zip(sizes, settings["stride"], strict=True)]
    begin, end = [], []
    for axis, size in enumerate(sizes):
        span = (settings["kernel"][axis] - 1) * settings["dilation"][axis] + 1
        total = max(settings["stride"][axis] * (size - 1) + extra[axis] + span - wanted[-len(sizes) :][axis], 0)
        begin.append(total // 2 if mode == "SAME_UPPER" else total - total // 2)
        end.append(total - begin[-1])
    return begin, end


def _padded(call: Call, source: Flow, pads: Pads, value: float) -> Flow:
    widths = [width for pair in reversed(list(zip(*pads, strict=True))) for width in pair]
    return call.builder.layer(f"{call.name}_pad", layers.pad(widths, value), source)
