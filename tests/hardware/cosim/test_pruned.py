"""Pruned synapses are skipped: the circuit does what the engine does, in as many cycles fewer as it takes passes fewer."""

from pathlib import Path

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.fronts import stored_rows
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import icarus
from spikewright.hardware.cosim.comparing import differences
from spikewright.hardware.cosim.streams import input_words
from tests.hardware.circuit.test_layer_rows import one_of_eight
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.pruned import packed, pruned, regular, shared
from tests.hardware.cosim.test_comparing import images_for, needs_icarus


@needs_icarus
@pytest.mark.parametrize("seed", [16, 18, 22])
def test_drawn_networks_are_equal(seed: int, tmp_path: Path) -> None:
    network = pruned(drawn(seed), seed)
    lists = {projection.name: "lists" for projection in network.projections}
    assert differences(network, drawn_lanes(network, seed), images_for(network, seed), tmp_path, lists) == ()


@needs_icarus
@pytest.mark.parametrize(("seed", "masked"), [(16, False), (18, True), (28, True)])
def test_shared_weights_are_looked_up(seed: int, masked: bool, tmp_path: Path) -> None:
    network = shared(drawn(seed), seed, masked=masked)
    layout = "lists codes" if masked else "dense codes"
    storage = {projection.name: layout for projection in network.projections if projection.synapse.weights is not None}
    assert differences(network, drawn_lanes(network, seed), images_for(network, seed), tmp_path, storage) == ()


@needs_icarus
@pytest.mark.parametrize("seed", [502, 514, 530])
def test_packed_rows_reach_any_channel_of_a_lane(seed: int, tmp_path: Path) -> None:
    network = pruned(drawn(seed), seed, 0.4)
    assert packed(network)
    lanes = drawn_lanes(network, seed)
    assert differences(network, lanes, images_for(network, seed), tmp_path, packed(network)) == ()


@needs_icarus
@pytest.mark.parametrize("seed", [500, 506, 511])
def test_tiles_of_as_many_rows_are_walked_without_lists(seed: int, tmp_path: Path) -> None:
    network = drawn(seed)
    lanes = drawn_lanes(network, seed)
    network = regular(network, lanes, seed)
    assert differences(network, lanes, images_for(network, seed), tmp_path, packed(network)) == ()


def blocks_of_16(kept: float) -> snn.Network:
    """A convolution of 4 to 64 channels of which this share of the blocks of 16 output channels is left."""
    random = np.random.default_rng(3)
    left = random.permutation(4 * 4 * 25) < round(kept * 4 * 4 * 25)
    blocks = left.reshape(4, 1, 4, 5, 5).repeat(16, axis=1).reshape(64, 4, 5, 5)
    weights = np.where(blocks, random.integers(1, 8, (64, 4, 5, 5)), 0).astype(np.int8)
    populations = (
        snn.Population("input", (4, 10, 10), snn.Source()),
        snn.Population("map", (64, 6, 6), snn.IF(200), 0, 0, 16),
    )
    projections = (snn.Projection("input", "map", snn.Conv2d(weights)),)
    return snn.Network(populations, projections, "input", "map", snn.RateCode(2), numbers="fixed")


def cycles(circuit: Circuit, raster: np.ndarray) -> int:
    """The cycle in which the last token of the output goes out."""
    found = icarus.run(circuit, input_words(circuit, raster), samples=1).events[1]
    return int(found[found[:, 1] & 1 == 1, 0].max())


@needs_icarus
@pytest.mark.parametrize(("layout", "most"), [("lists", 1 / 5), ("packed", 1 / 4)])
def test_cycles_follow_the_passes(layout: str, most: float, tmp_path: Path) -> None:
    """90 % pruned in blocks of 16 channels take a fifth of the dense passes, 1 of 8 a quarter, at 16 lanes and by choice."""
    network = blocks_of_16(0.1) if layout == "lists" else one_of_eight()
    name, projection = network.input, network.projections[0]
    lanes = {population.name: PhysicalLanes(16 if population.name == "map" else 1) for population in network.order[1:]}
    shape, taken, passes = network.by_name[name].shape, {}, {}
    raster = (np.random.default_rng(0).random((2, 1, network.by_name[name].size)) < 0.1).astype(np.int64)
    for given in ("dense", ""):
        circuit = build(network, lanes, tmp_path / f"-{given}", {projection.name: given} if given else {})
        taken[given] = cycles(circuit, raster)
        each = np.maximum(stored_rows(circuit, projection).passes, 1)
        passes[given] = int((raster.sum(axis=(0, 1)).reshape(shape) * each).sum())
    assert stored_rows(circuit, projection).layout == layout
    assert taken[""] - taken["dense"] == passes[""] - passes["dense"]
    assert passes[""] <= most * passes["dense"]
