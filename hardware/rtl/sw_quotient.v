// How often a divisor goes into a dividend, but at most LIMIT times, and what is left: long division, a bit of the quotient a
// cycle, the highest first. Nothing goes into a dividend below zero. Both are there after BITS cycles; one begins in each cycle.
module sw_quotient #(
    parameter DIVIDEND = 16,  // bits, with a sign
    parameter DIVISOR = 16,   // bits, with a sign, which is never set
    parameter LIMIT = 3,
    parameter BITS = 2        // of LIMIT
) (
    input                        clk,
    input                        moves,     // low: everything stays where it is
    input signed  [DIVIDEND-1:0] dividend,
    input signed   [DIVISOR-1:0] divisor,
    output            [BITS-1:0] quotient,
    output signed [DIVIDEND-1:0] left
);
  genvar i;
  generate
    for (i = 0; i < BITS; i = i + 1) begin : cycle
      localparam AT = BITS - 1 - i;
      localparam WIDTH = (DIVIDEND > DIVISOR + AT ? DIVIDEND : DIVISOR + AT) + 1;
      wire signed [DIVIDEND-1:0] given;
      wire signed [DIVISOR-1:0] by;
      wire [BITS-1:0] found;
      if (i == 0) begin : first
        assign given = dividend;
        assign by = divisor;
        assign found = {BITS{1'b0}};
      end else begin : next
        assign given = cycle[i-1].after;
        assign by = cycle[i-1].same;
        assign found = cycle[i-1].more;
      end

      // what is left, and the quotient so far; worked out only while it moves
      function [DIVIDEND+BITS-1:0] divided(
          input signed [DIVIDEND-1:0] whole, input signed [DIVISOR-1:0] part, input [BITS-1:0] times);
        reg signed [WIDTH-1:0] less;
        reg [BITS-1:0] bigger;
        begin
          less = whole - (part <<< AT);
          bigger = times | ({{(BITS - 1) {1'b0}}, 1'b1} << AT);
          if (!less[WIDTH-1] && bigger <= LIMIT) divided = {less[DIVIDEND-1:0], bigger};
          else divided = {whole, times};
        end
      endfunction

      reg signed [DIVIDEND-1:0] after;
      reg signed [DIVISOR-1:0] same;
      reg [BITS-1:0] more;
      always @(posedge clk)
        if (moves) begin
          {after, more} <= divided(given, by, found);
          same <= by;
        end
    end
  endgenerate

  assign quotient = cycle[BITS-1].more;
  assign left = cycle[BITS-1].after;
endmodule
