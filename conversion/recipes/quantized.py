"""The recipe for the quantised CNN itself."""

from dataclasses import dataclass

from snn.codes import check_levels


@dataclass(frozen=True)
class Quantized:
    """The quantised CNN itself as a network of one step: integers 0..levels travel between layers, no spikes.

    Needs a model whose activations are `compress.QuantReLU`. It is the integer CNN that a spiking network is to be
    compared with at equal information. `input_levels`: the grid of the input, None for real values.
    """

    input_levels: int | None = None

    def __post_init__(self) -> None:
        check_levels(self.input_levels)
