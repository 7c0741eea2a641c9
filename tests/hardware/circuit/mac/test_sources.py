"""The text and the files of a projection."""

from pathlib import Path

from spikewright.hardware.circuit.mac.sources import OperandBits, source_text, sources_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from tests.hardware.small_networks import formal

LANES = {"h0": PhysicalLanes(4), "out": PhysicalLanes(1)}


def test_a_projection_writes_its_memories_and_names_them(tmp_path: Path) -> None:
    circuit = Circuit(formal(), LANES, tmp_path)
    (source,) = sources_of(circuit, circuit.network.by_name["h0"])
    text = source_text(circuit, source, OperandBits(8, 8, 24))
    assert {path.name for path in tmp_path.iterdir()} == {
        f"q00_{what}.mem" for what in ("c", "y", "x", "g", "by", "bx", "t", "u", "w")
    }
    assert all(path.name in text for path in tmp_path.iterdir())
    assert len((tmp_path / "q00_w.mem").read_text().splitlines()) == 784 * 32
    assert "sw_mac_buffer" in text and ".STYLE(1)" in text  # 1,568 words of 8 bits


def test_small_buffers_lie_in_tables(tmp_path: Path) -> None:
    circuit = Circuit(formal(), LANES | {"h0": PhysicalLanes(128)}, tmp_path)
    (source,) = sources_of(circuit, circuit.network.by_name["out"])
    assert ".STYLE(1)" in source_text(circuit, source, OperandBits(8, 8, 24))  # two halves of 128
