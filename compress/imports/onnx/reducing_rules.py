"""ONNX operators that reduce axes: means, sums, maxima, norms."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from spikewright.compress.imports import arranging
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue

_POOLS = {"ReduceMean": "mean", "ReduceMax": "max"}
"""Over all pixels these are pooling."""
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ReduceMean": torch.mean,
    "ReduceMax": torch.amax,
    "ReduceMin": torch.amin,
    "ReduceSum": torch.sum,
    "ReduceLogSumExp": torch.logsumexp,
}


def reduce(call: OnnxCall) -> ImportedValue:
    """A reduction of axes behind the batch."""
    source, given = call.any_layout(), call.ints("axes", 1)
    if not given and call.attr("noop_with_empty_axes", 0):
        return source
    keep = bool(call.attr("keepdims", 1))
    axes = [axis % source.rank for axis in given or range(source.rank)]
    if 0 in axes:
        raise Unsupported("a reduction over the images of the batch", "axes of pixels")
    places = sorted(source.here(axis) for axis in axes)
    if call.op in _POOLS and source.order is None and places == list(range(2, source.rank)) and source.rank < 5:
        plain = ImportedValue(source.name, source.shape, source.axes if keep else None)
        return arranging.pooled_whole(call, _POOLS[call.op], plain, keep)
    return _function(call, source, axes, keep)


def _function(call: OnnxCall, source: ImportedValue, axes: Sequence[int], keep: bool) -> ImportedValue:
    """The reduction as a function; what is kept of axes in another order stays in it."""
    if source.order is not None or (source.axes is not None and not keep):
        source = call.value()
    places = sorted({source.here(axis) for axis in axes})
    return call.function(_FUNCTIONS[call.op], source, dim=places, keepdim=keep)
