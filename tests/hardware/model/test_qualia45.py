"""The published tool's index: numbers worked out by hand beside it."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware.model.qualia45 import COLUMNS, QualiaSettings, qualia_table
from spikewright.snn import (
    IF,
    Activity,
    Conv2d,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
)
from tests.hardware.small_networks import active, formal, perceptron


def rows(network: Network, activity: Activity, **settings: object) -> dict[str, dict[str, float]]:
    return {row["name"]: row for row in qualia_table(network, activity, QualiaSettings(**settings))}


def test_a_perceptron_by_hand() -> None:
    # theta = 196 of 784 inputs, 128 neurons, 10 steps, 8 bits: E(100352 words) = 21.95, E(128) = 13.211, E(0) = 13.2 pJ.
    network = perceptron()
    found = rows(network, active(network, {"in": 196, "h0": 32}))["in->h0"]
    reads = 196 * 128 + 1280
    wanted = {
        "mem_pot": 2 * reads * (1.09e-5 * 128 * 8 + 13.2),
        "mem_weights": 196 * 128 * (1.09e-5 * 784 * 128 * 8 + 13.2),
        "mem_bias": 1280 * (1.09e-5 * 128 * 8 + 13.2),
        "mem_io": (196 + 32) * 13.2,
        "ops": (196 * 128 + 1280 + 32) * 0.1,
        "addr": 0.25 * 128 * 0.1,  # the rate, where the equation has the spikes
    }
    assert {key: found[key] for key in COLUMNS} == pytest.approx({key: value / 1e3 for key, value in wanted.items()})
    assert found["total"] == pytest.approx(sum(wanted.values()) / 1e3)


def convolution(code: object) -> tuple[Network, Activity]:
    """2 x 6 x 6 inputs, 3 maps of 3 x 3 after a stride of 2 with 5 x 5 taps and a padding of 2, and an integrator."""
    weights = np.ones((3, 2, 5, 5), np.int8)
    populations = (
        Population("in", (2, 6, 6), Source()),
        Population("map", (3, 3, 3), IF(9), 0, 0, 12),
        Population("out", (4,), Integrator(), 0, 0, 12),
    )
    projections = (
        Projection("in", "map", Conv2d(weights, (2, 2), (2, 2))),
        Projection("map", "out", Linear(np.ones((4, 27), np.int8))),
    )
    network = Network(populations, projections, "in", "out", code, numbers="fixed")
    return network, active(network, {"in": 20, "map": 7})


def test_a_convolution_reads_all_taps_and_adds_those_that_meet_the_stride() -> None:
    network, activity = convolution(RateCode(4))
    found = rows(network, activity)["in->map"]
    assert found["mem_weights"] == pytest.approx(20 * 3 * 25 * (1.09e-5 * 150 * 8 + 13.2) / 1e3)
    assert found["ops"] == pytest.approx((20 * 9 * 3 + 4 * 27 + 7) * 0.1 / 1e3)
    assert found["addr"] == pytest.approx((2 * 20 * 3.2 + 20 * 25 * 0.1) / 1e3)
    assert found["mem_pot"] == pytest.approx(2 * (20 * 3 * 25 + 27 * 4) * (1.09e-5 * 27 * 8 + 13.2) / 1e3)
    assert found["mem_bias"] == 0


def test_numbers_that_flow_in_are_multiplied_once() -> None:
    network, activity = convolution(Direct(4, 255))
    found = rows(network, activity)["in->map"]
    products = 27 * 2 * 25 * 20 / 72
    assert found["ops"] == pytest.approx((products * 3.2 + 27 * 0.1 + 7 * 0.1) / 1e3)
    assert found["mem_weights"] == pytest.approx(20 * 3 * 25 * (1.09e-5 * 150 * 8 + 13.2) / 1e3)
    assert found["mem_pot"] == pytest.approx(2 * (4 * 20 * 3 * 25 + 27 * 4) * (1.09e-5 * 27 * 8 + 13.2) / 1e3)


def test_a_formal_network_multiplies_everything() -> None:
    network = formal()
    found = rows(network, active(network, {"in": 784, "h0": 128}))["in->h0"]
    assert found["ops"] == pytest.approx((784 * 128 * 3.2 + 128 * 0.1) / 1e3)
    assert found["addr"] == pytest.approx(784 * 128 * 0.1 / 1e3)
    assert found["mem_pot"] == 0
    assert found["mem_io"] == pytest.approx((784 * (1.09e-5 * 6272 + 13.2) + 128 * (1.09e-5 * 1024 + 13.2)) / 1e3)


@pytest.mark.parametrize(
    ("settings", "add", "multiply", "access"),
    [
        ({}, 0.1, 3.1, 13.2 + 1.09e-5 * 800),
        ({"operations": "saturation"}, 0.03, 0.2, 13.2 + 1.09e-5 * 800),
        ({"operations": "saturation", "bits": 9}, 0.1, 3.1, 13.2 + 1.09e-5 * 900),
        ({"operations": "linear", "bits": 20}, 0.065, 1.65, 13.2 + 1.09e-5 * 2000),
        ({"operations": "quadratic", "bits": 32}, 0.1, 3.1, 13.2 + 1.09e-5 * 3200),
        ({"operations": "quadratic", "memory": "new"}, 0.03, 0.2, 10 / 8),
    ],
)
def test_energies_of_one_operation(settings: dict[str, object], add: float, multiply: float, access: float) -> None:
    counted = QualiaSettings(**settings)
    assert (counted.add, counted.multiply) == pytest.approx((add, multiply))
    assert counted.access(100) == pytest.approx(access)


@pytest.mark.parametrize("settings", [{"bits": 0}, {"bits": 33}, {"operations": "best"}, {"memory": "dram"}])
def test_settings_that_the_tool_does_not_have_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        QualiaSettings(**settings)
