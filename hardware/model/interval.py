"""A number with the range it may lie in. Estimates are never a bare number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """`low <= value <= high`, all >= 0: sums add ends to ends, products of such numbers multiply them."""

    low: float
    value: float
    high: float

    @staticmethod
    def exact(value: float) -> Interval:
        """A number without uncertainty of its own."""
        return Interval(value, value, value)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.value + other.value, self.high + other.high)

    def __mul__(self, other: Interval | float) -> Interval:
        by = other if isinstance(other, Interval) else Interval.exact(other)
        return Interval(self.low * by.low, self.value * by.value, self.high * by.high)

    def columns(self, name: str) -> dict[str, float]:
        """The value and its two bounds under `name`, `name_low` and `name_high`."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}

    def largest(self, other: Interval) -> Interval:
        """The larger of both, end by end."""
        return Interval(max(self.low, other.low), max(self.value, other.value), max(self.high, other.high))


ZERO = Interval.exact(0.0)


def total(parts: Iterable[Interval]) -> Interval:
    """The sum of `parts`; zero of none."""
    result = ZERO
    for part in parts:
        result = result + part
    return result
