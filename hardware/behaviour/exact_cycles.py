"""The cycles of a core, exactly: of each image alone, and the pace of many; simulated, and of a MAC core by its law."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.hardware.behaviour.cycle_law import pipeline
from spikewright.hardware.behaviour.mac_cycles import block_steps, mac_over, mac_times
from spikewright.hardware.behaviour.simulating import behave, rasters_of_activity
from spikewright.hardware.circuit.mac.sources import sources_of
from spikewright.hardware.circuit.readouts import stops_early
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.model.interval import ZERO, Interval
from spikewright.hardware.model.latency import LayerCycles
from spikewright.snn import Activity, Network

Rasters = Mapping[str, Any]
PACED = 4
"""Images that follow each other until a MAC core has found its pace."""


@dataclass(frozen=True, eq=False)
class CoreCycles:
    """`latency (images,)`: cycles of each image by itself behind a reset, from its first word until its class is found, both
    included. `interval`: mean cycles between two answers when the images follow each other. `layers`: of each layer by name the
    mean cycles of an image in which it works."""

    latency: NDArray[np.int64]
    interval: float
    layers: Mapping[str, LayerCycles]

    @property
    def mean_latency(self) -> Interval:
        """The mean over the images, between the fewest and the most of one image."""
        return Interval(float(self.latency.min()), float(self.latency.mean()), float(self.latency.max()))


def core_cycles(network: Network, lanes: Mapping[str, PhysicalLanes], activity: Activity) -> CoreCycles:
    """The cycles of the core of a fixed-point network, for the samples of an activity that has rasters.

    `lanes`: the physical neurons of each population but the input. A MAC core takes the same for every image. Raises InvalidInput
    for an activity without rasters, for what there is no circuit for, and for a network that may stop early.
    """
    circuit = Circuit(network, lanes, Path())
    if stops_early(circuit):
        raise InvalidInput(
            f"expected a network that takes all its steps, got {type(network.decision).__name__};"
            " try replace(network, decision=None)"
        )
    if circuit.quantised:
        return _of_mac_core(circuit, len(activity.logits))
    return _of_spike_core(circuit, rasters_of_activity(circuit, activity))


def _of_spike_core(circuit: Circuit, rasters: Rasters) -> CoreCycles:
    images = rasters[circuit.network.input].shape[1]
    alone = [behave(circuit, {name: one[:, n : n + 1] for name, one in rasters.items()}) for n in range(images)]
    works = pipeline(circuit, rasters)
    held = [circuit.once(q.source) and not circuit.layerwise for q in circuit.network.projections]
    layers = {}
    for population in circuit.inner:
        inside = [held[k] for k, _ in circuit.incoming(population)]
        once = float(works.works[population.name].passes[inside].sum())
        whole = float(works.working_cycles(population))
        layers[population.name] = LayerCycles(Interval.exact(once), Interval.exact(whole - once))
    latency = np.concatenate([one.latency for one in alone])
    return CoreCycles(latency, behave(circuit, rasters).interval, layers)


def _of_mac_core(circuit: Circuit, images: int) -> CoreCycles:
    over = mac_over(circuit, mac_times(circuit, PACED))
    layers = {}
    for population in circuit.inner:
        steps = block_steps(sources_of(circuit, population))
        layers[population.name] = LayerCycles(ZERO, Interval.exact(float(np.maximum(steps, 2).sum())))
    paces = [int(after - before) for before, after in pairwise(over)]
    return CoreCycles(np.full(images, over[0] + 1), float(paces[-1]), layers)
