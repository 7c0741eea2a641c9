"""The devices that designs are put on: what they hold, and what they draw when idle."""

from dataclasses import dataclass

from spikewright import InvalidInput
from spikewright.hardware.model.interval import Interval

_BLOCK_18K = ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384))
_BLOCK_10K = ((40, 256), (20, 512), (10, 1024), (5, 2048), (2, 4096), (1, 8192))


@dataclass(frozen=True)
class Device:
    """One FPGA: counts of LUTs (ALUTs on Cyclone V), flip-flops, memory blocks and multipliers.

    `block_kbit`: size of a memory block; a Xilinx 36 kbit block counts as its two halves. `block_shapes`: the
    `(width in bits, depth in words)` that a block can take. `static_w`: power drawn at rest.
    """

    name: str
    family: str
    lut: int
    ff: int
    blocks: int
    block_kbit: int
    dsp: int
    static_w: Interval

    @property
    def block_shapes(self) -> tuple[tuple[int, int], ...]:
        """Width and depth of one block in each of its modes."""
        return _BLOCK_10K if self.block_kbit == 10 else _BLOCK_18K


# Counts as the vendors' tools and nextpnr print them in utilisation reports ("of 63,400", "/ 83640", "/ 32,070 ALMs").
# An ALM of Cyclone V counts as two ALUTs and four flip-flops. Static power: [assumed], wide; board parts are not in it.
_TABLE = (
    Device("xc7a35t", "xc7", 20800, 41600, 100, 18, 90, Interval(0.04, 0.07, 0.2)),
    Device("xc7a100t", "xc7", 63400, 126800, 270, 18, 240, Interval(0.05, 0.1, 0.3)),
    Device("xc7z020", "xc7", 53200, 106400, 280, 18, 220, Interval(0.05, 0.12, 0.4)),
    Device("ecp5-25k", "ecp5", 24288, 24288, 56, 18, 28, Interval(0.01, 0.04, 0.15)),
    Device("ecp5-85k", "ecp5", 83640, 83640, 208, 18, 156, Interval(0.02, 0.08, 0.3)),
    Device("5csema5", "cyclonev", 64140, 128280, 397, 10, 87, Interval(0.1, 0.25, 0.6)),
)
DEVICES = {device.name: device for device in _TABLE}
_ALIASES = {"lfe5u-25f": "ecp5-25k", "lfe5u-85f": "ecp5-85k", "cyclonev": "5csema5"}


def device(name: str) -> Device:
    """The device called `name`, upper or lower case. Raises InvalidInput with the known names for another."""
    key = str(name).lower()
    key = _ALIASES.get(key, key)
    if key not in DEVICES:
        raise InvalidInput(f"expected a device among {', '.join(DEVICES)}, got {name!r}")
    return DEVICES[key]
