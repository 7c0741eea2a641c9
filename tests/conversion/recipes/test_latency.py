"""The older time code: the first layer fires at unit a / x."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.conversion import Latency, convert
from spikewright.snn import simulate
from tests.conversion.recipes.small import UNIT, line

NETWORK = convert(line(), UNIT, Latency(64, 8, percentile=100.0))


@given(sixteenths=st.integers(1, 16))
def test_a_driven_neuron_fires_at_the_inverse_of_its_activation(sixteenths: int) -> None:
    x = np.full((1, 1), sixteenths / 16, np.float32)
    raster = simulate(NETWORK, x, engine="reference", record=("rasters",)).rasters["_0"].ravel()
    due = int(np.ceil(8 * 16 / sixteenths))
    assert raster.sum() == (due <= 64) and (due > 64 or raster.argmax() == due - 1)


def test_the_output_fires_and_the_first_one_answers() -> None:
    network = convert(line(), UNIT, Latency(32))
    assert network.readout == "first" and network.populations[-1].neuron.fires
    with pytest.raises(InvalidInput, match="unit from 1 to 8 steps"):
        Latency(8)
