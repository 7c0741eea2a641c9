"""The laws of neurons that compare their potential with thresholds: the numbers that their kernels read, made of the record."""

from typing import Any

import numpy as np

from spikewright.snn.event.members import Member
from spikewright.snn.kernels.fire_few import FewSpikeLaw
from spikewright.snn.kernels.fire_general import BURST, NEVER, SIGNED, TERNARY, THRESHOLD
from spikewright.snn.kernels.firing import ThresholdLaw


def threshold_law(member: Member, rule: int = THRESHOLD, negative: Any = 0, limit: int = -1) -> ThresholdLaw:
    """The law of a neuron with a threshold, or, with one that no potential reaches, without."""
    neuron, never = member.neuron, member.top + 1 if member.fixed else np.inf
    return ThresholdLaw(
        rule=rule,
        threshold=member.each(neuron.threshold if neuron.has_threshold else never),
        negative=member.each(negative),
        leak=_shift(neuron.leak) if member.fixed else np.float32(1.0 - neuron.leak),
        shift=member.shift,
        top=member.top,
        to_zero=neuron.reset == "zero",
        limit=limit,
        refractory=neuron.refractory,
    )


def never_law(member: Member) -> ThresholdLaw:
    """Of a neuron that never fires."""
    return threshold_law(member, NEVER)


def signed_law(member: Member) -> ThresholdLaw:
    """Of spikes with a sign; their sum stays within its limit."""
    limit = member.neuron.limit
    return threshold_law(member, SIGNED, limit=-1 if limit is None else limit)


def ternary_law(member: Member) -> ThresholdLaw:
    """Of a threshold on either side."""
    return threshold_law(member, TERNARY, negative=member.neuron.negative)


def burst_law(member: Member) -> ThresholdLaw:
    """Of several spikes a step."""
    return threshold_law(member, BURST, limit=member.neuron.limit)


def _shift(leak: float) -> int:
    """k of a leak of 2**-k, 0 without leak."""
    return round(-np.log2(leak)) if leak else 0


def few_law(member: Member) -> FewSpikeLaw:
    """Of thresholds and resets with factors step by step."""
    neuron, kind = member.neuron, member.compute
    crossing, reset = np.array(neuron.thresholds).astype(kind), np.array(neuron.resets).astype(kind)
    return FewSpikeLaw(member.each(neuron.threshold), crossing, reset, member.shift, member.top)


def few_product(weight: int, neuron: Any, top: int, reached: int) -> int:
    """Thresholds and resets times their factors; a reset may leave the width."""
    return reached + top * int(np.abs([*neuron.thresholds, *neuron.resets]).max())
