"""From a decomposition to what helps: rules, each with the measure that calls for it."""

from collections.abc import Callable, Iterator

import numpy as np

from spikewright.conversion.diagnosis.records import LayerDiagnosis
from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Direct,
    FewSpikeIF,
    LatchedIF,
    Network,
    PhaseCode,
    QuantReLU,
    Ramp,
    SignedIF,
    SpikeSelectCode,
    TtfsCode,
)
from spikewright.snn.neurons import FIRING

NEGLIGIBLE = 1e-3
"""Own error over mean activation below which a layer loses nothing."""
MOSTLY = 0.25
"""Share of a layer's own parts from which advice is given for one that is not the largest."""
BIASED = 0.5
SILENCED = 0.05


def worst_of(layers: tuple[LayerDiagnosis, ...]) -> LayerDiagnosis | None:
    """The layer that adds the largest error relative to its activation; None where all are negligible."""
    worst = max(layers, key=lambda layer: layer.relative_own_error)
    return worst if worst.relative_own_error > NEGLIGIBLE else None


def advise(network: Network, layers: tuple[LayerDiagnosis, ...], worst: LayerDiagnosis | None) -> tuple[str, ...]:
    """What to try, the most promising first."""
    if worst is None:
        return ()
    neuron = network.by_name[worst.population].neuron
    sizes = {name: part.magnitude for name, part in worst.parts.items() if name != "inherited"}
    rules = _RULES.get(type(network.code)) or _RULES.get(type(neuron)) or _RATE
    told = list(_reset(network))
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        if sizes[name] >= MOSTLY * sum(sizes.values()):
            told += rules[name](network, worst)
    told += [*_bias(network, layers), *_silence(network, layers)]
    first = {hint.partition(":")[0]: hint for hint in reversed(told)}  # what helps against two parts is said once
    return tuple(hint for hint in dict.fromkeys(told) if first[hint.partition(":")[0]] == hint)


Rule = Callable[[Network, LayerDiagnosis], Iterator[str]]


def _reset(network: Network) -> Iterator[str]:
    if any(isinstance(p.neuron, IF | LIF) and p.neuron.reset == "zero" for p in network.populations):
        yield 'reset="subtract": a reset to zero throws away the charge above the threshold'


def _clipping(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield f'a larger percentile, or threshold="max" for none clipped: {layer.saturated:.2%} of {layer.population} is cut off'
    if _one_threshold(network, layer):
        yield "per_channel=True: one threshold serves channels of different size"
    yield from _least_squares(network, "the least error of clipping and rounding together")


def _least_squares(network: Network, why: str) -> Iterator[str]:
    if not any("least squared error" in row.detail for row in network.report):
        yield f'threshold="mse", or another percentile: {why}'


def _percentile(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield f"a larger percentile: {layer.saturated:.2%} of {layer.population} is cut off"


def _quantisation(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    population = network.by_name[layer.population]
    if not np.any(np.asarray(population.initial)):
        yield 'initial="half": without it every count is rounded down'
    burst = isinstance(population.neuron, Burst)
    told = (
        f"more steps: {layer.population} tells {layer.levels} values above zero apart, twice the steps halve the error"
    )
    yield told + (", and so does twice the limit" if burst else "")
    if _one_threshold(network, layer):
        yield "per_channel=True: small channels use few of the levels"
    if layer.saturated < NEGLIGIBLE:
        yield from _least_squares(network, "hardly a neuron reaches its largest count")


def _unevenness(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield 'schedule="layerwise": a layer gathers its whole charge before it fires, so none of it comes too early'
    if not isinstance(network.by_name[layer.population].neuron, SignedIF):
        yield 'neuron="signed": a neuron that fired too early takes the spike back'
    yield from _calibrate(network, "what early spikes change on average")
    yield "more steps: spikes that come too early weigh less"


def _calibrate(network: Network, what: str) -> Iterator[str]:
    """The next calibration after what the network's report says was done."""
    if not any(row.kind == "calibration" for row in network.report):
        yield f'calibration="light": corrects {what}; "advanced" fits the weights, too'
    elif not any(row.kind == "calibration" and "advanced" in row.detail for row in network.report):
        yield f'calibration="advanced": fits the weights, too, to correct {what}'


def _bias(network: Network, layers: tuple[LayerDiagnosis, ...]) -> Iterator[str]:
    biased = [one for one in layers if one.relative_error > 0.02 and abs(one.bias) > BIASED * one.error]
    rate = isinstance(network.code, Direct) and any(isinstance(p.neuron, IF | SignedIF) for p in network.populations)
    if biased and rate:
        largest = max(biased, key=lambda one: abs(one.bias) / (one.scale or 1.0))
        share, direction = abs(largest.bias) / (largest.scale or 1.0), "low" if largest.bias < 0 else "high"
        yield from _calibrate(network, f"{largest.population}, which is {share:.1%} too {direction} on average")


def _silence(network: Network, layers: tuple[LayerDiagnosis, ...]) -> Iterator[str]:
    silenced = max(layers, key=lambda one: one.silent - one.silent_in_model)
    lost = silenced.silent - silenced.silent_in_model
    if lost > SILENCED and any(isinstance(p.neuron, FIRING) for p in network.populations):
        told = f"{lost:.1%} of the neurons of {silenced.population} are silent that the model uses"
        yield f"more steps or smaller thresholds: {told}"


def _windows(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield f"a larger margin: {layer.saturated:.2%} of {layer.population} lies above its window"
    yield 'ranges="interval": windows that no input in [0, 1] can leave'


def _slots(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    neuron = network.by_name[layer.population].neuron
    slots = neuron.levels if isinstance(neuron, Ramp) else None
    yield f"more levels of spike time: {layer.population} has {slots or 'rounding only'}"
    yield "a smaller percentile or margin: shorter windows have finer slots"


def _ranges(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield "fine-tune the quantised model: its ranges cut off what this layer needs"
    yield "more activation_bits"


def _bits(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield f"more activation_bits: {layer.population} has {layer.levels} levels"
    yield "fine-tune the quantised model"


def _nothing(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    return iter(())


def _periods(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield "more periods: a digit leaves in the period after its charge came, so the first periods tell little"
    yield "FewSpike: binary digits layer by layer, none of which comes too early"


def _digits(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield "a longer period: one more phase halves the step"


def _few(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield f"more steps: {layer.population} tells {layer.levels} values above zero apart, one more step halves the error"


def _select(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield f"a larger limit: {layer.population} tells {layer.levels} values above zero apart"


def _more_steps(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield "more steps: spikes that come too early weigh less"


def _lossy(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield "Ttfs: the exact time code; ramps that start late are what this one loses"


def _finer(network: Network, layer: LayerDiagnosis) -> Iterator[str]:
    yield "a larger unit, and as many times the steps: spikes wait for a whole step"


_RATE: dict[str, Rule] = {"clipping": _clipping, "quantisation": _quantisation, "unevenness": _unevenness}
_RULES: dict[type, dict[str, Rule]] = {
    TtfsCode: {"clipping": _windows, "quantisation": _slots, "unevenness": _nothing},
    QuantReLU: {"clipping": _ranges, "quantisation": _bits, "unevenness": _nothing},
    PhaseCode: {"clipping": _percentile, "quantisation": _digits, "unevenness": _periods},
    SpikeSelectCode: {"clipping": _percentile, "quantisation": _select, "unevenness": _more_steps},
    FewSpikeIF: {"clipping": _percentile, "quantisation": _few, "unevenness": _nothing},
    LatchedIF: {"clipping": _percentile, "quantisation": _finer, "unevenness": _lossy},
}
"""By the type of the network's code, else of the layer's neuron; everything else is a rate code."""


def _one_threshold(network: Network, layer: LayerDiagnosis) -> bool:
    population = network.by_name[layer.population]
    return np.ndim(np.asarray(population.amplitude)) == 0 and len(population.shape) > 1 and population.shape[0] > 1
