"""Tables of lists: one word for each place of the source, each list and each row."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.front_layouts import FrontLayout, PassBits
from spikewright.hardware.circuit.fronts import stored_rows
from spikewright.hardware.circuit.list_fronts import list_parameters, store_list_tables
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.pruned import packed, pruned, regular


@pytest.mark.parametrize("layout", ["lists", "packed"])
@pytest.mark.parametrize("seed", range(6))
def test_tables_have_a_word_for_each_place_list_and_row(seed: int, layout: str, tmp_path: Path) -> None:
    network = drawn(500 + seed)
    lanes = drawn_lanes(network, seed)
    network = pruned(network, seed) if layout == "lists" else regular(network, lanes, seed)
    storage = {q.name: "lists" for q in network.projections} | (packed(network) if layout == "packed" else {})
    circuit = Circuit(network, lanes, tmp_path, storage)
    for k, projection in enumerate(network.projections):
        source, target = (network.by_name[name] for name in (projection.source, projection.target))
        rows = stored_rows(circuit, projection)
        laid = FrontLayout(k, projection, circuit.blocks(target), rows, PassBits.of(circuit, target))
        store_list_tables(circuit.store, laid)
        told, sizes = list_parameters(laid), (*as_map(source.shape), len(rows.weights), rows.lists.size // 2)
        for what, size in zip("cyxp" if rows.each else "cyxpl", sizes, strict=False):
            assert len((tmp_path / laid.file(what)).read_text().splitlines()) == size
        assert told["ROWS"] == laid.depth
        assert told.get("EACH", 0) == rows.each and ("LISTS" in told) == (rows.each == 0)
