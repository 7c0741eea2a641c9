"""Activations that an ONNX file rounds: QuantizeLinear, DequantizeLinear, and what only moves numbers between the two.

Values here are real numbers throughout: what the file holds as integers between the two operators is here what they stand for.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall, OnnxValue
from spikewright.compress.imports.onnx.quantising import integer_range
from spikewright.compress.imports.steps import ImportedStep, ImportedValue
from spikewright.compress.quantisers.activations import QuantizedReLU

_MOVING = (
    *("Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Gather", "Slice", "Split"),
    *("Concat", "Expand", "Tile", "DepthToSpace", "SpaceToDepth", "MaxPool", "Compress"),
)
"""Operators whose results are numbers that they were given."""
_POSITIVE = (nn.ReLU, nn.ReLU6, nn.Sigmoid, nn.Hardsigmoid, QuantizedReLU)
_POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
_KEEPING = (*_POOLS, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.Flatten, nn.Dropout, nn.Upsample)
"""Layers that give nothing below 0 where they get nothing below 0."""


@dataclass(frozen=True)
class Rounding:
    """What integers of a file stand for: (q - zero) scale, for q from `low` to `high`."""

    scale: float
    zero: int
    low: int
    high: int

    @property
    def told(self) -> str:
        """In words, for a note."""
        least, most = self.ends
        return f"{self.high - self.low + 1} levels from {least:.4g} to {most:.4g}"

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest real number that it has a level for."""
        return (self.low - self.zero) * self.scale, (self.high - self.zero) * self.scale


@dataclass(eq=False)
class RoundedValues:
    """Which values of a graph are integers in the file or were rounded, by their names there.

    With `leave_off`, rounding that no layer here does is left off and noted; else it is refused. `ends`: the ends of its range
    stay, as a clip. `layers` and `anew` count
    values that are rounded here as in the file, and those left real that the file rounds by a new scale for each batch.
    """

    leave_off: bool
    integers: dict[str, Rounding] = field(default_factory=dict)
    rounded: dict[str, Rounding] = field(default_factory=dict)
    ends: bool = False
    layers: int = 0
    left_off: list[str] = field(default_factory=list)
    anew: int = 0

    @property
    def any(self) -> bool:
        """Whether the file rounds anything."""
        return bool(self.layers or self.left_off or self.anew)

    def quantised(self, call: OnnxCall, target: str) -> ImportedValue:
        """QuantizeLinear: a QuantizedReLU where nothing below zero has a level, or where nothing below zero comes."""
        source, rounding = call.any_layout(), _rounding(call)
        self.integers[target] = rounding
        if self.rounded.get(call.sources[0]) == rounding:
            return source
        positive = rounding.zero == rounding.low or _is_positive(call.builder.steps, source, 32)
        if positive and rounding.high > rounding.zero:
            self.layers += 1
            levels = rounding.high - rounding.zero
            return call.layer(QuantizedReLU(levels, levels * rounding.scale), source)
        if not self.leave_off:
            raise Unsupported(
                f"activations that the file quantises to {rounding.told}",
                "compress.from_quantized_onnx, which leaves that rounding off and says so, or a file of floats and then "
                "compress.quantize with activation_bits",
            )
        self.left_off.append(f"{call.name} ({rounding.told})")
        return call.layer(layers.clip(*rounding.ends), source) if self.ends else source

    def rounded_anew(self, call: OnnxCall) -> OnnxValue:
        """DynamicQuantizeLinear in front of a product: its scale is that of a batch, so that rounding is left off."""
        source = call.given(0)
        if not isinstance(source, ImportedValue):
            return source
        if not self.leave_off:
            raise Unsupported(
                "activations that the file quantises by a new scale for each batch",
                "compress.from_quantized_onnx, which leaves that rounding off and says so, or a file of floats and then "
                "compress.quantize",
            )
        self.anew += 1
        return source

    def dequantised(self, call: OnnxCall, target: str) -> ImportedValue:
        """DequantizeLinear: the numbers are there already; with another scale than they were rounded by, it is refused."""
        known = self.integers.get(call.sources[0])
        if known is None:
            raise Unsupported("integers that are not made from real numbers here", "a file that takes real numbers")
        if known != _rounding(call, known):
            raise Unsupported("integers that are read by another scale than they were made by", "one scale for both")
        self.rounded[target] = known
        return call.any_layout()

    def check(self, call: OnnxCall) -> None:
        """Raise Unsupported for operators that compute with integers."""
        held = [self.integers.get(name) for name in call.sources if name]
        if any(held) and call.op != "DequantizeLinear" and not (self._moved(call) or self._between(call)):
            raise Unsupported("arithmetic with integers of activations", "a file in QDQ format (QuantFormat.QDQ)")

    def follow(self, call: OnnxCall, targets: list[str]) -> None:
        """Note for the results of an operator that they are rounded as what it was given is."""
        for known in (self.integers, self.rounded):
            if self._moved(call) and call.sources[0] in known:
                known.update({name: known[call.sources[0]] for name in targets if name})
        if self._between(call) and call.sources[0] in self.integers:
            self.integers[targets[0]] = self.integers[call.sources[0]]
            self.left_off.append(f"{call.name} (between levels)")

    def _between(self, call: OnnxCall) -> bool:
        """Whether it resizes along lines and what lies between two levels, which the file rounds, is left as it is."""
        return self.leave_off and call.op == "Resize" and call.attr("mode", "nearest") != "nearest"

    def _moved(self, call: OnnxCall) -> bool:
        """Whether it only moves numbers, all of them rounded alike."""
        moving = call.op in _MOVING or (call.op == "Resize" and call.attr("mode", "nearest") == "nearest")
        moving = moving or (call.op == "Pad" and call.attr("mode", "constant") != "constant")
        given = [
            name for name, value in zip(call.sources, call.inputs, strict=True) if isinstance(value, ImportedValue)
        ]
        values = given if call.op == "Concat" else given[:1]
        alike = all(len({known.get(name) for name in values}) <= 1 for known in (self.integers, self.rounded))
        return moving and alike and (call.op != "Concat" or len(values) == len(call.inputs))


def _rounding(call: OnnxCall, like: Rounding | None = None) -> Rounding:
    """Scale, zero point and range of the node; of a node that dequantises, the range is `like` its integers."""
    scale, zero = call.constant(1), call.constant(2)
    for what, given in (("scale", scale), ("zero point", zero)):
        if given is not None and given.size != 1:
            raise Unsupported(f"activations with a {what} for each channel", "one for the whole tensor")
    if scale is None or not 0 < float(scale.reshape(-1)[0]) < np.inf:
        raise Damaged(f"the scale {scale}")
    shift = 0 if zero is None else int(np.asarray(zero).reshape(-1)[0])
    if like is not None:
        return Rounding(float(np.float32(scale.reshape(-1)[0])), shift, like.low, like.high)
    _, low, high = integer_range(int(call.attr("output_dtype", 0)), np.uint8 if zero is None else zero.dtype)
    return Rounding(float(np.float32(scale.reshape(-1)[0])), shift, low, high)


def _is_positive(steps: list[ImportedStep], value: Any, depth: int) -> bool:
    """Whether the step that makes `value` gives nothing below 0."""
    step = next((one for one in reversed(steps) if one.name == value.name), None)
    if step is None or not depth:
        return False
    if isinstance(step.call, _POSITIVE) or (isinstance(step.call, nn.Hardtanh) and step.call.min_val >= 0):
        return True
    return isinstance(step.call, _KEEPING) and _is_positive(steps, step.args[0], depth - 1)


def told(values: RoundedValues) -> list[str]:
    """What became of rounded activations, in words."""
    done = f"{values.layers} activations rounded as in the file, but halves up where it rounds them to even"
    shown = ", ".join(values.left_off[:8]) + (
        f" and {len(values.left_off) - 8} more" if len(values.left_off) > 8 else ""
    )
    found = [done] if values.layers else []
    if values.anew:
        found.append(
            f"{values.anew} activations left real, which the file rounds to 8 bits by a new scale for each batch"
        )
    what = "" if values.ends else ", and what lies beyond the levels not cut off (ends=True does),"
    return (
        [*found, f"rounding left off{what} where levels lie below zero or between them: {shown}"]
        if values.left_off
        else found
    )
