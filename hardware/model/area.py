"""What a layer takes on the device: LUTs, flip-flops, memory blocks, multipliers.

    LUT = P (a + b V) + ROM + state RAM + row counter + kernel routing          V = potential bits
    FF  = P (V + W + 1) + 2 (+ a sequencer when P < N)                          W = weight bits
    DSP = P where events carry integers (direct input, QuantReLU), else 0

The first and the ROM term are the measured law of a fully parallel layer, N (10.0 + 1.70 V + 1.20 W ceil(Nin / 64)).
All numbers are synthesis estimates before place and route; tools and versions differ by 10 to 20 %. Their bands are as wide as
what 52 hand-written layers took against these laws (`hardware.model.constants.LUT_ERROR`, `FF_ERROR`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikewright.hardware.devices import Device
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.bit_widths import CoreWidths, signed_bits
from spikewright.hardware.model.constants import (
    AREA,
    FF_ERROR,
    FF_PER_LAYER,
    FF_SEQUENCER,
    LUT_ERROR,
    AreaCoefficients,
)
from spikewright.hardware.model.flows import EventFlow
from spikewright.hardware.model.interval import ZERO, Interval, total
from spikewright.hardware.model.latency import rows
from spikewright.hardware.model.memory import NOTHING, MemoryCost, Rom, read_only, read_write
from spikewright.snn import Population


@dataclass(frozen=True)
class LayerArea:
    """`blocks` are memory blocks of the device (half a block36 on Xilinx 7)."""

    lut: Interval
    ff: Interval
    blocks: int
    dsp: int


def layer_area(
    population: Population, layer: LayerDesign, flows: Sequence[EventFlow], sizes: CoreWidths, device: Device
) -> LayerArea:
    """The area of `population` built as `layer`, its weights, biases and potentials included."""
    area, count = AREA[device.family], layer.physical_neurons
    bits = sizes.potentials[population.name]
    weight_bits = max(sizes.weights[flow.projection.name] for flow in flows)
    depth, graded = rows(population, layer), any(flow.graded for flow in flows)
    held = bits + (sizes.accumulators[population.name] if graded else 0)
    memory = _bias(population, area, device)
    for flow in flows:
        memory = memory + _weights(flow, layer, area, device)
    multiplexed = count < population.size
    if multiplexed:
        memory = memory + read_write(device, area, count, held, depth)
    logic = (area.per_neuron + area.per_potential_bit * bits) * count
    control = area.row_counter * (depth - 1).bit_length()
    ff = Interval.exact(count * (bits + weight_bits + 1 + (0 if multiplexed else held - bits)) + FF_PER_LAYER)
    route = total(_route(flow, layer, area, weight_bits) for flow in flows)
    return LayerArea(
        (logic + control + route + memory.lut) * LUT_ERROR,
        (ff + (FF_SEQUENCER if multiplexed else ZERO)) * FF_ERROR,
        memory.blocks,
        count if graded else 0,
    )


def _weights(flow: EventFlow, layer: LayerDesign, area: AreaCoefficients, device: Device) -> MemoryCost:
    """The weight memory: lanes = weights read per cycle; with row pointers when pruned, a table when shared."""
    kept = flow.storage
    if not kept.words:
        return NOTHING
    reach = flow.reach
    lanes = reach.lanes(layer.lanes).count
    row = -(-kept.words // reach.rows)
    tables = 0 if kept.masked else row * -(-reach.rows // 64)
    memory = read_only(device, area, Rom(kept.words, kept.bits, lanes, tables))
    if kept.pointer_bits:
        memory = memory + read_only(device, area, Rom(reach.rows + 1, -(-kept.pointer_bits // (reach.rows + 1)), 1))
    if kept.entries:
        one = read_only(device, area, Rom(kept.entries, -(-kept.table_bits // kept.entries), 1))
        memory = memory + MemoryCost(one.lut * lanes, one.blocks * lanes)
    return memory


def _bias(population: Population, area: AreaCoefficients, device: Device) -> MemoryCost:
    """Biases, unless all are zero; thresholds per channel count alike."""
    memory = NOTHING
    for values in (population.bias, *population.neuron.all_thresholds().values()):
        array = np.asarray(values)
        if array.ndim and np.any(array):
            memory = memory + read_only(device, area, Rom(array.size, signed_bits(array), 1))
    return memory


def _route(flow: EventFlow, layer: LayerDesign, area: AreaCoefficients, weight_bits: int) -> Interval:
    """Lanes that work on several positions choose which weight of the kernel they take."""
    used = flow.reach.lanes(layer.lanes)
    extra = used.rows * used.columns - 1
    return area.kernel_route * (layer.physical_neurons * weight_bits * extra)
