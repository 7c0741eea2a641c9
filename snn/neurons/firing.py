"""Neurons that fire in steps, whenever their potential has reached a threshold."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.checked import LONGEST, WIDEST, check_limit, check_whole, is_between, is_whole
from spikewright.snn.neurons.record import (
    Neuron,
    PerChannel,
    Reset,
    check_refractory,
    check_reset,
    check_threshold,
)


class Firing(Neuron):
    """What neurons with a threshold have in common: they send spikes in steps, and answer by counts or potentials."""

    sends = "spikes"
    has_threshold = True
    thresholds_in: ClassVar[tuple[str, ...]] = ("threshold",)
    readouts = frozenset({"potential", "count"})

    def __post_init__(self) -> None:
        super().__post_init__()
        for threshold in self.all_thresholds().values():
            check_threshold(threshold)


@dataclass(frozen=True, eq=False)
class IF(Firing):
    """Integrate and fire. `threshold` > 0, scalar, `(channels,)` or one a neuron; reset by subtraction or to zero."""

    readouts = Firing.readouts | {"first"}
    obeys = frozenset({"step weights", "first spikes"})

    threshold: PerChannel
    reset: Reset = "subtract"
    refractory: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_reset(self.reset)
        check_refractory(self.refractory)


@dataclass(frozen=True, eq=False)
class LIF(Firing):
    """Leaky integrate and fire. `leak` in (0, 1) is the share of the potential lost in a step, decay = 1 - leak.

    Fixed point needs leak = 2**-k with an integer k >= 1, the arithmetic shift of the law in `snn.neurons`.
    """

    readouts = Firing.readouts | {"first"}
    obeys = frozenset({"first spikes"})

    threshold: PerChannel
    leak: float = field()
    reset: Reset = "subtract"
    refractory: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_reset(self.reset)
        check_refractory(self.refractory)
        if not (is_between(self.leak, 0.0, 1.0) and 0.0 < self.leak < 1.0):
            raise InvalidNetwork(f"expected a leak in (0, 1), got {self.leak!r}; try IF for a neuron without leak")

    def check_whole(self, name: str) -> None:
        """The leak is an arithmetic shift."""
        if not is_whole(round(-np.log2(self.leak)), 1, WIDEST):
            raise InvalidNetwork(
                f"expected a leak of at least 2**-{WIDEST} in the fixed-point population {name!r}, got {self.leak}; try IF"
            )
        if not np.log2(self.leak).is_integer():
            raise InvalidNetwork(f"expected a leak 2**-k in the fixed-point population {name!r}, got {self.leak}")


@dataclass(frozen=True, eq=False)
class SignedIF(Firing):
    """Integrate and fire that takes spikes back, so that at rest its count is that of the whole charge. Keeps its own `count`.

    +1 iff U >= threshold and (no `limit` or count < limit); else -1 iff U < 0 and count > 0. V = U - threshold * spike. `count`
    is the sum of its own spikes before this step, 0 at first; stuck neurons and noise on the way do not change it.
    """

    signed = True
    remembers = True

    threshold: PerChannel
    limit: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.limit is not None:
            check_whole(self.limit, 1, 2**31 - 1, "the limit of a SignedIF")

    @property
    def most_in_run(self) -> int | None:
        """Its limit."""
        return self.limit


@dataclass(frozen=True, eq=False)
class TernaryIF(Firing):
    """Spikes of both signs: +1 iff U >= threshold, -1 iff U <= -negative; V = U - threshold or U + negative, else U.

    A leaky ReLU of slope a is `negative` = threshold / a with projections that count a negative spike like a positive one.
    """

    signed = True
    two_sided = True
    thresholds_in = ("threshold", "negative")

    threshold: PerChannel
    negative: PerChannel


@dataclass(frozen=True, eq=False)
class Burst(Firing):
    """Up to `limit` spikes a step (Li and Zeng 2022): while U >= threshold and fewer than `limit`: a spike, U = U - threshold.

    V = U at the end; in float32 each subtraction is rounded once.
    """

    threshold: PerChannel
    limit: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_limit(self.limit)

    @property
    def most(self) -> int:
        """Spikes in one step."""
        return self.limit


@dataclass(frozen=True, eq=False)
class LatchedIF(Firing):
    """One spike at the first crossing; what arrives stays on as a current (Rueckauer and Liu 2018, linear PSPs).

    A spike that arrives in step s switches on its weight for the rest of the run: with I(t) the sum of all that arrived in
    the steps 0..t, S = I(t) + the direct input of step t, if it flows in t. U = V + (S + b) or sat(V + S + b), spike iff
    U >= threshold; then V = 0, and the neuron is deaf for ever. Synchronous networks only. An activation is the inverse of the
    time, so late spikes count too little.
    """

    reset = "zero"
    refractory = LONGEST
    latches = True
    readouts = frozenset({"count", "first"})
    schedules = frozenset({"synchronous"})

    threshold: PerChannel
