"""What weights are multiplied with when a neighbour's scale moves into them: one factor for outputs, one for inputs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.weights.errors import InvalidWeights

Array = NDArray[Any]
Reals = NDArray[np.float64]
Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Factors:
    """W'[o, c] = W[o, c] outputs[o] inputs[c] for weights `shape = (out, in / groups, ...)`.

    `outputs` is () or `(out,)`, `inputs` () or `(in,)`, float64; output o reads the inputs of group o // (out / groups).
    """

    outputs: Reals
    inputs: Reals
    shape: Shape

    @classmethod
    def of(cls, outputs: Any, inputs: Any, shape: Shape) -> "Factors":
        """Factors that fit weights of `shape`; equal ones become one. Raises InvalidWeights for others."""
        per_out, per_in = _merged(outputs), _merged(inputs)
        if per_out.ndim and per_out.shape != shape[:1]:
            raise InvalidWeights(f"expected one factor or {shape[:1]} for the outputs, got {per_out.shape}")
        if per_in.ndim and (len(shape) < 2 or per_in.size % shape[1] or shape[0] % (per_in.size // shape[1])):
            raise InvalidWeights(f"expected one factor for each input of weights {shape}, got {per_in.shape}")
        return cls(per_out, per_in, shape)

    @property
    def nothing(self) -> bool:
        """Whether all factors are one."""
        return self.outputs.ndim == 0 and self.inputs.ndim == 0 and self.outputs == 1 and self.inputs == 1

    @property
    def single(self) -> Reals | None:
        """The factor of each output, () or `(out,)`, where all its inputs have one factor; else None.

        An output of a depthwise convolution has one input.
        """
        if self.inputs.ndim == 0:
            return np.asarray(self.inputs * self.outputs)
        if self.shape[1] != 1:
            return None
        return np.asarray(np.repeat(self.inputs, self.shape[0] // self.inputs.size) * self.outputs)

    def times(self, values: Array) -> Array:
        """`values` of the shape, multiplied in float64: by the outputs' factors, then by the inputs'."""
        result = values.astype(np.float64, order="C")
        result *= column(self.outputs, values.ndim)
        if self.inputs.ndim == 0:
            result *= self.inputs
            return result
        out, per_group = self.shape[:2]
        groups = self.inputs.size // per_group
        gain = self.inputs.reshape(groups, 1, per_group, 1)
        split = result.reshape(groups, out // groups, per_group, -1)
        split *= gain
        return result


def column(scale: Array, dimensions: int) -> Array:
    """`scale` () or `(out,)`, shaped to multiply what has so many dimensions, outputs first."""
    return scale if scale.ndim == 0 else scale.reshape(-1, *[1] * (dimensions - 1))


def count(shape: Shape) -> int:
    """The product of extents, as an integer of Python: it does not wrap."""
    total = 1
    for extent in shape:
        total *= int(extent)
    return total


def _merged(factors: Any) -> Reals:
    array = np.asarray(factors, np.float64)
    return array.reshape(-1)[0] if array.size and np.all(array == array.flat[0]) else array
