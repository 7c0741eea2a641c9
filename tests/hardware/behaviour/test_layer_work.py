"""What layers have to do is what the simulator sees them do."""

import numpy as np
import pytest

from spikewright.hardware.behaviour.layer_work import LayerWork, work_of
from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.core.golden import run_golden
from tests.hardware.behaviour.test_simulating import drawn_circuit, images_for


@pytest.mark.parametrize("seed", range(12))
def test_passes_sweeps_and_settling_are_exact_whatever_waits_and_stalls(seed: int) -> None:
    circuit, samples = drawn_circuit(seed), 3
    rasters, _ = run_golden(circuit.network, images_for(circuit, seed, samples))
    found = behave(circuit, rasters)
    for population, layer in zip(circuit.inner, found.layers, strict=True):
        work = work_of(circuit, population, rasters)
        once = [circuit.once(q.source) and not circuit.layerwise for _, q in circuit.incoming(population)]
        rounds = samples * (circuit.network.steps + any(once))
        assert layer.passes == pytest.approx(samples * work.passes.sum())
        assert (layer.begin, layer.sweep) == (work.blocks, rounds * work.blocks)
        assert layer.settle == (rounds + 1) * work.settles


def test_choices_of_lanes_stand_behind_each_other() -> None:
    circuit = drawn_circuit(3)
    rasters, _ = run_golden(circuit.network, images_for(circuit, 3))
    one = work_of(circuit, circuit.inner[0], rasters)
    many = LayerWork.stacked([one, one, one])
    assert many.passes.shape == (3, *one.passes.shape) and many.blocks.shape == (3,)
    np.testing.assert_array_equal(many.at(np.array([2, 0])).items, np.stack([one.items] * 2))
