"""How a rate-coded network is calibrated on samples, and which methods run it in two phases. Frozen records."""

from dataclasses import dataclass
from math import isfinite

from spikewright import InvalidInput
from spikewright.conversion.checks import check_choice
from spikewright.snn.checked import plain
from spikewright.snn.running import TwoPhase

FEWEST_SAMPLES = 16
"""Fewer samples say too little about the mean error of a channel."""


@dataclass(frozen=True)
class Light:
    """Biases and initial potentials are corrected layer by layer (Li et al. 2021, arXiv 2106.06984, "light").

    Uses the first `samples` of the samples, a quarter of them held out to judge by; `rounds` proposals for each layer.
    `seed` draws which ones are held out. Raises InvalidInput for values out of range.
    """

    samples: int = 512
    rounds: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        plain(self)
        check_whole("samples", self.samples, FEWEST_SAMPLES)
        check_whole("rounds", self.rounds, 1)
        check_whole("a seed", self.seed, 0)


@dataclass(frozen=True)
class Advanced:
    """`Light`, and the real-valued weights of each layer are tuned too, on its own reconstruction error (Li et al. 2021).

    `iterations` steps of Adam over batches of 32 samples; its step is `rate` times the mean magnitude of a layer's
    weights. Integer weights stay as they are. Raises InvalidInput for values out of range.
    """

    samples: int = 512
    rounds: int = 6
    seed: int = 0
    iterations: int = 150
    rate: float = 0.01

    def __post_init__(self) -> None:
        plain(self)
        self.light()
        check_whole("iterations", self.iterations, 1)
        if not (isfinite(self.rate) and self.rate > 0):
            raise InvalidInput(f"expected a rate > 0, got {self.rate}; try rate=0.01")

    def light(self) -> Light:
        """The corrections that follow the tuning."""
        return Light(self.samples, self.rounds, self.seed)


@dataclass(frozen=True)
class Srp:
    """Residual potential (Hao et al. 2023, arXiv 2302.02091): `pre_steps` first, then a fresh run of the other steps.

    In the second run those neurons keep silent whose potential after the first one is not above zero: what they had
    fired by then was not in their charge.
    """

    pre_steps: int = 4

    def __post_init__(self) -> None:
        plain(self)
        check_whole("pre_steps", self.pre_steps, 1)

    @property
    def phases(self) -> TwoPhase:
        """What a network keeps of it."""
        return TwoPhase("srp", self.pre_steps)


@dataclass(frozen=True)
class Cos:
    """Offset spikes (Hao et al. 2023, arXiv 2302.10685): each layer counts over `pre_steps` what it fired too much or little.

    A neuron whose potential is then below zero although it fired starts the run one spike lower, one that is still at its
    threshold one spike higher. Layer by layer: a layer sees the corrected spikes of the one before.
    """

    pre_steps: int = 4

    def __post_init__(self) -> None:
        plain(self)
        check_whole("pre_steps", self.pre_steps, 1)

    @property
    def phases(self) -> TwoPhase:
        """What a network keeps of it."""
        return TwoPhase("cos", self.pre_steps)


Calibration = Light | Advanced
Residual = Srp | Cos


def calibration_of(wanted: Calibration | str | None) -> Calibration | None:
    """The record behind "light", "advanced" or None. Raises InvalidInput for anything else."""
    if wanted is None or isinstance(wanted, Light | Advanced):
        return wanted
    if not isinstance(wanted, str):
        raise InvalidInput(f"expected a calibration Light(...), Advanced(...) or None, got {wanted!r}")
    check_choice("calibration", wanted, ("light", "advanced"))
    return Light() if wanted == "light" else Advanced()


def check_whole(name: str, value: int, least: int) -> None:
    """Raise InvalidInput unless `value` is a whole number from `least` on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidInput(f"expected {name} as a whole number from {least}, got {value!r}")
