"""Networks in sinabs answer as the event engine does, bursts too."""

import numpy as np
from hypothesis import given

from spikewright.snn.interop import sinabs
from tests.snn.every_record import NETWORKS
from tests.snn.interop.agreement import FEW, assert_agrees
from tests.snn.strategies import ORDERED, Case, cases


@FEW
@given(case=cases("spiking", "float32", ORDERED))
def test_sinabs_equals_event(case: Case) -> None:
    """Its law is ours, operation by operation: everything is equal."""
    assert_agrees(sinabs, case.network, case.images)


def test_bursts_in_sinabs() -> None:
    """MaxSpike(n) sends as many spikes as thresholds fit, at most n."""
    network, random = NETWORKS["Burst"], np.random.default_rng(2)
    outcome = assert_agrees(sinabs, network, (random.integers(0, 17, (6, 2, 4, 4)) / 16).astype(np.float32))
    assert outcome.spikes["a"].max() > network.steps
