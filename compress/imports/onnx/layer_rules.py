"""ONNX operators with weights: convolutions and products."""

import operator
from math import prod

import torch
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.windows import pads_of, transposed_pads_of, window_of, with_zeros
from spikewright.compress.imports.steps import ImportedValue


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
    return _cut_and_shifted(call, whole, list(zip([-first for first in begin], ends, strict=True)), call.tensor(2))


def _cut_and_shifted(
    call: OnnxCall, whole: ImportedValue, widths: list[tuple[int, int]], bias: torch.Tensor | None
) -> ImportedValue:
    """A transposed convolution's `whole` result, cut (below 0) or widened at the ends of each axis, and its bias."""
    result = call.function(F.pad, whole, [width for pair in reversed(widths) for width in pair])
    if bias is None:
        return result
    return call.function(operator.add, result, bias.reshape(-1, *[1] * len(widths)))


def laid_down(call: OnnxCall) -> ImportedValue:
    """Col2Im: the numbers of windows added up where these lie, a transposed convolution whose weights are single ones."""
    source, size, kernel = call.value(), call.ints("", 1) or [], call.ints("", 2) or []
    axes, taps = len(kernel), prod(kernel)
    stride, dilation = call.ints("strides") or [1] * axes, call.ints("dilations") or [1] * axes
    pads = call.ints("pads") or [0] * (2 * axes)
    whole = len(size) == len(stride) == len(dilation) == axes == len(pads) // 2 and source.rank == 3
    if not whole or min(*kernel, *stride, *dilation, *size) < 1 or min(pads) < 0 or source.shape[0] % taps:
        raise Damaged(f"windows {kernel} over {size} of a value of shape {source.shape}")
    reach = [(wide - 1) * gap + 1 for wide, gap in zip(kernel, dilation, strict=True)]
    room = [new + sum(pads[axis::axes]) for axis, new in enumerate(size)]
    counts = [(one - wide) // step + 1 for one, wide, step in zip(room, reach, stride, strict=True)]
    channels = source.shape[0] // taps
    blocks = arranging.reshaped(call, source, (source.shape[0], *counts))
    weight = torch.eye(taps).reshape(taps, 1, *kernel).repeat(channels, *[1] * (axes + 1))
    settings = {"stride": tuple(stride), "dilation": tuple(dilation), "groups": channels}
    made = call.layer(layers.conv_transpose(weight, None, settings), blocks)
    ends = [one - got for one, got in zip(room, made.shape[1:], strict=True)]  # what no window reaches
    widths = [(-pads[axis], more - pads[axes + axis]) for axis, more in enumerate(ends)]
    return _cut_and_shifted(call, made, widths, None) if any(map(any, widths)) else made


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
    """MatMul of a value with a constant matrix, a layer; of other constants and of two values, as in attention, a function."""
    one, two = call.given(0), call.given(1)
    if isinstance(one, ImportedValue) and not isinstance(two, ImportedValue) and call.weight(1).ndim == 2:
        return _linear(call, call.weight(1).T, None)
    places = [isinstance(each, ImportedValue) for each in (one, two)]
    operands = [call.value(key) if depends else call.weight(key) for key, depends in enumerate(places)]
    rank = max(each.rank for each in operands if isinstance(each, ImportedValue))
    _check_batch(call, operands, rank)
    return call.function(torch.matmul, *operands)


def _check_batch(call: OnnxCall, operands: list[ImportedValue | torch.Tensor], rank: int) -> None:
    """Raise Unsupported where a product of `operands` would mix images, or take other weights for each image."""
    for each in operands:
        if isinstance(each, ImportedValue):
            mixes = each.rank < 3 or each.rank != rank
        else:
            mixes = each.ndim > rank or (each.ndim == rank and each.shape[0] != 1)
        if mixes:
            shape = tuple(each.shape)
            raise Unsupported(f"a product with a value of shape {shape}, which mixes images of the batch", "x @ weight")


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
