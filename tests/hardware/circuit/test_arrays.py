"""A population's parameters."""

from pathlib import Path

from spikewright.hardware.circuit.arrays import array
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.placement import TABLE_ROWS, USUAL, PlacingRule
from tests.hardware.small_networks import perceptron


def style(lanes: int, folder: Path, rule: PlacingRule = USUAL) -> str:
    network = perceptron((6, 40, 3))
    circuit = Circuit(network, {"h0": PhysicalLanes(lanes), "out": PhysicalLanes(1)}, folder, rule=rule)
    text = array(circuit, network.by_name["h0"])
    return text.split(".STYLE(")[1][0]


def test_potentials_lie_in_a_register_in_tables_or_in_block_memories(tmp_path: Path) -> None:
    assert 40 > TABLE_ROWS
    assert [style(lanes, tmp_path) for lanes in (40, 20, 1)] == ["0", "1", "2"]
    without = PlacingRule(written_tables=False)
    assert [style(lanes, tmp_path, without) for lanes in (40, 20, 1)] == ["0", "2", "2"]


def test_an_integrator_sends_nothing(tmp_path: Path) -> None:
    network = perceptron((6, 5, 3))
    circuit = Circuit(network, {"h0": PhysicalLanes(1), "out": PhysicalLanes(1)}, tmp_path)
    assert "sw_spikes" in array(circuit, network.by_name["h0"])
    assert "sw_spikes" not in array(circuit, network.by_name["out"])
