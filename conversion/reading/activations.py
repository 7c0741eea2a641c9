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

    gate: ClassVar[bool] = False
    """Whether it passes on what others have sent, instead of firing by itself."""
    may_be_silent: ClassVar[bool] = False
    """Whether samples that bring nothing above zero are no sign of a dead layer."""

    @abstractmethod
    def act(self, x: Tensor) -> Tensor:
        """f(x), elementwise."""

    @property
    def lowest(self) -> float | None:
        """The smallest y that there can be, None for any."""
        return 0.0

    @property
    def signed(self) -> bool:
        """Whether y can be below zero, so that its spikes need a sign, or y a shift."""
        return self.lowest is None or self.lowest < 0.0

    @property
    def symmetric(self) -> bool:
        """Whether both signs are treated alike."""
        return False

    def halves(self) -> "tuple[HalfLaw, HalfLaw] | None":
        """Only of clips."""
        return None

    def raised(self, by: float) -> "ActivationLaw":
        """The law that gives y + by of x + by, where y never falls below -by: of clips, since others need none."""
        return self

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
class HalfStaircaseLaw(StaircaseLaw):
    """A staircase that is one side of an activation; all samples may lie on the other one."""

    may_be_silent = True


@dataclass(frozen=True)
class LeakyLaw(ActivationLaw):
    """y = x for x >= 0, slope * x below, 0 < slope: a LeakyReLU, which needs spikes of both signs."""

    slope: float

    def act(self, x: Tensor) -> Tensor:
        """x, or slope x below zero."""
        return torch.where(x >= 0, x, self.slope * x)

    @property
    def lowest(self) -> float | None:
        """Any."""
        return None

    @property
    def slope_below(self) -> float:
        """slope."""
        return self.slope


@dataclass(frozen=True)
class ClipLaw(ActivationLaw):
    """y = clip(x, low, high), None for no end: a clamp, max(x, low), and without ends what a layer passes on as it is."""

    low: float | None = None
    high: float | None = None

    def act(self, x: Tensor) -> Tensor:
        """clip(x, low, high)."""
        return x if self.symmetric else x.clamp(self.low, self.high)

    @property
    def lowest(self) -> float | None:
        """low."""
        return self.low

    @property
    def symmetric(self) -> bool:
        """Without ends."""
        return self.low is None and self.high is None

    def raised(self, by: float) -> ActivationLaw:
        """Both ends move with it; one that then begins at zero is a ReLU."""
        low, high = (None if end is None else end + by for end in (self.low, self.high))
        return ReluLaw(high) if low == 0.0 else ClipLaw(low, high)

    def halves(self) -> "tuple[HalfLaw, HalfLaw] | None":
        """The laws of y above zero and of -y above zero, whose difference is y; None where y has one sign."""
        low, high = (inf if self.low is None else -self.low), (inf if self.high is None else self.high)
        if low <= 0.0 or high <= 0.0:
            return None
        above, under = (HalfLaw(None if end == inf else end) for end in (high, low))
        return above, under

    @property
    def top(self) -> float | None:
        """high."""
        return self.high

    @property
    def unchanged_up_to(self) -> float:
        """high, if it begins at zero or below."""
        if self.low is not None and self.low > 0.0:
            return 0.0
        return inf if self.high is None else max(self.high, 0.0)

    @property
    def slope_below(self) -> float:
        """One, without ends."""
        return 1.0 if self.symmetric else 0.0


@dataclass(frozen=True)
class HalfLaw(ReluLaw):
    """A ReLU that is one half of an activation with a slope below zero; all samples may lie on the other half."""

    may_be_silent = True


@dataclass(frozen=True)
class MaximumLaw(ActivationLaw):
    """The largest input of each window of its one source: a `MaxGate` population over `snn.Windows`."""

    gate = True

    def act(self, x: Tensor) -> Tensor:
        """x, the maxima that its windows give."""
        return x


RELU = ReluLaw()
