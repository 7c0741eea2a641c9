"""Thresholds by step."""

from typing import Any

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.stepping import is_stepped, left_bits, phases, step_thresholds


def network(code: Any, neuron: Any, schedule: Any = "synchronous") -> snn.Network:
    populations = (
        snn.Population("a", (2,), snn.Source()),
        snn.Population("b", (2,), neuron, 0, 0, 9),
        snn.Population("out", (2,), snn.Integrator(), 0, 0, 9),
    )
    projections = tuple(snn.Projection(*ends, snn.Linear([[1, 1], [1, 1]])) for ends in (("a", "b"), ("b", "out")))
    return snn.Network(populations, projections, "a", "out", code, schedule=schedule, numbers="fixed")


FEW = snn.FewSpikeIF(np.array([10, 20]), (4, 1), (4, 30), (3, -1))
CASES = [
    (network(snn.RateCode(6), snn.IF(5)), 1, [[5]], 9),
    (network(snn.RateCode(6), snn.TernaryIF(5, 7)), 1, [[5], [7]], 9),
    (network(snn.PhaseCode(3, 2), snn.IF(5)), 3, [[20], [20]], 9),
    (network(snn.RateCode(2), FEW, "layerwise"), 2, [[40, 80], [40, 80]], 11),
]


@pytest.mark.parametrize(("made", "among", "first", "bits"), CASES)
def test_thresholds_of_the_first_step_and_what_is_left(made: snn.Network, among: int, first: Any, bits: int) -> None:
    """At 20 a spike of the second step takes off 600: V goes down to 20 - 600, which needs 11 bits."""
    population = made.by_name["b"]
    steps = step_thresholds(made, population)
    assert phases(made, population) == len(steps) == among
    assert [np.ravel(one).tolist() for one in steps[0]] == first
    assert left_bits(made, population) == bits and is_stepped(made, population) == (among > 1)


def test_an_integrator_has_phases_but_no_thresholds() -> None:
    made = network(snn.PhaseCode(3), snn.IF(5))
    assert phases(made, made.by_name["out"]) == 3 and not is_stepped(made, made.by_name["out"])
    assert len(step_thresholds(made, made.by_name["out"])) == 1
