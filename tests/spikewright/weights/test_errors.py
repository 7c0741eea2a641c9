"""Weights that contradict themselves are bad input, and make a bad network."""

from spikewright import InvalidInput, InvalidNetwork
from spikewright.weights import InvalidWeights


def test_who_expects_bad_input_or_a_bad_network_gets_it() -> None:
    assert issubclass(InvalidWeights, InvalidInput) and issubclass(InvalidWeights, InvalidNetwork)
