"""DeformConv of ONNX: a convolution whose taps lie between the pixels, here a reading of all taps and a 1x1 convolution.

    y[n, o, i, j] = bias[o] + sum over c, k of weight[o, c, k] mask[n, k, i, j] x[n, c, place k of (i, j) + offset[n, k, i, j]]

Source: Dai et al. 2017, "Deformable Convolutional Networks"; with masks Zhu et al. 2018.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.places import fixed, is_fixed
from spikewright.compress.imports.onnx.sampling_rules import read_between
from spikewright.compress.imports.onnx.windows import OnnxWindow, pads_of, window_of
from spikewright.compress.imports.steps import ImportedValue

_SETTINGS = {"mode": "bilinear", "padding_mode": "zeros", "align_corners": False}


@dataclass(frozen=True, eq=False)
class TapPlaces:
    """Where the taps of all windows lie without offsets, `(1, taps * H, W, 2)` from -1 to 1, columns first.

    `step`: what one pixel is on that scale, columns first; `shape`: (taps, H, W) of the result.
    """

    base: torch.Tensor
    step: torch.Tensor
    shape: tuple[int, int, int]


def deformed_conv(call: OnnxCall) -> ImportedValue:
    """DeformConv over height and width; offsets and masks are constants or depend on the image."""
    source, weight, groups = call.value(), call.weight(1), int(call.attr("offset_group", 1))
    if source.rank != 4 or weight.ndim != 4:
        raise Unsupported(f"a deformable convolution over {source.rank - 2} axes", "one over height and width")
    channels = source.shape[0]
    if groups < 1 or channels % groups:
        raise Damaged(f"offsets of {groups} groups for {channels} channels")
    places = _tap_places(call, window_of(call, weight.shape[2:], source), source)
    _check(call, 2, (2 * groups * places.shape[0], *places.shape[1:]))
    if call.given(4) is not None:
        _check(call, 4, (groups * places.shape[0], *places.shape[1:]))
    each, parts = channels // groups, list[ImportedValue]()
    for group in range(groups):
        own = arranging.picked(call, source, 1, range(group * each, (group + 1) * each))
        parts.append(_read(call, own, places, group))
    whole = arranging.joined(call, parts, 1) if groups > 1 else parts[0]
    matrix = weight.reshape(len(weight), -1, 1, 1)
    return call.layer(layers.conv(matrix, call.tensor(3), {"groups": int(call.attr("group", 1))}), whole)


def _check(call: OnnxCall, key: int, shape: tuple[int, ...]) -> None:
    """Raise Damaged where argument `key` has another shape, Unsupported where it differs between images as a constant."""
    given: Any = call.given(key)
    found = tuple(given.shape if isinstance(given, ImportedValue) else given.shape[1:])
    if found != shape:
        raise Damaged(f"input {key} of shape {found} for one image, where {shape} belongs")
    if is_fixed(call, key) and (fixed(call, key) != fixed(call, key)[:1]).any():
        raise Unsupported("offsets that differ between images", "the same ones for all images")


def _tap_places(call: OnnxCall, window: OnnxWindow, source: ImportedValue) -> TapPlaces:
    begin, end = pads_of(call, window, source)
    lines = []
    counts = list[int]()
    for axis, size in enumerate(source.shape[1:]):
        count = (size + begin[axis] + end[axis] - window.reach[axis]) // window.stride[axis] + 1
        first = torch.arange(max(count, 0)) * window.stride[axis] - begin[axis]
        taps = torch.arange(window.kernel[axis]) * window.dilation[axis]
        lines.append((2.0 * (taps[:, None] + first) + 1.0) / size - 1.0)
        counts.append(count)
    rows, columns = lines
    shape = (len(rows), len(columns), rows.shape[1], columns.shape[1])
    both = (columns[None, :, None, :].expand(shape), rows[:, None, :, None].expand(shape))
    taps_of_all = len(rows) * len(columns)
    base = torch.stack(both, dim=-1).reshape(1, taps_of_all * counts[0], counts[1], 2)
    step = torch.tensor([2.0 / source.shape[2], 2.0 / source.shape[1]])
    return TapPlaces(base, step, (taps_of_all, counts[0], counts[1]))


def _read(call: OnnxCall, source: ImportedValue, places: TapPlaces, group: int) -> ImportedValue:
    """What all taps of one group of channels read, `(channels * taps, H, W)`, times the mask."""
    taps, high, wide = places.shape
    offsets = range(2 * taps * group, 2 * taps * (group + 1))
    if is_fixed(call, 2):
        own = torch.from_numpy(fixed(call, 2)[:1, offsets.start : offsets.stop].astype("float32"))
        moved = own.reshape(1, taps, 2, high, wide).permute(0, 1, 3, 4, 2).flip(-1)
        read = read_between(call, source, moved.reshape(places.base.shape) * places.step + places.base, _SETTINGS)
    else:
        value = arranging.picked(call, call.value(2), 1, offsets)
        value = arranging.reshaped(call, value, (taps, 2, high, wide))
        value = call.function(torch.flip, call.function(torch.permute, value, (0, 1, 3, 4, 2)), [4])
        value = arranging.reshaped(call, value, tuple(places.base.shape[1:]))
        value = call.function(torch.add, call.function(torch.mul, value, places.step), places.base)
        read = call.function(F.grid_sample, source, value, **_SETTINGS)
    channels = source.shape[0]
    if call.given(4) is not None:
        apart = arranging.reshaped(call, read, (channels, taps, high, wide))
        read = call.function(torch.mul, apart, _mask(call, places.shape, group))
    return arranging.reshaped(call, read, (channels * taps, high, wide))


def _mask(call: OnnxCall, shape: tuple[int, int, int], group: int) -> ImportedValue | torch.Tensor:
    """The factors of one group, `(1, taps, H, W)` for each image."""
    start, stop = group * shape[0], (group + 1) * shape[0]
    if is_fixed(call, 4):
        return torch.from_numpy(fixed(call, 4)[:1, start:stop].astype("float32")).reshape(1, 1, *shape)
    own = arranging.picked(call, call.value(4), 1, range(start, stop))
    return arranging.reshaped(call, own, (1, *shape))
