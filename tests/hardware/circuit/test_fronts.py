"""Tables of a front: one word for each place of its source, and addresses inside the memory of weights."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.fronts import FrontLayout, PassBits, front
from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from tests.hardware.cosim.drawn import drawn, drawn_lanes


@pytest.mark.parametrize("seed", range(8))
def test_tables_have_a_word_for_each_place(seed: int, tmp_path: Path) -> None:
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), tmp_path)
    for k, projection in enumerate(network.projections):
        text = front(circuit, k, projection)
        source, target = (network.by_name[name] for name in (projection.source, projection.target))
        blocks = circuit.blocks(target)
        layout = FrontLayout(k, projection, blocks, reach(network, projection, blocks), PassBits.of(circuit, target))
        for what, size in zip("cyx", as_map(source.shape), strict=True):
            assert len((tmp_path / layout.file(what)).read_text().splitlines()) == size
        rows = (tmp_path / layout.file("w")).read_text().splitlines()
        assert len(rows) == layout.depth <= 2**layout.address
        assert {len(row) for row in rows} == {-(-layout.row_bits // 4)}
        assert f"front{k}" in text and f"synapse{k}" in text
