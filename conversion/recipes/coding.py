"""What a recipe decides, as data: the neuron of each population and what one of its spikes stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.reading.shapes import Floats
from spikewright.snn import Code, Integrator, MaxGate, Neuron, ReportRow
from spikewright.snn.network import Readout, Schedule
from spikewright.snn.neurons import PerChannel
from spikewright.snn.running import Run


@dataclass(frozen=True, eq=False)
class NeuronChoice:
    """One population: its neuron, its initial potential, what a spike stands for, and words for the report."""

    neuron: Neuron
    amplitude: Floats
    detail: str
    initial: PerChannel = 0.0


@dataclass(frozen=True, eq=False)
class Coding:
    """All that a recipe decides. `choices` by unit; `scale` turns raw logits into the model's units.

    `readout`: None for the potential of an output that adds up, and the count of one that fires. `run`: what the steps of
    the network are bound to.
    """

    code: Code
    choices: Mapping[str, NeuronChoice]
    input_amplitude: float
    scale: float
    notes: tuple[ReportRow, ...]
    schedule: Schedule = "synchronous"
    readout: Readout | None = None
    run: Run = field(default_factory=Run)


def with_gates(plan: Plan, choices: Mapping[str, NeuronChoice]) -> dict[str, NeuronChoice]:
    """The choices together with those of the plan's maxima: a spike of a gate stands for what one of its source does."""
    known = dict(choices)
    for unit in plan.gates:
        source = plan.population(unit.terms[0].source)
        text = f"MaxGate population {unit.name!r}, its count is always the largest count of its window"
        known[unit.name] = NeuronChoice(MaxGate(), known[source].amplitude, text)
    return known


def check_unit_range(images: torch.Tensor) -> None:
    """Raise InvalidInput unless all samples lie in [0, 1]."""
    low, high = float(images.min()), float(images.max())
    if low < 0.0 or high > 1.0:
        way = "try convert(..., input_range=(low, high)), or the standardisation inside the model"
        raise InvalidInput(f"expected samples in [0, 1], got {low:.3g} to {high:.3g}; {way}")


def adding_up() -> NeuronChoice:
    """The choice for an output that adds up and never fires."""
    return NeuronChoice(Integrator(), np.ones(()), "")


def input_amplitude(levels: int | None) -> float:
    """With levels the input sends integers: one of them stands for 1 / levels."""
    return 1.0 if levels is None else 1.0 / levels


def output_amplitude(plan: Plan, choices: Mapping[str, NeuronChoice]) -> float:
    """What one unit of the read-out stands for: an output that adds up is in the model's units already."""
    return 1.0 if plan.output.adds_up else float(choices[plan.output.name].amplitude)


def initial_potential(threshold: Floats, initial: str) -> PerChannel:
    """Half a threshold for "half", which rounds a count to the nearest, else zero."""
    return number(threshold / 2 if initial == "half" else np.zeros(()))


def number(value: Floats) -> PerChannel:
    """A float, or float32 for each channel."""
    return float(value) if value.ndim == 0 else value.astype(np.float32)


def note(kind: str, text: str) -> ReportRow:
    """A row about the whole network."""
    return ReportRow("network", kind, "note", text)
