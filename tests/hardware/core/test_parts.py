"""Neurons, synapses, codes and decisions as records of a core, and back."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.core import parts
from spikewright.hardware.core.hexfiles import read_memory
from spikewright.hardware.core.writer import Writer
from spikewright.snn import core_parts
from tests.hardware.core.test_stored_weights import same

ARRAY = np.array([3, 5, 7])
NEURONS = (
    snn.IF(ARRAY, "zero", 3),
    snn.LIF(9, 0.25, refractory=2),
    snn.SignedIF(5, 3),
    snn.SignedIF(ARRAY),
    snn.TernaryIF(ARRAY, 4),
    snn.Burst(np.arange(1, 13).reshape(3, 2, 2), 5),
    snn.FewSpikeIF(3, (4, 2, 1), (4, -2, 0), (1, 0, -3)),
    snn.LatchedIF(5),
    snn.Ramp(24, 8),
    snn.MaxGate(),
    snn.QuantReLU(ARRAY, 4, 15),
)
SYNAPSES = (
    snn.Conv1d(np.ones((2, 3, 3), np.int8), 2, 1, 1, 1),
    snn.ConvTranspose2d(np.ones((2, 3, 3, 3), np.int8), (2, 2), (1, 1), (1, 0)),
    snn.Upsample((2, 3), ARRAY),
    snn.Separable2d(np.eye(3, dtype=np.int64), -np.eye(3, dtype=np.int64), 2),
    snn.Windows((3, 2), (1, 2), (1, 0)),
)
RULES = (
    snn.Direct(4, 7, 2),
    snn.Bursts(3, 4),
    snn.Poisson(3, 0.25, 2**63 - 1),
    snn.JitteredPeriodic(9, 1.5, 30.0, 0.25, 0.5, 3),
    snn.SingleBurst(5, 0.125),
    snn.PhaseCode(4, 2),
    snn.Delta(3, 0.375),
    snn.AddressEvents(4, 1000, 2),
    snn.TtfsCode(15),
    snn.TerminateDelta(2.5),
    snn.TerminateMax(3.0),
    snn.Quiescence(),
)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


def test_each_part_that_a_core_can_have_has_one_record() -> None:
    assert set(parts.NEURONS) == set(core_parts.NEURONS)
    assert set(parts.SYNAPSES) == set(core_parts.SYNAPSES)
    assert set(parts.CODES) == set(core_parts.CODES)


@pytest.mark.parametrize("neuron", NEURONS, ids=lambda one: type(one).__name__)
def test_neurons_come_back(neuron, writer: Writer) -> None:
    found = parts.described_neuron(writer, "p01", neuron)
    assert same(parts.rebuilt(found, lambda memory: read_memory(writer.folder, memory)), neuron)


@pytest.mark.parametrize("synapse", SYNAPSES, ids=lambda one: type(one).__name__)
def test_synapses_come_back(synapse, writer: Writer) -> None:
    found = parts.described_synapse(writer, "q01", synapse)
    assert same(parts.rebuilt(found, lambda memory: read_memory(writer.folder, memory)), synapse)


@pytest.mark.parametrize("rule", RULES, ids=lambda one: type(one).__name__)
def test_codes_and_decisions_come_back(rule) -> None:
    found = parts.described_rule(rule)
    again = parts.rebuilt(type(found).model_validate_json(found.model_dump_json()), lambda _: None)
    assert [getattr(again, one.name) for one in fields(rule)] == [getattr(rule, one.name) for one in fields(rule)]


def test_real_numbers_are_refused(writer: Writer) -> None:
    with pytest.raises(InvalidInput, match="expected integers in p01_threshold, got real numbers"):
        parts.described_neuron(writer, "p01", snn.Burst(1.5, 2))
    with pytest.raises(InvalidInput, match="expected a direct input with levels, got none"):
        parts.described_rule(snn.Direct(3))
