"""The cycle law of the circuits, from the means of an activity; `hardware.behaviour` has the exact ones, from rasters.

With R blocks of potentials, each a block of lanes (CL, RL, XL) of a map (C, H, W), and a settling time of 5 cycles, a step is

    passes + 2 + R + 5                                   R = ceil(C / CL) x ceil(H / RL) x ceil(W / XL)

where an event takes a pass for each group of channels that it reaches and each tile of neighbouring rows and columns; events
at the edge of a map reach fewer, and those that reach nothing take a cycle. Events are taken to be spread evenly over the
map: the value is the mean over all places, the high end the most passes of a place, the low end the fewest, or what is left
when all zeros are skipped. A direct input is one more such round in front of the first step. Layerwise, later steps take 1 +
R + 5. [measured] against the simulator, which equals the Verilog: on 102 drawn circuits latencies are within 5 % in the
median, -8 to +62 % at worst, and all inside their intervals.

Of masked weights a lane has neighbouring channels and skips zeros: of k survivors a lane on average, the fullest of L lanes
has about k + sqrt(2 k (1 - density) ln L) [derived, survivors drawn evenly]; at most all passes.

QuantReLU layers (MAC cores) are frame based: a block takes max(2, fan-in) cycles, pruned rows left out that are zero in all
lanes [derived: survivors drawn evenly], and a layer no less than a cycle for each output; see
`hardware.behaviour.mac_cycles`.

Layers form a pipeline over the steps: latency = sum of (once + step) + (steps - 1) x the slowest step. The low bound is the
slowest layer alone (perfect overlap), the high bound the sum of all layers (none), with two cycles more for each event (sent,
and taken) and one for each block without any. A layerwise network, and one of a single step, does not overlap: latency = sum.
Throughput is set by the slowest layer. The link to a host is not counted, nor is what layers do once behind a reset.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.constants import ANSWER_CYCLES, SEEN_CYCLES, SENT_CYCLES, SETTLE_CYCLES
from spikewright.hardware.model.event_passes import pass_cycles
from spikewright.hardware.model.flows import EventFlow, frame_based
from spikewright.hardware.model.interval import ZERO, Interval, total
from spikewright.hardware.model.lane_costs import LaneCost
from spikewright.snn import Network, Population
from spikewright.snn.traits import is_timed, sent


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
        return LayerCycles(ZERO, _frame(population, layer, flows))
    taken = network.steps if steps is None else steps
    once_only = sent(network, population).once
    taken, late = (1 if once_only else taken), LaneCost.of(network, population).late
    blocks, layerwise = rows(population, layer), network.schedule == "layerwise" or is_timed(network)
    sweep = Interval.exact(blocks + SETTLE_CYCLES + late)
    once = total(pass_cycles(network, flow, layer) for flow in flows if flow.graded)
    if not layerwise and any(flow.graded for flow in flows):
        once = once + sweep + Interval.exact(SEEN_CYCLES)
    spikes = total(pass_cycles(network, flow, layer) for flow in flows if not flow.graded)
    waits = SEEN_CYCLES + taken - 1 if layerwise else SEEN_CYCLES * taken
    alone = taken * (blocks + SENT_CYCLES + late) + 2 * sum(flow.words.high for flow in flows)
    steps_cycles = spikes + sweep * taken + Interval(waits, waits, waits + alone)
    awaited = _awaited(network, population)
    if awaited < network.steps:
        steps_cycles = replace(steps_cycles, low=(sweep.low + SEEN_CYCLES) * min(awaited, taken))
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


def _frame(population: Population, layer: LayerDesign, flows: Sequence[EventFlow]) -> Interval:
    """A MAC core walks the fan-in of P neurons at a time, whatever the input; rows that are zero in all lanes are skipped."""
    taps = total(_walked(flow, layer.lanes.channels) for flow in flows)
    block = Interval.exact(2.0).largest(taps)
    return (block * rows(population, layer)).largest(Interval.exact(population.size + 1.0))


def _walked(flow: EventFlow, channels: int) -> Interval:
    """Rows of weights of a block: of those that P lanes share, one that is zero in all is left out."""
    density, taps = flow.storage.density if flow.storage.masked else 1.0, float(flow.reach.fan_in)
    lanes = min(channels, flow.reach.channels)
    return Interval(taps * density, taps * (1 - (1 - density) ** lanes), taps)


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
    answer = Interval.exact(network.classes + ANSWER_CYCLES)
    serial = serial + answer
    if network.schedule == "layerwise" or network.steps == 1:
        return Interval(busiest, serial.value, serial.high)
    return Interval(
        busiest, filled + answer.value + (network.steps - 1) * (longest * (1.0 / network.steps)), serial.high
    )
