"""How many physical neurons one layer gets, and how they lie: lanes along its channels, rows and columns."""

from dataclasses import dataclass
from itertools import product
from typing import Any

from spikewright import InvalidInput
from spikewright.hardware.circuit.shapes import LayerBlocks, Map, PhysicalLanes, as_map
from spikewright.snn import Population


@dataclass(frozen=True, init=False)
class LayerDesign:
    """Population `population` of N neurons built from P = lanes.count physical neurons, 1 <= P <= N.

    lanes: PhysicalLanes, `(channels, rows, columns)`, or a number of channel lanes. So many channels are worked on at so many
    rows and columns of the map at a time. Raises InvalidInput for a count of kernel lanes, which does not say where they lie.
    """

    population: str
    lanes: PhysicalLanes

    def __init__(self, population: str, lanes: Any = 1, *older: Any, **named: Any) -> None:
        if older or named:
            told = ", ".join([*map(repr, (lanes, *older)), *(f"{key}={value!r}" for key, value in named.items())])
            raise InvalidInput(
                f"expected the lanes of {population!r} as (channels, rows, columns), got {told:.80};"
                f" try LayerDesign({population!r}, (4, 1, 1)), or layer_design, which spreads a number of physical neurons"
            )
        object.__setattr__(self, "population", population)
        object.__setattr__(self, "lanes", PhysicalLanes.of(lanes))

    @property
    def physical_neurons(self) -> int:
        """P."""
        return self.lanes.count


def check_layer(population: Population, layer: LayerDesign) -> None:
    """Raise InvalidInput for lanes outside the layer, with its name and its extents."""
    try:
        LayerBlocks(as_map(population.shape), layer.lanes)
    except InvalidInput as error:
        raise InvalidInput(f"{error} for {population.name!r}; try at most {population.size} physical neurons") from None


def layer_design(population: Population, physical_neurons: Any) -> LayerDesign:
    """P spread over channels first, then over positions: any P up to the channels, then channels x rows x columns.

    Of all rows x columns that fit, those that cut the map into the fewest blocks, and of these the squarest. Lanes that are
    given as PhysicalLanes or `(channels, rows, columns)` stay as they are.
    Raises InvalidInput for another P, with the nearest ones that work, and for lanes outside the layer.
    """
    count = physical_neurons
    if isinstance(count, PhysicalLanes | tuple | list):
        layer = LayerDesign(population.name, count)
        check_layer(population, layer)
        return layer
    channels, size = population.shape[0], population.size
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= size:
        raise InvalidInput(f"expected 1 to {size} physical neurons for {population.name!r}, got {count!r}")
    if count <= channels:
        return LayerDesign(population.name, count)
    area = None if count % channels else spread(population.shape, count // channels)
    if area is None:
        raise InvalidInput(
            f"expected channel lanes x rows x columns for {population.name!r} with {channels} channels, got {count};"
            f" try {_nearest(population, count)}"
        )
    return LayerDesign(population.name, (channels, *area))


def spread(shape: tuple[int, ...], positions: int) -> tuple[int, int] | None:
    """The (rows, columns) of lanes that make so many positions of a map; None where no two factors fit into it."""
    _, height, width = as_map(shape)
    pairs = [(n, positions // n) for n in range(1, height + 1) if positions % n == 0 and positions // n <= width]
    return min(pairs, key=lambda p: (-(-height // p[0]) * -(-width // p[1]), abs(p[0] - p[1]), p[0]), default=None)


def _nearest(population: Population, count: int) -> str:
    channels, height, width = as_map(population.shape)
    found = {channels * rows * columns for rows in range(1, height + 1) for columns in range(1, width + 1)}
    below, above = max(p for p in found if p < count), min(p for p in found if p > count)
    return f"{below} or {above}"


def ladder(population: Population, room: Map | None = None) -> tuple[PhysicalLanes, ...]:
    """Lanes from one neuron to all, each at least twice those before: channels first, then rows and columns in turn.

    room: the most along each axis (`circuit.lane_room`), None for all.

    What `explore` sweeps. Along it more P never takes more cycles, and never fewer neuron circuits. Between its rungs it may:
    lanes idle in the last pass.
    """
    channels, height, width = room or as_map(population.shape)
    rungs = [PhysicalLanes(channels, height, width)]
    while height * width > 1:
        height, width = (height, width >> 1) if width >= height else (height >> 1, width)
        rungs.append(PhysicalLanes(channels, height, width))
    rungs += [PhysicalLanes(channels >> k) for k in range(1, channels.bit_length())]
    return tuple(reversed(rungs))


def lane_grid(population: Population, room: Map | None = None) -> tuple[PhysicalLanes, ...]:
    """All lanes whose channels, rows and columns are the layer's own, halved any number of times and rounded down.

    room: the most along each axis in their place, None for all.

    More than the ladder: a convolution may have lanes at many positions for few channels. Rising P, the ladder among them.
    """
    halves = [[size >> k for k in range(size.bit_length())] for size in room or as_map(population.shape)]
    return tuple(sorted((PhysicalLanes(*axes) for axes in product(*halves)), key=lambda each: (each.count, each.axes)))
