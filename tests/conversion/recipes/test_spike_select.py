"""Counts with a limit."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.conversion import SpikeSelect, convert
from spikewright.snn import Network, simulate
from tests.conversion.recipes.small import UNIT, line


@cache
def limited(limit: int) -> Network:
    return convert(line(), UNIT, SpikeSelect(16, limit, percentile=100.0))


@given(value=st.integers(0, 16), limit=st.sampled_from([1, 2, 4, 8]))
def test_a_hidden_neuron_sends_few_spikes_that_stand_for_many(value: int, limit: int) -> None:
    network = limited(limit)
    ran = simulate(network, np.full((1, 1), value / 16, np.float32), engine="reference")
    count = int(ran.spikes["_0"][0])
    assert count <= limit and abs(count / limit - value / 16) <= 0.5 / limit
    assert ran.logits[0, 0] * network.logit_scale == pytest.approx(count / limit)


def test_no_more_spikes_than_steps() -> None:
    with pytest.raises(InvalidInput, match="limit from 1 to 4 spikes, one a step, got 5"):
        SpikeSelect(4, 5)
