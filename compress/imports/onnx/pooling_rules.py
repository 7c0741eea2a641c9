"""ONNX operators that become pools."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.windows import OnnxWindow, Pads, auto_pad, pads_of, window_of, with_zeros
from spikewright.compress.imports.steps import ImportedValue


def max_pool(call: OnnxCall) -> ImportedValue:
    """MaxPool. Windows that reach over the end are those of ceil_mode."""
    if call.extra_outputs:
        raise Unsupported("max pooling that returns indices", "upsampling instead of unpooling")
    source = call.value()
    window = window_of(call, call.ints("kernel_shape") or [], source)
    pads = pads_of(call, window, source)
    settings = {**window.settings, "padding": tuple(pads[0])}
    return call.layer(_fitting("max", window, settings, source, _counts(call, window, source, pads)), source)


def average_pool(call: OnnxCall) -> ImportedValue:
    """AveragePool; whether zeros at the border count is an attribute, and by default they do not."""
    source = call.value()
    window = window_of(call, call.ints("kernel_shape") or [], source)
    if set(window.dilation) != {1}:
        raise Unsupported("average pooling with gaps", "a depthwise convolution")
    pads, counted = pads_of(call, window, source), bool(call.attr("count_include_pad", 0))
    wanted, begin = _counts(call, window, source, pads), pads[0]
    if counted and pads[0] != pads[1]:
        source, begin = with_zeros(call, source, pads), [0] * len(begin)
    settings = {"stride": window.stride, "padding": tuple(begin), "count_include_pad": counted}
    return call.layer(_fitting("mean", window, settings, source, wanted), source)


def whole_pool(kind: str) -> Callable[[OnnxCall], ImportedValue]:
    """The rule of GlobalAveragePool ("mean") and GlobalMaxPool ("max")."""

    def rule(call: OnnxCall) -> ImportedValue:
        source = call.value()
        return call.layer(layers.whole(kind, [1] * (source.rank - 2)), source)

    return rule


def _fitting(
    kind: str, window: OnnxWindow, settings: dict[str, Any], source: ImportedValue, wanted: Sequence[int]
) -> nn.Module:
    """The pool, with or without ceil_mode, that makes `wanted` windows of each axis of `source`."""
    for ceil in (False, True):
        module = layers.pool(kind, window.kernel, {**settings, "ceil_mode": ceil})
        if list(module(torch.empty(1, 1, *source.shape[1:], device="meta")).shape[2:]) == list(wanted):
            return module
    raise Unsupported(f"{kind} pooling of {source.shape} to {list(wanted)}", "equal padding at both ends")


def _counts(call: OnnxCall, window: OnnxWindow, source: ImportedValue, pads: Pads) -> list[int]:
    """How many windows ONNX has; with ceil_mode none begins in the padding at the end."""
    axes = zip(source.shape[1:], window.stride, window.reach, *pads, strict=True)
    if auto_pad(call) in ("SAME_UPPER", "SAME_LOWER"):
        return [-(-size // step) for size, step, *_ in axes]
    counts = []
    for size, step, reach, begin, end in axes:
        room = size + begin + end - reach
        count = room // step + 1
        counts.append(count + (bool(call.attr("ceil_mode", 0)) and room % step > 0 and count * step < size + begin))
    return counts
