"""What a network must have to be harmed inside."""

from dataclasses import replace

import pytest

from spikewright.robustness.corruptions.networks import no_spikes, no_thresholds, no_thresholds_or_windows
from spikewright.snn import Direct
from tests.snn.every_record import NETWORKS


@pytest.mark.parametrize("name", ["SignedIF", "TernaryIF", "Burst", "MaxGate", "delay", "Conv1d", "ConvTranspose2d"])
def test_every_kind_of_spike_can_be_lost(name: str) -> None:
    network = NETWORKS[name]
    assert no_spikes(network) is None
    assert no_spikes(replace(network, code=Direct(4))) is None or name == "MaxGate"


def test_the_reason_names_what_is_missing() -> None:
    integers = NETWORKS["QuantReLU"]
    assert no_spikes(integers) == "it sends graded values, not spikes"
    assert no_thresholds(integers) == "none of its neurons has a threshold"
    assert no_thresholds_or_windows(integers) == "none of its neurons has a threshold or a window"
    assert no_thresholds(NETWORKS["Ramp"]) is not None and no_thresholds_or_windows(NETWORKS["Ramp"]) is None
