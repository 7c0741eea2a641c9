"""Small spaces of designs, and the estimates of all of their points one by one."""

from spikewright.hardware import DEVICES
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.exploring.design_space import DesignSpace
from spikewright.hardware.sweep import choices_of
from tests.hardware.small_networks import active, perceptron


def small_space(sizes=(32, 16, 4), device: str = "xc7a35t", clocks=(50.0, 100.0), **constant: float) -> DesignSpace:
    """A perceptron's ladders, some of them, on a device."""
    network = perceptron(sizes)
    estimator = Estimator(network, active(network, {"in": 60, "h0": 20}))
    return DesignSpace(estimator, DEVICES[device], clocks, choices_of(network), constant)


def one_by_one(space: DesignSpace) -> list[Estimate]:
    """Every design of a space by `estimate`'s own way."""
    return [space.estimator.at(space.point(number)) for number in range(len(space))]
