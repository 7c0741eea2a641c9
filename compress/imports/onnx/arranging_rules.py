"""ONNX operators that add, join, pad, or only arrange: reshapes, transposes and means over pixels.

A transpose is not computed but kept in mind (`ImportedValue.axes`), until a later one takes it back or a flattening uses it up.
"""

from dataclasses import replace
from math import prod

import torch
from torch import nn

from spikewright.compress.imports import arranging
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.combining_rules import in_one_layout
from spikewright.compress.imports.onnx.repeating_rules import for_each_image
from spikewright.compress.imports.steps import ImportedValue


def concat(call: OnnxCall) -> ImportedValue:
    """Concat along an axis behind the batch, wherever the file keeps it."""
    values = in_one_layout(call, [_wide(call, index) for index in range(len(call.inputs))])
    if values[0].order is not None:
        values = [call.builder.in_file_order(call.name, value) for value in values]
    return arranging.joined(call, values, values[0].here(int(call.attr("axis"))))


def _wide(call: OnnxCall, index: int) -> ImportedValue:
    """An argument of Concat; a constant is the same for each image of the batch."""
    if isinstance(call.given(index), ImportedValue):
        return call.any_layout(index)
    return for_each_image(call, index)


def reshape(call: OnnxCall) -> ImportedValue:
    """Reshape that leaves the batch in front."""
    source, value = call.any_layout(), call.given(1)
    target: list[int | None] = list(value.values) if isinstance(value, OpenSizes) else list(call.ints("shape", 1) or [])
    if not call.attr("allowzero", 0):
        target = [source.file_shape[axis] if size == 0 else size for axis, size in enumerate(target)]
    return _reshaped(call, source, _without_batch(call, target, source))


def _without_batch(call: OnnxCall, target: list[int | None], source: ImportedValue) -> tuple[int, ...]:
    """The sizes after the batch, with the -1 filled in."""
    if not target:
        raise Damaged("a reshape to no shape")
    lead, rest = target[0], target[1:]
    if lead == -1:
        fits = None not in rest and -1 not in rest and prod(size for size in rest if size) == prod(source.shape)
        lead = None if fits else lead
    if lead is not None and lead != call.batch:
        raise Unsupported(f"a reshape to {target}, which mixes images of the batch", "x.flatten(1)")
    sizes = [size for size in rest if size is not None]
    if len(sizes) < len(rest) or sizes.count(-1) > 1:
        raise Unsupported(f"a reshape to {target}", "the batch in front only")
    return arranging.without_open(sizes, prod(source.shape))


def _reshaped(call: OnnxCall, source: ImportedValue, shape: tuple[int, ...]) -> ImportedValue:
    """`source` in another shape; numbers in another order than here are moved by flattening alone."""
    if source.axes is not None and _keeps_order(source.axes, source.shape):
        source = ImportedValue(source.name, source.shape)
    if source.axes is not None and len(shape) == 1 and prod(shape) == prod(source.shape):
        return _flat_of_permuted(call, source, source.axes)
    if source.axes is not None or (source.order is not None and shape != source.shape):
        source = call.builder.in_file_order(call.name, source)
    return arranging.reshaped(call, source, shape)


def _keeps_order(axes: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether a transpose moves axes of size 1 only."""
    wide = [axis for axis in axes if axis == 0 or shape[axis - 1] > 1]
    return wide == sorted(wide)


def _flat_of_permuted(call: OnnxCall, source: ImportedValue, axes: tuple[int, ...]) -> ImportedValue:
    """Flattening with channels last: flattened here with channels first, and where each number went is kept."""
    places = torch.arange(prod(source.shape)).reshape(source.shape)
    order = places.permute(*(axis - 1 for axis in axes[1:])).reshape(-1)
    plain = call.layer(nn.Flatten(1), ImportedValue(source.name, source.shape))
    moved = not torch.equal(order, torch.arange(len(order)))
    return replace(plain, order=order if moved else None)


def flatten(call: OnnxCall) -> ImportedValue:
    """Flatten behind the batch."""
    source, axis = call.any_layout(), int(call.attr("axis", 1))
    if (axis + source.rank if axis < 0 else axis) != 1:
        raise Unsupported(f"flattening from axis {axis}, which mixes images of the batch", "axis 1")
    return _reshaped(call, source, (prod(source.shape),))


def squeeze(call: OnnxCall) -> ImportedValue:
    """Squeeze of axes of size 1."""
    source = call.value()
    ones = [axis for axis, size in enumerate(source.shape, 1) if size == 1]
    axes = [axis % source.rank for axis in call.ints("axes", 1) or ones]
    if any(axis == 0 or source.shape[axis - 1] != 1 for axis in axes):
        raise Unsupported(f"squeezing axes {axes} of {source.shape}", "axes of size 1 behind the batch")
    return _reshaped(call, source, tuple(size for axis, size in enumerate(source.shape, 1) if axis not in axes))


def unsqueeze(call: OnnxCall) -> ImportedValue:
    """Unsqueeze behind the batch."""
    source, given = call.value(), call.ints("axes", 1) or []
    axes = sorted(axis % (source.rank + len(given)) for axis in given)
    if 0 in axes:
        raise Unsupported("a new axis in front of the batch", "axes behind the batch")
    shape: list[int] = [0, *source.shape]
    for axis in axes:
        shape.insert(axis, 1)
    return _reshaped(call, source, tuple(shape[1:]))


def transpose(call: OnnxCall) -> ImportedValue:
    """Transpose, kept in mind."""
    source = call.any_layout()
    perm = [int(axis) for axis in call.attr("perm") or reversed(range(source.rank))]
    if sorted(perm) != list(range(source.rank)):
        raise Damaged(f"a transpose {perm} of a value of shape {source.shape}")
    axes = tuple(source.here(axis) for axis in perm)
    if axes[0] != 0 or source.order is not None:
        raise Unsupported(f"a transpose {perm} that moves the batch", "the batch in front")
    return replace(source, axes=None if axes == tuple(range(source.rank)) else axes)


def pad(call: OnnxCall) -> ImportedValue:
    """Pad around the pixels or the channels: with a constant, or with numbers of the value itself."""
    source, mode = call.any_layout(), str(call.attr("mode", "constant"))
    pads, value = call.ints("pads", 1) or [], call.number("value", 2, 0.0)
    axes = [source.here(axis) for axis in call.ints("", 3) or range(source.rank)]
    if len(pads) != 2 * len(axes):
        raise Damaged(f"padding {pads} for {len(axes)} axes")
    widths = {axis: (0, 0) for axis in range(source.rank)}
    widths |= dict(zip(axes, zip(pads[: len(axes)], pads[len(axes) :], strict=True), strict=True))
    if any(widths[0]):
        raise Unsupported("padding of the batch", "padding of height and width, or of channels")
    if mode != "constant":
        return _mirrored(call, source, widths, mode)
    behind = [width for axis in range(source.rank - 1, 0, -1) for width in widths[axis]]
    return arranging.padded(call, source, behind, value)


def _mirrored(call: OnnxCall, source: ImportedValue, widths: dict[int, tuple[int, int]], mode: str) -> ImportedValue:
    """Padding with places of the axis itself: the nearest ("edge"), mirrored ("reflect"), or from the other end ("wrap")."""
    if mode not in ("edge", "reflect", "wrap"):
        raise Damaged(f"the padding mode {mode!r}")
    if source.order is not None:
        source = call.value()
    for axis, (begin, end) in widths.items():
        if not (begin or end):
            continue
        size = source.shape[axis - 1]
        if mode == "reflect" and max(begin, end) >= size:
            raise Unsupported(f"reflection of {max(begin, end)} places of {size}", "padding that is narrower")
        if not 0 < size + begin + end <= _MOST_PLACES:
            raise Damaged(f"padding {begin} and {end} of {size} places")
        places = torch.arange(-begin, size + end)
        if mode == "edge":
            places = places.clamp(0, size - 1)
        elif mode == "wrap":
            places = places % size
        else:
            places = (size - 1 - (size - 1 - places.abs()).abs()).abs()
        source = arranging.picked(call, source, axis, places.tolist())
    return source


_MOST_PLACES = 1 << 16
