"""What a layer takes on the device: look-up tables, flip-flops, memory blocks, multipliers.

Its modules are those of the circuit (`hardware.area.one_layer`), each with the size that synthesis gave it or modules of its
kind (`hardware.area.calibrated`): hierarchy kept, before place and route. Memory blocks are those of the placement, but for
queues that synthesis leaves out because nothing is ever stored in them. Bands are as wide as whole cores lay from such sums in
which they had no part; those of layers add up to that of the core, or to a wider one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spikewright.hardware.area.calibrated import sizes
from spikewright.hardware.area.contents import Words
from spikewright.hardware.area.elaboration.variants import ModuleUse
from spikewright.hardware.area.load_bus import NO_BUS, LoadBus
from spikewright.hardware.area.neighbours import NEIGHBOURS
from spikewright.hardware.area.one_layer import layer_parts
from spikewright.hardware.devices import Device
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.placement import PlacedMemory, Placement, PlacingRule
from spikewright.snn import Network


@dataclass(frozen=True)
class LayerArea:
    """`lut`: look-up tables (ALUTs on Cyclone V), `ff`: flip-flops, `dsp`: multipliers, `blocks`: memory blocks of the device,
    half a block36 on Xilinx 7. `beyond`: the share of `lut` in modules beyond what was calibrated. `outside`: what about them, in
    words; () for nothing, and for a share of at most MOST_BEYOND. `bus`: what its memories ask of the bus that loads them."""

    lut: Interval
    ff: Interval
    blocks: int
    dsp: int
    beyond: float = 0.0
    outside: tuple[str, ...] = ()
    bus: LoadBus = NO_BUS


def layer_area(network: Network, layer: LayerDesign, device: Device, loads: bool = False) -> LayerArea:
    """The area of a layer of the core of `network` with its queues, tables and memories; the output has the read-out too.

    A family that was not calibrated has the sizes of its neighbour, times factors with wide bands, and `outside` says so.
    `loads`: its memories are filled at run time; the loader itself is no layer's, see `loader_area`.
    Raises InvalidInput for what there is no circuit for.
    """
    parts = layer_parts(network, layer, PlacingRule.of(device), loads)
    return replace(_area(parts.uses, parts.memories, parts.held.words, device), bus=parts.bus)


def loader_area(bus: LoadBus, device: Device) -> LayerArea:
    """The area of the loader of a core whose layers together ask for `bus`; nothing where no memory is loaded."""
    return replace(_area(bus.loader, (), _no_words, device), bus=bus)


def _area(uses: Sequence[ModuleUse], memories: Sequence[PlacedMemory], words: Words, device: Device) -> LayerArea:
    if device.family in NEIGHBOURS:
        return _neighbours(uses, memories, words, device)
    sized = sizes(device.family).total(uses, words)
    return LayerArea(sized.lut, sized.ff, sized.blocks, round(sized.dsp.value), sized.beyond, sized.outside)


def _neighbours(uses: Sequence[ModuleUse], memories: Sequence[PlacedMemory], words: Words, device: Device) -> LayerArea:
    """Of a family that was not calibrated. Memories in registers, where a neighbour has tables, are flip-flops as well."""
    one = NEIGHBOURS[device.family]
    sized = sizes(one.family).total(uses, words)
    moved = sum(each.total_bits for each in memories if each.style == "registers" and each.words > 1)
    said = f"{device.family} takes the sizes of {one.family}: {one.why}"
    dsp, blocks = round(sized.dsp.value) if device.dsp else 0, Placement(device, tuple(memories)).blocks
    return LayerArea(
        sized.lut * one.lut, sized.ff * one.ff + Interval.exact(moved), blocks, dsp, 1.0, (said, *sized.outside)
    )


def _no_words(file: str) -> Sequence[int]:
    raise KeyError(file)
