"""What every stored weight is: a frozen record whose fields are other expressions, arrays and plain numbers.

A node is one class in one file. It says its shape, its values, and how factors move into it; storing, counting, writing and
comparing go through the fields and need no line of its own. The decorator `node` puts it into `NODES`, by which files name it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from spikewright.inputs import as_array
from spikewright.read_only import constant
from spikewright.weights.factors import Factors, count

Array = NDArray[Any]
Shape = tuple[int, ...]


class Expression:
    """A tensor of weights as it is stored. Frozen; equal where type and contents are equal; pickled by its fields."""

    roles: ClassVar[Mapping[str, str]] = {}
    """What the memories below a field hold, where that is not what the memories of this node hold: "scales", "indices", ..."""

    def __post_init__(self) -> None:
        for name, value in self.parts():
            object.__setattr__(self, name, _held(value, name))

    @property
    def shape(self) -> Shape:
        """The shape of the values, outputs first."""
        raise NotImplementedError

    @property
    def real(self) -> bool:
        """Whether the values are float32; False: they are integers."""
        raise NotImplementedError

    def values(self) -> Array:
        """The weights that act, of `shape`: integers, or float32 where the expression is `real`."""
        return as_floats(self.numbers())

    def numbers(self) -> Array:
        """The same in the precision in which they are stored, float64 for example; sums and products are rounded to float32."""
        raise NotImplementedError

    def scaled(self, factors: Factors) -> "Expression | None":
        """This expression with its weights multiplied; None where integers would have to become real numbers.

        Unless a node knows better, its outputs get one more scale, and inputs with factors of their own are refused.
        """
        if factors.nothing:
            return self
        scaled: Expression | None = None if factors.single is None else NODES["Scaled"].over(self, factors.single)
        return scaled

    def refilled(self, values: Array) -> "Expression":
        """Other `values` of this shape, stored in the same way: those that are not stored stay zero."""
        raise NotImplementedError

    def reshaped(self, shape: Shape) -> "Expression":
        """The same weights seen with another shape of as many numbers."""
        return self if shape == self.shape else NODES["Reshape"](self, shape)

    @property
    def size(self) -> int:
        """How many weights there are, zeros included."""
        return count(self.shape)

    @property
    def told(self) -> str:
        """How the weights are stored, in a few words for reports: "dense", "bitmap", "gap4 of a codebook of 16"."""
        return type(self).__name__.lower()

    @property
    def elementwise(self) -> bool:
        """Whether each stored weight is a number of its own, so that any other can take its place."""
        return False

    @property
    def stored(self) -> int:
        """How many of them are stored: all but those outside a mask."""
        return self.size

    def parts(self) -> Iterator[tuple[str, Any]]:
        """The fields by name."""
        for field in fields(self):  # type: ignore[arg-type]
            yield field.name, getattr(self, field.name)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Expression)
        return all(_same(mine, theirs) for (_, mine), (_, theirs) in zip(self.parts(), other.parts(), strict=True))

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.shape))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(value for _, value in self.parts())


Made = TypeVar("Made", bound=type[Any])
NODES: dict[str, type[Any]] = {}
"""The nodes by their names in files; `node` adds one."""


def node(made: Made) -> Made:
    """A decorator: files may hold this record."""
    NODES[made.__name__] = made
    return made


def narrowest(values: Array) -> np.dtype[Any]:
    """The smallest signed integer type that holds integers `values`."""
    if not values.size:
        return np.dtype(np.int8)
    low, high = int(values.min()), int(values.max())
    return np.result_type(np.min_scalar_type(min(low, -1)), np.min_scalar_type(min(-1 - high, -1)))


def as_floats(values: Array) -> Array:
    """Integers as they are, real numbers in float32."""
    return values if values.dtype.kind in "iu" else values.astype(np.float32, copy=False)


def _held(value: Any, name: str) -> Any:
    """Arrays read-only, integers of numpy as those of Python."""
    value = as_array(value, name) if hasattr(value, "detach") else value
    if isinstance(value, np.ndarray):
        return constant(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, list | tuple):
        return tuple(_held(one, name) for one in value)
    return value


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        alike = mine.dtype == theirs.dtype and mine.shape == theirs.shape
        return alike and np.ascontiguousarray(mine).tobytes() == np.ascontiguousarray(theirs).tobytes()
    return bool(mine == theirs)
