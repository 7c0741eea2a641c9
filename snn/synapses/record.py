"""What a synapse is asked by the rest of the house, so that nobody asks for its type; and the shapes that windows make."""

from dataclasses import fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.checked import Constant, check_wholes
from spikewright.snn.neurons import PerChannel
from spikewright.weights import Expression

Pair = tuple[int, int]
Shape = tuple[int, ...]
Matrix = NDArray[np.number[Any]]


class Synapse(Constant):
    """What a projection does to the numbers that enter it: it adds them up times weights, or times a gain, or compares them.

    A synapse with weights has no gain, one with a gain no weights; one that `compares` has neither.
    """

    compares: ClassVar[bool] = False
    """Whether it only says which inputs a gate compares."""
    single: ClassVar[bool] = False
    """Whether its strides and the like are numbers instead of pairs."""
    matrices: ClassVar[tuple[str, ...]] = ()
    """The fields with numbers beside its gain, which are whole in fixed point."""

    weights: Expression | None = None
    gain: PerChannel | None = None

    @property
    def inputs(self) -> int:
        """How many inputs a gain multiplies for each output."""
        return 1

    @property
    def sides(self) -> tuple[int, int]:
        """How much of a gain comes together in an output at most, with its sign and against it."""
        return self.inputs, 0

    def in_integers(self) -> "tuple[Synapse, float]":
        """The same with whole numbers in its `matrices`, and the largest relative error of that; the gain makes up for them."""
        return self, 0.0

    def with_weights(self, weights: Expression) -> "Synapse":
        """The same synapse with other weights."""
        record: Any = self
        changed: Synapse = replace(record, weights=weights)
        return changed

    def with_gain(self, gain: PerChannel) -> "Synapse":
        """The same synapse with another gain."""
        record: Any = self
        changed: Synapse = replace(record, gain=gain)
        return changed

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that it makes of an input `shape`, (C, H, W), (C, L) or (N,).

        Raises InvalidNetwork when they do not fit.
        """
        real = ("weights", "gain", *self.matrices)
        for name in (field.name for field in fields(self) if field.name not in real):  # type: ignore[arg-type]
            single, value = self.single or name == "groups", getattr(self, name)
            check_wholes((value,) if single else value, 1 if single else 2, f"{name} of {type(self).__name__}")
        return self._shape(shape)

    def _shape(self, shape: Shape) -> Shape:
        raise NotImplementedError(f"expected {type(self).__name__} to say what shape it makes of {shape}")


def check_dimensions(synapse: Synapse, shape: Shape, wanted: int) -> None:
    """Raise InvalidNetwork unless the input has 3 dimensions, or 2."""
    if len(shape) != wanted:
        form = "(C, L)" if wanted == 2 else "(C, H, W)"
        raise InvalidNetwork(f"expected an input {form} for {type(synapse).__name__}, got {shape}")


def pooled_shape(shape: Shape, pool: Pair) -> Shape:
    """`shape` after sums over non-overlapping windows `pool`; rows and columns that fill no window are dropped."""
    check_wholes(pool, 2, "the pool")
    if tuple(pool) == (1, 1):
        return shape
    if len(shape) != 3 or min(pool) < 1 or pool[0] > shape[1] or pool[1] > shape[2]:
        raise InvalidNetwork(f"expected a pool that fits into (C, H, W), got pool {pool} on {shape}")
    return (shape[0], shape[1] // pool[0], shape[2] // pool[1])


def check_pairs(*pairs: Pair) -> None:
    for pair in pairs:
        if min(pair) < 1:
            raise InvalidNetwork(f"expected strides, dilations and factors >= 1, got {pair}")


def windows(shape: Shape, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Pair:
    if min(stride) < 1 or min(dilation) < 1 or min(padding) < 0 or min(kernel) < 1:
        raise InvalidNetwork(
            f"expected stride, dilation, kernel >= 1 and padding >= 0, got {stride}, {dilation}, {kernel}, {padding}"
        )
    rows, columns = (
        (extent + 2 * pad - dil * (size - 1) - 1) // step + 1
        for extent, size, step, pad, dil in zip(shape[1:], kernel, stride, padding, dilation, strict=True)
    )
    if rows < 1 or columns < 1:
        raise InvalidNetwork(f"expected a kernel {kernel} that fits into the padded input {shape}, padding {padding}")
    return rows, columns


def dims(shape: Shape, count: int) -> Shape:
    if len(shape) != count:
        raise InvalidNetwork(f"expected weights with {count} dimensions, got shape {shape}")
    return shape
