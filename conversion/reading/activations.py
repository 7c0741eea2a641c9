"""What a population does with its sum: one small record for each law that has a spiking form."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import ClassVar

import torch
from torch import Tensor

from spikewright.compress.quantisers.activations import staircase


@dataclass(frozen=True)
class ActivationLaw(ABC):
    """y = f(x), f never falling, and what a code has to know of it."""

    signed: ClassVar[bool] = False
    """Whether y can be below zero, so that its spikes need a sign."""
    symmetric: ClassVar[bool] = False
    """Whether both signs are treated alike."""
    gate: ClassVar[bool] = False
    """Whether it passes on what others have sent, instead of firing by itself."""

    @abstractmethod
    def act(self, x: Tensor) -> Tensor:
        """f(x), elementwise."""

    @property
    def top(self) -> float | None:
        """The largest y that there can be, None for any."""
        return None

    @property
    def grid(self) -> int | None:
        """How many values above zero y can have, evenly up to `top`; None for real numbers."""
        return None

    @property
    def unchanged_up_to(self) -> float:
        """f(x) = x from zero up to here."""
        return inf

    @property
    def slope_below(self) -> float:
        """y / x for x below zero."""
        return 0.0


@dataclass(frozen=True)
class ReluLaw(ActivationLaw):
    """y = clip(x, 0, limit); no limit is a plain ReLU, 6 a ReLU6."""

    limit: float | None = None

    def act(self, x: Tensor) -> Tensor:
        """clip(x, 0, limit)."""
        return x.clamp(0.0, self.limit)

    @property
    def top(self) -> float | None:
        """Its limit."""
        return self.limit

    @property
    def unchanged_up_to(self) -> float:
        """Its limit."""
        return inf if self.limit is None else self.limit


@dataclass(frozen=True)
class StaircaseLaw(ActivationLaw):
    """y = alpha / levels * clip(floor(x levels / alpha + 1/2), 0, levels): a `compress.QuantizedReLU`."""

    alpha: float
    levels: int

    def act(self, x: Tensor) -> Tensor:
        """The law of `compress`, to the last bit."""
        return staircase(x, self.alpha, self.levels)

    @property
    def top(self) -> float:
        """alpha."""
        return self.alpha

    @property
    def grid(self) -> int:
        """levels."""
        return self.levels

    @property
    def unchanged_up_to(self) -> float:
        """It moves every value."""
        return 0.0


@dataclass(frozen=True)
class LeakyLaw(ActivationLaw):
    """y = x for x >= 0, slope * x below, 0 < slope: a LeakyReLU, which needs spikes of both signs."""

    slope: float

    signed = True

    def act(self, x: Tensor) -> Tensor:
        """x, or slope x below zero."""
        return torch.where(x >= 0, x, self.slope * x)

    @property
    def slope_below(self) -> float:
        """slope."""
        return self.slope


@dataclass(frozen=True)
class SignedLaw(ActivationLaw):
    """y = x: values of both signs that a layer passes on as they are, spikes of both signs."""

    signed = True
    symmetric = True

    def act(self, x: Tensor) -> Tensor:
        """x."""
        return x

    @property
    def slope_below(self) -> float:
        """One."""
        return 1.0


@dataclass(frozen=True)
class MaximumLaw(ActivationLaw):
    """The largest input of each window of its one source: a `MaxGate` population over `snn.Windows`."""

    gate = True

    def act(self, x: Tensor) -> Tensor:
        """x, the maxima that its windows give."""
        return x


RELU = ReluLaw()
