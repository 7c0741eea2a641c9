"""The core behind AXI streams: what its text says of the words."""

from pathlib import Path

from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.wrapper import axis_wrapper, input_bits, whole_bytes
from tests.hardware.small_networks import perceptron

LANES = {"h0": PhysicalLanes(), "out": PhysicalLanes()}


def test_words_are_as_wide_as_whole_bytes() -> None:
    assert [whole_bytes(bits) for bits in (1, 8, 9, 17)] == [8, 8, 16, 24]


def test_the_head_says_how_words_are_packed(tmp_path: Path) -> None:
    circuit = Circuit(perceptron((600, 5, 3)), LANES, tmp_path)
    text = axis_wrapper(circuit, "")
    assert input_bits(circuit) == 14 and "input [15:0] s_axis_tdata" in text
    assert "from the lowest bit on: token 1, c 10, y 1, x 1, value 1 bits." in text
    assert "an answer is a frame of 5 words with a sign" in text and "output [7:0] m_axis_tdata" in text


def test_the_head_of_a_core_that_takes_pixels(tmp_path: Path) -> None:
    circuit = Circuit(perceptron((6, 5, 3)), LANES, tmp_path, ends=Ends(255))
    text = axis_wrapper(circuit, "")
    assert input_bits(circuit) == 8 and "input [7:0] s_axis_tdata" in text and "sw_encode_steps" in text
    assert "Its words are pixels k = 0 .. 255 (k / 255), row-major over (channel, row, column)." in text
