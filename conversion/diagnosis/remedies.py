"""What helps against the errors of a layer, as data: a table of hints for each way to say a number in spikes.

A hint is a sentence of the form "what to try: why", with numbers of the layer in braces, and the case in which it holds. `advice`
chooses from these tables.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spikewright.conversion.diagnosis.records import LayerDiagnosis
from spikewright.snn import Network, Population

NEGLIGIBLE = 1e-3
"""Own error over mean activation below which a layer loses nothing."""


@dataclass(frozen=True, eq=False)
class LayerCase:
    """The layer that loses most, and its network."""

    network: Network
    layer: LayerDiagnosis

    @property
    def population(self) -> Population:
        """Its population."""
        return self.network.by_name[self.layer.population]

    @property
    def one_threshold(self) -> bool:
        """Whether several channels share one threshold."""
        population = self.population
        return np.ndim(np.asarray(population.amplitude)) == 0 and len(population.shape) > 1 and population.shape[0] > 1

    @property
    def from_zero(self) -> bool:
        """Whether its neurons begin at zero."""
        return not np.any(np.asarray(self.population.initial))

    @property
    def searched(self) -> bool:
        """Whether thresholds are those of least squared error."""
        return any("least squared error" in row.detail for row in self.network.report)

    @property
    def calibrations(self) -> str:
        """What the report says of calibrations, in one text; empty where there was none."""
        return " ".join(f"calibration {row.detail}" for row in self.network.report if row.kind == "calibration")

    @property
    def bursts(self) -> bool:
        """Whether its neurons send several spikes in a step."""
        return self.population.neuron.most > 1

    @property
    def takes_back(self) -> bool:
        """Whether its neurons take back spikes that came too early."""
        return self.population.neuron.signed and not self.population.neuron.two_sided

    @property
    def hardly_full(self) -> bool:
        """Whether hardly a neuron reaches its largest count."""
        return self.layer.saturated < NEGLIGIBLE


@dataclass(frozen=True)
class Hint:
    """`text` with {population}, {saturated} and {levels} of the layer; `when` it holds."""

    text: str
    when: Callable[[LayerCase], bool] = lambda case: True

    def told(self, case: LayerCase) -> str:
        """The text with the numbers of the layer."""
        layer = case.layer
        slots = case.population.neuron.levels or "rounding only"
        return self.text.format(
            population=layer.population, saturated=f"{layer.saturated:.2%}", levels=layer.levels, slots=slots
        )


@dataclass(frozen=True)
class Remedies:
    """Hints against each part of an error that a layer adds itself, the most promising first."""

    clipping: tuple[Hint, ...]
    quantisation: tuple[Hint, ...]
    unevenness: tuple[Hint, ...] = ()


def next_calibration(what: str) -> tuple[Hint, ...]:
    """The next calibration after what the network's report says was done; `what` it corrects."""
    return (
        Hint(
            f'calibration="light": corrects {what}; "advanced" fits the weights, too',
            lambda case: not case.calibrations,
        ),
        Hint(
            f'calibration="advanced": fits the weights, too, to correct {what}',
            lambda case: bool(case.calibrations) and "advanced" not in case.calibrations,
        ),
    )


_CUT_OFF = Hint("a larger percentile: {saturated} of {population} is cut off")
_APART = "{population} tells {levels} values above zero apart"
_SHARED = "per_channel=True: one threshold serves channels of different size"
_SEARCHED = 'threshold="mse", or another percentile: '
_EARLY = Hint("more steps: spikes that come too early weigh less")

RATE = Remedies(
    clipping=(
        Hint('a larger percentile, or threshold="max" for none clipped: {saturated} of {population} is cut off'),
        Hint(_SHARED, lambda case: case.one_threshold),
        Hint(_SEARCHED + "the least error of clipping and rounding together", lambda case: not case.searched),
    ),
    quantisation=(
        Hint('initial="half": without it every count is rounded down', lambda case: case.from_zero),
        Hint(f"more steps: {_APART}, twice the steps halve the error", lambda case: not case.bursts),
        Hint(
            f"more steps: {_APART}, twice the steps halve the error, and so does twice the limit",
            lambda case: case.bursts,
        ),
        Hint("per_channel=True: small channels use few of the levels", lambda case: case.one_threshold),
        Hint(
            _SEARCHED + "hardly a neuron reaches its largest count",
            lambda case: case.hardly_full and not case.searched,
        ),
    ),
    unevenness=(
        Hint('schedule="layerwise": a layer gathers its whole charge before it fires, so none of it comes too early'),
        Hint('neuron="signed": a neuron that fired too early takes the spike back', lambda case: not case.takes_back),
        *next_calibration("what early spikes change on average"),
        _EARLY,
    ),
)
TIMES = Remedies(
    clipping=(
        Hint("a larger margin: {saturated} of {population} lies above its window"),
        Hint('ranges="interval": windows that no input in [0, 1] can leave'),
    ),
    quantisation=(
        Hint("more levels of spike time: {population} has {slots}"),
        Hint("a smaller percentile or margin: shorter windows have finer slots"),
    ),
)
INTEGERS = Remedies(
    clipping=(
        Hint("fine-tune the quantised model: its ranges cut off what this layer needs"),
        Hint("more activation_bits"),
    ),
    quantisation=(
        Hint("more activation_bits: {population} has {levels} levels"),
        Hint("fine-tune the quantised model"),
    ),
)
DIGITS = Remedies(
    clipping=(_CUT_OFF,),
    quantisation=(Hint("a longer period: one more phase halves the step"),),
    unevenness=(
        Hint("more periods: a digit leaves in the period after its charge came, so the first periods tell little"),
        Hint("FewSpike: binary digits layer by layer, none of which comes too early"),
    ),
)
LIMITED = Remedies((_CUT_OFF,), (Hint(f"a larger limit: {_APART}"),), (_EARLY,))
FEW_SPIKES = Remedies((_CUT_OFF,), (Hint(f"more steps: {_APART}, one more step halves the error"),))
LATCHED = Remedies(
    clipping=(_CUT_OFF,),
    quantisation=(Hint("a larger unit, and as many times the steps: spikes wait for a whole step"),),
    unevenness=(Hint("Ttfs: the exact time code; ramps that start late are what this one loses"),),
)


def remedies_of(case: LayerCase) -> Remedies:
    """The hints for the way in which the layer says its numbers."""
    code, neuron = case.network.code, case.population.neuron
    ways = (
        (code.sends == "times", TIMES),
        (neuron.sends == "values", INTEGERS),
        (code.inside == "step weights", DIGITS),
        (code.inside == "first spikes", LIMITED),
        (bool(neuron.step_factors), FEW_SPIKES),
        (neuron.latches, LATCHED),
    )
    return next((remedies for holds, remedies in ways if holds), RATE)
