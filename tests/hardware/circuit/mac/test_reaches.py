"""What the lanes read and multiply adds up to the synapse itself."""

from typing import Any

import numpy as np
import pytest

from spikewright.hardware.circuit.mac.reaches import MacReach, mac_reach
from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.snn.reference.synapses import send
from tests.hardware.cosim.drawn_macs import drawn_mac, drawn_mac_lanes


def brought(reach: MacReach, blocks: LayerBlocks, values: np.ndarray) -> np.ndarray:
    """What a projection brings to a map, summed tap by tap and lane by lane."""
    lanes, found = blocks.lanes, np.zeros(blocks.shape, np.int64)
    for group, one in enumerate(reach.groups):
        for ry, rows in enumerate(reach.rows.blocks):
            for rx, columns in enumerate(reach.columns.blocks):
                for row in rows:
                    for column in columns:
                        part = one.weights[:, row.tap, column.tap]
                        _add(
                            found,
                            (group, ry, rx),
                            (row.sources, column.sources),
                            (reach, one.first, part, values, lanes),
                        )
    return found


def _add(found: Any, block: Any, sources: Any, what: Any) -> None:
    (group, ry, rx), (reach, first, part, values, lanes) = block, what
    for n, weights in enumerate(part):
        for ly, sy in enumerate(sources[0]):
            for lx, sx in enumerate(sources[1]):
                if sy is None or sx is None:
                    continue
                for lane in range(lanes.channels):
                    target = (group * lanes.channels + lane, ry * lanes.rows + ly, rx * lanes.columns + lx)
                    c = target[0] - reach.start if reach.one else first + n
                    if weights[lane]:
                        found[target] += weights[lane] * values[c, sy, sx]


@pytest.mark.parametrize("seed", range(12))
def test_sums_are_those_of_the_synapse(seed: int) -> None:
    network = drawn_mac(seed)
    random = np.random.default_rng(seed)
    for projection in network.projections:
        target, source = network.by_name[projection.target], network.by_name[projection.source]
        blocks = LayerBlocks(as_map(target.shape), drawn_mac_lanes(network, seed)[target.name])
        reach = mac_reach(network, projection, blocks)
        if reach.weighed:
            values = random.integers(0, 9, source.shape)
            wanted = send(network, projection, values[None])[0] >> projection.shift
            assert np.array_equal(
                brought(reach, blocks, values.reshape(as_map(source.shape))), wanted.reshape(blocks.shape)
            )
