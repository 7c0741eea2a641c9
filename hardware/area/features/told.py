"""Parameters of a module as numbers, and helpers that several modules share."""

from collections.abc import Mapping
from dataclasses import dataclass

from spikewright.hardware.placement import USUAL, PlacingRule

LEAST_PRODUCT = 9
"""Bits of a product from which on Yosys gives it to a multiplier of series 7."""
WITHOUT_MULTIPLIERS = ("ice40",)
Features = dict[str, float]
"""Name of a feature -> its value; a law gives each a number of cells."""


@dataclass(frozen=True)
class Told:
    """What a module is told, so that `told.WORD` is the number WORD; `rule` says where memories of `family` lie."""

    parameters: Mapping[str, int | str]
    rule: PlacingRule = USUAL
    family: str = "xc7"

    def __getattr__(self, name: str) -> int:
        try:
            value = self.parameters[name]
        except KeyError:
            raise AttributeError(name) from None
        if not isinstance(value, int):
            raise AttributeError(f"{name} is no number")
        return value

    def word(self, name: str) -> str:
        """A parameter that is no number."""
        return str(self.parameters[name])

    @property
    def column(self) -> int:
        """Bits of the columns of its memory; 0, which keys leave out, where it has none."""
        return int(self.parameters.get("COLUMN", 0))

    def in_blocks(self, words: int, bits: int) -> bool:
        """Whether a memory whose place is left to synthesis lies in block memories."""
        return self.rule.chosen(words, bits) == "blocks"

    def multiplier(self, first: int, second: int, product: int) -> bool:
        """Whether a product is given to a multiplier of the device; else it is made of look-up tables."""
        if self.family in ("xc7", "xcup") and product < LEAST_PRODUCT:
            return False
        return self.family not in WITHOUT_MULTIPLIERS and min(first, second) >= 2

    @property
    def lanes(self) -> int:
        """P: channels x rows x columns."""
        return self.CHANNELS * self.BANKS_Y * self.BANKS_X

    @property
    def banks(self) -> int:
        """Position lanes."""
        return self.BANKS_Y * self.BANKS_X

    @property
    def blocks(self) -> int:
        """Rows of the memory of potentials."""
        return self.GROUPS * self.BLOCKS_Y * self.BLOCKS_X


def bits_of(most: int) -> int:
    """Bits of the numbers 0 .. most."""
    return max(0, most).bit_length()


def table_memory(width: int, rows: int) -> Features:
    """A memory of look-up tables: its bits, by how many address bits it has, and the tables of four and of six bits."""
    bits = bits_of(rows - 1)
    return {
        f"memory of {min(bits, 6)}": float(width),
        "memory of more": float(width * max(0, -(-rows // 64) - 1)),
        "fours": float(-(-width // 4) * -(-rows // 16)),
        "sixes": float(-(-width // 6) * -(-rows // 32)),
    }


def chain(bits: int) -> Features:
    """A carry chain: two bits a cell on ECP5; short ones are made of look-up tables."""
    return {"chain": float(2 * -(-bits // 2)) if bits > 4 else 0.0, "short": float(bits) if bits <= 4 else 0.0}


def counter(name: str, bits: int, used: bool = True) -> Features:
    """A counter or a sum: its bits, and once more where it is short, since then it is made of look-up tables alone."""
    return {name: float(bits * used), f"{name} short": float(bits * (used and bits <= 4)), f"{name} used": float(used)}
