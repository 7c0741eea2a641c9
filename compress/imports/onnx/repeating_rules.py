"""ONNX operators that repeat: values along axes, a constant for every image."""

import numpy as np

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.tensors import array_of
from spikewright.compress.imports.steps import ImportedValue


def tile(call: OnnxCall) -> ImportedValue:
    """Tile: the whole axis several times."""
    source, times = call.value(), call.ints("repeats", 1) or []
    if len(times) != source.rank or min(times) < 1:
        raise Damaged(f"{times} repetitions of {source.rank} axes")
    if times[0] != 1:
        raise Unsupported("repetition of the images of the batch", "repetition of other axes")
    return call.builder.call(call.name, "repeat", source, *times)


def expand(call: OnnxCall) -> ImportedValue:
    """Expand: axes of one place that are repeated; the batch stays."""
    source, sizes = call.value(), call.given(1)
    wanted = list(sizes.values) if isinstance(sizes, OpenSizes) else list(call.ints("shape", 1) or [])
    if len(wanted) != source.rank or wanted[0] not in (None, 1, call.batch):
        raise Unsupported(f"an expansion to {wanted}, which repeats images of the batch", "the batch in front")
    full = [-1]
    for size, new in zip(source.shape, wanted[1:], strict=True):
        if new is None:
            raise Unsupported("a size that is computed of the batch", "the batch in front")
        full.append(size if new == 1 else new)
    if full[1:] == list(source.shape):
        return source
    return call.builder.call(call.name, "expand", source, *full)


def filled(call: OnnxCall, sizes: OpenSizes) -> ImportedValue:
    """ConstantOfShape whose first size is the batch."""
    if sizes.values[0] is not None:
        raise Unsupported("a constant whose size is computed of the batch", "the batch in front")
    value = call.attributes.get("value")
    number = 0.0 if value is None else float(array_of(value, call.folder).reshape(-1)[0])
    return arranging.filled(call, sizes.values[1:], number)


def for_each_image(call: OnnxCall, key: int, sizes: OpenSizes | None = None) -> ImportedValue:
    """The constant argument `key` for every image: what an expansion to `sizes` makes whose first is the batch.

    Without sizes it must be made for one image, in a file of batches of one.
    """
    constant = call.weight(key)
    if sizes is None:
        fits = constant.ndim > 1 and constant.shape[0] == 1 and call.batch in (None, 1)
        wanted: list[int | None] = [None, *constant.shape[1:]]
    else:
        wanted = list(sizes.values)
        fits = wanted[:1] == [None] and None not in wanted[1:] and len(wanted) >= constant.ndim
        fits = fits and (constant.ndim < len(wanted) or constant.shape[0] == 1)
    if not fits:
        raise Unsupported("a constant beside values that depend on the image", "a layer that makes it")
    shape = np.broadcast_shapes(tuple(constant.shape), (1, *(size or 1 for size in wanted[1:])))
    start = call.builder.start
    return call.function(layers.repeated, start, constant.expand(shape).contiguous())
