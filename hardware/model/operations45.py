"""What one access to a memory, and one addition or multiplication, take in 45 nm, in picojoule."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, get_args

from spikewright import InvalidInput
from spikewright.hardware.model.constants import ADD_PJ, MULTIPLY_PJ, SRAM_BUS_BITS, SRAM_PJ_AT_ZERO, SRAM_PJ_PER_BIT
from spikewright.hardware.model.sram_points import SramPoints, usual_points

Access = Literal["word", "bus", "width"]
"""How an access is charged; or the CSV of the user's own points, see `sram_points`."""


@dataclass(frozen=True)
class Sram:
    """`access` "word": one access costs the same for any width, as published. "bus": a 64-bit access is shared by the
    words that fit into it, so narrow words cost less; E / floor(64 / bits). "width": by width and size between Horowitz's points
    (`sram_points`); "FILE.csv": between the user's own."""

    access: str = "word"

    def __post_init__(self) -> None:
        if self.access not in get_args(Access) and not str(self.access).endswith(".csv"):
            raise InvalidInput(
                f'expected memory access "word", "bus", "width" or a file of points in CSV, got {self.access!r:.60}; try "width"'
            )
        _ = self.points  # a file that is damaged is refused here

    @cached_property
    def points(self) -> SramPoints | None:
        """The points of a table; None where the published line is used."""
        if self.access in ("word", "bus"):
            return None
        return usual_points() if self.access == "width" else SramPoints.read(self.access)

    def access_pj(self, total_bits: float, word_bits: int, action: Literal["read", "write"] = "read") -> float:
        """Picojoule to read or write one word of `word_bits` in a memory of `total_bits`."""
        if self.points:
            return self.points.access_pj(total_bits, word_bits, action)
        energy = SRAM_PJ_PER_BIT * total_bits + SRAM_PJ_AT_ZERO
        if self.access == "word":
            return energy
        per_access = SRAM_BUS_BITS // word_bits
        return energy / per_access if per_access else energy * -(-word_bits // SRAM_BUS_BITS)


def add_pj(bits: int) -> float:
    """Picojoule of an addition of `bits`: linear between the points of Horowitz 2014 and beyond."""
    return _interpolate(ADD_PJ, bits)


def multiply_pj(bits: int) -> float:
    """Picojoule of a multiplication of `bits` x `bits`, as `add_pj`."""
    return _interpolate(MULTIPLY_PJ, bits)


def _interpolate(points: tuple[tuple[int, float], ...], bits: int) -> float:
    for (low, below), (high, above) in pairwise(points):
        if bits <= high or high == points[-1][0]:
            return below + (above - below) * (bits - low) / (high - low)
    return points[-1][1]
