"""The circuit beside the engine and the simulator of its control: every spike and potential in every step, the answers,
and the cycle of each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from spikewright.hardware.behaviour.record import Cycles
from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import as_taken, golden_activity, golden_rasters
from spikewright.hardware.cosim import icarus
from spikewright.hardware.cosim.answers import CircuitAnswers
from spikewright.hardware.cosim.mac_timing import untimely
from spikewright.hardware.cosim.potentials import other_potentials
from spikewright.hardware.cosim.record import OVER, CircuitRun
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
    queues: Mapping[str, int] | None = None,
) -> tuple[str, ...]:
    """One sentence for each population whose circuit does otherwise than the engine, and for each part of its answers,
    for `images (samples, *input shape)`. What is sent after an early decision is not compared.
    Where all is equal, one for each that comes in another cycle than `hardware.behaviour` says.

    The circuit is built in `folder` with `lanes` for each population but the input, rows of weights as `storage` says and
    `queues` in front of the projections (see `Circuit`), and simulated by Icarus. Raises InvalidInput for what there is no
    circuit for, SpikewrightError without Icarus.
    """
    return compared(build(network, lanes, folder, storage, queues=queues), images)


def compared(circuit: Circuit, images: Any, simulator: Simulator = icarus.run) -> tuple[str, ...]:
    """The same of a circuit in its folder, by any simulator: `icarus.run`, `verilator.run`, a netlist's."""
    network, images = as_taken(circuit.network, images)
    activity, rasters = _golden(network, images)
    run = simulator(circuit, input_words(circuit, rasters[network.input]), len(images))
    wanted = CircuitAnswers.expected(network, images)
    taken = np.arange(network.steps)[:, None, None] < wanted.steps[:, None]
    found = rasters_of(circuit, run, len(images))
    told = (
        *_spikes({name: rasters[name] * taken for name in found}, {name: found[name] * taken for name in found}),
        *CircuitAnswers.found(circuit, run, len(images)).differences(wanted),
        *other_potentials(circuit, run, activity, wanted.steps),
    )
    if told:
        return told
    if circuit.quantised:
        return tuple(untimely(circuit, run, len(images)))
    return tuple(other_cycles(circuit, rasters, run, wanted.steps))


def sent_words(circuit: Circuit, images: Any) -> list[int]:
    """The words by which `images (samples, *input shape)` come into a circuit."""
    network, images = as_taken(circuit.network, images)
    return input_words(circuit, _golden(network, images)[1][network.input])


def _golden(network: Network, images: Any) -> tuple[Any, Mapping[str, Any]]:
    """What the engine does with `images` in all steps, decided or not, and the rasters of its populations."""
    endless = replace(network, decision=None)
    activity = golden_activity(endless, images)
    return activity, golden_rasters(endless, activity)


def _spikes(rasters: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, raster in found.items():
        wrong = np.argwhere(raster != rasters[name])
        if len(wrong):
            step, sample, neuron = wrong[np.lexsort((wrong[:, 0], wrong[:, 1]))[0]]
            yield f"{name!r} differs first in sample {sample}, step {step}, neuron {neuron}"


def other_cycles(circuit: Circuit, rasters: Mapping[str, Any], run: CircuitRun, decisions: Any = None) -> Iterator[str]:
    """One sentence for each population that sent a word, and for the answers, in another cycle than `behave` says.

    `run`: what a simulator of the circuit saw. `rasters`: what its populations send, were there no early decision;
    `decisions`: the steps of each inference.
    """
    expected = behave(circuit, rasters, decisions)
    for population in (p for p in circuit.inner if p.neuron.sends != "nothing"):
        sent = expected.sent[population.name]
        yield from _first(f"word {{}} of {population.name!r}", run, circuit.numbers[population.name], sent[sent >= 0])
    yield from _first("the end {} of an inference", run, OVER, expected.over)
    if not np.array_equal(run.answer_cycles, expected.answer_cycles):
        yield "the potentials that answer came in other cycles than expected"


def _first(what: str, run: CircuitRun, number: int, wanted: Cycles) -> Iterator[str]:
    """A sentence about the first cycle that differs, if one does."""
    got = run.events[number][:, 0]
    if len(got) != len(wanted):
        yield f"expected {len(wanted)} cycles of {what.format('each')}, got {len(got)}"
    elif (wrong := np.flatnonzero(got != wanted)).size:
        at = wrong[0]
        yield f"{what.format(at)} came in cycle {got[at]}, expected {wanted[at]}"
