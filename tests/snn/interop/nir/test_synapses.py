"""Synapses are written so that nodes alone say what they do."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.index_maps import IndexMap
from spikewright.snn import (
    IF,
    Conv2d,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    dense,
    simulate,
)
from spikewright.snn.interop.nir import Reading, from_nir, to_nir
from tests.snn.small import single

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


def test_an_order_goes_into_the_columns_of_a_linear_layer_and_nowhere_else() -> None:
    random = np.random.default_rng(0)
    order = IndexMap.of((2, 3, 3), random.integers(-1, 18, 20))
    linear = Linear(dense((random.integers(-7, 8, (4, 20)) / 16).astype(np.float32)))
    network = single(((2, 3, 3), (4,)), IF(0.5, "zero"), linear, RateCode(6), order=order, bias=np.full(4, 0.25))
    read = from_nir(to_nir(network))
    x = (random.integers(0, 17, (3, 2, 3, 3)) / 16).astype(np.float32)
    assert simulate(network, x).logits.any()
    np.testing.assert_array_equal(simulate(read, x).logits, simulate(network, x).logits)
    turned = IndexMap.of((2, 3, 3), np.arange(18).reshape(2, 3, 3)[:, ::-1])
    with pytest.raises(InvalidNetwork, match="no Identity that reads in the order"):
        to_nir(single(((2, 3, 3),) * 2, IF(0.5, "zero"), Identity(), RateCode(6), order=turned))
