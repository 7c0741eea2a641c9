"""The text of a layer, and its queue."""

from pathlib import Path

from spikewright.hardware.circuit.mac.layers import layer_text, queue_of
from spikewright.hardware.circuit.mac.sources import sources_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from tests.hardware.cosim.drawn_macs import drawn_mac
from tests.hardware.small_networks import formal


def test_a_layer_sends_values_without_a_sign_and_answers_with_one(tmp_path: Path) -> None:
    circuit = Circuit(formal(), {"h0": PhysicalLanes(4), "out": PhysicalLanes(1)}, tmp_path)
    hidden, out = (layer_text(circuit, population) for population in circuit.inner)
    assert "wire [7:0] e1_value;" in hidden and ".LEVELS(255)" in hidden and ".QUEUE(2)" in hidden
    assert ".LEVELS(0)" in out and f"wire [{circuit.network.by_name['out'].width - 1}:0] e2_value;" in out


def test_short_blocks_get_a_longer_queue(tmp_path: Path) -> None:
    network = next(n for n in map(drawn_mac, range(40)) if any(p.neuron.compares for p in n.populations))
    circuit = Circuit(network, {p.name: PhysicalLanes() for p in network.order[1:]}, tmp_path)
    gate = next(p for p in network.populations if p.neuron.compares)
    assert queue_of(circuit, gate, sources_of(circuit, gate)) == 8
