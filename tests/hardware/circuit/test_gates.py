"""What reaches gates: numbers, or counts with room for all that a run may bring."""

from typing import Any

import pytest

from spikewright import snn
from spikewright.hardware.circuit.gates import AT_THE_END, EACH, EVERY_STEP, GateCounts

CASES = [
    (snn.TtfsCode(7), snn.Ramp(18, 9), "layerwise", GateCounts(9, False, 0, EACH), 4),
    (snn.RateCode(4), snn.IF(5), "synchronous", GateCounts(4, True, 0, EACH), 3),
    (snn.RateCode(4), snn.Burst(5, 3), "layerwise", GateCounts(12, True, 0, EACH), 4),
    (snn.RateCode(4), snn.SignedIF(5), "synchronous", GateCounts(4, True, 5, EVERY_STEP), 4),
    (snn.RateCode(4), snn.TernaryIF(5, 5), "layerwise", GateCounts(4, True, 5, AT_THE_END), 4),
]


@pytest.mark.parametrize(("code", "neuron", "schedule", "wanted", "bits"), CASES)
def test_counts_of_what_sources_send(code: Any, neuron: Any, schedule: Any, wanted: GateCounts, bits: int) -> None:
    """Counts that may fall begin above all that can be taken off them, so that 0 says that nothing has arrived."""
    populations = [snn.Population("in", (1, 4, 4), snn.Source())]
    populations.append(snn.Population("layer", (1, 4, 4), neuron, 0, 0, 9))
    projections = [snn.Projection("in", "layer", snn.Identity(1))]
    populations += [
        snn.Population("gate", (1, 2, 2), snn.MaxGate()),
        snn.Population("out", (2,), snn.Integrator(), 0, 0, 9),
    ]
    projections.append(snn.Projection("layer", "gate", snn.Windows((2, 2), (2, 2))))
    projections.append(snn.Projection("gate", "out", snn.Linear([[1] * 4] * 2)))
    network = snn.Network(tuple(populations), tuple(projections), "in", "out", code, schedule=schedule, numbers="fixed")
    found = GateCounts.of(network, network.by_name["gate"])
    assert found == wanted and found.bits == bits
