"""Widths hold what they are for."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.front_layouts import FrontLayout, PassBits
from spikewright.hardware.circuit.fronts import stored_rows
from spikewright.hardware.circuit.record import Circuit
from tests.hardware.cosim.drawn import drawn, drawn_lanes


@pytest.mark.parametrize("seed", range(8))
def test_blocks_lanes_and_tiles_fit(seed: int, tmp_path: Path) -> None:
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), tmp_path)
    for k, projection in enumerate(network.projections):
        target = network.by_name[projection.target]
        bits, blocks = PassBits.of(circuit, target), circuit.blocks(target)
        layout = FrontLayout(k, projection, blocks, stored_rows(circuit, projection), bits)
        assert blocks.count < 2 ** (bits.block - 1) and blocks.rows < 2 ** (bits.rows - 1)
        assert blocks.lanes.channels <= 2**layout.lane and layout.found.rows.most < 2**layout.tiles
        assert layout.across == layout.found.columns.stride * blocks.groups
