"""The spiking neuron of an activation: spikes of one sign, or of both where values are."""

from typing import Literal

import numpy as np

from spikewright.conversion.reading.activations import LeakyLaw, ReluLaw, SignedLaw
from spikewright.conversion.reading.values import Floats, Unit
from spikewright.conversion.recipes.coding import number
from spikewright.snn import IF, TernaryIF
from spikewright.snn.neurons import PerChannel


def neuron_of(unit: Unit, threshold: Floats, reset: Literal["subtract", "zero"]) -> IF | TernaryIF:
    """IF, or TernaryIF with thresholds a and a / slope for a leaky ReLU, a and a for values of both signs.

    A spike of either sign stands for a, so slope x / a = x / (a / slope) of them are sent for x below zero.
    """
    own = unit.activation
    if isinstance(own, LeakyLaw | SignedLaw):
        slope = own.slope if isinstance(own, LeakyLaw) else 1.0
        return TernaryIF(number(threshold), number(threshold / slope))
    return IF(number(threshold), reset)


def initial_of(unit: Unit, threshold: Floats, initial: str) -> PerChannel:
    """Half a threshold rounds a count to the nearest, but of values above zero only: signed units begin at 0."""
    half = initial == "half" and not isinstance(unit.activation, SignedLaw)
    return number(threshold / 2 if half else np.zeros(()))


def at_most_limit(unit: Unit, threshold: Floats) -> Floats:
    """No value is above the limit of a ReLU6 or of its like."""
    own = unit.activation
    return np.minimum(threshold, own.limit) if isinstance(own, ReluLaw) and own.limit is not None else threshold
