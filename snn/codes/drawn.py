"""Codes whose spikes are drawn."""

from dataclasses import dataclass
from math import isfinite

from spikewright import InvalidInput
from spikewright.snn.checked import check_seed
from spikewright.snn.codes.record import Code


@dataclass(frozen=True)
class Poisson(Code):
    """Bernoulli spikes, the discrete Poisson train: one in step t iff draw(t, i) < floor(x probability 2**64). Kind 8.

    `probability`: of a spike in a step at x = 1.
    """

    steps: int
    probability: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_seed(self.seed)
        if not 0.0 < self.probability <= 1.0:
            raise InvalidInput(f"expected a probability in (0, 1], got {self.probability}")


@dataclass(frozen=True)
class JitteredPeriodic(Code):
    """Rate with noisy periods and a random start, as N2D2 and LEAT use it (Abderrahmane et al. 2020).

    Mean period P = 1 / (1 / shortest + (1 / longest - 1 / shortest) (1 - x)), in steps. Intervals D_k = P + (deviation P) n_k
    with normal draws n_k of kinds 9 to 11 at "step" k = 0, 1, ...; the first is U max(D_0, 0) with U = draw / 2**64 of kind 12
    at step 0, later ones are max(D_k, 1). A spike at time D_0 + ... + D_k falls into step floor of that. Pixels x <= `silent`
    never fire. N2D2's documentation and code differ on which end is fast; here, as in its code, x = 1 is.
    """

    steps: int
    shortest: float = 1.0
    longest: float = 1000.0
    deviation: float = 0.1
    silent: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_seed(self.seed)
        if not (1.0 <= self.shortest <= self.longest and isfinite(self.longest)):
            raise InvalidInput(f"expected 1 <= shortest <= longest steps, got {self.shortest} and {self.longest}")
        if not (0.0 <= self.deviation <= 1.0 and 0.0 <= self.silent <= 1.0):
            raise InvalidInput(f"expected deviation and silent in [0, 1], got {self.deviation} and {self.silent}")
