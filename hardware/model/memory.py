"""Where the bits go: memory blocks by their geometry, LUT ROM below a stated depth."""

from dataclasses import dataclass

from spikewright.hardware.devices import Device
from spikewright.hardware.model.constants import BLOCK_MUX_WORDS, LUT_RAM_WORDS, LUT_ROM_WORDS, AreaCoefficients
from spikewright.hardware.model.interval import ZERO, Interval
from spikewright.hardware.placement import block_count


@dataclass(frozen=True)
class MemoryCost:
    """What a memory takes: LUTs, and memory blocks of the device."""

    lut: Interval
    blocks: int

    def __add__(self, other: "MemoryCost") -> "MemoryCost":
        return MemoryCost(self.lut + other.lut, self.blocks + other.blocks)


NOTHING = MemoryCost(ZERO, 0)


@dataclass(frozen=True)
class Rom:
    """`words` of `bits`, `lanes` of them read per cycle; `tables` of 64 x 1 bits hold one bit of them all."""

    words: int
    bits: int
    lanes: int
    tables: int = 0


def read_only(device: Device, area: AreaCoefficients, rom: Rom) -> MemoryCost:
    """LUT = c bits tables; blocks when a lane is deeper than 512 words, with a multiplexer over those of a lane.

    A neuron's words stay in its own tables whoever reads them: in LUTs a ROM costs the same for any number of lanes.
    """
    words, bits = rom.words, rom.bits
    if words < 1 or bits < 1:
        return NOTHING
    lanes = max(1, min(rom.lanes, words))
    depth = -(-words // lanes)
    if depth <= LUT_ROM_WORDS:
        return MemoryCost(area.rom * (bits * max(rom.tables, lanes, -(-words // 64))), 0)
    further = max(0.0, words / BLOCK_MUX_WORDS - lanes)
    return MemoryCost(area.block_mux * (bits * further), block_count(device, lanes * bits, depth))


def read_write(device: Device, area: AreaCoefficients, lanes: int, bits: int, depth: int) -> MemoryCost:
    """A RAM of `lanes` x `bits` a row and `depth` rows: LUT RAM up to 32 rows, else blocks."""
    if depth <= LUT_RAM_WORDS:
        return MemoryCost(area.lut_ram * (lanes * bits), 0)
    return MemoryCost(ZERO, block_count(device, lanes * bits, depth))
