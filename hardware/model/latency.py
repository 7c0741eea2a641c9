"""The cycle law of the circuits, from the means of an activity; `hardware.behaviour` has the exact ones, from rasters.

With R blocks of potentials, each a block of lanes (CL, RL, XL) of a map (C, H, W), and a settling time of 5 cycles, a step is

    passes + 2 + R + 5                                   R = ceil(C / CL) x ceil(H / RL) x ceil(W / XL)

where the passes are those of the events that enter, by the rows of weights that the circuit stores (`event_passes`) and the
neurons that they come from: counted in rasters, else as the measured additions say (`spike_shares`, with bounds that hold for
every activity of so many). An event that reaches nothing takes a cycle. A direct input is one more such round in front of the
first step; a step of a layer that it enters alone, and later steps of a layerwise network, take 1 + R + 5.

QuantReLU layers (MAC cores) are frame based, the same for every image: a block takes max(2, steps) cycles, with the rows of
weights that are stored for it, and a layer no less than a cycle for each output; before come the pixels, a cycle each, and
behind each layer 19 cycles until its last value is there (`hardware.behaviour.mac_cycles`).

Layers form a pipeline over the steps: latency = sum of (once + step) + (steps - 1) x the slowest step. The low bound is the
slowest layer alone (perfect overlap), the high bound the sum of all layers (none), with two cycles more for each event (sent,
and taken) and one for each block without any. A layerwise network, and one of a single step, does not overlap: latency = sum.
Throughput is set by the slowest layer. [measured] against the simulator, which equals the Verilog: on 110 drawn circuits, pruned
ones among them, means of four images are within 5 % in the median, -44 to +66 % at worst, and all inside their intervals; MAC
cores within 2 %. The link to a host is not counted, nor is what layers do once behind a reset.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from spikewright.hardware.behaviour.mac_cycles import SENT, WAITS, block_steps
from spikewright.hardware.circuit.layer_rows import LayerRows
from spikewright.hardware.circuit.mac.sources import sources_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.constants import ANSWER_CYCLES, SEEN_CYCLES, SENT_CYCLES, SETTLE_CYCLES
from spikewright.hardware.model.event_passes import pass_cycles
from spikewright.hardware.model.flows import EventFlow, frame_based
from spikewright.hardware.model.interval import ZERO, Interval, total
from spikewright.hardware.model.lane_costs import LaneCost
from spikewright.snn import Network, Population
from spikewright.snn.traits import computes_values, is_timed, sent

LEAST_STEPS = 2
"""Cycles that a block of a MAC core takes at least."""


@dataclass(frozen=True)
class LayerCycles:
    """Busy cycles of a layer per inference: `once` before the first step, `steps` over all steps together."""

    once: Interval
    steps: Interval

    @property
    def total(self) -> Interval:
        """All of them."""
        return self.once + self.steps


def rows(population: Population, layer: LayerDesign) -> int:
    """Passes that visit every neuron of the layer once."""
    return LayerBlocks(as_map(population.shape), layer.lanes).count


def layer_cycles(
    network: Network,
    population: Population,
    layer: LayerDesign,
    flows: Sequence[EventFlow],
    steps: float | None = None,
) -> LayerCycles:
    """Busy cycles of `population` built as `layer` under the mean activity in `flows`; `steps` that are taken in the mean, all of
    them where nothing is said."""
    if frame_based(network, population):
        return LayerCycles(ZERO, _frame(network, population, layer))
    taken = network.steps if steps is None else steps
    once_only = sent(network, population).once
    taken, late = (1 if once_only else taken), LaneCost.of(network, population).late
    blocks, layerwise = rows(population, layer), network.schedule == "layerwise" or is_timed(network)
    sweep = Interval.exact(blocks + SETTLE_CYCLES + late)
    stored = _stored(network, population, layer)
    passes = [(flow.graded, pass_cycles(network, flow, stored[flow.projection.name])) for flow in flows]
    once = total(cycles for graded, cycles in passes if graded)
    if not layerwise and any(graded for graded, _ in passes):
        once = once + sweep + Interval.exact(SEEN_CYCLES)
    spikes = total(cycles for graded, cycles in passes if not graded)
    held = all(graded for graded, _ in passes)
    waits = SEEN_CYCLES + taken - 1 if layerwise else taken if held else SEEN_CYCLES * taken
    alone = taken * (blocks + SENT_CYCLES + late) + 2 * sum(flow.words.high for flow in flows)
    steps_cycles = spikes + sweep * taken + Interval(waits, waits, waits + alone)
    awaited = _awaited(network, population)
    if awaited < network.steps:
        steps_cycles = replace(steps_cycles, low=(sweep.low + 1) * min(awaited, taken))
        once = once if awaited else replace(once, low=0.0)
    return LayerCycles(once, steps_cycles)


def _awaited(network: Network, population: Population) -> int:
    """The steps of a population that the answer waits for: behind delays the last ones arrive nowhere in time."""
    if population.name == network.output:
        return network.steps
    awaited = {network.output: network.steps}
    for other in reversed(network.order):
        for projection in network.incoming[other.name]:
            arriving = max(0, awaited.get(other.name, 0) - projection.delay)
            awaited[projection.source] = max(awaited.get(projection.source, 0), arriving)
    return awaited.get(population.name, 0)


def row_reads(network: Network, population: Population, layer: LayerDesign, flow: EventFlow) -> Interval:
    """How often an inference reads a row of the weights of `flow`, a projection into `population` built as `layer`."""
    if frame_based(network, population):
        sources = sources_of(_alone(network, layer), population)
        return Interval.exact(
            float(sum(one.memories.whole_steps for one in sources if one.projection is flow.projection))
        )
    return pass_cycles(network, flow, _stored(network, population, layer)[flow.projection.name])


def _frame(network: Network, population: Population, layer: LayerDesign) -> Interval:
    """A MAC core walks the stored rows of P neurons at a time, whatever the input."""
    steps = block_steps(sources_of(_alone(network, layer), population))
    walked = np.maximum(steps, LEAST_STEPS).sum()
    return Interval.exact(float(max(walked, population.size + 1)))


def _alone(network: Network, layer: LayerDesign) -> Circuit:
    return Circuit(network, {layer.population: layer.lanes}, Path())


def _stored(network: Network, population: Population, layer: LayerDesign) -> Mapping[str, StoredRows]:
    return LayerRows.of(network, population, layer.lanes, {}).rows


def pipeline_latency(network: Network, layers: Sequence[LayerCycles]) -> Interval:
    """Cycles from the first input event until the class is found, for layers in topological order."""
    share, busiest, longest = 1.0 / network.steps, 0.0, 0.0
    for layer in layers:
        busiest, longest = max(busiest, layer.total.low), max(longest, layer.steps.value)
    filled = sum(layer.once.value + layer.steps.value * share for layer in layers)
    return overlapped(network, total(layer.total for layer in layers), busiest, filled, longest)


def overlapped(network: Network, serial: Interval, busiest: Any, filled: Any, longest: Any) -> Interval:
    """`pipeline_latency` from what it needs of all layers, numbers or arrays over many designs.

    serial: the sum of their cycles. busiest: the lowest end of the layer where that is largest. filled: the sum of once and of
    one step; longest: the most cycles of a layer over all steps.
    """
    answer = _answered(network)
    serial = serial + answer
    if network.schedule == "layerwise" or network.steps == 1:
        return Interval(busiest, serial.value, serial.high)
    return Interval(
        busiest, filled + answer.value + (network.steps - 1) * (longest * (1.0 / network.steps)), serial.high
    )


def _answered(network: Network) -> Interval:
    """Cycles of an inference in which no layer is busy: the class is found, and in a MAC core images come in and values are on
    their way; there the outputs of a layer may leave behind all of its work, or beside it."""
    answer = Interval.exact(network.classes + ANSWER_CYCLES)
    if not computes_values(network):
        return answer
    source, *inner = network.order
    more = source.size + 1 + (WAITS + SENT) * len(inner)
    return answer + Interval(more, more, more + sum(p.size + 1 for p in inner))
