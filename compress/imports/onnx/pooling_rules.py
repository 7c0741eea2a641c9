"""ONNX operators that become pools."""

import operator
from collections.abc import Callable, Sequence
from math import inf, prod
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.integer_operators import WHOLE_WINDOWS
from spikewright.compress.imports.onnx.windows import OnnxWindow, Pads, auto_pad, pads_of, window_of, with_zeros
from spikewright.compress.imports.steps import ImportedValue


def max_pool(call: OnnxCall) -> ImportedValue:
    """MaxPool. Windows that reach over the end are those of ceil_mode."""
    if call.extra_outputs:
        raise Unsupported("max pooling that returns indices", "upsampling instead of unpooling")
    source = call.value()
    window = window_of(call, call.ints("kernel_shape") or [], source)
    pads = pads_of(call, window, source)
    wanted = _counts(call, window, source, pads)
    module = _fitting("max", window, {**window.settings, "padding": tuple(pads[0])}, source, wanted)
    if module is None:
        source = with_zeros(call, source, _reached(window, source, pads[0], wanted), -inf)
        module = layers.pool("max", window.kernel, window.settings)
    return call.layer(module, source)


def average_pool(call: OnnxCall) -> ImportedValue:
    """AveragePool; whether zeros at the border count is an attribute, and by default they do not."""
    source = call.value()
    window = window_of(call, call.ints("kernel_shape") or [], source)
    pads, counted = pads_of(call, window, source), bool(call.attr("count_include_pad", 0))
    wanted = _counts(call, window, source, pads)
    reached = _reached(window, source, pads[0], wanted)
    settings = {"stride": window.stride, "padding": tuple(pads[0]), "count_include_pad": counted}
    past_end, gaps = counted and reached[1] > pads[1], set(window.dilation) != {1}
    uneven = counted and pads[0] != pads[1]
    module = None if past_end or gaps or uneven else _fitting("mean", window, settings, source, wanted)
    if module is not None:
        return call.layer(module, source)
    pooled = call.layer(_mean(window, source), with_zeros(call, source, reached))
    if counted and call.attr(WHOLE_WINDOWS, 0):
        return pooled
    shares = _shares(window, source, pads if counted else ([0] * len(pads[0]),) * 2, (pads[0], wanted))
    return pooled if bool((shares == 1).all()) else call.function(operator.mul, pooled, shares)


def _mean(window: OnnxWindow, source: ImportedValue) -> nn.Module:
    """The mean of windows; with gaps it is a convolution of each channel by itself."""
    if set(window.dilation) == {1}:
        return layers.pool("mean", window.kernel, {"stride": window.stride})
    weight = torch.full((source.shape[0], 1, *window.kernel), 1 / prod(window.kernel))
    return layers.conv(weight, None, {**window.settings, "groups": source.shape[0]})


def norm_pool(call: OnnxCall) -> ImportedValue:
    """LpPool: the p-th root of the sum of the p-th powers of a window, written out with an average pool."""
    source, power = call.value(), int(call.attr("p", 2))
    if power < 1:
        raise Damaged(f"a norm of order {power}")
    window = window_of(call, call.ints("kernel_shape") or [], source)
    pads = pads_of(call, window, source)
    reached = _reached(window, source, pads[0], _counts(call, window, source, pads))
    powers = call.function(operator.pow, call.function(torch.abs, source), power)
    pooled = call.layer(_mean(window, source), with_zeros(call, powers, reached))
    return call.function(operator.pow, call.function(operator.mul, pooled, prod(window.kernel)), 1 / power)


def _shares(window: OnnxWindow, source: ImportedValue, counted: Pads, places: Pads) -> torch.Tensor:
    """Pixels of a window over those of it that count, for each window: `(1, H, W)`.

    `counted`: padding that counts; `places`: padding at the beginning, and how many windows there are.
    """
    shares = torch.ones(())
    for axis, size in enumerate(source.shape[1:]):
        first = torch.arange(places[1][axis]) * window.stride[axis] - places[0][axis]
        taps = first[:, None] + torch.arange(window.kernel[axis]) * window.dilation[axis]
        counts = ((taps >= -counted[0][axis]) & (taps < size + counted[1][axis])).sum(1)
        shares = shares.unsqueeze(-1) * (window.kernel[axis] / counts.clamp(min=1).double())
    return shares.float().unsqueeze(0)


def whole_pool(kind: str) -> Callable[[OnnxCall], ImportedValue]:
    """The rule of GlobalAveragePool ("mean") and GlobalMaxPool ("max")."""

    def rule(call: OnnxCall) -> ImportedValue:
        source = call.value()
        return call.layer(layers.whole(kind, [1] * (source.rank - 2)), source)

    return rule


def _fitting(
    kind: str, window: OnnxWindow, settings: dict[str, Any], source: ImportedValue, wanted: Sequence[int]
) -> nn.Module | None:
    """The pool, with or without ceil_mode, that makes `wanted` windows of each axis of `source`; None if there is none."""
    if any(2 * begin > size for begin, size in zip(settings["padding"], window.kernel, strict=True)):
        return None
    for ceil in (False, True):
        module = layers.pool(kind, window.kernel, {**settings, "ceil_mode": ceil})
        if list(module(torch.empty(1, 1, *source.shape[1:], device="meta")).shape[2:]) == list(wanted):
            return module
    return None


def _reached(window: OnnxWindow, source: ImportedValue, begin: list[int], wanted: Sequence[int]) -> Pads:
    """Padding for which `wanted` windows fit exactly."""
    axes = zip(source.shape[1:], window.stride, window.reach, begin, wanted, strict=True)
    return begin, [max((count - 1) * step + reach - size - first, 0) for size, step, reach, first, count in axes]


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
