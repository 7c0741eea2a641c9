"""ONNX operators that reduce axes: means, sums, maxima, norms; and running sums."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional as F

from spikewright.compress.imports import arranging
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxRule
from spikewright.compress.imports.steps import ImportedValue

_POOLS = {"ReduceMean": "mean", "ReduceMax": "max"}
"""Over all pixels these are pooling."""
_FUNCTIONS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "ReduceMean": (torch.mean, {}),
    "ReduceMax": (torch.amax, {}),
    "ReduceMin": (torch.amin, {}),
    "ReduceSum": (torch.sum, {}),
    "ReduceLogSum": (torch.sum, {}),
    "ReduceSumSquare": (torch.sum, {}),
    "ReduceLogSumExp": (torch.logsumexp, {}),
    "ReduceL1": (torch.linalg.vector_norm, {"ord": 1}),
    "ReduceL2": (torch.linalg.vector_norm, {"ord": 2}),
}
"""Operator -> the function of torch that reduces several axes, and its settings."""


def reduce(call: OnnxCall) -> ImportedValue:
    """A reduction of axes behind the batch."""
    source, given = call.any_layout(), call.ints("axes", 1)
    keep = bool(call.attr("keepdims", 1))
    if not given and call.attr("noop_with_empty_axes", 0):
        return _of_each(call, source)
    axes = [axis % source.rank for axis in given or range(source.rank)]
    if 0 in axes:
        raise Unsupported("a reduction over the images of the batch", "axes of pixels")
    places = sorted(source.here(axis) for axis in axes)
    if call.op in _POOLS and source.order is None and places == list(range(2, source.rank)) and source.rank < 5:
        plain = ImportedValue(source.name, source.shape, source.axes if keep else None)
        return arranging.pooled_whole(call, _POOLS[call.op], plain, keep)
    if source.order is not None or (source.axes is not None and not keep):
        source = call.value()
    return _function(call, source, sorted({source.here(axis) for axis in axes}), keep)


def _of_each(call: OnnxCall, source: ImportedValue) -> ImportedValue:
    """What the operator makes of a number alone, where it reduces no axis."""
    if call.op in ("ReduceL1", "ReduceL2"):
        return call.function(torch.abs, source)
    if call.op == "ReduceSumSquare":
        return call.function(operator.mul, source, source)
    return call.function(torch.log, source) if call.op == "ReduceLogSum" else source


def _function(call: OnnxCall, source: ImportedValue, places: Sequence[int], keep: bool) -> ImportedValue:
    """The reduction as functions; what is kept of axes in another order stays in it."""
    if call.op == "ReduceProd":
        for place in reversed(places):
            source = call.function(torch.prod, source, dim=place, keepdim=keep)
        return source
    if call.op == "ReduceSumSquare":
        source = call.function(operator.mul, source, source)
    function, settings = _FUNCTIONS[call.op]
    result = call.function(function, source, dim=list(places), keepdim=keep, **settings)
    return call.function(torch.log, result) if call.op == "ReduceLogSum" else result


def whole_norm(call: OnnxCall) -> ImportedValue:
    """GlobalLpPool: the norm over all pixels."""
    source = call.value()
    places = list(range(2, source.rank))
    return call.function(torch.linalg.vector_norm, source, ord=int(call.attr("p", 2)), dim=places, keepdim=True)


def running(function: Callable[..., Any], start: float) -> OnnxRule:
    """The rule of CumSum and CumProd along an axis; backwards between two flips.

    Without the place itself ("exclusive"), `start` stands in front and the last place counts for nothing.
    """

    def rule(call: OnnxCall) -> ImportedValue:
        source, given = call.value(), call.constant(1)
        axis = int(given.reshape(-1)[0]) % source.rank if given is not None and given.size == 1 else 0
        if axis == 0:
            raise Unsupported("a running sum over the images of the batch", "one along another axis")
        backwards = bool(call.attr("reverse", 0))
        turned = call.function(torch.flip, source, [axis]) if backwards else source
        if call.attr("exclusive", 0):
            turned = _later(call, turned, axis, start)
        result = call.function(function, turned, dim=axis)
        return call.function(torch.flip, result, [axis]) if backwards else result

    return rule


def _later(call: OnnxCall, source: ImportedValue, axis: int, first: float) -> ImportedValue:
    """A value one place later along an axis, with `first` at the beginning."""
    size = source.shape[axis - 1]
    if size == 1:
        return arranging.filled(call, source.shape, first)
    behind = [0] * (2 * (source.rank - 1 - axis))
    return call.function(F.pad, arranging.picked(call, source, axis, range(size - 1)), [*behind, 1, 0], value=first)
