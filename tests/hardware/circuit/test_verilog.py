"""Pieces of Verilog."""

from spikewright.hardware.circuit.verilog import instance, part, wire


def test_wires_and_parts() -> None:
    assert (wire("a"), wire("b", 3), part("c", 2, 4)) == ("wire a;", "wire [2:0] b;", "c[5:2]")


def test_numbers_that_need_more_than_32_bits_say_so() -> None:
    text = instance("m", "one", {"FILE": "a.mem", "SMALL": -1, "WIDE": 2**40}, {"x": "y"})
    assert text == 'm #(.FILE("a.mem"), .SMALL(-1), .WIDE(64\'d1099511627776))\n    one (.clk(clk), .x(y));'
