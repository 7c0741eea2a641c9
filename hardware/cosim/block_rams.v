// A block memory of two ports with one clock, as RAMB18E1, RAMB36E1 and DP16KD are used by yosys: the wrappers of
// hardware/cosim/block_rams.py give it their ports.
//
// It holds UNITS x 9 bits, which the wrapper fills; a port of 9, 18, 36 or 72 bits takes whole units, one of 1, 2 or 4 bits takes a
// part of the lower eight bits of a unit. An address counts bits, eight for a unit; the lowest are ignored as far as the width says.
// MODE: what a port reads that writes in the same cycle: 0 what was there, 1 what is written, 2 nothing, it keeps what it had.
// A word that the other port writes in the same cycle is read as it was if that port is in mode 0, else it is unknown: x.
module sw_block_ram #(
    parameter UNITS = 2048,
    parameter BITS = 14,          // of an address
    parameter READ_A = 18,        // bits that a port reads, 0: none
    parameter WRITE_A = 18,
    parameter READ_B = 18,
    parameter WRITE_B = 18,
    parameter MODE_A = 0,
    parameter MODE_B = 0,
    parameter [71:0] RESET_A = 0, // what a port says after its reset
    parameter [71:0] RESET_B = 0,
    parameter GATED = 1           // a reset counts only in cycles in which the port is enabled
) (
    input             clk_a,
    input             enable_a,
    input             reset_a,
    input  [BITS-1:0] address_a,
    input       [7:0] write_a,     // a bit for each unit
    input      [71:0] in_a,
    output reg [71:0] out_a,
    input             clk_b,
    input             enable_b,
    input             reset_b,
    input  [BITS-1:0] address_b,
    input       [7:0] write_b,
    input      [71:0] in_b,
    output reg [71:0] out_b
);
  reg [8:0] units[0:UNITS-1];

  // The first unit of a word, and in it the first bit of a narrow one.
  function integer first(input [BITS-1:0] address, input integer width);
    first = width >= 9 ? address / (8 * (width / 9)) * (width / 9) : address / 8;
  endfunction

  function integer inside(input [BITS-1:0] address, input integer width);
    inside = width >= 9 ? 0 : address % 8 / width * width;
  endfunction

  function overlap(input [BITS-1:0] one, input integer width, input [BITS-1:0] other, input integer width_of_other);
    integer bits, bits_of_other;
    begin
      bits = width >= 9 ? width / 9 * 8 : width;
      bits_of_other = width_of_other >= 9 ? width_of_other / 9 * 8 : width_of_other;
      overlap = bits > bits_of_other ? one / bits == other / bits : one / bits_of_other == other / bits_of_other;
    end
  endfunction

  wire writes_a = enable_a && WRITE_A != 0 && write_a != 0;
  wire writes_b = enable_b && WRITE_B != 0 && write_b != 0;
  wire clash_a = writes_b && MODE_B != 0 && overlap(address_a, READ_A, address_b, WRITE_B);
  wire clash_b = writes_a && MODE_A != 0 && overlap(address_b, READ_B, address_a, WRITE_A);
  integer n, m;

  always @(posedge clk_a) begin
    if (enable_a && READ_A != 0 && !(writes_a && MODE_A == 2)) begin
      out_a <= clash_a ? {72{1'bx}} : 72'd0;
      for (n = 0; n < READ_A && !clash_a; n = n + 1)
        out_a[n] <= writes_a && MODE_A == 1 && write_a[n/9] ? in_a[n]
                                                            : units[first(address_a, READ_A)+n/9][inside(address_a, READ_A)+n%9];
    end
    if (reset_a && (enable_a || !GATED)) out_a <= RESET_A;
    for (n = 0; n < WRITE_A; n = n + 1)
      if (writes_a && write_a[n/9]) units[first(address_a, WRITE_A)+n/9][inside(address_a, WRITE_A)+n%9] <= in_a[n];
  end

  always @(posedge clk_b) begin
    if (enable_b && READ_B != 0 && !(writes_b && MODE_B == 2)) begin
      out_b <= clash_b ? {72{1'bx}} : 72'd0;
      for (m = 0; m < READ_B && !clash_b; m = m + 1)
        out_b[m] <= writes_b && MODE_B == 1 && write_b[m/9] ? in_b[m]
                                                            : units[first(address_b, READ_B)+m/9][inside(address_b, READ_B)+m%9];
    end
    if (reset_b && (enable_b || !GATED)) out_b <= RESET_B;
    for (m = 0; m < WRITE_B; m = m + 1)
      if (writes_b && write_b[m/9]) units[first(address_b, WRITE_B)+m/9][inside(address_b, WRITE_B)+m%9] <= in_b[m];
  end
endmodule
