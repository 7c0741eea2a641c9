"""Neuron records: the parameters of a neuron's law, nothing else. Every engine has its own statement of the law.

In one step a spiking population receives the summed input `S` of its projections and its bias current `b`:

    U = decay V + (S + b)         float32, each operation rounded once; decay = 1 without leak
    U = sat(V - (V >> k) + S + b) fixed point, saturated once at the declared width; no leak: sat(V + S + b)
    spike  iff  U >= threshold
    V = U - threshold  (reset "subtract")   or   V = 0  (reset "zero")   after a spike, else V = U
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork

Reset = Literal["subtract", "zero"]
PerChannel = float | int | NDArray[np.generic]
"""One value for the whole population, or an array `(channels,)`."""


@dataclass(frozen=True, eq=False)
class Source:
    """The input population: it emits what the network's code makes of an image."""


@dataclass(frozen=True, eq=False)
class IF:
    """Integrate and fire. `threshold` > 0, scalar or `(channels,)`; reset by subtraction or to zero."""

    threshold: PerChannel
    reset: Reset = "subtract"

    def __post_init__(self) -> None:
        check_threshold(self.threshold)
        check_reset(self.reset)


@dataclass(frozen=True, eq=False)
class LIF:
    """Leaky integrate and fire. `leak` in (0, 1) is the share of the potential lost in a step, decay = 1 - leak.

    Fixed point needs leak = 2**-k with an integer k >= 1, the arithmetic shift of the law above.
    """

    threshold: PerChannel
    leak: float
    reset: Reset = "subtract"

    def __post_init__(self) -> None:
        check_threshold(self.threshold)
        check_reset(self.reset)
        if not 0.0 < self.leak < 1.0:
            raise InvalidNetwork(f"expected a leak in (0, 1), got {self.leak}; try IF for a neuron without leak")


@dataclass(frozen=True, eq=False)
class Integrator:
    """Never fires; its potential is the answer (readout "potential"). U = V + (S + b)."""


@dataclass(frozen=True, eq=False)
class Ramp:
    """Time to first spike; at most one spike (Stanojevic et al. 2022, with unit slope: one unit of time = one of value).

    While its sources fire, an input spike of value x (the time left in the source's window) adds `w x`, so that at the end
    of that window V = sum(w x) + b. Then V climbs with slope one through the neuron's own window `[0, window]` towards
    `window`: the spike comes at t = window - V and has the value x = window - t = min(max(V, 0), window); V <= 0 stays silent.
    With `levels` the spike waits for the grid: x = window / levels * clip(floor(V levels / window + 1/2), 0, levels).
    """

    window: float
    levels: int | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.window) and self.window > 0):
            raise InvalidNetwork(f"expected a window > 0, got {self.window}")
        if self.levels is not None and self.levels < 1:
            raise InvalidNetwork(f"expected at least 1 level of spike time, got {self.levels}")


@dataclass(frozen=True, eq=False)
class QuantReLU:
    """No state, one step: y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels), an integer that is sent on as it is.

    float32 networks: `multiplier` = 1 / (size of a level) and shift = 0. Fixed point: integers, shift >= 0.
    """

    multiplier: PerChannel
    shift: int
    levels: int

    def __post_init__(self) -> None:
        if self.levels < 1:
            raise InvalidNetwork(f"expected at least 1 level, got {self.levels}")
        if not 0 <= self.shift <= 62:
            raise InvalidNetwork(f"expected a shift of 0 to 62 bits, got {self.shift}")
        if not np.all(np.asarray(self.multiplier) > 0):
            raise InvalidNetwork("expected multipliers > 0; a channel that is always zero should be pruned")


Neuron = Source | IF | LIF | Integrator | Ramp | QuantReLU
SPIKING = (IF, LIF)


def check_threshold(threshold: PerChannel) -> None:
    """Raise InvalidNetwork unless every threshold is a finite number > 0."""
    values = np.asarray(threshold)
    if not (np.all(np.isfinite(values)) and np.all(values > 0)):
        raise InvalidNetwork("expected thresholds > 0 and finite; try a larger percentile or remove dead channels")


def check_reset(reset: str) -> None:
    """Raise InvalidNetwork unless `reset` is "subtract" or "zero"."""
    if reset not in ("subtract", "zero"):
        raise InvalidNetwork(f'expected reset "subtract" or "zero", got {reset!r}')
