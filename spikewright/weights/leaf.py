"""Where expressions end: an array that is stored, or integers that a seed draws and nobody stores."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.errors import InvalidInput
from spikewright.inputs import as_array
from spikewright.read_only import constant
from spikewright.splitmix import GOLDEN, mix
from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression, Shape, narrowest, node
from spikewright.weights.factors import Factors, count


@node
@dataclass(frozen=True, eq=False)
class Leaf(Expression):
    """A stored array: real numbers, or integers of an `alphabet` of so many values.

    Unsigned integers are 0 to alphabet - 1, signed ones -(alphabet // 2) to (alphabet - 1) // 2 in two's complement. Without an
    alphabet it is the smallest power of two that holds them; real numbers have none. Raises InvalidWeights for an array of
    anything else, and for integers outside of their alphabet.
    """

    array: Array
    alphabet: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        given: Any = self.array
        if not isinstance(given, np.ndarray):
            object.__setattr__(self, "array", constant(_as_array(given)))
        if self.array.dtype.kind not in "iuf":
            raise InvalidWeights(f"expected weights that are integers or real numbers, got {self.array.dtype}")
        if self.real:
            if self.alphabet is not None:
                raise InvalidWeights(f"expected no alphabet of real numbers, got {self.alphabet!r}")
            return
        if self.alphabet is None:
            object.__setattr__(self, "alphabet", 1 << _bits(self.array))
        self._check()

    def _check(self) -> None:
        size = self.alphabet
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= 2**64:
            raise InvalidWeights(f"expected an alphabet of 1 to 2**64 integers, got {size!r}")
        low, high = (-(size // 2), (size - 1) // 2) if self.signed else (0, size - 1)
        if self.array.size and not low <= int(self.array.min()) <= int(self.array.max()) <= high:
            got = f"{self.array.min()} to {self.array.max()}"
            raise InvalidWeights(f"expected integers from {low} to {high} in an alphabet of {size}, got {got}")

    @property
    def shape(self) -> Shape:
        return self.array.shape

    @property
    def real(self) -> bool:
        return self.array.dtype.kind == "f"

    @property
    def told(self) -> str:
        return "dense"

    @property
    def elementwise(self) -> bool:
        return True

    @property
    def signed(self) -> bool:
        """Whether a word is in two's complement; real numbers have their own sign bit."""
        return self.array.dtype.kind == "i"

    @property
    def word_bits(self) -> int:
        """Bits of one stored number."""
        return 8 * self.array.dtype.itemsize if self.alphabet is None else (self.alphabet - 1).bit_length()

    def numbers(self) -> Array:
        return self.array

    def scaled(self, factors: Factors) -> Expression | None:
        if factors.nothing or not self.real:
            return super().scaled(factors)
        return Leaf(factors.times(self.array).astype(np.float32))

    def refilled(self, values: Array) -> Expression:
        return self.holding(values)

    def holding(self, values: Array) -> "Leaf":
        """Other values; integers keep the width that was declared for them where it holds the new ones."""
        new = values.reshape(self.shape)
        keeps = new.dtype.kind == self.array.dtype.kind and self.alphabet is not None and _bits(new) <= self.word_bits
        return Leaf(new, 1 << self.word_bits if keeps else None)

    def reshaped(self, shape: Shape) -> Expression:
        return Leaf(self.array.reshape(shape), self.alphabet)


@node
@dataclass(frozen=True, eq=False)
class Seeded(Expression):
    """Integers from 0 to alphabet - 1 that `seed` draws: number i is m(m(seed) + g (i + 1)) modulo alphabet.

    m is the finaliser of splitmix64 and g its odd constant, 64-bit words with wrap-around (`spikewright.splitmix`). They cost no
    memory: hashed weights are a `Lookup` with a Seeded index (Chen et al., arXiv 1504.04788).
    """

    seed: int
    extents: Shape
    alphabet: int

    def __post_init__(self) -> None:
        super().__post_init__()
        for value, most in ((self.seed, 2**64 - 1), (self.alphabet, 2**31), *((one, 2**31) for one in self.extents)):
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
                raise InvalidWeights(f"expected seed, shape and alphabet as whole numbers, got {value!r}")
        if self.alphabet < 1:
            raise InvalidWeights(f"expected an alphabet of at least one integer, got {self.alphabet}")

    @property
    def shape(self) -> Shape:
        return self.extents

    @property
    def real(self) -> bool:
        return False

    def numbers(self) -> Array:
        begin = mix(np.array([self.seed], np.uint64))
        places = np.arange(1, count(self.shape) + 1, dtype=np.uint64)
        drawn = mix(begin + np.uint64(GOLDEN) * places) % np.uint64(self.alphabet)
        return drawn.astype(np.int64).reshape(self.shape)

    def refilled(self, values: Array) -> Expression:
        return Leaf(values.reshape(self.shape))

    def reshaped(self, shape: Shape) -> Expression:
        return Seeded(self.seed, shape, self.alphabet)


def expression(value: Any) -> Expression:
    """An expression as it is; an array, list or tensor as a `Leaf`. Raises InvalidWeights for what has no numbers."""
    return value if isinstance(value, Expression) else Leaf(_as_array(value))


def signed(array: Array) -> Array:
    """Unsigned integers in the smallest signed type; everything else as it is."""
    return array.astype(narrowest(array)) if array.dtype.kind == "u" and _fits(array) else array


def _fits(array: Array) -> bool:
    return not array.size or int(array.max()) < 2**63


def _as_array(value: Any) -> Array:
    try:
        return as_array(value, "weights")
    except InvalidInput as error:
        raise InvalidWeights(str(error)) from error


def _bits(array: Array) -> int:
    """The narrowest width of integers: two's complement, at least 1, of signed ones; at least 0 of unsigned ones."""
    if array.dtype.kind == "u":
        return int(array.max()).bit_length() if array.size else 0
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    return max(high, -low - 1, 0).bit_length() + 1
