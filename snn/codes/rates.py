"""Codes whose spikes follow from the brightness of a pixel: so many a step, one early or late, or its binary digits."""

from dataclasses import dataclass
from typing import ClassVar, Self

from spikewright import InvalidInput
from spikewright.snn.checked import check_limit, check_steps, is_whole, plain
from spikewright.snn.codes.record import Code, Inside

LONGEST_PHASE = 16
"""The most steps of a period: its weights are powers of two."""


@dataclass(frozen=True)
class RateCode(Code):
    """Deterministic rate: pixel x in [0, 1] fires floor(x (t + 1) + 1/2) - floor(x t + 1/2) spikes in step t, evenly spread."""

    steps: int
    tag: ClassVar[str] = "Rate"


@dataclass(frozen=True)
class Bursts(Code):
    """Deterministic rate of up to `limit` spikes a step: floor((m x) (t + 1) + 1/2) - floor((m x) t + 1/2), m = limit."""

    steps: int
    limit: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_limit(self.limit)

    @property
    def most(self) -> int:
        """Spikes in one step."""
        return self.limit


@dataclass(frozen=True)
class SpikeSelectCode(Code):
    """Deterministic `RateCode` at the input, but hidden IF and LIF neurons let only their first `limit` spikes through.

    Our reading of LEAT's Spike Select (no definition is public): rate-coded input, few spikes in deep layers, early decision.
    A hidden neuron that crosses its threshold again is reset (and deaf, if it has refractory steps) and stays silent: neither
    recorded nor counted. The output population is not limited, nor is a MaxGate.
    """

    steps: int
    limit: int = 1
    tag: ClassVar[str] = "SpikeSelect"
    inside: ClassVar[Inside | None] = "first spikes"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not is_whole(self.limit, 1, 1_000_000):
            raise InvalidInput(f"expected a limit of 1 to 1000000 spikes, got {self.limit}")

    @property
    def hidden_limit(self) -> int:
        """Its limit."""
        return self.limit


@dataclass(frozen=True)
class SingleBurst(Code):
    """One spike a pixel, the brighter the earlier: in step floor((1 - x) (steps - 1) + 1/2); x <= `silent` never (N2D2, LEAT)."""

    steps: int
    silent: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0.0 <= self.silent <= 1.0:
            raise InvalidInput(f"expected silent in [0, 1], got {self.silent}")


@dataclass(frozen=True)
class PhaseCode(Code):
    """Weighted spikes (Kim et al. 2018): in phase k = t mod period a spike counts 2**(period - 1 - k).

    X = floor(x (2**period - 1) + 1/2) is sent as its binary digits, the largest first, again in each of the `periods`: one
    spike in step t iff bit period - 1 - k of X is 1. Inside, S and the thresholds of a step are multiplied by that weight,
    and biases, as they are, enter in the steps with k = 0. The readout "count" counts spikes by their weight, too; V and
    "first" do not.
    """

    period: int
    periods: int = 1
    tag: ClassVar[str] = "Phase"
    inside: ClassVar[Inside | None] = "step weights"

    def __post_init__(self) -> None:
        plain(self)
        if not is_whole(self.period, 1, LONGEST_PHASE):
            raise InvalidInput(f"expected a period of 1 to {LONGEST_PHASE} steps, got {self.period}")
        check_steps(self.periods)
        super().__post_init__()

    @property
    def steps(self) -> int:
        """All periods."""
        return self.period * self.periods

    @property
    def charge_steps(self) -> int:
        """Biases enter once a period."""
        return self.periods

    @property
    def heaviest_steps(self) -> int:
        """The weights of a period, 2**(period - 1) + ... + 1, are less than two of its first step."""
        return 2 * self.periods

    def charged(self, step: int) -> bool:
        """At the beginning of a period."""
        return step % self.period == 0

    def weight(self, step: int) -> int:
        """2**(period - 1 - k)."""
        return 1 << (self.period - 1 - step % self.period)

    def with_steps(self, steps: int) -> Self:
        """Raises InvalidInput."""
        raise InvalidInput("expected no steps for the code PhaseCode; try another period or number of periods")
