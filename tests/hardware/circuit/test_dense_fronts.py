"""Tables of a front that takes every row: one word for each place of its source."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.dense_fronts import dense_parameters, store_dense_tables
from spikewright.hardware.circuit.front_layouts import FrontLayout, PassBits
from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.row_choices import choose
from spikewright.hardware.circuit.shapes import as_map
from tests.hardware.cosim.drawn import drawn, drawn_lanes


@pytest.mark.parametrize("seed", range(6))
def test_tables_have_a_word_for_each_place(seed: int, tmp_path: Path) -> None:
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), tmp_path)
    for k, projection in enumerate(network.projections):
        source, target = (network.by_name[name] for name in (projection.source, projection.target))
        rows = choose(reach(network, projection, circuit.blocks(target)), "dense")
        layout = FrontLayout(k, projection, circuit.blocks(target), rows, PassBits.of(circuit, target))
        store_dense_tables(circuit.store, layout)
        for what, size in zip("cyx", as_map(source.shape), strict=True):
            assert len((tmp_path / layout.file(what)).read_text().splitlines()) == size
        assert dense_parameters(layout)["GROUPS"] == layout.found.groups
