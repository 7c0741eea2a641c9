"""Nodes that change every number of what is stored: a scale, a zero point, signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression, Shape, as_floats, narrowest, node
from spikewright.weights.factors import Factors, column
from spikewright.weights.leaf import Leaf, expression


@node
@dataclass(frozen=True, eq=False)
class Scaled(Expression):
    """W = base scale, the product in float64, then float32. `scale` is () or `(out,)`, an expression or an array, finite."""

    roles: ClassVar[Mapping[str, str]] = {"scale": "scales"}
    base: Expression
    scale: Expression

    def __init__(self, base: Any, scale: Any) -> None:
        object.__setattr__(self, "base", expression(base))
        object.__setattr__(self, "scale", expression(scale))
        check_rows(self.base, self.scale, "scales")

    @property
    def shape(self) -> Shape:
        return self.base.shape

    @property
    def real(self) -> bool:
        return True

    def numbers(self) -> Array:
        values = self.base.numbers().astype(np.float64)
        return np.asarray((values * column(self._factor, values.ndim)).astype(np.float32))

    @property
    def told(self) -> str:
        return self.base.told

    @property
    def stored(self) -> int:
        return self.base.stored

    @property
    def _factor(self) -> Array:
        return self.scale.numbers().astype(np.float64)

    def scaled(self, factors: Factors) -> Expression | None:
        if factors.nothing:
            return self
        if factors.single is None:
            inner = self.base.scaled(Factors.of(1.0, factors.inputs, self.shape)) if self.base.real else None
            outer = Factors.of(factors.outputs, 1.0, self.shape)
            return None if inner is None else Scaled(inner, self.scale).scaled(outer)
        return Scaled.over(self.base, self._factor * factors.single, self._factor)

    @classmethod
    def over(cls, base: Expression, scale: Any, old: Any = 1.0) -> Expression:
        """`base` times `scale`, where scales stay positive: signs go into the stored numbers.

        The numbers of an output that is switched off, scale 0, become zeros, and its scale is the `old` one.
        """
        factor, before = np.asarray(scale, np.float64), np.asarray(old, np.float64)
        signs = np.sign(factor)
        if np.any(signs != 1):
            base = base.refilled(_flipped(base.numbers(), signs))
        return cls(base, np.where(factor == 0, np.abs(before), np.abs(factor)))

    def refilled(self, values: Array) -> Expression:
        return self.base.refilled(values)

    def reshaped(self, shape: Shape) -> Expression:
        kept = self.scale.shape == () or shape[:1] == self.shape[:1]
        return Scaled(self.base.reshaped(shape), self.scale) if kept else super().reshaped(shape)


@node
@dataclass(frozen=True, eq=False)
class Offset(Expression):
    """W = base - minus: integers with a zero point, which is () or `(out,)`; integers where both are."""

    roles: ClassVar[Mapping[str, str]] = {"minus": "scales"}
    base: Expression
    minus: Expression

    def __init__(self, base: Any, minus: Any) -> None:
        object.__setattr__(self, "base", expression(base))
        object.__setattr__(self, "minus", expression(minus))
        check_rows(self.base, self.minus, "zero points")

    @property
    def shape(self) -> Shape:
        return self.base.shape

    @property
    def real(self) -> bool:
        return self.base.real or self.minus.real

    def numbers(self) -> Array:
        wide = np.float64 if self.real else np.int64
        values = self.base.values().astype(wide)
        return as_floats(values - column(self.minus.values().astype(wide), values.ndim))

    def refilled(self, values: Array) -> Expression:
        """The zero point goes into the numbers; around a mask, whose zeros it had moved, all of them are stored."""
        made = self.base.refilled(values)
        return made if np.array_equal(made.values(), as_floats(values)) else Leaf(values)


@node
@dataclass(frozen=True, eq=False)
class Signed(Expression):
    """W = base where `signs` is 0, -base where it is 1; two expressions of one shape."""

    roles: ClassVar[Mapping[str, str]] = {"signs": "indices"}
    signs: Expression
    base: Expression

    def __init__(self, signs: Any, base: Any) -> None:
        object.__setattr__(self, "signs", expression(signs))
        object.__setattr__(self, "base", expression(base))
        flags = self.signs.values()
        if self.signs.real or self.signs.shape != self.base.shape or np.any((flags != 0) & (flags != 1)):
            raise InvalidWeights(f"expected a sign 0 or 1 for each of {self.base.shape}, got {self.signs.shape}")

    @property
    def shape(self) -> Shape:
        return self.base.shape

    @property
    def real(self) -> bool:
        return self.base.real

    def numbers(self) -> Array:
        values = self.base.numbers()
        wide = values if self.real else values.astype(np.int64)
        return np.where(self.signs.values() == 1, -wide, wide)

    def scaled(self, factors: Factors) -> Expression | None:
        base = self.base.scaled(factors)
        return None if base is None else Signed(self.signs, base)

    def refilled(self, values: Array) -> Expression:
        wide = values.astype(np.int64) if values.dtype.kind in "iu" else values
        return Signed(self.signs, self.base.refilled(np.where(self.signs.values() == 1, -wide, wide)))


def _flipped(values: Array, signs: Array) -> Array:
    """`values (out, ...)` times -1, 0 or 1, in their own type unless that lacks one of them."""
    if values.dtype.kind == "f":
        return np.asarray(values * column(signs, values.ndim).astype(values.dtype))
    wide = values.astype(np.int64) * column(signs, values.ndim).astype(np.int64)
    kind = np.result_type(values.dtype, narrowest(wide)) if values.dtype.kind == "i" else narrowest(wide)
    return wide.astype(kind)


def check_rows(base: Expression, rows: Expression, what: str) -> None:
    """Raise InvalidWeights unless `rows` has one finite number, or one for each output of `base`."""
    if rows.shape not in ((), base.shape[:1]) or not np.all(np.isfinite(rows.values())):
        raise InvalidWeights(f"expected finite {what}, one or {base.shape[:1]}, got {rows.shape}")
