"""ONNX operators with weights: convolutions and products."""

import operator

import torch
from torch.nn import functional as F

from spikewright.compress.imports import layers
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
