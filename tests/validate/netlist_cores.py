"""Small cores of different kinds whose netlists are simulated beside the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import netlists
from spikewright.hardware.cosim.record import CircuitRun
from tests.hardware.small_networks import perceptron
from tests.onnx_check.progress import commit_of
from tests.validate.checking import beside
from tests.validate.drawers import DRAWERS
from tests.validate.progress import READ

FAMILIES = tuple(netlists.CELLS)


@dataclass(frozen=True)
class NetlistCore:
    """A core by its name on the page: its circuit in a folder, and images for it."""

    name: str
    circuit: Callable[[Path], Circuit]
    images: Callable[[int], Any]


def _dense(folder: Path) -> Circuit:
    lanes = {"h0": PhysicalLanes(2), "out": PhysicalLanes(1)}
    return build(perceptron((6, 5, 3), steps=2), lanes, folder)


def _blocks(folder: Path) -> Circuit:
    """Weights and potentials in block memories, of which one is read and written in the same cycle."""
    random = np.random.default_rng(1)
    weights = random.integers(-3, 9, (3, 1, 3, 3)).astype(np.int8)
    populations = (
        snn.Population("input", (1, 9, 9), snn.Source()),
        snn.Population("map", (3, 9, 9), snn.IF(9), 1, 0, 12),
        snn.Population("output", (3,), snn.Integrator(), 0, 0, 14),
    )
    projections = (
        snn.Projection("input", "map", snn.Conv2d(weights, padding=(1, 1))),
        snn.Projection("map", "output", snn.Linear(random.integers(-9, 9, (3, 243)).astype(np.int8))),
    )
    network = snn.Network(populations, projections, "input", "output", snn.RateCode(2), numbers="fixed")
    return build(network, {"map": PhysicalLanes(3, 1, 1), "output": PhysicalLanes(3)}, folder)


def drawn_core(kind: str, seed: int, choice: int) -> NetlistCore:
    """Network `seed` of a kind of `DRAWERS`, at one of its choices of lanes."""
    drawer = next(drawer for drawer in DRAWERS if drawer.name == kind)
    return NetlistCore(
        f"{kind}, seed {seed}, choice {choice}",
        lambda folder: drawer.circuit(seed, choice, folder),
        lambda samples: drawer.images(seed, samples),
    )


def _random(*shape: int) -> Callable[[int], Any]:
    return lambda samples: np.random.default_rng(0).random((samples, *shape)).astype(np.float32)


CORES = (
    NetlistCore("dense layers", _dense, _random(6)),
    NetlistCore("block memories", _blocks, _random(1, 9, 9)),
    drawn_core("IF and LIF", 0, 1),
    drawn_core("SignedIF", 1, 0),
    drawn_core("read-outs and early decisions", 3, 0),
    drawn_core("pruned, lists of rows", 12, 1),
    drawn_core("shared weights", 16, 0),
)


def synthesised(core: NetlistCore, family: str, folder: Path, samples: int = 2) -> dict[str, Any]:
    """What came of a core's netlist for a family of devices, as a row of the page."""

    def simulate(circuit: Circuit, words: list[int], samples: int) -> CircuitRun:
        return netlists.run(circuit, words, samples, family)

    found = beside(core.circuit(folder), core.images(samples), simulate)
    return {"commit": commit_of(read=READ), **vars(found)}
