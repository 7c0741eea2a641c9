"""How a network must be run beyond its code, schedule and readout: steps that are part of it, a phase before the run."""

from dataclasses import dataclass
from typing import Literal

from spikewright import InvalidInput
from spikewright.snn.checked import check_steps


@dataclass(frozen=True)
class TwoPhase:
    """Each sample is run for `pre_steps` first; what is then seen of it decides how the run itself begins.

    `method`: "srp" or "cos", the laws of `conversion.two_phase`. The pre-steps come on top of the steps of the code.
    """

    method: Literal["srp", "cos"]
    pre_steps: int

    def __post_init__(self) -> None:
        check_steps(self.pre_steps)
        if self.method not in ("srp", "cos"):
            raise InvalidInput(f"expected the method 'srp' or 'cos', got {self.method!r}")


@dataclass(frozen=True)
class Run:
    """What a run must keep to.

    `fixed`: the reason why the steps of the code must stay what they are, None where any number will do (no fixed-point
    numbers: those are `Network.numbers`). `phases`: what comes before the run, None for a run that begins as the populations
    say. `largest`: the largest magnitude of the samples that the network was made from, None where nobody knows.
    """

    fixed: str | None = None
    phases: TwoPhase | None = None
    largest: float | None = None
