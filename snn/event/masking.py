"""Firing into masks: plain neurons whose spikes nobody needs as a list fire where their sums are made.

A population that gets spikes by dot products fires pixel by pixel in the very tile that was just summed; these sums are never
written. What other projections bring lies in planes before; a shortcut behind them is added in the tile. Populations without dot
products fire by their planes. Either way spikes leave as bits, and the next dot products read these.
"""

from typing import Any, NamedTuple, cast

import numpy as np

from spikewright.snn.event.answering import Timing, alike, timing
from spikewright.snn.event.chunk import Chunk
from spikewright.snn.event.delivering import Delivery, driving_values
from spikewright.snn.event.populations import Compiled, CompiledNeurons, IncomingRoute
from spikewright.snn.event.routes.dots import FEWEST_STEPS, MOST_STEPS, DotsRoute
from spikewright.snn.event.routes.shortcuts import ShortcutRoute
from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.fire_masks import FiringCells, MaskRoom, fire_planes
from spikewright.snn.kernels.masks import Masks
from spikewright.snn.kernels.shortcuts import count_shortcut
from spikewright.snn.kernels.tile_ends import Beside
from spikewright.snn.network import Network

Arriving = tuple[IncomingRoute, Events | Masks]

MOST_SHIFT = 30
"""Of sums that are shifted in 32 bits."""


class Fused(NamedTuple):
    """What arrives at a population that fires in its tiles: `before` by planes, `dots` in the tile, then a shortcut `beside`."""

    before: list[Arriving]
    dots: Arriving
    beside: Arriving | None


class MaskedFiring:
    """How the populations `names` of a run fire into masks. Threads share it."""

    def __init__(self, network: Network, names: frozenset[str], delivery: Delivery) -> None:
        self.network, self.names, self.delivery = network, names, delivery

    def serves(self, population: Compiled, chunk: Chunk) -> bool:
        """Whether the population fires into masks in the steps at hand: they are alike, and as many as dot products take."""
        if population.name not in self.names or not FEWEST_STEPS <= chunk.length <= MOST_STEPS:
            return False
        return alike(self.network.schedule, self.network.code, chunk.steps.start, chunk.steps.stop)

    def fire(self, population: CompiledNeurons, chunk: Chunk) -> Masks:
        """Deliver and fire."""
        grid = population.record.shape
        channels = grid[0]
        shape = population.size // channels, chunk.length, -(-channels // BLOCK)
        words = chunk.take(population.name, "masks", shape, np.uint64)
        room = MaskRoom(words, words.reshape(chunk.count, -1).view(np.uint16))
        firing = self._firing(population, chunk)
        fused = self._in_tiles(population, chunk)
        if fused is None and not (firing.alone and self._fire_by_values(population, chunk, firing, room)):
            fire_planes(self.delivery.sums(population, chunk), firing, room)
        elif fused is not None:
            self._fire_in_tiles(population, fused, chunk, firing, room)
        return Masks(words, channels)

    def _firing(self, population: CompiledNeurons, chunk: Chunk) -> FiringCells:
        name, row, alone = population.name, int(self._timing(chunk).bias_row[0]), self._is_all(chunk)
        kind = population.types.potentials
        if alone:
            potential = chunk.buffers.take(name, "scratch", (1, BLOCK), kind)
        else:
            potential = chunk.remember(name, "potential", (population.size,), kind, population.initial)
        # the record holds the potentials, so that no other array has their number as long as it is kept
        key = id(potential), row, alone
        return chunk.buffers.record(name, "firing", key, lambda: firing_cells(population, potential, row, alone))

    def _is_all(self, chunk: Chunk) -> bool:
        """Whether the steps at hand are all of the run, so that nobody asks for potentials later."""
        return chunk.steps == slice(0, self.network.steps)

    def _timing(self, chunk: Chunk) -> Timing:
        return timing(self.network.schedule, self.network.code, chunk.steps.start, chunk.steps.stop)

    def _fire_by_values(self, population: CompiledNeurons, chunk: Chunk, firing: FiringCells, room: MaskRoom) -> bool:
        """Deliver and fire sample by sample where the values of one projection are all that arrives in the run."""
        found = driving_values(population, chunk) if self.network.code.charged(0) else None
        if found is None:
            return False
        one, route, events = found
        plane = chunk.buffers.take(population.name, "plane", (population.size,), population.types.sums)
        operations = np.zeros(chunk.count, np.int64)
        route.fire(events, plane, firing, room, operations, chunk.buffers)
        self.delivery.ledger.operations[one.projection.name][chunk.samples] += operations
        return True

    def _in_tiles(self, population: CompiledNeurons, chunk: Chunk) -> Fused | None:
        """The last projection by dot products, where it reaches all channels as one group and at most a shortcut comes after it.

        In this order all is added, whether in tiles or in planes.
        """
        found = self.delivery.spiking(population, chunk)
        if self.delivery.ends_within(chunk):
            return None
        beside = found.pop() if len(found) > 1 and _is_beside(*found[-1]) else None
        if not found:
            return None
        (one, what) = found.pop()
        if not isinstance(one.route, DotsRoute) or not one.route.one_group or one.step_factors:
            return None
        takes = isinstance(what, Masks) or one.route.takes(what, chunk.length)
        return Fused(found, (one, what), beside) if takes else None

    def _fire_in_tiles(
        self, population: CompiledNeurons, fused: Fused, chunk: Chunk, firing: FiringCells, room: MaskRoom
    ) -> None:
        """Deliver and fire pixel by pixel."""
        (incoming, what), begin = fused.dots, self.delivery.begun(population, fused.before, chunk)
        route = cast(DotsRoute, incoming.route)
        operations = np.zeros(chunk.count, np.int64)
        beside = self._beside(fused.beside, route.kind, chunk)
        route.fire(begin, what, beside, (firing, room, operations), chunk.buffers)
        self.delivery.ledger.operations[incoming.projection.name][chunk.samples] += operations

    def _beside(self, one: Arriving | None, kind: Any, chunk: Chunk) -> Beside:
        """The shortcut as the kernel reads it, its operations counted."""
        if one is None:
            return Beside(np.zeros((0, 0, 0, 0), np.uint64), np.zeros(0, kind))
        (incoming, what), operations = one, np.zeros(chunk.count, np.int64)
        route: Any = incoming.route
        masks: Any = what
        count_shortcut(masks.words, route.shortcut.alive, operations)
        self.delivery.ledger.operations[incoming.projection.name][chunk.samples] += operations
        gain = np.zeros(masks.words.shape[3] * BLOCK, kind)
        gain[: route.shortcut.gain.size] = route.shortcut.gain
        return Beside(masks.words, gain)


def _is_beside(incoming: IncomingRoute, what: Events | Masks) -> bool:
    return isinstance(incoming.route, ShortcutRoute) and isinstance(what, Masks)


def firing_cells(population: CompiledNeurons, potential: Any, row: int, alone: bool) -> FiringCells:
    """The neurons of a population in steps with the biases of that row; `alone`: see `FiringCells`."""
    law: Any = population.law
    kind, channels = population.types.compute.type, int(population.record.shape[0])
    if population.types.compute.kind == "f":
        numbers, leaks, unit = (0, law.leak, 0, 0, 0 if law.to_zero else 1), law.leak != 1, kind(1)
        clamps = False
    else:
        numbers = (law.shift, law.leak, law.top, -law.top - 1, 0 if law.to_zero else -1)
        leaks, unit = law.leak > 0, kind(1 << law.shift)
        clamps = not (population.stays or (alone and population.harmless))
    constants = population.initial, population.bias[row], law.threshold
    by_channel = [_of_channels(one, channels) for one in constants]
    apart = channels if any(one is None for one in by_channel) else 0
    start, bias, threshold = constants if apart else by_channel
    return FiringCells(
        potential=potential,
        start=np.array(start),
        bias=np.array(bias),
        threshold=np.array(threshold),
        apart=apart,
        alone=alone,
        law=tuple(kind(number) for number in numbers),
        leaks=bool(leaks),
        unit=unit,
        clamps=clamps,
        channels=channels,
        idle=population.rule.steady is not None,
    )


def _of_channels(values: Any, channels: int) -> Any:
    """The value of each channel, of 16 or 32 several times; None where it is not the same at all pixels. Pixel after pixel."""
    pixels = values.reshape(-1, channels)
    if (pixels != pixels[0]).any():
        return None
    return np.tile(pixels[0], BLOCK // channels if channels in (16, 32) else 1)


def masked_names(network: Network, populations: list[Compiled], watched: set[str]) -> frozenset[str]:
    """Which populations may fire into masks; `watched`: those whose potentials are wanted, which never do."""
    return frozenset(p.name for p in populations if p.name not in watched and _can(network, p, populations))


def _can(network: Network, population: Compiled, populations: list[Compiled]) -> bool:
    """Whether the law of a population is one of those that fire into masks, and somebody reads these."""
    if not isinstance(population, CompiledNeurons) or not population.rule.masks or network.schedule == "layerwise":
        return False
    if population.disturbed or population.latched or population.types.compute not in (np.int32, np.float32):
        return False
    if population.types.sums.itemsize > 4 or population.law.shift > MOST_SHIFT:
        return False
    return any(
        one.projection.source == population.name and isinstance(one.route, DotsRoute) and not one.projection.delay
        for target in populations
        if isinstance(target, CompiledNeurons)
        for one in target.incoming
    )
