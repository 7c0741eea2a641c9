"""Cores of up to 16 lanes a layer that are placed and routed for ECP5: the clock that they reach."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.synthesis.yosys import synthesise
from tests.hardware.small_networks import perceptron
from tests.onnx_check.progress import commit_of
from tests.validate.progress import READ

FAMILY = "ecp5"
SEEDS, GOAL_MHZ = (1, 2, 3), 100
"""Seeds of nextpnr that are tried one after the other until one reaches this clock: they differ by several MHz."""


def _weights(random: np.random.Generator, *shape: int) -> Any:
    return random.integers(-7, 8, shape).astype(np.int8)


def _dense(pixels: int) -> Callable[[Path], Circuit]:
    lanes = {"h0": PhysicalLanes(16), "out": PhysicalLanes(10)}
    return lambda folder: build(perceptron((pixels, 128, 10), bits=14), lanes, folder)


def _convolution(code: Any, lanes: PhysicalLanes) -> Callable[[Path], Circuit]:
    """A layer of 16 channels of 12 x 12 behind an image of 14 x 14, and ten neurons that answer."""

    def made(folder: Path) -> Circuit:
        random = np.random.default_rng(1)
        populations = (
            snn.Population("input", (1, 14, 14), snn.Source()),
            snn.Population("map", (16, 12, 12), snn.IF(30), 1, 0, 12),
            snn.Population("output", (10,), snn.Integrator(), 0, 0, 20),
        )
        projections = (
            snn.Projection("input", "map", snn.Conv2d(_weights(random, 16, 1, 3, 3))),
            snn.Projection("map", "output", snn.Linear(_weights(random, 10, 16 * 144))),
        )
        network = snn.Network(populations, projections, "input", "output", code, numbers="fixed")
        return build(network, {"map": lanes, "output": PhysicalLanes(10)}, folder)

    return made


def _residual(folder: Path) -> Circuit:
    """Two layers of 12 channels of 8 x 8, of which the second also reads what the first one does."""
    random = np.random.default_rng(2)
    populations = (
        snn.Population("input", (12, 8, 8), snn.Source()),
        snn.Population("first", (12, 8, 8), snn.IF(20), 1, 0, 12),
        snn.Population("second", (12, 8, 8), snn.IF(20), 1, 0, 12),
        snn.Population("output", (10,), snn.Integrator(), 0, 0, 20),
    )
    projections = (
        snn.Projection("input", "first", snn.Conv2d(_weights(random, 12, 12, 3, 3), padding=(1, 1))),
        snn.Projection("first", "second", snn.Conv2d(_weights(random, 12, 12, 3, 3), padding=(1, 1))),
        snn.Projection("input", "second", snn.Identity(8)),
        snn.Projection("second", "output", snn.Linear(_weights(random, 10, 768))),
    )
    network = snn.Network(populations, projections, "input", "output", snn.RateCode(8), numbers="fixed")
    lanes = {"first": PhysicalLanes(12), "second": PhysicalLanes(12), "output": PhysicalLanes(10)}
    return build(network, lanes, folder)


CORES: Mapping[str, Callable[[Path], Circuit]] = {
    "784-128-10, 16 and 10 lanes": _dense(784),
    "64-128-10, 16 and 10 lanes": _dense(64),
    "convolution, 16 lanes of channels": _convolution(snn.RateCode(8), PhysicalLanes(16)),
    "residual sum, 12 lanes": _residual,
    "convolution of a direct input, 4 x 2 x 2 lanes": _convolution(snn.Direct(8, 255), PhysicalLanes(4, 2, 2)),
}
"""Name on the page -> the circuit of a core, built in a folder."""


def placed(name: str, folder: Path) -> dict[str, Any]:
    """A core of CORES through Yosys and nextpnr, as a row of the page."""
    circuit = CORES[name](folder)
    for seed in SEEDS:
        found = synthesise(circuit.folder, FAMILY, flat=True, placed=True, seed=seed)
        assert found.placed is not None
        if found.placed.clock_mhz >= GOAL_MHZ:
            break
    used = found.placed.used
    return {
        "commit": commit_of(read=READ),
        "seed": seed,
        "clock_mhz": round(found.placed.clock_mhz, 1),
        "comb": used.get("TRELLIS_COMB", 0),
        "ff": used.get("TRELLIS_FF", 0),
        "blocks": used.get("DP16KD", 0),
        "tools": f"{found.tool}, {found.placed.tool}",
        "slowest": found.placed.slowest,
    }
