"""A projection in Verilog: addresses inside the memory of weights, and a front of the kind that its rows need."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.front_layouts import FrontLayout, PassBits
from spikewright.hardware.circuit.fronts import front, stored_rows
from spikewright.hardware.circuit.record import Circuit
from tests.hardware.cosim.drawn import drawn, drawn_lanes


@pytest.mark.parametrize(("layout", "module"), [("dense", "sw_front #"), ("lists", "sw_list_front #")])
@pytest.mark.parametrize("seed", range(4))
def test_the_design_says_how_rows_are_stored(seed: int, layout: str, module: str, tmp_path: Path) -> None:
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), tmp_path, {q.name: layout for q in network.projections})
    for k, projection in enumerate(network.projections):
        text, rows = front(circuit, k, projection), stored_rows(circuit, projection)
        target = network.by_name[projection.target]
        made = FrontLayout(k, projection, circuit.blocks(target), rows, PassBits.of(circuit, target))
        words = (tmp_path / made.file("w")).read_text().splitlines()
        assert len(words) == made.depth <= 2**made.address
        assert {len(word) for word in words} == {-(-rows.row_bits // 4)}
        assert f"{module}" in text and f"front{k}" in text and f"synapse{k}" in text
