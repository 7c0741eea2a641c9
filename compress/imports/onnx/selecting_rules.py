"""ONNX operators that pick out a part of a value, and values that are the same number everywhere."""

from spikewright.compress.imports import arranging
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.tensors import array_of
from spikewright.compress.imports.steps import ImportedValue


def gather(call: OnnxCall) -> ImportedValue:
    """Gather of one place of an axis."""
    source, places = call.value(), call.constant(1)
    axis = int(call.attr("axis", 0)) % source.rank
    if places is None or places.size != 1 or axis == 0:
        raise Unsupported("a selection of images, or of several places", "one place, or a slice")
    place = int(places.reshape(-1)[0])
    begin = place % source.shape[axis - 1]
    return arranging.selected(call, source, axis, place if places.ndim == 0 else slice(begin, begin + 1))


def sliced(call: OnnxCall) -> ImportedValue:
    """Slice behind the batch."""
    source = call.value()
    starts, ends = call.ints("starts", 1) or [], call.ints("ends", 2) or []
    axes, steps = call.ints("axes", 3) or list(range(len(starts))), call.ints("steps", 4) or [1] * len(starts)
    if min(steps, default=1) < 1:
        raise Unsupported("a slice that runs backwards", "steps of at least 1")
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        if axis % source.rank:
            source = arranging.selected(call, source, axis % source.rank, slice(start, end, step))
        elif (start, step) != (0, 1) or end < 1 << 30:
            raise Unsupported("a selection of images", "all images of the batch")
    return source


def filled(call: OnnxCall, sizes: OpenSizes) -> ImportedValue:
    """ConstantOfShape whose first size is the batch."""
    if sizes.values[0] is not None:
        raise Unsupported("a constant whose size is computed of the batch", "the batch in front")
    value = call.attributes.get("value")
    number = 0.0 if value is None else float(array_of(value, call.folder).reshape(-1)[0])
    return arranging.filled(call, sizes.values[1:], number)
