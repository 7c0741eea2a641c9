"""Designs of learning networks: what the records refuse, and what they say of a presentation."""

import numpy as np
import pytest

from spikewright import InvalidNetwork, SpikewrightError
from spikewright.snn.learning.records import AdaptiveLIF, Presentation, Responses, StdpRule, WinnerTakeAll


def small(**options) -> WinnerTakeAll:
    return WinnerTakeAll(**{"inputs": 6, "neurons": 4, "rule": StdpRule(weight_sum=2.0), **options})


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Presentation(rate_hz=-1.0),
        lambda: Presentation(rate_hz=900.0, raise_hz=100.0),
        lambda: Presentation(step_ms=0.0),
        lambda: Presentation(shown_ms=float("nan")),
        lambda: Presentation(most_attempts=0),
        lambda: StdpRule(learning_rate=-0.1),
        lambda: StdpRule(trace_target=1.0),
        lambda: AdaptiveLIF(threshold=0.0),
        lambda: AdaptiveLIF(theta_plus=-1.0),
        lambda: small(inputs=0),
        lambda: small(inhibition=-1.0),
        lambda: small(rule=StdpRule(weight_sum=100.0)),
        lambda: small(neuron=AdaptiveLIF(tau_ms=0.5)),
    ],
)
def test_bad_designs(wrong) -> None:
    with pytest.raises(InvalidNetwork, match="expected"):
        wrong()
    assert issubclass(InvalidNetwork, SpikewrightError)


def test_a_faint_image_is_shown_at_a_higher_rate() -> None:
    shown = Presentation(shown_ms=100.0, step_ms=0.5, rate_hz=60.0, raise_hz=30.0)
    assert shown.steps == 200 and shown.chance(0) == 0.03 and shown.chance(2) == 0.06


def test_operations_are_additions_of_a_weight() -> None:
    counts, ones = np.zeros((2, 5), np.int32), np.ones(2, np.int64)
    parts = Responses.joined([Responses(counts, 7 * ones, 3 * ones, ones)] * 2)
    assert parts.counts.shape == (4, 5)
    assert (
        parts.synaptic_operations["input"].tolist() == [35] * 4
        and parts.synaptic_operations["lateral"].tolist() == [12] * 4
    )
