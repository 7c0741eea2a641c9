"""Pruned weights: only some places are stored, and a mask says which, in the layout that was chosen when it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from spikewright.weights.choosing import cheapest, cheapest_exact, named_layout
from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression, Shape, node
from spikewright.weights.factors import Factors, count
from spikewright.weights.layouts import Layout, Places, unfolded
from spikewright.weights.leaf import expression


@node
@dataclass(frozen=True, eq=False)
class Mask:
    """The places of an array of `extents` that are stored, flat and ascending, and the `layout` that tells them.

    Layouts are named in `spikewright.weights.layouts`: "bitmap", "gap<w>", "block<b>", "<n>:<m> output" or "input", "dense".
    Some store more than what survives, whole blocks for example: these places belong to the mask, with zeros in them.
    Raises InvalidWeights for places that do not ascend inside the array, or that the layout cannot tell.
    """

    extents: Shape
    places: Places
    layout: str = "bitmap"

    def __post_init__(self) -> None:
        places = np.asarray(self.places)
        if places.dtype.kind not in "iu" or places.ndim != 1:
            raise InvalidWeights(f"expected flat places of weights as integers, got {places.dtype} {places.shape}")
        places, total = places.astype(np.int64), count(self.extents)
        if places.size and (places[0] < 0 or places[-1] >= total or np.any(np.diff(places) <= 0)):
            raise InvalidWeights(f"expected ascending places below {total} in weights of shape {self.extents}")
        places.flags.writeable = False
        object.__setattr__(self, "extents", tuple(int(one) for one in self.extents))
        object.__setattr__(self, "places", places)
        if not self.way.tells(places, self.extents):
            raise InvalidWeights(f"expected places that the layout {self.layout!r} can tell; try 'bitmap'")

    @classmethod
    def of(cls, kept: Any, bits: int) -> "Mask":
        """The mask of fewest bits around `kept`, True for each weight that survives, of weights of `bits` bits."""
        flags = np.asarray(kept, np.bool_)
        return cls.around(flags, cheapest(flags, bits).way)

    @classmethod
    def around(cls, kept: Array, way: Layout) -> "Mask":
        """The mask of what a layout stores of `kept`."""
        return cls(kept.shape, np.sort(way.places(kept), kind="stable"), way.name)

    @classmethod
    def exactly(cls, places: Any, extents: Shape, bits: int) -> "Mask":
        """The mask of fewest bits that stores these flat places, ascending, and no others."""
        return cls(extents, places, cheapest_exact(cls(extents, places).places, extents, bits).name)

    @property
    def way(self) -> Layout:
        """The layout as a record. Raises InvalidWeights for a name that none has."""
        try:
            return named_layout(self.layout)
        except ValueError as error:
            raise InvalidWeights(f"expected the name of a layout, got {self.layout!r}; try 'bitmap'") from error

    @property
    def kept(self) -> Array:
        """True where a weight is stored, of the shape of the weights."""
        return unfolded(self.places, self.extents)

    @property
    def index_bits(self) -> int:
        """Bits that say which places are stored."""
        return self.way.index_bits(self.extents, self.places.size)

    def words(self) -> tuple[tuple[Array, int], ...]:
        """What says it: the words of each index memory, and their width."""
        return self.way.words(self.places, self.extents)

    def reshaped(self, shape: Shape) -> "Mask":
        """The same places in another shape; as a bitmap where the layout means other places there."""
        same = self.way.tells(self.places, shape)
        return Mask(shape, self.places, self.layout if same else "bitmap")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mask):
            return NotImplemented
        alike = (self.extents, self.layout) == (other.extents, other.layout)
        return alike and np.array_equal(self.places, other.places)

    def __hash__(self) -> int:
        return hash((self.extents, self.layout, self.places.size))

    def __reduce__(self) -> tuple[Any, ...]:
        return Mask, (self.extents, self.places, self.layout)


@node
@dataclass(frozen=True, eq=False)
class Masked(Expression):
    """`base (n,)` at the n places of the mask, in ascending order; zero elsewhere."""

    roles: ClassVar[Mapping[str, str]] = {"mask": "places"}
    mask: Mask
    base: Expression

    def __init__(self, mask: Mask, base: Any) -> None:
        object.__setattr__(self, "mask", mask)
        object.__setattr__(self, "base", expression(base))
        if not isinstance(mask, Mask) or self.base.shape != mask.places.shape:
            wanted = mask.places.shape if isinstance(mask, Mask) else "a Mask"
            raise InvalidWeights(f"expected as many weights as places, {wanted}, got {self.base.shape}")

    @property
    def shape(self) -> Shape:
        return self.mask.extents

    @property
    def real(self) -> bool:
        return self.base.real

    @property
    def told(self) -> str:
        return self.mask.layout if self.base.elementwise else f"{self.mask.layout} of a {self.base.told}"

    @property
    def elementwise(self) -> bool:
        return self.base.elementwise

    @property
    def stored(self) -> int:
        return len(self.mask.places)

    def numbers(self) -> Array:
        stored = self.base.numbers()
        flat = np.zeros(count(self.shape), stored.dtype)
        flat[self.mask.places] = stored
        return flat.reshape(self.shape)

    def scaled(self, factors: Factors) -> Expression | None:
        if factors.nothing:
            return self
        if self.base.elementwise and self.real:
            return self.refilled(factors.times(self.values()).astype(np.float32))
        single = factors.single
        if single is None or single.ndim or not self.real:
            return super().scaled(factors)
        base = self.base.scaled(Factors.of(single, 1.0, self.base.shape))
        return super().scaled(factors) if base is None else Masked(self.mask, base)

    def refilled(self, values: Array) -> Expression:
        return Masked(self.mask, self.base.refilled(values.reshape(-1)[self.mask.places]))

    def reshaped(self, shape: Shape) -> Expression:
        return Masked(self.mask.reshaped(shape), self.base)
