"""Shapes that are computed from shapes: the batch stays open, so that only picking and joining makes sense."""

from collections.abc import Callable

import numpy as np

from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.steps import ImportedValue


def shape_of(call: OnnxCall) -> OpenSizes:
    """The node Shape: of a value that depends on the input, the batch stays open."""
    value = call.given(0)
    sizes = value.file_shape if isinstance(value, ImportedValue) else np.asarray(call.constant(0)).shape
    return OpenSizes(tuple(sizes)[slice(call.attr("start", 0), call.attr("end", len(sizes)))])


def arranges_sizes(call: OnnxCall) -> bool:
    """Whether a node only picks sizes and joins them."""
    first = call.given(0)
    several = call.op == "Reshape" and isinstance(first, OpenSizes) and len(first.values) != 1
    return call.op in _RULES and not several


def arranged_sizes(call: OnnxCall) -> OpenSizes:
    """What a node makes of sizes, one of which is the batch."""
    parts = [_as_sizes(value) for value in call.inputs if value is not None]
    if call.op not in _RULES:
        raise Unsupported("arithmetic with the size of the batch", "an export for a batch of one image")
    return _RULES[call.op](call, parts)


def _cut(call: OnnxCall) -> slice:
    """The one slice of a node Slice along the first axis."""
    starts, ends = call.ints("starts", 1), call.ints("ends", 2)
    axes, steps = call.ints("axes", 3) or [0], call.ints("steps", 4) or [1]
    if starts is None or ends is None or len(starts) != 1 or axes != [0]:
        raise Unsupported("a slice of sizes over several axes", "an export for a batch of one image")
    return slice(starts[0], ends[0], steps[0])


def _as_sizes(value: OnnxValue) -> OpenSizes:
    if isinstance(value, OpenSizes):
        return value
    array = np.asarray(value)
    return OpenSizes(tuple(int(one) for one in array.reshape(-1)), flat=array.ndim > 0)


def _reshaped(call: OnnxCall, parts: list[OpenSizes]) -> OpenSizes:
    if len(parts[0].values) != 1:
        raise Unsupported("a reshape of several sizes", "an export for a batch of one image")
    return OpenSizes(parts[0].values)


def _picked(call: OnnxCall, parts: list[OpenSizes]) -> OpenSizes:
    places = [one for one in parts[1].values if one is not None]
    return OpenSizes(tuple(parts[0].values[place] for place in places), flat=parts[1].flat)


_RULES: dict[str, Callable[[OnnxCall, list[OpenSizes]], OpenSizes]] = {
    "Cast": lambda call, parts: parts[0],
    "Identity": lambda call, parts: parts[0],
    "Unsqueeze": lambda call, parts: OpenSizes(parts[0].values),
    "Squeeze": lambda call, parts: OpenSizes(parts[0].values, flat=False),
    "Reshape": _reshaped,
    "Concat": lambda call, parts: OpenSizes(tuple(one for part in parts for one in part.values)),
    "Gather": _picked,
    "Slice": lambda call, parts: OpenSizes(parts[0].values[_cut(call)]),
}
