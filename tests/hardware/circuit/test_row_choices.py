"""The rows are stored as their bits times passes are fewest, or as they are asked for."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.row_choices import choose
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.weights import dense
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.pruned import pruned


@pytest.mark.parametrize("seed", range(12))
def test_the_choice_is_never_dearer_than_all_rows(seed: int) -> None:
    network = pruned(drawn(seed), seed)
    lanes = drawn_lanes(network, seed)
    for projection in network.projections:
        target = network.by_name[projection.target]
        found = reach(network, projection, LayerBlocks(as_map(target.shape), lanes[target.name]))
        costs = {one.layout: one.cost() for one in map(choose, [found] * 2, ["dense", "lists"])}
        assert costs[choose(found).layout] == min(costs.values())


def test_only_shared_weights_become_codes() -> None:
    network = drawn(3)
    projection = network.projections[-1]
    assert projection.synapse.weights is not None
    shape = projection.synapse.weights.shape
    few = np.where(np.arange(shape[0] * shape[1]).reshape(shape) % 3, 100, -90).astype(np.int8)
    changed = replace(projection, synapse=projection.synapse.with_weights(dense(few)))
    found = reach(network, changed, LayerBlocks((shape[0], 1, 1), PhysicalLanes()))
    assert choose(found).name == "dense"
    assert choose(found, shared=True).name == "dense codes"


def test_weights_that_are_all_zero_are_one_row_and_no_pass() -> None:
    network = pruned(drawn(0), 0, kept=0.0)
    projection = network.projections[-1]
    target = network.by_name[projection.target]
    found = reach(network, projection, LayerBlocks(as_map(target.shape), drawn_lanes(network, 0)[target.name]))
    rows = choose(found)
    assert (rows.layout, len(rows.weights), int(rows.passes.sum())) == ("lists", 1, 0)


def test_a_layout_that_there_is_not_is_refused() -> None:
    network = drawn(0)
    blocks = LayerBlocks(as_map(network.populations[1].shape), drawn_lanes(network, 0)[network.populations[1].name])
    with pytest.raises(InvalidInput, match="rows stored as dense, lists, dense codes, lists codes, got 'csr'"):
        choose(reach(network, network.projections[0], blocks), "csr")
