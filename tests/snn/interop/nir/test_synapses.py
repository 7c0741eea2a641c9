"""Synapses are written so that nodes alone say what they do."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Conv2d,
    Identity,
    Integrator,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    dense,
    simulate,
)
from spikewright.snn.interop.nir import Reading, from_nir, to_nir

pytest.importorskip("nir")
pytestmark = pytest.mark.filterwarnings("ignore:nirtorch:DeprecationWarning")


def test_a_convolution_with_groups_and_a_residual_survive_without_metadata() -> None:
    random = np.random.default_rng(0)
    conv = Conv2d(dense((random.integers(-7, 8, (4, 2, 3, 3)) / 16).astype(np.float32)), padding=(1, 1), groups=2)
    parts = (
        Population("in", (4, 5, 5), Source()),
        Population("a", (4, 5, 5), IF(0.5, "zero")),
        Population("o", (4, 5, 5), Integrator()),
    )
    ways = (Projection("in", "a", conv), Projection("a", "o", conv), Projection("a", "o", Identity(), name="skip"))
    network = Network(parts, ways, "in", "o", RateCode(6))
    read = from_nir(to_nir(network), reading=Reading(RateCode(6)))
    x = (random.integers(0, 17, (3, 4, 5, 5)) / 16).astype(np.float32)
    np.testing.assert_array_equal(simulate(read, x).logits, simulate(network, x).logits)
