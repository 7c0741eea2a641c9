"""From a decomposition to what helps: which hints are given, and in which order."""

from collections.abc import Iterator

from spikewright.conversion.diagnosis.records import LayerDiagnosis
from spikewright.conversion.diagnosis.remedies import NEGLIGIBLE, Hint, LayerCase, next_calibration, remedies_of
from spikewright.snn import Network

MOSTLY = 0.25
"""Share of a layer's own parts from which advice is given for one that is not the largest."""
BIASED = 0.5
SILENCED = 0.05


def worst_of(layers: tuple[LayerDiagnosis, ...]) -> LayerDiagnosis | None:
    """The layer that adds the largest error relative to its activation; None where all are negligible."""
    worst = max(layers, key=lambda layer: layer.relative_own_error)
    return worst if worst.relative_own_error > NEGLIGIBLE else None


def advise(network: Network, layers: tuple[LayerDiagnosis, ...], worst: LayerDiagnosis | None) -> tuple[str, ...]:
    """What to try, the most promising first: against the largest parts of the worst layer, then against bias and silence."""
    if worst is None:
        return ()
    case = LayerCase(network, worst)
    hints = [*_resets(network), *_against_parts(case), *_bias(case, layers), *_silence(network, layers)]
    told = [hint.told(case) for hint in hints if hint.when(case)]
    first = {text.partition(":")[0]: text for text in reversed(told)}  # what helps against two parts is said once
    return tuple(text for text in dict.fromkeys(told) if first[text.partition(":")[0]] == text)


def _against_parts(case: LayerCase) -> Iterator[Hint]:
    """The hints against each part that is large enough, the largest part first."""
    remedies = remedies_of(case)
    sizes = {name: part.magnitude for name, part in case.layer.parts.items() if name != "inherited"}
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        if sizes[name] >= MOSTLY * sum(sizes.values()):
            yield from getattr(remedies, name)


def _resets(network: Network) -> Iterator[Hint]:
    if any(p.neuron.reset == "zero" and not p.neuron.latches for p in network.populations):
        yield Hint('reset="subtract": a reset to zero throws away the charge above the threshold')


def _bias(case: LayerCase, layers: tuple[LayerDiagnosis, ...]) -> Iterator[Hint]:
    """A calibration, where some layer of a rate code is too low or too high on average."""
    biased = [one for one in layers if one.relative_error > 0.02 and abs(one.bias) > BIASED * one.error]
    if biased and _is_rate_coded(case.network):
        largest = max(biased, key=lambda one: abs(one.bias) / (one.scale or 1.0))
        share, direction = abs(largest.bias) / (largest.scale or 1.0), "low" if largest.bias < 0 else "high"
        yield from next_calibration(f"{largest.population}, which is {share:.1%} too {direction} on average")


def _is_rate_coded(network: Network) -> bool:
    """Whether an image is held and neurons of at most one spike a step count."""
    counting = (p.neuron for p in network.populations if p.neuron.fires)
    plain = any(n.most == 1 and not (n.leak or n.latches or n.two_sided or n.step_factors) for n in counting)
    return network.code.sends == "values" and plain


def _silence(network: Network, layers: tuple[LayerDiagnosis, ...]) -> Iterator[Hint]:
    silenced = max(layers, key=lambda one: one.silent - one.silent_in_model)
    lost = silenced.silent - silenced.silent_in_model
    if lost > SILENCED and any(p.neuron.fires for p in network.populations):
        told = f"{lost:.1%} of the neurons of {silenced.population} are silent that the model uses"
        yield Hint(f"more steps or smaller thresholds: {told}")
