"""The same lanes for both cores, or as many look-up tables."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware.costs.equal_terms import EqualTerms
from spikewright.hardware.estimation import Estimator
from spikewright.snn import simulate
from tests.hardware.small_networks import perceptron


def test_a_layer_gets_no_more_lanes_than_it_has_channels() -> None:
    point = EqualTerms(lanes=8).point(perceptron((40, 16, 3)))
    assert [layer.lanes.axes for layer in point.layers] == [(8, 1, 1), (3, 1, 1)]


def test_a_layer_may_have_lanes_of_its_own() -> None:
    point = EqualTerms(lanes=8, layers={"h0": 2, "another": 5}).point(perceptron((40, 16, 3)))
    assert [layer.physical_neurons for layer in point.layers] == [2, 3]


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9, 2.0])
def test_matched_lanes_are_the_nearest_of_all(share: float) -> None:
    network, terms = perceptron((40, 16, 8), steps=3), EqualTerms()
    images = np.random.default_rng(0).random((4, 40)).astype(np.float32)
    estimator = Estimator(network, simulate(network, images))
    sizes = [estimator.at(terms.point(network, lanes)).lut.value for lanes in range(1, 17)]
    wanted = share * max(sizes)
    found = estimator.at(terms.matched(estimator, wanted)).lut.value
    if sizes == sorted(sizes):
        assert abs(found - wanted) == min(abs(size - wanted) for size in sizes)
    assert min(sizes) <= found <= max(sizes)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"lanes": 0}, "lanes from 1"),
        ({"timed": True}, "timed"),
        ({"match": "price"}, "'lanes' or 'area'"),
        ({"device": "abacus"}, "abacus"),
    ],
)
def test_other_terms_are_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        EqualTerms(**given)  # type: ignore[arg-type]
