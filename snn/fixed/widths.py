"""The widths and grids that a fixed-point network is asked to have."""

from dataclasses import dataclass

from spikewright import InvalidInput
from spikewright.snn.checked import is_whole
from spikewright.snn.fixed.records import WIDEST

GRID_BITS = 16
"""The width that grids are chosen for where none is asked for."""


@dataclass(frozen=True)
class Widths:
    """Widths and grids of a fixed-point network.

    `weight_bits` for weights that are not integers yet, `input_levels` of a direct input, `time_levels` of spike times that
    lie on no grid yet. `potential_bits`: what a potential may take, more only where its thresholds need it; None gives it a
    grid of 16 bits and the width that is proved to hold every run.
    """

    weight_bits: int = 8
    potential_bits: int | None = None
    input_levels: int = 255
    time_levels: int = 255

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("weight_bits", self.weight_bits, 2, 16),
            ("potential_bits", self.start_bits, 4, WIDEST),
            ("input_levels", self.input_levels, 1, 65535),
            ("time_levels", self.time_levels, 1, 65535),
        ):
            if not is_whole(value, low, high):
                raise InvalidInput(f"expected {name} from {low} to {high}, got {value}")

    @property
    def widest(self) -> int:
        """The widest grid of a threshold: 32 bits, and one more for each bit of weights, inputs or times beyond eight."""
        levels = max(self.input_levels, self.time_levels)
        return WIDEST + max(self.weight_bits - 8, 0) + max(int(levels).bit_length() - 8, 0)

    @property
    def start_bits(self) -> int:
        """The width that grids are chosen for."""
        return GRID_BITS if self.potential_bits is None else self.potential_bits
