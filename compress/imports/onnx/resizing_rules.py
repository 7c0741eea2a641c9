"""Resize and Upsample of ONNX: nearest neighbours, straight lines and cubic ones."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.coordinates import CROPPED, ResizedAxis
from spikewright.compress.imports.steps import ImportedValue

_MOST = 1 << 16
_WHOLE = (0.0, 1.0)
_TORCH = {("linear", 1): "linear", ("linear", 2): "bilinear", ("cubic", 2): "bicubic"}
"""Mode of the file and axes of pixels -> that of torch."""


def resize(call: OnnxCall) -> ImportedValue:
    """Resizing of pixels, by nearest neighbours of any axis behind the batch."""
    source, mode = call.any_layout(), str(call.attr("mode", "nearest"))
    smooth = bool(call.attr("antialias", 0)) and mode == "nearest"
    if mode not in ("nearest", "linear", "bilinear", "cubic") or smooth or source.order is not None:
        raise Unsupported(f"{mode} resizing{' with antialias' * smooth}", "nearest or linear upsampling")
    centre, axes = _centre(call), _axes(call, source)
    if 0 in axes:
        raise Unsupported("resizing of the batch", "resizing of height and width")
    if centre == CROPPED and call.attr("antialias", 0):
        raise Unsupported("a region that is resized with antialias", "resizing of height and width behind a Slice")
    held = {here: axis.covered(centre) for here, axis in axes.items()}
    beyond = float(call.attr("extrapolation_value", 0.0))
    if any(one.stop == one.start for one in held.values()):
        sizes = (axes[here].new if here in axes else size for here, size in enumerate(source.shape, 1))
        return replace(arranging.filled(call, tuple(sizes), beyond), axes=source.axes)
    if axes:
        source = _nearest(call, source, axes) if mode == "nearest" else _interpolated(call, source, axes, mode)
    widths = [(one.start, axes[here].new - one.stop) for here, one in held.items()]
    return _framed(call, source, dict(zip(held, widths, strict=True)), beyond)


def _framed(call: OnnxCall, source: ImportedValue, widths: dict[int, tuple[int, int]], value: float) -> ImportedValue:
    """A constant around axes, so many places at both ends of each."""
    behind = [width for here in range(source.rank - 1, 0, -1) for width in widths.get(here, (0, 0))]
    return arranging.padded(call, source, behind, value)


def _axes(call: OnnxCall, source: ImportedValue) -> dict[int, ResizedAxis]:
    """The axes that change, by their place here."""
    shown = [call.batch or 1 if size is None else size for size in source.file_shape]
    regions = _regions(call, len(shown)) if _centre(call) == CROPPED else [_WHOLE] * len(shown)
    found: dict[int, ResizedAxis] = {}
    for axis, (size, new, scale) in enumerate(zip(shown, *_target(call, shown), strict=True)):
        if (new, regions[axis]) != (size, _WHOLE) or (scale != 1 and _centre(call) != CROPPED):
            found[source.here(axis)] = ResizedAxis(size, new, scale, regions[axis])
    return found


def _regions(call: OnnxCall, rank: int) -> list[tuple[float, float]]:
    """Where each axis of the result begins and ends, as shares of the old one: all beginnings, then all ends."""
    axes, roi = _which(call, rank), call.tensor(1)
    if roi is None or roi.numel() != 2 * len(axes):
        raise Damaged(f"a region of {0 if roi is None else roi.numel()} numbers for {len(axes)} axes")
    begins, ends = roi.reshape(2, -1).tolist()
    found = dict(zip(axes, zip(begins, ends, strict=True), strict=True))
    return [found.get(axis, _WHOLE) for axis in range(rank)]


def _which(call: OnnxCall, rank: int) -> list[int]:
    """The axes that sizes, scales and regions are about."""
    return [axis % rank for axis in call.ints("axes") or range(rank)]


def _nearest(call: OnnxCall, source: ImportedValue, axes: dict[int, ResizedAxis]) -> ImportedValue:
    """Whole factors of pixels are upsampling, all else picks places of each axis."""
    centre = _centre(call)
    rounding = str(call.attr("nearest_mode", "round_prefer_floor" if call.opset >= 11 else "floor"))
    factors, result = [1.0] * source.rank, source
    for here, axis in axes.items():
        places = axis.nearest(centre, rounding)
        whole = axis.new % axis.size == 0 and places == [place * axis.size // axis.new for place in range(axis.new)]
        if here > 1 and source.rank < 5 and whole:
            factors[here] = axis.new / axis.size
        else:
            result = arranging.picked(call, result, here, places)
    return result if factors == [1.0] * source.rank else call.layer(layers.upsample(factors[2:], result.shape), result)


def _interpolated(call: OnnxCall, source: ImportedValue, axes: dict[int, ResizedAxis], mode: str) -> ImportedValue:
    """An nn.Upsample where torch has the same numbers, else a constant map of each axis."""
    cubic = float(call.attr("cubic_coeff_a", -0.75)) if mode == "cubic" else None
    said = {"inside": bool(call.attr("exclude_outside", 0)), "smooth": bool(call.attr("antialias", 0))}
    matrices = {here: torch.from_numpy(axis.matrix(_centre(call), cubic, **said)) for here, axis in axes.items()}
    layer = _of_torch(matrices, source, mode.removeprefix("bi")) if min(axes) > 1 else None
    if layer is not None:
        return call.layer(layer, source)
    for here, matrix in matrices.items():
        source = _mapped(call, source, here, matrix)
    return source


def _mapped(call: OnnxCall, source: ImportedValue, axis: int, matrix: torch.Tensor) -> ImportedValue:
    """`matrix` times the numbers of an axis: from the left where that is the last but one, else along the last one."""
    if axis == source.rank - 2:
        return call.function(torch.matmul, matrix, source)
    last = axis == source.rank - 1
    moved = source if last else call.function(torch.movedim, source, axis, -1)
    result = call.function(torch.matmul, moved, matrix.T.contiguous())
    return result if last else call.function(torch.movedim, result, -1, axis)


def _of_torch(matrices: dict[int, torch.Tensor], source: ImportedValue, mode: str) -> nn.Module | None:
    """The nn.Upsample that makes these numbers; None where there is none."""
    name = _TORCH.get((mode, source.rank - 2))
    if name is None:
        return None
    full = [matrices.get(axis, torch.eye(source.shape[axis - 1])) for axis in range(2, source.rank)]
    for corners in (False, True):
        if all(_same(matrix, mode, corners) for matrix in full):
            return nn.Upsample(size=tuple(len(matrix) for matrix in full), mode=name, align_corners=corners)
    return None


def _same(matrix: torch.Tensor, mode: str, corners: bool) -> bool:
    """Whether torch resizes one axis by `matrix`."""
    new, size = matrix.shape
    one = torch.eye(size)[:, None]
    if mode == "cubic":
        found = F.interpolate(one[:, :, None], size=(1, new), mode="bicubic", align_corners=corners)[:, 0, 0]
    else:
        found = F.interpolate(one, size=new, mode="linear", align_corners=corners)[:, 0]
    return bool(torch.allclose(found.T, matrix, rtol=0, atol=2e-6))


def _centre(call: OnnxCall) -> str:
    return str(call.attr("coordinate_transformation_mode", "half_pixel" if call.opset >= 11 else "asymmetric"))


def _target(call: OnnxCall, shown: Sequence[int]) -> tuple[list[int], list[float]]:
    """The sizes that the result has in the file, and the scale of each axis; of sizes or of scales."""
    old = call.op == "Upsample" or call.opset < 11
    axes = _which(call, len(shown))
    given = _sizes(call, axes, shown) if not old else []
    if given:
        scales = [new / shown[axis] for axis, new in zip(axes, given, strict=True)]
        given, scales = _kept_ratio(call, given, scales, [shown[axis] for axis in axes])
    else:
        attribute = call.attr("scales") if old else None
        values = call.constant(1 if old else 2) if attribute is None else attribute
        scales = [float(one) for one in np.asarray(values, np.float32).reshape(-1)]
        given = [int(shown[axis] * scale) for axis, scale in zip(axes, scales, strict=True)]
    if len(set(axes)) < len(given) or not all(0 < new <= _MOST for new in given):
        raise Damaged(f"a resizing of the axes {axes} to {given}")
    each = dict(zip(axes, zip(given, scales, strict=True), strict=True))
    pairs = [each.get(axis, (size, 1.0)) for axis, size in enumerate(shown)]
    return [new for new, _ in pairs], [scale for _, scale in pairs]


def _sizes(call: OnnxCall, axes: Sequence[int], shown: Sequence[int]) -> list[int]:
    """The sizes that the file gives; none where it gives scales."""
    sizes: Any = call.given(3)
    given: list[int] = []
    if isinstance(sizes, OpenSizes):
        given = [call.batch or 1 if one is None else one for one in sizes.values]
    elif isinstance(sizes, np.ndarray) and sizes.size:
        given = [int(one) for one in sizes.reshape(-1)]
    if given and axes[0] == 0 and call.batch is None:  # the batch that an exporter saw
        given[0] = shown[0]
    return given


def _kept_ratio(call: OnnxCall, given: list[int], scales: list[float], old: list[int]) -> tuple[list[int], list[float]]:
    """Sizes and scales, with one scale for all axes where the file wants the ratio of the sides kept."""
    policy = str(call.attr("keep_aspect_ratio_policy", "stretch"))
    if policy == "stretch":
        return given, scales
    if policy not in ("not_larger", "not_smaller"):
        raise Damaged(f"the policy {policy!r} of sides")
    scale = min(scales) if policy == "not_larger" else max(scales)
    return [int(np.floor(scale * size + 0.5)) for size in old], [scale] * len(old)
