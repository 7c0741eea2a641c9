"""Resize and Upsample of ONNX: nearest neighbours, where each number is repeated a whole number of times."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spikewright.compress.imports import layers
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
_CENTRED: dict[str, Callable[[Any, int, int], Any]] = {
    "half_pixel": lambda places, size, new: (places + 0.5) * size / new - 0.5,
    "tf_half_pixel_for_nn": lambda places, size, new: (places + 0.5) * size / new,
    "align_corners": lambda places, size, new: places * (size - 1) / (new - 1),
    "asymmetric": lambda places, size, new: places * size / new,
}
"""coordinate_transformation_mode -> where the `new` places lie among the `size` old ones."""
_HALF_PIXEL = ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric")


def resize(call: OnnxCall) -> ImportedValue:
    """Nearest upsampling by whole factors; all else is refused."""
    source, mode = call.any_layout(), call.attr("mode", "nearest")
    if mode != "nearest":
        raise Unsupported(f"{mode} resizing", "nearest upsampling")
    shown = [call.batch or 1 if size is None else size for size in source.file_shape]
    target = _target(call, shown)
    if len(target) != source.rank or call.ints("axes") is not None:
        raise Unsupported("resizing of some axes only", "scales for all axes")
    factors = [1.0] * source.rank
    for axis, (size, new) in enumerate(zip(shown, target, strict=True)):
        factors[source.here(axis)] = _factor(call, size, new) if axis else 1.0
    if factors[:2] != [1.0, 1.0]:
        raise Unsupported("resizing of the batch or of channels", "resizing of height and width")
    return call.layer(layers.upsample(factors[2:], target), source)


def _target(call: OnnxCall, shown: Sequence[int]) -> list[int]:
    """The sizes that the result has in the file, of sizes or of scales."""
    old = call.op == "Upsample" or call.opset < 11
    sizes = None if old else call.given(3)
    if isinstance(sizes, OpenSizes):
        return [call.batch or 1 if one is None else one for one in sizes.values]
    if isinstance(sizes, np.ndarray) and sizes.size:
        return [int(one) for one in sizes.reshape(-1)]
    given = call.attr("scales") if old else None
    scales = [float(one) for one in np.asarray(call.constant(1 if old else 2) if given is None else given).reshape(-1)]
    if len(scales) != len(shown):
        raise Damaged(f"scales {scales} for a value of {len(shown)} axes")
    return [int(size * scale) for size, scale in zip(shown, scales, strict=True)]


def _factor(call: OnnxCall, size: int, new: int) -> float:
    """new / size where the file repeats each number so many times; else a fraction, which upsampling refuses."""
    if new == size:
        return 1.0
    if new < size or new % size or new > 1 << 16:
        return new / size
    centre = call.attr("coordinate_transformation_mode", "half_pixel" if call.opset >= 11 else "asymmetric")
    centre = "half_pixel" if centre in _HALF_PIXEL else centre
    at = _CENTRED.get(centre, _CENTRED["asymmetric"])(np.arange(new), size, new)
    rounding = call.attr("nearest_mode", "round_prefer_floor" if call.opset >= 11 else "floor")
    index = _ROUNDED.get(rounding, _ROUNDED["round_prefer_floor"])(at)
    same = np.array_equal(np.clip(index, 0, size - 1), np.arange(new) // (new // size))
    return new / size if same else new / size + 0.5
