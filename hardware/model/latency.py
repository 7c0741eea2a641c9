"""One cycle law for every P.

With `passes` per event and `rows` for the sweep at the end of each step (bias, threshold, reset), where an event reaches
`channels` at `tap rows` x `tap columns` positions of a map (C, H, W) and (CL, RL, XL) are the lanes,

    passes = ceil(channels / CL) x ceil(tap rows / RL) x ceil(tap columns / XL)
    rows   = ceil(C / CL) x ceil(H / RL) x ceil(W / XL)

    cycles = sum over projections of events (passes + 2) + steps (rows + 2)      P < N, potentials in a RAM
    cycles = sum over projections of events              + 2.5 steps             P = N, potentials in registers

For a fully connected layer of N neurons and P = 1 that is (events + 1) (N + 2) a step, checked against a circuit.
A direct input enters once, before the first step. Sparse storage walks the surviving weights: `passes` shrinks with the
density, down to one. QuantReLU layers (MAC cores) are frame based: rows (fan-in + 2), surviving weights only.

Layers form a pipeline over the steps: latency = sum of (once + step) + (steps - 1) x the slowest step. The low bound is
the slowest layer alone (perfect overlap), the high bound the sum of all layers (none). A layerwise network, and one of
a single step, does not overlap: latency = sum. Throughput is set by the slowest layer. The encoder of the input and the
link to a host are not counted, nor is a unit that decides early.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.constants import GAP_CYCLES, PARALLEL_SWEEP_CYCLES
from spikewright.hardware.model.flows import EventFlow, frame_based
from spikewright.hardware.model.interval import ZERO, Interval, total
from spikewright.snn import Network, Population


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
    network: Network, population: Population, layer: LayerDesign, flows: Sequence[EventFlow]
) -> LayerCycles:
    """Busy cycles of `population` built as `layer` under the mean activity in `flows`."""
    if frame_based(network, population):
        return LayerCycles(ZERO, _frame(population, layer, flows))
    parallel = layer.physical_neurons == population.size
    gap = 0 if parallel else GAP_CYCLES
    sweep = PARALLEL_SWEEP_CYCLES if parallel else Interval.exact(rows(population, layer) + GAP_CYCLES)
    once = total(_passes(flow, layer, parallel, gap) for flow in flows if flow.graded)
    spikes = total(_passes(flow, layer, parallel, gap) for flow in flows if not flow.graded)
    return LayerCycles(once, spikes + sweep * network.steps)


def _passes(flow: EventFlow, layer: LayerDesign, parallel: bool, gap: int) -> Interval:
    """Cycles of all events of a projection; sparse lanes may be badly balanced, at worst as slow as dense ones."""
    if parallel:
        return Interval.exact(flow.events)
    reach = flow.reach
    used = reach.lanes(layer.lanes)
    dense = (
        -(-reach.channels // used.channels) * -(-reach.tap_rows // used.rows) * -(-reach.tap_columns // used.columns)
    )
    balanced = reach.channels * reach.taps * flow.storage.density / used.count
    mean = max(1.0, balanced) if flow.storage.masked else dense
    return Interval(mean + gap, mean + gap, dense + gap) * flow.events


def _frame(population: Population, layer: LayerDesign, flows: Sequence[EventFlow]) -> Interval:
    """A MAC core walks the fan-in of P neurons at a time, whatever the input; pruned weights are skipped."""
    taps = sum(flow.reach.fan_in * flow.storage.density for flow in flows)
    return Interval.exact(rows(population, layer) * (taps + GAP_CYCLES))


def pipeline_latency(network: Network, layers: Sequence[LayerCycles]) -> Interval:
    """Cycles from the first input event to the answer, for layers in topological order."""
    serial, slowest = total(layer.total for layer in layers), ZERO
    for layer in layers:
        slowest = slowest.largest(layer.total)
    if network.schedule == "layerwise" or network.steps == 1:
        return serial
    share = 1.0 / network.steps
    longest = max(layer.steps.value for layer in layers) * share
    filled = sum(layer.once.value + layer.steps.value * share for layer in layers)
    return Interval(slowest.low, filled + (network.steps - 1) * longest, serial.high)
