"""ONNX operators of several values, or of values and constants: sums, products, comparisons, choices between two.

Truth values are the numbers 0 and 1 here.
"""

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import torch

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.steps import ImportedValue

CombiningRule = Callable[[OnnxCall], ImportedValue]


def arithmetic(function: Callable[..., Any]) -> CombiningRule:
    """The rule of Add, Sub, Mul, Div and Pow of two values, or of a value and a constant."""
    return lambda call: combined(call, function, numbers=True)


def mean(call: OnnxCall) -> ImportedValue:
    """Mean of several values: their sum, divided."""
    return call.function(operator.truediv, combined(call, operator.add, numbers=True), len(call.inputs))


def combined(call: OnnxCall, function: Callable[..., Any], *, numbers: bool = False) -> ImportedValue:
    """`function` of the first two arguments, of that and the third, and so on; `numbers`: it takes numbers as tensors."""
    each = operands(call, numbers=numbers)
    if len(each) == 1:
        return call.any_layout()
    result: ImportedValue = reduce(lambda one, two: _applied(call, function, one, two), each)
    return result


def operands(call: OnnxCall, *, numbers: bool = False) -> list[Any]:
    """All arguments in one layout; constants as tensors or, with `numbers`, single ones as numbers."""
    values = iter(in_one_layout(call, [one for one in call.inputs if isinstance(one, ImportedValue)]))
    each: list[Any] = [next(values) if isinstance(one, ImportedValue) else None for one in call.inputs]
    first = next((one for one in each if one is not None), None)
    if first is None:
        raise Damaged("a node without inputs")
    ranks = {one.rank for one in each if one is not None}
    if len(ranks) > 1:
        raise Unsupported("values of different ranks, which mixes images of the batch", "values of one rank")
    for place, operand in enumerate(each):
        if operand is None:
            each[place] = _constant(call, place, first, numbers=numbers)
    return each


def modulo(call: OnnxCall) -> ImportedValue:
    """Mod: with fmod the rest has the sign of the number, else that of the divisor."""
    return combined(call, torch.fmod if call.attr("fmod", 0) else torch.remainder)


def compared(function: Callable[..., Any]) -> CombiningRule:
    """The rule of Greater, Less, Equal and the like."""
    return lambda call: _as_numbers(call, combined(call, function, numbers=True))


def logical(function: Callable[..., Any]) -> CombiningRule:
    """The rule of And, Or and Xor."""
    return lambda call: _as_numbers(call, combined(call, function))


def negated(call: OnnxCall) -> ImportedValue:
    """Not."""
    return _as_numbers(call, call.function(torch.logical_not, call.any_layout()))


def asked(function: Callable[..., Any]) -> CombiningRule:
    """The rule of IsNaN."""
    return lambda call: _as_numbers(call, call.function(function, call.any_layout()))


def infinite(call: OnnxCall) -> ImportedValue:
    """IsInf, of both signs or of one; of none it is false everywhere."""
    below, above = (bool(call.attr(f"detect_{name}", 1)) for name in ("negative", "positive"))
    if not below and not above:
        return arranging.filled(call, call.value().shape, 0.0)
    function = torch.isinf if below and above else torch.isposinf if above else torch.isneginf
    return _as_numbers(call, call.function(function, call.any_layout()))


def where(call: OnnxCall) -> ImportedValue:
    """Where: the second argument where the first is true, else the third."""
    return call.function(layers.chosen, *operands(call))


def _as_numbers(call: OnnxCall, truth: ImportedValue) -> ImportedValue:
    return call.builder.call(f"{call.name}_number", "float", truth)


def _applied(call: OnnxCall, function: Callable[..., Any], one: Any, two: Any) -> Any:
    """Of two constants at once, of others as a step."""
    if any(isinstance(value, ImportedValue) for value in (one, two)):
        return call.function(function, one, two)
    return function(one, two)


def in_one_layout(call: OnnxCall, values: Sequence[ImportedValue]) -> list[ImportedValue]:
    """`values` as they are where their axes lie alike, else all in the order of the file."""
    if all(_same_layout(values[0], value) for value in values):
        return list(values)
    return [call.builder.in_file_order(call.name, value) for value in values]


def _same_layout(one: ImportedValue, two: ImportedValue) -> bool:
    if one.axes != two.axes or (one.order is None) != (two.order is None):
        return False
    return one.order is None or two.order is None or torch.equal(one.order, two.order)


def _constant(call: OnnxCall, place: int, other: ImportedValue, *, numbers: bool) -> Any:
    """A number, or a constant in the layout of `other`."""
    given = call.constant(place)
    if given is not None and given.dtype.kind == "f" and np.isinf(given).any():
        raise Unsupported(f"infinity in input {place}", "a large number in its place, such as -1e9")
    constant = call.weight(place)
    if numbers and constant.numel() == 1 and constant.ndim <= other.rank:
        return float(constant.reshape(-1)[0])
    if constant.ndim > other.rank or (constant.ndim == other.rank and constant.shape[0] != 1):
        raise Unsupported(f"a constant of shape {tuple(constant.shape)} here", "one that is the same for all images")
    if other.order is not None:
        return constant if constant.shape[-1] == 1 else _scattered(constant, other.order)
    if other.axes is None:
        return constant
    wide = constant.reshape((1,) * (other.rank - constant.ndim) + tuple(constant.shape))
    return wide.permute(*(other.axes.index(axis) for axis in range(other.rank))).contiguous()


def _scattered(constant: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """A constant for flattened numbers, each moved to where that number is here."""
    placed = torch.empty_like(constant.expand(*constant.shape[:-1], len(order)))
    placed[..., order] = constant
    return placed


def cast_like(call: OnnxCall) -> OnnxValue:
    """CastLike: a constant as float32, a value as it is."""
    value, like = call.given(0), call.given(1)
    if isinstance(value, ImportedValue):
        if isinstance(like, np.ndarray) and like.dtype.kind != "f":
            raise Unsupported("a cast of activations to whole numbers", "float activations")
        return value
    return call.weight(0).numpy()
