"""Networks in Brian2 answer as the event engine does, with delays and refractory steps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from spikewright.snn.interop import brian2
from tests.snn.every_record import NETWORKS
from tests.snn.interop.agreement import assert_agrees
from tests.snn.strategies import ORDERED, Case, cases


@settings(max_examples=8, deadline=None, phases=[Phase.generate])  # a second each: no shrinking
@given(case=cases("spiking", "float32", ORDERED))
def test_brian2_equals_event(case: Case) -> None:
    assert_agrees(brian2, replace(case.network, schedule="synchronous"), case.images, 1e-5)


@pytest.mark.parametrize("name", ["delay", "refractory", "refractory leak", "Identity", "AvgPool2d"])
def test_brian2_knows_delays_and_refractory_steps(name: str) -> None:
    network = NETWORKS[name]
    random = np.random.default_rng(1)
    shape = network.by_name[network.input].shape
    assert_agrees(brian2, network, (random.integers(0, 17, (2, *shape)) / 16).astype(np.float32), 1e-6)
