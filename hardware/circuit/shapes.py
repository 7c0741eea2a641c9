"""How the neurons of a layer lie in its blocks."""

from dataclasses import dataclass

from spikewright import InvalidInput

Map = tuple[int, int, int]


def as_map(shape: tuple[int, ...]) -> Map:
    """(C, H, W) of any population: N neurons are N channels, a sequence is a map of one row."""
    if len(shape) == 3:
        return (shape[0], shape[1], shape[2])
    return (shape[0], 1, shape[1]) if len(shape) == 2 else (shape[0], 1, 1)


@dataclass(frozen=True)
class PhysicalLanes:
    """The physical neurons of a layer: P = channels x rows x columns work at a time."""

    channels: int = 1
    rows: int = 1
    columns: int = 1

    @property
    def count(self) -> int:
        """P."""
        return self.channels * self.rows * self.columns


@dataclass(frozen=True)
class LayerBlocks:
    """A map `shape` cut into blocks of `lanes`, of which each takes one row of the potentials' memory.

    Block (ry columns + rx) groups + g holds the channels from g lanes.channels on, the rows from ry lanes.rows on, the columns
    from rx lanes.columns on. Raises InvalidInput for lanes outside the map.
    """

    shape: Map
    lanes: PhysicalLanes

    def __post_init__(self) -> None:
        given = (self.lanes.channels, self.lanes.rows, self.lanes.columns)
        if any(not 1 <= count <= size for count, size in zip(given, self.shape, strict=True)):
            raise InvalidInput(f"expected lanes from (1, 1, 1) to {self.shape}, got {given}")

    @property
    def groups(self) -> int:
        """Blocks along the channels."""
        return -(-self.shape[0] // self.lanes.channels)

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
