"""Neurons that send one number for the whole run: a level, or the time of their only spike."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.checked import check_numbers, check_whole, holds_integers
from spikewright.snn.neurons.record import MOST_LEVELS, Neuron, PerChannel


@dataclass(frozen=True, eq=False)
class Ramp(Neuron):
    """Time to first spike; at most one spike (Stanojevic et al. 2022, with unit slope: one unit of time = one of value).

    While its sources fire, an input spike of value x (the time left in the source's window) adds `w x`, so that at the end
    of that window V = initial + sum(w x) + b. Then V climbs with slope one through the neuron's own window `[0, window]` towards
    `window`: the spike comes at t = window - V and has the value x = window - t = min(max(V, 0), window); V <= 0 stays silent.
    With `levels` the spike waits for the grid: x = window / levels * clip(floor(V levels / window + 1/2), 0, levels).
    Fixed point: `window` = d levels with an integer d, the charge of a slot; what is sent is the slots left,
    clip((2 V + d) // (2 d), 0, levels), // rounding down, with V = sat(initial + S + b), S = sum of w times slots. V is
    what is recorded as the potential.
    """

    sends = "times"
    potential = "once"
    has_threshold = True
    readouts = frozenset({"first"})

    window: float
    levels: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (np.isfinite(self.window) and self.window > 0):
            raise InvalidNetwork(f"expected a window > 0, got {self.window}")
        if self.levels is not None:
            check_whole(self.levels, 1, MOST_LEVELS, "the levels of a Ramp")

    @property
    def most(self) -> int:
        """The largest number of slots."""
        return self.levels or 1

    @property
    def compared_with(self) -> PerChannel:
        """The window: its threshold, in time."""
        return self.window

    def check_whole(self, name: str) -> None:
        """Each slot has a charge of whole units."""
        if not holds_integers(self.window):
            raise InvalidNetwork(f"expected a window of whole units in population {name!r}; try network.to_fixed()")
        if self.levels is None or self.window % self.levels:
            raise InvalidNetwork(
                f"expected a window of a whole number of units for each level in {name!r}; try network.to_fixed()"
            )


@dataclass(frozen=True, eq=False)
class QuantReLU(Neuron):
    """No state, one step: y = clip(floor(V multiplier / 2**shift + 1/2), 0, levels), V = S + b: an integer, sent on as it is.

    float32 networks: `multiplier` = 1 / (size of a level) and shift = 0; V is rounded to float32, the product is float64. Fixed
    point: integers, shift >= 0, V = sat(S + b), and y = clip((2 V multiplier + 2**shift) >> (shift + 1), 0, levels) with
    exact integers. No initial potential; V is what is recorded as the potential.
    """

    sends = "values"
    potential = "once"
    channels_in: ClassVar[tuple[str, ...]] = ("multiplier",)
    readouts = frozenset({"count"})

    multiplier: PerChannel
    shift: int
    levels: int = field()

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole(self.levels, 1, MOST_LEVELS, "the levels of a QuantReLU")
        check_whole(self.shift, 0, 62, "the shift of a QuantReLU")
        check_numbers(self.multiplier, "multipliers")
        if not np.all(np.asarray(self.multiplier) > 0):
            raise InvalidNetwork("expected multipliers > 0; a channel that is always zero should be pruned")

    @property
    def most(self) -> int:
        """The highest level."""
        return self.levels
