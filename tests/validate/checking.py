"""One drawn network at one choice of lanes: engine beside circuit."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim import icarus
from spikewright.hardware.cosim.comparing import compared
from spikewright.hardware.cosim.record import CircuitRun
from tests.validate.drawers import Drawer

SAMPLES = 3


@dataclass
class Checked:
    """What came of a comparison: "equal", "wrong" or "refused", and why; the spikes and cycles that were compared."""

    outcome: str
    why: str = ""
    spikes: int = 0
    cycles: int = 0


def checked(drawer: Drawer, seed: int, choice: int, folder: Path, samples: int = SAMPLES) -> Checked:
    """Network `seed` of a drawer at a choice of lanes, in an empty folder. What a circuit is refused for is told, not raised."""
    try:
        circuit = drawer.circuit(seed, choice, folder)
    except InvalidInput as error:
        return Checked("refused", str(error))
    return beside(circuit, drawer.images(seed, samples))


def beside(circuit: Circuit, images: Any, simulator: Any = icarus.run) -> Checked:
    """A circuit in its folder beside the engine, by any simulator."""
    runs: list[CircuitRun] = []

    def watched(circuit: Circuit, words: list[int], samples: int) -> CircuitRun:
        runs.append(simulator(circuit, words, samples))
        return runs[-1]

    try:
        told = compared(circuit, images, watched)
    except Exception as error:  # whatever a simulation ends with is a fault to be told with its seed
        if isinstance(error, SpikewrightError) and "yosys#" in str(error):  # a fault of Yosys that is known and named
            return Checked("refused", str(error))
        return Checked("wrong", f"{type(error).__name__}: {error}")
    spikes = sum(int((events[:, 1] & 1 == 0).sum()) for events in runs[0].events.values())
    return Checked("wrong" if told else "equal", "; ".join(told), spikes, runs[0].cycles)
