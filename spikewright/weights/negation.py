"""The sign of all numbers: what is stored once and needed with both signs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression, Shape, node
from spikewright.weights.factors import Factors
from spikewright.weights.leaf import expression
from spikewright.weights.masks import Masked


@node
@dataclass(frozen=True, eq=False)
class Negated(Expression):
    """W = -base, real numbers: what one projection has, stored once, for another that needs it with the opposite sign.

    `opposite` makes it. Other values in its place stand for themselves, without a sign. Raises InvalidWeights for integers, whose
    least value has no opposite in their width.
    """

    base: Expression

    def __init__(self, base: Any) -> None:
        object.__setattr__(self, "base", expression(base))
        if not self.base.real:
            raise InvalidWeights(f"expected real weights to negate, got the integers of a {type(self.base).__name__}")

    @property
    def shape(self) -> Shape:
        return self.base.shape

    @property
    def real(self) -> bool:
        return True

    @property
    def told(self) -> str:
        return self.base.told

    @property
    def elementwise(self) -> bool:
        return self.base.elementwise

    @property
    def stored(self) -> int:
        return self.base.stored

    def numbers(self) -> Array:
        return np.negative(self.base.numbers())

    def scaled(self, factors: Factors) -> Expression | None:
        if factors.nothing:
            return self
        base = self.base.scaled(factors)
        return None if base is None else Negated(base)

    def refilled(self, values: Array) -> Expression:
        return self.base.refilled(values)

    def reshaped(self, shape: Shape) -> Expression:
        return Negated(self.base.reshaped(shape))


def opposite(e: Expression) -> Expression:
    """Real weights `e` with the opposite sign, in the same stored numbers; what a mask leaves out stays out.

    Raises InvalidWeights for integers.
    """
    if isinstance(e, Negated):
        return e.base
    return Masked(e.mask, opposite(e.base)) if isinstance(e, Masked) else Negated(e)
