"""One access and one operation in 45 nm."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware import estimate, time_multiplexed
from spikewright.hardware.model.operations45 import add_pj, multiply_pj
from tests.hardware.small_networks import active, perceptron


def test_operations_of_horowitz() -> None:
    assert (add_pj(8), add_pj(32), multiply_pj(8), multiply_pj(32)) == (
        0.03,
        pytest.approx(0.1),
        0.2,
        pytest.approx(3.1),
    )
    assert add_pj(20) == pytest.approx(0.065)


def test_bus_access_makes_narrow_words_cheaper() -> None:
    network = perceptron((64, 16, 4))
    activity, point = active(network, {"in": 20}), time_multiplexed(network)
    word = estimate(network, activity, point)
    bus = estimate(network, activity, point, memory_access="bus")
    assert bus.asic45_energy_nj.value < word.asic45_energy_nj.value / 4
    with pytest.raises(InvalidInput, match="word"):
        estimate(network, activity, point, memory_access="byte")
