// One output at a time: the sum of values times weights, or, with COMPARES, the largest value, which is at least 0.
//
//   cycle 6  value, weight      cycle 7  product, `first7`: the sum begins with it      cycle 8  sum
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
    input               [VALUE-1:0] value6,
    input signed       [WEIGHT-1:0] weight6,
    input                           first7,
    input             [SOURCES-1:0] turn7,   // whose product it is
    output reg signed     [SUM-1:0] sum8
);
  generate
    if (COMPARES != 0) begin : largest
      reg [VALUE-1:0] value7;
      wire [VALUE-1:0] so_far = first7 ? {VALUE{1'b0}} : sum8[VALUE-1:0];
      always @(posedge clk) begin
        value7 <= value6;
        sum8   <= $signed({1'b0, value7 > so_far ? value7 : so_far});
      end
    end else begin : summed
      reg signed [VALUE+WEIGHT-1:0] product7;
      wire signed [SUM-1:0] whole7 = product7;
      reg signed [SUM-1:0] moved7;
      wire signed [SUM-1:0] so_far = first7 ? {SUM{1'b0}} : sum8;
      integer k;
      always @* begin
        moved7 = {SUM{1'b0}};
        for (k = 0; k < SOURCES; k = k + 1) if (turn7[k]) moved7 = moved7 | (whole7 <<< SHIFTS[8*k+:8]);
      end
      always @(posedge clk) begin
        product7 <= weight6 * $signed({1'b0, value6});
        sum8 <= so_far + moved7;
      end
    end
  endgenerate
endmodule
