"""`Rate`: spike counts stand for activations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch

from spikewright import InvalidInput, Progress
from spikewright.conversion.calibration.corrections import calibrate
from spikewright.conversion.calibration.light import half_step_shifted
from spikewright.conversion.calibration.settings import Advanced, Cos, Light, Srp, calibration_of
from spikewright.conversion.calibration.two_phases import check_two_phase
from spikewright.conversion.reading.plan import Below, CodeTraits, Plan, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.recipes.below import Lows, measured_below, with_lows
from spikewright.conversion.recipes.coding import (
    Coding,
    NeuronChoice,
    check_unit_range,
    initial_potential,
    input_amplitude,
    note,
    number,
    output_amplitude,
)
from spikewright.conversion.recipes.full_scales import FullScale
from spikewright.conversion.recipes.recipe import Grid, Percentile, Recipe, Spikes, Steps
from spikewright.conversion.recipes.threshold_search import CountGrid
from spikewright.conversion.recipes.thresholds import How, rate_scales
from spikewright.progress import shown
from spikewright.snn import IF, Burst, Direct, Network, Neuron, ReportRow, SignedIF, TernaryIF
from spikewright.snn.running import Run


@dataclass(frozen=True)
class Rate(Recipe):
    """Spike counts over `steps` steps approximate ReLU; the image is a constant input current.

    An IF neuron with threshold a and initial potential a/2 answers a constant current x with n spikes,
    n a / steps = a/steps clip(floor(x steps/a + 1/2), 0, steps): a clipped ReLU within a/(2 steps). Where thresholds come
    from: `conversion.recipes.thresholds`. Raises InvalidInput for values out of range.

    steps: length of the run, pre-steps of a residual method among them.
    threshold: "mse", that of least squared error on the samples (Li et al. 2021), or "max", the largest activation; a
        `QuantReLU` keeps its alpha.
    percentile: instead of `threshold`, this percentile of the positive activations (Rueckauer et al. 2017).
    per_channel: one threshold for each channel (true), for each layer (false), or (none) for each channel of a map unless the
        weights that read it are integers, which then stay integers.
    reset: what a spike leaves of the potential, what is above the threshold or nothing.
    initial: potential before the first step, "half" of the threshold (arXiv 2303.04347), "zero", or "shift": zero with
        a / (2 steps) in the bias.
    input_levels: the grid of the input, none for real values.
    schedule: "layerwise" lets a layer gather its whole window before it fires.
    neuron: "if"; "signed" neurons take spikes back that came too early (SignedIF); "burst" neurons send up to `limit` spikes a
        step, each of a / limit (Li and Zeng 2022).
    limit: the most spikes of a burst in a step.
    limits: other limits, by the name of a population.
    calibration: how biases and potentials are corrected on the samples: "light", "advanced", a record `Light(...)` or
        `Advanced(...)`, or none.
    residual: `Srp` or `Cos`, whose pre-steps count: the network runs `steps` - pre_steps, through `two_phase` and
        nothing else.
    """

    steps: Steps = 7
    threshold: Literal["mse", "max"] = "mse"
    percentile: Percentile | None = None
    per_channel: bool | None = None
    reset: Literal["subtract", "zero"] = "subtract"
    initial: Literal["half", "shift", "zero"] = "half"
    input_levels: Grid | None = None
    schedule: Literal["synchronous", "layerwise"] = "synchronous"
    neuron: Literal["if", "signed", "burst"] = "if"
    limit: Spikes = 4
    limits: Mapping[str, Spikes] = field(default_factory=dict)
    calibration: Light | Advanced | Literal["light", "advanced"] | None = "light"
    residual: Srp | Cos | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.percentile is not None and self.threshold != "mse":
            raise InvalidInput(f"expected a threshold or a percentile, got {self.threshold!r} and {self.percentile}")
        if self.limits and self.neuron != "burst":
            raise InvalidInput(f"expected neuron='burst' with limits of layers, got {self.neuron!r}")
        if self.limit != 4 and self.neuron != "burst":
            raise InvalidInput(f"expected neuron='burst' with a limit of spikes a step, got {self.neuron!r}")
        if self.reset == "zero":
            self._check_reset()
        if self.residual is not None:
            self._check_residual(self.residual)

    def _check_reset(self) -> None:
        if self.schedule == "layerwise" or self.residual is not None:
            other = "schedule='layerwise'" if self.schedule == "layerwise" else "a residual method"
            raise InvalidInput(
                f"expected reset='subtract' with {other}, where a reset to zero would lose all charge but one spike's, got 'zero'"
            )
        if self.neuron != "if":
            raise InvalidInput(f"expected reset='subtract' for neuron={self.neuron!r}, got {self.reset!r}")

    def _check_residual(self, residual: Srp | Cos) -> None:
        if self.neuron != "if" or self.schedule != "synchronous":
            raise InvalidInput("expected neuron='if' and schedule='synchronous' with a residual method, got another")
        if self.run_steps < residual.least_steps:
            raise InvalidInput(
                f"expected at least {residual.least_steps + residual.pre_steps} steps, {residual.pre_steps} of them "
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

    @property
    def traits(self) -> CodeTraits:
        """IF neurons have a sibling of two signs; what is linear at the end is not rounded to counts."""
        return CodeTraits(two_sided=self.neuron == "if", tail=True)

    def below(self, plan: Plan, images: torch.Tensor) -> Mapping[str, Below]:
        """Where a `TernaryIF` cannot say it: all clamps, and with other neurons all that can be below zero."""
        units = (unit for unit in with_lows(plan) if not (self.traits.two_sided and unit.activation.slope_below))
        return measured_below(plan, images, units, Lows())

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """Thresholds for every unit, and neurons of the kind that is asked for."""
        if self.input_levels is not None:
            check_unit_range(images)
        self._check_names(plan)
        grids = {unit.name: CountGrid(self.levels(unit.name), self.initial != "zero") for unit in plan.hidden}
        how: How = self.percentile if self.percentile is not None else self.threshold
        scales = rate_scales(plan, images, how, grids, self.per_channel)
        choices = {unit.name: self._choice(unit, scales[unit.name]) for unit in plan.hidden}
        scale, code = output_amplitude(plan, choices) / self.run_steps, Direct(self.run_steps, self.input_levels)
        amplitude = input_amplitude(self.input_levels)
        return Coding(code, choices, amplitude, scale, (self._note(),), self.schedule, run=self._run())

    def finished(self, network: Network, plan: Plan, images: torch.Tensor, progress: Progress = shown) -> Network:
        """With the half-step shift in its biases, and calibrated."""
        if self.residual is not None:
            check_two_phase(network, self.residual)
        begun = half_step_shifted(network) if self.initial == "shift" else network
        settings = calibration_of(self.calibration)
        if settings is None:
            return begun
        laws = {unit.name: unit.activation for unit in plan.units}
        return calibrate(begun, images, settings, laws, network, progress=progress)

    def _check_names(self, plan: Plan) -> None:
        unknown = set(self.limits) - {unit.name for unit in plan.hidden}
        if unknown:
            known = ", ".join(unit.name for unit in plan.hidden)
            raise InvalidInput(f"expected limits for layers out of {known}, got {', '.join(sorted(unknown))}")

    def _choice(self, unit: Unit, scale: FullScale) -> NeuronChoice:
        threshold = scale.top / self.burst(unit.name)
        neuron = self._neuron(unit, threshold)
        levels = self.levels(unit.name) * (2 if unit.signed else 1) + 1
        text = f"{type(neuron).__name__} population {unit.name!r}, {levels} levels, "
        text += "full activation " if self.neuron == "burst" else "threshold "
        # Half a threshold rounds a count to the nearest, but of values above zero only.
        initial = initial_potential(threshold, "zero" if unit.signed and unit.activation.symmetric else self.initial)
        return NeuronChoice(neuron, threshold, text + scale.told, initial)

    def _neuron(self, unit: Unit, threshold: Floats) -> Neuron:
        """IF, SignedIF or Burst; for values of both signs TernaryIF with thresholds a and a / slope.

        A spike of either sign stands for a, so slope x / a = x / (a / slope) of them are sent for x below zero.
        """
        if self.neuron == "signed":
            return SignedIF(number(threshold))
        if self.neuron == "burst":
            return Burst(number(threshold), self.burst(unit.name))
        if unit.signed:
            return TernaryIF(number(threshold), number(threshold / unit.activation.slope_below))
        return IF(number(threshold), self.reset)

    def _run(self) -> Run:
        """What binds the network to its steps: half a spike spread over them, pre-steps before them."""
        spread = self.initial == "shift" or (self.initial == "zero" and self.calibration is not None)
        fixed = "each bias holds half a spike, spread over them" if spread else None
        return Run(fixed, self.residual.phases if self.residual else None)

    def _note(self) -> ReportRow:
        reset = "reset by subtraction"
        if self.reset == "zero":
            reset = "reset to zero, which loses what a potential is beyond its threshold"
        shift = "initial potential zero, half a step in the bias" if self.initial == "shift" else None
        start = shift or f"initial potential {self.initial}"
        text = f"{self.run_steps} steps, {self.schedule}, {reset}, {start}; image as current"
        if self.residual is not None:
            text += (
                f"; {self.residual.pre_steps} pre-steps before them make {self.steps}: "
                "run it with conversion.two_phase(network, images)"
            )
        return note("Rate", text)
