"""The memories of a MAC core by hand; beside files and Yosys they stand in tests/hardware/circuit/test_memories.py."""

from pathlib import Path

from spikewright.hardware.circuit.memories import memories_of
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.placement import PlacingRule
from tests.hardware.small_networks import formal


def test_a_perceptron_has_buffers_and_no_potentials(tmp_path: Path) -> None:
    """784-128-10 with 32 lanes and one: two images of 784 bytes, two of 128, and rows of 32 weights."""
    network = formal()
    folder = tmp_path / "core"
    build(network, {"h0": PhysicalLanes(32), "out": PhysicalLanes(1)}, folder)
    found = memories_of((folder / "core.v").read_text(), network, PlacingRule())
    buffers = [(one.part, one.words, one.bits, one.count) for one in found if one.role == "activations"]
    assert buffers == [("in->h0", 1568, 8, 1), ("h0->out", 256, 8, 1)]
    weights = [(one.words, one.bits) for one in found if one.role == "weights"]
    assert weights == [(784 * 4, 32 * 8), (128 * 10, 8)]
    assert not [one for one in found if one.role == "potentials"] and all(one.part for one in found)
