"""What a layer has to do for an inference at one choice of lanes: passes, blocks, and how long its serialiser takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.behaviour.sent_words import laid
from spikewright.hardware.circuit.gates import EACH, EVERY_STEP
from spikewright.hardware.circuit.lane_kinds import lane_kind
from spikewright.hardware.circuit.orders import staged_order
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.model.constants import SETTLE_CYCLES
from spikewright.snn import Population, Projection

Numbers = NDArray[np.float64]
TOKEN = 3
"""Cycles that a token between steps takes where it does not end the gathering."""
STAGES = 3
"""Cycles from taking an event to its first pass in a front that goes by lists."""


@dataclass(frozen=True, eq=False)
class LayerWork:
    """Means over samples. Leading axes are choices of lanes; the last axis of `passes` and `items` is that of steps.

    `blocks`: rows of potentials, R. `lanes`: P. `settles`, `late`: cycles behind a sweep, and those that what it sends comes
    later than that of IF neurons. `passes (..., projections, steps)`: passes for the events of each projection into the
    layer, in the step in which they were sent. `items (..., steps)`: cycles of the serialiser without the token, the sum over
    blocks of max(1, events); nothing where the layer sends nothing. `taken`: cycles in which its fronts take words, if none
    is taken during a pass.
    """

    blocks: Numbers
    lanes: Numbers
    settles: Numbers
    late: Numbers
    passes: Numbers
    items: Numbers
    taken: Numbers

    @classmethod
    def stacked(cls, works: Sequence["LayerWork"]) -> "LayerWork":
        """Several choices of lanes behind each other."""
        return cls(*(np.stack([getattr(work, field.name) for work in works]) for field in fields(cls)))

    def at(self, choice: Any) -> "LayerWork":
        """The choices with these numbers."""
        return LayerWork(*(getattr(self, field.name)[choice] for field in fields(self)))


def work_of(circuit: Circuit, population: Population, rasters: Mapping[str, Any]) -> LayerWork:
    """The work of a layer of `circuit`, whose populations send `rasters[name] (rows, samples, neurons)`."""
    blocks, kind, steps = circuit.blocks(population), lane_kind(circuit, population), circuit.network.steps
    passes, taken = [], 0.0
    for _, projection in circuit.incoming(population):
        events, walked = _reaching(circuit, projection, _events(rasters[projection.source], steps))
        rows = circuit.layer(population).rows[projection.name]
        passes.append(events @ np.maximum(rows.passes, 1).reshape(-1))
        taken += (events.sum() + TOKEN * steps) * (1 if rows.layout == "dense" else STAGES) + walked
    items = np.zeros(steps)
    if population.name in rasters:
        raster = np.asarray(rasters[population.name])
        maps = (raster != 0).reshape(-1, *blocks.shape).astype(np.int64)
        spikes = laid(maps, blocks).reshape(len(raster), -1, blocks.count, blocks.lanes.count).sum(axis=3)
        items = np.maximum(spikes, 1).sum(axis=2).mean(axis=1)
    count, lanes, settles, late = map(_number, (blocks.count, blocks.lanes.count, SETTLE_CYCLES + kind.late, kind.late))
    return LayerWork(count, lanes, settles, late, np.array(passes), items, _number(taken))


def _number(value: float) -> Numbers:
    return np.array(float(value))


def _reaching(circuit: Circuit, projection: Projection, events: Numbers) -> tuple[Numbers, float]:
    """The events `(steps, places)` that come to a front of those that are sent, and the cycles that it takes at most to come
    there."""
    steps, counts, waited = len(events), circuit.counted(projection), 0.0
    if projection.delay:
        delay = min(projection.delay, steps)
        events = np.concatenate([np.zeros((delay, events.shape[1])), events[: steps - delay]])
        waited += 2 * events.sum() + TOKEN * steps
    if counts:
        waited += events.shape[1] * (steps + 2) + events.sum() + TOKEN * steps
        if counts.replay != EACH:
            sent = np.ones(steps) if counts.replay == EVERY_STEP else np.arange(steps) == steps - 1
            events = np.repeat(sent[:, None].astype(float), events.shape[1], axis=1)
    if (order := staged_order(projection)) is not None:
        read = order.addresses.reshape(-1)
        waited += events.sum() + TOKEN * steps
        events = np.where(read >= 0, events[:, np.maximum(read, 0)], 0.0)
        waited += events.sum()
    return events, float(waited)


def _events(raster: Any, steps: int) -> Numbers:
    """Mean events `(steps, neurons)`; those that are sent once come in the first step."""
    found = np.zeros((steps, raster.shape[2]))
    found[: len(raster)] = (np.asarray(raster) != 0).mean(axis=1)
    return found
