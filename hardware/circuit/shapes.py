"""How the neurons of a layer lie in its blocks."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput

Map = tuple[int, int, int]


def as_map(shape: tuple[int, ...]) -> Map:
    """(C, H, W) of any population: N neurons are N channels, a sequence is a map of one row."""
    if len(shape) == 3:
        return (shape[0], shape[1], shape[2])
    return (shape[0], 1, shape[1]) if len(shape) == 2 else (shape[0], 1, 1)


@dataclass(frozen=True)
class PhysicalLanes:
    """The physical neurons of a layer: P = channels x rows x columns work at a time. Each is a whole number from 1 on."""

    channels: int = 1
    rows: int = 1
    columns: int = 1

    def __post_init__(self) -> None:
        if any(isinstance(count, bool) or not isinstance(count, int) or count < 1 for count in self.axes):
            raise InvalidInput(
                f"expected lanes as whole numbers from 1 on, got {self.axes}; try PhysicalLanes(4, 1, 1)"
            )

    @classmethod
    def of(cls, given: Any) -> "PhysicalLanes":
        """The lanes themselves, `(channels, rows, columns)`, or a number of channel lanes. Raises InvalidInput for another value.

        >>> PhysicalLanes.of((4, 2, 1)).count, PhysicalLanes.of(3).axes
        (8, (3, 1, 1))
        """
        if isinstance(given, cls):
            return given
        axes = tuple(given) if isinstance(given, tuple | list) else (given, 1, 1)
        if len(axes) != 3:
            raise InvalidInput(f"expected lanes as (channels, rows, columns), got {given!r:.60}; try (4, 1, 1)")
        return cls(*axes)

    @property
    def axes(self) -> Map:
        """(channels, rows, columns)."""
        return (self.channels, self.rows, self.columns)

    @property
    def count(self) -> int:
        """P."""
        return self.channels * self.rows * self.columns


@dataclass(frozen=True)
class LayerBlocks:
    """A map `shape` cut into blocks of `lanes`, of which each takes one row of the potentials' memory.

    Block (ry columns + rx) groups + g holds the channels from g lanes.channels on, the rows from ry lanes.rows on, the columns
    from rx lanes.columns on. With `neighbours` it holds the channels g, g + groups, g + 2 groups, ..., so that a lane has
    `groups` neighbouring channels. Raises InvalidInput for lanes outside the map.
    """

    shape: Map
    lanes: PhysicalLanes
    neighbours: bool = False

    def __post_init__(self) -> None:
        if any(count > size for count, size in zip(self.lanes.axes, self.shape, strict=True)):
            raise InvalidInput(f"expected lanes from (1, 1, 1) to {self.shape}, got {self.lanes.axes}")

    @property
    def groups(self) -> int:
        """Blocks along the channels."""
        return -(-self.shape[0] // self.lanes.channels)

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """The channels of the blocks, `(groups, channel lanes)`; numbers from the last channel on stand for none."""
        whole = np.arange(self.groups * self.lanes.channels)
        return whole.reshape(-1, self.groups).T if self.neighbours else whole.reshape(self.groups, -1)

    @cached_property
    def slots(self) -> NDArray[np.int64]:
        """For each channel group x channel lanes + lane."""
        return np.argsort(self.order.reshape(-1))[: self.shape[0]]

    @property
    def apart(self) -> int:
        """From the channel of a lane to that of the next lane in the same block."""
        return self.groups if self.neighbours else 1

    @property
    def rows(self) -> int:
        """Blocks along the rows."""
        return -(-self.shape[1] // self.lanes.rows)

    @property
    def columns(self) -> int:
        """Blocks along the columns."""
        return -(-self.shape[2] // self.lanes.columns)

    @property
    def count(self) -> int:
        """All blocks."""
        return self.groups * self.rows * self.columns
