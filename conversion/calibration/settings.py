"""How a rate-coded network is calibrated on samples, and which methods run it in two phases. Frozen records."""

from dataclasses import dataclass
from typing import Annotated

from spikewright import InvalidInput
from spikewright.snn.checked import LONGEST, plain
from spikewright.snn.running import TwoPhase
from spikewright.tables import Within, check_fields

FEWEST_SAMPLES = 16
"""Fewer samples say too little about the mean error of a channel."""


class CheckedSettings:
    """Settings whose fields are checked against their annotations when a record is made."""

    def __post_init__(self) -> None:
        plain(self)
        check_fields(self)


@dataclass(frozen=True)
class Light(CheckedSettings):
    """Biases and initial potentials are corrected layer by layer (Li et al. 2021, arXiv 2106.06984, "light").

    Raises InvalidInput for values out of range.

    samples: how many of the samples are used, the first ones; a quarter of them is held out to judge by.
    rounds: proposals for each layer.
    seed: draws which samples are held out.
    """

    samples: Annotated[int, Within(FEWEST_SAMPLES)] = 512
    rounds: Annotated[int, Within(1)] = 6
    seed: Annotated[int, Within(0)] = 0


@dataclass(frozen=True)
class Advanced(CheckedSettings):
    """`Light`, and the real-valued weights of each layer are tuned too, on its own reconstruction error (Li et al. 2021).

    Integer weights stay as they are. Raises InvalidInput for values out of range.

    samples: how many of the samples are used, the first ones; a quarter of them is held out to judge by.
    rounds: proposals for each layer.
    seed: draws which samples are held out, and the batches.
    iterations: steps of Adam over batches of 32 samples.
    rate: the step of Adam over the mean magnitude of a layer's weights.
    """

    samples: Annotated[int, Within(FEWEST_SAMPLES)] = 512
    rounds: Annotated[int, Within(1)] = 6
    seed: Annotated[int, Within(0)] = 0
    iterations: Annotated[int, Within(1)] = 150
    rate: Annotated[float, Within(above=0.0)] = 0.01


@dataclass(frozen=True)
class Srp(CheckedSettings):
    """Residual potential (Hao et al. 2023, arXiv 2302.02091): `pre_steps` first, then a fresh run of the other steps.

    In the second run those neurons keep silent whose potential after the first one is not above zero: what they had
    fired by then was not in their charge.

    pre_steps: steps of the first run.
    """

    pre_steps: Annotated[int, Within(1, LONGEST)] = 4

    @property
    def phases(self) -> TwoPhase:
        """What a network keeps of it."""
        return TwoPhase("srp", self.pre_steps)

    @property
    def least_steps(self) -> int:
        """How many steps must follow."""
        return 1


@dataclass(frozen=True)
class Cos(CheckedSettings):
    """Offset spikes (Hao et al. 2023, arXiv 2302.10685): each layer counts over `pre_steps` what it fired too much or little.

    A neuron whose potential is then below zero although it fired starts the run one spike lower, one that is still at its
    threshold one spike higher. Layer by layer: a layer sees the corrected spikes of the one before.

    pre_steps: steps that are counted first.
    """

    pre_steps: Annotated[int, Within(1, LONGEST)] = 4

    @property
    def phases(self) -> TwoPhase:
        """What a network keeps of it."""
        return TwoPhase("cos", self.pre_steps)

    @property
    def least_steps(self) -> int:
        """How many steps must follow: as many as those before, whose input they repeat."""
        return self.pre_steps


Calibration = Light | Advanced
TwoPhaseMethod = Srp | Cos
_NAMED: dict[str, type[Calibration]] = {"light": Light, "advanced": Advanced}


def calibration_of(wanted: Calibration | str | None) -> Calibration | None:
    """The record behind "light", "advanced" or None. Raises InvalidInput for another name."""
    if not isinstance(wanted, str):
        return wanted
    if wanted not in _NAMED:
        raise InvalidInput(f"expected a calibration 'light' or 'advanced', got {wanted!r}; try calibration='light'")
    return _NAMED[wanted]()
