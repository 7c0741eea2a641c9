"""Activations that have a spiking form."""

from dataclasses import dataclass
from typing import Annotated

from torch import nn

from spikewright.compress.adapting.places import Place
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.adapting.substitutes.base import Substitute
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.compress.quantisers.starting import Ranges, start_of
from spikewright.tables import Within


@dataclass(frozen=True)
class Relu(Substitute):
    """A ReLU for an activation: SiLU, GELU, Hardswish, Mish, ELU, Softplus, tanh, sigmoid and the like."""

    def made(self, place: Place, seen: Seen) -> nn.Module:
        """nn.ReLU."""
        return nn.ReLU()


@dataclass(frozen=True)
class Relu6(Substitute):
    """A ReLU that ends at 6 for an activation."""

    def made(self, place: Place, seen: Seen) -> nn.Module:
        """nn.ReLU6."""
        return nn.ReLU6()


@dataclass(frozen=True)
class Qcfs(Substitute):
    """A staircase of a few levels for an activation, whose clip range is learned (QCFS, arXiv 2303.04347).

    levels: its steps above zero; a rate code of so many steps then says the same numbers.
    percentile: where its range begins, of the positive values that enter; none: the range of least squared error.
    """

    levels: Annotated[int, Within(1, 65_535)] = 8
    percentile: Annotated[float, Within(above=0, high=100)] | None = None

    def made(self, place: Place, seen: Seen) -> nn.Module:
        """A QuantizedReLU whose range is set by what enters the activation."""
        ranges = Ranges(percentile=self.percentile)
        return QuantizedReLU(self.levels, start_of(seen.values, ranges, self.levels))
