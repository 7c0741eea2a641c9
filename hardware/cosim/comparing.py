"""The circuit beside the engine: every spike of every population in every step, and the answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import run_golden
from spikewright.hardware.cosim import icarus
from spikewright.hardware.cosim.answers import CircuitAnswers
from spikewright.hardware.cosim.record import CircuitRun
from spikewright.hardware.cosim.streams import input_words, rasters_of
from spikewright.snn import Network

Simulator = Callable[[Circuit, list[int], int], CircuitRun]
"""What the circuit in its folder does with the words of an input, which are those of so many inferences."""


def differences(
    network: Network,
    lanes: Mapping[str, PhysicalLanes],
    images: Any,
    folder: Path,
    storage: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """One sentence for each population whose circuit does otherwise than the engine, and for each part of its answers,
    for `images (samples, *input shape)`. What is sent after an early decision is not compared.

    The circuit is built in `folder` with `lanes` for each population but the input and rows of weights as `storage` says (see
    `Circuit`), and simulated by Icarus.
    Raises InvalidInput for what there is no circuit for, SpikewrightError without Icarus.
    """
    return compared(build(network, lanes, folder, storage), images)


def compared(circuit: Circuit, images: Any, simulator: Simulator = icarus.run) -> tuple[str, ...]:
    """The same of a circuit in its folder, by any simulator: `icarus.run`, `verilator.run`, a netlist's."""
    network = circuit.network
    rasters, _ = run_golden(replace(network, decision=None), images)
    run = simulator(circuit, input_words(circuit, rasters[network.input]), len(images))
    wanted = CircuitAnswers.expected(network, images)
    taken = np.arange(network.steps)[:, None, None] < wanted.steps[:, None]
    found = rasters_of(circuit, run, len(images))
    told = _spikes({name: rasters[name] * taken for name in found}, {name: found[name] * taken for name in found})
    return (*told, *CircuitAnswers.found(circuit, run, len(images)).differences(wanted))


def _spikes(rasters: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, raster in found.items():
        wrong = np.argwhere(raster != rasters[name])
        if len(wrong):
            step, sample, neuron = wrong[np.lexsort((wrong[:, 0], wrong[:, 1]))[0]]
            yield f"{name!r} differs first in sample {sample}, step {step}, neuron {neuron}"
