"""ONNX operators that change each number by itself: activations, bounds, casts."""

import operator
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxRule
from spikewright.compress.imports.onnx.combining_rules import combined
from spikewright.compress.imports.onnx.tensors import FLOATS
from spikewright.compress.imports.steps import ImportedValue


def layer(make: Callable[[OnnxCall], nn.Module]) -> OnnxRule:
    """The rule of an operator that is a layer, whatever the layout."""
    return lambda call: call.layer(make(call), call.any_layout())


def each(function: Callable[..., Any]) -> OnnxRule:
    """The rule of an operator that is a function, whatever the layout."""
    return lambda call: call.function(function, call.any_layout())


def same(call: OnnxCall) -> ImportedValue:
    """Numbers stay as they are."""
    return call.any_layout()


def cast(call: OnnxCall) -> ImportedValue:
    """Casts between floats, which float32 here stands for, and of truth values, which are 0 and 1."""
    if int(call.attr("to", 1)) not in FLOATS:
        raise Unsupported("a cast of activations to whole numbers", "float activations")
    return call.any_layout()


def dropout(call: OnnxCall) -> ImportedValue:
    """Kept as a layer: it does nothing now, and is on again in training."""
    training = call.constant(2)
    if training is not None and bool(training):
        raise Unsupported("dropout that stays on in evaluation", "an export in evaluation mode")
    return call.layer(nn.Dropout(call.number("ratio", 1, 0.5)), call.any_layout())


def leaky(call: OnnxCall) -> nn.Module:
    """LeakyRelu."""
    return nn.LeakyReLU(float(call.attr("alpha", 0.01)))


def hard_sigmoid(call: OnnxCall) -> ImportedValue:
    """max(0, min(1, alpha x + beta)): a layer of torch.nn where alpha is 1/6, else a product, a sum and a clip."""
    source, alpha, beta = call.any_layout(), float(call.attr("alpha", 0.2)), float(call.attr("beta", 0.5))
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
        return call.layer(nn.Hardsigmoid(), source)
    moved = call.function(operator.add, call.function(operator.mul, source, alpha), beta)
    return call.layer(nn.Hardtanh(0.0, 1.0), moved)


def selu(call: OnnxCall) -> ImportedValue:
    """Selu: a layer of torch.nn with its usual factors, else an ELU times gamma."""
    alpha, gamma = (float(call.attr(name, usual)) for name, usual in _SELU.items())
    if all(abs(given - usual) < 1e-6 for given, usual in zip((alpha, gamma), _SELU.values(), strict=True)):
        return call.layer(nn.SELU(), call.any_layout())
    return call.function(operator.mul, call.layer(nn.ELU(alpha), call.any_layout()), gamma)


def gelu(call: OnnxCall) -> nn.Module:
    """Gelu, exact or by tanh."""
    return nn.GELU(str(call.attr("approximate", "none")))


def swish(call: OnnxCall) -> ImportedValue:
    """x sigmoid(alpha x): nn.SiLU where alpha is 1."""
    source, alpha = call.any_layout(), float(call.attr("alpha", 1.0))
    if alpha == 1:
        return call.layer(nn.SiLU(), source)
    gate = call.layer(nn.Sigmoid(), call.function(operator.mul, source, alpha))
    return call.function(operator.mul, source, gate)


def gated_swish(call: OnnxCall) -> ImportedValue:
    """SwiGLU: the swish of one value times another."""
    return combined(replace(call, inputs=[swish(call), call.given(1)]), operator.mul)


def shrink(call: OnnxCall) -> ImportedValue:
    """0 between -lambd and lambd; outside nearer to 0 by `bias`."""
    source, limit, bias = call.any_layout(), float(call.attr("lambd", 0.5)), float(call.attr("bias", 0.0))
    if limit < 0:
        raise Damaged(f"a shrink with lambd {limit}")
    if limit == bias:
        return call.layer(nn.Softshrink(limit), source)
    outside = call.layer(nn.Hardshrink(limit), source)
    if not bias:
        return outside
    signs = call.function(operator.mul, call.function(torch.sign, outside), bias)
    return call.function(operator.sub, outside, signs)


def clip(call: OnnxCall) -> ImportedValue:
    """Clip; its bounds are attributes or inputs. Where the lower one is not below the upper one, all is the upper one."""
    low, high = call.number("min", 1, -inf), call.number("max", 2, inf)
    low, high = (-inf if low < -3e38 else low), (inf if high > 3e38 else high)
    if low < high:
        return call.layer(layers.clip(low, high), call.any_layout())
    if not np.isfinite(high):
        raise Damaged(f"a clip from {low} to {high}")
    source = call.value()
    return arranging.filled(call, source.shape, high)


def bound(kind: str) -> OnnxRule:
    """The rule of Max and Min with a number, a clip at one end (and as exporters write clamp); of others a function."""

    def rule(call: OnnxCall) -> ImportedValue:
        places = [place for place, value in enumerate(call.inputs) if isinstance(value, ImportedValue)]
        limits = [value.size for value in call.inputs if isinstance(value, np.ndarray)]
        if len(places) != 1 or limits != [1]:
            return combined(call, torch.maximum if kind == "maximum" else torch.minimum)
        limit = call.number("", 1 - places[0], 0.0)
        module = layers.clip(limit, inf) if kind == "maximum" else layers.clip(-inf, limit)
        return call.layer(module, call.any_layout(places[0]))

    return rule


def prelu(call: OnnxCall) -> ImportedValue:
    """PRelu with one slope or one for each channel as a layer; with others max(x, 0) + slopes min(x, 0)."""
    source, slopes = call.value(), call.weight(1)
    axis = 0 if slopes.ndim == source.rank - 1 else 1
    by_channel = slopes.ndim >= source.rank - 1 and slopes.numel() == slopes.shape[axis]
    if slopes.numel() == 1 or by_channel:
        return call.layer(layers.prelu(slopes), source)
    if slopes.ndim > source.rank or (slopes.ndim == source.rank and slopes.shape[0] != 1):
        raise Unsupported(f"PRelu with slopes of shape {tuple(slopes.shape)}", "one slope for each channel")
    low = call.function(operator.mul, call.layer(layers.clip(-inf, 0), source), slopes)
    return call.function(operator.add, call.layer(nn.ReLU(), source), low)


_SELU = {"alpha": 1.67326319217681884765625, "gamma": 1.05070102214813232421875}
"""What Selu takes where the file says nothing, and the only numbers that nn.SELU has."""
