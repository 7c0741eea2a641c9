// One output at a time: the sum of values times weights, or, with COMPARES, the largest value, which is at least 0.
//
//   cycle 7  value, weight     cycle 8  beside the multiplier     cycle 9  product, `first9`: the sum begins with it
//   cycle 10  sum
//
// Values have no sign, weights have one. Where nothing is brought both are zero, and the sum stays.
module sw_mac_lane #(
    parameter COMPARES = 0,
    parameter VALUE = 8,
    parameter WEIGHT = 8,
    parameter SUM = 20,
    parameter SOURCES = 1,
    parameter SHIFTS = 0          // of each projection, 8 bits each: what it brings is moved up by so many bits
) (
    input                           clk,
    input               [VALUE-1:0] value7,
    input signed       [WEIGHT-1:0] weight7,
    input                           first9,
    input             [SOURCES-1:0] turn9,   // whose product it is
    output reg signed     [SUM-1:0] sum10
);
  generate
    if (COMPARES != 0) begin : largest
      reg [VALUE-1:0] value8, value9;
      wire [VALUE-1:0] so_far = first9 ? {VALUE{1'b0}} : sum10[VALUE-1:0];
      always @(posedge clk) begin
        {value8, value9} <= {value7, value8};
        sum10 <= $signed({1'b0, value9 > so_far ? value9 : so_far});
      end
    end else begin : summed
      reg [VALUE-1:0] value8;
      reg signed [WEIGHT-1:0] weight8;
      reg signed [VALUE+WEIGHT-1:0] product9;
      wire signed [SUM-1:0] whole9 = product9;
      reg signed [SUM-1:0] moved9;
      wire signed [SUM-1:0] so_far = first9 ? {SUM{1'b0}} : sum10;
      integer k;
      always @* begin
        moved9 = {SUM{1'b0}};
        for (k = 0; k < SOURCES; k = k + 1) if (turn9[k]) moved9 = moved9 | (whole9 <<< SHIFTS[8*k+:8]);
      end
      always @(posedge clk) begin
        value8   <= value7;
        weight8  <= weight7;
        product9 <= weight8 * $signed({1'b0, value8});
        sum10 <= so_far + moved9;
      end
    end
  endgenerate
endmodule
