"""ONNX operators that pick out a part of a value, and values that are the same number everywhere."""

import numpy as np
import torch
from torch import nn

from spikewright.compress.imports import arranging
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue


def gather(call: OnnxCall) -> ImportedValue:
    """Gather of some places of an axis, which take the axes of the places."""
    source, places = _unflattened(call), call.constant(1)
    axis = int(call.attr("axis", 0)) % source.rank
    if places is None or axis == 0:
        raise Unsupported("a selection of images", "a selection along another axis")
    if places.ndim != 1:
        source = call.value()
    here = source.here(axis)
    size = source.shape[here - 1]
    if places.size == 0 or int(np.abs(places + 0.5).max()) > size:
        raise Damaged(f"the places {places.reshape(-1)[:8].tolist()} of {size}")
    if places.ndim == 0:
        return arranging.selected(call, source, here, int(places) % size)
    result = arranging.picked(call, source, here, [int(one) % size for one in places.reshape(-1)])
    if places.ndim == 1:
        return result
    return arranging.reshaped(call, result, (*source.shape[: here - 1], *places.shape, *source.shape[here:]))


def sliced(call: OnnxCall) -> ImportedValue:
    """Slice behind the batch, backwards too."""
    source = _unflattened(call)
    starts, ends = call.ints("starts", 1) or [], call.ints("ends", 2) or []
    axes, steps = call.ints("axes", 3) or list(range(len(starts))), call.ints("steps", 4) or [1] * len(starts)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        if axis % source.rank:
            here = source.here(axis)
            places = range(source.shape[here - 1])[start:end:step]
            if not places:
                raise Unsupported(f"a slice from {start} to {end} that holds nothing", "a slice of at least one place")
            source = arranging.picked(call, source, here, places)
        elif (start, step) != (0, 1) or end < (call.batch or 1 << 30):
            raise Unsupported("a selection of images", "all images of the batch")
    return source


def split(call: OnnxCall) -> tuple[ImportedValue, ...]:
    """Split behind the batch into parts of given sizes, or into equal ones of which the last may be smaller."""
    source = _unflattened(call)
    axis = int(call.attr("axis", 0)) % source.rank
    if axis == 0:
        raise Unsupported("a split of the images of the batch", "a split of channels")
    here, parts = source.here(axis), call.results
    size = source.shape[here - 1]
    sizes = call.ints("split", 1)
    if sizes is None:
        each = -(-size // parts)
        sizes = [each] * (parts - 1) + [size - each * (parts - 1)]
    if 0 in sizes:
        raise Unsupported(
            f"a split of {size} places into {sizes}, of which one is empty", "parts of at least one place"
        )
    if len(sizes) != parts or sum(sizes) != size or min(sizes) < 1:
        raise Damaged(f"a split of {size} places into {sizes}")
    begins = [sum(sizes[:part]) for part in range(parts)]
    return tuple(
        arranging.picked(call, source, here, range(begin, begin + wide))
        for begin, wide in zip(begins, sizes, strict=True)
    )


def _unflattened(call: OnnxCall) -> ImportedValue:
    """Argument 0, in the order of the file where it was flattened from another."""
    source = call.any_layout()
    return source if source.order is None else call.value()


def depth_to_space(call: OnnxCall) -> ImportedValue:
    """DepthToSpace: pixel shuffle, with "DCR" (the default) behind a permutation of channels."""
    source, block = call.value(), int(call.attr("blocksize", 0))
    channels = source.shape[0] // max(block * block, 1)
    if call.attr("mode", "DCR") == "DCR":
        source = arranging.picked(call, source, 1, _interleaved(block * block, channels))
    return call.layer(nn.PixelShuffle(block), source)


def space_to_depth(call: OnnxCall) -> ImportedValue:
    """SpaceToDepth: pixel unshuffle, then a permutation of channels."""
    source, block = call.value(), int(call.attr("blocksize", 0))
    parted = call.layer(nn.PixelUnshuffle(block), source)
    if call.attr("mode", "DCR") == "CRD":
        return parted
    return arranging.picked(call, parted, 1, _interleaved(source.shape[0], block * block))


def _interleaved(rows: int, columns: int) -> list[int]:
    """The places of a table of `rows` by `columns`, read by columns."""
    return [row * columns + column for column in range(columns) for row in range(rows)]


def kept(call: OnnxCall) -> ImportedValue:
    """Compress: the places of an axis where a constant is true."""
    source, flags = _unflattened(call), call.constant(1)
    axis = int(call.attr("axis", 0)) % source.rank if "axis" in call.attributes else 0
    if flags is None or axis == 0:
        raise Unsupported("a selection of images", "a selection along another axis")
    places = np.flatnonzero(flags.reshape(-1))
    here = source.here(axis)
    if not places.size or places[-1] >= source.shape[here - 1]:
        raise Damaged(f"the places {places[:8].tolist()} of {source.shape[here - 1]}")
    return arranging.picked(call, source, here, [int(one) for one in places])


def triangle(call: OnnxCall) -> ImportedValue:
    """Trilu: zeros above or below a diagonal of the last two axes."""
    source, given = call.value(), call.constant(1)
    if source.rank < 3:
        raise Unsupported("a triangle over the images of the batch", "a mask as a constant")
    diagonal = 0 if given is None else int(given.reshape(-1)[0])
    return call.function(torch.triu if call.attr("upper", 1) else torch.tril, source, diagonal)


def centred(call: OnnxCall) -> ImportedValue:
    """CenterCropPad: the middle of axes that are too long, zeros around those that are too short."""
    source, wanted = call.value(), call.ints("shape", 1) or []
    axes = [axis % source.rank for axis in call.ints("axes") or range(source.rank)]
    widths = [0] * (2 * source.rank)
    for axis, new in zip(axes, wanted, strict=True):
        if axis == 0 and new == (call.batch or 1):
            continue
        if axis == 0 or new < 1:
            raise Unsupported(f"a crop to {new} places of axis {axis}", "a crop of height and width")
        size = source.shape[axis - 1]
        begin = abs(new - size) // 2
        if new < size:
            source = arranging.picked(call, source, axis, range(begin, begin + new))
        elif new > size:
            behind = 2 * (source.rank - 1 - axis)
            widths[behind : behind + 2] = begin, new - size - begin
    return arranging.padded(call, source, widths[:-2], 0.0)
