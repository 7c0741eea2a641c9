"""Weights that are computed from several stored tensors: products of small factors, and sums."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression, Shape, as_floats, node
from spikewright.weights.factors import Factors, count
from spikewright.weights.leaf import Leaf, expression

MOST_PRODUCTS = 2**40
"""No file can ask for more arithmetic than this."""
_RULE = re.compile(r"[a-z]+(,[a-z]+)*->[a-z]*")


@node
@dataclass(frozen=True, eq=False)
class Contract(Expression):
    """Sums of products over shared axes: "or,ri->oi" of `factors` (out, r) and (r, in) is a matrix of rank r.

    `rule` is that of numpy.einsum, letters only; every letter behind the arrow stands before it. Real numbers are multiplied and
    added in float64, integers exactly in 64 bits.
    """

    roles: ClassVar[Mapping[str, str]] = {"factors": "weights"}
    rule: str
    factors: tuple[Expression, ...]

    def __init__(self, rule: str, factors: Any) -> None:
        object.__setattr__(self, "rule", rule)
        object.__setattr__(self, "factors", tuple(expression(one) for one in factors))
        self._extents()

    def _extents(self) -> dict[str, int]:
        """The extent of each letter. Raises InvalidWeights where rule and factors do not fit."""
        shapes = [one.shape for one in self.factors]
        known = isinstance(self.rule, str) and _RULE.fullmatch(self.rule) is not None
        inputs, _, output = self.rule.partition("->") if known else ("", "", "")
        terms = inputs.split(",")
        fits = known and [len(term) for term in terms] == [len(shape) for shape in shapes]
        axes = list(zip("".join(terms), (extent for shape in shapes for extent in shape), strict=True)) if fits else []
        found = dict(axes)
        fits = fits and all(found[letter] == extent for letter, extent in axes)
        if not fits or len(set(output)) != len(output) or not set(output) <= set(found):
            raise InvalidWeights(f"expected factors that fit a rule such as 'or,ri->oi', got {self.rule!r} of {shapes}")
        if count(tuple(found.values())) > MOST_PRODUCTS:
            raise InvalidWeights(f"expected at most {MOST_PRODUCTS} products in a contraction, got {found}")
        return found

    @property
    def shape(self) -> Shape:
        found = self._extents()
        return tuple(found[letter] for letter in self.rule.partition("->")[2])

    @property
    def real(self) -> bool:
        return any(one.real for one in self.factors)

    def numbers(self) -> Array:
        wide = np.float64 if self.real else np.int64
        parts = [one.values().astype(wide) for one in self.factors]
        return as_floats(np.asarray(np.einsum(self.rule, *parts, optimize=False)))

    def refilled(self, values: Array) -> Expression:
        return Leaf(values.reshape(self.shape))


@node
@dataclass(frozen=True, eq=False)
class Sum(Expression):
    """The sum of `terms` of one shape, in float64 (integers exactly in 64 bits): residuals, low rank and what it lacks."""

    terms: tuple[Expression, ...]

    def __init__(self, terms: Any) -> None:
        object.__setattr__(self, "terms", tuple(expression(one) for one in terms))
        shapes = [one.shape for one in self.terms]
        if not shapes or any(shape != shapes[0] for shape in shapes):
            raise InvalidWeights(f"expected terms of one shape, got {shapes}")

    @property
    def shape(self) -> Shape:
        return self.terms[0].shape

    @property
    def real(self) -> bool:
        return any(one.real for one in self.terms)

    def numbers(self) -> Array:
        wide = np.float64 if self.real else np.int64
        total = np.zeros(self.shape, wide)
        for term in self.terms:
            total = total + term.values()
        return as_floats(total)

    def scaled(self, factors: Factors) -> Expression | None:
        terms = [term.scaled(factors) for term in self.terms]
        kept = [term for term in terms if term is not None]
        return Sum(kept) if len(kept) == len(terms) else super().scaled(factors)

    def refilled(self, values: Array) -> Expression:
        return Leaf(values.reshape(self.shape))


@node
@dataclass(frozen=True, eq=False)
class Reshape(Expression):
    """The same numbers in another shape, row-major."""

    base: Expression
    extents: Shape

    def __init__(self, base: Any, extents: Shape) -> None:
        object.__setattr__(self, "base", expression(base))
        object.__setattr__(self, "extents", tuple(extents))
        whole = all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in self.extents)
        if not whole or count(self.extents) != self.base.size:
            raise InvalidWeights(f"expected a shape of {self.base.size} numbers, got {self.extents}")

    @property
    def shape(self) -> Shape:
        return self.extents

    @property
    def real(self) -> bool:
        return self.base.real

    @property
    def elementwise(self) -> bool:
        return self.base.elementwise

    def numbers(self) -> Array:
        return self.base.numbers().reshape(self.extents)

    def scaled(self, factors: Factors) -> Expression | None:
        single = factors.single
        if single is None or self.base.shape[:1] != self.shape[:1]:
            kept = factors.single is None and self.base.elementwise and self.real
            return self.refilled(factors.times(self.values()).astype(np.float32)) if kept else super().scaled(factors)
        base = self.base.scaled(Factors.of(single, 1.0, self.base.shape))
        return None if base is None else Reshape(base, self.extents)

    def refilled(self, values: Array) -> Expression:
        return Reshape(self.base.refilled(values.reshape(self.base.shape)), self.extents)

    def reshaped(self, shape: Shape) -> Expression:
        return self.base.reshaped(shape)
