"""The models of block memories: words of all widths, what is read while it is written, and what is refused."""

from pathlib import Path

import pytest

from spikewright.hardware.cosim.block_rams import MODELLED, models
from spikewright.hardware.cosim.programs import call, found

needs_icarus = pytest.mark.skipif(
    found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)


def simulated(body: str, folder: Path) -> list[str]:
    """What a bench prints in which `tick` is a rising edge of `clk`."""
    (folder / "models.v").write_text(models())
    task = "task tick; begin #1 clk = 1; #1 clk = 0; end endtask"
    (folder / "bench.v").write_text(f"module bench;\nreg clk = 0;\n{task}\n{body}\nendmodule\n")
    call(["iverilog", "-g2005", "-s", "bench", "-o", "bench", "bench.v", "models.v"], folder)
    return call(["vvp", "-n", "bench"], folder).split()


TWO_PORTS = """
reg on_b = 1; reg [7:0] write = 0; reg [71:0] word = 0; reg [13:0] a = 0, b = 0; wire [71:0] out, other;
sw_block_ram #(.READ_A(WIDTH_A), .WRITE_A(WIDTH_A), .READ_B(WIDTH_B), .WRITE_B(0), .MODE_A(MODE)) ram (
  .clk_a(clk), .enable_a(1'b1), .reset_a(1'b0), .address_a(a), .write_a(write), .in_a(word), .out_a(out),
  .clk_b(clk), .enable_b(on_b), .reset_b(1'b0), .address_b(b), .write_b(8'd0), .in_b(72'd0), .out_b(other));
"""


def two_ports(body: str, width_a: int, width_b: int, mode: int) -> str:
    text = (
        TWO_PORTS.replace("WIDTH_A)", f"{width_a})").replace("WIDTH_B)", f"{width_b})").replace("(MODE)", f"({mode})")
    )
    return f"{text}\ninitial begin {body} end"


@needs_icarus
def test_words_of_other_widths_lie_where_they_were_written(tmp_path: Path) -> None:
    """36 bits are four units of nine; narrow words are parts of the lower eight bits of a unit."""
    write = "a = 64; word = 36'h8_1234_5678; write = 15; tick; write = 0;"
    for width, places in ((9, (64, 72, 80, 88)), (18, (64, 80)), (4, (64, 68, 72, 76)), (1, (67, 68))):
        reads = " ".join(f'b = {place}; tick; $display("%0h", other);' for place in places)
        shown = simulated(two_ports(f"on_b = 0; {write} on_b = 1; {reads}", 36, width, 0), tmp_path)
        lowest = [(place - 64) // 8 * 9 + place % 8 for place in places]
        assert shown == [f"{0x812345678 >> low & (1 << width) - 1:x}" for low in lowest]


@needs_icarus
@pytest.mark.parametrize(("mode", "own", "other"), [(0, "5", "5"), (1, "7", "x"), (2, "5", "x")])
def test_what_is_read_while_it_is_written(mode: int, own: str, other: str, tmp_path: Path) -> None:
    """The own port reads the old word, the new one, or nothing; the other one only the old word or what nobody knows."""
    body = "on_b = 0; a = 16; word = 5; write = 3; tick; write = 0; tick; on_b = 1; b = 16; word = 7; write = 3; tick; "
    body += '$display("%0h %0s", out, ^other === 1\'bx ? "x" : "5"); write = 0; tick; $display("%0h", other);'
    assert simulated(two_ports(body, 18, 18, mode), tmp_path) == [own, other, "7"]


@needs_icarus
def test_units_beside_those_that_are_written_stay(tmp_path: Path) -> None:
    body = "on_b = 0; a = 32; word = 36'hfffffffff; write = 15; tick; word = 0; write = 4; tick; write = 0; tick; "
    assert simulated(two_ports(body + '$display("%0h", out);', 36, 18, 0), tmp_path) == [
        f"{(1 << 36) - 1 - (0x1FF << 18):x}"
    ]


@needs_icarus
def test_the_parts_hold_what_they_are_initialised_with(tmp_path: Path) -> None:
    """A word of 18 bits: in the 7 series data and parity lie apart, in ECP5 each word has twenty bits of its parameter."""
    body = """
    wire [15:0] data; wire [1:0] parity; reg [13:0] at = 16; wire [17:0] word;
    sw_RAMB18E1 #(.INIT_00(32'habcd_1234), .INITP_00(4'b1001), .READ_WIDTH_A(18)) xilinx (.CLKARDCLK(clk), .ENARDEN(1'b1),
      .RSTRAMARSTRAM(1'b0), .ADDRARDADDR(at), .WEA(2'd0), .ENBWREN(1'b0), .RSTRAMB(1'b0), .DOADO(data), .DOPADOP(parity));
    sw_DP16KD #(.INITVAL_00(40'h2f0f1_00000), .DATA_WIDTH_A(18), .DATA_WIDTH_B(18)) lattice (.CLKA(clk), .CEA(1'b1), .WEA(1'b0),
      .RSTA(1'b0), .RSTB(1'b0), .CEB(1'b0), .WEB(1'b0), .ADA0(1'b0), .ADA1(1'b0), .ADA2(1'b0), .ADA3(1'b0), .ADA4(at[4]),
      .ADA5(1'b0), .ADA6(1'b0), .ADA7(1'b0), .ADA8(1'b0), .ADA9(1'b0), .ADA10(1'b0), .ADA11(1'b0), .ADA12(1'b0),
      .ADA13(1'b0), .DOA0(word[0]), .DOA4(word[4]), .DOA17(word[17]), .DOA16(word[16]));
    initial begin tick; $display("%h %b %b%b%b%b", data, parity, word[17], word[16], word[4], word[0]); end
    """
    assert simulated(body, tmp_path) == ["abcd", "10", "1011"]


@needs_icarus
def test_other_modes_are_refused(tmp_path: Path) -> None:
    assert len(MODELLED) == 4
    shown = simulated("sw_RAMB36E1 #(.DOA_REG(1)) ram (); initial tick;", tmp_path)
    assert shown[:2] == ["REFUSED", "RAMB36E1"]
