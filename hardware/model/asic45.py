"""`asic45`: the field's 45 nm energy index, from the numbers of accesses and operations of an inference.

After Lemaire et al., ICONIP 2022 (arXiv 2210.13107); numbers in brackets are its equations. theta = events in,
theta' = spikes out, N neurons, T steps, E(n) = 1.09e-5 n + 13.2 pJ for one word of a memory of n bits.

    spiking: read input theta E(0) [5]; weights r E(w) [7, 8]; bias N T E(b); potentials read and written
             (r + N T) E(v) each [9, 10, 14, 15]; write output theta' E(0) [13]
             operations (a + N T + theta') add [1.4, 2.4]; addresses r add [16.3, 17.2], 2 theta MAC for maps [16.2]
    QuantReLU, m = N x fan-in: read input m E(in) [3] or Nin E(in) [4]; weights m E(w) [6]; bias N E(b);
             write N E(out) [11, 12]
             operations m MAC [1.1, 2.1] + N (add + multiply); addresses Nin + N + Cout K adds for maps, m adds else

r = weights read and a = additions made. Corrections: both are what the engine counted (borders, stride and pruned
weights known exactly; zeros in dense memories are read all the same), not theta Cout K, so that memory and operations
agree under stride, where the published code differs; the equation 2.4 counts Nin times too many and leaves the reset
out, mended; sweeps of biases and potentials happen every step (factor T); the addressing of fully connected layers has
its full factor Nin; a leak 2**-k is one more add, not a MAC. A direct input is convolved once: MACs instead of adds,
its sum read again in each step as a bias. Time to first spike: MACs, once.

Other neurons: a second comparison in a sweep where there are two (SignedIF, TernaryIF, LatchedIF, refractory steps), a long
division, an add for each bit of the number, for bursts and ramps; what a neuron keeps beside V (`LaneCost.memo_bits`) is read and
written in each sweep. A gate compares, an add, in place of adding up, and has no weights; where it compares counts, each event
reads and writes that of its neuron, E(c) for c bits of all neurons of the source, and counts that may fall are compared anew in
each step. A burst counts as its spikes, as the field does; a core that sends it as one event does less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikewright.hardware.circuit.gates import EACH, EVERY_STEP, GateCounts
from spikewright.hardware.model.bit_widths import CoreWidths, signed_bits
from spikewright.hardware.model.constants import SRAM_ERROR
from spikewright.hardware.model.flows import EventFlow, frame_based
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.model.lane_costs import LaneCost
from spikewright.hardware.model.operations45 import Sram, add_pj, multiply_pj
from spikewright.snn import Network, Population
from spikewright.snn.traits import sent


@dataclass(frozen=True)
class LayerEnergy:
    """Nanojoule per inference. The bands of the memory parts are the error of the SRAM regression."""

    potentials_nj: Interval
    weights_nj: Interval
    bias_nj: Interval
    io_nj: Interval
    operations_nj: Interval
    addressing_nj: Interval

    @property
    def memory_nj(self) -> Interval:
        """All accesses to memories."""
        return self.potentials_nj + self.weights_nj + self.bias_nj + self.io_nj

    @property
    def total_nj(self) -> Interval:
        """Memory, operations and addressing."""
        return self.memory_nj + self.operations_nj + self.addressing_nj


def layer_energy(
    network: Network,
    population: Population,
    flows: Sequence[EventFlow],
    spikes_out: float,
    sizes: CoreWidths,
    sram: Sram,
) -> LayerEnergy:
    """The index of one layer for the mean activity in `flows` and `spikes_out` spikes sent per inference."""
    if frame_based(network, population):
        return _mac_layer(population, flows, sizes, sram)
    return _spiking_layer(network, population, flows, spikes_out, sizes, sram)


def _spiking_layer(
    network: Network,
    population: Population,
    flows: Sequence[EventFlow],
    spikes_out: float,
    sizes: CoreWidths,
    sram: Sram,
) -> LayerEnergy:
    bits, neurons = sizes.potentials[population.name], population.size
    sweeps = float(neurons * (1 if sent(network, population).once else network.steps))
    reads = sum(_reads(network, flow) for flow in flows)
    events = sum(flow.events for flow in flows) + spikes_out
    cost = LaneCost.of(network, population)
    additions = sum(_additions(network, flow, sizes, bits) for flow in flows)
    additions += _sweep_additions(population, cost, sweeps, spikes_out) * add_pj(bits)
    maps = sum(2 * flow.events for flow in flows if len(population.shape) == 3 and flow.storage.words)
    potentials = (reads + sweeps) * _both_pj(neurons * bits, bits, sram)
    potentials += sum(_counts_pj(network, flow, sram) for flow in flows)
    if cost.memo_bits:
        potentials += sweeps * _both_pj(neurons * cost.memo_bits, cost.memo_bits, sram)
    return LayerEnergy(
        potentials_nj=_memory(potentials),
        weights_nj=_memory(sum(_weights_pj(flow, flow.reads, sram) for flow in flows)),
        bias_nj=_memory(sweeps * _bias_pj(population, flows, sizes, sram)),
        io_nj=_memory(events * sram.access_pj(0, 1)),
        operations_nj=Interval.exact(additions / 1e3),
        addressing_nj=Interval.exact((reads * add_pj(bits) + maps * (add_pj(bits) + multiply_pj(8))) / 1e3),
    )


def _both_pj(total_bits: float, bits: int, sram: Sram) -> float:
    """Reading a word and writing it back."""
    return sram.access_pj(total_bits, bits) + sram.access_pj(total_bits, bits, "write")


def _weights_pj(flow: EventFlow, reads: float, sram: Sram) -> float:
    """Reading so many weights; a pool or an identity stores none."""
    return reads * sram.access_pj(flow.storage.total_bits, flow.storage.bits) if flow.storage.words else 0.0


def _reads(network: Network, flow: EventFlow) -> float:
    """Potentials that events meet; of gates, what is compared."""
    often = _replays(network, flow)
    return flow.inputs * flow.reach.taps * often if often else flow.reads


def _replays(network: Network, flow: EventFlow) -> int:
    """How often the counts of all neurons of a source are compared in a run; 0 where each event brings its own."""
    target = network.by_name[flow.projection.target]
    counts = GateCounts.of(network, target) if target.neuron.compares else None
    if counts is None or counts.replay == EACH:
        return 0
    return network.steps if counts.replay == EVERY_STEP else 1


def _counts_pj(network: Network, flow: EventFlow, sram: Sram) -> float:
    """Counts in front of gates: read and written for each event, and read where all of them are compared anew."""
    target = network.by_name[flow.projection.target]
    counts = GateCounts.of(network, target) if target.neuron.compares else None
    if counts is None or not counts.counted:
        return 0.0
    size, replayed = flow.inputs * counts.bits, flow.inputs * _replays(network, flow)
    return flow.events * _both_pj(size, counts.bits, sram) + replayed * sram.access_pj(size, counts.bits)


def _additions(network: Network, flow: EventFlow, sizes: CoreWidths, bits: int) -> float:
    """Zeros that a dense memory delivers are added like any other weight; numbers that stand for the run are multiplied first."""
    reads = _reads(network, flow)
    once = sent(network, network.by_name[flow.projection.source]).once and not flow.projection.synapse.compares
    return reads * (add_pj(bits) + (multiply_pj(max(8, sizes.weights[flow.projection.name])) if once else 0.0))


def _sweep_additions(population: Population, cost: LaneCost, sweeps: float, spikes_out: float) -> float:
    """What a neuron adds and compares in every step, a leak's shifted subtraction, and the reset of each spike."""
    return sweeps * (cost.additions + (1 if population.neuron.leak else 0)) + spikes_out


def _bias_pj(population: Population, flows: Sequence[EventFlow], sizes: CoreWidths, sram: Sram) -> float:
    """One access to the bias of a neuron; with a direct input that is the held sum. 0 without biases."""
    if any(flow.graded for flow in flows):
        bits = sizes.accumulators[population.name]
        return sram.access_pj(population.size * bits, bits)
    bias = np.asarray(population.bias)
    if not np.any(bias):
        return 0.0
    bits = signed_bits(bias)
    return sram.access_pj(bias.size * bits, bits)


def _mac_layer(population: Population, flows: Sequence[EventFlow], sizes: CoreWidths, sram: Sram) -> LayerEnergy:
    neurons, bits = population.size, sizes.potentials[population.name]
    neuron = population.neuron
    inputs = weights = operations = addresses = 0.0
    for flow in flows:
        count = neurons * flow.reach.fan_in * flow.storage.density
        size = flow.inputs
        spatial = len(population.shape) == 3
        inputs += (count if spatial else size) * sram.access_pj(size * 8, 8)
        weights += _weights_pj(flow, count, sram)
        product = 0.0 if population.neuron.compares else multiply_pj(max(8, sizes.weights[flow.projection.name]))
        operations += count * (add_pj(bits) + product)
        addresses += size + neurons + flow.reach.channels * flow.reach.taps if spatial else count
    levels = neuron.levels.bit_length() if neuron.levels else bits
    operations += neurons * (add_pj(bits) + (multiply_pj(bits) if neuron.levels else 0.0))
    return LayerEnergy(
        potentials_nj=_memory(0.0),
        weights_nj=_memory(weights),
        bias_nj=_memory(neurons * _plain_bias(population, sram)),
        io_nj=_memory(inputs + neurons * sram.access_pj(neurons * levels, levels, "write")),
        operations_nj=Interval.exact(operations / 1e3),
        addressing_nj=Interval.exact(addresses * add_pj(8) / 1e3),
    )


def _plain_bias(population: Population, sram: Sram) -> float:
    bias = np.asarray(population.bias)
    bits = signed_bits(bias)
    return sram.access_pj(bias.size * bits, bits) if np.any(bias) else 0.0


def _memory(picojoule: float) -> Interval:
    return SRAM_ERROR * (picojoule / 1e3)
