"""What a design needs to know of an FPGA."""

from dataclasses import dataclass
from typing import Annotated, Literal

from spikewright import InvalidInput
from spikewright.hardware.model.interval import Interval
from spikewright.tables import Within, check_fields

_BLOCK_18K = ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384))
_BLOCK_10K = ((40, 256), (20, 512), (10, 1024), (5, 2048), (2, 4096), (1, 8192))
_BLOCK_4K = ((16, 256), (8, 512), (4, 1024), (2, 2048))
_SHAPES = {4: _BLOCK_4K, 10: _BLOCK_10K, 18: _BLOCK_18K}
_MOST = 1_000_000_000


@dataclass(frozen=True)
class Device:
    """One FPGA.

    name: how it is called in tables and files, in lower case.
    family: whose laws of area hold for it: AMD series 7, AMD UltraScale+, Lattice ECP5, Lattice iCE40, Intel Cyclone V.
    lut: look-up tables, on Cyclone V ALUTs.
    ff: flip-flops.
    blocks: memory blocks; a 36 kbit block of AMD counts as its two halves.
    block_kbit: size of a memory block.
    dsp: multipliers.
    static_w: watts drawn at rest, low, middle and high.
    also: other names.
    """

    name: str
    family: Literal["xc7", "xcup", "ecp5", "ice40", "cyclonev"]
    lut: Annotated[int, Within(1, _MOST)]
    ff: Annotated[int, Within(1, _MOST)]
    blocks: Annotated[int, Within(0, _MOST)]
    block_kbit: Literal[4, 10, 18]
    dsp: Annotated[int, Within(0, _MOST)]
    static_w: Interval
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        object.__setattr__(self, "also", tuple(self.also))  # a list of a file
        if not 1 <= len(self.name) <= 200 or self.name != self.name.lower():
            raise InvalidInput(f"expected the name of a device in lower case, got {self.name!r:.60}; try 'my-board'")
        watts = self.static_w
        if not 0 <= watts.low <= watts.value <= watts.high < float("inf"):
            raise InvalidInput(f"expected static_w of {self.name} as 0 <= low <= middle <= high, got {watts}")

    @property
    def block_shapes(self) -> tuple[tuple[int, int], ...]:
        """Width in bits and depth in words of one block in each of its modes."""
        return _SHAPES[self.block_kbit]

    def lacks(self, *, lut: float = 0, ff: float = 0, blocks: int = 0, dsp: int = 0) -> tuple[str, ...]:
        """What a design that takes so much needs more of than there is, in words, with how much; () where all fits."""
        needs: dict[str, tuple[float, int]] = {
            "LUT": (lut, self.lut),
            "flip-flops": (ff, self.ff),
            "memory blocks": (blocks, self.blocks),
            "DSP": (dsp, self.dsp),
        }
        return tuple(
            f"{need:,.0f} {what} of {there:,} ({need - there:,.0f} too many)"
            for what, (need, there) in needs.items()
            if need > there
        )
