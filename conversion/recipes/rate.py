"""The recipe for spike counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from spikewright import InvalidInput
from spikewright.conversion.calibration.settings import Calibration, Cos, Residual, Srp, calibration_of
from spikewright.conversion.checks import check_choice, check_percentile
from spikewright.snn.checked import check_levels, check_limit, check_steps, plain

Initial = Literal["half", "shift", "zero"]


@dataclass(frozen=True)
class Rate:
    """Spike counts over `steps` steps approximate ReLU; the image is a constant input current.

    An IF neuron with threshold a and initial potential a/2 answers a constant current x with n spikes,
    n a / steps = a/steps clip(floor(x steps/a + 1/2), 0, steps): a clipped ReLU within a/(2 steps).
    `threshold`: "mse", the a of least squared error of that answer on the samples (Li et al. 2021), or "max", the largest
    activation; or, instead, a `percentile` of the positive ones (Rueckauer et al. 2017). A `QuantReLU` keeps its alpha.
    `per_channel`: one threshold for each channel (True), for each layer (False), or (None) for each channel of a map unless
    the weights that read it are integers, which then stay integers.
    `initial`: potential before the first step, "half" of the threshold (arXiv 2303.04347), "zero", or "shift": zero with
    a / (2 steps) in the bias. `neuron`: "if"; "signed" neurons take spikes back that came too early (SignedIF); "burst"
    neurons send up to `limit` spikes a step, each of a / limit (Li and Zeng 2022), and those of the populations named in
    `limits` up to another number. `schedule`: "layerwise" lets a layer
    gather its whole window before it fires. `input_levels`: the grid of the input, None for real values.
    `calibration`: "light", "advanced", a record `Light(...)` or `Advanced(...)`, or None; see there. `residual`: `Srp` or
    `Cos`, whose pre-steps count: the network runs `steps` - pre_steps, through `conversion.two_phase` and nothing else.
    Raises InvalidInput for values out of range.
    """

    steps: int
    threshold: Literal["mse", "max"] = "mse"
    percentile: float | None = None
    per_channel: bool | None = None
    reset: Literal["subtract", "zero"] = "subtract"
    initial: Initial = "half"
    input_levels: int | None = None
    schedule: Literal["synchronous", "layerwise"] = "synchronous"
    neuron: Literal["if", "signed", "burst"] = "if"
    limit: int = 4
    limits: Mapping[str, int] = field(default_factory=dict)
    calibration: Calibration | Literal["light", "advanced"] | None = "light"
    residual: Residual | None = None

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        check_choice("threshold", self.threshold, ("mse", "max"))
        if self.percentile is not None:
            check_percentile(self.percentile)
        check_levels(self.input_levels)
        if not isinstance(self.limits, Mapping):
            raise InvalidInput(
                f"expected limits by the name of a layer, got {self.limits!r}; try limits={{'conv1': 8}}"
            )
        for limit in (self.limit, *self.limits.values()):
            check_limit(limit)
        check_choice("reset", self.reset, ("subtract", "zero"))
        check_choice("initial", self.initial, ("half", "shift", "zero"))
        check_choice("schedule", self.schedule, ("synchronous", "layerwise"))
        check_choice("neuron", self.neuron, ("if", "signed", "burst"))
        calibration_of(self.calibration)
        self._check_together()

    def _check_together(self) -> None:
        if self.percentile is not None and self.threshold != "mse":
            raise InvalidInput(f"expected a threshold or a percentile, got {self.threshold!r} and {self.percentile}")
        if self.limits and self.neuron != "burst":
            raise InvalidInput(f"expected neuron='burst' with limits of layers, got {self.neuron!r}")
        if self.limit != 4 and self.neuron != "burst":
            raise InvalidInput(f"expected neuron='burst' with a limit of spikes a step, got {self.neuron!r}")
        if self.reset == "zero" and (self.schedule == "layerwise" or self.residual is not None):
            other = "schedule='layerwise'" if self.schedule == "layerwise" else "a residual method"
            raise InvalidInput(
                f"expected reset='subtract' with {other}, where a reset to zero would lose all charge but one spike's, got 'zero'"
            )
        if self.neuron != "if" and self.reset != "subtract":
            raise InvalidInput(f"expected reset='subtract' for neuron={self.neuron!r}, got {self.reset!r}")
        if self.residual is None:
            return
        if not isinstance(self.residual, Srp | Cos):
            raise InvalidInput(f"expected residual Srp(...), Cos(...) or None, got {self.residual!r}")
        if self.neuron != "if" or self.schedule != "synchronous":
            raise InvalidInput("expected neuron='if' and schedule='synchronous' with a residual method, got another")
        least = self.residual.pre_steps if isinstance(self.residual, Cos) else 1
        if self.run_steps < least:
            raise InvalidInput(
                f"expected at least {least + self.residual.pre_steps} steps, {self.residual.pre_steps} of them "
                f"pre-steps, which count, got {self.steps}"
            )

    @property
    def run_steps(self) -> int:
        """The steps of the network itself, without pre-steps."""
        return self.steps - (self.residual.pre_steps if self.residual else 0)

    def levels(self, name: str) -> int:
        """The most that the count of one neuron of population `name` comes to: levels above zero."""
        return self.run_steps * self.burst(name)

    def burst(self, name: str) -> int:
        """The most spikes of one neuron of population `name` in a step."""
        return self.limits.get(name, self.limit) if self.neuron == "burst" else 1
