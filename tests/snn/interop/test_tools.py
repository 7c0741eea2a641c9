"""Differences between simulators are found, population by population."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn import RateCode, simulate
from spikewright.snn.interop.tools import Outcome
from tests.snn.interop.agreement import two_layers


def test_a_difference_is_found() -> None:
    network, images = two_layers("zero", None, RateCode(5))
    activity = simulate(network, images, record=("rasters",))
    spikes = {p: activity.rasters[p].sum(axis=0) for p in ("a", "out")}
    spikes["a"][0, 0] += 1
    outcome = Outcome("other", spikes, np.zeros((5, 4)))
    assert outcome.differences(activity) == {"a": 1} == outcome.differences(simulate(network, images))
    with pytest.raises(InvalidInput, match="same batch"):
        outcome.differences(simulate(network, images[:2]))
