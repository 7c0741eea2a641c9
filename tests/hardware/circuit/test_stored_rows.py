"""Rows of weights, gone through as a front does, add up to what the synapse says; passes and bits are those of what is stored."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.hardware.circuit.stored_rows import StoredRows, choose
from spikewright.snn.reference.synapses import send
from spikewright.weights import dense
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.pruned import pruned

EDGE = 16
"""Rows and columns around a map: tiles of a list lie outside it, too."""


def summed(rows: StoredRows, blocks: LayerBlocks, values: np.ndarray) -> tuple[np.ndarray, int]:
    """S of a map of `values (C, H, W)`, list by list, and how many rows were added."""
    found, lanes, channels, passes = rows.found, blocks.lanes, blocks.lanes.channels, 0
    total = np.zeros((blocks.groups * channels + 8, 64, 64), np.int64)
    lists = np.broadcast_to(rows.lists, (len(found.first), *rows.lists.shape[1:]))
    numbers = (rows.numbers(0), rows.numbers(1))
    for c, y, x in np.argwhere(values):
        down, across = found.rows.entries[y], found.columns.entries[x]
        if not down.tiles or not across.tiles:
            continue
        at_y, at_x = numbers[0][y], numbers[1][x]
        first, count = lists[(c, at_y, at_x) if rows.outer == 0 else (c, at_x, at_y)]
        passes += int(count)
        for n in range(first, first + count):
            weights, (ty, tx, group) = rows.weights[n], rows.places[n]
            y0 = (down.block + (ty - down.before) * found.rows.stride) * lanes.rows + down.inside + EDGE
            x0 = (across.block + (tx - across.before) * found.columns.stride) * lanes.columns + across.inside + EDGE
            tile = values[c, y, x] * weights.reshape(lanes.rows, lanes.columns, -1)
            seats = rows.seats[n].reshape(tile.shape) if len(rows.seats) else np.full_like(tile, group)
            for by, bx, lane in np.argwhere(tile):
                slot = (found.first[c] + seats[by, bx, lane]) * channels + (
                    found.lane[c] if found.one_channel else lane
                )
                total[slot, y0 + by, x0 + bx] += tile[by, bx, lane]
    _, height, width = blocks.shape
    return total[blocks.slots, EDGE : EDGE + height, EDGE : EDGE + width], passes


@pytest.mark.parametrize("neighbours", [False, True])
@pytest.mark.parametrize("outer", [0, 1])
@pytest.mark.parametrize("seed", range(12))
def test_lists_add_what_the_synapse_does_in_as_many_passes_as_they_say(seed: int, outer: int, neighbours: bool) -> None:
    network, random = pruned(drawn(seed), seed), np.random.default_rng(seed)
    lanes = drawn_lanes(network, seed)
    for projection in network.projections:
        source, target = (network.by_name[name] for name in (projection.source, projection.target))
        blocks = LayerBlocks(as_map(target.shape), lanes[target.name], neighbours)
        found = reach(network, projection, blocks)
        rows = StoredRows.listed(found, outer, packed=neighbours and not found.one_channel)
        values = random.integers(0, 3, as_map(source.shape))
        wanted = send(network, projection, values.reshape(1, *source.shape).astype(np.int64))[0] >> projection.shift
        got, passes = summed(rows, blocks, values)
        np.testing.assert_array_equal(got.reshape(target.shape), wanted)
        assert passes == rows.passes[values > 0].sum()


@pytest.mark.parametrize("seed", range(12))
def test_the_choice_is_never_dearer_than_all_rows(seed: int) -> None:
    network = pruned(drawn(seed), seed)
    lanes = drawn_lanes(network, seed)
    for projection in network.projections:
        target = network.by_name[projection.target]
        found = reach(network, projection, LayerBlocks(as_map(target.shape), lanes[target.name]))
        costs = {one.layout: one.cost() for one in map(choose, [found] * 2, ["dense", "lists"])}
        assert costs[choose(found).layout] == min(costs.values())


@pytest.mark.parametrize("name", ["dense", "lists", "dense codes", "lists codes"])
def test_codes_are_numbers_of_the_same_weights(name: str) -> None:
    network = drawn(3)
    projection = network.projections[-1]
    target = network.by_name[projection.target]
    found = reach(network, projection, LayerBlocks(as_map(target.shape), drawn_lanes(network, 3)[target.name]))
    rows = choose(found, name)
    assert rows.name == name
    held = rows.table[rows.words] if rows.code_bits else rows.words
    np.testing.assert_array_equal(held, rows.weights)
    assert rows.words.min() >= 0 if rows.code_bits else True


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
