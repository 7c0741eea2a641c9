"""ATen operators that make one value of several, or one number of many."""

from collections.abc import Callable
from typing import Any

import torch

from spikewright.compress.imports import arranging
from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported.call import AtenCall
from spikewright.compress.imports.exported.layer_rules import AtenRule
from spikewright.compress.imports.steps import ImportedValue


def mean(call: AtenCall) -> ImportedValue:
    """mean and amax: over all pixels they are pooling, over other axes functions."""
    source, dims, kind = call.value(), call.get("dim"), "max" if call.op == "amax" else "mean"
    places = sorted({int(dim) % source.rank for dim in (dims or range(source.rank))})
    keep = bool(call.get("keepdim", False))
    if 0 in places:
        raise Unsupported("a mean over the batch", "dimensions of pixels")
    if places == list(range(2, source.rank)):
        return arranging.pooled_whole(call, kind, source, keep)
    return arranging.reduced(call, kind, places, keep)


def cat(call: AtenCall) -> ImportedValue:
    """Concatenation of values."""
    values = call.get("tensors")
    if not all(isinstance(one, ImportedValue) for one in values):
        raise Unsupported("concatenation with a constant", "values of the network only")
    return arranging.joined(call, values, int(call.get("dim", 0)) % values[0].rank)


def stack(call: AtenCall) -> ImportedValue:
    """Values side by side along a new axis."""
    values = call.get("tensors")
    if not all(isinstance(one, ImportedValue) for one in values):
        raise Unsupported("a stack with a constant", "values of the network only")
    axis = int(call.get("dim", 0)) % (values[0].rank + 1)
    if axis == 0:
        raise Unsupported("a stack in front of the batch", "an axis behind the batch")
    return call.function(torch.stack, list(values), dim=axis)


def arithmetic(function: Callable[..., Any], *, swap: bool = False) -> AtenRule:
    """The rule of a sum, difference, product or quotient; `swap`: of `other` and `self` in this order."""

    def rule(call: AtenCall) -> ImportedValue:
        if call.get("alpha", 1) != 1 or call.get("rounding_mode") is not None:
            raise Unsupported("arithmetic with alpha or rounding", "plain sums and quotients")
        operands = [_operand(call.given("self")), _operand(call.given("other"))]
        return call.function(function, *(reversed(operands) if swap else operands))

    return rule


def _operand(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return float(value) if value.ndim == 0 else value.detach().to("cpu", torch.float32).clone()
    if not isinstance(value, ImportedValue | int | float):
        raise Unsupported("arithmetic with the size of the batch", "constants")
    return value
