"""Resize and Upsample of ONNX by nearest neighbours."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue

_ROUNDED: dict[str, Callable[[Any], Any]] = {
    "floor": np.floor,
    "ceil": np.ceil,
    "round_prefer_ceil": lambda x: np.floor(x + 0.5),
    "round_prefer_floor": lambda x: np.ceil(x - 0.5),
}
"""nearest_mode -> which of two neighbours a place between them takes."""
_CENTRED: dict[str, Callable[[Any, int, int, float], Any]] = {
    "half_pixel": lambda places, size, new, scale: (places + 0.5) / scale - 0.5,
    "pytorch_half_pixel": lambda places, size, new, scale: (places + 0.5) / scale - 0.5 if new > 1 else places * 0.0,
    "half_pixel_symmetric": lambda places, size, new, scale: (
        size / 2 * (1 - new / (scale * size)) + (places + 0.5) / scale - 0.5
    ),
    "tf_half_pixel_for_nn": lambda places, size, new, scale: (places + 0.5) / scale,
    "align_corners": lambda places, size, new, scale: places * ((size - 1) / max(new - 1, 1)),
    "asymmetric": lambda places, size, new, scale: places / scale,
}
"""coordinate_transformation_mode -> where the `new` places lie among the `size` old ones; `scale` is that of the file."""
_MOST = 1 << 16


def resize(call: OnnxCall) -> ImportedValue:
    """Nearest resizing: whole factors of pixels are upsampling, all else picks places of each axis."""
    source, mode = call.any_layout(), call.attr("mode", "nearest")
    if mode != "nearest" or source.order is not None:
        raise Unsupported(f"{mode} resizing", "nearest upsampling")
    shown = [call.batch or 1 if size is None else size for size in source.file_shape]
    factors, result = [1.0] * source.rank, source
    for axis, (size, new, scale) in enumerate(zip(shown, *_target(call, shown), strict=True)):
        if new == size and scale == 1:
            continue
        if axis == 0:
            raise Unsupported("resizing of the batch", "resizing of height and width")
        places, here = _places(call, size, new, scale), source.here(axis)
        if here > 1 and source.rank < 5 and new % size == 0 and places == [place * size // new for place in range(new)]:
            factors[here] = new / size
        else:
            result = arranging.picked(call, result, here, places)
    return result if factors == [1.0] * source.rank else call.layer(layers.upsample(factors[2:], result.shape), result)


def _target(call: OnnxCall, shown: Sequence[int]) -> tuple[list[int], list[float]]:
    """The sizes that the result has in the file, and the scale of each axis; of sizes or of scales."""
    old = call.op == "Upsample" or call.opset < 11
    if str(call.attr("keep_aspect_ratio_policy", "stretch")) != "stretch":
        raise Unsupported("resizing that keeps the ratio of the sides", "sizes or scales for each axis")
    axes = [axis % len(shown) for axis in call.ints("axes") or range(len(shown))]
    sizes = None if old else call.given(3)
    given: list[Any] = []
    if isinstance(sizes, OpenSizes):
        given = [call.batch or 1 if one is None else one for one in sizes.values]
    elif isinstance(sizes, np.ndarray) and sizes.size:
        given = [int(one) for one in sizes.reshape(-1)]
    if given:
        if axes[0] == 0 and call.batch is None:  # the batch that an exporter saw
            given[0] = shown[0]
        scales = [new / shown[axis] for axis, new in zip(axes, given, strict=True)]
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


def _places(call: OnnxCall, size: int, new: int, scale: float) -> list[int]:
    """Which of `size` old places each of `new` ones takes its number from."""
    centre = str(call.attr("coordinate_transformation_mode", "half_pixel" if call.opset >= 11 else "asymmetric"))
    rounding = str(call.attr("nearest_mode", "round_prefer_floor" if call.opset >= 11 else "floor"))
    if centre not in _CENTRED or rounding not in _ROUNDED:
        raise Unsupported(f"resizing by {centre} and {rounding}", "half_pixel and round_prefer_floor")
    index = _ROUNDED[rounding](_CENTRED[centre](np.arange(new), size, new, scale))
    return [int(one) for one in np.clip(index, 0, size - 1)]
