"""A circuit of a few neurons, for the tools of synthesis."""

from pathlib import Path

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build


def small_circuit(folder: Path) -> Path:
    """Three inputs, two lanes of the four neurons that answer."""
    weights = np.arange(-6, 6, dtype=np.int8).reshape(4, 3)
    populations = (
        snn.Population("input", (3,), snn.Source()),
        snn.Population("output", (4,), snn.Integrator(), 1, 0, 8),
    )
    network = snn.Network(
        populations,
        (snn.Projection("input", "output", snn.Linear(weights)),),
        "input",
        "output",
        snn.RateCode(3),
        readout="potential",
        numbers="fixed",
    )
    build(network, {"output": PhysicalLanes(2)}, folder)
    return folder
