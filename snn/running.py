"""How a network must be run beyond its code, schedule and readout: steps that are part of it, a phase before the run."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

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
class InputRange:
    """Inputs lie in [low, high], and the code sends u = (x - low) / (high - low), which lies in [0, 1].

    The first layer of a network undoes it: W x + b = (high - low) W u + low W 1 + b, where W 1 is a map (smaller beside padding).
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise InvalidInput(
                f"expected an input range low < high, got {self.low!r} to {self.high!r}; try (-1.0, 1.0)"
            )

    def unit(self, images: Any) -> Any:
        """u for images in the range, an array or a tensor; rounding leaves nothing outside of [0, 1]."""
        return ((images - self.low) / (self.high - self.low)).clip(0.0, 1.0)


@dataclass(frozen=True)
class Run:
    """What a run must keep to.

    `fixed`: the reason why the steps of the code must stay what they are, None where any number will do (no fixed-point
    numbers: those are `Network.numbers`). `phases`: what comes before the run, None for a run that begins as the populations
    say. `largest`: the largest magnitude of the samples that the network was made from, None where nobody knows.
    `input_range`: where inputs lie that the code then sends as numbers in [0, 1]; None for inputs that are sent as they are.
    """

    fixed: str | None = None
    phases: TwoPhase | None = None
    largest: float | None = None
    input_range: InputRange | None = field(default=None, metadata={"absent": None})
