"""Deliver: from the events that arrive at a population to the sums that enter its neurons.

`sums (samples, planes, neurons)`: a plane for each step at hand, or a single one that all steps share. What graded sources
send (a direct input) is the same in every step: it is delivered once in a run, into a plane of its own, the held one, with
which the planes of the steps begin; spikes are added to each step's plane on top.
"""

from typing import cast

import numpy as np

from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.populations import CompiledNeurons, IncomingRoute
from spikewright.snn.event.routes.dots import DotsRoute
from spikewright.snn.event.routes.fields import FieldsRoute
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.shortcuts import ShortcutRoute
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.masks import Masks
from spikewright.snn.kernels.planes import Planes, added_to, emptied
from spikewright.snn.network import Network

MaskRoute = DotsRoute | ShortcutRoute
"""The routes that read masks."""
DrivingRoute = RowsRoute | FieldsRoute
"""The routes by which values drive neurons sample by sample, the plane of sums near the processor."""


class Delivery:
    """Delivers in one run. Threads share it; the ledger counts the synaptic operations."""

    def __init__(self, network: Network, ledger: Ledger) -> None:
        self.network, self.ledger = network, ledger
        self.gathers = network.schedule == "layerwise"

    def sums(self, population: CompiledNeurons, chunk: Chunk) -> Array:
        """The sums of the steps at hand. Where nothing spikes and all steps are alike it is the held plane itself."""
        held = self.held(population, chunk)
        spiking = self.spiking(population, chunk)
        later = bool(held.shape[2]) and (population.latched or self.ends_within(chunk))
        if not spiking and held.shape[2] and not later:
            return held
        planes = 1 if self.gathers or not (spiking or later) else chunk.length
        sums = chunk.take(population.name, "sums", (planes, population.size), population.types.sums)
        self._add_spikes(sums, held[:, :, :0] if later else held, spiking, chunk)
        if population.latched and spiking:
            self._latch(population, sums, chunk)
        if later:
            sums[:, : self.network.code.charge_steps - chunk.steps.start] += held
        return sums

    def begun(
        self, population: CompiledNeurons, spiking: list[tuple[IncomingRoute, Events | Masks]], chunk: Chunk
    ) -> Array:
        """What some of the sources that spike bring, on top of the held plane; without any that plane itself."""
        held = self.held(population, chunk)
        if not spiking:
            return held
        sums = chunk.take(population.name, "sums", (chunk.length, population.size), population.types.sums)
        self._add_spikes(sums, held, spiking, chunk)
        return sums

    def spiking(self, population: CompiledNeurons, chunk: Chunk) -> list[tuple[IncomingRoute, Events | Masks]]:
        """What arrives in the steps at hand of sources that spike: masks where they are there and the route reads them."""
        found: list[tuple[IncomingRoute, Events | Masks]] = []
        for one in population.incoming:
            source, delay = one.projection.source, one.projection.delay
            if source in chunk.levels:
                continue
            masks = chunk.masks(source, delay) if isinstance(one.route, MaskRoute) and not one.step_factors else None
            what = chunk.arriving(source, delay) if masks is None else masks
            if isinstance(what, Masks) or not what.graded:
                found.append((one, what))
        return found

    def _add_spikes(
        self, sums: Array, begin: Array, spiking: list[tuple[IncomingRoute, Events | Masks]], chunk: Chunk
    ) -> None:
        """Set every plane to `begin`, or zero where that has no neurons, and add what spikes bring."""
        if not spiking:
            sums[:] = 0
        planes = Planes(sums, begin, True)
        for one, what in spiking:
            chunk.buffers.check()
            operations = np.zeros(chunk.count, np.int64)
            if isinstance(what, Masks):
                cast(MaskRoute, one.route).deliver_masks(planes, what, operations, chunk.buffers)
            elif one.step_factors:
                self._add_weighted(planes, one, what, chunk, operations)
            else:
                one.route.deliver(planes, what, operations, chunk.buffers)
            self.ledger.operations[one.projection.name][chunk.samples] += operations
            planes = added_to(sums)

    def _add_weighted(
        self, planes: Planes, one: IncomingRoute, events: Events, chunk: Chunk, operations: Array
    ) -> None:
        """Add spikes of which each step has an amplitude to the one plane of a layerwise run."""
        sums = planes.sums
        if planes.fresh:
            sums[:] = planes.begin if planes.begin.shape[2] else 0
        each = chunk.take(one.projection.name, "each step", (chunk.length, sums.shape[2]), sums.dtype)
        one.route.deliver(emptied(each), events, operations, chunk.buffers)
        for step in range(chunk.length):
            sums[:, 0] += sums.dtype.type(one.step_factors[chunk.steps.start + step]) * each[:, step]

    def _latch(self, population: CompiledNeurons, sums: Array, chunk: Chunk) -> None:
        """What has arrived so far stays on as a current."""
        current = chunk.remember(population.name, "current", (population.size,), sums.dtype)
        sums[:, 0] += current
        np.cumsum(sums, axis=1, out=sums)
        current[:] = sums[:, -1]

    def ends_within(self, chunk: Chunk) -> bool:
        """Whether a direct input ends within the steps at hand; chunks avoid it where they can."""
        return not self.gathers and chunk.steps.start < self.network.code.charge_steps < chunk.steps.stop

    def held(self, population: CompiledNeurons, chunk: Chunk) -> Array:
        """The plane of the graded projections, `(samples, 1, neurons)`; of no neurons without any, or when nothing flows."""
        name, code, kind = population.name, self.network.code, population.types.sums
        graded = [one for one in population.incoming if not one.projection.delay]
        graded = [one for one in graded if chunk.is_graded(one.projection.source)]
        if not graded or not code.charged(chunk.steps.start):
            return chunk.take(name, "nothing", (1, 0), kind)
        if (name, "held") in chunk.state:
            return chunk.state[name, "held"]
        plane = chunk.state[name, "held"] = chunk.take(name, "held", (1, population.size), kind)
        planes = emptied(plane)
        for one in graded:
            operations = np.zeros(chunk.count, np.int64)
            one.route.deliver(planes, chunk.arriving(one.projection.source, 0), operations, chunk.buffers)
            planes = added_to(plane)
            self.ledger.operations[one.projection.name][chunk.samples] += operations
        if self.gathers:
            plane *= plane.dtype.type(code.charge_steps)
        return plane


def driving_values(population: CompiledNeurons, chunk: Chunk) -> tuple[IncomingRoute, DrivingRoute, Events] | None:
    """The one projection of a population, where it brings values that are sent once and its route fires by them, and these."""
    one = population.incoming[0]
    events = chunk.arrived.get(one.projection.source)
    if len(population.incoming) != 1 or not isinstance(one.route, DrivingRoute) or one.projection.delay:
        return None
    return None if events is None or not events.graded else (one, one.route, events)
