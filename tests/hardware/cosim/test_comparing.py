"""The circuit does what the engine does: every spike of every population in every step, whatever the lanes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.core.golden import golden_activity
from spikewright.hardware.cosim import comparing, programs
from spikewright.hardware.cosim.comparing import differences
from spikewright.snn.running import InputRange, Run
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.drawn_kinds import NAMES, drawn_kind

needs_icarus = pytest.mark.skipif(
    programs.found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)


def images_for(network: snn.Network, seed: int, samples: int = 3) -> np.ndarray:
    shape = network.by_name[network.input].shape
    return np.random.default_rng(seed).random((samples, *shape)).astype(np.float32)


@needs_icarus
@pytest.mark.parametrize("seed", range(8))
def test_drawn_networks_are_equal_at_two_choices_of_lanes(seed: int, tmp_path: Path) -> None:
    network = drawn(seed)
    ones = {population.name: PhysicalLanes() for population in network.order[1:]}
    for number, lanes in enumerate((ones, drawn_lanes(network, seed))):
        folder = tmp_path / str(number)
        folder.mkdir()
        queues = {projection.name: 2 ** (1 + (seed + number) % 4) for projection in network.projections}
        assert differences(network, lanes, images_for(network, seed), folder, queues=queues) == ()


@needs_icarus
@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("seed", range(2))
def test_every_kind_of_neuron_is_equal(kind: str, seed: int, tmp_path: Path) -> None:
    network = drawn_kind(kind, seed)
    assert differences(network, drawn_lanes(network, seed), images_for(network, seed), tmp_path) == ()


@needs_icarus
@pytest.mark.parametrize("steps", [1, 3])
def test_blocks_in_block_memories_see_what_was_just_written(steps: int, tmp_path: Path) -> None:
    """More rows of potentials than look-up tables hold; events that reach the same block one, two and three cycles apart."""
    random = np.random.default_rng(1)
    populations = (
        snn.Population("input", (1, 7, 7), snn.Source()),
        snn.Population("map", (2, 7, 7), snn.IF(9), 1, 0, 9),
        snn.Population("output", (3,), snn.Integrator(), 0, 0, 12),
    )
    projections = (
        snn.Projection(
            "input", "map", snn.Conv2d(random.integers(-3, 9, (2, 1, 3, 3)).astype(np.int8), padding=(1, 1))
        ),
        snn.Projection("map", "output", snn.Linear(random.integers(-9, 9, (3, 98)).astype(np.int8))),
    )
    network = snn.Network(populations, projections, "input", "output", snn.RateCode(steps), numbers="fixed")
    lanes = {"map": PhysicalLanes(1, 1, 1), "output": PhysicalLanes(1)}
    assert differences(network, lanes, np.ones((2, 1, 7, 7), np.float32), tmp_path) == ()


@needs_icarus
def test_another_network_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Golden traces of a threshold that is one lower: the first neuron that differs is named."""
    network = drawn(0)
    changed = replace(network, populations=tuple(map(_lower, network.populations)))
    monkeypatch.setattr(comparing, "golden_activity", lambda _, images: golden_activity(changed, images))
    lanes = {population.name: PhysicalLanes() for population in network.order[1:]}
    told = differences(network, lanes, images_for(network, 0, 8), tmp_path)
    assert told and "differ" in told[0]


def _lower(population: snn.Population) -> snn.Population:
    if not population.neuron.has_threshold:
        return population
    neuron = replace(population.neuron, threshold=np.maximum(np.asarray(population.neuron.threshold) // 3, 1))  # type: ignore[call-arg]
    return replace(population, neuron=neuron)


@needs_icarus
def test_a_network_with_a_range_of_inputs_is_compared_with_what_its_core_takes(tmp_path: Path) -> None:
    network = drawn(3)
    ranged = replace(network, run=Run(input_range=InputRange(-1.0, 1.0)))
    images = images_for(network, 3) * 2 - 1
    assert differences(ranged, drawn_lanes(network, 3), images, tmp_path) == ()
