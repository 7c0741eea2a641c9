"""Tables of lists: one word for each place of the source, each list and each row."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.front_layouts import FrontLayout, PassBits
from spikewright.hardware.circuit.fronts import stored_rows
from spikewright.hardware.circuit.list_fronts import list_parameters, write_list_tables
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.pruned import pruned


@pytest.mark.parametrize("seed", range(6))
def test_tables_have_a_word_for_each_place_list_and_row(seed: int, tmp_path: Path) -> None:
    network = pruned(drawn(seed), seed)
    circuit = Circuit(network, drawn_lanes(network, seed), tmp_path, {q.name: "lists" for q in network.projections})
    for k, projection in enumerate(network.projections):
        source, target = (network.by_name[name] for name in (projection.source, projection.target))
        rows = stored_rows(circuit, projection)
        layout = FrontLayout(k, projection, circuit.blocks(target), rows, PassBits.of(circuit, target))
        write_list_tables(tmp_path, layout)
        sizes = (*as_map(source.shape), rows.lists.size // 2, len(rows.weights))
        for what, size in zip("cyxlp", sizes, strict=True):
            assert len((tmp_path / layout.file(what)).read_text().splitlines()) == size
        told = list_parameters(layout)
        assert (told["LISTS"], told["ROWS"]) == (rows.lists.size // 2, layout.depth)
