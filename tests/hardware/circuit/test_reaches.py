"""Rows of weights, gone through as the circuit does, add up to what the synapse says."""

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.reaches import Reach, reach
from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.snn.reference.synapses import send
from tests.hardware.cosim.drawn import drawn, drawn_lanes


def summed(found: Reach, blocks: LayerBlocks, values: np.ndarray) -> np.ndarray:
    """S of a map of `values (C, H, W)`, event by event and pass by pass."""
    lanes, channels = blocks.lanes, blocks.lanes.channels
    total = np.zeros((blocks.groups * channels + 8, 64, 64), np.int64)
    for c, y, x in np.argwhere(values):
        row, column, place = found.rows.entries[y], found.columns.entries[x], c if len(found.weights) > 1 else 0
        for ty in range(row.tiles):
            for tx in range(column.tiles):
                for group in range(found.groups):
                    weights = found.weights[place, row.first + ty, column.first + tx, group]
                    tile = weights.reshape(lanes.rows, lanes.columns, -1)
                    y0 = (row.block + ty * found.rows.stride) * lanes.rows + row.inside + 16
                    x0 = (column.block + tx * found.columns.stride) * lanes.columns + column.inside + 16
                    first = (found.first[c] + group) * channels + (found.lane[c] if found.one_channel else 0)
                    part = total[first : first + tile.shape[2], y0 : y0 + lanes.rows, x0 : x0 + lanes.columns]
                    part += values[c, y, x] * tile.transpose(2, 0, 1)
    channels, rows, columns = blocks.shape
    return total[:channels, 16 : 16 + rows, 16 : 16 + columns]


@pytest.mark.parametrize("seed", range(24))
def test_every_projection_adds_what_its_synapse_does(seed: int) -> None:
    network, random = drawn(seed), np.random.default_rng(seed)
    lanes = drawn_lanes(network, seed)
    for projection in network.projections:
        source, target = (network.by_name[name] for name in (projection.source, projection.target))
        blocks = LayerBlocks(as_map(target.shape), lanes[target.name])
        values = random.integers(0, 3, source.shape)
        wanted = send(network, projection, values[None].astype(np.int64))[0] >> projection.shift
        got = summed(reach(network, projection, blocks), blocks, values.reshape(as_map(source.shape)))
        np.testing.assert_array_equal(got.reshape(target.shape), wanted)


def test_concatenated_channels_reach_their_slice() -> None:
    weights = np.arange(1, 9).reshape(2, 4).astype(np.int8)
    populations = (snn.Population("a", (4,), snn.Source()), snn.Population("b", (5,), snn.IF(3), 0, 0, 8))
    projection = snn.Projection("a", "b", snn.Linear(weights), channels=(2, 4))
    network = snn.Network(populations, (projection,), "a", "b", snn.RateCode(1), readout="count", numbers="fixed")
    blocks = LayerBlocks((5, 1, 1), drawn_lanes(network, 0)["b"])
    got = summed(reach(network, projection, blocks), blocks, np.ones((4, 1, 1), np.int64))
    assert got.ravel().tolist() == [0, 0, 10, 26, 0]
