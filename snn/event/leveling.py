"""Levels as bytes: neurons of QuantReLU whose values nobody needs as a list send a byte each, and the next tiles read these.

Only where the processor multiplies tiles, in runs of one step. A population that gets levels alone, by tiles, sends its own by
the tile that was just summed; the first one sends them image by image by what pixels bring. They are listed where somebody asks.
"""

from typing import NamedTuple

import numpy as np

from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.delivering import Delivery, driving_values
from spikewright.snn.event.level_laws import QuantLaw
from spikewright.snn.event.populations import Compiled, CompiledNeurons
from spikewright.snn.event.routes.dots import DotsRoute
from spikewright.snn.event.routes.fields import FieldsRoute
from spikewright.snn.kernels.dot_ways import DOT, DOTS, TILES
from spikewright.snn.kernels.level_tiles import LevelReader, fire_tiles_of_levels
from spikewright.snn.kernels.levels import ByteLaw, Levels, fire_levels_of_planes
from spikewright.snn.kernels.simd_fire import LANES
from spikewright.snn.kernels.tiles import Tiles
from spikewright.snn.kernels.wide_tiles import COLUMNS
from spikewright.snn.network import Network

MOST_LEVEL = 255
MOST_FACTOR = 2**31 - 1
"""Of multipliers of 32 bits."""


class Leveled(NamedTuple):
    """How a population sends levels: its law, and how it reads those of its source where tiles do, else None."""

    law: ByteLaw
    reader: LevelReader | None


class LevelFiring:
    """How the populations of a run send levels, by name. Threads share it."""

    def __init__(self, leveled: dict[str, Leveled], delivery: Delivery) -> None:
        self.leveled, self.delivery = leveled, delivery

    def serves(self, population: Compiled) -> bool:
        """Whether the population sends levels."""
        return population.name in self.leveled

    def fire(self, population: CompiledNeurons, chunk: Chunk) -> Levels:
        """Deliver and fire."""
        (law, reader), one = self.leveled[population.name], population.incoming[0]
        values = chunk.take(population.name, "levels", (population.size,), np.uint8)
        levels = chunk.levels.get(one.projection.source)
        found = driving_values(population, chunk)
        if reader is not None and levels is not None:
            self._read(population, levels, (law, reader), values, chunk)
        elif found is not None and isinstance(found[1], FieldsRoute):
            plane = chunk.buffers.take(population.name, "plane", (population.size,), population.types.sums)
            operations = np.zeros(chunk.count, np.int64)
            found[1].fire_levels(found[2], plane, law, values, operations, chunk.buffers)
            self._note(one.projection.name, operations, chunk)
        else:
            fire_levels_of_planes(self.delivery.sums(population, chunk), law, values)
        return Levels(values)

    def _read(
        self, population: CompiledNeurons, levels: Levels, how: tuple[ByteLaw, LevelReader], values: Array, chunk: Chunk
    ) -> None:
        """By the tiles of the one projection."""
        (law, reader), one, operations = how, population.incoming[0], np.zeros(chunk.count, np.int64)
        route = one.route
        assert isinstance(route, DotsRoute)
        work = route.work(COLUMNS if reader.wide else 1, chunk.count, chunk.buffers)
        fire_tiles_of_levels(levels.values, route.dots, reader, work, law, values, operations)
        self._note(one.projection.name, operations, chunk)

    def _note(self, projection: str, operations: Array, chunk: Chunk) -> None:
        self.delivery.ledger.operations[projection][chunk.samples] += operations


def leveled_populations(network: Network, populations: list[Compiled], watched: set[str]) -> dict[str, Leveled]:
    """The populations that send levels as bytes; `watched`: those whose potentials are wanted, which never do."""
    if not TILES or network.steps != 1:
        return {}
    laws = {p.name: (p, byte_law(p)) for p in populations if isinstance(p, CompiledNeurons) and p.name not in watched}
    return {name: Leveled(law, level_reader(p)) for name, (p, law) in laws.items() if law is not None}


def byte_law(population: CompiledNeurons) -> ByteLaw | None:
    """The law channel by channel; None of neurons whose constants differ within a channel, or with levels above a byte."""
    law = population.law
    if population.disturbed or not isinstance(law, QuantLaw) or law.channels is None or law.each.levels > MOST_LEVEL:
        return None
    (multiplier, since, until, numbers), channels = law.channels, law.channels.multiplier.size
    if channels % LANES or population.types.sums.itemsize > 4:
        return None
    bias, pixels = population.bias[0], population.bias[0].reshape(-1, channels)
    apart = 0 if (pixels == pixels[0]).all() else channels
    factor = multiplier if multiplier.max() > MOST_FACTOR else multiplier.astype(np.int32)
    return ByteLaw(factor, since, until, numbers, (bias if apart else pixels[0]).copy(), apart)


def level_reader(population: CompiledNeurons) -> LevelReader | None:
    """How tiles read what the source of the one projection sends; None where anything else arrives, or by another route."""
    one = population.incoming[0]
    if (
        len(population.incoming) != 1
        or one.projection.delay
        or one.step_factors
        or not isinstance(one.route, DotsRoute)
    ):
        return None
    tiles = one.route.dots
    if not isinstance(tiles, Tiles) or not one.route.values or tiles.sources.channels % LANES or tiles.length % LANES:
        return None
    return reader_of(one.route)


def reader_of(route: DotsRoute) -> LevelReader:
    """How tiles read levels."""
    sources = route.dots.sources
    fanout = np.where(sources.slot >= 0, sources.fanout[sources.slot], 0).astype(np.int32)
    return LevelReader(fanout, route.most > DOTS[DOT].most)
