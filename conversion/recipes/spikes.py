"""The recipes for spikes that count more than one: weighted phases, few spikes, and counts with a limit."""

from dataclasses import dataclass
from typing import Literal

from spikewright import InvalidInput
from spikewright.conversion.checks import check_choice, check_percentile
from spikewright.snn.checked import check_levels, check_steps, plain
from spikewright.snn.codes import LONGEST_PHASE

Initial = Literal["half", "zero"]


@dataclass(frozen=True)
class Phase:
    """Weighted spikes (Kim et al. 2018): in phase k of a period a spike counts 2**(period - 1 - k); several `periods`.

    The image is sent as its binary digits, again in each period. A neuron with all digits set sends a in a period, a the
    percentile of its positive activations. A digit leaves in the period after its charge came, so that the first period of
    a deep network tells little: the error falls with the number of periods. `per_channel` and `initial` as in `Rate`.
    """

    period: int = 8
    periods: int = 4
    percentile: float = 99.9
    per_channel: bool | None = None
    initial: Initial = "half"

    def __post_init__(self) -> None:
        plain(self)
        if isinstance(self.period, bool) or not isinstance(self.period, int) or not 1 <= self.period <= LONGEST_PHASE:
            raise InvalidInput(f"expected a period of 1 to {LONGEST_PHASE} steps, got {self.period!r}; try period=8")
        check_steps(self.periods)
        check_steps(self.period * self.periods)
        check_percentile(self.percentile)
        check_choice("initial", self.initial, ("half", "zero"))


@dataclass(frozen=True)
class SpikeSelect:
    """Rate-coded image, at most `limit` spikes of a hidden neuron (LEAT's Spike Select as we read it: `snn.SpikeSelectCode`).

    A spike takes steps / limit of the largest activation's charge, so that this activation sends `limit` spikes in `steps`
    steps and deep layers send few; spikes beyond the limit are held back. Values have limit + 1 levels.
    `percentile`, `per_channel` and `initial` as in `Rate`.
    """

    steps: int
    limit: int = 4
    percentile: float = 99.9
    per_channel: bool | None = None
    initial: Initial = "half"

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or not 1 <= self.limit <= self.steps:
            raise InvalidInput(f"expected a limit from 1 to {self.steps} spikes, one a step, got {self.limit!r}")
        check_percentile(self.percentile)
        check_choice("initial", self.initial, ("half", "zero"))


@dataclass(frozen=True)
class FewSpike:
    """At most `steps` spikes of different weight, layer by layer (Stoeckl and Maass 2021); see `snn.FewSpikeIF`.

    `fit="binary"`: thresholds, resets and amplitudes 2**(steps - 1 - k) units. A layer sends the binary digits of
    clip(floor(x / unit + 1/2), 0, 2**steps - 1), unit = a / (2**steps - 1): within half a unit of a ReLU clipped at a, the
    percentile of its positive activations; a `QuantReLU` of 2**steps - 1 levels is exact. `fit="learned"`: thresholds,
    resets and amplitudes are fitted to the activations of each layer on the samples, by seeded search with amplitudes by
    least squares; they start from the binary ones and are kept only where they are better. The latency is steps * depth.
    `per_channel`, `input_levels`: as in `Rate`; `seed`: of the search.
    """

    steps: int = 8
    fit: Literal["binary", "learned"] = "binary"
    percentile: float = 100.0
    per_channel: bool | None = None
    input_levels: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        plain(self)
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or not 1 <= self.steps <= LONGEST_PHASE:
            raise InvalidInput(f"expected 1 to {LONGEST_PHASE} steps, got {self.steps!r}; try steps=8")
        check_choice("fit", self.fit, ("binary", "learned"))
        if self.fit == "learned" and self.per_channel:
            raise InvalidInput("expected per_channel=None with fit='learned', which fits whole layers, got True")
        check_percentile(self.percentile)
        check_levels(self.input_levels)
