"""A spiking network under test answers as its engine does, and has the gradients that fit."""

from typing import Any

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.robustness import SnnPredictor
from spikewright.snn import simulate
from spikewright.snn.twin.surrogates import RateBased, Triangle
from tests.snn.every_record import NETWORKS


@pytest.mark.parametrize("network", ["rate_network", "ttfs_network"])
def test_predictions_are_the_engines_on_every_image(request: Any, digits: Any, network: str) -> None:
    chosen = request.getfixturevalue(network)
    for one in (chosen, chosen.to_fixed()) if network == "rate_network" else (chosen,):
        expected = simulate(one, digits.images.numpy()).predictions
        np.testing.assert_array_equal(SnnPredictor(one).predict(digits.images).numpy(), expected)


def test_surrogates_by_default_are_those_that_fit() -> None:
    """Counts say nothing about delays; who asks for them all the same is told."""
    recurrent = NETWORKS["delay"]
    assert SnnPredictor(recurrent).surrogates == (Triangle(),)
    assert len(SnnPredictor(NETWORKS["Burst"]).surrogates) == 2
    with pytest.raises(InvalidNetwork, match="RateBased"):
        SnnPredictor(recurrent, surrogate=RateBased())


def test_what_has_no_gradient_is_refused_when_it_is_made() -> None:
    for name, words in (("AddressEvents", "code of images"), ("TerminateMax", "early decision")):
        with pytest.raises(InvalidNetwork, match=words):
            SnnPredictor(NETWORKS[name])
