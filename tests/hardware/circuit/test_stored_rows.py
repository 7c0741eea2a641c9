"""Rows of weights, gone through as a front does, add up to what the synapse says; passes and bits are those of what is stored."""

import numpy as np
import pytest

from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.row_choices import choose
from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.snn.reference.synapses import send
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.pruned import pruned

EDGE = 16
"""Rows and columns around a map: tiles of a list lie outside it, too."""


def summed(rows: StoredRows, blocks: LayerBlocks, values: np.ndarray) -> tuple[np.ndarray, int]:
    """S of a map of `values (C, H, W)`, list by list, and how many rows were added."""
    found, lanes, channels, passes = rows.found, blocks.lanes, blocks.lanes.channels, 0
    total = np.zeros((blocks.groups * channels + 8, 64, 64), np.int64)
    if rows.each:
        tiles = np.arange(len(rows.weights)).reshape(*found.weights.shape[:3], rows.each)
    else:
        lists = np.broadcast_to(rows.lists, (len(found.first), *rows.lists.shape[1:]))
        numbers = (rows.numbers(0), rows.numbers(1))
    for c, y, x in np.argwhere(values):
        down, across = found.rows.entries[y], found.columns.entries[x]
        if not down.tiles or not across.tiles:
            continue
        if rows.each:
            taken = tiles[
                c % len(tiles), down.first : down.first + down.tiles, across.first : across.first + across.tiles
            ]
        else:
            at_y, at_x = numbers[0][y], numbers[1][x]
            first, count = lists[(c, at_y, at_x) if rows.outer == 0 else (c, at_x, at_y)]
            taken = np.arange(first, first + count)
        passes += taken.size
        for n in taken.reshape(-1):
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
@pytest.mark.parametrize("outer", [0, 1, None])
@pytest.mark.parametrize("seed", range(12))
def test_rows_add_what_the_synapse_does_in_as_many_passes_as_they_say(
    seed: int, outer: int | None, neighbours: bool
) -> None:
    network, random = pruned(drawn(seed), seed), np.random.default_rng(seed)
    lanes = drawn_lanes(network, seed)
    for projection in network.projections:
        source, target = (network.by_name[name] for name in (projection.source, projection.target))
        blocks = LayerBlocks(as_map(target.shape), lanes[target.name], neighbours)
        found = reach(network, projection, blocks)
        packed = neighbours and not found.one_channel
        rows = (
            StoredRows.even(found, packed=packed) if outer is None else StoredRows.listed(found, outer, packed=packed)
        )
        if rows.each == 0 and outer is None:
            continue
        values = random.integers(0, 3, as_map(source.shape))
        wanted = send(network, projection, values.reshape(1, *source.shape).astype(np.int64))[0] >> projection.shift
        got, passes = summed(rows, blocks, values)
        np.testing.assert_array_equal(got.reshape(target.shape), wanted)
        assert passes == rows.passes[values > 0].sum()


@pytest.mark.parametrize("outer", [0, 1])
@pytest.mark.parametrize("seed", range(6))
def test_rows_follow_each_other_by_channel_chains_and_tiles(seed: int, outer: int) -> None:
    network = pruned(drawn(seed), seed)
    lanes = drawn_lanes(network, seed)
    for projection in network.projections:
        blocks = LayerBlocks(as_map(network.by_name[projection.target].shape), lanes[projection.target])
        found = reach(network, projection, blocks)
        axes = (found.rows, found.columns)
        at = []
        for channel, *tiles, group in np.argwhere(found.weights.any(axis=-1)).tolist():
            chains, within = (
                [one[tile] for one, tile in zip(each, tiles, strict=True)]
                for each in ([axis.chain_of for axis in axes], [axis.in_chain for axis in axes])
            )
            order = (channel, chains[outer], chains[1 - outer], within[outer], within[1 - outer], group)
            at.append((*order, tuple(found.weights[channel, tiles[0], tiles[1], group])))
        wanted = [list(row[-1]) for row in sorted(at)] or [[0] * found.weights.shape[-1]]
        assert StoredRows.listed(found, outer).weights.tolist() == wanted


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
