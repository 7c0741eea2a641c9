"""Lanes have neighbouring channels where that takes least, and where the design says so."""

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.circuit.layer_rows import LayerRows
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.weights import dense


def one_of_eight() -> snn.Network:
    """A convolution to 64 channels in which one of each eight consecutive channels is left, and an output."""
    random = np.random.default_rng(5)
    kept = np.arange(8)[:, None] == random.integers(0, 8, (8, 1, 4 * 9))
    weights = np.where(kept.reshape(64, 4, 3, 3), random.integers(1, 8, (64, 4, 3, 3)), 0).astype(np.int8)
    populations = (
        snn.Population("input", (4, 8, 8), snn.Source()),
        snn.Population("map", (64, 6, 6), snn.IF(60), 0, 0, 14),
        snn.Population("output", (3,), snn.Integrator(), 0, 0, 16),
    )
    last = np.where(random.random((3, 64 * 36)) < 0.1, 3, 0).astype(np.int8)
    projections = (
        snn.Projection("input", "map", snn.Conv2d(weights)),
        snn.Projection("map", "output", snn.Linear(last)),
    )
    return snn.Network(populations, projections, "input", "output", snn.RateCode(2), numbers="fixed")


def test_one_of_eight_takes_a_quarter_of_the_passes_at_16_lanes() -> None:
    network = one_of_eight()
    layer = LayerRows.of(network, network.by_name["map"], PhysicalLanes(16), {})
    dense_layer = LayerRows.of(network, network.by_name["map"], PhysicalLanes(16), {"input->map": "dense"})
    rows, every = layer.rows["input->map"], dense_layer.rows["input->map"]
    assert layer.blocks.neighbours and rows.layout == "packed" and layer.seat_bits == 2
    np.testing.assert_array_equal(rows.passes * 4, every.passes)  # also at the border, where fewer tiles are reached
    assert rows.each == 1 and rows.bits < every.bits / 2


def test_dense_weights_and_outputs_have_no_neighbours() -> None:
    network = one_of_eight()
    output = LayerRows.of(network, network.by_name["output"], PhysicalLanes(2), {})
    assert not output.blocks.neighbours and output.seat_bits == 0
    full = network.projections[0].synapse.with_weights(dense(np.ones((64, 4, 3, 3), np.int8)))
    whole = snn.Network(
        network.populations,
        (snn.Projection("input", "map", full), network.projections[1]),
        "input",
        "output",
        snn.RateCode(2),
        numbers="fixed",
    )
    assert not LayerRows.of(whole, whole.by_name["map"], PhysicalLanes(16), {}).blocks.neighbours


def test_packed_rows_of_an_output_are_refused() -> None:
    network = one_of_eight()
    with pytest.raises(
        InvalidInput, match="expected rows stored as dense, lists, dense codes, lists codes, got 'packed'"
    ):
        LayerRows.of(network, network.by_name["output"], PhysicalLanes(2), {"map->output": "packed"})
